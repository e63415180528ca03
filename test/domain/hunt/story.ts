// A hunt told as a story: who rings, what their phones do, what the caller and they hear. One line of a test is one thing that happens.
import type { Emitter, HuntState, Turn } from '../../../server/domain/hunt/state.ts';
import { startHunt, stepHunt, stopHunt } from '../../../server/domain/hunt/step.ts';
import type { DialExit, DialSpec, Level } from '../../../server/domain/telephony/dial.ts';
import type { Effect, EffectType } from '../../../server/domain/telephony/effect.ts';
import type { CallEvent, OnCall } from '../../../server/domain/telephony/event.ts';
import { type Cause, hangup } from '../../../server/domain/telephony/hangup.ts';
import { noHealth } from '../../../server/domain/trunk/breaker.ts';
import { caller, line, now, trunk, trunkPlan } from '../call/house.ts';

type Bare = CallEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never;
export type Setting = {
  levels?: Partial<Level>[];
  trunks?: ReturnType<typeof trunk>[];
  listenMs?: number;
  spec?: Partial<DialSpec>;
};

const text = (words: string) => [{ kind: 'text' as const, text: words, language: 'fr' }];

export function hunt({ levels = [{}], trunks = [trunk('a'), trunk('b')], listenMs = 0, spec = {} }: Setting = {}) {
  let ids = 0;
  const emitter: Emitter = {
    at: now,
    context: { trunks: { plan: trunkPlan(trunks), health: noHealth }, listenMs, silentMs: 4000 },
    effect: () => `c1.e${++ids}`,
    leg: () => `c1.l${++ids}`,
  };
  const full: DialSpec = {
    levels: levels.map((level) => ({
      target: { planning: 'technique' },
      rounds: 1,
      ringMs: 20_000,
      ...level,
    })),
    maxWaitMs: 120_000,
    wait: 'music',
    words: { prompts: text('Patientez.'), everyMs: 15_000 },
    announce: text('Appel.'),
    show: 'line',
    line,
    caller,
    confirm: { by: 'key', question: text('Tapez 1.'), taken: text('Déjà pris.'), waitMs: 10_000 },
    ...spec,
  };
  let state: HuntState;
  let effects: readonly Effect[] = [];
  let exit: DialExit | undefined;
  const took = (turn: Turn) => {
    state = turn.state;
    effects = turn.effects;
    exit = turn.exit ?? exit;
    return self;
  };
  const happens = (event: Bare) => took(stepHunt(state, { ...event, at: now } as CallEvent, emitter));
  const legOf = (person: string) => {
    const leg = state.legs
      .filter((one) => one.phase !== 'ended')
      .find((one) => [one.person, one.number].includes(person));
    if (!leg) throw new Error(`${person} has no leg`);
    return leg;
  };
  const self = {
    /** The planning's answer to the level that is being asked for. */
    isOnCall: (people: OnCall[], turn = 0) =>
      happens({ type: 'on-call-resolved', request: state.request ?? '', people, because: 'rota', turn }),
    happens,
    rings: (person: string) => happens({ type: 'leg-ringing', leg: legOf(person).id }),
    answers: (person: string) => happens({ type: 'leg-answered', leg: legOf(person).id }),
    hearsTheQuestion: (person: string) =>
      happens({ type: 'leg-prompt-started', leg: legOf(person).id, playback: legOf(person).question ?? '' }),
    presses: (person: string, digit: string) => happens({ type: 'leg-pressed', leg: legOf(person).id, digit }),
    ends: (person: string, cause: Cause) =>
      happens({ type: 'leg-ended', leg: legOf(person).id, hangup: hangup(cause) }),
    timer: (name: string, person?: string) =>
      happens({ type: 'timer', name: person ? `${name}.${legOf(person).id}` : name }),
    callerGone: () => took(stopHunt(state, emitter)),
    /** Whose phones are out now, each by trunk. */
    ringing: () => state.legs.filter((leg) => leg.phase !== 'ended').map((leg) => `${leg.person} ${leg.trunk}`),
    numbers: () => state.legs.filter((leg) => leg.phase !== 'ended').map((leg) => leg.number),
    shown: () => effects.flatMap((one) => (one.type === 'originate' ? [[one.callerId, one.diversion]] : [])),
    asked: (type: EffectType) => effects.filter((effect) => effect.type === type),
    exit: () => exit,
    state: () => state,
  };
  return took(startHunt(full, emitter));
}
