// Tests of the line as rows: what was ordered, what goes on, the series and the schedule survive a restart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { TestRow } from '../../server/domain/self-test/record.ts';
import { openStore } from '../../server/store/store.ts';

t.test('kept, found again, and the oldest let go', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-self-tests-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'vigie.db');
  const first = openStore(file);
  if (!first.ok) throw new Error(first.problems[0]?.message);
  const row = (id: string, state: TestRow['state'], askedAt: number): TestRow => ({
    id,
    state,
    wanted: {},
    askedAt,
    story: [],
  });
  const one = first.value.selfTests;
  one.save(row('t1', 'asked', 1));
  one.save(row('t2', 'running', 2));
  one.save({ ...row('t3', 'passed', 3), endedAt: 4 });
  one.saveSeries({ subject: 'way x a', kind: 'way', lastAt: 1, passed: false, misses: 1 });
  one.saveSeries({ subject: 'way x a', kind: 'way', lastAt: 2, passed: false, misses: 2, alert: 't2.alert' });
  one.setNext({ dueAt: 10, wanted: {} });
  one.setNext({ dueAt: 20.4, wanted: { trunk: 'a' } });
  t.throws(
    () =>
      one.together(() => {
        one.save(row('t9', 'asked', 9));
        throw new Error('cut');
      }),
    /cut/,
  );
  first.value.close();
  const again = openStore(file);
  if (!again.ok) throw new Error(again.problems[0]?.message);
  t.teardown(() => again.value.close());
  const two = again.value.selfTests;
  t.same(
    two.open().map(({ id }) => id),
    ['t1', 't2'],
  );
  t.same(
    two.latest(2).map(({ id }) => id),
    ['t3', 't2'],
  );
  t.equal(two.get('t9'), undefined, 'all or nothing');
  t.match(two.series(), [{ misses: 2, alert: 't2.alert' }]);
  t.same(two.next(), { dueAt: 20, wanted: { trunk: 'a' } });
  for (let n = 10; n < 2020; n++) two.save({ ...row(`u${n}`, 'passed', n), endedAt: n });
  t.equal(two.latest(5000).length, 2000);
});
