// The store on real files: what is saved survives, what cannot be opened says why, and every record reaches the ledger once.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { problemText, type Result } from '../../server/base/result.ts';
import type { SavedCall } from '../../server/engine/calls/ports.ts';
import { checkpointAside } from '../../server/store/checkpoint.ts';
import { openDatabase } from '../../server/store/database.ts';
import { StoreFailure } from '../../server/store/failure.ts';
import { openJournal } from '../../server/store/journal.ts';
import { openLedger } from '../../server/store/ledger.ts';
import { latestVersion, migrate, migrations, versionOf } from '../../server/store/migrations/index.ts';
import type { FinishedCall, LegRecord } from '../../server/store/record.ts';
import { openStore, type Store } from '../../server/store/store.ts';

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
};
const problemOf = (result: Result<unknown>): string => {
  if (result.ok) throw new Error('a problem was expected');
  return result.problems.map(problemText).join('\n');
};

const saved = (id: string, more: Partial<SavedCall> = {}): SavedCall => ({
  id,
  carrier: 'asterisk',
  channel: `ch-${id}`,
  version: 'v1',
  state: `{"of":"${id}"}`,
  startedAt: 1000,
  seq: 1,
  ...more,
});

const leg = (id: string, more: Partial<LegRecord> = {}): LegRecord => ({
  leg: id,
  person: 'lea',
  name: 'Léa Martin',
  number: '+33639980002',
  trunk: 'a',
  startedAt: 5000,
  rangMs: 0,
  endedAt: 6000,
  cause: 'busy',
  whose: 'callee',
  ...more,
});

const finished = (id: string, more: Partial<FinishedCall> = {}): FinishedCall => ({
  id,
  carrier: 'asterisk',
  called: '+33199001000',
  caller: '+33612345678',
  startedAt: 1000,
  answeredAt: 1500,
  endedAt: 90_000,
  outcome: 'talked',
  who: 'karim',
  talkSeconds: 61.5,
  flowVersion: 'f1',
  planningVersion: 'p1',
  path: [
    { at: 1100, flow: 'accueil', node: 'machine', kind: 'menu', keyed: '1' },
    { at: 1200, flow: 'presses', node: 'oh\'; DROP TABLE calls;--"', kind: 'say', note: 'é\u0000☎' },
  ],
  legs: [
    leg(`${id}.l1`, { detail: 'SIP 486', verdict: 'machine' }),
    leg(`${id}.l2`, { person: 'karim', answeredAt: 7000, takenAt: 8000, rangMs: 1200, cause: 'normal' }),
  ],
  values: { machine: 'presse', contrat: null, vip: true, n: 1.5 },
  recording: 'c1.wav',
  notes: ['une note'],
  ...more,
});

const openIn = (dir: string, name = 'vigie.db'): Store => must(openStore(join(dir, name)));
const bare = (id: string, startedAt: number): FinishedCall => ({
  id,
  carrier: 'twilio',
  called: '+33199001000',
  caller: '',
  startedAt,
  endedAt: startedAt + 1,
  outcome: 'hung-up',
  flowVersion: 'f1',
  path: [],
  legs: [],
  values: {},
  notes: [],
});

t.test('live calls, timers, turns and publications come back after the file is closed', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'new', 'folder', 'vigie.db');
  let { journal, close } = must(openStore(file));
  journal.save(saved('a', { startedAt: 20 }), {
    set: [
      { call: 'a', name: 'late', dueAt: 900 },
      { call: 'a', name: 'soon', dueAt: 100 },
    ],
    cancel: [],
  });
  journal.save(saved('b', { startedAt: 10 }), { set: [{ call: 'b', name: 'soon', dueAt: 50 }], cancel: [] });
  journal.save(saved('a', { startedAt: 20, state: '{"n":2}', seq: 2 }), {
    set: [{ call: 'a', name: 'late', dueAt: 950 }],
    cancel: ['soon', 'never set'],
  });
  t.equal(journal.nextTurn('presses'), 0);
  t.equal(journal.nextTurn('presses'), 1);
  t.equal(journal.nextTurn('froid'), 0);
  journal.setTalked('karim', 500);
  journal.setTalked('karim', 400);
  journal.publish('v1', '{"flows":1}');
  journal.publish('v1', '{"flows":"changed"}');
  journal.publish('old', '{}');
  journal.publish('next', '{}');
  close();

  ({ journal, close } = must(openStore(file)));
  const a = saved('a', { startedAt: 20, state: '{"n":2}', seq: 2 });
  t.same(journal.live(), [saved('b', { startedAt: 10 }), a]);
  t.same(journal.timers(), [
    { call: 'b', name: 'soon', dueAt: 50 },
    { call: 'a', name: 'late', dueAt: 950 },
  ]);
  journal.dropTimer('b', 'soon');
  t.equal(journal.timers().length, 1);
  t.equal(journal.nextTurn('presses'), 2);
  t.equal(journal.lastTalked('karim'), 500, 'an older talk does not move it back');
  t.equal(journal.lastTalked('nobody'), undefined);
  t.equal(journal.prunePublications(['next']), 1, 'only what no live call and no one else needs');
  t.equal(journal.publication('v1'), '{"flows":1}', 'a published version never changes');
  t.equal(journal.publication('old'), undefined);
  journal.end(finished('a'));
  t.same(journal.timers(), []);
  t.equal(journal.live().length, 1);
  close();
});

