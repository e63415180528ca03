// What the stories on the wire share: flows and plannings with short ringing, a caller's record, the command line, the silence that nobody may hear.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';
import type { FinishedCall, LegRecord } from '../../server/domain/call/record.ts';
import { vigie as run, type Said } from '../cli/vigie.ts';
import type { Caller, CallOptions } from '../network/network.ts';
import { until } from '../waiting.ts';
import { type Line, type LineOptions, startLine } from './line.ts';

const day = 86_400_000;

/** The trunk by which a leg leaves when nothing is wrong. */
export const firstTrunk = process.env.TEST_CARRIER === 'twilio' ? 'twilio' : 'carrier-a';

/** The line with the files of test/line/files: a number for each story. The holiday planning has its holiday today. */
export const startScene = (options: LineOptions = {}): Promise<Line> =>
  startLine({
    flows: 'test/line/files/flows',
    plannings: 'test/line/files/plannings',
    ...options,
    prepare: (files) => {
      edit(join(files.plannings, 'ferie.yaml'), (text) => text.replace(/also: .*/, `also: {${holidays()}}`));
      options.prepare?.(files);
    },
  });

/** Yesterday, today and tomorrow: a test that runs at midnight has its holiday too. */
const holidays = () =>
  [-day, 0, day].map((away) => `"${new Date(Date.now() + away).toISOString().slice(0, 10)}": Essai`).join(', ');

export const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')));

/** The record of the last call from this number, once it is over. */
export const recordFrom = (line: Pick<Line, 'api'>, from: string): Promise<FinishedCall> =>
  until(`the call of ${from} is on record`, async () => {
    const { calls } = await line.api<{ calls: FinishedCall[] }>('/api/calls');
    return calls.find(({ caller }) => caller === from);
  });

export type LiveCall = { id: string; caller: string; phase: string; node: string };
export const liveCalls = (line: Line): Promise<LiveCall[]> => line.api('/api/live');

/** Resolves once no call lives, in the server's eyes. */
export const nobodyIsLeft = (line: Line): Promise<true> =>
  until('no call lives', async () => ((await liveCalls(line)).length === 0 ? true : undefined));

/** Who was rung, how it ended, and over which trunk: `anna busy`. */
export const legsOf = ({ legs }: FinishedCall): string[] => legs.map(({ person, cause }) => `${person} ${cause}`);
export const trunksOf = ({ legs }: FinishedCall): string[] =>
  legs.map(({ trunk, cause }: LegRecord) => `${trunk} ${cause}`);

/** Places a call that ends with its test, also when the test fails: the next one begins with free phones. */
export async function calls(t: Test, line: Line, options: CallOptions): Promise<Caller> {
  const caller = await line.network.call(options);
  t.teardown(async () => {
    if (!caller.isOver) await caller.hangsUp();
  });
  return caller;
}

/** Nobody who waits may hear 5 s of nothing, besides the time in which the server was away. */
export function neverLeftInSilence(t: Test, { server }: Pick<Line, 'server'>, ...callers: Caller[]): void {
  const most = 5 + server.longestAway;
  for (const caller of callers) {
    const silence = caller.longestSilence();
    t.ok(silence < most, `${caller.who} heard nothing for ${silence.toFixed(1)} s at most (${most.toFixed(1)})`);
  }
}

/** What is kept besides calls, as the database has it. */
export function kept(line: Line, table: 'warnings' | 'alerts_raised', call: string): Record<string, unknown>[] {
  const db = new Database(join(line.dir, 'var', 'vigie.db'), { readonly: true });
  try {
    return db.prepare(`SELECT * FROM ${table} WHERE call = ?`).all(call) as Record<string, unknown>[];
  } finally {
    db.close();
  }
}

/** `npx vigie …`, with this environment. */
export const vigie = (env: Record<string, string>, ...args: string[]): Promise<Said> => run(env, args);
