// The rules of the house, each a named check of one step: what was, what happened, what is now, what was asked for.
// A check says what is wrong in one sentence, or nothing. It never asks the code under test whether it is right.
import type { Call, Step } from '../../server/call/call.ts';
import type { callerView, legView } from '../../server/call/view.ts';
import type { Leg } from '../../server/hunt/state.ts';
import type { Effect, Originate } from '../../server/telephony/effect.ts';
import type { CallEvent } from '../../server/telephony/event.ts';
import { allAlive } from './alphabet.ts';
import type { Config } from './house.ts';
import { keyOf } from './key.ts';
import { type World, wayOf, worldAfter } from './world.ts';

/** One step of a walk. `before` and `event` are missing when the call begins. */
/** What a channel should hear, asked of the saved call. */
export type Views = { callerView: typeof callerView; legView: typeof legView };
export type Edge = {
  config: Config;
  views: Views;
  before?: Call;
  worldBefore: World;
  event?: CallEvent;
  foreign: boolean;
  after: Call;
  world: World;
  effects: readonly Effect[];
  /** Steps on from `after`: for rules that compare two steps. */
  step: (call: Call, event: CallEvent) => Step;
};
export type Wrong = string | false | undefined;
export type Check = (edge: Edge) => Wrong;
export type Rule = 'joined' | 'winner' | 'outcome' | 'originate' | 'view' | 'pinned' | 'resolver';

const of = <T extends Effect['type']>(edge: Edge, type: T) =>
  edge.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
const legsOf = (call: Call | undefined): Leg[] => [...(call?.pastLegs ?? []), ...(call?.hunt?.legs ?? [])];
const live = (call: Call | undefined) => legsOf(call).filter((leg) => leg.phase !== 'ended');
const freeing = (edge: Edge) => [...of(edge, 'hangup-leg'), ...of(edge, 'tell-and-hangup')].map((effect) => effect.leg);

// Rule 2: never joined to a leg that did not confirm; a stray answered leg is hung up; caller gone ends every leg.

const bridgedUnconfirmed: Check = (edge) =>
  of(edge, 'bridge').some(({ leg }) => !mayJoin(edge, leg)) && 'a leg was joined that had not confirmed';

function mayJoin({ event, worldBefore, before, config }: Edge, leg: string): boolean {
  const out = worldBefore.out[leg];
  if (!out || !event) return false;
  const byAnswer = before?.hunt?.spec.confirm.by === 'answer' && config.name.includes('transfer');
  switch (event.type) {
    case 'leg-pressed':
      return event.leg === leg && event.digit === '1' && out.began === true;
    case 'leg-answered':
      return byAnswer && event.leg === leg;
    case 'resumed':
      return worldBefore.joined?.leg === leg || (byAnswer && event.alive.legs[leg] === 'up');
    default:
      return false;
  }
}

const strayLives: Check = (edge) => {
  const { event, worldBefore } = edge;
  if (event?.type !== 'leg-answered' || worldBefore.out[event.leg]) return undefined;
  return !freeing(edge).includes(event.leg) && 'a stray leg answered and was not hung up';
};

const strayAfterRestart: Check = (edge) => {
  const { event, worldBefore } = edge;
  if (event?.type !== 'resumed' || !event.alive.caller || edge.before?.phase === 'over') return undefined;
  const strays = Object.keys(event.alive.legs).filter((leg) => !worldBefore.out[leg]);
  return strays.some((leg) => !freeing(edge).includes(leg)) && 'a stray leg outlived a restart';
};

/** The carrier's side and ours agree: no leg rings for nobody, none is waited for that was ended. */
const legsAgree: Check = ({ after, world }) => {
  const [ours, theirs] = [
    live(after)
      .map((leg) => leg.id)
      .sort(),
    Object.keys(world.out).sort(),
  ];
  return ours.join() !== theirs.join() && `waited for: ${ours.join()}; out: ${theirs.join()}`;
};

const callerGone: Check = ({ world }) =>
  world.gone && Object.keys(world.out).length > 0 && 'the caller is gone and a leg lives on';

// Rule 3: one winner.

const oneTaken: Check = ({ after }) => live(after).filter((leg) => leg.phase === 'taken').length > 1 && 'two winners';

