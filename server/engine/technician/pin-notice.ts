// What a technician is told when wrong codes shut their telephone out: written like every message that must arrive, and sent by whoever sends.
import type { Instant } from '../../base/clock.ts';
import { contactOf } from '../../domain/alert/contacts.ts';
import type { Delivery } from '../../domain/message/deliveries.ts';
import type { Person, PlanningSet } from '../../domain/planning/schema.ts';

export type Shut = { id: string; minutes: number; code: string };

/** Undefined: they can be written to neither by SMS nor by mail. */
export function pinNotice(
  plannings: PlanningSet,
  { id, language }: Person,
  shut: Shut,
  at: Instant,
): Delivery | undefined {
  const contact = contactOf(plannings, id);
  const text = (language.startsWith('fr') ? french : english)(shut);
  const { sms, email } = contact ?? {};
  const waiting = { id: shut.id, state: 'waiting', tries: 0, madeAt: at, dueAt: at } as const;
  if (sms) return { ...waiting, parcel: { by: 'sms', to: sms, text } };
  if (!email) return undefined;
  const subject = language.startsWith('fr') ? 'Codes faux depuis votre téléphone' : 'Wrong codes from your telephone';
  return { ...waiting, parcel: { by: 'mail', to: [email], subject, text, attachments: [] } };
}

const french = ({ minutes, code }: Shut): string =>
  `Ligne d'astreinte : cinq codes faux depuis votre téléphone, ou par quelqu'un qui imite son numéro. Bloqué ${minutes} min. ` +
  `Si c'est vous : tapez votre code suivi de ${code}, puis dièse.`;

const english = ({ minutes, code }: Shut): string =>
  `On-call line: five wrong codes from your telephone, or from somebody who fakes its number. Shut out for ${minutes} min. ` +
  `If it is you: key your code followed by ${code}, then hash.`;
