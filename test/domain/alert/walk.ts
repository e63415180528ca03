// Walks an alert through every moment it can reach, with everything that may happen in each, and checks every rule at every step.
import type { Alert, AlertEffect, AlertEvent, AlertStep, Contact } from '../../../server/domain/alert/alert.ts';
import { liveNotice } from '../../../server/domain/alert/alert.ts';
import type { Policy } from '../../../server/domain/alert/policy.ts';
import { raiseAlert, stepAlert } from '../../../server/domain/alert/step.ts';

export type Core = { raise: typeof raiseAlert; step: typeof stepAlert };
export const ours: Core = { raise: raiseAlert, step: stepAlert };

/** What stands outside of the alert: timers that run, questions asked, what senders were given. */
export type World = { timers: ReadonlySet<string>; asked: string | undefined };
export type Edge = {
  before?: Alert;
  world: World;
  event?: AlertEvent;
  after: Alert;
  effects: AlertEffect[];
  next: World;
};
export type Config = { policy: Policy; people: Record<string, Contact[]> };
type Moment = { alert: Alert; world: World; from?: Moment; by?: AlertEvent };
export type Finding = { rule: string; wrong: string; way: AlertEvent[] };

const told = (alert: Alert) => [
  ...new Set(alert.notices.filter((one) => one.kind === 'alert').map((one) => one.person)),
];
const notified = (effects: AlertEffect[]) => effects.filter((one) => one.type === 'notify');
const held = (alert: Alert | undefined) => alert?.phase === 'held';

/** Each rule: what is wrong with this step, or nothing. */
export const rules: Record<string, (edge: Edge) => string | undefined> = {
  'an open alert always goes on by itself': ({ after, next }) =>
    after.phase === 'open' && !next.timers.has(`remind.${after.turn}`) ? 'no reminder is set' : undefined,
  'a held or closed alert tells nobody': ({ after, effects }) =>
    after.phase !== 'open' && notified(effects).length > 0
      ? 'somebody is told of an alert that is not open'
      : undefined,
  'confirmed, everything stops': ({ after, next }) => {
    if (after.phase === 'open') return undefined;
    const running = [...next.timers].filter((name) => !name.startsWith('return.'));
    if (running.length > 0) return `still running: ${running.join(', ')}`;
    const calls = after.notices.filter(
      (one) =>
        one.channel === 'call' &&
        one.kind === 'alert' &&
        liveNotice(one) &&
        one.person !== (after.holder ?? after.closed)?.person,
    );
    return calls.length > 0 ? 'a telephone still rings' : undefined;
  },
  'a held alert comes back in its time': ({ after, next }) =>
    held(after) && after.policy.resolveMs !== null && !next.timers.has(`return.${after.turn}`)
      ? 'nothing brings it back'
      : undefined,
  'the first word counts': ({ before, event, after }) =>
    held(before) && event?.type === 'taken' && !event.over && after.holder?.person !== before?.holder?.person
      ? 'a second confirmation took it away'
      : undefined,
  'a holder has a name and a way': ({ after }) => (held(after) && !after.holder ? 'held by nobody' : undefined),
  'everybody who was told learns who has it, once': ({ before, after, effects }) => {
    const fresh =
      after.phase !== 'open' &&
      after.phase !== 'silent' &&
      (before?.phase !== after.phase || before?.holder?.person !== after.holder?.person);
    const news = effects.filter((one) => one.type === 'tell').map((one) => one.to.person);
    if (!fresh) return news.length > 0 ? 'news of nothing new' : undefined;
    const who = (after.phase === 'held' ? after.holder : after.closed)?.person;
    const wanted = told(after).filter((person) => person !== who);
    const reachable = wanted.filter((person) =>
      after.contacts.some((one) => one.person === person && (one.sms ?? one.email)),
    );
    return [...news].sort().join() === reachable.sort().join()
      ? undefined
      : `told ${news.join()}, wanted ${reachable.join()}`;
  },
  'a telephone never rings twice at once': ({ before, effects }) => {
    const ringing =
      before?.notices.filter((one) => one.kind === 'alert' && one.channel === 'call' && liveNotice(one)) ?? [];
    const stopped = effects.flatMap((one) => (one.type === 'stop' ? [one.notice] : []));
    const again = notified(effects).filter(
      (one) =>
        one.channel === 'call' &&
        ringing.some((other) => other.person === one.to.person && !stopped.includes(other.id)),
    );
    return again.length > 0 ? `${again[0]?.to.person} is rung twice` : undefined;
  },
  'one event makes one message per person and way': ({ effects }) => {
    const sent = effects.flatMap((one) =>
      one.type === 'notify' || one.type === 'tell' ? [`${one.channel} ${one.to.person}`] : [],
    );
    return new Set(sent).size < sent.length ? `twice: ${sent.join(', ')}` : undefined;
  },
  'nobody is told without an address': ({ after, effects }) =>
    effects.some(
      (one) =>
        (one.type === 'notify' || one.type === 'tell') && !after.notices.find(({ id }) => id === one.notice)?.address,
    )
      ? 'no address'
      : undefined,
  'the ladder is climbed rung by rung': ({ before, event, after, effects }) => {
    if (!before || after.phase !== 'open' || before.phase !== 'open' || after.level <= before.level) return undefined;
    const asked = effects.filter((one) => one.type === 'resolve').length;
    if (event?.type === 'learned' || event?.type === 'sent' || event?.type === 'delivered')
      return `climbs for "${event.type}"`;
    return after.level > before.level + 1 &&
      asked > 0 &&
      after.policy.levels.slice(before.level + 1, after.level).some((one) => one.whom !== 'raised')
      ? 'a level was left out'
      : undefined;
  },
  'who said no is not asked again at this level': ({ before, event, after, effects }) =>
    before &&
    event?.type !== 'timer' &&
    before.level === after.level &&
    before.declined.length > 0 &&
    after.declined.length >= before.declined.length &&
    notified(effects).some((one) => before.declined.includes(one.to.person))
      ? 'asked again'
      : undefined,
  'closed is closed': ({ before, after, effects }) =>
    before?.phase === 'resolved' && (after.phase !== 'resolved' || effects.some((one) => one.type !== 'cancel-timer'))
      ? 'it stirs again'
      : undefined,
  'ids are never used twice': ({ after }) =>
    new Set(after.notices.map(({ id }) => id)).size < after.notices.length ? 'an id twice' : undefined,
};