const oneBridge: Check = (edge) => {
  const bridges = of(edge, 'bridge');
  if (bridges.length > 1) return 'joined twice in one step';
  const already = edge.worldBefore.joined;
  return bridges.some(({ leg }) => already && already.leg !== leg) && 'joined to another while talking';
};

/** Who is up hears that it is taken; who rings stops ringing. */
const losersFreed: Check = (edge) => {
  const [bridge] = of(edge, 'bridge');
  if (!bridge || edge.event?.type === 'resumed') return undefined;
  const told = of(edge, 'tell-and-hangup').map((effect) => effect.leg);
  const hungUp = of(edge, 'hangup-leg').map((effect) => effect.leg);
  const losers = Object.entries(edge.worldBefore.out).filter(([leg]) => leg !== bridge.leg);
  const wrong = losers.find(([leg, { heard }]) => !(heard === 'up' ? told : hungUp).includes(leg));
  return wrong && `${wrong[0]} (${wrong[1].heard}) was not freed as it should be`;
};

const talkingAlone: Check = ({ after, world }) =>
  after.hunt?.phase === 'talking' && Object.keys(world.out).length !== 1 && 'a talk has exactly one leg';

// Rule 4: exactly one outcome, an alert where nobody took the call, never silence.

const oneOutcome: Check = ({ after }) =>
  (after.phase === 'over') !== (after.outcome !== undefined) &&
  'an outcome belongs to a call that is over, and only to it';

const staysOver: Check = (edge) => {
  if (edge.before?.phase !== 'over') return undefined;
  const { after, before } = edge;
  if (after.phase !== 'over' || after.outcome !== before.outcome) return 'a call that was over went on';
  return edge.effects.some((effect) => effect.type !== 'hangup-leg') && 'a call that is over asked for something';
};

const alertLeft: Check = ({ after, world }) => {
  if (after.phase !== 'over' || !after.sought || world.talked) return undefined;
  return !world.alerted && 'somebody was sought, nobody took the call, and no alert was raised';
};

/** "Talked" is what the carrier saw: a join that did not fail. */
const outcomeTrue: Check = ({ after, world }) =>
  after.phase === 'over' && (after.outcome === 'talked') !== world.talked && `"${after.outcome}" is not what happened`;

const callerFreed: Check = (edge) => {
  if (edge.before?.phase === 'over' || edge.after.phase !== 'over' || edge.world.gone) return undefined;
  return of(edge, 'hangup').length !== 1 && 'the call is over and the caller was not hung up once';
};

const endsByItself: Check = ({ after, world }) =>
  after.phase !== 'over' && world.timers.size === 0 && 'nothing would ever end this: no timer runs';

const neverSilence: Check = ({ after, world }) => {
  if (after.phase === 'over' || world.gone) return undefined;
  if (after.hunt?.phase === 'talking') return !world.joined && 'talking to nobody';
  if (after.phase === 'hunt') return !world.waiting && 'the caller waits in silence';
  return !world.sound && 'the caller hears nothing';
};

const soundGuarded: Check = ({ after, world }) => {
  if (after.phase !== 'flow' || world.gone) return undefined;
  const guards = ['play', 'no-input', 'record'].map((what) => `${what}.${after.flow.turn}`);
  return !guards.some((name) => world.timers.has(name)) && 'a sound whose end may be lost has no timer';
};

const waitStops: Check = ({ after, world }) =>
  after.phase !== 'hunt' && world.waiting && !world.gone && 'the waiting sound goes on after the hunt';

// Rule 5: never originate twice.

const freshIds: Check = (edge) => {
  const known = new Set([...legsOf(edge.before).map((leg) => leg.id), ...Object.keys(edge.worldBefore.out)]);
  const legs = of(edge, 'originate').map((effect) => effect.leg);
  return (legs.some((leg) => known.has(leg)) || new Set(legs).size < legs.length) && 'a leg id was used twice';
};

const freshEffects: Check = (edge) => {
  const number = (id: string) => Number(id.slice(id.lastIndexOf('e') + 1));
  const numbers = edge.effects.map((effect) => number(effect.id));
  if (new Set(numbers).size < numbers.length) return 'an effect id was used twice';
  return numbers.some((n) => n <= (edge.before?.effects ?? 0) || n > edge.after.effects) && 'an effect id is not fresh';
};

