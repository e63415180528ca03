// Technicians who wrote STOP: we go on writing to them, their carrier may not let it through.
import { existsSync } from 'node:fs';
import { personWith } from '../domain/alert/contacts.ts';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { openStore } from '../store/store.ts';
import { type Finding, said, warns } from './finding.ts';

/** None where the database cannot be read, which is a finding of its own. */
export function optOutFindings(database: string, plannings: PlanningSet): Finding[] {
  const store = existsSync(database) ? openStore(database, { as: 'visit' }) : undefined;
  if (!store?.ok) return [];
  try {
    return store.value.stops.all().flatMap(({ number, at }) => findingOf(plannings, number, at));
  } finally {
    store.value.close();
  }
}

function findingOf(plannings: PlanningSet, number: string, at: number): Finding[] {
  const person = personWith(plannings, number);
  if (!person) return [];
  const day = new Date(at).toISOString().slice(0, 10);
  return [
    warns(
      'sms-stop',
      said(
        `${person.name} a répondu STOP le ${day} (${number}) : les SMS d’alerte partent encore, l’opérateur peut les bloquer`,
        `${person.name} wrote STOP on ${day} (${number}): alerts are still sent, the carrier may block them`,
      ),
      said(
        'lui faire écrire START à ce numéro, ou changer son numéro « sms » dans people.yaml',
        'have them write START to that number, or change their "sms" number in people.yaml',
      ),
    ),
  ];
}
