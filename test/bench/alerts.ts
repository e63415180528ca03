// How long one sweep of a thousand open alerts takes: each is reminded, saved and sent.
import { openRoom, pass, settled } from '../engine/alerts/house.ts';
import { type Row, row } from './rows.ts';

const minute = 60_000;
const level = {
  whom: 'raised',
  by: ['sms'],
  also: [],
  people: 'first',
  everyMs: minute,
  reminders: null,
  afterMs: null,
} as const;

export async function alertBench(): Promise<Row[]> {
  const policy = {
    id: 'p',
    name: 'p',
    levels: [{ ...level, by: ['sms' as const], also: [] }],
    last: 'repeat' as const,
    deliveryMs: 2 * minute,
    resolveMs: null,
  };
  const room = openRoom({
    policies: { default: 'p', message: null, planner: null, answers: 'code', policies: { p: policy } },
  });
  room.leader.start();
  for (let n = 0; n < 1000; n++)
    room.alerting.raise({ id: `c${n}.e1`, at: 0, reason: 'essai', target: { planning: 'garde' } });
  await pass(room.clock, 59);
  const began = performance.now();
  room.clock.advance(2000);
  await settled();
  const ms = performance.now() - began;
  const sent = room.sms.seen.length;
  room.close();
  room.remove();
  if (sent !== 2000) throw new Error(`${sent} messages instead of 2000`);
  return [row('1,000 open alerts reminded, saved and sent', ms, 'ms', '≤ 2000', (spent) => spent <= 2000)];
}
