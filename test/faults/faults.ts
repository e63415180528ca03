// All faults, in the order of the table in docs/faults.md.
import type { Fault } from './fault.ts';
import { asteriskKills, serverDown, serverKills, serverStuck } from './kills.ts';

export const faults: readonly Fault[] = [serverKills, serverDown, serverStuck, asteriskKills];
