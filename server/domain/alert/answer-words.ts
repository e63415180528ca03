// What is said back to one of our people who answered by SMS, in French and English, in GSM letters. Pure.
import { sayNumber } from './words.ts';

/** An alert, and what an answer to it must carry: its code, or its number. */
export type Keyed = { n: number; key: string };
type Customer = { n: number; sender: string };

type Words = {
  noted: (alert: Keyed) => string;
  notedClosed: (alert: Keyed) => string;
  notedDeclined: (alert: Keyed) => string;
  nobody: string;
  forAlert: (alert: Keyed) => string;
  forCustomer: (customer: Customer) => string;
  wrongCode: string;
  tooManyCodes: string;
  staffStop: string;
};

const french: Words = {
  noted: ({ n, key }) => `Alerte ${n} : réponse notée, PAS CONFIRMEE. Répondez PRIS ${key} pour la prendre.`,
  notedClosed: ({ n, key }) => `Alerte ${n} : elle reste ouverte. Répondez RESOLU ${key} pour la clore.`,
  notedDeclined: ({ n, key }) =>
    `Alerte ${n} : réponse notée, PAS CONFIRMEE. Répondez NON ${key} pour ne plus être relancé.`,
  nobody: "Pas compris : votre SMS n'est parti chez personne, rien n'a changé.",
  forAlert: ({ n, key }) => `Pour l'alerte ${n} : PRIS ${key}, NON ${key} ou RESOLU ${key}.`,
  forCustomer: ({ n, sender }) => `Pour le ${sayNumber(sender)} : ENVOI ${n} (ou ${n}: votre texte).`,
  wrongCode: "Ce code n'est pas le bon : rien n'a changé. Il est dans le SMS d'alerte ; le lien marche aussi.",
  tooManyCodes: "Trop de codes faux : d'ici une heure, répondez par le lien du SMS ou à l'appel d'alerte.",
  staffStop:
    "Vous avez écrit STOP : les SMS d'astreinte partent encore, votre responsable est prévenu. START pour les garder.",
};

const english: Words = {
  noted: ({ n, key }) => `Alert ${n}: answer noted, NOT CONFIRMED. Reply OK ${key} to take it.`,
  notedClosed: ({ n, key }) => `Alert ${n}: it is still open. Reply DONE ${key} to close it.`,
  notedDeclined: ({ n, key }) => `Alert ${n}: answer noted, NOT CONFIRMED. Reply NO ${key} to get no more reminders.`,
  nobody: 'Not understood: your SMS went to nobody, nothing has changed.',
  forAlert: ({ n, key }) => `For alert ${n}: OK ${key}, NO ${key} or DONE ${key}.`,
  forCustomer: ({ n, sender }) => `For ${sayNumber(sender)}: SEND ${n} (or ${n}: your text).`,
  wrongCode: 'This code is wrong: nothing has changed. It is in the SMS of the alert; the link works as well.',
  tooManyCodes: 'Too many wrong codes: within the next hour, use the link of the SMS or the alert call.',
  staffStop: 'You wrote STOP: on-call SMS are still sent, and whoever plans is told. Write START to keep them.',
};

/** French for French, English for all that we do not speak. */
export const answerWords = (language: string): Words => (language.startsWith('fr') ? french : english);

const most = 3;
/** What may have been meant, and how to say it. */
export function askBack(language: string, alerts: readonly Keyed[], customers: readonly Customer[]): string {
  const words = answerWords(language);
  return [
    words.nobody,
    ...alerts.slice(0, most).map(words.forAlert),
    ...customers.slice(0, most).map(words.forCustomer),
  ].join(' ');
}

/** « ENVOI 7 »: what was asked about goes to that customer as it was written. */
export function readSendIt(text: string): number | undefined {
  const found = /^\s*(?:envoi|envoie|envoyer|send)\s*(\d{1,9})\s*[.!]?\s*$/i.exec(text);
  return found ? Number(found[1]) : undefined;
}
