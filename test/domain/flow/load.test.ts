// What the loader says of broken files: exact sentences with their places. And what it makes of good ones.
import t from 'tap';
import { problemText } from '../../../server/base/result.ts';
import { examineFlows, readFlows, type SourceFile } from '../../../server/domain/flow/load.ts';
import { promptsOf } from '../../../server/domain/flow/prompts.ts';
import { Caller, exampleFiles, heard, known, oneFlow } from './story.ts';

const lines = 'lines:\n  - { number: "+33 1 99 00 10 00", name: Essai, flow: essai }\n';
const flow = (nodes: string, head = '') => `start: a\n${head}nodes:\n${nodes}  z: { kind: hangup }\n`;

/** Everything that is wrong with these files, as an editor would show it. */
const faults = (...files: SourceFile[]): string[] =>
  examineFlows(files, known).findings.map(({ severity, ...problem }) => `${severity} ${problemText(problem)}`);
const essai = (text: string, ...more: SourceFile[]) =>
  faults({ file: 'lines.yaml', text: lines }, { file: 'essai.yaml', text }, ...more);
const nodes = (text: string, head = '') => essai(flow(text, head));
const written = (text: string) =>
  faults({ file: 'lines.yaml', text }, { file: 'essai.yaml', text: flow('  a: { kind: return }\n') });
const dial = (level: string) =>
  nodes(
    `  a:\n    kind: dial\n    levels: [${level}]\n    exits: { no-answer: z, empty-planning: z, carrier-failure: z }\n`,
  );
const choose = (one: string) => nodes(`  a: { kind: switch, cases: [${one}], else: z }\n`);
const ask = (more: string) => nodes(`  a: { kind: menu, say: Un., ${more} }\n`);
const csv = (text: string, more = '') =>
  essai(
    flow(
      '  a: { kind: look-up, table: t, key: "{caller}", found: z, not-found: z }\n',
      `tables:\n  t: { csv: t.csv, key: k, columns: { c: text, n: number }${more} }\n`,
    ),
    { file: 't.csv', text },
  );

