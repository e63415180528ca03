// The alert's machine: its story over time, and its rules walked over every moment, each rule shown to fail on a planted bug.
import t from 'tap';
import type { Alert, AlertEffect, AlertEvent, AlertStep, Contact } from '../../../server/domain/alert/alert.ts';
import { contactsFor } from '../../../server/domain/alert/contacts.ts';
import { readPolicies } from '../../../server/domain/alert/load.ts';
import type { AlertLevel, Policy, Whom } from '../../../server/domain/alert/policy.ts';
import { raiseAlert, stepAlert } from '../../../server/domain/alert/step.ts';
import { type Config, type Core, ours, rules, walk } from './walk.ts';

const contact = (person: string, more: Partial<Contact> = {}): Contact => ({
  person,
  name: person,
  language: 'fr',
  phones: ['+33639980001'],
  sms: '+33639980001',
  ...more,
});
const lea = contact('lea');
const karim = contact('karim');
const { sms: _, ...marcWithout } = contact('marc', { email: 'marc@exemple.fr' });
const marc: Contact = marcWithout;

const minute = 60_000;
const level = (more: Partial<AlertLevel> = {}): AlertLevel => ({
  whom: 'raised',
  by: ['sms', 'call'],
  also: [],
  people: 'first',
  everyMs: 5 * minute,
  reminders: 2,
  afterMs: null,
  ...more,
});
const policy = (more: Partial<Policy> = {}): Policy => ({
  id: 'p',
  name: 'p',
  levels: [level(), level({ whom: { planning: 'direction' }, reminders: null })],
  last: 'repeat',
  deliveryMs: 2 * minute,
  resolveMs: 60 * minute,
  ...more,
});

/** Plays an alert against a clock of its own: people by planning, what each sender says. */
class Play {
  alert: Alert;
  now = 0;
  readonly log: string[] = [];
  readonly timers = new Map<string, number>();
  readonly people: Record<string, Contact[]>;
  sender: (effect: Extract<AlertEffect, { type: 'notify' }>) => 'arrives' | 'lost' | 'fails' | 'silent' = () =>
    'arrives';

  constructor(given: Policy, people: Record<string, Contact[]>, sender?: Play['sender']) {
    this.people = people;
    if (sender) this.sender = sender;
    const step = raiseAlert({
      id: 'a1',
      n: 1,
      reason: 'r',
      about: {},
      target: { planning: 'garde' },
      policy: given,
      at: 0,
    });
    this.alert = step.alert;
    this.#take(step);
  }

  say(event: Omit<AlertEvent, 'at'> & { type: AlertEvent['type'] }): this {
    this.#take(stepAlert(this.alert, { ...event, at: this.now } as AlertEvent));
    return this;
  }

  until(minutes: number): this {
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a[1] - b[1]);
      if (!next || next[1] > minutes * minute) break;
      this.now = next[1];
      this.timers.delete(next[0]);
      this.say({ type: 'timer', name: next[0] } as never);
    }
    this.now = minutes * minute;
    return this;
  }

  /** As the runner does it: what is saved (timers) before what is performed. */
  #take(step: AlertStep): void {
    this.alert = step.alert;
    for (const effect of step.effects) {
      if (effect.type === 'start-timer') this.timers.set(effect.name, this.now + effect.ms);
      if (effect.type === 'cancel-timer') this.timers.delete(effect.name);
    }
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: AlertEffect): void {
    if (effect.type === 'resolve') this.#answer(effect);
    if (effect.type === 'notify') this.#send(effect);
    if (effect.type === 'tell')
      this.log.push(`${this.now / minute} ${effect.news} ${effect.channel} ${effect.to.person}`);
    if (effect.type === 'stop' || effect.type === 'warn') this.log.push(`${this.now / minute} ${effect.type}`);
  }

  #answer({ whom, request }: Extract<AlertEffect, { type: 'resolve' }>): void {
    const all = Object.values(this.people).flat();
    const found = 'everybody' in whom ? all : this.#asked(whom);
    this.say({ type: 'resolved', request, people: found ?? [], because: 'personne' } as never);
  }

  #asked(whom: Whom): Contact[] | undefined {
    if (!('person' in whom)) return this.people[Object.values(whom)[0] ?? ''];
    return Object.values(this.people)
      .flat()
      .filter(({ person }) => person === whom.person)
      .slice(0, 1);
  }

  #send(effect: Extract<AlertEffect, { type: 'notify' }>): void {
    this.log.push(`${this.now / minute} ${effect.channel} ${effect.to.person}`);
    const { notice, channel } = effect;
    const end = this.sender(effect);
    if (end === 'fails') this.say({ type: 'failed', notice, why: 'refused' } as never);
    if (end === 'lost' || end === 'arrives') this.say({ type: 'sent', notice, reports: channel === 'sms' } as never);
    if (end === 'arrives') this.say({ type: 'delivered', notice } as never);
  }
}
const people = { garde: [lea, karim], direction: [marc] };
const by = (who: Contact) => ({ who: { person: who.person, name: who.name }, by: 'sms' as const });

