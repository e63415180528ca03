// What the world around a call would be by now, kept from events and effects alone: a second opinion beside the call's own state.
import type { Call } from '../../../server/domain/call/call.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { CallEvent, OnCall } from '../../../server/domain/telephony/event.ts';
import type { EffectId, LegId } from '../../../server/domain/telephony/names.ts';

/** A leg as the carrier has it. `asked`: the question last played to it; `began`: its beginning was reported. */
export type OutLeg = {
  person: string;
  number: string;
  trunk: string;
  callerId: string;
  sent: EffectId;
  heard: 'nothing' | 'ringing' | 'up';
  asked?: EffectId;
  began?: true;
};

export type World = {
  timers: ReadonlySet<string>;
  /** The waiting sound goes on. */
  waiting: boolean;
  /** The sound last begun for the caller and not reported finished, with what is said. */
  sound?: { effect: EffectId; kind: 'play' | 'gather' | 'record'; says: string };
  /** The question to the planning that is open, and who was named by answers to such questions in this hunt. */
  request?: EffectId;
  named: readonly OnCall[];
  out: Readonly<Record<LegId, OutLeg>>;
  /** `before`: they had talked to somebody already. */
  joined?: { leg: LegId; bridging: EffectId; before: boolean };
  talked: boolean;
  alerted: boolean;
  gone: boolean;
  /** How often each number was rung by each trunk in this round; numbers lost in this hunt may be rung once more. */
  rang: Readonly<Record<string, number>>;
  lost: readonly string[];
};

export const emptyWorld: World = {
  timers: new Set(),
  waiting: false,
  named: [],
  out: {},
  talked: false,
  alerted: false,
  gone: false,
  rang: {},
  lost: [],
};

const nobodySought = { named: emptyWorld.named, lost: emptyWorld.lost, rang: emptyWorld.rang };

export const wayOf = (leg: { number: string; trunk: string; callerId: string }): string =>
  `${leg.number} ${leg.trunk} ${leg.callerId}`;

type Draft = { -readonly [K in keyof World]: World[K] };

/** The world after one step: first what happened, then what was asked for. The very same one where neither changed anything. */
export function worldAfter(
  world: World,
  before: Call | undefined,
  event: CallEvent | undefined,
  after: Call,
  effects: readonly Effect[],
): World {
  const draft: Draft = { ...world };
  if (event) happened(draft, event);
  // What is rung after the last level is one round more, however often that is looked at.
  const round = ({ hunt }: Partial<Call> = {}) =>
    hunt && `${Math.min(hunt.level, hunt.spec.levels.length)} ${hunt.round}`;
  if (round(before) !== round(after)) draft.rang = emptyWorld.rang;
  if (before?.pastLegs.length !== after.pastLegs.length) Object.assign(draft, nobodySought);
  for (const effect of effects) done(draft, effect);
  if (!after.hunt) Object.assign(draft, nobodySought);
  if (after.phase === 'over') draft.timers = emptyWorld.timers;
  forget(draft, after);
  return isAs(world, draft) ? world : draft;
}

function isAs(world: World, draft: Draft): boolean {
  const names = Object.keys(draft) as (keyof World)[];
  return names.length === Object.keys(world).length && names.every((name) => draft[name] === world[name]);
}

/** What can no longer matter: timers of a turn that passed (late ones are tried anyway), and words said over the waiting sound. */
function forget(draft: Draft, { flow, phase }: Call): void {
  const passed = (name: string) => /\.\d+$/.test(name) && !name.includes('.c1.') && !name.endsWith(`.${flow.turn}`);
  if ([...draft.timers].some(passed)) draft.timers = new Set([...draft.timers].filter((name) => !passed(name)));
  if (phase === 'hunt') delete draft.sound;
}

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _, ...rest } = record;
  return rest;
};

function endTimer(draft: Draft, ended: string): void {
  if (draft.timers.has(ended)) draft.timers = new Set([...draft.timers].filter((name) => name !== ended));
}

function changeLeg(draft: Draft, id: LegId, part: Partial<OutLeg>): void {
  const leg = draft.out[id];
  if (leg) draft.out = { ...draft.out, [id]: { ...leg, ...part } };
}

function drop(draft: Draft, id: LegId, lost = false): void {
  const leg = draft.out[id];
  if (leg && lost) draft.lost = [...new Set([...draft.lost, leg.number])];
  draft.out = without(draft.out, id);
  if (draft.joined?.leg === id) delete draft.joined;
}

