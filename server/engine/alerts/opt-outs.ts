// A technician who wrote STOP: an alert for whoever plans, in the morning. Anybody can write STOP in somebody's name, so it silences nothing.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Contact } from '../../domain/alert/alert.ts';
import { answerWords } from '../../domain/alert/answer-words.ts';
import { sayNumber } from '../../domain/alert/words.ts';
import type { SmsProvider } from '../../domain/message/port.ts';
import { DAY, HOUR } from '../../domain/planning/calendar.ts';
import type { Planning } from '../../domain/planning/schema.ts';
import { knownZone } from '../../domain/planning/zone.ts';
import type { Alerting } from './alerting.ts';
import type { Raise } from './ports.ts';

const morning = 9 * HOUR;

export type StopTools = {
  alerting: Pick<Alerting, 'raise' | 'knowsId'>;
  sms: SmsProvider;
  ids: Ids;
  log: Log;
  clock: Clock;
};
/** One that names the person, where there is one; the policy for whoever plans, or the default one. */
export type Planner = { planning: Planning | undefined; policy: string | null };

/** Whoever plans is told, once a day and from nine in the morning on; the person learns that nothing is silenced. */
export function tellOfStop(
  { alerting, sms, ids, log, clock }: StopTools,
  contact: Contact,
  number: string,
  planner: Planner,
): void {
  const raise = raiseOf(contact, number, planner, clock.now());
  if (alerting.knowsId(raise.id)) return;
  alerting.raise(raise);
  const text = answerWords(contact.language).staffStop;
  void sms.send({ id: ids.next('r'), to: number, text }).then((sent) => {
    if (!sent.accepted) log.warn({ to: number, why: sent.why }, 'a word to one of our people could not be sent');
  });
}

function raiseOf({ person, name }: Contact, number: string, { planning, policy }: Planner, now: Instant): Raise {
  const zone = knownZone(planning?.zone ?? 'Europe/Paris');
  const today = Math.floor(zone.wall(now) / DAY) * DAY;
  const nine = zone.first(today + morning);
  const reason =
    `${name} (${sayNumber(number)}) a répondu STOP aux SMS d'astreinte. Ils partent encore, mais l'opérateur peut les bloquer : ` +
    "voyez ensemble, qu'il écrive START, ou changez son numéro « sms » dans people.yaml.";
  const raise: Raise = {
    id: `stop-${person}-${new Date(today).toISOString().slice(0, 10)}`,
    at: now,
    reason,
    notBefore: nine >= now ? nine : zone.first(today + DAY + morning),
    target: planning ? { planning: planning.id } : { person },
  };
  return policy === null ? raise : { ...raise, policy };
}
