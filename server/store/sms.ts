// Every SMS of ours with what became of it, and the numbers that want none: rows, so that a restart forgets neither.
import type { Database } from 'better-sqlite3';
import type { StopBook } from '../domain/message/opt-outs.ts';
import type { SmsBook, SmsRecord, SmsState } from '../engine/messages/ports.ts';
import { guarded } from './failure.ts';

type Row = {
  id: string;
  recipient: string;
  sender: string | null;
  text: string;
  state: SmsState;
  provider: string | null;
  reference: string | null;
  reports: number | null;
  why: string | null;
  tries: number;
  at: number;
  ended_at: number | null;
};

const recordOf = (row: Row): SmsRecord => ({
  id: row.id,
  to: row.recipient,
  text: row.text,
  state: row.state,
  tries: row.tries,
  at: row.at,
  ...(row.sender === null ? {} : { from: row.sender }),
  ...(row.provider === null ? {} : { provider: row.provider }),
  ...(row.reference === null ? {} : { reference: row.reference }),
  ...(row.reports === null ? {} : { reports: row.reports === 1 }),
  ...(row.why === null ? {} : { why: row.why }),
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
});

const statements = (db: Database) => ({
  // Sent again after a refusal or a crash: the same row, and one more try.
  began: db.prepare<[string, string, string | null, string, number]>(`
    INSERT INTO sms (id, recipient, sender, text, state, tries, at) VALUES (?, ?, ?, ?, 'sending', 1, ?)
    ON CONFLICT (id) DO UPDATE SET state = 'sending', tries = tries + 1, why = NULL, ended_at = NULL`),
  // The report may overtake the answer.
  accepted: db.prepare<[string, string | null, number, string]>(`
    UPDATE sms SET state = iif(state = 'sending', 'accepted', state), provider = ?, reference = ?, reports = ? WHERE id = ?`),
  refused: db.prepare<[string, number, string]>(
    "UPDATE sms SET state = 'failed', why = ?, ended_at = ? WHERE id = ? AND state = 'sending'",
  ),
  reported: db.prepare<[SmsState, string | null, number, string]>(
    "UPDATE sms SET state = ?, why = ?, ended_at = ? WHERE id = ? AND state <> 'delivered'",
  ),
  one: db.prepare<[string], Row>('SELECT * FROM sms WHERE id = ?'),
  ofPrefix: db.prepare<[string, string], Row>('SELECT * FROM sms WHERE id >= ? AND id < ? ORDER BY at, id'),
  all: db.prepare<[number], Row>('SELECT * FROM sms ORDER BY at DESC, id DESC LIMIT ?'),
  ofState: db.prepare<[string, number], Row>('SELECT * FROM sms WHERE state = ? ORDER BY at DESC, id DESC LIMIT ?'),
  // Words back, which no alert and no conversation made, have no part after a dot.
  lastTo: db
    .prepare<[string], string>(
      "SELECT id FROM sms WHERE recipient = ? AND instr(id, '.') > 0 ORDER BY at DESC, rowid DESC LIMIT 1",
    )
    .pluck(),
  passedOnTo: db
    .prepare<[string, number], number>(
      "SELECT count(*) FROM sms WHERE recipient = ? AND at > ? AND state <> 'failed' AND id GLOB 's*.s*'",
    )
    .pluck(),
  idOf: db.prepare<[string], string>('SELECT id FROM sms WHERE reference = ? ORDER BY at DESC LIMIT 1').pluck(),
});

export function openSmsBook(db: Database): SmsBook {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    began: ({ id, to, from, text }, at) => alone(() => void sql.began.run(id, to, from ?? null, text, Math.round(at))),
    answered: (id, sent, provider, at) =>
      alone(() => {
        if (!sent.accepted) sql.refused.run(sent.why, Math.round(at), id);
        else sql.accepted.run(sent.by ?? provider, sent.reference ?? null, sent.reports ? 1 : 0, id);
      }),
    reported: ({ id, delivered, why, at }) =>
      alone(() => void sql.reported.run(delivered ? 'delivered' : 'failed', why ?? null, Math.round(at), id)),
    get: (id) => alone(() => sql.one.all(id)).map(recordOf)[0],
    ofPrefix: (prefix) => alone(() => sql.ofPrefix.all(prefix, `${prefix}\uffff`)).map(recordOf),
    list: ({ state, limit }) => alone(() => (state ? sql.ofState.all(state, limit) : sql.all.all(limit))).map(recordOf),
    lastTo: (number) => alone(() => sql.lastTo.get(number)),
    passedOnTo: (number, since) => alone(() => sql.passedOnTo.get(number, Math.round(since)) ?? 0),
    idOf: (reference) => alone(() => sql.idOf.get(reference)),
  };
}

export function openStops(db: Database): StopBook {
  const all = db.prepare<[], { number: string; at: number }>('SELECT number, at FROM sms_stops ORDER BY at');
  const add = db.prepare<[string, number]>('INSERT OR IGNORE INTO sms_stops (number, at) VALUES (?, ?)');
  const remove = db.prepare<[string]>('DELETE FROM sms_stops WHERE number = ?');
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  // Asked before each SMS: read once, so that a disk that fails later keeps no alert from leaving.
  let numbers: Set<string> | undefined;
  const known = (): Set<string> => {
    numbers ??= new Set(alone(() => all.all()).map(({ number }) => number));
    return numbers;
  };
  return {
    has: (number) => known().has(number),
    all: () => alone(() => all.all()),
    add: (number, at) => {
      known().add(number);
      alone(() => void add.run(number, Math.round(at)));
    },
    remove: (number) => {
      known().delete(number);
      alone(() => void remove.run(number));
    },
  };
}