t.test('several writes together: all or nothing', async (t) => {
  const { journal, close } = openIn(t.testdir());
  t.throws(
    () =>
      journal.together(() => {
        journal.save(saved('a'), { set: [{ call: 'a', name: 'x', dueAt: 1 }], cancel: [] });
        journal.nextTurn('presses');
        throw new Error('in the middle');
      }),
    /in the middle/,
  );
  t.same([journal.live(), journal.timers(), journal.nextTurn('presses')], [[], [], 0]);
  const inner = () =>
    journal.together(() => {
      journal.end(finished('a'));
      journal.together(() => journal.save(saved('b')));
      throw new Error('after what was whole in itself');
    });
  t.throws(inner, /whole in itself/);
  t.same([journal.live(), journal.waiting(9)], [[], []], 'a part that was done goes with the rest');
  t.equal(
    journal.together(() => journal.nextTurn('presses')),
    1,
  );
  close();
});

t.test('an ended call leaves the journal and reaches the ledger whole, once', async (t) => {
  const dir = t.testdir();
  let store = openIn(dir);
  const timers = { set: [{ call: 'c1', name: 'x', dueAt: 1 }], cancel: [] };
  store.journal.save(saved('c1'), timers);
  store.journal.end(finished('c1'));
  t.same([store.journal.live(), store.journal.timers()], [[], []]);
  t.same(await store.ledger.list(), { calls: [] }, 'not there before it is shipped');
  store.close();

  store = openIn(dir);
  t.same(await store.ship(), { count: 1, refused: [] }, 'a crash in between loses nothing');
  t.same(await store.ship(), { count: 0, refused: [] });
  t.same(await store.ledger.get('c1'), { found: 'one', call: finished('c1') }, 'every field, absent ones absent');

  store.journal.end(finished('c1', { outcome: 'lost', legs: [], path: [] }));
  t.same(await store.ship(), { count: 1, refused: [] });
  t.same(await store.ledger.get('c1'), { found: 'one', call: finished('c1') }, 'a second end changes nothing');
  store.journal.end(bare('c2', 2000));
  const [one, two] = await Promise.all([store.ship(), store.ship()]);
  t.equal(one.count + two.count, 1, 'two shippings at once do not ship twice');
  t.same(await store.ledger.get('c2'), { found: 'one', call: bare('c2', 2000) });
  store.close();
});

t.test('what a crash cut off in the middle of a shipping is taken again', async (t) => {
  const db = must(openDatabase(join(t.testdir(), 'v.db')));
  const ledger = openLedger(db);
  const call = finished('c9');
  const fails = db.prepare("CREATE TRIGGER cut BEFORE INSERT ON calls BEGIN SELECT raise(ABORT, 'cut'); END");
  fails.run();
  await t.rejects(ledger.take([{ kind: 'call', body: call }]), /cut/);
  t.equal(db.prepare('SELECT count(*) FROM legs').pluck().get(), 2, 'half of it was written');
  t.same(await ledger.list(), { calls: [] }, 'but a reader sees the call whole or not at all');
  db.exec('DROP TRIGGER cut');
  await ledger.take([{ kind: 'call', body: call }]);
  t.same((await ledger.list()).calls, [call]);
  db.close();
});

