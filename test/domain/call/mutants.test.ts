// Each planted bug is built into a copy of the server, and the rule it breaks must notice.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';
import { deaths, diesAt, reloads } from '../../engine/calls/kill.ts';
import type { Board } from '../../engine/calls/rig.ts';
import { configs } from './configs.ts';
import type { Views } from './edge.ts';
import { rules } from './invariants.ts';
import { type Mutant, mutants } from './mutants.ts';
import { type Core, walk } from './walk.ts';

/** The tree this very file belongs to: sources when run from sources, compiled files when compiled. */
const extension = extname(fileURLToPath(import.meta.url));
const server = fileURLToPath(new URL('../../../server', import.meta.url));
const modules = ['../../../node_modules', '../../../../node_modules'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const rooms = ['base', 'domain', 'engine/calls'];
const folder = join(tmpdir(), `vigie-mutants-${process.pid}`);
t.setTimeout(300_000);
t.before(() => mkdirSync(folder, { recursive: true }));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

function plant({ file, find, replace }: Pick<Mutant, 'file' | 'find' | 'replace'>, n: number): string {
  const copy = join(folder, String(n));
  for (const room of rooms) cpSync(join(server, room), join(copy, room), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  symlinkSync(modules[extension === '.ts' ? 0 : 1] ?? '', join(copy, 'node_modules'));
  const path = join(copy, `${file}${extension}`);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${file}: "${find}" stands there ${parts.length - 1} times`);
  writeFileSync(path, parts.join(replace));
  return copy;
}

const load = (copy: string, file: string) => import(pathToFileURL(join(copy, `${file}${extension}`)).href);

/** The names of the rules that noticed. */
async function noticed(copy: string, { rule, walk: name }: Pick<Mutant, 'rule' | 'walk'>): Promise<string[]> {
  const board = (await load(copy, 'engine/calls/switchboard')) as { Switchboard: Board };
  if (rule === 'reload') return (await reloads(board.Switchboard, true)).length > 0 ? [rule] : [];
  if (rule === 'saved') {
    for (const death of deaths) if ((await diesAt(board.Switchboard, death)).length > 0) return [rule];
    return [];
  }
  const config = configs.find((one) => one.name === name);
  if (!config) throw new Error(`no walk is called "${name}"`);
  const views = (await load(copy, 'domain/call/view')) as Views;
  const { beginCall } = (await load(copy, 'domain/call/begin')) as Pick<Core, 'beginCall'>;
  const { stepCall } = (await load(copy, 'domain/call/step')) as Pick<Core, 'stepCall'>;
  const core: Core = { beginCall, stepCall, views };
  return walk(core, config, { most: 1, rule }).findings.map((one) => one.rule);
}

t.test('the copy without a planted bug passes', async (t) => {
  const copy = plant(
    { file: 'domain/hunt/step', find: 'export function stepHunt', replace: 'export function stepHunt' },
    0,
  );
  for (const rule of ['saved', 'reload', 'joined'] as const) {
    t.same(await noticed(copy, { rule, walk: 'one person, every cause and key' }), [], rule);
  }
});

t.test('every planted bug is noticed by the rule it breaks', async (t) => {
  for (const [i, one] of mutants.entries()) {
    const found = await noticed(plant(one, i + 1), one);
    t.ok(found.includes(one.rule), `${one.rule}: ${one.file}: ${one.find} -> ${one.replace}`);
  }
  for (const rule of [...Object.keys(rules), 'saved', 'reload']) {
    t.ok(
      mutants.some((one) => one.rule === rule),
      `${rule} has a planted bug`,
    );
  }
});
