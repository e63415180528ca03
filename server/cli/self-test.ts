// `vigie self-test`: has the server call the line from the outside now, tells how it goes; or lists what can be tested, with the last results.

import { parseArgs } from 'node:util';
import type { Instant } from '../base/clock.ts';
import { randomIds } from '../base/ids.ts';
import { problemText, type Result } from '../base/result.ts';
import { readEverything } from '../config/read.ts';
import { linesAtTwilio } from '../doctor/at-twilio.ts';
import { frenchDuration } from '../domain/call/words.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import { type LeafKey, leavesOf } from '../domain/self-test/leaves.ts';
import type { Series, TestRow, Wanted } from '../domain/self-test/record.ts';
import { leafOf, type Way, wayOf, waysIn } from '../domain/self-test/series.ts';
import { type Ways, waysTo } from '../domain/self-test/ways.ts';
import { explain } from '../domain/self-test/words.ts';
import type { PhoneNumber } from '../domain/telephony/names.ts';
import { readNumber } from '../domain/telephony/numbers.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import type { TestStore } from '../engine/self-test/ports.ts';
import { pause, type Run, terminal } from './command.ts';
import { visiting, wrongUse } from './usage.ts';
import { visit } from './visit.ts';

export type SelfTestIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  /** A new test's id. */
  id: () => string;
  /** Those of these lines that arrive by Twilio; undefined: it does not say. */
  atTwilio: (lines: readonly PhoneNumber[]) => Promise<ReadonlySet<PhoneNumber> | undefined>;
  open: () => Result<{ selfTests: TestStore; close: () => void }>;
  read: () => Promise<Result<{ flows: FlowSet; trunks: TrunkPlan }>>;
  pause: (ms: number) => Promise<void>;
};

const usage = 'usage: vigie self-test [--line NUMBER] [--trunk TRUNK] [--leaf FLOW/NODE] [--list] [--json]';
/** The server looks every second; another test may be on its way. */
const takenMs = 10_000;
const longestMs = 900_000;

type Asked = { wanted: Wanted; list: boolean; json: boolean };

/** @returns 0 passed (or listed), 1 missed or not made, 2 wrong use. */
export async function selfTest(args: string[], io: SelfTestIo): Promise<0 | 1 | 2> {
  const asked = readArgs(args);
  if (typeof asked === 'string') {
    io.err(`vigie self-test: ${asked}; ${usage}`);
    return 2;
  }
  return visiting(io, io.open(), ({ selfTests }) =>
    asked.list ? list(io, selfTests, asked) : make(io, selfTests, asked),
  );
}

function readArgs(args: string[]): Asked | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({ args, options: { line: text, trunk: text, leaf: text, list: flag, json: flag } });
    const { line, trunk, leaf, list, json } = values;
    const number = line === undefined ? undefined : readNumber(line);
    if (line !== undefined && !number) return `"${line}" is not a telephone number`;
    const wanted = { ...(number ? { line: number } : {}), ...(trunk ? { trunk } : {}), ...(leaf ? { leaf } : {}) };
    return { wanted, list: list ?? false, json: json ?? false };
  } catch (error) {
    return wrongUse(error);
  }
}

async function make(io: SelfTestIo, store: TestStore, { wanted, json }: Asked): Promise<0 | 1> {
  const row: TestRow = { id: io.id(), state: 'asked', wanted, askedAt: io.now(), story: [] };
  store.save(row);
  const end = await watched(io, store, row, json ? () => {} : (text) => io.out(text));
  if (!end) return 1;
  if (json) io.out(JSON.stringify(shown(end), null, 2));
  else io.out(conclusion(end));
  return end.state === 'passed' ? 0 : 1;
}

/** Tells each new thing as it happens. Undefined: no server took it up; it is taken back. */
async function watched(io: SelfTestIo, store: TestStore, row: TestRow, tell: (text: string) => void) {
  let told = 0;
  for (let waited = 0; waited < longestMs; waited += 200) {
    const now = store.get(row.id);
    for (const { at, text } of now?.story.slice(told) ?? []) tell(`${seconds(at - (now?.startedAt ?? at))}  ${text}`);
    told = now?.story.length ?? 0;
    if (now?.endedAt !== undefined) return now;
    const busy = store.running().length > 0;
    if (now?.state === 'asked' && !busy && waited >= takenMs) break;
    await io.pause(200);
  }
  store.save({ ...row, state: 'skipped', endedAt: io.now() });
  io.err('vigie self-test: no server has taken this test up; is it running? (vigie serve)');
  return undefined;
}

