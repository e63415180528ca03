// Every caller accounted for: what the telephone side saw, held against what is on record. It trusts no word of the server's.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Caller } from './crowd.ts';
import { type Ring, type Stage, within } from './stage.ts';

export type OnRecord = { id: string; caller: string; outcome: string; who: string | null; startedAt: number };
type Leg = {
  call: string;
  person: string;
  number: string;
  rangMs: number;
  endedAt: number;
  cause: string;
  whose: string;
};
type Visit = { call: string; kind: string; at: number };
export type Books = { calls: OnRecord[]; legs: Leg[]; visits: Visit[]; live: number; timers: number; outbox: number };

/** What is on a disk that only another mount namespace has. SQLite follows links to their end, and would leave that namespace: a copy is read. */
export function readBooksOf(root: string, dir: string): Books {
  const copy = mkdtempSync(join(tmpdir(), 'vigie-books-'));
  mkdirSync(join(copy, 'var'));
  // The log last: what is moved from it into the file meanwhile is then in both.
  for (const name of ['vigie.db', 'vigie.db-wal']) copyFileSync(join(root, dir, 'var', name), join(copy, 'var', name));
  try {
    return readBooks(copy, false);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What is on disk, read as a visitor. */
export function readBooks(dir: string, readonly = true): Books {
  const db = new Database(join(dir, 'var', 'vigie.db'), { readonly });
  try {
    const all = <T>(sql: string) => db.prepare(sql).all() as T[];
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
    return {
      calls: all('SELECT id, caller, outcome, who, started_at AS startedAt FROM calls'),
      legs: all('SELECT call, person, number, rang_ms AS rangMs, ended_at AS endedAt, cause, whose FROM legs'),
      visits: all('SELECT call, kind, at FROM visits'),
      live: count('live_calls'),
      timers: count('timers'),
      outbox: count('outbox'),
    };
  } finally {
    db.close();
  }
}

export type Account = {
  callers: number;
  /** Callers let down, each with how. */
  lost: string[];
  /** Callers who waited without sound for too long, each with how long. */
  silent: string[];
  /** What else is wrong: a phone rung twice, an orphan, a record that vanished. */
  faults: string[];
  outcomes: Record<string, number>;
};

export type Rules = {
  /** Longest stretch without sound for a caller who waits, ms. */
  silenceMs: number;
  /** These callers may end as `lost`, as with an Asterisk that died under them: they must be on record as such. */
  mayBeLost?: (caller: Caller) => boolean;
  /** Records that somebody has been told of before the fault. */
  acknowledged?: ReadonlySet<string>;
};

export const usual: Rules = { silenceMs: 5000 };

/** Waits until all is on record, then holds both sides against each other. */
export async function account(
  stage: Pick<Stage, 'dir' | 'rings' | 'ari'>,
  callers: readonly Caller[],
  rules: Rules = usual,
  read: () => Books = () => readBooks(stage.dir),
): Promise<Account> {
  await within(
    30_000,
    () => {
      const { calls, live, outbox } = read();
      const known = new Set(calls.map(({ caller }) => caller));
      return (live === 0 && outbox === 0 && callers.every(({ number }) => known.has(number))) || undefined;
    },
    250,
  );
  const books = read();
  if (process.env.KEEP) {
    const told = stage.rings.map(({ number, at, carrier }) => ({ number, at: performance.timeOrigin + at, carrier }));
    writeFileSync(join(stage.dir, 'rings.json'), JSON.stringify(told));
  }
  const byCaller = by(books.calls, ({ caller }) => caller);
  const index: Index = { legs: by(books.legs, ({ call }) => call), visits: by(books.visits, ({ call }) => call) };
  const each = (wrongs: (caller: Caller, records: readonly OnRecord[]) => string[]): string[] =>
    callers.flatMap((caller) => {
      const wrong = wrongs(caller, byCaller.get(caller.number) ?? []);
      return wrong.length === 0 ? [] : [`${caller.number} (${caller.plan}): ${wrong.join('; ')}`];
    });
  const lost = each((caller, records) => letDown(caller, records, rules));
  const silent = each((caller, [record]) =>
    record && !rules.mayBeLost?.(caller) ? silences(caller, record, index, rules.silenceMs) : [],
  );
  const faults = [
    ...rungTwice(books, stage.rings),
    ...(await orphans(stage, books)),
    ...vanished(books, rules.acknowledged ?? new Set()),
  ];
  const outcomes: Record<string, number> = {};
  for (const { outcome } of books.calls) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { callers: callers.length, lost, silent, faults, outcomes };
}

type Index = { legs: Map<string, Leg[]>; visits: Map<string, Visit[]> };

function by<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const known = found.get(key(one));
    if (known) known.push(one);
    else found.set(key(one), [one]);
  }
  return found;
}

/** The ways in which this caller was let down. */
function letDown(caller: Caller, records: readonly OnRecord[], rules: Rules): string[] {
  const { call } = caller;
  const [record] = records;
  if (!record || records.length > 1) return [`${records.length} records instead of one`];
  const excused = rules.mayBeLost?.(caller) ?? false;
  const left = call.ended === 'by-us';
  const wrong: string[] = [];
  if (record.outcome === 'lost' && !left && !excused) wrong.push('lost');
  if (call.status !== undefined && call.status >= 300 && !left && !excused)
    wrong.push(`turned away with ${call.status}`);
  if (call.heard.markedAt !== undefined && !left && !excused) wrong.push('cut off while talking');
  if (left && call.endedAt !== undefined && call.answeredAt === undefined && caller.plan !== 'hasty')
    wrong.push('never answered');
  if (call.heard.markedAt !== undefined && record.outcome !== 'talked' && record.outcome !== 'lost')
    wrong.push(`talked, and is on record as ${record.outcome}`);
  return wrong;
}