t.test('reminders, then the next level, which repeats for ever', (t) => {
  const play = new Play(policy(), people).until(31);
  t.strictSame(play.log, [
    '0 sms lea',
    '5 sms lea',
    '10 sms lea',
    '15 call marc',
    '20 call marc',
    '25 call marc',
    '30 call marc',
  ]);
  play.until(24 * 60);
  t.equal(play.log.at(-1), '1440 call marc', 'a day later it still repeats');
  t.end();
});

t.test('after so many minutes the ladder is climbed, whatever the reminders', (t) => {
  const play = new Play(
    policy({ levels: [level({ afterMs: 7 * minute, reminders: null }), level({ whom: { planning: 'direction' } })] }),
    people,
  ).until(8);
  t.strictSame(play.log, ['0 sms lea', '5 sms lea', '7 call marc']);
  t.end();
});

t.test('four levels', (t) => {
  const rung = (name: string) => level({ whom: { planning: name }, reminders: 0 });
  const four = policy({
    levels: [rung('a'), rung('b'), rung('c'), { ...rung('d'), whom: { person: 'chef' } }],
    last: 'stop',
  });
  const play = new Play(four, { a: [lea], b: [karim], c: [marc], x: [contact('chef')] }).until(60);
  t.strictSame(play.log, ['0 sms lea', '5 sms karim', '10 call marc', '15 sms chef', '20 warn']);
  t.equal(play.alert.phase, 'silent');
  t.equal(play.timers.size, 0, 'told to stop, it stops');
  t.end();
});

t.test('an SMS accepted and lost becomes a call; a call that fails, the next person; nobody, the next level', (t) => {
  const play = new Play(policy(), people, ({ channel, to }) =>
    to.person === 'marc' ? 'arrives' : channel === 'sms' ? 'lost' : 'fails',
  ).until(4.5);
  t.strictSame(play.log, ['0 sms lea', '2 call lea', '2 sms karim', '4 call karim', '4 call marc']);
  t.strictSame(
    play.alert.notices.map(({ state }) => state),
    ['lost', 'failed', 'lost', 'failed', 'delivered'],
  );
  t.end();
});

t.test('a provider that says nothing at all is given up', (t) => {
  const play = new Play(policy(), people, ({ channel }) => (channel === 'sms' ? 'silent' : 'arrives')).until(1);
  t.strictSame(play.log, ['0 sms lea', '1 call lea']);
  t.end();
});

t.test('an empty planning climbs at once; at the last level it is asked again', (t) => {
  const play = new Play(policy(), { garde: [], direction: [] });
  t.equal(play.alert.level, 1);
  play.people.direction = [marc];
  play.until(5);
  t.strictSame(play.log, ['0 warn', '5 call marc'], 'who came on duty meanwhile is told');
  t.end();
});

t.test('an urgency that names nobody is told to everybody who can be found, loudly, and again', (t) => {
  const silent = policy({ levels: [level({ by: ['mail'], reminders: null })] });
  const play = new Play(silent, { ailleurs: [lea, marc] });
  t.strictSame(play.log, ['0 warn', '0 sms lea', '0 call marc'], 'by every way that they have');
  play.until(5);
  t.strictSame(play.log.slice(3), ['5 warn', '5 sms lea', '5 call marc'], 'until somebody has it');
  play.say({ type: 'taken', ...by(lea) } as never).until(30);
  t.equal(play.alert.phase, 'held');
  t.notOk(play.log.slice(6).some((line) => line.includes('warn')));
  const told = new Play(policy({ levels: [level({ reminders: null })] }), { garde: [lea], ailleurs: [marc] }).until(12);
  t.notOk(
    told.log.some((line) => line.includes('marc')),
    'who is told leaves the others asleep',
  );
  t.end();
});

