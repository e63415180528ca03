// A short slice of `make faults`: the server and Asterisk killed, carriers that fail, the wire to Asterisk cut; every caller accounted for.
import t from 'tap';
import type { Fault } from './fault.ts';
import { asteriskKills, serverKills } from './kills.ts';
import { blackHole } from './link.ts';
import { breaker, failover } from './trunks.ts';

t.setTimeout(280_000);
t.jobs = 1;

/** A loaded machine is slow, never wrong: what the table says of seconds is held to in `make faults` alone. */
const holds = (name: string, fault: Fault, scale: number) =>
  t.test(name, async (t) => {
    for (const row of await fault.run({ scale, seed: 20, say: () => {} })) {
      const { lost, notes, callers } = row;
      t.equal(lost, 0, `${row.fault}: no caller is lost\n${notes.join('\n')}`);
      t.same(row.faults, [], `${row.fault}: nothing is left, nobody was rung twice`);
      t.ok(callers > 0 && row.tries > 0, `${callers} callers in ${row.tries} tries`);
    }
  });

void holds('kill -9 of the server, again and again', serverKills, 10 / 200);
void holds('kill -9 of Asterisk', asteriskKills, 1 / 30);
void holds('a trunk that answers 503', failover, 1 / 20);
void holds('a trunk that fails three times is left alone', breaker, 1);
void holds('the wire to Asterisk goes dead', blackHole, 1 / 30);
