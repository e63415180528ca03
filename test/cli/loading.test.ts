// A command answers fast because it loads only what it needs: told by the modules that Node loads for it, not by a clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { vigie } from './vigie.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-loading-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));

/** Both ways into Node's module loader, as far as packages are concerned. */
const tell = `
import { register } from 'node:module';
import Module from 'node:module';
const hook = 'export const resolve = async (name, context, next) => {' +
  'const found = await next(name, context); process._rawDebug("LOADS " + found.url); return found }';
register('data:text/javascript,' + encodeURIComponent(hook));
const load = Module._load;
Module._load = (name, ...more) => { process._rawDebug('LOADS node_modules/' + name + '/'); return load(name, ...more) };`;

/** The packages that a command loads. */
async function packagesOf(...args: string[]): Promise<string[]> {
  const import_ = `--import=data:text/javascript,${encodeURIComponent(tell)}`;
  const { err } = await vigie({ VIGIE_VAR: dir, NODE_OPTIONS: import_ }, args);
  const found = [...err.matchAll(/^LOADS .*node_modules\/((?:@[^/\n]+\/)?[^/.\n][^/\n]*)\//gm)].map(
    ([, name = '']) => name,
  );
  return [...new Set(found.filter((name) => name !== '' && !name.startsWith('node:')))];
}

t.test('help, and a command that does not exist: no package at all', async (t) => {
  t.same(await packagesOf('help'), []);
  t.same(await packagesOf('nonsense'), []);
});

t.test('a question about plannings, calls or files loads nothing that serves calls', async (t) => {
  const serving = ['express', 'twilio', 'ari-client', 'pino', 'nodemailer', 'node-cron', 'prom-client', 'ws'];
  for (const args of [['who', 'ascenseurs-idf'], ['calls'], ['check'], ['alerts'], ['duty'], ['threads']]) {
    const loaded = await packagesOf(...args);
    t.ok(loaded.includes('zod'), 'what is loaded is seen');
    t.same(
      loaded.filter((name) => serving.includes(name)),
      [],
      args.join(' '),
    );
  }
});

t.test('who is on call is asked without the database where there is none', async (t) => {
  const loaded = await packagesOf('who', 'ascenseurs-idf');
  t.notOk(loaded.includes('better-sqlite3') || loaded.includes('kysely'));
});