t.test('everybody: whoever is on call anywhere, or else all there are', (t) => {
  const person = (id: string) => ({ id, name: id, phones: ['+33639980001'], language: 'fr', maxCalls: 1, skills: [] });
  const set = {
    people: new Map(['a', 'b', 'c'].map((id) => [id, person(id)])),
    plannings: new Map([
      ['x', {}],
      ['y', {}],
    ]),
  };
  const asked = (on: Record<string, string[]>) =>
    contactsFor(
      {
        onCall: (target: { planning: string }) => ({
          people: (on[target.planning] ?? []).map((id) => ({ person: id })),
          because: '',
        }),
        reading: () => ({ plannings: set }),
      } as never,
      { everybody: true },
      0,
    ).people.map((one) => one.person);
  t.strictSame(asked({ x: ['b'], y: ['a', 'b'] }), ['b', 'a']);
  t.strictSame(asked({}), ['a', 'b', 'c']);
  t.end();
});

t.test('confirmed, it stops; everybody told learns who has it; unresolved, it comes back', (t) => {
  const play = new Play(policy({ levels: [level({ people: 'all' })] }), people)
    .until(1)
    .say({ type: 'taken', ...by(karim) } as never);
  t.strictSame(play.log, ['0 sms lea', '0 sms karim', '1 taken sms lea']);
  play.until(60);
  t.equal(play.log.length, 3, 'an hour of quiet');
  play.until(61);
  t.strictSame(play.log.slice(3), ['61 sms lea', '61 sms karim'], 'not resolved in its time, it is everybody’s again');
  play
    .say({ type: 'taken', ...by(lea) } as never)
    .say({ type: 'closed', ...by(lea), note: 'presse redémarrée' } as never)
    .until(600);
  t.equal(play.alert.phase, 'resolved');
  t.match(play.alert.closed, { name: 'lea', note: 'presse redémarrée' });
  t.strictSame(play.log.slice(5), ['61 taken sms karim', '61 closed sms karim']);
  t.end();
});

t.test('two confirmations in the same second: one has it; taking over must be said', (t) => {
  const play = new Play(policy({ levels: [level({ people: 'all' })] }), people);
  play.say({ type: 'taken', ...by(lea) } as never).say({ type: 'taken', ...by(karim) } as never);
  t.equal(play.alert.holder?.person, 'lea');
  play.say({ type: 'taken', ...by(karim), over: true } as never);
  t.equal(play.alert.holder?.person, 'karim');
  t.ok(play.log.includes('0 taken sms lea'), 'who had it learns it');
  t.end();
});

t.test('« not me » is the next person at once; all said no: the next level at once', (t) => {
  const play = new Play(policy(), people).say({ type: 'declined', ...by(lea) } as never);
  t.strictSame(play.log, ['0 sms lea', '0 sms karim']);
  play.say({ type: 'declined', ...by(karim) } as never);
  t.strictSame(play.log.slice(2), ['0 call marc']);
  play.say({ type: 'declined', ...by(marc) } as never).until(5);
  t.strictSame(play.log.slice(3), ['5 call marc'], 'above the last there is nobody: asked again at the reminder');
  t.end();
});

t.test('handed over: that person first, who must confirm; then the ladder from its foot', (t) => {
  const play = new Play(policy(), people)
    .say({ type: 'taken', ...by(lea) } as never)
    .say({ type: 'handed', ...by(lea), to: karim } as never);
  t.equal(play.alert.phase, 'open');
  t.strictSame(play.log, ['0 sms lea', '0 sms karim']);
  play.until(15);
  t.strictSame(play.log.slice(2), ['5 sms karim', '10 sms karim', '15 sms lea']);
  play.say({ type: 'taken', ...by(lea) } as never).say({ type: 'declined', ...by(lea) } as never);
  t.equal(play.alert.phase, 'open', 'given back, it is everybody’s');
  t.end();
});

t.test('deferred: nobody is told before its hour; it can be taken or closed meanwhile', (t) => {
  const raised = { id: 'a1', n: 1, reason: 'r', about: {}, target: { planning: 'garde' }, policy: policy(), at: 0 };
  const { alert, effects } = raiseAlert({ ...raised, notBefore: 3_600_000 });
  t.equal(alert.phase, 'deferred');
  t.strictSame(effects, [{ type: 'start-timer', name: 'begin.1', ms: 3_600_000 }]);
  t.equal(
    stepAlert(alert, { type: 'timer', at: 1, name: 'begin.0' }).alert,
    alert,
    'a late timer of another turn changes nothing',
  );
  const begun = stepAlert(alert, { type: 'timer', at: 3_600_000, name: 'begin.1' });
  t.equal(begun.alert.phase, 'open');
  t.ok(begun.effects.some((one) => one.type === 'resolve'));
  const taken = stepAlert(alert, { type: 'taken', at: 1, who: { name: 'Léa' }, by: 'command' });
  t.equal(taken.alert.phase, 'held');
  t.ok(taken.effects.some((one) => one.type === 'cancel-timer' && one.name === 'begin.1'));
  t.equal(raiseAlert({ ...raised, notBefore: -1 }).alert.phase, 'open', 'an hour that has passed is now');
  t.end();
});

