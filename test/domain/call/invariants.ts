// The rules of the house, each a list of named checks of one step: what was, what happened, what is now, what was asked for.
import type { Check, MomentCheck, Rule } from './edge.ts';
import * as calls from './rules-of-calls.ts';
import * as legs from './rules-of-legs.ts';

/** Every check by the rule of the house it belongs to. */
export const rules: Record<Rule, Record<string, Check>> = {
  joined: {
    bridgedUnconfirmed: legs.bridgedUnconfirmed,
    strayLives: legs.strayLives,
    strayAfterRestart: legs.strayAfterRestart,
    legsAgree: legs.legsAgree,
    callerGone: legs.callerGone,
  },
  winner: {
    oneTaken: legs.oneTaken,
    oneBridge: legs.oneBridge,
    losersFreed: legs.losersFreed,
    talkingAlone: legs.talkingAlone,
  },
  outcome: {
    oneOutcome: calls.oneOutcome,
    staysOver: calls.staysOver,
    alertLeft: calls.alertLeft,
    outcomeTrue: calls.outcomeTrue,
    callerFreed: calls.callerFreed,
    endsByItself: calls.endsByItself,
    neverSilence: calls.neverSilence,
    soundGuarded: calls.soundGuarded,
    waitStops: calls.waitStops,
  },
  originate: {
    freshIds: legs.freshIds,
    freshEffects: legs.freshEffects,
    backstopped: legs.backstopped,
    onePerNumber: legs.onePerNumber,
    oncePerRound: legs.oncePerRound,
    notRoundTheCallee: legs.notRoundTheCallee,
    foundRinging: legs.foundRinging,
  },
  view: {
    sameAfterRestart: calls.sameAfterRestart,
    twiceIsOnce: calls.twiceIsOnce,
    viewsAgree: calls.viewsAgree,
    legViewsAgree: calls.legViewsAgree,
  },
  pinned: { versionPinned: calls.versionPinned, foreignIsNothing: calls.foreignIsNothing },
  resolver: { rungAsNamed: calls.rungAsNamed, asAnswered: calls.asAnswered },
};

/** Those that a step which changes nothing cannot break. */
export const ofTheMoment: ReadonlySet<Check> = new Set<MomentCheck>([
  ...[legs.legsAgree, legs.callerGone, legs.oneTaken, legs.talkingAlone, legs.onePerNumber],
  ...[calls.oneOutcome, calls.alertLeft, calls.outcomeTrue, calls.endsByItself, calls.neverSilence],
  ...[calls.soundGuarded, calls.waitStops, calls.viewsAgree, calls.legViewsAgree],
]);
