// Phones that a machine answers, by the calls on record: the planner should know, for the caller waits for nothing there.
import { existsSync } from 'node:fs';
import type { Instant } from '../base/clock.ts';
import type { MachineNote } from '../store/notes.ts';
import { openStore } from '../store/store.ts';
import { type Finding, said, warns } from './finding.ts';

/** What is older says little of how phones are set today. */
export const noteDays = 90;

/** The notes of a database that is only visited; none where it cannot be read, which is a finding of its own. */
export async function notesIn(database: string, now: Instant): Promise<MachineNote[]> {
  if (!existsSync(database)) return [];
  const store = openStore(database, { as: 'visit' });
  if (!store.ok) return [];
  try {
    return await store.value.ledger.machineNotes(now - noteDays * 86_400_000);
  } finally {
    store.value.close();
  }
}

export const machineFindings = async (database: string, now: Instant): Promise<Finding[]> =>
  (await notesIn(database, now)).map(({ name, number, seconds, machines, answered }) =>
    warns(
      'voicemail',
      said(
        `${name}, ${number} : une messagerie répond après ${seconds} s (${machines} fois sur ${answered})`,
        `a machine answers this phone after ${seconds} s (${machines} of the last ${answered} answers)`,
      ),
      said(
        `retarder ou couper cette messagerie, ou faire sonner ce téléphone moins de ${seconds} s (ringSeconds dans people.yaml)`,
        `delay or switch off this voicemail, or ring this phone for less than ${seconds} s (ringSeconds in people.yaml)`,
      ),
    ),
  );
