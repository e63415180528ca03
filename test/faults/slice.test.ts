// A short slice of `make faults`: the server and Asterisk killed, a carrier that refuses; every caller accounted for.
import t from 'tap';
import type { Fault } from './fault.ts';
import { asteriskKills, serverKills } from './kills.ts';
import { failover } from './trunks.ts';

t.setTimeout(280_000);

const slice: [name: string, fault: Fault, scale: number][] = [
  ['kill -9 of the server, again and again', serverKills, 8 / 200],
  ['kill -9 of Asterisk', asteriskKills, 1 / 30],
  ['a trunk that answers 503', failover, 1 / 20],
];

/** Each on a line of its own, side by side: they mostly wait for callers to hang up. What the table says of seconds is held to in `make faults` alone. */
const found = await Promise.all(slice.map(([, fault, scale]) => fault.run({ scale, seed: 20, say: () => {} })));

slice.forEach(([name], nth) => {
  t.test(name, async (t) => {
    for (const { fault, callers, tries, lost, faults, notes } of found[nth] ?? []) {
      t.equal(lost, 0, `${fault}: no caller is lost\n${notes.join('\n')}`);
      t.same(faults, [], `${fault}: nothing is left, nobody was rung twice`);
      t.ok(callers > 0 && tries > 0, `${callers} callers in ${tries} tries`);
    }
  });
});
