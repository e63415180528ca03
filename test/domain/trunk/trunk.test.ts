// The router's rules, told as the story of one call to +33639980001 over carriers a and b.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { problemText } from '../../../server/base/result.ts';
import { type Cause, hangup } from '../../../server/domain/telephony/hangup.ts';
import { isEmergency } from '../../../server/domain/telephony/numbers.ts';
import { breakerOf, noHealth, observe, type TrunkHealth } from '../../../server/domain/trunk/breaker.ts';
import { planFor } from '../../../server/domain/trunk/by-carrier.ts';
import { noUsage } from '../../../server/domain/trunk/caps.ts';
import { nextTry, type Tried } from '../../../server/domain/trunk/failover.ts';
import { readTrunks, trunkWarnings } from '../../../server/domain/trunk/load.ts';
import { refusal } from '../../../server/domain/trunk/numbers.ts';
import { route, type TrunkView } from '../../../server/domain/trunk/route.ts';
import { type TrunkPlan, trunksSchema } from '../../../server/domain/trunk/schema.ts';
import { spelled, spellings } from '../../../server/domain/trunk/spelling.ts';
import { withAddresses } from './with-addresses.ts';

const text = `trunks:
  a: { host: 192.0.2.1, may show: [line, caller] }
  b: { host: 192.0.2.2, own number: "+33199009999", max channels: 2 }
routes:
  - { prefix: "+33", trunks: [a, b] }
  - { prefix: "+336", trunks: [b, a] }
allow: ["+33[1-79]", "+32"]
`;
const line = '+33199001000';
const caller = '+33612345678';
const karim = '+33639980001';
const landline = '+33199000003';
const read = (source: string): TrunkPlan => {
  const result = readTrunks({ file: 'trunks.yaml', text: source }, [line]);
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
};
const problems = (source: string): string[] => {
  const result = readTrunks({ file: 'trunks.yaml', text: source }, [line]);
  return result.ok ? [] : result.problems.map(problemText);
};
const plan = read(text);
const view = (health: TrunkHealth = noHealth): TrunkView => ({ plan, health });
const wanted = { show: 'caller', line, caller } as const;
const tried = (trunk: string, cause: Cause, callerId = line): Tried => ({ trunk, callerId, hangup: hangup(cause) });

t.test('route: the longest prefix decides the order, then the file', async (t) => {
  t.same(route(view(), landline, 0), { trunks: ['a', 'b'] });
  t.same(route(view(), karim, 0), { trunks: ['b', 'a'] });
  t.same(route(view(), '+3225551234', 0), { trunks: ['a', 'b'] }, 'no prefix covers Belgium: the order of the file');
});

t.test('a Twilio SIP trunk: what it never takes is refused; one that no call could leave by is told', async (t) => {
  const twilio = (more: string) =>
    `trunks:\n  a: { host: 192.0.2.1 }\n  t:\n    host: vigie.pstn.dublin.twilio.com\n    auth: { user env: U, password env: P }\n${more}`;
  t.same(problems(twilio('    transport: tcp\n')), []);
  t.match(
    problems(twilio('    register: true\n')).join(),
    /trunks.yaml:6:\d+ trunk "t" is a Twilio SIP trunk, which takes no registration/,
  );
  t.match(problems(twilio('    codecs: [g722]\n')).join(), /speaks G.711 only/);
  const idle = (text: string) => trunkWarnings({ file: 'trunks.yaml', text }).map(problemText);
  const routes = (names: string) => twilio(`routes:\n  - { prefix: "+33", trunks: [${names}] }\n`);
  t.match(idle(routes('a')).join(), /trunks.yaml:4:\d+ no call ever leaves by trunk "t"/);
  t.same(idle(routes('a, t')), []);
  t.same(idle(twilio('')), [], 'without routes the order of the file holds');
  t.same(
    idle(`${routes('a')}allow: ["+33[1-79]", "+32"]\n`),
    [],
    'a number without a route goes by the order of the file',
  );
});

