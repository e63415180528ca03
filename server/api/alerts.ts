// Alerts over HTTP: read and act with a token (screens and ticket tools stand on it), or with a signed link that needs no login.
import express, { type Response, Router } from 'express';
import { z } from 'zod';
import { type Contact, isOver } from '../domain/alert/alert.ts';
import { shown } from '../domain/alert/shown.ts';
import type { Alerting, Said } from '../engine/alerts/alerting.ts';
import type { Links } from '../engine/alerts/links.ts';
import type { AlertStore } from '../engine/alerts/ports.ts';
import { linkPage } from './link-page.ts';
import { allowed } from './token.ts';

export type AlertRooms = {
  alerting: Alerting;
  list: AlertStore['list'];
  links: Links;
  /** Without one, nothing can be done over HTTP but through signed links. */
  token?: string;
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
const actions = ['ack', 'decline', 'hand-over', 'resolve'] as const;
type Action = (typeof actions)[number];

export function alertRoutes(rooms: AlertRooms): Router {
  const router = Router();
  router.get('/api/alerts', allowed(rooms), (request, response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return void response.status(400).json({ error: z.prettifyError(query.error) });
    const { all, limit } = query.data;
    response.json({ alerts: rooms.list({ all: all === 'true', limit }).map(shown) });
  });
  router.get('/api/alerts/:id', allowed(rooms), (request, response) => {
    const alert = rooms.alerting.find(String(request.params.id));
    if (alert) response.json(shown(alert));
    else response.status(404).json({ error: 'no alert has this id or number' });
  });
  router.post('/api/alerts/:id/:action', allowed(rooms), express.json({ limit: '16kb' }), (request, response) => {
    const action = actions.find((one) => one === request.params.action);
    const read = word.safeParse(request.body ?? {});
    if (!action) return void response.status(404).json({ error: `expected one of ${actions.join(', ')}` });
    if (!read.success) return void response.status(400).json({ error: z.prettifyError(read.error) });
    act(rooms, String(request.params.id), action, read.data, response);
  });
  linkRoutes(router, rooms);
  return router;
}

function act(rooms: AlertRooms, id: string, action: Action, read: z.output<typeof word>, response: Response): void {
  const said = saidBy(rooms, action, read);
  if ('error' in said) return void response.status(400).json(said);
  if (!rooms.alerting.leading)
    return void response.status(503).json({ error: 'another process sends the alerts: ask that one' });
  const before = rooms.alerting.find(id);
  if (!before) return void response.status(404).json({ error: 'no alert has this id or number' });
  if (isOver(before)) return void response.status(409).json({ error: 'this alert is closed', alert: shown(before) });
  const after = rooms.alerting.act(before.id, said) ?? before;
  const refused = said.type === 'taken' && after.holder?.name !== said.who.name;
  response
    .status(refused ? 409 : 200)
    .json(refused ? { error: `${after.holder?.name} has it`, alert: shown(after) } : shown(after));
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

/** GET only shows: a mail scanner that follows the link confirms nothing. */
function linkRoutes(router: Router, { alerting, links, now, person }: AlertRooms): void {
  const claimOf = (token: unknown) => {
    const claim = links.read(String(token), now());
    const alert = claim && alerting.find(claim.alert);
    const reader = claim && readerOf(claim.person);
    return alert && reader ? { alert, reader } : undefined;
  };
  /** Who has left has no say any more; a number that a policy names is nobody of people.yaml. */
  const readerOf = (id: string) => {
    const known = person(id);
    if (known) return { person: id, name: known.name, language: known.language };
    return /^\+\d+$/.test(id) ? { person: id, name: id, language: 'fr' } : undefined;
  };
  const send = (response: Response, status: number, html: string) =>
    void response
      .status(status)
      .set({
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
        'X-Robots-Tag': 'noindex',
        'X-Frame-Options': 'DENY',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      })
      .type('html')
      .send(html);
  router.get('/a/:token', (request, response) => {
    const claim = claimOf(request.params.token);
    send(response, claim ? 200 : 404, linkPage(claim?.alert, claim?.reader));
  });
  router.post('/a/:token', express.urlencoded({ extended: false, limit: '1kb' }), (request, response) => {
    const claim = claimOf(request.params.token);
    const who = claim && { person: claim.reader.person, name: claim.reader.name };
    const type = request.body?.act === 'close' ? ('closed' as const) : ('taken' as const);
    const after = who && alerting.act(claim.alert.id, { type, who, by: 'link' });
    send(response, claim ? 200 : 404, linkPage(after, claim?.reader));
  });
}
