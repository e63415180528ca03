// Whether somebody who came and left was our own test under another number.
import t from 'tap';
import { wasDisguised } from '../../../server/domain/self-test/disguised.ts';
import type { TestRow } from '../../../server/domain/self-test/record.ts';

const row = (more: Partial<TestRow>): TestRow => ({
  id: 't1',
  state: 'missed',
  wanted: {},
  askedAt: 0,
  startedAt: 100,
  endedAt: 200,
  story: [],
  fault: { at: 'way', what: 'disguised', detail: '+33612340000' },
  ...more,
});

void t.test('by the number that it showed, while it went on', async (t) => {
  const caller = { number: '+33612340000', at: 150 };
  t.ok(wasDisguised([row({})], caller));
  t.ok(wasDisguised([row({ fault: { at: 'way', what: 'not-back' } }), row({})], caller));
  t.notOk(wasDisguised([row({})], { ...caller, number: '+33612340001' }));
  t.notOk(wasDisguised([row({})], { ...caller, at: 99 }));
  t.notOk(wasDisguised([row({})], { ...caller, at: 201 }));
  t.notOk(wasDisguised([row({ fault: { at: 'way', what: 'refused', detail: caller.number } })], caller));
  t.notOk(wasDisguised([], caller));
});

void t.test('by none at all, where the carrier hid it', async (t) => {
  const hid = row({ fault: { at: 'way', what: 'disguised', detail: 'masqué' } });
  t.ok(wasDisguised([hid], { number: '', at: 150 }));
  t.notOk(wasDisguised([hid], { number: '+33612340000', at: 150 }));
});
