// The plannings folder: what is refused, where and with which mend; the examples; and `vigie who`.
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { problemText } from '../../../server/base/result.ts';
import { who } from '../../../server/cli/who.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import { peopleSchema, planningSchema } from '../../../server/domain/planning/schema.ts';
import { segments } from '../../../server/domain/planning/segments.ts';
import { readPhone } from '../../../server/domain/telephony/numbers.ts';
import { at, peopleText, problemsOf } from './helpers.ts';

const folder = 'plannings/';
const examples = readdirSync(folder).map((file) => ({
  file: `plannings/${file}`,
  text: readFileSync(folder + file, 'utf8'),
}));

const planning = (turns: string, more = '') =>
  `name: X\nrotations:\n  - name: semaine\n    start: 2026-01-05\n    turns: ${turns}\n${more}`;

t.test('telephone numbers: French or international in, E.164 out', async (t) => {
  for (const text of ['06 39 98 00 01', '06.39.98.00.01', '+33 6 39 98 00 01', '0033639980001', '+33639980001'])
    t.same(readPhone(text), { e164: '+33639980001' }, text);
  t.same(readPhone('+1 212 555 0123'), { e164: '+12125550123' });
  for (const text of [
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
    '+33 15',
    '+33112',
    '1 1 2',
    '0033 17',
  ])
    t.match(readPhone(text), { refused: /emergency number/ }, text);
  for (const text of ['3631', '118712', '0']) t.match(readPhone(text), { refused: /short number/ }, text);
  for (const text of [
    'abc',
    '',
    '06 39 98 00',
    '+33 6 39 98 00 01 99',
    '0639980001;rm',
    '06 39 98 00 01 poste 12',
    '+999123456789',
  ])
    t.match(readPhone(text), { refused: /is not a telephone number/ }, text);
});

