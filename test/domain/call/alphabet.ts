// Everything that may happen in a given moment of a call: expected, late, repeated and foreign. `foreign` events must change nothing.
import type { Call } from '../../../server/domain/call/call.ts';
import type { Leg } from '../../../server/domain/hunt/state.ts';
import type { Alive, CallEvent, Verdict } from '../../../server/domain/telephony/event.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { type Config, intruder, now } from './house.ts';
import type { World } from './world.ts';

export type Letter = { event: CallEvent; foreign: boolean };

type Bare = CallEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never;
const letter = (event: Bare, foreign = false): Letter => ({ event: { ...event, at: now } as CallEvent, foreign });
const foreign = (event: Bare): Letter => letter(event, true);

/** All letters for this moment. */
export function alphabet(config: Config, call: Call, world: World): Letter[] {
  const live = call.hunt?.legs.filter((leg) => leg.phase !== 'ended') ?? [];
  return [
    ...ofCaller(call, world),
    ...ofPlanning(config, call, world),
    ...live.flatMap((leg) => ofLeg(config, leg)),
    ...ofStrangers(call),
    ...ofTimers(call, world, live),
    ...ofFailures(call, world, live),
    ...resumptions(live, call),
  ];
}

function ofCaller(call: Call, world: World): Letter[] {
  const { node, doing } = call.flow;
  const listening = call.phase === 'flow' && node === 'mot' && doing.kind === 'asking';
  // Keys typed over what is said before a question answer that question.
  const asking =
    call.phase === 'flow' && (doing.kind === 'asking' || (node === 'bienvenue' && doing.kind === 'playing'));
  const keys = ['1', '2', '9'].flatMap((digits) => [{ digits }, { digits, final: true as const }]);
  const typed = [{ digits: '' }, { digits: '', final: true as const }, ...(asking ? keys : [{ digits: '1' }])];
  const recording = world.sound?.kind === 'record' ? world.sound.effect : undefined;
  const taped = (recording: string, seconds: number) => ({ type: 'recording-finished' as const, recording, seconds });
  return [
    letter({ type: 'caller-hung-up' }),
    letter({ type: 'unheard', from: 'caller' }, call.hunt?.phase !== 'talking'),
    foreign({ type: 'unheard', from: 'c1.l99' }),
    ...typed.map((keyed) => letter({ type: 'digits', ...keyed }, !asking)),
    ...(listening ? spoken(world.sound?.effect ?? '') : [foreign({ type: 'speech', text: 'au secours' })]),
    foreign({ type: 'speech', text: 'fuite', asked: 'c1.e0' }),
    foreign({ type: 'speech', text: '', asked: 'c1.e0', failed: 'test' }),
    ...(world.sound ? [letter({ type: 'playback-finished', playback: world.sound.effect })] : []),
    foreign({ type: 'playback-finished', playback: 'c1.e0' }),
    foreign({ type: 'looked-up', request: 'c1.e0', found: null }),
    ...(recording
      ? [letter({ ...taped(recording, 10), file: 'a' }), letter({ ...taped(recording, 0), file: 'b' })]
      : []),
    foreign({ ...taped('c1.e0', 10), file: 'foreign' }),
  ];
}

/** What is understood, by a carrier that names the question and by one that does not; nothing; nobody who could listen. */
const spoken = (asked: string): Letter[] => [
  ...['fuite', 'pas de fuite', ''].flatMap((text) => [
    letter({ type: 'speech', text }),
    letter({ type: 'speech', text, asked }),
  ]),
  letter({ type: 'speech', text: '', asked, failed: 'test' }),
];

function ofPlanning(config: Config, call: Call, world: World): Letter[] {
  const stale = { type: 'on-call-resolved' as const, people: [intruder], because: 'late', turn: 0 };
  const asked = call.hunt?.phase === 'resolving' ? world.request : undefined;
  return [
    foreign({ ...stale, request: 'c1.e0' }),
    ...(asked === undefined ? [] : config.answers).map((answer) =>
      letter({ type: 'on-call-resolved', request: asked ?? '', because: 'rota', ...answer }),
    ),
  ];
}

const beep = (leg: string) =>
  letter({ type: 'leg-heard', leg, verdict: 'machine', strong: true, certain: true, ms: 900, because: 'test' });

function ofLeg(config: Config, { id: leg, question, phase }: Leg): Letter[] {
  const verdict = (verdict: Verdict, strong: boolean) =>
    letter({ type: 'leg-heard', leg, verdict, strong, ms: 900, because: 'test' });
  const up = phase === 'asking' || phase === 'listening' || phase === 'taken';
  // A carrier without a detector of ours guesses at most (Twilio's AMD), and never on strong evidence.
  const guessed = [verdict('human', true), verdict('machine', false)];
  const listening = [verdict('machine', true), verdict('tone', false), verdict('unsure', false), beep(leg)];
  const heard = up ? [...guessed, ...(config.context.hunt.listenMs > 0 ? listening : [])] : [];
  return [
    letter({ type: 'leg-ringing', leg }),
    letter({ type: 'leg-answered', leg }),
    ...(question ? [letter({ type: 'leg-prompt-started', leg, playback: question })] : []),
    ...(question ? [letter({ type: 'leg-prompt-finished', leg, playback: question })] : []),
    foreign({ type: 'leg-prompt-started', leg, playback: 'c1.e0' }),
    foreign({ type: 'leg-prompt-finished', leg, playback: 'c1.e0' }),
    ...config.keys.map((digit) => letter({ type: 'leg-pressed', leg, digit })),
    ...heard,
    ...config.causes.map((cause) => letter({ type: 'leg-ended', leg, hangup: hangup(cause) })),
  ];
}

