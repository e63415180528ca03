// Messages and tickets under way, done, and dead: rows, so that a restart forgets none.
import type { Database } from 'better-sqlite3';
import type { Delivery } from '../domain/message/deliveries.ts';
import type { DeliveryStore } from '../engine/messages/ports.ts';
import { guarded } from './failure.ts';

type Row = {
  id: string;
  kind: string;
  about: string | null;
  body: string;
  state: Delivery['state'];
  tries: number;
  made_at: number;
  due_at: number;
  ended_at: number | null;
  answer: string | null;
};

const rowOf = ({ id, about, parcel, state, tries, madeAt, dueAt, endedAt, answer }: Delivery): Row => ({
  id,
  kind: parcel.by,
  about: about ?? null,
  body: JSON.stringify(parcel),
  state,
  tries,
  made_at: Math.round(madeAt),
  due_at: Math.round(dueAt),
  ended_at: endedAt === undefined ? null : Math.round(endedAt),
  answer: answer ?? null,
});

const deliveryOf = (row: Row): Delivery => ({
  id: row.id,
  parcel: JSON.parse(row.body),
  state: row.state,
  tries: row.tries,
  madeAt: row.made_at,
  dueAt: row.due_at,
  ...(row.about === null ? {} : { about: row.about }),
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  ...(row.answer === null ? {} : { answer: row.answer }),
});

export function openDeliveries(db: Database): DeliveryStore {
  const columns = 'id, kind, about, body, state, tries, made_at, due_at, ended_at, answer';
  const add = db.prepare<Row>(
    `INSERT OR IGNORE INTO deliveries (${columns}) VALUES (@id, @kind, @about, @body, @state, @tries, @made_at, @due_at, @ended_at, @answer)`,
  );
  const update = db.prepare<Row>(
    'UPDATE deliveries SET state = @state, tries = @tries, due_at = @due_at, ended_at = @ended_at, answer = @answer WHERE id = @id',
  );
  const revive = db.prepare<[number, number, string]>(
    "UPDATE deliveries SET state = 'waiting', tries = 0, made_at = ?, due_at = ?, ended_at = NULL WHERE id = ?",
  );
  const due = db.prepare<[number, number], Row>(
    "SELECT * FROM deliveries WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?",
  );
  const one = db.prepare<[string], Row>('SELECT * FROM deliveries WHERE id = ?');
  const all = db.prepare<[number], Row>('SELECT * FROM deliveries ORDER BY made_at DESC, id DESC LIMIT ?');
  const ofState = db.prepare<[string, number], Row>(
    'SELECT * FROM deliveries WHERE state = ? ORDER BY made_at DESC, id DESC LIMIT ?',
  );
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    add: (delivery) => alone(() => add.run(rowOf(delivery)).changes > 0),
    update: (delivery) => alone(() => void update.run(rowOf(delivery))),
    revive: (id, at) => alone(() => void revive.run(at, at, id)),
    due: (at, limit) => alone(() => due.all(at, limit)).map(deliveryOf),
    get: (id) => alone(() => one.all(id)).map(deliveryOf)[0],
    list: ({ state, limit }) => alone(() => (state ? ofState.all(state, limit) : all.all(limit))).map(deliveryOf),
  };
}