t.test('how a carrier wants numbers written, and who calls', async (t) => {
  const all = (number: string) => spellings.map((one) => spelled(number, one));
  t.same(all('+33199001000'), ['+33199001000', '0199001000', '0033199001000', '33199001000']);
  t.same(all('+3225551234'), ['+3225551234', '003225551234', '003225551234', '3225551234']);
  t.same(all(''), ['', '', '', ''], 'a hidden number stays hidden');
  const words = (more: string) => `trunks:\n  a:\n    host: sip.example.net\n${more}`;
  const [trunk] = read(
    words(
      '    from user: vigie-12\n    from domain: sip.maison.example\n    outbound proxy: sbc.example.net:5080\n    identity: [preferred]\n    numbers: national\n    shown numbers: "00"\n',
    ),
  ).trunks;
  t.match(trunk, {
    fromUser: 'vigie-12',
    fromDomain: 'sip.maison.example',
    proxy: 'sbc.example.net:5080',
    identity: ['preferred'],
    numbers: 'national',
    shownNumbers: '00',
    addresses: ['sip.example.net', 'sbc.example.net'],
  });
  t.notHas(read(words('')).trunks[0], { numbers: 'e164' }, 'nothing is kept that says what is so anyway');
  const told = (more: string) => trunkWarnings({ file: 'trunks.yaml', text: words(more) }).map(problemText);
  t.match(
    told('    from user: vigie\n').join(),
    /trunks.yaml:4:\d+ trunk "a" says its account in From.*identity: \[asserted\]/,
  );
  t.same(told('    from user: vigie\n    identity: [asserted]\n'), []);
  for (const wrong of [
    'from user: "a b"',
    'from user: "x>@"',
    'outbound proxy: "sip:x"',
    'numbers: french',
    'identity: []',
  ])
    t.match(problems(words(`    ${wrong}\n`)).join(), /trunks.yaml:4:\d+/, wrong);
});

t.test('the Twilio account as a trunk: our number of it, where the line has none there', async (t) => {
  const account = planFor('twilio', read(`${text}twilio: { own number: "+33199009998", max channels: 5 }\n`));
  t.match(account.trunks, [{ id: 'twilio', ownNumber: '+33199009998', maxChannels: 5 }]);
  t.match(refusal(account, '+33199009998'), /./, 'never dialled: it is ours');
  const refused: Tried = { trunk: 'twilio', callerId: line, hangup: hangup('forbidden') };
  const next = nextTry({ plan: account, health: noHealth }, karim, wanted, [refused], 0);
  t.match(next, { dial: { trunk: 'twilio', callerId: '+33199009998' } });
  t.equal(planFor('asterisk', plan), plan);
});

t.test('route: default-deny, emergency and own numbers', async (t) => {
  for (const number of [
    '15',
    '17',
    '18',
    '112',
    '114',
    '115',
    '119',
    '191',
    '196',
    '197',
    '+33112',
    '+3315',
    '0033 17',
  ])
    t.ok(isEmergency(number), `${number} is an emergency number`);
  t.notOk(isEmergency('+33115001122'), 'a subscriber number that begins like one is not one');
  for (const number of [
    '+33899001122',
    '+333631',
    '+33112',
    '+442079460000',
    '',
    '0612345678',
    '+33639980001@evil',
    `${karim}&PJSIP/x`,
  ])
    t.match(route(view(), number, 0), { refused: /\w/ }, `${number || 'nothing'} is refused`);
  t.match(refusal(plan, line), /our own numbers/);
  t.match(refusal(plan, '+33199009999'), /our own numbers/, "a trunk's own number is ours too");
  t.match(refusal(plan, '+3363998'), /length/);
  t.equal(refusal(plan, karim), undefined);
});

t.test('caps: what is reached is named, and a full trunk is passed over', async (t) => {
  const with_ = (usage: object): TrunkView => ({ ...view(), usage: { ...noUsage, ...usage } });
  t.match(route(with_({ legs: 60 }), karim, 0), { refused: /60 legs at once/ });
  t.match(route(with_({ minutesLastHour: 1200 }), karim, 0), { refused: /minutes per hour/ });
  t.match(route(with_({ minutesLastDay: 6000 }), karim, 0), { refused: /minutes per day/ });
  t.same(route(with_({ legs: 59, legsByTrunk: { b: 2 } }), karim, 0), { trunks: ['a'] });
  t.match(route(with_({ legsByTrunk: { a: 30, b: 2 } }), karim, 0), { refused: /every channel/ });
});

t.test('failover: by whose fault', async (t) => {
  const next = (...past: Tried[]) => nextTry(view(), karim, { ...wanted, show: 'line' }, past, 0);
  t.match(next(), { dial: { trunk: 'b', callerId: line } });
  for (const cause of ['congestion', 'unreachable', 'media'] as const) {
    t.match(next(tried('b', cause)), { dial: { trunk: 'a' } }, `${cause}: same phone, next trunk`);
    t.match(next(tried('b', cause), tried('a', cause)), { giveUp: 'carrier' });
  }
  for (const cause of ['busy', 'declined', 'no-answer', 'unavailable', 'not-confirmed', 'machine', 'lost'] as const)
    t.match(next(tried('b', cause)), { giveUp: 'callee' }, `${cause}: never again through another carrier`);
  t.match(next(tried('b', 'unallocated')), { giveUp: 'callee', condemned: true });
  t.match(next(tried('b', 'unknown')), { dial: { trunk: 'a' } });
  t.match(next(tried('b', 'unknown'), tried('a', 'unknown')), { giveUp: 'callee' });
  t.match(nextTry(view(), '+33899001122', wanted, [], 0), { giveUp: 'policy' });
});

