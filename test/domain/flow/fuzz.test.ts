// Damaged copies of the example files: whatever an editor, a merge or a disk makes of them, the loader answers and never throws;
// and what it accepts can be walked by any caller without a throw and without a call that hangs in the air.
import t from 'tap';
import { examineFlows, type SourceFile } from '../../../server/domain/flow/load.ts';
import { promptsOf } from '../../../server/domain/flow/prompts.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import { Caller, exampleFiles, known } from './story.ts';

const mutations = 2000;
const seed = Number(process.env.FUZZ_SEED ?? 20261130);

/** mulberry32: small, fast, the same on every machine. */
function dice(start: number): (sides: number) => number {
  let state = start;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}

const roll = dice(seed);
const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
const scraps = [
  ...['{', '}', '[', ']', ':', '- ', '&a ', '*a', '!!binary ', '"', "'", '#', '|', '\t', '\n', '\u0000', '\ufeff', '…'],
  ...[
    'null',
    '~',
    '1e999',
    '-1',
    '0',
    '.nan',
    'true',
    '__proto__: {}',
    'constructor',
    '{machine}',
    '<<: *a',
    '99999999999999',
  ],
];

const change: ((text: string) => string)[] = [
  (text) => cut(text, 1 + roll(4), ''),
  (text) => cut(text, 0, pick(scraps)),
  (text) => cut(text, 1 + roll(20), pick(scraps)),
  (text) => byLine(text, (lines, i) => lines.splice(i, 1)),
  (text) => byLine(text, (lines, i) => lines.splice(i, 0, pick(lines))),
  (text) => byLine(text, (lines, i) => lines.splice(i, 1, `  ${lines[i]}`)),
  (text) => text.slice(0, roll(text.length)),
  (text) => swapWords(text),
];

function cut(text: string, length: number, put: string): string {
  const place = roll(text.length);
  return text.slice(0, place) + put + text.slice(place + length);
}

function byLine(text: string, edit: (lines: string[], i: number) => void): string {
  const lines = text.split('\n');
  edit(lines, roll(lines.length));
  return lines.join('\n');
}

/** One word of the file in the place of another: most likely to be well formed and wrong. */
function swapWords(text: string): string {
  const words = [...text.matchAll(/[\p{L}\d-]+/gu)];
  const one = pick(words);
  return text.slice(0, one.index) + pick(words)[0] + text.slice(one.index + one[0].length);
}

/** A caller who does whatever comes; every wait must be one that some event can end. */
function wander(set: FlowSet): void {
  const phone = new Caller(
    set,
    pick(Object.keys(set.lines)),
    pick(['', '+33612345678', '+33199006600']),
    Date.UTC(2026, 10, roll(30)),
  );
  const acts: (() => unknown)[] = [
    () => phone.presses(pick(['1', '2', '3', '#', '*', '75011', '100005#'])),
    () => phone.listens(),
    () => phone.waits(),
    () => phone.dialEnds(pick(['no-answer', 'empty-planning', 'carrier-failure', 'answered'] as const)),
    () => phone.resume(),
    () => phone.gathered(pick(['', '1', '97400', 'x'])),
  ];
  for (let i = 0; i < 25 && phone.step.then.want !== 'end'; i++) pick(acts)();
  if (phone.step.state.doing.kind === 'nothing') throw new Error(`nothing goes on at ${phone.where}`);
}

const stub = 'start: z\nnodes:\n  z: { kind: hangup }\n';

/** The damaged file among its like: what it does not read itself is as short as can be, to be quick. */
function damaged(whole: SourceFile[], victim: SourceFile): SourceFile[] {
  const table = victim.file.replace('.csv', '').slice(0, -1).replace('departement', 'code-postal');
  const needed = (file: string) => /lines\.yaml$|\.csv$/.test(file) || file.startsWith(table);
  return whole.map((one): SourceFile => {
    if (one === victim) return { ...one, text: pick(change)(one.text) };
    return needed(one.file) ? one : { ...one, text: stub };
  });
}

t.setTimeout(300_000);
t.test(`${mutations} damaged sets (seed ${seed})`, (t) => {
  const whole = exampleFiles();
  let accepted = 0;
  let slowest = 0;
  for (let i = 0; i < mutations; i++) {
    const victim = pick(whole);
    const files = damaged(whole, victim);
    const began = process.cpuUsage().user;
    try {
      const { set, findings } = examineFlows(files, known);
      const errors = findings.filter(({ severity }) => severity === 'error');
      if (set === undefined && errors.length === 0) throw new Error('refused without a word');
      if (findings.some(({ file, message }) => !file || !message))
        throw new Error('a finding without place or message');
      if (set) {
        accepted++;
        promptsOf(set);
        wander(set);
      }
    } catch (error) {
      t.fail(`mutation ${i} of ${victim.file}: ${(error as Error).stack}`, {
        text: files.find(({ file }) => file === victim.file)?.text,
      });
    }
    slowest = Math.max(slowest, (process.cpuUsage().user - began) / 1000);
  }
  t.ok(accepted > mutations / 20, `${accepted} were still good sets, and were walked`);
  t.ok(accepted < mutations, 'most damage is seen');
  t.comment(`slowest: ${Math.round(slowest)} ms of processor`);
  t.end();
});
