// Words as sound, spoken by espeak-ng: what callers of the tests say. 8 kHz samples.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findEspeak } from '../../../server/config/prompts/speaker.ts';
import { readWav } from '../../network/audio.ts';

/** Each of these texts in a man's voice, another than the line's own. */
export async function spoken<T extends string>(texts: readonly T[]): Promise<Record<T, Int16Array>> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-voice-'));
  try {
    const said: [string, Int16Array][] = [];
    for (const [index, text] of texts.entries()) {
      const file = join(dir, `${index}.wav`);
      const voice = ['-v', 'fr+m3', '-p', '35', '-s', '130', '-w', file, '--', text];
      await promisify(execFile)(findEspeak(process.env, resolve('.')), voice);
      said.push([text, readWav(readFileSync(file))]);
    }
    return Object.fromEntries(said) as Record<T, Int16Array>;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
