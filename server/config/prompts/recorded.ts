// Checks a recorded prompt before a flow that plays it is published.

import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { Problem } from '../../base/result.ts';
import { readWav, telephoneRate } from '../../base/wav.ts';

const mend = (path: string) => `sox "${path}" -r 8000 -c 1 -b 16 new.wav`;

/** What is wrong with a recorded file; undefined when Asterisk can play it as it is. */
export async function recordedProblem(path: string): Promise<Problem | undefined> {
  if (!isAbsolute(path) || !path.endsWith('.wav')) {
    return { file: path, message: 'a recorded prompt must be a .wav file', hint: mend(path) };
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = codeOf(error);
    const message =
      code === 'ENOENT' ? 'this recorded prompt is missing' : `this recorded prompt cannot be read [${code}]`;
    return { file: path, message, hint: 'record it, or let a text be spoken instead' };
  }
  const wav = readWav(bytes);
  if (typeof wav === 'string') return { file: path, message: `this recorded prompt is ${wav}`, hint: mend(path) };
  if (wav.rate === telephoneRate && wav.channels === 1) return undefined;
  return {
    file: path,
    message: `this recorded prompt is ${wav.rate} Hz with ${wav.channels} channel(s); it must be 8000 Hz mono`,
    hint: mend(path),
  };
}