function worldAfter(
  { timers, asked }: World,
  event: AlertEvent | undefined,
  effects: AlertEffect[],
  alert: Alert,
): World {
  const running = new Set(timers);
  if (event?.type === 'timer') running.delete(event.name);
  let question = asked;
  for (const effect of effects) {
    if (effect.type === 'start-timer') running.add(effect.name);
    if (effect.type === 'cancel-timer') running.delete(effect.name);
    if (effect.type === 'resolve') question = effect.request;
  }
  return { timers: running, asked: alert.request === undefined ? undefined : question };
}

/** Everything that may happen now: answers, silence, words of people, and what comes late or from elsewhere. */
function alphabet({ policy, people }: Config, alert: Alert, world: World): AlertEvent[] {
  const at = 1000;
  const everybody = Object.values(people).flat();
  const whom = (request: string): AlertEvent[] => {
    const level = policy.levels[alert.level];
    const name =
      alert.towards ??
      (level && level.whom !== 'raised' ? Object.values(level.whom)[0] : Object.values(alert.target ?? {})[0]);
    const found = alert.towards
      ? everybody.filter(({ person }) => person === alert.towards)
      : (people[name ?? ''] ?? []);
    return [
      { type: 'resolved', at, request, people: found.slice(0, alert.towards ? 1 : undefined), because: '' },
      { type: 'resolved', at, request, people: [], because: 'personne' },
    ];
  };
  const live = alert.notices.filter(liveNotice).slice(-3);
  const words = [...new Map(everybody.map((one) => [one.person, one])).values()].flatMap((to): AlertEvent[] => {
    const who = { person: to.person, name: to.name };
    return [
      { type: 'taken', at, who, by: 'sms' },
      { type: 'taken', at, who, by: 'link', over: true },
      { type: 'declined', at, who, by: 'key' },
    ];
  });
  const someone = { person: 'lea', name: 'Léa' };
  const to = everybody[0] as Contact;
  return [
    ...(world.asked ? whom(world.asked) : []),
    ...[...world.timers].map((name): AlertEvent => ({ type: 'timer', at, name })),
    ...live.flatMap((one): AlertEvent[] => [
      { type: 'sent', at, notice: one.id, reports: true },
      { type: 'delivered', at, notice: one.id },
      { type: 'failed', at, notice: one.id, why: 'refused' },
    ]),
    ...words,
    { type: 'handed', at, who: someone, to, by: 'api' },
    { type: 'closed', at, who: someone, by: 'command', note: 'fait' },
    { type: 'learned', at, about: { recording: 'x.wav' } },
    { type: 'timer', at, name: 'remind.0' },
    { type: 'timer', at, name: 'return.0' },
    { type: 'sent', at, notice: 'other.n1', reports: true },
    { type: 'failed', at, notice: 'other.n1', why: '' },
    { type: 'resolved', at, request: 'other.q1', people: everybody, because: '' },
  ];
}

