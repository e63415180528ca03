// The one durable loop, walked: a fault at every point where one can be, and nobody has anything to complain of.
import t from 'tap';
import { Failure } from '../../../server/base/result.ts';
import { Inbox } from '../../../server/engine/inbox.ts';
import { Runner } from '../../../server/engine/runner.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { knocks } from './door.ts';
import { faults, verdict } from './verdict.ts';

const engine = { Runner, Saving, Inbox, Failure };

t.test('one fault anywhere', async (t) => {
  const all = faults(engine);
  t.comment(`${all.length} faults`);
  for (const fault of all) {
    const wrong = verdict(engine, fault);
    if (wrong.length > 0) t.same(wrong, [], JSON.stringify(fault));
  }
  t.ok(all.length > 200, 'the walk goes everywhere');
});

t.test('what is heard of one that is over, or in the middle of a turn', async (t) => {
  t.same(knocks(engine), []);
});
