// Hours of the week that nobody can read, with the mend.
import type { Finding } from './finding.ts';
import { daysOf, windowsOf } from './hours.ts';

/** @param found makes the finding, at the words that stand for the days */
export function hourFindings(
  hours: Readonly<Record<string, string>> | undefined,
  found: (days: string, message: string, hint: string) => Finding,
): Finding[] {
  return Object.entries(hours ?? {}).flatMap(([days, text]) => [
    ...(daysOf(days) ? [] : [found(days, `"${days}" names no days`, 'write "lun-ven", "sam" or "mon-fri"')]),
    ...(windowsOf(text) ? [] : [found(days, `"${text}" names no hours`, 'write "08:00-12:00, 13:30-18:00"')]),
  ]);
}