const backstopped: Check = (edge) => {
  const timers = of(edge, 'start-timer').map((effect) => effect.name);
  return of(edge, 'originate').some(({ leg }) => !timers.includes(`ring.${leg}`)) && 'a leg has no backstop timer';
};

const onePerNumber: Check = ({ world }) => {
  const numbers = Object.values(world.out).map((leg) => leg.number);
  return new Set(numbers).size < numbers.length && 'one phone is rung twice at once';
};

const oncePerRound: Check = (edge) =>
  of(edge, 'originate').some((effect) => {
    const most = edge.world.lost.includes(effect.number) ? 2 : 1;
    return (edge.world.rang[wayOf(effect)] ?? 0) > most;
  }) && 'the same phone was rung again the same way in one round';

/** Declined, or answered with a fault of the callee's: never the same phone over another trunk in that round. */
const notRoundTheCallee: Check = (edge) => {
  const { event } = edge;
  if (event?.type !== 'leg-ended' || event.hangup.whose !== 'callee' || event.hangup.cause === 'occupied')
    return undefined;
  const number = edge.worldBefore.out[event.leg]?.number;
  const sameRound =
    edge.before?.hunt?.round === edge.after.hunt?.round && edge.before?.hunt?.level === edge.after.hunt?.level;
  return (
    sameRound &&
    of(edge, 'originate').some((one) => one.number === number && !edge.world.lost.includes(one.number)) &&
    'the callee refused and was rung over another trunk'
  );
};

// Rule 6: what the caller hears is a view of the saved call; what comes twice counts once.

const sameAfterRestart: Check = (edge) => {
  if (edge.event?.type === 'resumed' || edge.after.phase === 'over' || edge.world.gone) return undefined;
  const { worldBefore: was, world: is } = edge;
  const tried = edge.after === edge.before && was.sound === is.sound && was.waiting === is.waiting;
  if (tried) return undefined;
  const event: CallEvent = { type: 'resumed', at: edge.event?.at ?? 0, alive: allAlive(live(edge.after)) };
  const { call, effects } = edge.step(edge.after, event);
  const back = worldAfter(edge.world, edge.after, event, call, effects);
  if (back.waiting !== edge.world.waiting) return 'after a restart the waiting sound is not what it was';
  if (call.phase !== edge.after.phase || call.flow.node !== edge.after.flow.node) return 'a restart moved the caller';
  if (edge.after.phase !== 'flow')
    return effects.some((one) => one.type === 'bridge') && 'a restart joined what was joined';
  const { sound } = edge.world;
  const same = back.sound?.kind === sound?.kind && sound?.says.endsWith(back.sound?.says ?? '-');
  return !same && 'after a restart the caller hears something else';
};

/** A carrier that asks is told what one that obeys was told to do. */
const viewsAgree: Check = ({ config, views, after, world }) => {
  if (config.carrier !== 'twilio') return undefined;
  const view = views.callerView(after);
  const saved = views.callerView(JSON.parse(JSON.stringify(after)) as Call);
  if (JSON.stringify(saved) !== JSON.stringify(view)) return 'the view is not of the saved call';
  if (after.phase === 'over' || world.gone) return view.hears !== 'end' && 'the call is over and its channel hears on';
  if (after.phase !== 'hunt')
    return (
      (view.hears !== 'sound' || view.sound.id !== world.sound?.effect) && 'the caller is told to hear something else'
    );
  const talking = world.joined !== undefined;
  return (view.hears !== 'company' || view.talking !== talking) && 'the caller is not in the company they are in';
};

const legViewsAgree: Check = ({ config, views, after, world }) => {
  if (config.carrier !== 'twilio') return undefined;
  const wrong = Object.entries(world.out).find(([id, leg]) => {
    const view = views.legView(after, id);
    if (world.joined?.leg === id) return view.hears !== 'company';
    if (leg.asked) return view.hears !== 'question' || view.question !== leg.asked;
    return view.hears !== 'nothing-yet';
  });
  return wrong && `${wrong[0]} is told to hear something else`;
};

/** Events that carry an id of something that happens once. A key pressed again is another key. */
const once: ReadonlySet<CallEvent['type']> = new Set([
  ...(['playback-finished', 'recording-finished', 'on-call-resolved', 'effect-failed', 'caller-hung-up'] as const),
  ...(['leg-ringing', 'leg-answered', 'leg-ended', 'leg-prompt-started', 'leg-prompt-finished'] as const),
]);

