// What an alert says: SMS, e-mail, and the words of an alert call, in French and English. Pure: an alert in, texts out.
import type { About, Alert, Contact, Entry, News } from './alert.ts';

type Words = {
  language: 'fr' | 'en';
  alert: (n: number) => string;
  from: (who: string) => string;
  hidden: string;
  line: (name: string) => string;
  message: string;
  /** `key`: the code of a notice, or the alert's number. */
  reply: (key: string) => string;
  link: (url: string) => string;
  taken: (n: number, who: string) => string;
  closed: (n: number, who: string, note: string) => string;
  yours: (n: number, key: string) => string;
  other: (n: number, who: string, key: string) => string;
  done: (n: number) => string;
  declined: (n: number) => string;
  unknown: string;
  subject: (n: number) => string;
  spokenAlert: (n: number) => string;
  spokenMessage: string;
  question: string;
  thanks: string;
  takenElsewhere: string;
  /** The page behind a link: its buttons, what pressing the first does, and whose the alert is. */
  page: {
    take: string;
    close: string;
    how: (name: string) => string;
    yours: (n: number) => string;
    other: (n: number, who: string) => string;
  };
};

const french: Words = {
  language: 'fr',
  alert: (n) => `Alerte ${n} :`,
  from: (who) => `Appelant : ${who}.`,
  hidden: 'numéro masqué',
  line: (name) => `Ligne ${name}.`,
  message: 'Un message est enregistré.',
  reply: (key) => `Répondez PRIS ${key} pour la prendre, NON ${key} sinon.`,
  link: (url) => `Ou : ${url}`,
  taken: (n, who) => `Alerte ${n} : ${who} s'en occupe. Vous n'avez rien à faire.`,
  closed: (n, who, note) => `Alerte ${n} résolue par ${who}${note ? ` : ${note}` : ''}.`,
  yours: (n, key) => `C'est noté : l'alerte ${n} est à vous. Répondez RESOLU ${key} quand c'est fini.`,
  other: (n, who, key) => `L'alerte ${n} est déjà prise par ${who}. Répondez REPRENDS ${key} pour la reprendre.`,
  done: (n) => `L'alerte ${n} est close. Merci.`,
  declined: (n) => `C'est noté : l'alerte ${n} passe à une autre personne.`,
  unknown: 'Aucune alerte ne correspond à votre réponse. Écrivez par exemple : PRIS 12.',
  subject: (n) => `Alerte ${n}`,
  spokenAlert: (n) => `Alerte d'astreinte numéro ${n}.`,
  spokenMessage: 'Voici le message laissé.',
  question: 'Pour prendre cette alerte, tapez 1. Si ce n’est pas pour vous, tapez 2. Pour réécouter, étoile.',
  thanks: 'C’est noté, cette alerte est à vous. Merci.',
  takenElsewhere: 'Cette alerte vient d’être prise par un collègue. Merci.',
  page: {
    take: 'Je m’en occupe',
    close: 'C’est résolu',
    yours: (n) => `L’alerte ${n} est à vous.`,
    other: (n, who) => `L’alerte ${n} est déjà prise par ${who}.`,
    how: (name) => `${name}, un appui suffit : les rappels s’arrêtent et les autres sont prévenus.`,
  },
};

const english: Words = {
  language: 'en',
  alert: (n) => `Alert ${n}:`,
  from: (who) => `Caller: ${who}.`,
  hidden: 'hidden number',
  line: (name) => `Line ${name}.`,
  message: 'A message was recorded.',
  reply: (key) => `Reply OK ${key} to take it, NO ${key} otherwise.`,
  link: (url) => `Or: ${url}`,
  taken: (n, who) => `Alert ${n}: ${who} has it. There is nothing for you to do.`,
  closed: (n, who, note) => `Alert ${n} resolved by ${who}${note ? `: ${note}` : ''}.`,
  yours: (n, key) => `Noted: alert ${n} is yours. Reply DONE ${key} when it is over.`,
  other: (n, who, key) => `Alert ${n} was taken by ${who}. Reply TAKE OVER ${key} to take it over.`,
  done: (n) => `Alert ${n} is closed. Thank you.`,
  declined: (n) => `Noted: alert ${n} goes to somebody else.`,
  unknown: 'No alert goes with your answer. Write for example: OK 12.',
  subject: (n) => `Alert ${n}`,
  spokenAlert: (n) => `On-call alert number ${n}.`,
  spokenMessage: 'Here is the message that was left.',
  question: 'To take this alert, press 1. If it is not for you, press 2. To hear this again, star.',
  thanks: 'Noted, this alert is yours. Thank you.',
  takenElsewhere: 'A colleague has just taken this alert. Thank you.',
  page: {
    take: 'I have it',
    close: 'It is resolved',
    yours: (n) => `Alert ${n} is yours.`,
    other: (n, who) => `Alert ${n} was taken by ${who}.`,
    how: (name) => `${name}, one press is enough: reminders stop and the others are told.`,
  },
};

