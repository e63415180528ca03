// A call that the line places by itself as a machine of the durable runner: its step, its row, who is told how it ended, which network performs.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { good } from '../../base/result.ts';
import type { HuntContext } from '../../domain/hunt/state.ts';
import {
  isOver,
  type PlacedCall,
  type PlacedEffect,
  type PlacedEnd,
  type PlacedEvent,
  type Placing,
} from '../../domain/placed-call/placed-call.ts';
import { placedCallFormat } from '../../domain/placed-call/saved.ts';
import { endedByUs, stepPlacedCall } from '../../domain/placed-call/step.ts';
import type { Carrier } from '../../domain/telephony/carrier.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { Machine, Step, TimerEffect } from '../machine.ts';
import type { PlacedCallStore } from './ports.ts';
import type { PlacedCallNetwork } from './share.ts';

export type PlacedMachine = Machine<PlacedCall, PlacedEvent, PlacedEffect>;

export type PlacedMachineParts = {
  clock: Clock;
  log: Log;
  store: PlacedCallStore;
  /** Best first. */
  networks(): readonly PlacedCallNetwork[];
  context(network: PlacedCallNetwork, at: Instant): HuntContext;
  /** Whoever had it placed. Never throws. @returns the answer */
  ended(placing: Placing, end: PlacedEnd): Prompt[];
};

/** Late and repeated webhooks of a call that is over are answered for so long. */
const keptMs = 10 * 60_000;
type OfNetwork = Exclude<PlacedEffect, TimerEffect | { type: 'ended' | 'leave' | 'warn' }>;

export function placedCallMachine(parts: PlacedMachineParts): PlacedMachine {
  const { clock, log, store, context } = parts;
  return {
    kind: 'placed call',
    id: ({ id }) => id,
    isOver,
    step: (call, event) => stepped(call, event),
    inside: ({ placing }, effect, at) =>
      effect.type === 'ended'
        ? { events: [{ type: 'told', at, end: effect.end, prompts: parts.ended(placing, effect.end) }] }
        : undefined,
    read: ({ id, state }) => {
      const read = placedCallFormat.read(id, state);
      return read.ok ? good({ value: read.value.call, timers: read.value.timers }) : read;
    },
    save: ({ value, allTimers }) => store.save({ call: value, timers: allTimers() }, clock.now() - keptMs),
    find: (id) => store.get(id),
    perform: (call, effects) => perform(call, effects),
    failed: (call, { at }) => {
      const step = endedByUs(call, at);
      if (!isOver(call)) parts.ended(call.placing, { end: 'nobody', why: 'a fault of ours; the log says more' });
      const turn = { value: step.call, outside: step.effects, timers: new Map(), notices: [] };
      return { says: 'a step of a placed call failed; it is put down', turn };
    },
  };

  function stepped(call: PlacedCall, event: PlacedEvent): Step<PlacedCall, PlacedEffect> {
    const networks = parts.networks();
    const { call: value, effects } = stepPlacedCall(call, event, {
      carriers: networks.map(({ name }) => name),
      hunt: (carrier) => context(networkOf(networks, carrier), event.at),
    });
    return { value, effects };
  }

  function perform(call: PlacedCall, effects: readonly PlacedEffect[]): void {
    const networks = parts.networks();
    for (const effect of effects) {
      if (effect.type === 'leave') leave(call, networks, effect);
      if (effect.type === 'warn') log.warn({ call: call.id, subject: effect.subject }, effect.message);
    }
    const network = networkOf(networks, call.carrier);
    const own = effects.filter(isOfNetwork);
    if (own.length > 0) network.perform(call.id, own);
    if (isOver(call)) network.forget(call.id);
  }

  function leave(
    call: PlacedCall,
    networks: readonly PlacedCallNetwork[],
    { carrier, effects }: { carrier: Carrier['name']; effects: Effect[] },
  ): void {
    log.warn({ call: call.id, from: carrier, to: call.carrier }, 'a placed call goes over another network');
    const before = networkOf(networks, carrier);
    if (effects.length > 0) before.perform(call.id, effects);
    before.forget(call.id);
  }
}

const isOfNetwork = (effect: PlacedEffect): effect is OfNetwork =>
  !['ended', 'leave', 'warn', 'start-timer', 'cancel-timer'].includes(effect.type);

/** @throws where there is none: a call cannot be placed over nothing */
export function networkOf(networks: readonly PlacedCallNetwork[], carrier: Carrier['name']): PlacedCallNetwork {
  const found = networks.find(({ name }) => name === carrier) ?? networks[0];
  if (!found) throw new Error('no network was given to place calls on');
  return found;
}
