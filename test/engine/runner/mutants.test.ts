// Planted bugs, one for each thing that the runner promises: each is built into a copy of it, and the walk must notice.
// `find` stands exactly once in the file, in the source as well as in what the compiler makes of it.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';
import { knocks } from './door.ts';
import type { Engine } from './life.ts';
import { faults, verdict } from './verdict.ts';

const extension = extname(fileURLToPath(import.meta.url));
const server = fileURLToPath(new URL('../../../server', import.meta.url));
const modules = ['../../../node_modules', '../../../../node_modules'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const folder = join(tmpdir(), `vigie-runner-mutants-${process.pid}`);
t.setTimeout(300_000);
t.before(() => mkdirSync(folder, { recursive: true }));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

type Mutant = [file: string, find: string, replace: string];
const mutants: Mutant[] = [
  // Saved before performed.
  [
    'runner',
    'const saved = this.#save(id, turn, set, at);',
    'const saved = true; queueMicrotask(() => this.#save(id, turn, set, at));',
  ],
  // What was refused is kept, whole, and tried again.
  ['runner', '[...waiting.notices, ...dated]', 'dated'],
  ['runner', 'this.#unsaved.set(id, one);', ''],
  ['saving', 'this.#waiting.set(key, one);', ''],
  ['saving', 'this.#retry = this.#parts.clock.after', 'this.#tries = -1 || this.#parts.clock.after'],
  ['saving', 'disk = refused?.error instanceof Failure', 'disk = refused?.error instanceof RangeError'],
  ['saving', 'disk = refused?.error instanceof Failure', 'disk = refused !== undefined'],
  ['saving', 'this.#failing ??= now;', ''],
  ['saving', 'recovered(message)', 'undefined'],
  ['saving', '.some((before) => this.#waiting.has(before))', '.some(() => false)'],
  ['saving', 'this.#ofWork?.add(key);', ''],
  // A step, an answer, a performer, a listener that throws is nobody else's trouble.
  ['runner', 'this.#guarded(id, undefined, () => listener(done))', 'listener(done)'],
  ['runner', 'this.#guarded(id, undefined, () => this.#machine.took?.(done))', 'this.#machine.took?.(done)'],
  [
    'runner',
    'this.#guarded(id, undefined, () => this.#machine.perform(value, outside, done))',
    'this.#machine.perform(value, outside, done)',
  ],
  ['runner', 'if (!instead?.turn && isTimer(event))', 'if (instead?.turn && isTimer(event))'],
  ['runner', 'if (!instead?.turn && isTimer(event))', 'if (!instead && isTimer(event))'],
  ['runner', "taken = 'failed';", "taken = 'done';"],
  // A row that cannot be read is nobody else's trouble either.
  // A restart goes on where it was.
  ['runner', 'this.#timers.release(id);', ''],
  ['runner', 'this.#machine.again?.(value) ?? []', '[]'],
  ['runner', 'this.#timers.hold(row.id, name, set);', ''],
  ['runner', 'this.#machine.find?.(id)', 'undefined'],
  // What is over is over.
  ['runner', 'this.#timers.stopOf(id);', ''],
  ['runner', 'this.#values.delete(id);', ''],
  ['runner', 'if (live !== undefined || !this.#machine.find)', 'if (live !== undefined)'],
  ['runner', 'this.#machine.unknown?.(id, event)', 'undefined'],
  [
    'runner',
    'this.#guarded(id, undefined, () => this.#machine.unknown?.(id, event))',
    'this.#machine.unknown?.(id, event)',
  ],
  ['runner', 'for (const event of meanwhile)', 'for (const event of [])'],
  [
    'runner',
    'turning.push(event);',
    'return this.#turn(id, this.find(id), event.at, () => this.#machine.step(this.find(id), event), () => undefined);',
  ],
  ['runner', 'this.#machine.heard?.(value, event);', ''],
  [
    'settle',
    'const step = machine.step(turn.value, event);',
    'machine.heard?.(turn.value, event); const step = machine.step(turn.value, event);',
  ],
  // Timers: the steady clock, never later than they were meant.
  [
    'timers',
    'Math.min(Math.max(0, set.dueAt - this.#clock.now()), set.ms)',
    'Math.max(0, set.dueAt - this.#clock.now())',
  ],
  ['timers', 'own.get(name)?.cancel?.();', ''],
  ['timers', 'own?.get(name)?.cancel?.();', ''],
  ['timers', 'if (!cancel)', 'if (cancel)'],
  ['runner', 'this.#timers.stop(id, name)', 'undefined'],
  [
    'runner',
    'this.#timers.start(id, name, { dueAt: now + ms, ms })',
    'this.#timers.start(id, name, { dueAt: now, ms })',
  ],
  // The house answers at once, in the same turn.
  ['settle', 'inside?.notices ?? []', '[]'],
  ['settle', 'inside?.events ?? []', '[]'],
  ['settle', "effect.type === 'start-timer' ? effect.ms : null", 'null'],
  // A row of the inbox leaves once its work is saved, and stays where it is not.
  ['inbox', "if (taken === 'failed')", "if (taken === 'never')"],
  ['inbox', 'saving.after(work,', 'work(); saving.save('],
  ['inbox', 'this.#seen = row.k;', ''],
  ['inbox', 'this.#failed.delete(k);', ''],
  ['inbox', 'if (dueAt <= now)', 'if (dueAt < 0)'],
  ['inbox', '.some((before) => before < k)', '.some(() => false)'],
  ['inbox', 'else if (this.now(kind, body))', 'else if (kind === body)'],
];

async function plant([file, find, replace]: Mutant, n: number): Promise<Engine> {
  const copy = join(folder, String(n));
  mkdirSync(join(copy, 'engine'), { recursive: true });
  cpSync(join(server, 'base'), join(copy, 'base'), { recursive: true });
  for (const name of readdirSync(join(server, 'engine')).filter((one) => one.endsWith(extension)))
    cpSync(join(server, 'engine', name), join(copy, 'engine', name));
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  symlinkSync(modules[extension === '.ts' ? 0 : 1] ?? '', join(copy, 'node_modules'));
  const path = join(copy, 'engine', `${file}${extension}`);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${file}: "${find}" stands there ${parts.length - 1} times`);
  writeFileSync(path, parts.join(replace));
  const load = (name: string) => import(pathToFileURL(join(copy, `${name}${extension}`)).href) as Promise<Engine>;
  const { Runner } = await load('engine/runner');
  const { Saving } = await load('engine/saving');
  const { Inbox } = await load('engine/inbox');
  const { Failure } = await load('base/result');
  return { Runner, Saving, Inbox, Failure };
}

function noticed(engine: Engine): boolean {
  try {
    if (knocks(engine).length > 0 || verdict(engine, { fault: 'none' }).length > 0) return true;
    return faults(engine).some((fault) => verdict(engine, fault).length > 0);
  } catch {
    // Not even one life is lived.
    return true;
  }
}

t.test('the copy without a planted bug passes', async (t) => {
  t.notOk(noticed(await plant(['settle', 'export function settle', 'export function settle'], 0)));
});

t.test('every planted bug is noticed', async (t) => {
  for (const [i, mutant] of mutants.entries())
    t.ok(noticed(await plant(mutant, i + 1)), `${mutant[0]}: ${mutant[1]} -> ${mutant[2]}`);
});
