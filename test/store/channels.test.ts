// Which channels the line knows: of live calls, of those that wait for the ledger, of those on record; and the latest of one network.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { FinishedCall } from '../../server/store/record.ts';
import { openStore } from '../../server/store/store.ts';

const over = (id: string, at: number, more: Partial<FinishedCall>): FinishedCall => ({
  id,
  carrier: 'asterisk',
  called: '+33199001000',
  caller: '',
  startedAt: at,
  endedAt: at + 1,
  outcome: 'hung-up',
  flowVersion: 'f1',
  path: [],
  legs: [],
  values: {},
  notes: [],
  ...more,
});
const live = { version: 'v', state: '{}', startedAt: 1, seq: 1 };

function opened(t: Test) {
  const store = openStore(join(t.testdir(), 'vigie.db'));
  if (!store.ok) throw new Error(store.problems[0]?.message);
  t.teardown(() => store.value.close());
  return store.value;
}

t.test('of those asked about, the ones whose calls live, wait for the ledger, or are on record', async (t) => {
  const { journal, channels, ledger, ship } = opened(t);
  const asked = ['live', 'waits', 'kept', 'elsewhere', "nobody's"];
  journal.save({ ...live, id: 'c1', carrier: 'asterisk', channel: 'live' });
  journal.save({ ...live, id: 'c2', carrier: 'twilio', channel: 'elsewhere' });
  journal.end(over('c3', 3, { channel: 'kept' }));
  await ship();
  journal.end(over('c4', 4, { channel: 'waits' }));
  t.same((await channels.among('asterisk', asked)).sort(), ['kept', 'live', 'waits']);
  t.same(await channels.among('twilio', asked), ['elsewhere']);
  t.same(await ledger.among('asterisk', asked), ['kept']);
  // A record that the ledger could not take is one all the same.
  for (const { n } of journal.waiting(9)) journal.setAside(n);
  t.same((await channels.among('asterisk', asked)).sort(), ['kept', 'live', 'waits']);
  const many = Array.from({ length: 2500 }, (_, n) => `x${n}`);
  t.same(await channels.among('asterisk', [...many, 'kept']), ['kept'], 'also among more than one statement names');
});

t.test('of the calls that ended last over one network, those that wait for the ledger among them', async (t) => {
  const { journal, channels, ledger, ship } = opened(t);
  for (let n = 0; n < 5; n++) journal.end(over(`c${n}`, n, { carrier: 'twilio', channel: `CA${n}` }));
  journal.end(over('c5', 5, { channel: '1795.6' }));
  journal.end(over('c6', 6, { carrier: 'twilio' }));
  t.same(await channels.ended('twilio', 9), ['CA0', 'CA1', 'CA2', 'CA3', 'CA4'], 'none of them on record yet');
  await ship();
  t.same(await channels.ended('twilio', 2), ['CA3', 'CA4'], 'the latest');
  journal.end(over('c7', 7, { carrier: 'twilio', channel: 'CA7' }));
  t.same(await channels.ended('twilio', 2), ['CA3', 'CA4', 'CA7']);
  t.match(await ledger.get('c5'), { call: { channel: '1795.6' } });
});
