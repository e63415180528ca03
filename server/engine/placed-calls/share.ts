// One telephone network, two users: callers' calls go to the switchboard, calls that the line places by itself to whoever placed them.
import type { Carrier } from '../../domain/telephony/carrier.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { CallEvent, CarrierEvent, Living } from '../../domain/telephony/event.ts';
import { type CallId, callOf, noChannel } from '../../domain/telephony/names.ts';

/** Ids of calls that the line places by itself begin so; callers' calls begin with `c`. */
export const placedCallPrefix = 'a';
const isOwn = (call: CallId): boolean => call.startsWith(placedCallPrefix);

/** The network for calls without a caller: only legs. */
export interface PlacedCallNetwork {
  readonly name: Carrier['name'];
  readonly listens: boolean;
  /** It can be led now. */
  readonly up: boolean;
  /** Events of this call's legs are to come here again: after a restart. */
  adopt(call: CallId): void;
  perform(call: CallId, effects: readonly Effect[]): void;
  forget(call: CallId): void;
  drop(channel: string): void;
  listen(listener: PlacedCallListener): void;
}
export type PlacedCallListener = {
  event(call: CallId, event: CallEvent): void;
  /** After a connection was made anew: what still lives of our legs. */
  back(living: Living, at: number): void;
};

/** The same carrier seen from both sides. `line` is to be given to the switchboard instead of the carrier. */
export function shareCarrier(carrier: Carrier): { line: Carrier; own: PlacedCallNetwork } {
  let listener: PlacedCallListener = { event: () => {}, back: () => {} };
  let up = false;
  // No effect of ours asks for the caller's channel that a reference must name: there is none.
  const ref = (call: CallId) => ({ call, channel: noChannel(call) });
  const split = (event: CarrierEvent, toLine: (event: CarrierEvent) => void): void => {
    if (event.type === 'back' || event.type === 'lost') up = event.type === 'back';
    if (event.type === 'call' && isOwn(event.call)) listener.event(event.call, event.event);
    else if (event.type === 'back') {
      const [ours, theirs] = divide(event.living);
      toLine({ ...event, living: theirs });
      listener.back(ours, event.at);
    } else toLine(event);
  };
  return {
    line: {
      name: carrier.name,
      ...(carrier.listens ? { listens: carrier.listens } : {}),
      start: (toLine) => carrier.start((event) => split(event, toLine)),
      adopt: (ref) => carrier.adopt(ref),
      forget: (call) => carrier.forget(call),
      perform: (ref, effects) => carrier.perform(ref, effects),
      drop: (channel) => carrier.drop(channel),
      rescue: (ref, called) => carrier.rescue(ref, called),
      stop: () => carrier.stop(),
    },
    own: {
      name: carrier.name,
      listens: carrier.listens ?? false,
      get up() {
        return up;
      },
      adopt: (call) => carrier.adopt(ref(call)),
      perform: (call, effects) => carrier.perform(ref(call), effects),
      forget: (call) => carrier.forget(call),
      drop: (channel) => carrier.drop(channel),
      listen: (given) => {
        listener = given;
      },
    },
  };
}

function divide(living: Living): [ours: Living, theirs: Living] {
  const own = (channel: string) => isOwn(callOf(channel)) && /^[^.]+\.l\d+$/.test(channel);
  return [
    { channels: living.channels.filter(({ channel }) => own(channel)), bridges: [] },
    { ...living, channels: living.channels.filter(({ channel }) => !own(channel)) },
  ];
}
