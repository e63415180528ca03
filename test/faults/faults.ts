// All faults, in the order of the table in docs/faults.md.

import { clockJumps } from './clock.ts';
import { crush, soak } from './crush.ts';
import type { Fault } from './fault.ts';
import { hasty } from './hasty.ts';
import { hostileCallers, hostileSip, keyStorm, mutatedYaml } from './hostile.ts';
import { asteriskKills, serverDown, serverKills, serverStuck } from './kills.ts';
import { blackHole, mutatedEvents } from './link.ts';
import { databaseLocked, diskFull } from './storage.ts';
import { asteriskStuck } from './stuck.ts';
import { trunks } from './trunks.ts';

export const faults: readonly Fault[] = [
  serverKills,
  serverDown,
  serverStuck,
  asteriskKills,
  asteriskStuck,
  hasty,
  blackHole,
  trunks,
  databaseLocked,
  diskFull,
  clockJumps,
  crush,
  hostileSip,
  keyStorm,
  hostileCallers,
  mutatedEvents,
  mutatedYaml,
  soak,
];
