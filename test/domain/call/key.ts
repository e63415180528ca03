// When are two moments of a call the same? Ids and times grow for ever, so they are renamed or left out; all else counts.
import type { Call } from '../../../server/domain/call/call.ts';
import type { HuntState } from '../../../server/domain/hunt/state.ts';
import type { Tried } from '../../../server/domain/trunk/failover.ts';
import type { World } from './world.ts';

/** A text that is equal for two moments from which the same things can happen. */
export function keyOf(call: Call, world: World): string {
  if (call.phase === 'over') return JSON.stringify([call.outcome, call.alerted, call.talked, world.alerted]);
  const hunt = call.hunt ? ofHunt(call.hunt) : '';
  return `${call.phase} ${ofFlow(call.flow)} ${hunt} ${JSON.stringify(callKey(call))} ${ofWorld(world)}`;
}

/** The part of a key that a value gives, written once for each value: no step changes one, it makes another. */
function writtenOnce<T extends object>(key: (part: T) => unknown): (part: T) => string {
  const known = new WeakMap<T, string>();
  return (part) => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const text = JSON.stringify(key(part));
    known.set(part, text);
    return text;
  };
}

const callKey = (call: Call) => [
  call.version,
  call.answeredAt !== undefined,
  call.sought,
  call.talked,
  call.alerted,
  call.recording,
  call.pastLegs.some((leg) => leg.takenAt !== undefined),
  call.pastLegs.length > 0,
];

function flowKey(flow: Call['flow']) {
  const { turn: _turn, called: _called, caller: _caller, doing, ...rest } = flow;
  const { effect: _, ...what } = { effect: '', ...doing };
  return [rest, what];
}

const triedKey = ({ trunk, callerId, hangup }: Tried) => [trunk, callerId, hangup.cause];

function huntKey(hunt: HuntState) {
  const ended = hunt.legs.filter((leg) => leg.phase === 'ended');
  return [
    ...[
      hunt.phase,
      Math.min(hunt.level, hunt.spec.levels.length),
      hunt.round,
      hunt.request !== undefined,
      hunt.bridging !== undefined,
    ],
    ...[hunt.people.map((one) => one.person), hunt.waves, hunt.anyone, hunt.expired],
    hunt.threads.map((one) => [one.person, one.phones, one.tried.map(triedKey), one.leg !== undefined, one.second]),
    ...[[...hunt.declined].sort(), [...hunt.condemned].sort(), hunt.again, [...hunt.retried].sort()],
    hunt.doubtful.map((one) => one.number),
    hunt.occupied.map((one) => one.person),
    // Phones that two people share ring once in a round, and not again where somebody there said no.
    sharedKey(hunt),
    // What the code reads from legs that are over: whether every one was the network's fault, who was rung, who talked.
    ended.every((leg) => leg.hangup?.whose === 'carrier' || leg.hangup?.cause === 'refused-by-policy'),
    [...new Set(ended.flatMap((leg) => (leg.trunk ? [leg.person] : [])))].sort(),
    ended.length > 0,
    ended.some((leg) => leg.takenAt !== undefined),
    hunt.legs.flatMap((leg) =>
      leg.phase === 'ended'
        ? []
        : [
            [
              leg.number,
              leg.trunk,
              leg.callerId,
              leg.phase,
              leg.question !== undefined,
              leg.questionBegan,
              leg.questionSaid,
              leg.repeats,
              // Only these two change what comes next.
              leg.verdict === 'tone' || leg.verdict === 'unsure' ? leg.verdict : '',
              leg.second,
            ],
          ],
    ),
  ];
}

const isShared = ({ people }: HuntState, number: string): boolean =>
  people.filter(({ phones }) => phones.includes(number)).length > 1;

function sharedKey(hunt: HuntState): string[] {
  const shared = (leg: { number: string }) => isShared(hunt, leg.number);
  const inRound = hunt.legs.slice(hunt.roundFrom).filter((leg) => shared(leg) && leg.hangup?.cause !== 'occupied');
  const refused = hunt.legs.filter((leg) => shared(leg) && leg.hangup?.cause === 'declined');
  return [
    ...new Set([...inRound.map((leg) => `${leg.number} ${leg.person}`), ...refused.map((leg) => leg.number)]),
  ].sort();
}

function worldKey(world: World) {
  return [
    [...world.timers].map((name) => timerKey(world, name)).sort(),
    ...[world.waiting, world.sound?.kind, world.request !== undefined, world.talked, world.alerted, world.gone],
    [...new Set(world.named.map((one) => one.person))].sort(),
    Object.values(world.out)
      .map((leg) => [leg.number, leg.heard, leg.asked !== undefined, leg.began])
      .sort(),
    world.joined && world.out[world.joined.leg]?.number,
    Object.entries(world.rang).sort(),
    [...world.lost].sort(),
  ];
}

/** `ring.c1.l7` becomes the number it rings, `play.12` is of the present turn. */
function timerKey(world: World, name: string): string {
  const dot = name.indexOf('.');
  const [what, of] = [name.slice(0, dot), name.slice(dot + 1)];
  if (what === 'hunt' || what === 'call') return name;
  if (/^\d+$/.test(of)) return what;
  return `${what}.${world.out[of]?.number ?? 'ended'}`;
}

const ofFlow = writtenOnce(flowKey);
const ofHunt = writtenOnce(huntKey);
const ofWorld = writtenOnce(worldKey);
