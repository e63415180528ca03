// Minutes of talk, as the caps count them: none is forgotten before its hour or its day is over.
import t from 'tap';
import { Traffic } from '../../../server/engine/calls/traffic.ts';

const second = 1000;
const hour = 3600 * second;

t.test('begun minutes count whole, for an hour and for a day from the end of their talk', async (t) => {
  const traffic = new Traffic();
  const spent = (at: number) => {
    const { minutesLastHour, minutesLastDay } = traffic.usage(at);
    return [minutesLastHour, minutesLastDay];
  };
  t.same(spent(0), [0, 0]);
  traffic.spend(10 * second, 61 * second);
  traffic.spend(40 * second, 1);
  t.same(spent(60 * second), [3, 3]);
  t.same(spent(10 * second + hour), [3, 3], 'not forgotten before the last of them');
  t.same(spent(40 * second + hour), [0, 3]);
  traffic.spend(2 * hour, 30 * second);
  t.same(spent(2 * hour), [1, 4]);
  t.same(spent(40 * second + 24 * hour), [0, 1]);
});

t.test('talks without a pause all day: each hour holds its own, and a clock set back loses none', async (t) => {
  const traffic = new Traffic();
  for (let at = 0; at < 24 * hour; at += 10 * second) traffic.spend(at, 5 * second);
  const { minutesLastHour, minutesLastDay } = traffic.usage(24 * hour - 1);
  t.ok(minutesLastHour >= 360 && minutesLastHour < 366, `${minutesLastHour} in the hour, not one less than there were`);
  t.equal(minutesLastDay, 8640);
  traffic.spend(12 * hour, 5 * second);
  t.equal(traffic.usage(24 * hour - 1).minutesLastDay, 8641);
});
