// The table of docs/faults.md: whole runs replace their own lines, slices never do, a second part keeps the first.
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Row } from './fault.ts';
import { faults } from './faults.ts';
import { markers, merged, type Result, written } from './results.ts';

const names = ['server-kill', 'trunks', 'sip'];
const row = (fault: string, more: Partial<Row> = {}): Row => ({
  fault,
  tries: 200,
  callers: 412,
  lost: 0,
  silent: 0,
  seconds: 2.41,
  goal: '0 lost, <= 3 s',
  holds: true,
  faults: [],
  seen: ['300 talked'],
  notes: ['+33612100001 (patient): of no interest to readers'],
  ...more,
});
const run = (name: string, rows: Row[], more: Partial<Result> = {}): Result => ({
  name,
  date: '2026-11-25',
  scale: 1,
  seed: 1,
  rows,
  ...more,
});
const page = `# Faults\n\n${markers[0]}\n\nNo long run is on record yet.\n\n${markers[1]}\n\nMore.\n`;
const renew = (text: string, ...now: Result[]): string => written(text, names, now) ?? '';
const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| `'));

t.test(
  'a whole run writes its lines: what, when, how often, how many, how long, the goal, whether it holds',
  async (t) => {
    const text = renew(page, run('server-kill', [row('kill -9 of the server')]));
    t.same(rowsOf(text), [
      '| `server-kill` | kill -9 of the server | 2026-11-25 | 200 | 412 | 0 | 0 | 2.4 | 0 lost, <= 3 s | 300 talked | holds |',
    ]);
    t.match(text, /^# Faults\n/, 'what stands before stays');
    t.match(text, /\n\nMore\.\n$/, 'what stands behind stays');
    t.notMatch(text, 'No long run');
  },
);

t.test('a part replaces its own lines and no others, in the order of the suite', async (t) => {
  const first = renew(page, run('sip', [row('mutated SIP')]), run('trunks', [row('503'), row('403')]));
  const second = renew(first, run('trunks', [row('503 again', { holds: false, lost: 1, faults: ['rung | twice'] })]));
  t.match(rowsOf(second), [/503 again .* 300 talked; rung \\\| twice \| \*\*falls short\*\*/, /mutated SIP/]);
  t.equal(rowsOf(second).length, 2);
  t.equal(
    renew(second, run('trunks', [row('503 again', { holds: false, lost: 1, faults: ['rung | twice'] })])),
    second,
  );
});

t.test('a slice never reaches the page', async (t) => {
  const whole = renew(page, run('sip', [row('mutated SIP')]));
  t.equal(renew(whole, run('sip', [row('a slice')], { scale: 0.99 })), whole);
});

t.test('a run that broke off is told as such, without words of the machine it ran on', async (t) => {
  const text = renew(page, run('sip', [], { broke: 'Error: somewhere/on/my/disk' }));
  t.match(rowsOf(text), [/^\| `sip` .*the run broke off \| \*\*falls short\*\*/]);
  t.notMatch(text, 'my/disk');
});

t.test('a page without its markers is not touched', async (t) => {
  t.equal(written('# Faults\n', names, [run('sip', [])]), undefined);
  t.equal(written(`${markers[1]}\n${markers[0]}\n`, names, [run('sip', [])]), undefined);
});

t.test('our own page has them', async (t) => {
  const own = readFileSync('docs/faults.md', 'utf8');
  t.type(
    written(
      own,
      faults.map(({ name }) => name),
      [],
    ),
    'string',
  );
});

t.test('var/faults.json keeps the last run of each fault by name; faults that are gone go', async (t) => {
  const before = merged(names, {}, [run('sip', []), run('trunks', [row('503')])]);
  const after = merged(names, { ...before, gone: run('gone', []) }, [run('trunks', [row('403')], { scale: 0.1 })]);
  t.same(Object.keys(after), ['trunks', 'sip']);
  t.equal(after.trunks?.rows[0]?.fault, '403');
});
