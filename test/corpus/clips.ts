// A folder of labelled recordings, heard: manifest.csv and the WAV files it names. Knows files; decides nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { problemText } from '../../server/base/result.ts';
import { frameOf } from '../../server/domain/voicemail/classify.ts';
import { frameMs, frameSize, type Measures, measurer } from '../../server/domain/voicemail/frame.ts';
import { readSound, sampleRate } from '../../server/domain/voicemail/sound.ts';
import { tuning } from '../../server/domain/voicemail/tuning.ts';

/** The columns that are read; others may stand beside them. A clip of several speakers or sources counts to the first one named. */
const clipSchema = z.object({
  file: z.string().min(1),
  label: z.enum(['human', 'machine', 'tone', 'silence']),
  speaker: z.string().default(''),
  source: z.string().default(''),
  noise: z.string().default(''),
});

/** A recording from its answer on, in 20 ms frames as measured, to the end of all listening. */
export type Clip = z.infer<typeof clipSchema> & { measures: Measures[] };

/** Something in the folder is not as it must be; the message is for the person who called. */
export class CorpusFault extends Error {}

/** Reads and measures every clip of `folder`. @throws CorpusFault */
export function readClips(folder: string): Clip[] {
  const manifest = join(folder, 'manifest.csv');
  const rows = read(manifest, () =>
    parse(readFileSync(manifest), { columns: true, bom: true, skip_empty_lines: true }),
  );
  const clips = z.array(clipSchema).min(1).safeParse(rows);
  if (!clips.success) {
    const { path, message } = clips.error.issues[0] as z.core.$ZodIssue;
    const where = path.length > 0 ? `row ${Number(path[0]) + 1}, ${String(path[1] ?? '')}: ` : '';
    throw new CorpusFault(`${manifest} ${where}${message} (it needs the columns file and label, and a row a clip)`);
  }
  return clips.data.map((clip) => ({ ...clip, measures: heard(folder, clip) }));
}

function read<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new CorpusFault(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Past its end a call tone's or a quiet line's clip begins anew (cadences are longer than a second); else its last second does. */
function heard(folder: string, { file, label }: z.infer<typeof clipSchema>): Measures[] {
  const path = join(folder, file);
  const sound = readSound(
    path,
    read(path, () => readFileSync(path)),
  );
  if (!sound.ok) throw new CorpusFault(sound.problems.map(problemText).join('\n'));
  const repeat = label === 'tone' || label === 'silence' ? sound.value.length : sampleRate;
  const measure = measurer();
  return Array.from({ length: tuning.limitMs / frameMs }, (_, frame) =>
    measure(frameOf(sound.value, frame * frameSize, repeat)),
  );
}