t.test('a broken planning is refused, each mistake with its place and its mend', async (t) => {
  const broken: [text: string, expected: RegExp][] = [
    [planning('[anna]'), /^x\.yaml:5:13 nobody is named "anna" in people\.yaml \(did you mean "ana"\?\)$/],
    [planning('[]'), /^x\.yaml:5:12 .*this rotation has nobody: add at least one turn/],
    [planning('[[]]'), /^x\.yaml:5:13 .*nobody is named here/],
    [planning('[ana, bob]'), /^x\.yaml:5:12 .*several turns need a length: add every: "1 semaine"/],
    [planning('[[ana, ana]]'), /^x\.yaml:5:19 "ana" stands twice in one turn/],
    [planning('[ana]', '    every: 1 an\n'), /^x\.yaml:6:12 .*"1 an" cannot be read; write "1 semaine"/],
    [planning('[ana]', '    every: 0 jours\n'), /^x\.yaml:6:12 .*"0 jours" cannot be read/],
    [planning('[ana]', '    handoff: "8"\n'), /^x\.yaml:6:14 .*"8" cannot be read; write "lundi 08:00"/],
    [
      planning('[ana]', '    handoff: mardi 08:00\n'),
      /^x\.yaml:4:12 2026-01-05 is a lundi, the hand-off is on mardi \(start: 2026-01-06\)$/,
    ],
    [
      planning('[ana]', '    handoff: lundi 08:00\n    every: 3 jours\n'),
      /^x\.yaml:6:14 a hand-off on one weekday needs turns of whole weeks/,
    ],
    [planning('[ana]', '    windows: [lundi 25:00-08:00]\n'), /^x\.yaml:6:15 .*"lundi 25:00-08:00" cannot be read/],
    [planning('[ana]', '    windows: []\n'), /^x\.yaml:6:14 .*remove "windows"/],
    [planning('[ana]').replace('01-05', '02-30'), /^x\.yaml:4:12 .*"2026-02-30" cannot be read/],
    [planning('[ana]').replace('name: semaine', 'nom: semaine'), /x\.yaml:3:5 unknown key "nom"/],
    [
      planning('[ana]', 'zone: Europe/Pari\n'),
      /^x\.yaml:6:7 there is no time zone "Europe\/Pari" \(did you mean "Europe\/Paris"\?\)$/,
    ],
    [planning('[ana]', 'ring: tous\n'), /^x\.yaml:6:7 .*sequential/],
    [
      planning('[ana]', 'holidays: {region: "99", people: ana}\n'),
      /^x\.yaml:6:20 FR has no region "99" \(FR has: 57, /,
    ],
    [planning('[ana]', 'holidays: {region: 57, people: ana}\n'), /^x\.yaml:6:20 .*must stand in quotes/],
    [
      planning('[ana]', 'holidays: {country: XX, people: ana}\n'),
      /^x\.yaml:6:21 no holidays are known for the country "XX"/,
    ],
    [planning('[ana]', 'holidays: {country: FR}\n'), /^x\.yaml:6:11 .*either "people" or "rotation"/],
    [
      planning('[ana]', 'holidays: {rotation: semaines}\n'),
      /^x\.yaml:6:22 this planning has no rotation "semaines" \(did you mean "semaine"\?\)$/,
    ],
    [
      planning('[ana]', 'holidays: {people: ana, except: [Noel]}\n'),
      /^x\.yaml:6:34 no public holiday is named "Noel" \(did you mean "Noël"\?\)$/,
    ],
    [planning('[ana]', 'holidays: {people: zoe}\n'), /^x\.yaml:6:20 nobody is named "zoe"/],
    [planning('[ana]', 'holidays: {people: ana, also: {12-32: pont}}\n'), /^x\.yaml:6:\d+ .*"12-32" cannot be read/],
    [
      planning('[ana]', 'shifts: [{from: 2026-01-02 08:00, until: 2026-01-01 08:00, people: ana}]\n'),
      /^x\.yaml:6:42 .*ends before it begins/,
    ],
    [
      planning('[ana]', 'shifts: [{from: 2026-01-02, until: 2026-01-03, people: [ana, bib]}]\n'),
      /^x\.yaml:6:62 nobody is named "bib" .*"bob"/,
    ],
    [
      `${planning('[ana]')}  - name: semaine\n    start: 2026-01-05\n    turns: [bob]\n`,
      /^x\.yaml:6:11 two rotations are named "semaine"/,
    ],
    ['name: X\n', /^x\.yaml:1:1 this planning has nobody/],
    ['', /^x\.yaml:1:1 /],
    ['name: [', /^x\.yaml:1:\d+ .*not valid YAML/],
  ];
  for (const [text, expected] of broken) t.match(problemsOf(text).join('\n'), expected, text);
  t.same(problemsOf(planning('[ana]')), [], 'and what they were made from is good');
});

t.test('a broken people.yaml is refused, each mistake with its place and its mend', async (t) => {
  const one = (more: string) => `ana: {name: Ana, ${more}}\n`;
  const broken: [text: string, expected: RegExp][] = [
    ['ana: {name: Ana}\n', /^people\.yaml:1:\d+ .*this person has no telephone: add phones/],
    [one('phones: []'), /^people\.yaml:1:26 .*this person has no telephone/],
    [one('phones: [0639980001]'), /^people\.yaml:1:27 .*a telephone number stands in quotes/],
    [one('phones: [15]'), /^people\.yaml:1:27 .*"15" is an emergency number/],
    [one('phones: ["06 39 98 00 01", "112"]'), /^people\.yaml:1:45 .*"112" is an emergency number/],
    [one('phones: ["3631"]'), /^people\.yaml:1:27 .*short number/],
    [one('phones: [bureau]'), /^people\.yaml:1:27 .*"bureau" is not a telephone number/],
    [one('phones: ["06 39 98 00 01", "+33639980001"]'), /^people\.yaml:1:45 this number stands twice/],
    [one('phones: ["06 39 98 00 01"], sms: "17"'), /^people\.yaml:1:51 .*"17" is an emergency number/],
    [one('phones: ["06 39 98 00 01"], pin: "1234"'), /never the PIN itself/],
    [one('phones: ["06 39 98 00 01"], colour: rouge'), /expected a colour such as/],
    [one('phones: ["06 39 98 00 01"], maxCalls: 0'), /^people\.yaml:1:56 /],
    [one('phones: ["06 39 98 00 01"], telephone: x'), /unknown key "telephone"/],
    ['Léa: {name: Léa, phones: ["06 39 98 00 01"]}\n', /^people\.yaml:1:1 .*an id has small letters without accents/],
    [`${one('phones: ["06 39 98 00 01"]')}${one('phones: ["06 39 98 00 02"]')}`, /^people\.yaml:2:1 .*unique/],
    ['', /^people\.yaml:1:1 this file is empty/],
  ];
  for (const [text, expected] of broken) t.match(problemsOf(planning('[ana]'), text).join('\n'), expected, text);
});

t.test('a set is whole or is not: files missing, doubled or badly named', async (t) => {
  const text = planning('[ana]');
  const people = { file: 'plannings/people.yaml', text: peopleText };
  const told = (...files: { file: string; text: string }[]) => {
    const read = readPlannings(files);
    return read.ok ? 'good' : read.problems.map(problemText).join('\n');
  };
  t.equal(told(people, { file: 'plannings/x.yaml', text }), 'good');
  t.match(told({ file: 'plannings/x.yaml', text }), /there is no people\.yaml/);
  t.match(
    told(people, { file: 'plannings/x.yaml', text }, { file: 'plannings/x.yml', text }),
    /^plannings\/x\.yml:1:1 two files define the planning "x"/,
  );
  t.match(told(people, { file: 'plannings/Été.yaml', text }), /"Été" cannot be the id of a planning/);
  t.equal(told(people, { file: 'plannings/LISEZMOI.md', text: 'rien' }), 'good', 'other files are not ours');
  const two = told(
    { ...people, text: 'ana: {}' },
    { file: 'plannings/x.yaml', text: planning('[ana]', 'zone: Lune\n') },
  );
  t.match(two, /people\.yaml:1:.*\n.*\n?plannings\/x\.yaml:6:7/, 'all mistakes at once, in every file');
});

t.test('the schemas can be published', async (t) => {
  for (const schema of [peopleSchema, planningSchema]) {
    const json = z.toJSONSchema(schema, { io: 'input' });
    t.equal(json.$schema, 'https://json-schema.org/draft/2020-12/schema');
    t.match(json.title, /^Vigie/);
  }
});

t.test('the examples have no hole for ten years, and always end with someone who answers', async (t) => {
  const read = readPlannings(examples);
  if (!read.ok) return t.fail(read.problems.map(problemText).join('\n'));
  const set = read.value;
  t.same([...set.plannings.keys()], ['ascenseurs-idf', 'ascenseurs-province', 'direction', 'froid', 'presses', 'vip']);
  const answers = new Set(['karim', 'chloe', 'marc']);
  for (const id of set.plannings.keys()) {
    const all = segments(set, id, at('2026-01-06'), at('2036-01-01'));
    t.ok(all.length > 0 && all.every(({ people }) => answers.has(people.at(-1)?.person ?? '')), id);
  }
  for (const { text } of examples)
    t.match(text, /^# yaml-language-server: \$schema=\.\.\/docs\/schema\/(people|planning)\.schema\.json\n/);
  const numbers = [...set.people.values()].flatMap(({ phones }) => phones);
  t.ok(
    numbers.every((number) => /^\+33(639980|199000)/.test(number)),
    'numbers kept for fiction only',
  );
  t.same(
    onCall(set, 'presses', at('2026-12-02 10:00')).people.map(({ person }) => person),
    ['paul', 'lea', 'karim'],
  );
  t.same(set.people.get('hugo')?.phones, ['+33639980003', '+33199000003'], 'in the order of the file');
});

/** Runs the command over the examples (or other files) and gives all it said. */
async function run(args: string, files = examples, now = at('2026-12-02 10:00')) {
  const said = { out: [] as string[], err: [] as string[] };
  const io = { out: (text: string) => said.out.push(text), err: (text: string) => said.err.push(text) };
  const code = await who(args.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [], {
    ...io,
    now: () => now,
    readPlanningFiles: async () => files,
  });
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

t.test('vigie who: people in order, and why', async (t) => {
  const now = await run('presses');
  t.equal(now.code, 0);
  t.equal(
    now.out,
    [
      'Presses hydrauliques, mercredi 2 déc. 2026 10:00 (Europe/Paris)',
      ...['Paul Garnier, +33639980005', 'Léa Martin, +33639980002', 'Karim Haddad, +33639980001'].flatMap(
        (who, index) => [
          `  ${index + 1}. ${who}`,
          `     rotation "semaine" : tour de Paul Garnier, Léa Martin, Karim Haddad jusqu'au lundi 7 déc. 08:00`,
        ],
      ),
      "Jusqu'au vendredi 4 déc. 2026 18:00.",
    ].join('\n'),
  );
  t.match((await run('froid --at "2026-12-25 12:00"')).out, /jour férié « Noël »/);
  t.match((await run('vip')).out, /Aucun changement prévu\.$/);
  t.match((await run('vip')).out, /sonnent tous ensemble\n {2}1\. Karim Haddad.*\n.*\n {2}1\. Chloé Roux/);
  const idf = await run('ascenseurs-idf');
  t.match(idf.out, /sonnent par vagues\n {2}1\. Paul Garnier.*\n.*\n {2}1\. Chloé Roux.*\n.*\n {2}2\. Karim Haddad/);
  t.same(JSON.parse((await run('ascenseurs-idf --json')).out).waves, [['paul', 'chloe'], ['karim']]);
  const json = JSON.parse((await run('presses --at 2026-12-02T09:00:00Z --json')).out);
  t.match(json, {
    planning: 'presses',
    at: '2026-12-02T10:00:00+01:00',
    until: '2026-12-04T18:00:00+01:00',
    nobody: false,
    ringMode: 'sequential',
  });
  t.same(
    json.people.map(({ person }: { person: string }) => person),
    ['paul', 'lea', 'karim'],
  );
  t.match(json.version, /^[0-9a-f]{12}$/);
});

t.test('vigie who --from --until: gap-free, and says so when nobody is on', async (t) => {
  const day = JSON.parse((await run('presses --from 2026-12-04 --until 2026-12-08 --json')).out);
  const bounds = day.segments.map(({ from, until }: { from: string; until: string }) => [from, until]);
  t.same(bounds.at(0)?.at(0), day.from);
  t.same(bounds.at(-1)?.at(1), day.until);
  t.ok(
    bounds.length > 1 &&
      bounds.every(([from]: string[], index: number) => index === 0 || bounds[index - 1][1] === from),
  );
  t.equal(day.holes, 0);
  const before = await run('vip --from "2025-12-31 12:00" --until 2026-01-02');
  t.equal(before.code, 1);
  t.match(before.out, /mercredi 31 déc\. 2025 12:00 → jeudi 1er janv\. 2026 00:00 {2}PERSONNE/);
  t.match(before.out, /1 période\(s\) sans personne\.$/);
  const holes = JSON.parse((await run('vip --from "2025-12-31 12:00" --until 2026-01-02 --json')).out);
  t.same([holes.holes, holes.segments.map(({ nobody }: { nobody: boolean }) => nobody)], [1, [true, false]]);
});

t.test('vigie who: a finding is 1, wrong use is 2 with one sentence and the mend', async (t) => {
  const nobody = await run('vip --at 2025-06-01');
  t.same([nobody.code, nobody.err], [1, '']);
  t.match(nobody.out, /personne : aucune rotation n'est active/);
  const broken = await run('vip', [...examples, { file: 'plannings/neuf.yaml', text: planning('[zoe]') }]);
  t.equal(broken.code, 1);
  t.match(broken.err, /^plannings\/neuf\.yaml:5:13 nobody is named "zoe"/);
  const wrong: [args: string, expected: RegExp][] = [
    ['', /say which planning; usage:/],
    ['press', /there is no planning "press"; /],
    ['presse', /there is no planning "presse"; did you mean "presses"\?/],
    ['vip --at demain', /"demain" is not a time between 2000 and 2100; write 2026-12-24/],
    ['vip --at 3000-01-01', /"3000-01-01" is not a time between 2000 and 2100/],
    ['vip --at 2026-12-24 18:30', /times in quotes/],
    ['vip --from 2026-01-01', /--from and --until go together/],
    ['vip --from 2026-01-02 --until 2026-01-01', /--until must be later than --from/],
    ['vip --at 2026-01-01 --from 2026-01-02 --until 2026-01-03', /either --at or --from and --until/],
    ['vip --when now', /Unknown option '--when'/],
    ['vip --at', /--at/],
  ];
  for (const [args, expected] of wrong) {
    const { code, out, err } = await run(args);
    t.same([code, out, err.split('\n').length], [2, '', 1], args);
    t.match(err, expected, args);
  }
});