function happened(draft: Draft, event: CallEvent): void {
  switch (event.type) {
    case 'timer':
      endTimer(draft, event.name);
      return;
    case 'playback-finished':
      if (draft.sound?.effect === event.playback && draft.sound.kind === 'play') delete draft.sound;
      return;
    case 'on-call-resolved':
      if (event.request !== draft.request) return;
      draft.named = [...draft.named, ...event.people];
      delete draft.request;
      return;
    case 'caller-hung-up':
      draft.gone = true;
      return;
    case 'effect-failed':
      failed(draft, event.effect);
      return;
    case 'resumed':
      returned(draft, event);
      return;
    default:
      if ('leg' in event) legHappened(draft, event);
  }
}

function legHappened(draft: Draft, event: Extract<CallEvent, { leg: string }>): void {
  const leg = draft.out[event.leg];
  if (!leg) return;
  if (event.type === 'leg-ringing' && leg.heard === 'nothing') changeLeg(draft, event.leg, { heard: 'ringing' });
  if (event.type === 'leg-answered') changeLeg(draft, event.leg, { heard: 'up' });
  const said = event.type === 'leg-prompt-started' || event.type === 'leg-prompt-finished';
  if (said && event.playback === leg.asked) changeLeg(draft, event.leg, { began: true });
  if (event.type !== 'leg-ended') return;
  if (event.hangup.cause === 'occupied') draft.rang = withoutNumber(draft.rang, leg.number);
  drop(draft, event.leg, event.hangup.cause === 'lost');
}

/** Who is on another call is waited for, and then rung as if for the first time. */
const withoutNumber = (rang: World['rang'], number: string): World['rang'] =>
  Object.fromEntries(Object.entries(rang).filter(([way]) => !way.startsWith(`${number} `)));

function failed(draft: Draft, effect: EffectId): void {
  if (draft.joined?.bridging === effect) {
    draft.talked = draft.joined.before;
    const leg = draft.out[draft.joined.leg];
    if (leg) draft.lost = [...new Set([...draft.lost, leg.number])];
    delete draft.joined;
  }
  for (const [id, leg] of Object.entries(draft.out)) {
    if (leg.sent === effect && leg.heard === 'nothing') drop(draft, id);
  }
}

/** After a restart no sound may be counted on, and only what the carrier names is still there. */
function returned(draft: Draft, { alive }: Extract<CallEvent, { type: 'resumed' }>): void {
  draft.waiting = false;
  delete draft.sound;
  if (!alive.caller) draft.gone = true;
  // Two who were cut off have not talked to the end.
  if (alive.cutOff && draft.joined) draft.talked = false;
  for (const id of Object.keys(draft.out)) {
    const now = alive.legs[id];
    if (!now) drop(draft, id, true);
    else if (now === 'up') changeLeg(draft, id, { heard: 'up' });
    else if (now === 'ringing' && draft.out[id]?.heard === 'nothing') changeLeg(draft, id, { heard: 'ringing' });
  }
}

function done(draft: Draft, effect: Effect): void {
  switch (effect.type) {
    case 'start-timer':
      draft.timers = new Set([...draft.timers, effect.name]);
      return;
    case 'cancel-timer':
      endTimer(draft, effect.name);
      return;
    case 'wait':
      draft.waiting = true;
      return;
    case 'stop-wait':
      draft.waiting = false;
      return;
    case 'resolve-on-call':
      draft.request = effect.id;
      return;
    case 'play':
    case 'gather':
      draft.sound = { effect: effect.id, kind: effect.type, says: JSON.stringify(effect.prompts).slice(1) };
      return;
    case 'record':
      draft.sound = { effect: effect.id, kind: 'record', says: '' };
      return;
    case 'raise-alert':
      draft.alerted = true;
      return;
    default:
      if ('leg' in effect) legDone(draft, effect);
  }
}

function legDone(draft: Draft, effect: Extract<Effect, { leg: string }>): void {
  if (effect.type === 'originate') {
    const { person, number, trunk, callerId } = effect;
    const way = wayOf(effect);
    draft.out = { ...draft.out, [effect.leg]: { person, number, trunk, callerId, sent: effect.id, heard: 'nothing' } };
    draft.rang = { ...draft.rang, [way]: (draft.rang[way] ?? 0) + 1 };
  } else if (effect.type === 'ask-to-confirm') {
    const leg = draft.out[effect.leg];
    if (!leg) return;
    const { began: _, ...silent } = leg;
    draft.out = { ...draft.out, [effect.leg]: { ...silent, heard: 'up', asked: effect.id } };
  } else if (effect.type === 'bridge') {
    const before = draft.joined ? draft.joined.before : draft.talked;
    draft.joined = { leg: effect.leg, bridging: effect.id, before };
    draft.talked = true;
  } else if (effect.type === 'hangup-leg' || effect.type === 'tell-and-hangup') drop(draft, effect.leg);
}
