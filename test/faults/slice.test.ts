// A short slice of `make faults`, each on a line of its own, side by side: they mostly wait for callers to hang up. Only what does not depend
// on the machine's speed is asserted; seconds, and who waited in silence for how many of them, are told and held to in `make faults`.
import t from 'tap';
import type { Fault, Row } from './fault.ts';
import { hasty } from './hasty.ts';
import { hostileSip, mutatedYaml } from './hostile.ts';
import { asteriskKills, serverKills } from './kills.ts';
import { stuckOnce } from './stuck.ts';
import { failover } from './trunks.ts';

const slice: [name: string, fault: Fault, scale: number][] = [
  ['kill -9 of the server, again and again', serverKills, 8 / 200],
  ['kill -9 of Asterisk', asteriskKills, 1 / 30],
  ['Asterisk stuck with its sockets open', stuckOnce, 1],
  ['callers who ring off in the instant of the answer', hasty, 100 / 5000],
  ['a trunk that answers 503', failover, 1 / 20],
  ['the cases of RFC 4475 and mutated SIP', hostileSip, 2 / 100],
  ['mutated YAML', mutatedYaml, 2 / 100],
];

const found = await Promise.all(slice.map(([, fault, scale]) => fault.run({ scale, seed: 20, say: () => {} })));

const told = ({ seconds, silent, seen, goal }: Row): string =>
  [`${goal}: ${seconds === undefined ? '' : `${seconds.toFixed(1)} s`}, ${silent} in silence`, ...seen].join('; ');

slice.forEach(([name], nth) => {
  t.test(name, async (t) => {
    const rows = found[nth] ?? [];
    t.ok(rows.length > 0 && rows.every(({ tries }) => tries > 0), 'it was tried');
    for (const row of rows) {
      t.comment(told(row));
      t.equal(row.lost, 0, `${row.fault}: no caller is lost\n${row.notes.join('\n')}`);
      t.same(
        row.faults,
        [],
        `${row.fault}: nobody rung twice, no record vanished, no channel, bridge, timer or row left`,
      );
      t.ok(row.survived ?? true, `${row.fault}: nothing crashed, nothing grew, a caller is served afterwards`);
    }
  });
});
