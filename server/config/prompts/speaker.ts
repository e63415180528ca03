// Runs the text-to-speech command, never through a shell: text is one argument, whatever it holds.

import { type ChildProcess, execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { nth } from '../../base/nth.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import type { Language } from '../../domain/telephony/prompt.ts';

const run = promisify(execFile);

export type Speaker = {
  /** Names the voice in the cache: the same wherever the command is installed. */
  voice: string;
  /** Speaks `text` into the WAV file `out`. */
  speak(text: string, language: Language, out: string): Promise<Result<void>>;
  /** Ends the commands that run, and runs no more. */
  stop(): void;
};

/** Languages of espeak-ng that need no extra voice files; any other region is spoken by its primary language. */
const espeakRegions = new Set(['fr-be', 'fr-ch', 'fr-fr', 'en-gb', 'en-us', 'es-419', 'pt-br']);

/** espeak-ng's voice for a language tag: `fr-CA` → `fr`. */
export function espeakVoice(language: Language): string {
  const tag = language.toLowerCase();
  return espeakRegions.has(tag) ? tag : nth(tag.split('-'), 0);
}

/**
 * Where espeak-ng is: VIGIE_ESPEAK, `.tools` of the checkout, or PATH; its bare name when it is nowhere
 * (the first text to speak then says how to get it).
 */
export function findEspeak(env: NodeJS.ProcessEnv, checkout: string): string {
  const places = [
    ...(env.VIGIE_ESPEAK ? [env.VIGIE_ESPEAK] : []),
    join(checkout, '.tools', 'espeak-ng'),
    ...(env.PATH ?? '').split(delimiter).map((folder) => join(folder || '.', 'espeak-ng')),
  ];
  return places.find(canRun) ?? 'espeak-ng';
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** 150 words a minute: the default 175 is too fast for a worried caller on a bad line. `--` ends the options. */
export const espeakCommand = (path: string): string[] => [
  path,
  '-v',
  '{language}',
  '-s',
  '150',
  '-w',
  '{out}',
  '--',
  '{text}',
];

/**
 * A speaker by an argument list with the places {text}, {language} and {out}; refused when it lacks {text} or {out}.
 * A command that takes longer than `longestMs` is ended: it must not hold a publication for ever.
 */
export function openSpeaker(command: readonly string[], longestMs = 20_000): Result<Speaker> {
  const [program, ...args] = command;
  const lacking = ['{text}', '{out}'].filter((place) => !args.some((arg) => arg.includes(place)));
  if (!program || lacking.length > 0) {
    return bad({
      file: program ?? 'speech command',
      message: `the speech command lacks ${lacking.join(' and ') || 'a program'}`,
      hint: 'write it as a list: ["program", "--lang", "{language}", "--out", "{out}", "{text}"]',
    });
  }
  const languageOf = basename(program).startsWith('espeak') ? espeakVoice : (language: Language) => language;
  const running = new Set<ChildProcess>();
  let stopped = false;
  return good({
    voice: [basename(program), ...args].join(' '),
    speak: async (text, language, out) => {
      if (stopped) return bad({ file: program, message: `${quoted(text)} is not spoken: the server is stopping` });
      const values: Record<string, string> = { text, out, language: languageOf(language) };
      const filled = args.map((arg) => arg.replace(/\{(text|language|out)\}/g, (_, place) => values[place] ?? ''));
      const speaking = run(program, filled, { timeout: longestMs, maxBuffer: 64 * 1024 * 1024 });
      running.add(speaking.child);
      try {
        await speaking;
        return good(undefined);
      } catch (error) {
        return bad(speakProblem(program, text, error, longestMs));
      } finally {
        running.delete(speaking.child);
      }
    },
    stop: () => {
      stopped = true;
      for (const child of running) child.kill();
    },
  });
}

/** The beginning of a text, enough to find it in a flow. */
export const quoted = (text: string): string => `« ${text.length > 60 ? `${text.slice(0, 59)}…` : text} »`;

function speakProblem(program: string, text: string, error: unknown, longestMs: number): Problem {
  const { code, killed, stderr } = error as { code?: string | number; killed?: boolean; stderr?: string };
  if (code === 'ENOENT' || code === 'EACCES') {
    return {
      file: program,
      message: 'the speech command cannot be run',
      hint: 'run scripts/get-tools.sh espeak-ng, or set VIGIE_ESPEAK to where it is',
    };
  }
  const said = stderr?.trim().split('\n').at(-1);
  const why = killed
    ? `gave no answer in ${longestMs / 1000} s`
    : `failed${said ? `: ${said}` : ` (exit code ${code})`}`;
  return { file: program, message: `${quoted(text)} cannot be spoken: the command ${why}`, hint: 'try it by hand' };
}