/** What tells two moments apart: names of turns and ids do not, nor how often the last level was repeated. */
function keyOf(alert: Alert, world: World): string {
  const short = (name: string) =>
    name.startsWith('lost.')
      ? `lost ${alert.notices.find(({ id }) => name.endsWith(`.${id.split('.').at(-1)}`) && id === name.slice(5))?.person}`
      : name.replace(`.${alert.turn}`, ' now').replace(/\.\d+$/, ' old');
  const level = alert.policy.levels[alert.level];
  return JSON.stringify([
    ...[
      alert.phase,
      alert.level,
      Math.min(alert.round, (level?.reminders ?? 1) + 1),
      Math.min(alert.spentMs, level?.afterMs ?? 0),
    ],
    ...[
      alert.towards,
      alert.waiting.map(({ person }) => person),
      [...alert.declined].sort(),
      alert.holder?.person,
      alert.request !== undefined,
    ],
    [
      ...new Set(
        alert.notices
          .filter((one) => liveNotice(one) || one.turn === alert.turn)
          .map((one) => `${one.kind} ${one.person} ${one.channel} ${one.state} ${one.turn === alert.turn}`),
      ),
    ].sort(),
    told(alert).sort(),
    [...world.timers].map(short).sort(),
  ]);
}

export type Walk = { states: number; edges: number; findings: Finding[] };

/** @param most stops at so many different moments: what is not reached by then is deep repetition. */
export function walk(core: Core, config: Config, most: number): Walk {
  const begun = core.raise({
    id: 'a1',
    n: 1,
    reason: 'r',
    about: {},
    target: { planning: 'garde' },
    policy: config.policy,
    at: 0,
  });
  const start: World = { timers: new Set(), asked: undefined };
  const first = worldAfter(start, undefined, begun.effects, begun.alert);
  const seen = new Set<string>();
  const queue: Moment[] = [{ alert: begun.alert, world: first }];
  const result: Walk = { states: 0, edges: 0, findings: [] };
  judge({ world: start, after: begun.alert, effects: begun.effects, next: first }, result, []);
  for (const moment of queue) {
    if (result.findings.length > 0 || seen.size >= most) break;
    for (const event of alphabet(config, moment.alert, moment.world)) {
      const { alert, effects } = core.step(moment.alert, event);
      const next = worldAfter(moment.world, event, effects, alert);
      result.edges++;
      judge({ before: moment.alert, world: moment.world, event, after: alert, effects, next }, result, [
        ...wayTo(moment),
        event,
      ]);
      const key = keyOf(alert, next);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ alert, world: next, from: moment, by: event });
    }
  }
  result.states = seen.size;
  return result;
}

function judge(edge: Edge, result: Walk, way: AlertEvent[]): void {
  for (const [rule, holds] of Object.entries(rules)) {
    const wrong = holds(edge);
    if (wrong) result.findings.push({ rule, wrong, way });
  }
}

function wayTo(moment: Moment): AlertEvent[] {
  const way: AlertEvent[] = [];
  for (let one: Moment | undefined = moment; one; one = one.from) if (one.by) way.unshift(one.by);
  return way;
}

export type { AlertStep };