t.test('one record that cannot be kept does not hold up the others', async (t) => {
  const store = openIn(t.testdir());
  store.journal.end(bare('good1', 1));
  store.journal.end({ ...bare('broken', 2), outcome: undefined as never });
  store.journal.end(bare('good2', 3));
  const { count, refused } = await store.ship();
  t.equal(count, 2);
  t.match(refused.map(problemText), [/record of call broken cannot be kept: .*outcome.*table "outbox", row 2/]);
  t.same(
    (await store.ledger.list()).calls.map(({ id }) => id),
    ['good2', 'good1'],
  );
  t.same(await store.ship(), { count: 0, refused: [] }, 'and it is not tried for ever');
  store.close();
});

t.test('warnings and alerts are kept once', async (t) => {
  const store = openIn(t.testdir());
  const warning = { id: 'c1.e4', at: 50, call: 'c1', subject: '+33639980006', message: 'unallocated' };
  const alert = { id: 'c1.e5', at: 60, call: 'c1', reason: 'no-answer', target: { planning: 'presses' } };
  for (let times = 0; times < 2; times++) {
    store.journal.warn(warning);
    store.journal.alert(alert);
  }
  store.journal.alert({ id: 'x', at: 10, reason: 'x' });
  t.equal((await store.ship()).count, 5);
  t.same(await store.ledger.warnings(), [warning]);
  t.same(await store.ledger.alerts(), [{ id: 'x', at: 10, reason: 'x' }, alert]);
  t.same(await store.ledger.alerts(11), [alert]);
  t.same(await store.ledger.warnings(51), []);
  store.close();
});

t.test('the list pages through every call once, the latest first; a call is found by the end of its id', async (t) => {
  const { journal, ledger, ship, close } = openIn(t.testdir());
  const all = Array.from({ length: 257 }, (_, n) => bare(`c${String(n).padStart(3, '0')}`, Math.floor(n / 3)));
  for (const call of all) journal.end(call);
  await ship();
  const seen: string[] = [];
  let page = await ledger.list({ limit: 10 });
  for (; page.next; page = await ledger.list({ limit: 10, before: page.next }))
    seen.push(...page.calls.map((c) => c.id));
  seen.push(...page.calls.map((c) => c.id));
  t.same(
    seen,
    all.toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)).map(({ id }) => id),
  );
  t.equal((await ledger.list({ since: 80, limit: 500 })).calls.length, all.filter((c) => c.startedAt >= 80).length);
  t.match(await ledger.get('c042'), { found: 'one', call: { id: 'c042' } });
  t.match(await ledger.get('142'), { found: 'one', call: { id: 'c142' } });
  t.same(await ledger.get('55'), { found: 'several', ids: ['c055', 'c155', 'c255'] });
  for (const none of ['zzz', '', '%', '_42', "' OR 1=1 --", '\\'])
    t.same(await ledger.get(none), { found: 'none' }, none);
  close();
});

t.test('a process killed with -9 loses nothing that save had returned from', async (t) => {
  const file = join(t.testdir(), 'v.db');
  const script = `
    import { openStore } from './server/store/store.ts';
    const { value: { journal } } = openStore(${JSON.stringify(file)});
    for (let seq = 1; ; seq++) {
      const dueAt = seq;
      journal.save({ id: 'a', carrier: 'x', channel: 'c', version: 'v', state: 'y'.repeat(3000), startedAt: 1, seq },
        { set: [{ call: 'a', name: 't', dueAt }], cancel: [] });
      // Told only once it is on its way: a full pipe must hold this loop up, or it would never be emptied.
      await new Promise((told) => process.stdout.write(seq + '\\n', told));
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    told = Number(line);
    if (told === 500) child.kill('SIGKILL');
  }
  t.ok(told >= 500);
  const { journal, close } = must(openStore(file));
  const [call] = journal.live();
  t.ok(call && call.seq >= told, `${call?.seq} saved, ${told} told`);
  t.equal(journal.timers()[0]?.dueAt, call?.seq, 'the call and its timers are of the same step');
  close();
});

t.test('the log is moved into the file by another thread', async (t) => {
  const file = join(t.testdir(), 'v.db');
  const db = must(openDatabase(file));
  const stop = checkpointAside(db, (error) => t.fail(error.message));
  const journal = openJournal(db);
  // Some 900 pages: far below the number at which this thread would do it itself.
  for (let n = 0; n < 300; n++) journal.save(saved(`c${n}`, { state: 'x'.repeat(3000) }));
  while (statSync(file).size < 900_000) await new Promise((resolve) => setImmediate(resolve));
  t.equal(journal.live().length, 300);
  stop();
  db.close();
});

t.test('when that thread dies, the writer does it itself and says why', async (t) => {
  const file = join(t.testdir(), 'v.db');
  const db = must(openDatabase(file));
  const troubles: Error[] = [];
  checkpointAside(db, (error) => troubles.push(error));
  rmSync(file);
  while (troubles.length === 0) await new Promise((resolve) => setImmediate(resolve));
  t.match(troubles[0]?.message, /^SQLITE_CANTOPEN: /);
  t.equal(db.pragma('wal_autocheckpoint', { simple: true }), 1000);
  db.close();
});

const tablesOf = (db: Sqlite.Database): string[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];

/** Two rows that fill every column, by its type; one where the table holds no more. @returns them as they were read back */
function fill(db: Sqlite.Database, table: string): Record<string, unknown>[] {
  const columns = db.pragma(`table_info("${table}")`) as { name: string; type: string }[];
  const single = columns[0]?.name === 'one';
  for (const row of single ? [1] : [1, 2]) {
    const whole = (n: number) => (single && n === 0 ? 1 : row * 100 + n);
    const values = columns.map(({ type }, n) => (type === 'TEXT' ? `"é ${row}.${n}"` : whole(n)));
    db.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => '?').join()})`).run(values);
  }
  return db.prepare(`SELECT * FROM "${table}" ORDER BY 1`).all() as Record<string, unknown>[];
}