t.test('caller-ID: by the policy of the trunk; a 403 retries with our own number, once', async (t) => {
  const next = (...past: Tried[]) => nextTry(view(), landline, wanted, past, 0);
  t.same(next(), { dial: { trunk: 'a', callerId: caller, diversion: line } });
  t.same(
    next(tried('a', 'forbidden', caller)),
    { dial: { trunk: 'a', callerId: line } },
    'same trunk, our number, no Diversion',
  );
  t.same(
    next(tried('a', 'forbidden', caller), tried('a', 'forbidden', line)),
    { dial: { trunk: 'b', callerId: line } },
    'b may not show the caller',
  );
  t.same(
    next(tried('a', 'congestion', caller), tried('b', 'forbidden', line)),
    { dial: { trunk: 'b', callerId: '+33199009999' } },
    'the number of ours that this carrier knows',
  );
  t.match(
    next(tried('a', 'congestion', caller), tried('b', 'forbidden', line), tried('b', 'forbidden', '+33199009999')),
    {
      giveUp: 'carrier',
    },
  );
  t.same(nextTry(view(), landline, { ...wanted, caller: '' }, [], 0), { dial: { trunk: 'a', callerId: line } });
});

t.test('every story of failures ends, and no trunk is tried more than twice', async (t) => {
  const causes: Cause[] = ['congestion', 'forbidden', 'unknown', 'unreachable', 'media'];
  const walk = (past: Tried[]): number => {
    t.ok(past.length <= 4, 'at most two tries a trunk');
    const step = nextTry(view(), landline, wanted, past, 0);
    if ('giveUp' in step) return 1;
    const { trunk, callerId } = step.dial;
    return causes.reduce((sum, cause) => sum + walk([...past, tried(trunk, cause, callerId)]), 0);
  };
  t.ok(walk([]) > 20);
});

t.test('breaker: three carrier faults in a row open it, one call probes it, success closes it', async (t) => {
  const fail = (health: TrunkHealth, at: number) => observe(health, 'b', hangup('congestion'), at);
  let health = fail(fail(noHealth, 1), 2);
  t.equal(breakerOf(health, 'b', 2), 'closed');
  t.equal(breakerOf(observe(health, 'b', hangup('busy'), 3), 'b', 3), 'closed');
  t.equal(breakerOf(fail(observe(health, 'b', hangup('busy'), 3), 4), 'b', 4), 'closed', 'a busy phone breaks the row');
  t.equal(observe(health, 'b', hangup('answered-elsewhere'), 3), health, 'what we ended says nothing');
  health = fail(health, 3);
  t.equal(breakerOf(health, 'b', 3), 'open');
  t.same(route(view(health), karim, 3), { trunks: ['a', 'b'] }, 'comes last while open');
  t.match(
    nextTry(view(health), karim, wanted, [tried('a', 'congestion', caller)], 3),
    { dial: { trunk: 'b' } },
    'but the caller keeps that last chance',
  );
  t.equal(breakerOf(health, 'b', 30_002), 'open');
  t.equal(breakerOf(health, 'b', 30_003), 'half-open');
  t.same(route(view(health), karim, 30_003), { trunks: ['b', 'a'] });
  const probing = observe(health, 'b', 'originated', 30_003);
  t.equal(breakerOf(probing, 'b', 30_004), 'probing');
  t.same(route(view(probing), karim, 30_004), { trunks: ['a', 'b'] }, 'one probe at a time');
  t.equal(breakerOf(probing, 'b', 60_003), 'half-open', 'a probe nobody heard of again makes room for another');
  t.equal(breakerOf(observe(probing, 'b', 'carried', 30_005), 'b', 30_005), 'closed');
  t.equal(breakerOf(observe(probing, 'b', hangup('answered-elsewhere'), 30_005), 'b', 30_005), 'half-open');
  t.equal(breakerOf(fail(probing, 30_005), 'b', 60_004), 'open', 'one failed probe is enough to open again');
});

t.test('breaker: qualify opens at once and half-opens', async (t) => {
  const dead = observe(noHealth, 'b', 'unreachable', 0);
  t.equal(breakerOf(dead, 'b', 1e9), 'open');
  t.equal(observe(dead, 'b', 'carried', 1), dead, 'a late ringing does not outweigh qualify');
  t.equal(breakerOf(observe(dead, 'b', hangup('unreachable'), 1), 'b', 1e9), 'open');
  t.equal(breakerOf(observe(dead, 'b', 'reachable', 5), 'b', 5), 'half-open');
  t.equal(observe(noHealth, 'b', 'reachable', 5), noHealth);
  t.same(JSON.parse(JSON.stringify(dead)), dead, 'plain JSON');
});