type Stretch = { from: number; ms: number };

/** Silence while a message is recorded is the caller's own. */
function silences({ call }: Caller, record: OnRecord, { visits, legs }: Index, longest: number): string[] {
  const wall = (instant: number) => performance.timeOrigin + instant;
  const own = legs.get(record.id) ?? [];
  // The last-resort route keeps no path: its message begins once the last phone was given up.
  const spooled =
    record.id.startsWith('r') && record.outcome === 'message'
      ? Math.max(...own.map(({ endedAt }) => endedAt))
      : undefined;
  const visited = visits.get(record.id)?.find(({ kind }) => kind === 'message')?.at;
  const message = visited ?? spooled ?? Number.POSITIVE_INFINITY;
  const { pressed } = call;
  const { first, last, gaps, markedAt } = call.heard;
  const from = call.ringingAt ?? call.answeredAt;
  const end = call.endedAt ?? performance.now();
  const stretches = [
    ...(from === undefined ? [] : [{ from, ms: (first ?? end) - from }]),
    ...gaps,
    ...(last === undefined ? [] : [{ from: last, ms: end - last }]),
  ];
  const talking = markedAt === undefined ? Number.POSITIVE_INFINITY : Math.min(...call.heard.marks.values());
  return stretches
    .flatMap((one) => betweenKeys(one, pressed))
    .filter((one) => one.ms > longest && one.from < talking && wall(one.from) < message)
    .map(
      (one) =>
        `${(one.ms / 1000).toFixed(1)} s of silence, ${((one.from - call.at) / 1000).toFixed(1)} s into the call`,
    );
}

/** Who presses a key is listened to, and waits for an answer from then on. */
function betweenKeys({ from, ms }: Stretch, pressed: readonly number[]): Stretch[] {
  const cuts = [from, ...pressed.filter((at) => at > from && at < from + ms), from + ms];
  return cuts.slice(1).map((until, index) => ({ from: cuts[index] ?? from, ms: until - (cuts[index] ?? from) }));
}

/** No phone rings without a leg on record, and nobody is rung again within a round of a call unless the first attempt failed on the way. */
function rungTwice({ legs }: Books, rings: readonly Ring[]): string[] {
  const count = <T>(all: readonly T[], key: (one: T) => string) => {
    const counts = new Map<string, number>();
    for (const one of all) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
    return counts;
  };
  const written = count(legs, ({ number }) => number);
  const more = [...count(rings, ({ number }) => number)].filter(([number, rung]) => rung > (written.get(number) ?? 0));
  // One who answered and pressed nothing may have been a person: that phone is tried once more, at the end.
  const doubtful = new Set(
    legs
      .filter(({ cause }) => cause === 'not-confirmed' || cause === 'machine')
      .map((leg) => `${leg.call} ${leg.person}`),
  );
  const twice = [
    ...count(
      legs.filter(({ rangMs, whose }) => rangMs > 0 && whose === 'callee'),
      (leg) => `${leg.call} ${leg.person}`,
    ),
  ];
  return [
    ...more.map(
      ([number, rung]) => `${number} was rung ${rung} times, and ${written.get(number) ?? 0} legs are on record`,
    ),
    ...twice
      .filter(([who, rung]) => rung > (doubtful.has(who) ? 2 : 1))
      .map(([who, rung]) => `rung ${rung} times: ${who}`),
  ];
}

type Named = { id: string; state?: string };

async function leftIn({ ari }: Pick<Stage, 'ari'>): Promise<string[]> {
  const [channels, bridges] = [await ari<Named[]>('channels'), await ari<Named[]>('bridges')];
  return [...channels, ...bridges].map(({ id, state }) => (state ? `${id} ${state}` : id));
}

/** What should have ended with the last call. */
async function orphans(stage: Pick<Stage, 'ari'>, books: Books): Promise<string[]> {
  let ids: string[] = [];
  await within(
    60_000,
    async () => {
      ids = await leftIn(stage).catch((error: Error) => [
        `nobody knows what, as ARI does not answer (${error.message})`,
      ]);
      return ids.length === 0 || undefined;
    },
    250,
  );
  const rows = [
    ...(ids.length === 0 ? [] : [`left in Asterisk: ${ids.join(', ')}`]),
    ...(books.live > 0 ? [`${books.live} live calls are left in the journal`] : []),
    ...(books.timers > 0 ? [`${books.timers} timers are left in the journal`] : []),
    ...(books.outbox > 0 ? [`${books.outbox} records have not reached the ledger`] : []),
  ];
  return rows;
}

const vanished = ({ calls }: Books, acknowledged: ReadonlySet<string>): string[] => {
  const known = new Set(calls.map(({ id }) => id));
  return [...acknowledged].filter((id) => !known.has(id)).map((id) => `the record of ${id} has vanished`);
};
