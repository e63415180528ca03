// The secret that signs links, made once and kept beside the database where the environment gives none.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, messageOf } from '../base/errors.ts';
import { bad, good, type Result } from '../base/result.ts';

/** At least 32 characters, readable by the server's user alone. */
export function secretIn(file: string): Result<string> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Only the first of two processes makes it; the other reads what that one made.
    try {
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length >= 32) return good(secret);
    return bad({
      file,
      message: 'this secret is too short',
      hint: 'remove the file: a new one is made (links already sent become void)',
    });
  } catch (error) {
    return bad({
      file,
      message: `the secret cannot be kept: ${messageOf(error)}`,
      hint: "give the server's user write access",
    });
  }
}