const cases: [what: string, found: string[], expected: string[]][] = [
  [
    'an unknown kind',
    nodes('  a: { kind: sya, say: x, then: z }\n'),
    [
      'error essai.yaml:3:14 "nodes.a.kind": unknown kind "sya", expected one of say, menu, collect, look-up, switch, dial, transfer, message, set, goto, sub-flow, return, alert, decide, sms, mail, ticket, listen, pin, call-log, take-duty, call-back, hangup',
    ],
  ],
  [
    'no kind',
    nodes('  a: { say: x, then: z }\n'),
    [
      'error essai.yaml:3:6 "nodes.a.kind": missing "kind", expected one of say, menu, collect, look-up, switch, dial, transfer, message, set, goto, sub-flow, return, alert, decide, sms, mail, ticket, listen, pin, call-log, take-duty, call-back, hangup',
    ],
  ],
  ['a missing exit', nodes('  a: { kind: say, say: x }\n'), ['error essai.yaml:3:6 "nodes.a.then": missing']],
  [
    'an unknown key',
    nodes('  a: { kind: say, say: x, then: z, than: z }\n'),
    ['error essai.yaml:3:36 unknown key "than" (remove it, or check its spelling)'],
  ],
  [
    'not YAML',
    nodes('  a: { kind: say\n'),
    [
      'error essai.yaml:4:3 Flow map in block collection must be sufficiently indented and end with a } (this is not valid YAML: check indentation, quotes and repeated keys)',
    ],
  ],
  [
    'a key that stands twice',
    nodes('  a: { kind: return }\n  a: { kind: return }\n'),
    [
      'error essai.yaml:4:3 Map keys must be unique (this is not valid YAML: check indentation, quotes and repeated keys)',
    ],
  ],
  [
    'a way to a node that is not there',
    nodes('  b: { kind: hangup }\n  a: { kind: say, say: Oui., then: zz }\n'),
    ['error essai.yaml:4:36 there is no node "zz", expected one of b, a, z (did you mean "z"?)'],
  ],
  [
    'a start that is not there',
    essai('start: debut\nnodes:\n  début: { kind: return }\n'),
    ['error essai.yaml:1:8 there is no node "debut", expected one of début (did you mean "début"?)'],
  ],
  [
    'a flow that is not there',
    nodes('  a: { kind: goto, flow: esai }\n'),
    ['error essai.yaml:3:26 there is no flow "esai", expected one of essai (did you mean "essai"?)'],
  ],
  [
    'a node of another flow that is not there',
    nodes('  a: { kind: goto, flow: essai, node: y }\n'),
    ['error essai.yaml:3:39 there is no node "y", expected one of a, z'],
  ],
  [
    'a planning that is not there',
    dial('{ planning: press }'),
    [
      'error essai.yaml:5:26 there is no planning "press", expected one of presses, froid, ascenseurs-idf, ascenseurs-province, vip, direction (did you mean "presses"?)',
    ],
  ],
  [
    'a person who is not there',
    dial('{ person: karima }'),
    ['error essai.yaml:5:24 there is no person "karima", expected one of karim, lea (did you mean "karim"?)'],
  ],
  [
    'two targets at one level',
    dial('{ planning: presses, person: karim }'),
    ['error essai.yaml:5:14 a level names 2 of planning, person, number (name exactly one)'],
  ],
  [
    'no target',
    dial('{ ring: 20 }'),
    ['error essai.yaml:5:14 a level names 0 of planning, person, number (name exactly one)'],
  ],
  [
    'an emergency number',
    dial('{ number: "112" }'),
    [
      'error essai.yaml:5:24 "112" is an emergency number: a trunk takes it to the wrong centre (say the number in a prompt instead)',
    ],
  ],
  [
    'an emergency number in disguise',
    dial('{ number: "+33 15" }'),
    [
      'error essai.yaml:5:24 "+33 15" is an emergency number: a trunk takes it to the wrong centre (say the number in a prompt instead)',
    ],
  ],
  [
    'one of our own lines',
    dial('{ number: "01 99 00 10 00" }'),
    [
      'error essai.yaml:5:24 +33199001000 is one of our own lines: the call would come back to us (use goto, or a planning)',
    ],
  ],
  [
    'a premium number',
    dial('{ number: "08 99 10 20 30" }'),
    ['error essai.yaml:5:24 +33899102030 is never dialled: no allowed prefix covers it (+33[1-79])'],
  ],
  [
    'a short number',
    dial('{ number: "3631" }'),
    ['error essai.yaml:5:24 "3631" is not a telephone number (write "01 99 00 10 00" or "+33 1 99 00 10 00")'],
  ],
  [
    'a number from abroad',
    dial('{ number: "+44 20 7946 0000" }'),
    ['error essai.yaml:5:24 +442079460000 is never dialled: no allowed prefix covers it (+33[1-79])'],
  ],
  [
    'no number',
    dial('{ number: "zéro six" }'),
    ['error essai.yaml:5:24 "zéro six" is not a telephone number (write "01 99 00 10 00" or "+33 1 99 00 10 00")'],
  ],
  [
    'a number without quotes',
    dial('{ number: 33199005555 }'),
    [
      'error essai.yaml:5:24 "nodes.a.levels.0.number": expected a telephone number in quotes, such as "+33 1 99 00 10 00"',
    ],
  ],
  [
    'a planning chosen by keyed digits',
    nodes(
      '  a: { kind: collect, say: Un., into: x, length: 3, no-input: { then: z }, wrong-input: { then: z }, then: b }\n  b: { kind: dial, levels: [{ planning: "{x}" }], exits: { no-answer: z, empty-planning: z, carrier-failure: z } }\n',
    ),
    [
      'error essai.yaml:4:41 "{x}" is keyed by the caller and cannot choose who is rung (look it up in a table, and use a column of it)',
    ],
  ],
  [
    'a planning by a value that can be something else',
    nodes(
      '  a: { kind: set, values: { x: prese }, then: b }\n  b: { kind: dial, levels: [{ planning: "{x}" }], exits: { no-answer: z, empty-planning: z, carrier-failure: z } }\n',
    ),
    ['error essai.yaml:4:41 "{x}" can be "prese", which is no planning (did you mean "presses"?)'],
  ],
  [
    'exits that are missing',
    nodes('  a: { kind: dial, levels: [{ planning: presses }], exits: { no-answer: z } }\n'),
    [
      'error essai.yaml:3:60 "nodes.a.exits.carrier-failure": missing',
      'error essai.yaml:3:60 "nodes.a.exits.empty-planning": missing',
    ],
  ],
  [
    'a menu without no-input',
    ask('keys: { "1": z }, wrong-input: { then: z }'),
    ['error essai.yaml:3:6 "nodes.a.no-input": missing'],
  ],
  [
    'a key that is no key',
    ask('keys: { "12": z }, no-input: { then: z }, wrong-input: { then: z }'),
    ['error essai.yaml:3:38 key "12": expected one key of the telephone: 0 to 9, "*" or "#"'],
  ],
  [
    'a menu without keys',
    ask('keys: {}, no-input: { then: z }, wrong-input: { then: z }'),
    ['error essai.yaml:3:36 a menu without a key (give at least one: "1": some-node)'],
  ],
  [
    'tries beyond measure',
    ask('keys: { "1": z }, no-input: { tries: 99, then: z }, wrong-input: { then: z }'),
    ['error essai.yaml:3:67 "nodes.a.no-input.tries": expected a whole number from 1 to 9'],
  ],
  [
    'a value nobody knows',
    nodes(
      '  a: { kind: say, say: "Bonjour {cleint}.", then: b }\n  b: { kind: set, values: { client: x }, then: z }\n',
    ),
    [
      'error essai.yaml:3:24 there is no value "cleint", expected one of client, called, caller, line (did you mean "client"?)',
    ],
  ],
  [
    'a brace that encloses nothing',
    nodes('  a: { kind: say, say: "Bonjour {Client}.", then: z }\n'),
    ['error essai.yaml:3:24 a brace that encloses no value (write "{name}", with a small first letter)'],
  ],
  [
    'nothing to say',
    nodes('  a: { kind: say, say: "...", then: z }\n'),
    ['error essai.yaml:3:24 "..." cannot be spoken (write words)'],
  ],
  [
    'a recording that is not there',
    nodes('  a: { kind: say, say: { file: bonjour.wav }, then: z }\n'),
    ['error essai.yaml:3:24 there is no recording "bonjour.wav", there is none'],
  ],
  [
    'a condition that does not parse',
    choose('{ when: "caller ==", then: z }'),
    ['error essai.yaml:3:38 the condition is wrong: Unexpected token: EOF'],
  ],
  [
    'a condition of a wrong type',
    choose('{ when: "caller > 3", then: z }'),
    ['error essai.yaml:3:38 the condition is wrong: no such overload: string > int'],
  ],
  [
    'a condition that is no question',
    choose('{ when: "caller", then: z }'),
    ['error essai.yaml:3:38 the condition is wrong: gives string, expected yes or no (bool)'],
  ],
  [
    'a condition on nothing',
    choose('{ when: "vip == true", then: z }'),
    ['error essai.yaml:3:38 the condition is wrong: Unknown variable: vip'],
  ],
  [
    'a case without condition',
    choose('{ then: z }'),
    [
      'error essai.yaml:3:30 a case without a condition (give one of called, caller, caller-in, hours, holiday, value, when, or use "else")',
    ],
  ],
  [
    'a list that is not there',
    choose('{ caller-in: vips, then: z }'),
    ['error essai.yaml:3:43 there is no list "vips", there is none'],
  ],
  [
    'hours and days that are none',
    choose('{ hours: { lun-vendredi: "8h-18h" }, then: z }'),
    [
      'error essai.yaml:3:55 "lun-vendredi" names no days (write "lun-ven", "sam" or "mon-fri")',
      'error essai.yaml:3:55 "8h-18h" names no hours (write "08:00-12:00, 13:30-18:00")',
    ],
  ],
  [
    'a taken name',
    nodes('  a: { kind: set, values: { caller: x }, then: z }\n'),
    ['error essai.yaml:3:29 key "caller": this name is taken; choose another'],
  ],
  [
    'one name, two types',
    nodes('  a: { kind: set, values: { x: 1 }, then: b }\n  b: { kind: set, values: { x: un }, then: z }\n'),
    ['error essai.yaml:4:32 "x" is text here, and number in the flow "essai" (give one of the two another name)'],
  ],
  [
    'a table that is not there',
    nodes('  a: { kind: look-up, table: t, key: "1", found: z, not-found: z }\n'),
    ['error essai.yaml:3:30 there is no table "t", there is none'],
  ],
  [
    'a service without a way out',
    nodes(
      '  a: { kind: look-up, table: t, key: "1", found: z, not-found: z }\n',
      'tables:\n  t: { http: "https://x.example/{key}", columns: { c: text } }\n',
    ),
    ['error essai.yaml:5:6 missing "failed": the table "t" may not answer (say where the call goes on then)'],
  ],
  [
    'a CSV file that is not there',
    nodes(
      '  a: { kind: look-up, table: t, key: "1", found: z, not-found: z }\n',
      'tables:\n  t: { csv: u.csv, key: k, columns: { c: text } }\n',
    ),
    ['error essai.yaml:3:13 there is no file u.csv (the path is relative to the flow file)'],
  ],
  [
    'a column that is not there',
    csv('k;c;n\n1;a;2\n'),
    [
      'error t.csv:1:1 there is no column "k", expected one of k;c;n (write separator: ";")',
      'error t.csv:1:1 there is no column "c", expected one of k;c;n (write separator: ";")',
      'error t.csv:1:1 there is no column "n", expected one of k;c;n (write separator: ";")',
    ],
  ],
  ['a cell of a wrong type', csv('k,c,n\n1,a,deux\n'), ['error t.csv:2:1 column "n": "deux" is no number']],
  ['a key twice', csv('k,c,n\n1,a,2\n 1,b,3\n'), ['error t.csv:3:1 the key "1" stands on line 2 already']],
  [
    'a row that is too short',
    csv('k,c,n\n1,a\n'),
    ['error t.csv:2:1 Invalid Record Length: columns length is 3, got 2 on line 2 (check separators and quotes)'],
  ],
  ['an empty table', csv('k,c,n\n'), ['error t.csv:1:1 the table has no row (first line: the columns)']],
  [
    'a default that is no column',
    csv('k,c,n\n1,a,2\n', ', default: { d: x, n: x }'),
    [
      'error essai.yaml:3:75 there is no column "d", expected one of c, n',
      'error essai.yaml:3:81 "n" is number, "x" is text',
    ],
  ],
  [
    'a range without an end',
    csv('k,c,n\n1,a,2\n', ', match: range'),
    ['error essai.yaml:3:6 a range needs "until": the column of the upper bound'],
  ],
  [
    'a round without input',
    nodes(
      '  a: { kind: say, say: Un., then: b }\n  b: { kind: switch, cases: [{ holiday: true, then: z }], else: a }\n',
    ),
    [
      'error essai.yaml:3:6 a round without input: a, b (a caller who does nothing would go round for ever; lead to an end)',
    ],
  ],
  [
    'a way without an end',
    nodes(
      '  a: { kind: menu, say: Un., keys: { "1": a }, no-input: { then: b }, wrong-input: { then: a } }\n  b: { kind: menu, say: Deux., keys: { "1": a }, no-input: { then: z }, wrong-input: { then: b } }\n',
    ).concat(
      essai(
        'start: a\nnodes:\n  a: { kind: collect, say: Un., into: x, length: 1, no-input: { then: b }, wrong-input: { then: a }, then: a }\n  b: { kind: message, say: Parlez., then: a, empty: a }\n',
      ),
    ),
    [
      'error essai.yaml:3:6 no way leads from "a" to an end of the call (lead to a hangup, a dial or a return)',
      'error essai.yaml:3:6 a round without input: a, b (a caller who does nothing would go round for ever; lead to an end)',
    ],
  ],
  [
    'a node that nothing leads to',
    nodes('  a: { kind: goto, flow: essai, node: z }\n  b: { kind: hangup }\n'),
    ['warning essai.yaml:4:6 nothing leads to the node "b" (remove it, or lead to it)'],
  ],
  [
    'a value that may not be set',
    nodes(
      '  a: { kind: menu, say: Un., into: m, keys: { "1": b }, no-input: { then: b }, wrong-input: { then: z } }\n  b: { kind: say, say: "Machine {m}.", then: z }\n',
    ),
    [
      'warning essai.yaml:4:24 "{m}" may not be set when the call comes here (give the table a default, or set it before)',
    ],
  ],
  [
    'a flow that never comes back',
    essai(flow('  a: { kind: sub-flow, flow: sous, then: z }\n'), {
      file: 'sous.yaml',
      text: 'start: x\nnodes:\n  x: { kind: hangup }\n',
    }),
    ['warning essai.yaml:3:30 the flow "sous" never comes back (give it a return node, or use goto)'],
  ],
  [
    'a flow that nothing leads to',
    essai(flow('  a: { kind: goto, flow: essai, node: z }\n'), {
      file: 'seul.yaml',
      text: 'start: x\nnodes:\n  x: { kind: hangup }\n',
    }),
    ['warning seul.yaml:1:1 nothing leads to the flow "seul" (name it in lines.yaml, or in a goto or sub-flow)'],
  ],
  [
    'two flows of one name',
    essai(flow('  a: { kind: return }\n'), { file: 'autre/essai.yaml', text: flow('  a: { kind: return }\n') }),
    ['error autre/essai.yaml:1:1 the flow "essai" stands in essai.yaml already'],
  ],
  [
    'two flows for one number',
    written(
      'lines:\n  - { number: "+33199001000", name: Un, flow: essai }\n  - { number: "01 99 00 10 00", name: Deux, flow: essai }\n',
    ),
    ['error lines.yaml:3:15 +33199001000 is the line "Un" already (a number enters one flow; remove one of the two)'],
  ],
  [
    'a line to no flow',
    written('lines:\n  - { number: "+33199001000", name: Un, flow: esai }\n'),
    ['error lines.yaml:2:47 there is no flow "esai", expected one of essai (did you mean "essai"?)'],
  ],
  [
    'a line without a number',
    written('lines:\n  - { number: "12", name: Un, flow: essai }\n'),
    ['error lines.yaml:2:15 "12" is not a telephone number (write "01 99 00 10 00" or "+33 1 99 00 10 00")'],
  ],
  [
    'a time zone that is none',
    written('defaults: { timezone: Europe/Pari }\nlines:\n  - { number: "+33199001000", name: Un, flow: essai }\n'),
    ['error lines.yaml:1:23 "Europe/Pari" is no time zone (did you mean "Europe/Paris"?)'],
  ],
  [
    'holidays of nowhere',
    written('lines:\n  - { number: "+33199001000", name: Un, flow: essai, holidays: ZZ }\n'),
    ['error lines.yaml:2:64 no public holidays are known for "ZZ"'],
  ],
  ['no lines at all', written('lines: []\n'), ['error lines.yaml:1:8 "lines": expected at least one line']],
  [
    'no lines.yaml',
    faults({ file: 'essai.yaml', text: flow('  a: { kind: return }\n') }),
    ['error lines.yaml there is no lines.yaml (it names your numbers)'],
  ],
  [
    'a list entry that is no number',
    written('lines:\n  - { number: "+33199001000", name: Un, flow: essai }\nlists: { vip: ["06*", abc] }\n'),
    [
      'error lines.yaml:3:23 "abc" is not a telephone number (write "01 99 00 10 00" or "+33 1 99 00 10 00", or a beginning such as "+33 1 99*")',
    ],
  ],
  [
    'a name that every object has',
    nodes('  a: { kind: goto, flow: constructor }\n'),
    ['error essai.yaml:3:26 "nodes.a.flow": this name is taken; choose another'],
  ],
  [
    'a file whose name is no name',
    essai(flow('  a: { kind: return }\n'), { file: 'mon flux.yaml', text: flow('  a: { kind: return }\n') }),
    ['error mon flux.yaml the file\'s name is the flow\'s: expected a name made of letters, digits, "-" or "_"'],
  ],
  [
    'a menu that silence leads back to',
    ask('keys: { "1": z }, no-input: { then: a }, wrong-input: { then: a }'),
    [
      'error essai.yaml:3:6 a round without input: a (a caller who does nothing would go round for ever; lead to an end)',
    ],
  ],
  [
    'a dial that an empty planning leads back to',
    nodes(
      '  a: { kind: dial, levels: [{ planning: presses }], exits: { no-answer: a, empty-planning: a, carrier-failure: z } }\n',
    ),
    [
      'error essai.yaml:3:6 a round without input: a (a caller who does nothing would go round for ever; lead to an end)',
    ],
  ],
  [
    'a called flow that asks breaks a round',
    essai(flow('  a: { kind: sub-flow, flow: sous, then: a }\n'), {
      file: 'sous.yaml',
      text: 'start: x\nnodes:\n  x: { kind: menu, say: Un., keys: { "1": y }, no-input: { then: w }, wrong-input: { then: w } }\n  y: { kind: return }\n  w: { kind: hangup }\n',
    }),
    ['warning essai.yaml:4:6 nothing leads to the node "z" (remove it, or lead to it)'],
  ],
];
for (const [what, found, expected] of cases) t.same(found, expected, what);

