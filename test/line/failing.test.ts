// A step that throws, planted into the server's own code as it is loaded: on the wire its caller is served by the last-resort route.
import t from 'tap';
import { readBooks } from '../faults/account.ts';
import { Crowd } from '../faults/crowd.ts';
import { dice } from '../faults/fault.ts';
import { openStage, within } from '../faults/stage.ts';
import { throwing } from './planted.ts';

/** Callers whose first step throws, and whose first key does. */
const atTheDoor = '+33612100000';
const inTheFlow = '+33612100001';

t.test(
  'a step that throws: its caller is put through by the last-resort route, other calls feel nothing',
  async (t) => {
    const stage = await openStage({ env: throwing(atTheDoor, inTheFlow) });
    try {
      const crowd = new Crowd(stage, dice(1));
      const [first, second, third] = [crowd.rings('patient'), crowd.rings('patient'), crowd.rings('patient')];
      t.same(
        [first, second].map(({ number }) => number),
        [atTheDoor, inTheFlow],
      );
      await crowd.allGone();
      const log = stage.house.server.log;
      t.equal(log.split('the last-resort route takes the caller').length - 1, 2, 'two steps threw');
      for (const { number, call } of [first, second, third])
        t.ok(call.heard.markedAt !== undefined, `${number} talked to a technician`);
      const told = await within(30_000, () => {
        const { calls, live } = readBooks(stage.dir);
        return (live === 0 && calls.length >= 5 && calls) || undefined;
      });
      const outcomes = (number: string) =>
        (told ?? []).flatMap(({ caller, id, outcome }) => (caller === number ? [`${id[0]} ${outcome}`] : [])).sort();
      t.same(outcomes(atTheDoor), ['c lost', 'r talked'], 'the call that failed, and the one that the route served');
      t.same(outcomes(inTheFlow), ['c lost', 'r talked']);
      t.same(outcomes(third.number), ['c talked'], 'the third knows nothing of it');
      t.same(await stage.ari('channels'), [], 'nobody is left in Asterisk');
      t.equal(stage.rings.length, 3, 'nobody was rung twice');
    } finally {
      await stage.stop();
    }
  },
);
