// One call brought to a standstill in every phase that is ever on disk, for whoever asks what lies there then.
import type { CallEvent } from '../../../server/domain/telephony/event.ts';
import { act, type Rig, rig } from './rig.ts';

export const stations = [
  ...['menu', 'menu again', 'saying', 'looking up', 'sought', 'ringing', 'asked', 'talking', 'busy, the next'],
  ...['recording', 'leaving'],
] as const;
export type Station = (typeof stations)[number];

export const happens = (self: Rig, event: Omit<CallEvent, 'at'> & Record<string, unknown>): void => {
  const [call] = self.board.calls();
  self.network.emit({
    type: 'call',
    call: call?.id ?? '',
    event: { ...event, at: self.clock.now() } as unknown as CallEvent,
  });
};

const key = (digits: string) => (self: Rig) => happens(self, { type: 'digits', digits });
const played = (self: Rig) => happens(self, { type: 'playback-finished', playback: hearing(self) });
const hearing = (self: Rig) => [...self.network.callers.values()][0]?.effect ?? '';
const acts = (count: number) => (self: Rig) => {
  for (let done = 0; done < count; done++) act(self);
};
const nobody = (self: Rig) => {
  self.config.people = [];
};
const legEnds = (cause: 'busy') => (self: Rig) => {
  const leg = [...self.network.legs.keys()][0] ?? '';
  self.network.legs.delete(leg);
  happens(self, { type: 'leg-ended', leg, hangup: { cause, whose: 'callee' } });
};
/** The key leads to a table that a service is asked for, and the service says nothing. */
const unanswered = (self: Rig) => {
  const { front } = self.config.flows.flows;
  if (!front) return;
  front.tables.clients = { from: { http: 'https://crm.example/' }, key: 'number', default: {} } as never;
  front.nodes.dial = { kind: 'look-up', table: 'clients', key: '{caller}', found: 'fin', 'not-found': 'fin' } as never;
  self.config.lookUp = () => new Promise(() => {});
};

/** What brings a fresh caller there. */
const ways: Record<Station, ((self: Rig) => void)[]> = {
  menu: [],
  'menu again': [key('9')],
  saying: [nobody, key('1')],
  'looking up': [key('1')],
  sought: [key('1')],
  ringing: [key('1'), (self) => happens(self, { type: 'leg-ringing', leg: [...self.network.legs.keys()][0] ?? '' })],
  asked: [key('1'), acts(2)],
  talking: [key('1'), acts(3)],
  'busy, the next': [key('1'), legEnds('busy')],
  recording: [nobody, key('1'), played, played],
  leaving: [
    ...[nobody, key('1'), played, played],
    (self) => {
      happens(self, { type: 'caller-hung-up' });
      self.network.callers.clear();
    },
  ],
};

export async function standsAt(station: Station): Promise<Rig> {
  const self = await rig();
  if (station === 'looking up') unanswered(self);
  self.arrive();
  for (const step of ways[station]) step(self);
  return self;
}
