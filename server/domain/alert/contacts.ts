// How the people on call can be reached: the one resolver's answer, with the addresses of people.yaml.

import type { Instant } from '../../base/clock.ts';
import type { PlanningSet } from '../planning/schema.ts';
import type { Target } from '../telephony/effect.ts';
import type { OnCall } from '../telephony/event.ts';
import { isFrenchMobile } from '../telephony/numbers.ts';
import type { Contact } from './alert.ts';
import type { Everybody, Whom } from './policy.ts';

/** A mobile number is taken for SMS too, unless another is named. Undefined: nobody of that name. */
export function contactOf({ people }: PlanningSet, id: string): Contact | undefined {
  const person = people.get(id);
  if (!person) return undefined;
  const sms = person.sms ?? person.phones.find(isFrenchMobile);
  const { name, language, phones, email } = person;
  return { person: id, name, language, phones, ...(sms ? { sms } : {}), ...(email ? { email } : {}) };
}

/** Whose number this is. People in the file's order: a number that two share is the first one's. */
export function personWith(plannings: PlanningSet, number: string): Contact | undefined {
  const found = [...plannings.people.values()].find((one) => one.sms === number || one.phones.includes(number));
  const contact = found && contactOf(plannings, found.id);
  // Written to where they write from, even from a telephone that is not the one for SMS.
  return contact && { ...contact, sms: contact.sms ?? number };
}

/** The one resolver, as it stands now. */
export type Resolver = {
  onCall(target: Target, at: Instant): { people: OnCall[]; because: string };
  reading(): { plannings: PlanningSet };
};

type Found = { people: Contact[]; because: string };

export function contactsFor(config: Resolver, whom: Whom | Everybody, at: Instant): Found {
  if ('everybody' in whom) return everybody(config, at);
  const { people, because } = config.onCall(whom, at);
  const { plannings } = config.reading();
  return { because, people: people.map((one) => contactOf(plannings, one.person) ?? numberOnly(one)) };
}

/** Whoever is on call on any planning now; everybody there is where nobody is. */
function everybody(config: Resolver, at: Instant): Found {
  const { plannings } = config.reading();
  const on = [...plannings.plannings.keys()].flatMap((planning) => config.onCall({ planning }, at).people);
  const ids = on.length > 0 ? on.map(({ person }) => person) : [...plannings.people.keys()];
  const people = [...new Set(ids)].flatMap((id) => contactOf(plannings, id) ?? []);
  return { people, because: 'personne d’autre ne pouvait être prévenu : tout le monde' };
}

/** A number written in a policy: it can be called, and written to where it is a mobile. */
const numberOnly = ({
  person,
  name,
  language,
  phones,
}: {
  person: string;
  name: string;
  language: string;
  phones: string[];
}): Contact => ({
  person,
  name,
  language,
  phones,
  ...(phones[0] && isFrenchMobile(phones[0]) ? { sms: phones[0] } : {}),
});