t.test('trunks.yaml: the whole form, and its defaults', async (t) => {
  t.match(plan.trunks[1], {
    id: 'b',
    port: 5060,
    transport: 'udp',
    addresses: ['192.0.2.2'],
    maxChannels: 2,
    mayShow: ['line'],
  });
  t.same(plan.breaker, { faults: 3, openMs: 30_000 });
  t.same(JSON.parse(JSON.stringify(plan)), plan, 'plain JSON');
  const moved = withAddresses(plan, { a: { host: '127.0.1.1', port: 6060 } });
  t.match(moved.trunks[0], { host: '127.0.1.1', port: 6060, addresses: ['127.0.1.1'] });
  t.match(z.toJSONSchema(trunksSchema, { io: 'input' }), { type: 'object', required: ['trunks'] });
});

t.test('trunks.yaml: the example is good, and sends nobody to a number that costs', async (t) => {
  const example = read(readFileSync('asterisk-config/trunks.yaml', 'utf8'));
  t.same(route({ plan: example, health: noHealth }, karim, 0), { trunks: ['carrier-a', 'carrier-b'] });
  t.match(route({ plan: example, health: noHealth }, '+33899001122', 0), { refused: /no allowed prefix/ });
});

t.test('trunks.yaml: what is wrong, where, and the mend', async (t) => {
  const wrong: [string, string][] = [
    ['trunks: {}', 'trunks.yaml:1:9 "trunks": expected at least one trunk'],
    ['trunks:\n  a: {}', 'trunks.yaml:2:6 "trunks.a.host": Invalid input: expected string, received undefined'],
    [
      'trunks:\n  A b: { host: x }',
      'trunks.yaml:2:3 key "A b": expected small letters, digits and "-", beginning with a letter',
    ],
    [
      'trunks:\n  a: { host: "x;y" }',
      'trunks.yaml:2:14 "trunks.a.host": expected a host name or an IP address, without port',
    ],
    [
      'trunks:\n  a: { host: "x\\n[evil]" }',
      'trunks.yaml:2:14 "trunks.a.host": expected a host name or an IP address, without port',
    ],
    [
      'trunks:\n  a: { host: x, colour: red }',
      'trunks.yaml:2:17 unknown key "colour" (remove it, or check its spelling)',
    ],
    [
      'trunks:\n  a: { host: x, auth: { user env: A, password env: "s3cret" } }',
      'trunks.yaml:2:52 "trunks.a.auth.password env": expected the NAME of an environment variable (CARRIER_PASSWORD), never the secret itself',
    ],
    [
      'trunks:\n  a: { host: x, register: true }',
      'trunks.yaml:2:27 trunk "a" registers but has no credentials (add auth: { user env: NAME, password env: NAME }, or set register: false)',
    ],
    [
      'trunks:\n  a: { host: x, may show: [caller] }',
      'trunks.yaml:2:27 trunk "a" has no number to show when the caller\'s is unknown or refused (add "line" to may show, or give an own number)',
    ],
    [
      'trunks:\n  a: { host: x }\n  b: { host: x, port: 5070 }',
      'trunks.yaml:3:14 trunks "a" and "b" have the same address x (calls are told apart by address: give each trunk its own, or keep one trunk)',
    ],
    [
      'trunks:\n  a: { host: x }\nroutes:\n  - { prefix: "+33", trunks: [z] }',
      'trunks.yaml:4:31 there is no trunk "z" (trunks are: a)',
    ],
    [
      'trunks:\n  a: { host: x }\nroutes:\n  - { prefix: "+33", trunks: [a, a] }',
      'trunks.yaml:4:34 trunk "a" stands twice in this route (a trunk that failed is not tried again: keep the first)',
    ],
    [
      'trunks:\n  a: { host: x }\nroutes:\n  - { prefix: "+33", trunks: [a] }\n  - { prefix: "+33", trunks: [a] }',
      'trunks.yaml:5:15 prefix +33 has two routes (keep one, with its trunks in order)',
    ],
    [
      'trunks:\n  a: { host: x }\nallow: ["+33[9-1]"]',
      'trunks.yaml:3:9 "allow.0": a range of digits goes from the lower to the higher, such as [1-7]',
    ],
    [
      'trunks:\n  a: { host: x }\nallow: [".*"]',
      'trunks.yaml:3:9 "allow.0": expected "+" and digits, where [1-79] means one digit of 1 to 7 or 9, such as "+33[1-79]"',
    ],
  ];
  for (const [source, expected] of wrong) t.same(problems(source), [expected], JSON.stringify(source));
  t.match(problems('trunks: [')[0], /^trunks\.yaml:1:\d+ .*not valid YAML/);
});
