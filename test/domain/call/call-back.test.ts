// A call that the line begins: every event in every moment it can reach, with the rules that make it safe. Only key 1 lets the customer be rung.
import t from 'tap';
import { beginCallBack } from '../../../server/domain/call/begin.ts';
import type { Call, CallContext } from '../../../server/domain/call/call.ts';
import { stepCall } from '../../../server/domain/call/step.ts';
import { callerView, isCaller, legView } from '../../../server/domain/call/view.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { CallEvent, OnCall } from '../../../server/domain/telephony/event.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { alphabet } from './alphabet.ts';
import { type Config, caller as customer, flowSet, houseOf, line, now, people, trunk } from './house.ts';
import { keyOf } from './key.ts';
import { emptyWorld, type World, worldAfter } from './world.ts';

t.setTimeout(300_000);

const order = {
  person: 'p1',
  language: 'fr',
  number: customer,
  line,
  by: 'helpdesk',
  carrier: 'asterisk' as const,
  at: now,
};
const asPerson: OnCall = {
  person: customer,
  name: customer,
  phones: [customer],
  language: 'fr',
  maxCalls: 1000,
  priority: 1,
  because: 'numéro',
};
type Moment = { call: Call; world: World; past: CallEvent[] };
type Step = { before: Call; world: World; event: CallEvent; after: Call; effects: readonly Effect[] };
type Rule = (step: Step) => boolean;

const has = (effects: readonly Effect[], ...types: Effect['type'][]) =>
  effects.some(({ type }) => types.includes(type));
/** The technician's own leg ends by this, or has no one behind it. */
const endsTechnician = ({ event, effects, before }: Step) =>
  has(effects, 'hangup') ||
  event.type === 'caller-hung-up' ||
  (event.type === 'leg-ended' && event.leg === before.callBack?.leg) ||
  (event.type === 'resumed' && !event.alive.caller);

/** What must not be, by name. */
const wrong: Record<string, Rule> = {
  'the customer is rung before key 1': ({ after, effects }) =>
    !after.callBack?.leg && effects.some((one) => one.type === 'originate' && one.number === customer),
  'a technician is taken without key 1 after the question began': ({ before, after, event }) => {
    const leg = after.callBack?.leg;
    if (!leg || before.callBack?.leg) return false;
    const asked = before.hunt?.legs.find(({ id }) => id === leg);
    return !(event.type === 'leg-pressed' && event.leg === leg && event.digit === '1' && asked?.questionBegan);
  },
  'joined with somebody else than the customer': ({ before, after, effects }) =>
    effects.some(
      (one) =>
        one.type === 'bridge' &&
        (!before.callBack?.leg || after.hunt?.legs.find(({ id }) => id === one.leg)?.number !== customer),
    ),
  'something is said to a caller who is not there': ({ after, effects }) =>
    !after.callBack?.leg && has(effects, 'play', 'gather', 'wait', 'stop-wait', 'answer', 'bridge', 'hangup', 'record'),
  'an alert is raised': ({ effects }) => has(effects, 'raise-alert'),
  'it is over without an outcome': ({ after }) => (after.phase === 'over') !== (after.outcome !== undefined),
  'it is over and a leg hangs in the air': ({ after, world }) =>
    after.phase === 'over' && Object.keys(world.out).some((leg) => leg !== after.callBack?.leg),
  'it is over and the technician hangs in the air': (step) =>
    step.before.phase !== 'over' &&
    step.after.phase === 'over' &&
    step.after.callBack?.leg !== undefined &&
    !endsTechnician(step),
  'it is over and goes on': ({ before, after, effects }) =>
    before.phase === 'over' && (after.outcome !== before.outcome || effects.some(({ type }) => type !== 'hangup-leg')),
  'a stray leg lives': ({ before, event, effects }) => {
    if (event.type !== 'leg-answered' || event.leg === before.callBack?.leg) return false;
    const known = before.hunt?.legs.some(({ id, phase }) => id === event.leg && phase !== 'ended');
    return !known && !effects.some((one) => one.type === 'hangup-leg' && one.leg === event.leg);
  },
  // What a carrier that comes and asks (Twilio) is given to be heard.
  'the technician is in company, or lost in silence': ({ after }) => {
    const live = after.hunt?.legs.filter(({ phase }) => phase !== 'ended') ?? [];
    if (!after.callBack?.leg)
      return live.some(({ id }) => isCaller(after, id) || legView(after, id).hears === 'company');
    const { hears } = callerView(after);
    return (hears === 'end') !== (after.phase === 'over') || (after.carrier === 'twilio' && hears === 'nothing-yet');
  },
  'the technician who waits is hung up on without an end': ({ before, after, effects }) =>
    after.phase !== 'over' && effects.some((one) => one.type === 'hangup-leg' && one.leg === before.callBack?.leg),
};

function ofTechnician({ callBack, pastLegs, phase }: Call, world: World): CallEvent[] {
  const leg = callBack?.leg;
  if (!leg || phase === 'over') return [];
  const question = pastLegs.find(({ id }) => id === leg)?.question ?? '';
  const playbacks = [question, ...(world.sound ? [world.sound.effect] : [])];
  return [
    { type: 'leg-ended', leg, hangup: hangup('normal'), at: now },
    { type: 'leg-ended', leg, hangup: hangup('lost'), at: now },
    { type: 'leg-answered', leg, at: now },
    { type: 'leg-ringing', leg, at: now },
    ...['1', '2', '*'].map((digit): CallEvent => ({ type: 'leg-pressed', leg, digit, at: now })),
    ...playbacks.map((playback): CallEvent => ({ type: 'leg-prompt-finished', leg, playback, at: now })),
    { type: 'leg-heard', leg, verdict: 'machine', strong: true, certain: true, ms: 900, because: 'late', at: now },
    { type: 'unheard', from: leg, at: now },
  ];
}