/** Legs that are over, and legs that never were: nothing they do may matter, but an answer must be ended. */
function ofStrangers(call: Call): Letter[] {
  const over = [...call.pastLegs, ...(call.hunt?.legs ?? [])].filter((leg) => leg.phase === 'ended').at(-1);
  return [...(over ? [over.id] : []), 'c1.l999', 'c2.l1'].flatMap((leg) => [
    foreign({ type: 'leg-ringing', leg }),
    foreign({ type: 'leg-answered', leg }),
    foreign({ type: 'leg-prompt-started', leg, playback: over?.question ?? 'c1.e0' }),
    foreign({ type: 'leg-pressed', leg, digit: '1' }),
    foreign({ type: 'leg-heard', leg, verdict: 'machine', strong: true, ms: 900, because: 'test' }),
    foreign({ type: 'leg-ended', leg, hangup: hangup('congestion') }),
  ]);
}

/** Every timer that runs, every name of ours that does not, and names of nobody. A silent trunk may be found out without a timer. */
function ofTimers(call: Call, world: World, live: Leg[]): Letter[] {
  const ours = [
    'hunt.wait',
    'hunt.words',
    'hunt.retry',
    'call.longest',
    'call.leaving',
    'play.0',
    'no-input.0',
    'record.0',
  ];
  const past = call.hunt?.legs.find((leg) => leg.phase === 'ended')?.id ?? 'c1.l999';
  const ofLegs = [...live.map((leg) => leg.id), past].flatMap((leg) => [
    `ring.${leg}`,
    `listen.${leg}`,
    `confirm.${leg}`,
  ]);
  const silent = live.map((leg) => `silent.${leg.id}`).filter((name) => !world.timers.has(name));
  const stale = [...ours, ...ofLegs, `silent.${past}`, 'nonsense'].filter((name) => !world.timers.has(name));
  return [
    ...[...world.timers, ...silent].map((name) => letter({ type: 'timer', name })),
    ...stale.map((name) => foreign({ type: 'timer', name })),
  ];
}

function ofFailures(call: Call, world: World, live: Leg[]): Letter[] {
  const why = 'test';
  const legs = live.flatMap((leg) => [leg.sent, leg.question].flatMap((id) => id ?? []));
  const others = [call.hunt?.bridging, world.sound?.effect].flatMap((id) => id ?? []);
  const sent = live.flatMap((leg) => (leg.phase === 'calling' && leg.sent ? [leg.sent] : []));
  return [
    ...[...legs, ...others].map((effect) => letter({ type: 'effect-failed', effect, why })),
    ...sent.map((effect) => letter({ type: 'effect-failed', effect, why, hangup: hangup('congestion') })),
    foreign({ type: 'effect-failed', effect: 'c1.e0', why }),
    foreign({ type: 'effect-failed', effect: 'c2.e1', why, hangup: hangup('congestion') }),
  ];
}

/** The carrier's side as it was saved. */
export function allAlive(live: readonly Leg[], caller = true): Alive {
  const state = ({ phase }: Leg) => (phase === 'calling' || phase === 'ringing' ? phase : 'up');
  return {
    caller,
    legs: Object.fromEntries(live.map((leg) => [leg.id, state(leg)])),
    bridged: live.filter((leg) => leg.phase === 'taken').map((leg) => leg.id),
  };
}

function resumptions(live: Leg[], call: Call): Letter[] {
  const same = allAlive(live);
  const gone = call.flow.gone;
  const answered = Object.fromEntries(live.map((leg) => [leg.id, 'up' as const]));
  const begun = Object.entries(same.legs).map(([id, state]) => [id, state === 'calling' ? 'ringing' : state] as const);
  const worlds: Alive[] = [
    allAlive(live, false),
    { caller: false, legs: {}, bridged: [] },
    { caller: false, legs: {}, bridged: [], cutOff: true },
    ...(gone ? [] : [same, { ...same, legs: { ...same.legs, 'c1.l998': 'up' as const } }]),
    ...(gone || live.length === 0
      ? []
      : [
          { ...same, bridged: [] },
          { caller: true, legs: {}, bridged: [] },
          { ...same, legs: answered },
          { ...same, legs: Object.fromEntries(begun) },
        ]),
  ];
  return worlds.map((alive) => letter({ type: 'resumed', alive }));
}
