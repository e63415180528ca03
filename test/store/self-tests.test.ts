// Tests of the line as rows: what was ordered, what goes on, the series and the schedule survive a restart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Handed } from '../../server/domain/self-test/conclusion.ts';
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
  const series = { subject: 'way x a', kind: 'way', lastAt: 1, passed: false, misses: 1 } as const;
  one.save(row('t2', 'running', 2), { series: [series], handed: [] });
  const said: Handed = { kind: 'said', body: { alert: 't0.alert', said: { note: 'bon' } } };
  one.save(row('t2', 'running', 2), {
    series: [{ ...series, lastAt: 2, misses: 2, alert: 't2.alert' }],
    handed: [said],
  });
  t.match(first.value.inbox.inbox(0, 9), [{ kind: 'said', body: JSON.stringify(said.body) }], 'told in the same write');
  one.setNext({ dueAt: 10, wanted: {} });
  one.setNext({ dueAt: 20.4, wanted: { trunk: 'a' } });
  const cut = { ...series, subject: null as unknown as string };
  t.throws(() => one.save(row('t9', 'asked', 9), { series: [cut], handed: [] }), /NOT NULL/);
  first.value.close();
  const again = openStore(file);
  if (!again.ok) throw new Error(again.problems[0]?.message);
  t.teardown(() => again.value.close());
  const two = again.value.selfTests;
  t.same(
    [two.asked(), two.running()].flat().map(({ id }) => id),
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