const keyIn = ({ call, world }: Moment): string =>
  `${keyOf(call, world)} ${call.callBack?.leg !== undefined} ${call.outcome} ${call.pastLegs.map(({ phase }) => phase)}`;

function eventsAt(config: Config, { call, world }: Moment): CallEvent[] {
  const answers = (call.callBack?.leg ? [[asPerson]] : [[], people(1)]).map((people) => ({ people, turn: 0 }));
  const letters = alphabet({ ...config, answers }, call, world).map(({ event }) => event);
  return [...letters, ...ofTechnician(call, world)];
}

function follow(context: CallContext, from: Moment, event: CallEvent): { next: Moment; broken: string[] } {
  const { call, effects } = stepCall(context, from.call, event);
  const world = worldAfter(from.world, from.call, event, call, effects);
  const step = { before: from.call, world, event, after: call, effects };
  const past = [...from.past, event];
  const broken = Object.keys(wrong).filter((name) => wrong[name]?.(step));
  return {
    next: { call, world, past },
    broken: broken.map((name) => `${name}: ${past.map(({ type }) => type).join(', ')}`),
  };
}

function walk(context: CallContext, carrier: Config['carrier']) {
  const config: Config = {
    name: 'call back',
    context,
    answers: [],
    carrier,
    keys: ['1', '2', '*', '7'],
    causes: ['no-answer', 'declined', 'congestion', 'lost', 'busy'],
  };
  const first = beginCallBack(context, 'c1', { ...order, carrier });
  const world = worldAfter(emptyWorld, undefined, undefined, first.call, first.effects);
  const moments: Moment[] = [{ call: first.call, world, past: [] }];
  const seen = new Set(moments.map(keyIn));
  const found = new Set<string>();
  let edges = 0;
  for (const moment of moments) {
    for (const event of eventsAt(config, moment)) {
      edges++;
      const { next, broken } = follow(context, moment, event);
      for (const one of broken) found.add(one);
      if (seen.has(keyIn(next))) continue;
      seen.add(keyIn(next));
      moments.push(next);
    }
  }
  return { moments, edges, found: [...found] };
}

/** What happens when nobody does anything any more: nobody is on call, and timers fall due. */
function byItself({ call, world }: Moment): CallEvent | undefined {
  const request = call.hunt?.phase === 'resolving' ? call.hunt.request : undefined;
  if (request) return { type: 'on-call-resolved', request, people: [], because: 'nobody', turn: 0, at: now };
  const timer = [...world.timers].find((name) => name !== 'hunt.words');
  return timer === undefined ? undefined : { type: 'timer', name: timer, at: now };
}

function ends(context: CallContext, moment: Moment): boolean {
  let here = moment;
  for (let steps = 0; steps < 60 && here.call.phase !== 'over'; steps++) {
    const event = byItself(here);
    if (!event) return false;
    here = follow(context, here, event).next;
  }
  return here.call.phase === 'over';
}

const houses = {
  'asked at once': { context: houseOf(flowSet(), [trunk('a')]), carrier: 'asterisk' },
  'a detector, two trunks': { context: houseOf(flowSet(), [trunk('a'), trunk('b')], 3000), carrier: 'asterisk' },
  'a carrier that asks': { context: houseOf(flowSet(), [trunk('a')]), carrier: 'twilio' },
} as const;
for (const [name, { context, carrier }] of Object.entries(houses))
  t.test(`every event in every reachable moment: ${name}`, (t) => {
    const { moments, edges, found } = walk(context, carrier);
    t.comment(`${moments.length} moments, ${edges} edges`);
    t.ok(edges > 5000, 'the walk is a walk');
    t.strictSame(found.slice(0, 5), []);
    const outcomes = new Set(moments.flatMap(({ call }) => call.outcome ?? []));
    t.strictSame([...outcomes].sort(), ['hung-up', 'lost', 'talked', 'told'], 'every end was reached');
    const endless = moments.filter((moment) => !ends(context, moment));
    t.strictSame(
      endless.slice(0, 3).map(({ past }) => past.map(({ type }) => type)),
      [],
      'it ends by itself',
    );
    t.end();
  });

t.test('after a long absence of the server nobody is rung for it any more', (t) => {
  const context = houseOf(flowSet(), [trunk('a')]);
  const { call } = beginCallBack(context, 'c1', order);
  const rings = stepCall(context, call, {
    type: 'on-call-resolved',
    request: call.hunt?.request ?? '',
    people: people(1),
    because: '',
    turn: 0,
    at: now,
  });
  const alive = { caller: false, legs: {}, bridged: [] };
  const soon = stepCall(context, rings.call, { type: 'resumed', alive, at: now + 5_000 });
  t.ok(has(soon.effects, 'originate'), 'a moment later it goes on');
  const late = stepCall(context, rings.call, {
    type: 'resumed',
    alive: { ...alive, legs: { 'c1.l1': 'up' } },
    at: now + 600_000,
  });
  t.notOk(has(late.effects, 'originate'));
  t.match(late.call, { phase: 'over', outcome: 'hung-up' });
  t.ok(late.effects.some((one) => one.type === 'hangup-leg' && one.leg === 'c1.l1'));
  t.end();
});
