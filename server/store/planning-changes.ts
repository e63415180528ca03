// Dated changes of plannings, each a row. Several programs write (the server, commands); each write has a number, so that the server sees at
// once that there is one.
import type { Database } from 'better-sqlite3';
import { type ChangeRow, changeOfRow, rowOfChange } from '../domain/planning/saved-change.ts';
import type { PlanningChanges, SavedChange } from '../engine/technician/ports.ts';
import { guarded } from './failure.ts';

type Row = ChangeRow & { id: number; author: string; madeAt: number; endedBy: string | null };
const columns =
  'k AS id, kind, planning, from_at AS "from", until_at AS until, why, body, author, made_at AS madeAt, ended_by AS endedBy';
const next = '(SELECT coalesce(max(revision), 0) + 1 FROM planning_changes)';

export function openPlanningChanges(db: Database): PlanningChanges {
  const add = db.prepare<ChangeRow & { author: string; madeAt: number }>(`
    INSERT INTO planning_changes (kind, planning, from_at, until_at, why, body, author, made_at, revision)
    VALUES (@kind, @planning, @from, @until, @why, @body, @author, @madeAt, ${next})`);
  const end = db.prepare<{ id: number; at: number; by: string }>(`
    UPDATE planning_changes SET until_at = max(@at, from_at), ended_by = @by, revision = ${next}
    WHERE k = @id AND until_at > @at AND until_at > from_at`);
  const get = db.prepare<[number], Row>(`SELECT ${columns} FROM planning_changes WHERE k = ?`);
  const since = db.prepare<[number], Row>(`SELECT ${columns} FROM planning_changes WHERE until_at > ? ORDER BY k`);
  const revision = db.prepare<[], number>('SELECT coalesce(max(revision), 0) FROM planning_changes').pluck();
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    add: (change, author, at) =>
      alone(() => Number(add.run({ ...rowOfChange(change), author, madeAt: Math.round(at) }).lastInsertRowid)),
    end: (id, at, by) => alone(() => end.run({ id, at: Math.round(at), by }).changes > 0),
    get: (id) => alone(() => get.all(id)).flatMap(savedOf)[0],
    since: (at) => alone(() => since.all(at)).flatMap(savedOf),
    unreadable: () =>
      alone(() => since.all(0)).flatMap((row) => {
        const change = changeOfRow(row);
        return 'unreadable' in change ? [{ id: row.id, why: change.unreadable }] : [];
      }),
    revision: () => alone(() => revision.get() ?? 0),
  };
}

function savedOf(row: Row): SavedChange[] {
  const change = changeOfRow(row);
  if ('unreadable' in change) return [];
  const { id, author, madeAt, endedBy } = row;
  const saved: SavedChange = { id, change, author, madeAt };
  return [endedBy === null ? saved : { ...saved, endedBy }];
}
