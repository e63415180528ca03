// What callers and technicians hear, ready before it is needed: rendered when a flow is published, found at once during a call.
// Knows nothing of flows, calls or Asterisk beyond "an 8 kHz WAV, named without its extension".
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import { type Cache, type MadePiece, openCache } from './cache.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { openPool } from './pool.ts';
import { recordedProblem } from './recorded.ts';
import { espeakCommand, openSpeaker, type Speaker } from './speaker.ts';
import { everyPiece } from './spelling.ts';

/** `total` files are wanted, `done` of them stand. */
export type Progress = (done: number, total: number) => void;

export interface PromptStore {
  /**
   * Makes every file these prompts need, and the spelling pieces of every language among them. `live` texts with values
   * still unknown are rendered as they stand. Problems name each prompt that cannot be heard: the flow must not be published.
   */
  render(prompts: readonly Prompt[], progress?: Progress): Promise<Result<Rendered>>;
  /** What can be played now, in order: absolute paths without `.wav`. What is not ready is left out. */
  uris(prompts: readonly Prompt[]): string[];
  /** The same, after making what is missing; what is not ready by the deadline is left out (and made for next time). */
  urisLater(prompts: readonly Prompt[], deadlineMs: number): Promise<string[]>;
  /** True when `uris` leaves nothing out. */
  ready(prompts: readonly Prompt[]): boolean;
  /** The WAV files of a prompt, whether they stand yet or not. */
  filesOf(prompt: Prompt): string[];
  /** The one WAV file of a prompt that has only one. */
  fileOf(prompt: Exclude<Prompt, { kind: 'spell' }>): string;
  /** Removes files older than `before` that none of `used` needs; says how many. */
  prune(used: readonly Prompt[], before: Instant): Promise<number>;
  /** Stops what is being spoken. */
  close(): void;
}

/** Files made now, and files that stood already. */
export type Rendered = { made: number; kept: number };

export type PromptOptions = {
  /** Folder of the cache. */
  dir: string;
  /** The speech command: see `openSpeaker`. Default: espeak-ng from PATH (`espeakCommand(findEspeak(…))` for elsewhere). */
  command?: readonly string[];
  log: Log;
  /** Commands run at once. Default: the machine's cores. */
  atOnce?: number;
};

/** Opens the cache; refused when the command lacks a place or the folder cannot be written. */
export function openPrompts({ dir, command, log, atOnce }: PromptOptions): Result<PromptStore> {
  const speaker = openSpeaker(command ?? espeakCommand('espeak-ng'));
  if (!speaker.ok) return speaker;
  const cache = openCache(resolve(dir), speaker.value);
  if (!cache.ok) return cache;
  return good(promptStore(cache.value, speaker.value, log, atOnce ?? availableParallelism()));
}

const made = (piece: Piece): piece is MadePiece => piece.kind !== 'recorded';

function promptStore(cache: Cache, speaker: Speaker, log: Log, atOnce: number): PromptStore {
  const files = pieceFiles(cache, atOnce);
  const { fileOf, has } = files;
  const uris: PromptStore['uris'] = (prompts) =>
    prompts
      .flatMap(piecesOf)
      .filter(has)
      .map((piece) => fileOf(piece).replace(/\.wav$/, ''));
  return {
    render: (prompts, progress = () => {}) => render(cache, files, log, prompts, progress),
    uris,
    urisLater: async (prompts, deadlineMs) => {
      for (const { message } of await makeMissing(files, prompts, deadlineMs))
        log.warn({ problem: message }, 'left out of what is said');
      return uris(prompts);
    },
    ready: (prompts) => prompts.flatMap(piecesOf).every(has),
    filesOf: (prompt) => piecesOf(prompt).map(fileOf),
    fileOf: (prompt) => piecesOf(prompt).map(fileOf)[0] ?? '',
    prune: (used, before) => cache.prune(new Set([...used.flatMap(piecesOf), ...spellings(used)].map(fileOf)), before),
    close: () => speaker.stop(),
  };
}

/** The files that pieces stand in, and how one that is missing comes to be. */
type PieceFiles = {
  fileOf(piece: Piece): string;
  has(piece: Piece): boolean;
  /** Once at a time for each file. `urgent`: before those that nobody waits for. */
  make(piece: MadePiece, urgent: boolean): Promise<Result<void>>;
  /** Looks whether a recording can be played. */
  check(path: string): Promise<Result<void>>;
};

function pieceFiles(cache: Cache, atOnce: number): PieceFiles {
  const pool = openPool(atOnce);
  const making = new Map<string, Promise<Result<void>>>();
  const checked = new Set<string>();
  return {
    fileOf: (piece) => (made(piece) ? cache.file(piece) : piece.path),
    has: (piece) => (made(piece) ? cache.has(piece) : checked.has(piece.path) || existsSync(piece.path)),
    make: (piece, urgent) => {
      const file = cache.file(piece);
      const already = making.get(file);
      if (already) return already;
      const work = pool(() => cache.make(piece), urgent).finally(() => making.delete(file));
      making.set(file, work);
      return work;
    },
    check: async (path) => {
      const problem = await recordedProblem(path);
      if (problem) return bad(problem);
      checked.add(path);
      return good(undefined);
    },
  };
}

async function render(
  cache: Cache,
  files: PieceFiles,
  log: Log,
  prompts: readonly Prompt[],
  progress: Progress,
): Promise<Result<Rendered>> {
  const looked = cache.refresh();
  if (!looked.ok) return looked;
  const wanted = unique([...prompts.flatMap(piecesOf), ...spellings(prompts)], files.fileOf);
  const missing = wanted.filter((piece) => !made(piece) || !cache.has(piece));
  let done = wanted.length - missing.length;
  progress(done, wanted.length);
  const results = await Promise.all(
    missing.map(async (piece) => {
      const result = await (made(piece) ? files.make(piece, false) : files.check(piece.path));
      progress(++done, wanted.length);
      return result;
    }),
  );
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) return bad(...unique(problems, textOf));
  const count = missing.filter(made).length;
  log.info({ made: count, kept: wanted.length - count }, 'prompts are ready');
  return good({ made: count, kept: wanted.length - count });
}

/** @returns why some of them could not be made; what is not ready by the deadline is made for next time */
async function makeMissing(files: PieceFiles, prompts: readonly Prompt[], deadlineMs: number): Promise<Problem[]> {
  const missing = prompts
    .flatMap(piecesOf)
    .filter(made)
    .filter((piece) => !files.has(piece));
  if (missing.length === 0) return [];
  const all = Promise.all(missing.map((piece) => files.make(piece, true)));
  const results = (await within(all, deadlineMs)) ?? [];
  return results.flatMap((result) => (result.ok ? [] : result.problems));
}

/** Digits and letters of each language spoken: keyed digits are only known during the call. */
function spellings(prompts: readonly Prompt[]): Piece[] {
  const languages = new Set(prompts.flatMap((prompt) => ('language' in prompt ? [prompt.language] : [])));
  return [...languages].flatMap((language) =>
    everyPiece(language).map((text): Piece => ({ kind: 'speech', text, language })),
  );
}

const textOf = (problem: Problem): string => `${problem.file} ${problem.message}`;

const unique = <T>(list: T[], key: (one: T) => string): T[] => [
  ...new Map(list.map((one) => [key(one), one])).values(),
];

/** The value, or undefined when it takes longer than `ms`. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