t.test('the examples hold, without a warning', (t) => {
  const { set, findings } = examineFlows(exampleFiles(), known);
  t.same(findings, []);
  t.match(set?.version, /^[0-9a-f]{12}$/);
  t.end();
});

t.test('a version is content: the same files in any order, another on any change', (t) => {
  const version = (files: SourceFile[]) => examineFlows(files, known).set?.version;
  const files = exampleFiles();
  t.equal(version([...files].reverse()), version(files));
  const changed = files.map((one) =>
    one.file.endsWith('contrats.csv') ? { ...one, text: `${one.text}100009,X,2099-01-01,non,vip\n` } : one,
  );
  t.not(version(changed), version(files), 'a table is part of the set');
  t.end();
});

t.test('a set survives JSON: a call finds its flows again after a restart', (t) => {
  const read = readFlows(exampleFiles(), known);
  if (!read.ok) throw new Error('unreadable');
  const stored = JSON.parse(JSON.stringify(read.value));
  t.same(stored, read.value);
  const way = (set: typeof read.value) => {
    const phone = new Caller(set, '+33199001002', '+33612345678', Date.UTC(2026, 10, 30, 9))
      .listens()
      .presses('100005#1');
    return [phone.hears, phone.step.state];
  };
  t.same(way(stored), way(read.value));
  t.end();
});

