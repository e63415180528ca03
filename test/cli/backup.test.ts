// Backups on real files: taken while the database is written to, refused when they cannot be trusted, put back only where nobody works.
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { problemText, type Result } from '../../server/base/result.ts';
import { backup, restore } from '../../server/cli/backup.ts';
import { backupDatabase, restoreDatabase } from '../../server/store/backup.ts';
import { examineDatabase } from '../../server/store/health.ts';
import { latestVersion } from '../../server/store/migrations/index.ts';
import type { FinishedCall } from '../../server/store/record.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { vigie } from './vigie.ts';

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
};

const record = (id: string): FinishedCall => ({
  id,
  carrier: 'asterisk',
  called: '+33199001000',
  caller: '+33612345678',
  startedAt: 1000,
  endedAt: 9000,
  outcome: 'told' as const,
  flowVersion: 'v1',
  path: [],
  legs: [],
  values: {},
  notes: [],
});

async function filled(file: string, count: number): Promise<Store> {
  const store = must(openStore(file));
  for (let n = 0; n < count; n++) store.journal.end(record(`c-${n}`));
  await store.ship();
  return store;
}

/** Runs a command as the command line does, and gathers what it says. */
const saying = () => {
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  return { text: () => lines.join('\n'), io: { out: add, err: add } };
};
const take = async (database: string, args: string[]) => {
  const { text, io } = saying();
  const code = await backup(args, { ...io, backup: (to) => backupDatabase(database, to) });
  return { code, text: text() };
};
const putBack = async (database: string, args: string[]) => {
  const { text, io } = saying();
  const code = await restore(args, {
    ...io,
    restore: (from) => restoreDatabase(database, from, new Date('2026-11-21T03:00:00Z')),
  });
  return { code, text: text() };
};

t.test('a backup of a database that is being written to is whole, and of one instant', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'vigie.db');
  const store = await filled(file, 2000);
  const copy = join(dir, 'copy.db');
  let done = false;
  let written = 0;
  const copying = take(file, [copy, '--json']).finally(() => {
    done = true;
  });
  while (!done) {
    store.journal.together(() => {
      for (let n = 0; n < 20; n++) store.journal.end(record(`late-${written++}`));
    });
    await setImmediate();
  }
  const { code, text } = await copying;
  t.equal(code, 0, text);
  t.ok(written >= 100, `the writer was at work meanwhile (${written} records)`);
  t.match(JSON.parse(text), { file: copy, calls: 2000 });
  const { waiting, ...health } = must(examineDatabase(copy));
  t.match(health, { damage: [], calls: 2000, refused: 0 });
  t.ok(waiting < written, 'what was written after the snapshot is not in it');
  t.equal(waiting % 20, 0, 'no transaction is torn');
  t.equal(statSync(copy).mode & 0o777, 0o600, 'only the owner reads it');
  t.same(
    readdirSync(dir).filter((name) => name.includes('part')),
    [],
    'nothing is left of the work',
  );
  store.close();
});

t.test('a backup that cannot be made says why', async (t) => {
  const dir = t.testdir({ 'not.db': 'surely no database, but long enough to be looked at'.repeat(20) });
  const file = join(dir, 'vigie.db');
  t.match(await take(file, [join(dir, 'copy.db')]), { code: 1, text: /there is no database yet/ });
  (await filled(file, 3)).close();
  t.match(await take(file, [join(dir, 'copy.db')]), { code: 0, text: /3 appels, copie vérifiée/ });
  const before = readFileSync(join(dir, 'copy.db'));
  t.match(await take(file, [join(dir, 'copy.db')]), { code: 1, text: /stands already/ });
  t.ok(before.equals(readFileSync(join(dir, 'copy.db'))), 'and was not touched');
  t.match(await take(file, [join(dir, 'nowhere', 'copy.db')]), { code: 1, text: /there is no such folder/ });
  t.match(await take(join(dir, 'not.db'), [join(dir, 'b.db')]), { code: 1, text: /not a database/ });
  t.match(await take(file, []), { code: 2, text: /usage: vigie backup FILE/ });
  t.match(await take(file, ['a', 'b']), { code: 2 });
  t.match(await take(file, ['a', '--force']), { code: 2, text: /--force/ });
});

