// What finished calls teach of phones: which of them a machine answers, and after how long. Told to people, never acted on.
// Read from the legs on record each time: a note kept beside them could disagree with them.
import type { Kysely } from 'kysely';
import type { Instant } from '../base/clock.ts';
import type { PersonId, PhoneNumber } from '../domain/telephony/names.ts';
import type { LedgerTables } from './tables.ts';

/** A phone that a machine tends to answer. */
export type MachineNote = {
  person: PersonId;
  name: string;
  number: PhoneNumber;
  /** How long it rings before the machine answers: the median. */
  seconds: number;
  /** Of the latest `answered` legs that were answered, so many were by a machine. */
  machines: number;
  answered: number;
  lastAt: Instant;
};

/** The latest answers of a phone that count: a voicemail switched off is forgotten after a few calls. */
const latest = 5;
/** Once may be chance: somebody was on the underground. */
const leastMachines = 2;
/** More than this in three months is read only in part, the latest first. */
const mostLegs = 50_000;

type Row = Pick<LedgerTables['legs'], 'person' | 'name' | 'number' | 'started_at' | 'rang_ms' | 'cause' | 'verdict'>;

/** Phones that a machine answered at least twice and as often as a person, in what is on record since `since`; by name. */
export async function machineNotes(tables: Kysely<LedgerTables>, since: Instant): Promise<MachineNote[]> {
  const rows = await tables
    .selectFrom('legs')
    .select(['person', 'name', 'number', 'started_at', 'rang_ms', 'cause', 'verdict'])
    .where('started_at', '>=', since)
    .where('answered_at', 'is not', null)
    // What answers test calls is no telephone.
    .where('call', 'not in', tables.selectFrom('calls').select('id').where('test', 'is not', null))
    .orderBy('started_at', 'desc')
    .limit(mostLegs)
    .execute();
  const phones = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.person} ${row.number}`;
    const known = phones.get(key) ?? [];
    if (known.length < latest) phones.set(key, [...known, row]);
  }
  return [...phones.values()].flatMap(noteOf).sort((a, b) => a.name.localeCompare(b.name, 'fr'));
}

/** @param rows a phone's latest answered legs, the last one first */
function noteOf(rows: readonly Row[]): MachineNote[] {
  const machines = rows.filter(({ cause, verdict }) => cause === 'machine' || verdict === 'machine');
  const [last] = machines;
  if (!last || machines.length < leastMachines || machines.length * 2 < rows.length) return [];
  const rang = machines.map((row) => Number(row.rang_ms)).sort((a, b) => a - b);
  return [
    {
      person: last.person,
      name: last.name,
      number: last.number,
      seconds: Math.round((rang[rang.length >> 1] ?? 0) / 1000),
      machines: machines.length,
      answered: rows.length,
      lastAt: Number(last.started_at),
    },
  ];
}
