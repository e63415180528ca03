// Rules 4, 6, 7 and 8: how a call ends, what is heard, what must change nothing, and who is named. A second opinion, as the legs' rules are.
import type { Call } from '../../../server/domain/call/call.ts';
import type { Effect, Originate } from '../../../server/domain/telephony/effect.ts';
import type { CallEvent } from '../../../server/domain/telephony/event.ts';
import { allAlive } from './alphabet.ts';
import { type Check, type Edge, live, type MomentCheck, of } from './edge.ts';
import { keyOf } from './key.ts';
import { worldAfter } from './world.ts';

// Rule 4: exactly one outcome, an alert where nobody took the call, never silence.

export const oneOutcome: MomentCheck = ({ after }) =>
  (after.phase === 'over') !== (after.outcome !== undefined) &&
  'an outcome belongs to a call that is over, and only to it';

export const staysOver: Check = (edge) => {
  if (edge.before?.phase !== 'over') return undefined;
  const { after, before } = edge;
  if (after.phase !== 'over' || after.outcome !== before.outcome) return 'a call that was over went on';
  return edge.effects.some((effect) => effect.type !== 'hangup-leg') && 'a call that is over asked for something';
};

export const alertLeft: MomentCheck = ({ after, world }) => {
  if (after.phase !== 'over' || !after.sought || world.talked) return undefined;
  return !world.alerted && 'somebody was sought, nobody took the call, and no alert was raised';
};

/** "Talked" is what the carrier saw: a join that did not fail. */
export const outcomeTrue: MomentCheck = ({ after, world }) =>
  after.phase === 'over' && (after.outcome === 'talked') !== world.talked && `"${after.outcome}" is not what happened`;

export const callerFreed: Check = (edge) => {
  if (edge.before?.phase === 'over' || edge.after.phase !== 'over' || edge.world.gone) return undefined;
  return of(edge, 'hangup').length !== 1 && 'the call is over and the caller was not hung up once';
};

export const endsByItself: MomentCheck = ({ after, world }) =>
  after.phase !== 'over' && world.timers.size === 0 && 'nothing would ever end this: no timer runs';

export const neverSilence: MomentCheck = ({ after, world }) => {
  if (after.phase === 'over' || world.gone) return undefined;
  if (after.hunt?.phase === 'talking') return !world.joined && 'talking to nobody';
  if (after.phase === 'hunt') return !world.waiting && 'the caller waits in silence';
  return !world.sound && 'the caller hears nothing';
};

export const soundGuarded: MomentCheck = ({ after, world }) => {
  if (after.phase !== 'flow' || world.gone) return undefined;
  const guards = ['play', 'no-input', 'record'].map((what) => `${what}.${after.flow.turn}`);
  return !guards.some((name) => world.timers.has(name)) && 'a sound whose end may be lost has no timer';
};

export const waitStops: MomentCheck = ({ after, world }) =>
  after.phase !== 'hunt' && world.waiting && !world.gone && 'the waiting sound goes on after the hunt';

// Rule 6: what the caller hears is a view of the saved call; what comes twice counts once.

export const sameAfterRestart: Check = (edge) => {
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
export const viewsAgree: MomentCheck = ({ config, views, after, world }) => {
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

export const legViewsAgree: MomentCheck = ({ config, views, after, world }) => {
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

export const twiceIsOnce: Check = (edge) => {
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

export const versionPinned: Check = ({ before, after }) =>
  before !== undefined && after.version !== before.version && 'the version moved';

export const foreignIsNothing: Check = (edge) => {
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

export const rungAsNamed: Check = (edge) =>
  of(edge, 'originate').some((effect) => !named(edge, effect)) && 'somebody was rung whom no answer named';

/** The first leg of a level goes to whom its answer put first (the strategy decides who that is). */
export const asAnswered: Check = (edge) => {
  const { event, before } = edge;
  if (
    event?.type !== 'on-call-resolved' ||
    event.request !== edge.worldBefore.request ||
    before?.hunt?.phase !== 'resolving'
  )
    return undefined;
  const level = before.hunt.spec.levels[before.hunt.level];
  const rung = of(edge, 'originate').map((one) => one.person);
  const wanted = level ? firstWave(level.strategy ?? 'sequential', event) : [];
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
  // One phone for both rings for the first of them.
  const phones = people.map(({ phones }) => phones.join());
  const own = ids.filter((_, i) => phones.indexOf(phones[i] ?? '') === i);
  if (strategy === 'parallel') return own;
  if (strategy === 'waves') {
    const first = Math.min(...people.map((one) => one.priority));
    return people.filter((one) => one.priority === first && own.includes(one.person)).map((one) => one.person);
  }
  if (strategy === 'rotating') return [ids[turn % ids.length]].flatMap((id) => id ?? []);
  if (strategy !== 'longest-idle') return ids.slice(0, 1);
  const oldest = Math.min(...people.map((one) => one.lastTalkedAt ?? 0));
  return people
    .filter((one) => (one.lastTalkedAt ?? 0) === oldest)
    .slice(0, 1)
    .map((one) => one.person);
}