t.test('migrations: from every earlier version to the same shape, with what it held', async (t) => {
  t.same(
    migrations.map(({ version }) => version),
    Array.from({ length: latestVersion }, (_, n) => n + 1),
    'numbered without a hole',
  );
  const dir = t.testdir();
  const shape = (db: Sqlite.Database) => db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  const fresh = must(openDatabase(join(dir, 'fresh.db')));
  for (let from = 0; from < latestVersion; from++) {
    const file = join(dir, `from-${from}.db`);
    const old = new Sqlite(file);
    old.pragma(`application_id = ${0x56494749}`);
    migrate(old, from);
    t.equal(versionOf(old), from);
    if (from >= 1) old.exec("INSERT INTO outbox VALUES (9, 'warning', '{}')");
    const held = new Map(tablesOf(old).map((table) => [table, fill(old, table)]));
    t.equal(held.size > 0, from > 0, 'every table of that version holds rows');
    old.close();
    if (from >= 1)
      t.match(
        problemOf(openDatabase(file, { as: 'visit' })),
        `older Vigie (version ${from}, this one needs ${latestVersion})`,
      );
    const db = must(openDatabase(file));
    t.equal(versionOf(db), latestVersion);
    t.same(shape(db), shape(fresh), `from version ${from}`);
    for (const [table, rows] of held) {
      const columns = Object.keys(rows[0] ?? {}).map((name) => `"${name}"`);
      t.same(
        db.prepare(`SELECT ${columns.join()} FROM "${table}" ORDER BY 1`).all(),
        rows,
        `version ${from}: the rows of ${table}`,
      );
    }
    if (from >= 1) t.match(openJournal(db).waiting(9)[0], { n: 9, shipment: { kind: 'warning', body: {} } });
    migrate(db);
    t.equal(versionOf(db), latestVersion, 'again: nothing to do');
    db.close();
  }
  fresh.close();
});

t.test('a migration that fails leaves the version before, whole', async (t) => {
  const db = must(openDatabase(join(t.testdir(), 'v.db')));
  db.pragma('user_version = 1');
  t.throws(() => migrate(db), /already exists/, 'the ledger is there already');
  t.equal(versionOf(db), 1);
  t.notOk(db.inTransaction);
  db.close();
});

