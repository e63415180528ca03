// `vigie voicemail classify FILE…`: who answered, person or machine. Knows words and lines; the ear is in server/domain/voicemail.

import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { problemText } from '../base/result.ts';
import { type Classified, classify } from '../domain/voicemail/classify.ts';
import { readSound } from '../domain/voicemail/sound.ts';
import { type Run, terminal } from './command.ts';

export type VoicemailIo = {
  /** One line, without its end. */
  out(text: string): void;
  err(text: string): void;
  readFile(path: string): Promise<Uint8Array>;
};

const usage = `usage: vigie voicemail classify FILE… [--json]
  FILE   a recording that begins at the answer: WAV (8 or 16 kHz; PCM, A-law, µ-law) or raw A-law (.al, .alaw, .raw)
  --json one line {"file","verdict","ms","why"} for each`;

/** Exit code: 0 every file was heard, 1 some could not be, 2 wrong use. */
export async function voicemail(args: string[], io: VoicemailIo): Promise<0 | 1 | 2> {
  const [command, ...rest] = args;
  const files = rest.filter((arg) => !arg.startsWith('--'));
  const unknown = rest.find((arg) => arg.startsWith('--') && arg !== '--json');
  if (command !== 'classify' || files.length === 0 || unknown) {
    io.err(unknown ? `unknown option ${unknown}\n${usage}` : usage);
    return 2;
  }
  let code: 0 | 1 = 0;
  for (const file of files) {
    const heard = await hear(file, io);
    if (heard) io.out(rest.includes('--json') ? json(file, heard) : line(file, heard));
    else code = 1;
  }
  return code;
}

async function hear(file: string, io: VoicemailIo): Promise<Classified | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await io.readFile(file);
  } catch (error) {
    io.err(problemText({ file, message: `cannot be read: ${messageOf(error)}` }));
    return undefined;
  }
  const sound = readSound(file, bytes);
  if (sound.ok) return classify(sound.value);
  for (const problem of sound.problems) io.err(problemText(problem));
  return undefined;
}

const name = (heard: { verdict: string }): string => heard.verdict.toUpperCase();
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const why = ({ before, because }: Classified): string =>
  [because, ...before.map((verdict) => `before: ${name(verdict)} at ${seconds(verdict.ms)}`)].join('; ');

const json = (file: string, heard: Classified): string =>
  JSON.stringify({ file, verdict: name(heard), ms: heard.ms, why: why(heard) });

const line = (file: string, heard: Classified): string =>
  `${name(heard).padEnd(7)} ${seconds(heard.ms).padStart(7)}  ${file}  ${why(heard)}`;

export const run: Run = (args) => voicemail(args, { ...terminal, readFile });