t.test('while plannings cannot be read, their names are not held against a flow', (t) => {
  const { findings } = examineFlows(exampleFiles(), { plannings: null, people: null });
  t.same(findings, []);
  t.end();
});

t.test('trunks may allow more, or less', (t) => {
  const text = flow(
    '  a: { kind: transfer, number: "+44 20 7946 0000", exits: { no-answer: z, carrier-failure: z } }\n',
  );
  const files = [
    { file: 'lines.yaml', text: lines },
    { file: 'essai.yaml', text },
  ];
  t.same(examineFlows(files, { ...known, refusal: () => undefined }).findings, []);
  const denied = examineFlows(files, { ...known, refusal: () => 'closed' }).findings;
  t.match(denied, [{ severity: 'error', message: '+442079460000 is never dialled: closed' }]);
  t.end();
});

t.test('recordings come from one folder, by name', (t) => {
  const recordings = { folder: '/sons', files: new Set(['bonjour.wav']) };
  const text = (file: string) => flow(`  a: { kind: say, say: [{ file: ${file} }, { pause: 1 }, Merci.], then: z }\n`);
  const set = oneFlow(text('bonjour.wav'), [], { recordings });
  const phone = new Caller(set, '+33199001000', '', 0);
  t.equal(phone.hears, '[/sons/bonjour.wav] … Merci.');
  t.same(
    promptsOf(set).filter((prompt) => prompt.kind === 'file'),
    [{ kind: 'file', path: '/sons/bonjour.wav' }],
  );
  for (const file of ['bonsoir.wav', '../../etc/passwd', '/sons/autre.wav', '/sons/../x.wav']) {
    const { findings } = examineFlows(
      [
        { file: 'lines.yaml', text: lines },
        { file: 'essai.yaml', text: text(file) },
      ],
      { ...known, recordings },
    );
    t.match(findings, [{ severity: 'error', message: /^there is no recording/ }], file);
  }
  t.end();
});

