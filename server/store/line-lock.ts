// One server for one database: a second one would take the line away from the first, and perform its calls twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { bad, good, type Result } from '../base/result.ts';
import { storeProblem } from './failure.ts';
import { tryLock } from './lock.ts';

/** A predecessor that is being ended takes this long at most. */
const usualWaitMs = 5000;
const retryMs = 100;

/**
 * Takes the line for this process: a lock on a file beside the database, which the system lets go of with the process, even one killed
 * by -9. Refused when another process still has it after `waitMs`. @returns what gives it back
 */
export async function lockLine(database: string, waitMs = usualWaitMs): Promise<Result<() => void>> {
  const file = `${database}.lock`;
  for (let waited = 0; ; waited += retryMs) {
    const held = take(file);
    if (held.ok || waited >= waitMs) return held;
    await sleep(retryMs);
  }
}

function take(file: string): Result<() => void> {
  try {
    const release = tryLock(file);
    if (release) return good(release);
  } catch (error) {
    const problem = storeProblem(file, error);
    if (!problem) throw error;
    return bad(problem);
  }
  return bad({
    file,
    message: 'another server holds this line',
    hint: 'stop it first; two servers would perform every call twice',
  });
}
