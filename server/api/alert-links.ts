// The page behind a signed link: shown and acted on without a login, by whoever holds the link.
import { z } from 'zod';
import { type Access, type Reply, type Route, route } from '../base/route.ts';
import type { Contact } from '../domain/alert/alert.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { Links } from '../engine/alerts/links.ts';
import { linkPage, type Reader } from './link-page.ts';

export type LinkRooms = {
  alerting: Pick<Alerting, 'find' | 'act'>;
  links: Links;
  now(): number;
  /** A person of people.yaml. */
  person(id: string): Contact | undefined;
};

const params = z.object({ token: z.string().max(500) });
const path = '/a/:token';

const page = (html: string, status = 200): Reply => ({
  status,
  headers: {
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
  },
  text: html,
  type: 'html',
});
const expired = page(linkPage(undefined, undefined), 404);

/** GET only shows: a mail scanner that follows the link confirms nothing. */
export function linkRoutes(rooms: LinkRooms): Route[] {
  const access: Access = {
    who: 'signed',
    by: 'the link of an alert',
    proof: (asked) => holderOf(rooms, params.safeParse(asked.params).data?.token) !== undefined,
    refusal: expired,
  };
  const show = ({ params: { token } }: { params: z.output<typeof params> }): Reply => {
    const holder = holderOf(rooms, token);
    return holder ? page(linkPage(holder.alert, holder.reader)) : expired;
  };
  return [
    route({ method: 'GET', path, access, params, handle: show }),
    route({
      method: 'POST',
      path,
      access,
      params,
      body: z.object({ act: z.string().optional() }),
      forms: true,
      most: 1024,
      handle: ({ params: { token }, body }) => acted(rooms, token, body.act === 'close' ? 'closed' : 'taken'),
    }),
  ];
}

function acted(rooms: LinkRooms, token: string, type: 'closed' | 'taken'): Reply {
  const holder = holderOf(rooms, token);
  if (!holder) return expired;
  const { person, name } = holder.reader;
  const after = rooms.alerting.act(holder.alert.id, { type, who: { person, name }, by: 'link' });
  return page(linkPage(after, holder.reader));
}

/** The alert that a link is for, and whom it was sent to; undefined when it is no link of ours, or is too old. */
function holderOf(rooms: LinkRooms, token = '') {
  const claim = rooms.links.read(token, rooms.now());
  const alert = claim && rooms.alerting.find(claim.alert);
  const reader = claim && readerOf(rooms, claim.person);
  return alert && reader ? { alert, reader } : undefined;
}

/** Who has left has no say any more; a number that a policy names is nobody of people.yaml. */
function readerOf({ person }: LinkRooms, id: string): Reader | undefined {
  const known = person(id);
  if (known) return { person: id, name: known.name, language: known.language };
  return /^\+\d+$/.test(id) ? { person: id, name: id, language: 'fr' } : undefined;
}