const twiceIsOnce: Check = (edge) => {
  const { event, after, world } = edge;
  if (!event || !once.has(event.type)) return undefined;
  const again = edge.step(after, event);
  const stray = (effect: Effect) => effect.type === 'hangup-leg' && event.type === 'leg-answered';
  if (again.effects.some((effect) => !stray(effect))) return 'an event that came twice asked for something again';
  return (
    again.call !== after &&
    keyOf(again.call, world) !== keyOf(after, world) &&
    'an event that came twice moved the call'
  );
};

// Rule 7: the version is pinned; late and foreign events change nothing.

const versionPinned: Check = ({ before, after }) =>
  before !== undefined && after.version !== before.version && 'the version moved';

const foreignIsNothing: Check = (edge) => {
  const { before, event, after, worldBefore } = edge;
  if (!edge.foreign || !before || !event) return undefined;
  const stray = (effect: Effect) =>
    effect.type === 'hangup-leg' && event.type === 'leg-answered' && effect.leg === event.leg;
  if (edge.effects.some((effect) => !stray(effect))) return 'a late or foreign event asked for something';
  return (
    before !== after &&
    keyOf(before, worldBefore) !== keyOf(after, worldBefore) &&
    'a late or foreign event moved the call'
  );
};

// Rule 8: one resolver.

const named = ({ world }: Edge, { person, number }: Originate) =>
  world.named.some((one) => one.person === person && one.phones.includes(number));

const rungAsNamed: Check = (edge) =>
  of(edge, 'originate').some((effect) => !named(edge, effect)) && 'somebody was rung whom no answer named';

/** The first leg of a level goes to whom its answer put first (the strategy decides who that is). */
const asAnswered: Check = (edge) => {
  const { event, before } = edge;
  if (
    event?.type !== 'on-call-resolved' ||
    event.request !== edge.worldBefore.request ||
    before?.hunt?.phase !== 'resolving'
  )
    return undefined;
  const level = before.hunt.spec.levels[before.hunt.level];
  const rung = of(edge, 'originate').map((one) => one.person);
  const wanted = level ? firstWave(level.strategy, event) : [];
  const can = wanted.filter((id) => !before.hunt?.declined.includes(id));
  return (
    can.length === wanted.length &&
    can.length > 0 &&
    !edge.before?.hunt?.condemned.length &&
    rung.join() !== can.join() &&
    `${can.join()} should ring first, not ${rung.join()}`
  );
};

function firstWave(strategy: string, { people, turn }: Extract<CallEvent, { type: 'on-call-resolved' }>): string[] {
  const ids = people.map((one) => one.person);
  if (strategy === 'parallel') return ids;
  if (strategy === 'waves') {
    const first = Math.min(...people.map((one) => one.priority));
    return people.filter((one) => one.priority === first).map((one) => one.person);
  }
  if (strategy === 'rotating') return [ids[turn % ids.length]].flatMap((id) => id ?? []);
  if (strategy !== 'longest-idle') return ids.slice(0, 1);
  const oldest = Math.min(...people.map((one) => one.lastTalkedAt ?? 0));
  return people
    .filter((one) => (one.lastTalkedAt ?? 0) === oldest)
    .slice(0, 1)
    .map((one) => one.person);
}

/** Every check by the rule of the house it belongs to. */
export const rules: Record<Rule, Record<string, Check>> = {
  joined: { bridgedUnconfirmed, strayLives, strayAfterRestart, legsAgree, callerGone },
  winner: { oneTaken, oneBridge, losersFreed, talkingAlone },
  outcome: {
    oneOutcome,
    staysOver,
    alertLeft,
    outcomeTrue,
    callerFreed,
    endsByItself,
    neverSilence,
    soundGuarded,
    waitStops,
  },
  originate: { freshIds, freshEffects, backstopped, onePerNumber, oncePerRound, notRoundTheCallee },
  view: { sameAfterRestart, twiceIsOnce, viewsAgree, legViewsAgree },
  pinned: { versionPinned, foreignIsNothing },
  resolver: { rungAsNamed, asAnswered },
};