const configs: Record<string, Config> = {
  'two levels, first by first': {
    policy: policy({ levels: [level({ reminders: 1 }), level({ whom: { planning: 'direction' }, reminders: null })] }),
    people,
  },
  'everybody, mail besides': {
    policy: policy({
      levels: [level({ people: 'all', also: ['mail'], reminders: 1 }), level({ whom: { person: 'chef' } })],
      last: 'stop',
    }),
    people: { garde: [lea, marc], chef: [contact('chef', { email: 'chef@exemple.fr' })] },
  },
  nobody: {
    policy: policy({ levels: [level({ reminders: 0 })], resolveMs: null }),
    people: { garde: [], direction: [lea] },
  },
};

t.test('the rules hold in every moment', (t) => {
  for (const [name, config] of Object.entries(configs)) {
    const { states, edges, findings } = walk(ours, config, 2500);
    t.strictSame(
      findings
        .slice(0, 1)
        .map(({ rule, wrong, way }) => [
          rule,
          wrong,
          ...way.map((one) => JSON.stringify({ ...one, people: undefined })),
        ]),
      [],
      `${name}: ${states} moments, ${edges} steps`,
    );
    t.ok(states > 50, `${states} moments are a walk`);
  }
  t.end();
});

/** Each bug as the core with one thing wrong; the rule that must see it. */
const without =
  (type: AlertEffect['type'], when: (effect: AlertEffect) => boolean = () => true) =>
  (step: AlertStep): AlertStep => ({
    ...step,
    effects: step.effects.filter((one) => one.type !== type || !when(one)),
  });
const bug = (
  wrong: (step: AlertStep, before: Alert | undefined, event: AlertEvent | undefined) => AlertStep,
): Core => ({
  raise: (raised) => wrong(ours.raise(raised), undefined, undefined),
  step: (alert, event) => wrong(ours.step(alert, event), alert, event),
});
const named = (name: string) => (effect: AlertEffect) => 'name' in effect && effect.name.startsWith(name);
const bugs: [rule: string, core: Core][] = [
  [
    'an open alert always goes on by itself',
    bug((step, before) => (before ? without('start-timer', named('remind'))(step) : step)),
  ],
  [
    'a held or closed alert tells nobody',
    bug((step) =>
      step.alert.phase === 'held'
        ? { ...step, effects: [...step.effects, { type: 'notify', notice: 'a1.n1', channel: 'sms', to: lea }] }
        : step,
    ),
  ],
  ['confirmed, everything stops', bug(without('cancel-timer', named('remind')))],
  ['a held alert comes back in its time', bug(without('start-timer', named('return')))],
  [
    'the first word counts',
    { ...ours, step: (alert, event) => ours.step(alert, event.type === 'taken' ? { ...event, over: true } : event) },
  ],
  [
    'a holder has a name and a way',
    bug((step) => {
      const { holder: _, ...alert } = step.alert;
      return { ...step, alert };
    }),
  ],
  ['everybody who was told learns who has it, once', bug(without('tell'))],
  [
    'a telephone never rings twice at once',
    bug((step, before, event) =>
      event?.type === 'sent' && before
        ? {
            ...step,
            effects: [
              ...step.effects,
              ...before.notices
                .filter((one) => one.channel === 'call' && one.state === 'sending')
                .map(
                  (one): AlertEffect => ({
                    type: 'notify',
                    notice: one.id,
                    channel: 'call',
                    to: before.contacts.find(({ person }) => person === one.person) ?? lea,
                  }),
                ),
            ],
          }
        : step,
    ),
  ],
  [
    'one event makes one message per person and way',
    bug((step) => ({
      ...step,
      effects: step.effects.flatMap((one): AlertEffect[] => (one.type === 'tell' ? [one, one] : [one])),
    })),
  ],
  [
    'nobody is told without an address',
    bug((step) => ({
      ...step,
      alert: { ...step.alert, notices: step.alert.notices.map((one) => ({ ...one, address: '' })) },
    })),
  ],
  [
    'the ladder is climbed rung by rung',
    bug((step, before, event) =>
      event?.type === 'delivered' && before?.phase === 'open' && before.level === 0
        ? { ...step, alert: { ...step.alert, level: 1 } }
        : step,
    ),
  ],
  [
    'who said no is not asked again at this level',
    bug((step, before, event) =>
      event?.type === 'declined' && before?.phase === 'open' && before.declined.length > 0
        ? {
            ...step,
            effects: [
              ...step.effects,
              {
                type: 'notify',
                notice: step.alert.notices[0]?.id ?? '',
                channel: 'sms',
                to: contact(before.declined[0] ?? ''),
              },
            ],
          }
        : step,
    ),
  ],
  [
    'closed is closed',
    bug((step, before) => (before?.phase === 'resolved' ? { ...step, alert: { ...step.alert, phase: 'open' } } : step)),
  ],
  ['ids are never used twice', bug((step) => ({ ...step, alert: { ...step.alert, ids: 0 } }))],
];

