// Duties taken outside of the files, each a row. Several programs write (the server, `vigie duty`); each change has a number, so that
// the server sees at once that there is one.
import type { Database } from 'better-sqlite3';
import type { Instant } from '../base/clock.ts';
import { guarded } from './failure.ts';

/** `from` to just before `until`, which is its end in truth: one ended early has the instant at which it was. */
export type Override = {
  id: number;
  planning: string;
  people: string[];
  from: Instant;
  until: Instant;
  /** Shown to everybody. */
  why: string;
  /** A person's id, or whoever else set it. */
  setBy: string;
  endedBy?: string;
};

/** Synchronous and committed on return. @throws StoreFailure when the disk or the file fails. */
export interface OverrideStore {
  /** @returns its id */
  add(override: Omit<Override, 'id' | 'endedBy'>): number;
  /** False: there is none of this id that still holds at `at`. */
  end(id: number, at: Instant, by: string): boolean;
  get(id: number): Override | undefined;
  /** Those that end after an instant, in the order in which they were set. */
  since(at: Instant): Override[];
  /** Changes with every change. */
  revision(): number;
}

type Row = Omit<Override, 'people' | 'endedBy'> & { people: string; endedBy: string | null };
const columns =
  'k AS id, planning, people, from_at AS "from", until_at AS until, why, set_by AS setBy, ended_by AS endedBy';
const next = '(SELECT coalesce(max(revision), 0) + 1 FROM overrides)';

export function openOverrides(db: Database): OverrideStore {
  const add = db.prepare<Omit<Row, 'id' | 'endedBy'>>(`
    INSERT INTO overrides (planning, people, from_at, until_at, why, set_by, revision)
    VALUES (@planning, @people, @from, @until, @why, @setBy, ${next})`);
  const end = db.prepare<{ id: number; at: number; by: string }>(`
    UPDATE overrides SET until_at = max(@at, from_at), ended_by = @by, revision = ${next} WHERE k = @id AND until_at > @at`);
  const get = db.prepare<[number], Row>(`SELECT ${columns} FROM overrides WHERE k = ?`);
  const since = db.prepare<[number], Row>(`SELECT ${columns} FROM overrides WHERE until_at > ? ORDER BY k`);
  const revision = db.prepare<[], number>('SELECT coalesce(max(revision), 0) FROM overrides').pluck();
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    add: (given) =>
      alone(() => {
        const row = { ...given, people: JSON.stringify(given.people), from: Math.round(given.from) };
        return Number(add.run({ ...row, until: Math.round(given.until) }).lastInsertRowid);
      }),
    end: (id, at, by) => alone(() => end.run({ id, at: Math.round(at), by }).changes > 0),
    get: (id) => {
      const row = alone(() => get.get(id));
      return row && ofRow(row);
    },
    since: (at) => alone(() => since.all(at)).map(ofRow),
    revision: () => alone(() => revision.get() ?? 0),
  };
}

const ofRow = ({ people, endedBy, ...row }: Row): Override => ({
  ...row,
  people: JSON.parse(people) as string[],
  ...(endedBy === null ? {} : { endedBy }),
});