const seconds = (ms: number): string => `+${(ms / 1000).toFixed(1).padStart(5)} s`;

function conclusion({ state, fault, line, trunk, leaf }: TestRow): string {
  const what = line ? `${line} par ${trunk}, ${leaf}` : '';
  if (!fault) return state === 'passed' ? `Essai réussi : ${what} (passed).` : `Essai abandonné (skipped).`;
  const { says, mend } = explain(fault);
  const head = state === 'missed' ? `Essai manqué : ${what}` : 'Essai non fait';
  return tame(`${head} : ${says.fr} (${says.en}).\n    → ${mend.fr}\n      ${mend.en}`);
}

/** What comes from outside may not steer the terminal. */
const tame = (text: string): string => text.replace(/[^\P{Cc}\n]+/gu, ' ');

const iso = (at: Instant | undefined) => (at === undefined ? null : new Date(at).toISOString());

const shown = ({ id, state, line, trunk, leaf, startedAt, endedAt, answerMs, call, fault, story }: TestRow) => ({
  id,
  state,
  line: line ?? null,
  trunk: trunk ?? null,
  leaf: leaf ?? null,
  call: call ?? null,
  startedAt: iso(startedAt),
  endedAt: iso(endedAt),
  answerMs: answerMs ?? null,
  fault: fault ? { ...fault, ...explain(fault) } : null,
  story: story.map(({ at, text }) => ({ at: iso(at), text })),
});

async function list(io: SelfTestIo, store: TestStore, { wanted, json }: Asked): Promise<0 | 1> {
  const read = await io.read();
  if (!read.ok) {
    for (const problem of read.problems) io.err(problemText(problem));
    return 1;
  }
  const { flows, trunks } = read.value;
  const series = new Map(store.series().map((one) => [one.subject, one]));
  const lines = Object.keys(flows.lines).filter((line) => (wanted.line ?? line) === line);
  const atTwilio = await io.atTwilio(lines);
  if (!atTwilio) {
    io.err('vigie self-test: Twilio does not say which of our numbers arrive by it (vigie doctor)');
    return 1;
  }
  const found = [];
  for (const line of lines) {
    // What a service would say is not asked here: the server does, when it tests.
    const ways = await waysTo(flows, { called: line, caller: line, at: io.now() }, () => Promise.reject());
    const inside = waysIn(flows, trunks, atTwilio).filter((way) => way.line === line);
    found.push({ line, ...entries(inside, leavesOf(flows, line), series, line, ways) });
  }
  if (json) io.out(JSON.stringify(found, null, 2));
  else for (const one of found) for (const text of told(one, io.now())) io.out(tame(text));
  return 0;
}

function entries(inside: Way[], leaves: LeafKey[], all: Map<string, Series>, line: string, ways: Ways) {
  const last = (subject: string) => {
    const one = all.get(subject);
    return one ? { passed: one.passed, at: one.lastAt } : null;
  };
  return {
    trunks: inside.map(({ trunk }) => ({ trunk, last: last(wayOf(line, trunk)) })),
    leaves: leaves.map((leaf) => {
      const keys = ways.get(leaf)?.map((input) => input.keys || '…');
      return { leaf, keys: keys ?? null, last: last(leafOf(line, leaf)) };
    }),
  };
}

type Entries = { line: string } & ReturnType<typeof entries>;

function told({ line, trunks, leaves }: Entries, now: Instant): string[] {
  const result = (last: { passed: boolean; at: Instant } | null) =>
    last ? `${last.passed ? 'réussi' : 'MANQUÉ'} il y a ${frenchDuration(now - last.at)}` : 'jamais essayé';
  const way = (keys: string[] | null) => (keys ? keys.join(' ') || 'sans touche' : 'aucune touche n’y mène seule');
  return [
    line,
    ...trunks.map(({ trunk, last }) => `  par ${trunk} : ${result(last)}`),
    ...leaves.map(({ leaf, keys, last }) => `  ${leaf} (${way(keys)})${keys ? ` : ${result(last)}` : ''}`),
  ];
}

export const run: Run = (args, settings) =>
  selfTest(args, {
    ...terminal,
    pause,
    id: () => randomIds(terminal.now).next('t'),
    atTwilio: (lines) => linesAtTwilio(settings, lines),
    read: () => readEverything(settings),
    open: () => visit(settings),
  });
