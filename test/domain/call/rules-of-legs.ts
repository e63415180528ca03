// Rules 2, 3 and 5: who is rung, who is joined, who is freed. They never ask the code under test whether it is right.
import { type Check, type Edge, freeing, legsOf, live, type MomentCheck, of } from './edge.ts';
import { wayOf } from './world.ts';

// Rule 2: never joined to a leg that did not confirm; a stray answered leg is hung up; caller gone ends every leg.

export const bridgedUnconfirmed: Check = (edge) =>
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

export const strayLives: Check = (edge) => {
  const { event, worldBefore } = edge;
  if (event?.type !== 'leg-answered' || worldBefore.out[event.leg]) return undefined;
  return !freeing(edge).includes(event.leg) && 'a stray leg answered and was not hung up';
};

export const strayAfterRestart: Check = (edge) => {
  const { event, worldBefore } = edge;
  if (event?.type !== 'resumed' || !event.alive.caller || edge.before?.phase === 'over') return undefined;
  const strays = Object.keys(event.alive.legs).filter((leg) => !worldBefore.out[leg]);
  return strays.some((leg) => !freeing(edge).includes(leg)) && 'a stray leg outlived a restart';
};

/** The carrier's side and ours agree: no leg rings for nobody, none is waited for that was ended. */
export const legsAgree: MomentCheck = ({ after, world }) => {
  const [ours, theirs] = [
    live(after)
      .map((leg) => leg.id)
      .sort(),
    Object.keys(world.out).sort(),
  ];
  return ours.join() !== theirs.join() && `waited for: ${ours.join()}; out: ${theirs.join()}`;
};

export const callerGone: MomentCheck = ({ world }) =>
  world.gone && Object.keys(world.out).length > 0 && 'the caller is gone and a leg lives on';

// Rule 3: one winner.

export const oneTaken: MomentCheck = ({ after }) =>
  live(after).filter((leg) => leg.phase === 'taken').length > 1 && 'two winners';

export const oneBridge: Check = (edge) => {
  const bridges = of(edge, 'bridge');
  if (bridges.length > 1) return 'joined twice in one step';
  const already = edge.worldBefore.joined;
  return bridges.some(({ leg }) => already && already.leg !== leg) && 'joined to another while talking';
};

/** Who is up hears that it is taken; who rings stops ringing. */
export const losersFreed: Check = (edge) => {
  const [bridge] = of(edge, 'bridge');
  if (!bridge || edge.event?.type === 'resumed') return undefined;
  const told = of(edge, 'tell-and-hangup').map((effect) => effect.leg);
  const hungUp = of(edge, 'hangup-leg').map((effect) => effect.leg);
  const losers = Object.entries(edge.worldBefore.out).filter(([leg]) => leg !== bridge.leg);
  const wrong = losers.find(([leg, { heard }]) => !(heard === 'up' ? told : hungUp).includes(leg));
  return wrong && `${wrong[0]} (${wrong[1].heard}) was not freed as it should be`;
};

export const talkingAlone: MomentCheck = ({ after, world }) =>
  after.hunt?.phase === 'talking' && Object.keys(world.out).length !== 1 && 'a talk has exactly one leg';

// Rule 5: never originate twice.

export const freshIds: Check = (edge) => {
  const known = new Set([...legsOf(edge.before).map((leg) => leg.id), ...Object.keys(edge.worldBefore.out)]);
  const legs = of(edge, 'originate').map((effect) => effect.leg);
  return (legs.some((leg) => known.has(leg)) || new Set(legs).size < legs.length) && 'a leg id was used twice';
};

export const freshEffects: Check = (edge) => {
  const number = (id: string) => Number(id.slice(id.lastIndexOf('e') + 1));
  const numbers = edge.effects.map((effect) => number(effect.id));
  if (new Set(numbers).size < numbers.length) return 'an effect id was used twice';
  return numbers.some((n) => n <= (edge.before?.effects ?? 0) || n > edge.after.effects) && 'an effect id is not fresh';
};

export const backstopped: Check = (edge) => {
  const timers = of(edge, 'start-timer').map((effect) => effect.name);
  return of(edge, 'originate').some(({ leg }) => !timers.includes(`ring.${leg}`)) && 'a leg has no backstop timer';
};

export const onePerNumber: MomentCheck = ({ world }) => {
  const numbers = Object.values(world.out).map((leg) => leg.number);
  return new Set(numbers).size < numbers.length && 'one phone is rung twice at once';
};

export const oncePerRound: Check = (edge) =>
  of(edge, 'originate').some((effect) => {
    const most = edge.world.lost.includes(effect.number) ? 2 : 1;
    return (edge.world.rang[wayOf(effect)] ?? 0) > most;
  }) && 'the same phone was rung again the same way in one round';

/** Declined, or answered with a fault of the callee's: never the same phone over another trunk in that round. */
/** A phone that was found ringing after a restart rings: its trunk is not given up as silent, and the phone asked for over the next one. */
export const foundRinging: Check = ({ event, world }) => {
  if (event?.type !== 'resumed') return undefined;
  const given = Object.keys(world.out).filter(
    (leg) => event.alive.legs[leg] === 'ringing' && world.timers.has(`silent.${leg}`),
  );
  return given.length > 0 && `${given.join()} rings, and may still be given up as silent`;
};

export const notRoundTheCallee: Check = (edge) => {
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