t.test('a restore brings the backup back, and keeps what stood there', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'vigie.db');
  const copy = join(dir, 'copy.db');
  const store = await filled(file, 5);
  t.equal((await take(file, [copy])).code, 0);
  store.journal.end(record('later'));
  await store.ship();

  t.match(await putBack(file, [copy]), { code: 1, text: /works with this database.*nothing was changed/ });
  t.equal((await store.ledger.list()).calls.length, 6, 'the server goes on as if nothing had been');
  store.journal.end(record('later still'));
  await store.ship();
  store.close();

  const back = await putBack(file, [copy, '--json']);
  t.equal(back.code, 0, back.text);
  const { calls, aside } = JSON.parse(back.text) as { calls: number; aside: string };
  t.equal(calls, 5);
  t.match(aside, /vigie\.db\.before-2026-11-21T03-00-00-000Z$/);
  t.match(must(examineDatabase(aside)), { calls: 7, damage: [] }, 'the write-ahead log is in the file kept aside');
  const again = must(openStore(file));
  t.equal((await again.ledger.list()).calls.length, 5);
  again.journal.end(record('new'));
  await again.ship();
  t.equal((await again.ledger.list()).calls.length, 6, 'and it takes new calls');
  again.close();
  t.ok(existsSync(copy), 'the backup stands');
});

t.test(
  'after a restore, who left lately is not held against a ledger that never knew them; a refused one forgets nobody',
  async (t) => {
    const dir = t.testdir({ spool: { 'callers.left': 'x', 'callers.left.aside': 'x' }, 'text.db': 'no database' });
    const copy = join(dir, 'copy.db');
    const store = await filled(join(dir, 'vigie.db'), 3);
    t.equal((await take(join(dir, 'vigie.db'), [copy])).code, 0);
    store.close();
    t.equal((await vigie({ VIGIE_VAR: dir }, ['restore', join(dir, 'text.db')])).code, 1);
    t.same(readdirSync(join(dir, 'spool')).length, 2);
    const { code, err } = await vigie({ VIGIE_VAR: dir }, ['restore', copy]);
    t.equal(code, 0, err);
    t.same(readdirSync(join(dir, 'spool')), []);
  },
);

t.test('a restore of what cannot be trusted changes nothing', async (t) => {
  const dir = t.testdir({ 'empty.db': '', 'text.db': 'no database at all, but some text'.repeat(50) });
  const file = join(dir, 'vigie.db');
  (await filled(file, 400)).close();
  const at = (name: string) => join(dir, name);
  t.equal((await take(file, [at('good.db')])).code, 0);

  const damaged = readFileSync(at('good.db'));
  damaged.fill(0xaa, 4096 * 4, 4096 * 9);
  writeFileSync(at('damaged.db'), damaged);
  writeFileSync(at('cut.db'), readFileSync(at('good.db')).subarray(0, 4096 * 5));
  copyFileSync(at('good.db'), at('newer.db'));
  const newer = new Sqlite(at('newer.db'));
  newer.pragma(`user_version = ${latestVersion + 1}`);
  newer.close();
  const foreign = new Sqlite(at('foreign.db'));
  foreign.exec('CREATE TABLE bookmarks (url TEXT)');
  foreign.close();

  for (const [name, why] of [
    ['empty.db', /no backup of Vigie/],
    ['text.db', /not a database/],
    ['damaged.db', /damaged/],
    ['cut.db', /damaged/],
    ['newer.db', /newer Vigie/],
    ['foreign.db', /another program/],
    ['missing.db', /no such file/],
    ['vigie.db', /the database itself/],
  ] as const) {
    const refused = await putBack(file, [at(name)]);
    t.match(refused, { code: 1, text: why }, name);
    t.match(must(examineDatabase(file)), { calls: 400, damage: [] }, `${name}: the database is as it was`);
  }
  t.same(
    readdirSync(dir).filter((name) => /before|new$/.test(name)),
    [],
    'and nothing lies about',
  );
  t.match(await putBack(file, []), { code: 2, text: /usage: vigie restore FILE/ });
});

t.test('a database that is broken, or gone, is replaced', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'vigie.db');
  (await filled(file, 4)).close();
  t.equal((await take(file, [join(dir, 'copy.db')])).code, 0);
  writeFileSync(file, 'what a failing disk made of it'.repeat(100));
  t.match(await putBack(file, [join(dir, 'copy.db')]), { code: 0, text: /4 appels/ });
  const [aside] = readdirSync(dir).filter((name) => name.includes('before'));
  t.match(readFileSync(join(dir, aside ?? ''), 'utf8'), /failing disk/, 'kept for whoever wants to look');

  const fresh = join(dirname(file), 'other.db');
  t.match(await putBack(fresh, [join(dir, 'copy.db')]), { code: 0, text: /4 appels/ });
  t.match(must(examineDatabase(fresh)), { calls: 4, damage: [] });
});