t.test('a database that cannot be ours is refused in one sentence, and left as it is', async (t) => {
  const dir = t.testdir({
    'text.db': 'this is a letter, not a database, and long enough to be sure of it. '.repeat(20),
    file: '',
  });
  const newer = join(dir, 'newer.db');
  must(openDatabase(newer)).close();
  const patched = new Sqlite(newer);
  patched.pragma(`user_version = ${latestVersion + 1}`);
  patched.close();
  const before = readFileSync(newer);
  t.match(
    problemOf(openStore(newer)),
    `written by a newer Vigie (version ${latestVersion + 1}, this one knows ${latestVersion})`,
  );
  t.same(readFileSync(newer), before, 'not a byte changed');

  const foreign = join(dir, 'foreign.db');
  const other = new Sqlite(foreign);
  other.exec('CREATE TABLE invoices (id)');
  other.close();
  const foreignBefore = readFileSync(foreign);
  t.match(problemOf(openStore(foreign)), /another program's database/);
  t.same(readFileSync(foreign), foreignBefore);

  t.match(
    problemOf(openStore(join(dir, 'text.db'))),
    /not a database \[SQLITE_NOTADB\] \(name another file, or restore/,
  );
  t.match(problemOf(openStore(join(dir, 'file', 'v.db'))), /folder of the database is a file \[(ENOTDIR|EEXIST)\]/);
  t.match(problemOf(openStore(dir)), /cannot be opened \[SQLITE_CANTOPEN/);
  t.match(
    problemOf(openStore(join(dir, 'none.db'), { as: 'visit' })),
    /there is no database yet \(start the line first/,
  );

  const damaged = join(dir, 'damaged.db');
  must(openDatabase(damaged)).close();
  const bytes = readFileSync(damaged);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(damaged, bytes);
  t.match(problemOf(openStore(damaged)), /is damaged \[SQLITE_CORRUPT.*restore the last backup/);

  const closed = join(dir, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  // Nothing is closed to root.
  if (process.getuid?.() !== 0)
    t.match(problemOf(openStore(join(closed, 'v.db'))), /cannot be (opened|written) \[SQLITE_/);
  chmodSync(closed, 0o700);
});

t.test('a locked file: a problem when opening, a failure with a mend when saving', async (t) => {
  const file = join(t.testdir(), 'v.db');
  const db = must(openDatabase(file, { busyMs: 20 }));
  const other = new Sqlite(file);
  other.exec('BEGIN EXCLUSIVE');
  t.match(problemOf(openDatabase(file, { busyMs: 20 })), /locked by another program \[SQLITE_BUSY\] \(stop the other/);
  const journal = openJournal(db);
  const failure = t.throws(() => journal.save(saved('a'))) as StoreFailure;
  t.ok(failure instanceof StoreFailure);
  t.match(problemText(failure.problem), /v\.db the database is locked by another program/);
  other.exec('COMMIT');
  journal.save(saved('a'));
  t.equal(journal.live().length, 1, 'and it goes on when the lock is gone');
  other.close();
  db.close();
});

t.test('a full disk: the step before stays whole, and it goes on when there is room', async (t) => {
  const db = must(openDatabase(join(t.testdir(), 'v.db')));
  const journal = openJournal(db);
  journal.save(saved('a'));
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  const big = { state: 'x'.repeat(100_000), seq: 2 };
  const timers = { set: [{ call: 'a', name: 'x', dueAt: 1 }], cancel: [] };
  const failure = t.throws(() => journal.save(saved('a', big), timers)) as StoreFailure;
  t.match(problemText(failure.problem), /the disk that holds the database is full \[SQLITE_FULL\]/);
  t.throws(() => journal.end(finished('a', { notes: ['n'.repeat(100_000)] })), StoreFailure);
  t.same(journal.live(), [saved('a')], 'neither half a save nor half an end');
  t.same(journal.timers(), []);
  db.pragma('max_page_count = 1000000');
  journal.save(saved('a', big), timers);
  t.equal(journal.live()[0]?.seq, 2);
  db.close();
});

t.test('a file that fails while shipping: nothing is lost, it is shipped later', async (t) => {
  const file = join(t.testdir(), 'v.db');
  const store = must(openStore(file, { busyMs: 20 }));
  for (let n = 0; n < 20; n++) store.journal.end(finished(`c${n}`));
  const other = new Sqlite(file);
  other.exec('BEGIN IMMEDIATE');
  await t.rejects(store.ship(), StoreFailure);
  other.exec('ROLLBACK');
  other.close();
  t.same(await store.ship(), { count: 20, refused: [] });
  t.equal((await store.ledger.list()).calls.length, 20);
  store.close();
});

t.test('bugs are not dressed up as problems', async (t) => {
  const { journal, close } = openIn(t.testdir());
  const bug = t.throws(() => journal.save({ ...saved('a'), state: undefined as never }));
  t.ok(bug instanceof Error && !(bug instanceof StoreFailure));
  close();
});
