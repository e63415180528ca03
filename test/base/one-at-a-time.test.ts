// Work that must not overlap itself.
import t from 'tap';
import { oneAtATime } from '../../server/base/one-at-a-time.ts';

t.test('who asks meanwhile gets the same outcome; afterwards it is done anew', async (t) => {
  const ends: ((outcome: number) => void)[] = [];
  const ask = oneAtATime(() => new Promise<number>((end) => ends.push(end)));
  const [first, second] = [ask(), ask()];
  t.equal(ends.length, 1);
  ends[0]?.(1);
  t.same(await Promise.all([first, second]), [1, 1]);
  const third = ask();
  t.equal(ends.length, 2);
  ends[1]?.(2);
  t.equal(await third, 2);
});

t.test('a failure is told to each who asked, and does not stay', async (t) => {
  let times = 0;
  const ask = oneAtATime(async () => {
    times++;
    if (times === 1) throw new Error('once');
    return times;
  });
  const both = await Promise.allSettled([ask(), ask()]);
  t.same(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  t.equal(await ask(), 2);
});