t.test('whatever a call of the examples can say is rendered ahead', (t) => {
  const read = readFlows(exampleFiles(), known);
  if (!read.ok) throw new Error('unreadable');
  const ready = new Set(promptsOf(read.value).map((prompt) => JSON.stringify(prompt)));
  const spelled = promptsOf(read.value).flatMap((prompt) => (prompt.kind === 'spell' ? [...prompt.characters] : []));
  const phones = ['+33199001000', '+33199001001', '+33199001002', '+33199009999'].flatMap((called) =>
    ['*', '1', '11', '2', '97400#1', '100005#12', '9'].map((keys) => {
      const phone = new Caller(read.value, called, '+33612345678', Date.UTC(2026, 10, 30, 9))
        .listens()
        .presses(keys)
        .listens();
      if (phone.step.then.want !== 'dial') return phone.waits().listens();
      const { announce, words, confirm } = phone.step.then.spec;
      const asked = confirm.by === 'key' ? [...confirm.question, ...confirm.taken] : [];
      phone.all.push({ id: 'x', type: 'play', prompts: [...announce, ...words.prompts, ...asked] });
      return phone;
    }),
  );
  const said = phones.flatMap((phone) => phone.all.flatMap((effect) => ('prompts' in effect ? effect.prompts : [])));
  t.ok(said.length > 100);
  for (const prompt of said) {
    if (prompt.kind === 'spell')
      t.same(
        [...prompt.characters].filter((one) => !spelled.includes(one)),
        [],
      );
    else if (!ready.has(JSON.stringify(prompt))) t.fail(`not rendered: ${heard([prompt])} ${JSON.stringify(prompt)}`);
  }
  t.end();
});
