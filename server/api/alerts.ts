// Alerts over HTTP: read and act with a token (screens and ticket tools stand on it), or with a signed link that needs no login.
import { z } from 'zod';
import { type Reply, type Route, refused, route } from '../base/route.ts';
import { type Contact, isOver } from '../domain/alert/alert.ts';
import { shown } from '../domain/alert/shown.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { Links } from '../engine/alerts/links.ts';
import type { AlertStore, Said } from '../engine/alerts/ports.ts';
import { linkRoutes } from './alert-links.ts';

export type AlertRooms = {
  alerting: Alerting;
  list: AlertStore['list'];
  links: Links;
  now(): number;
  /** A person of people.yaml. */
  person(id: string): Contact | undefined;
};

const word = z.strictObject({
  /** Who speaks: a person of people.yaml, or any name. */
  person: z.string().max(64).optional(),
  name: z.string().min(1).max(100).optional(),
  note: z.string().max(500).optional(),
  /** Takes over from whoever has it. */
  over: z.boolean().optional(),
  /** Handing over: to whom. */
  to: z.string().max(64).optional(),
});
const listQuery = z.object({
  all: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const id = z.string().max(64);
const actions = ['ack', 'decline', 'hand-over', 'resolve'] as const;
const action = z.enum(actions, `expected one of ${actions.join(', ')}`);
type Action = z.output<typeof action>;
const access = { who: 'token' } as const;
const unknown = 'no alert has this id or number';

export const alertRoutes = (rooms: AlertRooms): Route[] => [
  route({
    method: 'GET',
    path: '/api/alerts',
    access,
    query: listQuery,
    handle: ({ query: { all, limit } }) => ({
      json: { alerts: rooms.list({ all: all === 'true', limit }).map(shown) },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/alerts/:id',
    access,
    params: z.object({ id }),
    handle({ params }) {
      const alert = rooms.alerting.find(params.id);
      return alert ? { json: shown(alert) } : refused(404, unknown);
    },
  }),
  route({
    method: 'POST',
    path: '/api/alerts/:id/:action',
    access,
    params: z.object({ id, action }),
    body: word,
    handle: ({ params, body }) => act(rooms, params.id, params.action, body),
  }),
  ...linkRoutes(rooms),
];

function act(rooms: AlertRooms, id: string, action: Action, read: z.output<typeof word>): Reply {
  const said = saidBy(rooms, action, read);
  if ('error' in said) return refused(400, said.error);
  if (!rooms.alerting.leading) return refused(503, 'another process sends the alerts: ask that one');
  const before = rooms.alerting.find(id);
  if (!before) return refused(404, unknown);
  if (isOver(before)) return refused(409, 'this alert is closed', { alert: shown(before) });
  const after = rooms.alerting.act(before.id, said) ?? before;
  const lost = said.type === 'taken' && after.holder?.name !== said.who.name;
  return lost ? refused(409, `${after.holder?.name} has it`, { alert: shown(after) }) : { json: shown(after) };
}

function saidBy(
  { person: personOf }: AlertRooms,
  action: Action,
  { person, name, note, over, to }: z.output<typeof word>,
): Said | { error: string } {
  const known = person === undefined ? undefined : personOf(person);
  if (person !== undefined && !known) return { error: `there is no person "${person}" in people.yaml` };
  const who = known ? { person: known.person, name: known.name } : { name: name ?? '' };
  if (who.name === '') return { error: 'say who: {"person": "lea"} or {"name": "…"}' };
  if (action === 'ack') return { type: 'taken', who, by: 'api', ...(over ? { over: true as const } : {}) };
  if (action === 'decline') return { type: 'declined', who, by: 'api' };
  if (action === 'resolve') return { type: 'closed', who, by: 'api', ...(note ? { note } : {}) };
  const next = to === undefined ? undefined : personOf(to);
  return next
    ? { type: 'handed', who, to: next, by: 'api' }
    : { error: 'say to whom: {"to": "karim"}, a person of people.yaml' };
}