t.test('each rule sees its planted bug', (t) => {
  t.strictSame(bugs.map(([rule]) => rule).sort(), Object.keys(rules).sort(), 'every rule has a bug');
  for (const [rule, core] of bugs) {
    const found = Object.values(configs).flatMap((config) => walk(core, config, 2500).findings.map((one) => one.rule));
    t.ok(found.includes(rule), `${rule} (found: ${[...new Set(found)].join('; ') || 'nothing'})`);
  }
  t.end();
});

t.test('the file of policies: good, and each mistake at its place', (t) => {
  const known = {
    plannings: new Set(['presses', 'direction']),
    people: new Set(['marc']),
    number: (text: string) =>
      text.startsWith('+33') ? { e164: text.replaceAll(' ', '') } : { refused: 'not allowed' },
  };
  const read = (text: string) => readPolicies({ file: 'p.yaml', text }, known);
  const good = read(
    'default: a\npolicies:\n  a:\n    levels:\n      - { raised: true, every: 2 }\n      - { number: "+33 1 99 00 10 99", by: [call], after: 10 }\n',
  );
  t.ok(
    good.ok && good.value.policies.a?.levels[0]?.everyMs === 120_000 && good.value.policies.a.levels[0].reminders === 3,
  );
  t.strictSame(good.ok && good.value.policies.a?.levels[1], {
    whom: { number: '+33199001099' },
    by: ['call'],
    also: [],
    people: 'first',
    everyMs: 300_000,
    reminders: null,
    afterMs: 600_000,
  });
  const problem = (text: string) => {
    const found = read(text);
    return found.ok
      ? 'nothing'
      : found.problems.map(({ line, message, hint }) => `${line} ${message} ${hint ?? ''}`).join('; ');
  };
  const body = (inner: string) => `default: a\npolicies:\n  a:\n    levels:\n      - ${inner}\n`;
  t.match(problem(body('{ planning: direktion }')), /^5 there is no planning "direktion" .*direction/);
  t.match(problem(body('{ person: luc }')), /^5 there is no person "luc"/);
  t.match(problem(body('{ planning: direction, person: marc }')), /^5 a level names 2 of/);
  t.match(problem(body('{ every: 5 }')), /^5 a level names 0 of/);
  t.match(problem(body('{ raised: true, by: [pigeon] }')), /^5 .*by/);
  t.match(problem(body('{ number: "0899", by: [call] }')), /^5 0899 is never called/);
  t.match(problem(body('{ number: "+33 1 99 00 10 99", by: [mail] }')), /^5 a number has no e-mail/);
  t.match(problem(body('{ raised: true, by: [sms], also: [sms] }')), /^5 "sms" stands in "by" already/);
  t.match(problem('default: b\npolicies:\n  a:\n    levels: [{ raised: true }]\n'), /^1 there is no policy "b"/);
  t.match(
    problem('default: a\nmessage: z\npolicies:\n  a:\n    levels: [{ raised: true }]\n'),
    /^2 there is no policy "z"/,
  );
  t.match(problem('default: a\npolicies: {a: {levels: [{ raised: true, every: 0 }]}}\n'), /at least 0.1 minutes/);
  t.match(
    problem('default: a\npolicies: {a: {levels: [{ raised: true }]}}\n'),
    /^1 the default policy "a" names nobody: .* give it a level with a planning/,
  );
  t.match(problem('default: [\n'), /not valid YAML/);
  t.end();
});