/** French for French, English for all that we do not speak. */
export const alertWords = (language: string): Words => (language.startsWith('fr') ? french : english);

/** `+33612345678` → `06 12 34 56 78`. */
export const sayNumber = (number: string): string => {
  const national = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number);
  return national ? `0${national[1]} ${national.slice(2).join(' ')}` : number;
};

/** Texts from outside in a message of ours: one line, of a bearable length. */
const tame = (text: string, most = 300): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, most);

const callerOf = ({ caller }: About, words: Words): string | undefined =>
  caller === undefined ? undefined : words.from(caller === '' ? words.hidden : sayNumber(caller));

/** The reason already names the caller in most flows: it is not said twice. */
const facts = ({ reason, about }: Alert, words: Words): string[] => {
  const caller = callerOf(about, words);
  const named = about.caller && (reason.includes(sayNumber(about.caller)) || reason.includes(about.caller));
  return [
    tame(reason),
    ...(caller && !named ? [caller] : []),
    ...(about.line && !reason.includes(about.line) ? [words.line(tame(about.line, 60))] : []),
    ...(about.recording ? [words.message] : []),
  ];
};

/** @param key what an answer must carry: the notice's code, or the alert's number */
export function smsText(alert: Alert, to: Contact, key: string, link: string | undefined): string {
  const words = alertWords(to.language);
  const how = [words.reply(key), ...(link ? [words.link(link)] : [])];
  return [words.alert(alert.n), ...facts(alert, words), ...how].join(' ');
}

export function newsText(alert: Alert, to: Contact, news: News): string {
  const words = alertWords(to.language);
  if (news === 'closed') return words.closed(alert.n, alert.closed?.name ?? '?', tame(alert.closed?.note ?? ''));
  return words.taken(alert.n, alert.holder?.name ?? '?');
}

export const mailSubject = (alert: Alert, to: Contact): string =>
  `${alertWords(to.language).subject(alert.n)} : ${tame(alert.reason, 120)}`;

export function mailText(alert: Alert, to: Contact, link: string | undefined): string {
  const words = alertWords(to.language);
  const keyed = Object.entries(alert.about.values ?? {}).filter(([, value]) => value !== null && value !== '');
  return [
    ...[words.alert(alert.n), '', ...facts(alert, words), ''],
    ...keyed.map(([name, value]) => `  ${name} : ${tame(String(value))}`),
    ...(link ? ['', words.link(link)] : []),
    ...(alert.about.call ? ['', `vigie call ${alert.about.call}`] : []),
    '',
  ].join('\n');
}

/** What happened to an alert, for a French reader. */
const told: Record<string, (entry: Entry) => string> = {
  raised: ({ note }) => `alerte levée : ${note ?? ''}`,
  deferred: () => 'différée jusqu’à l’ouverture',
  level: ({ note }) => `niveau ${note ?? ''}`,
  nobody: ({ note }) => `personne à prévenir (${note ?? ''})`,
  taken: ({ who }) => `${who} prend l’alerte`,
  answered: ({ who }) => `${who} a répondu, sans confirmer`,
  declined: ({ who }) => `${who} ne peut pas`,
  handed: ({ who, note }) => `${who} la confie à ${note ?? ''}`,
  returned: ({ who }) => `revient : ${who ?? 'personne'} ne l’a pas résolue à temps`,
  closed: ({ who, note }) => `${who} la clôt${note ? ` : ${note}` : ''}`,
  silent: () => 'personne n’a confirmé ; la règle dit de s’arrêter',
};
export const entryText = (entry: Entry): string => (told[entry.what] ?? (() => entry.what))(entry);
