// All faults, in the order of the table in docs/faults.md.
import type { Fault } from './fault.ts';
import { asteriskKills, serverDown, serverKills, serverStuck } from './kills.ts';
import { blackHole, mutatedEvents } from './link.ts';
import { trunks } from './trunks.ts';

export const faults: readonly Fault[] = [
  serverKills,
  serverDown,
  serverStuck,
  asteriskKills,
  blackHole,
  trunks,
  mutatedEvents,
];
