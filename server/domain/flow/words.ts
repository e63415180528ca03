// What Vigie says by itself, in French and English. Files may replace most of it; nothing here names a company.
import type { Flow, Line } from './set.ts';

type Words = {
  /** To whoever called a number that is none of ours. */
  stranger: string;
  /** When a flow cannot go on. */
  trouble: string;
  waiting: string;
  confirmDigits: [before: string, after: string];
  /** To the person rung. */
  callFrom: string;
  hiddenCaller: string;
  onLine: string;
  question: string;
  taken: string;
  /** To a technician who chooses by key: `keys[0]` is key 1. */
  keys: readonly string[];
  offerEnd: string;
  hiddenLogged: string;
  barredCaller: string;
  /** To a technician whom the line rings, so that they call a customer back. */
  callBackAsked: string;
  callBackQuestion: string;
  customerAbsent: string;
  ofLine(name: string): string;
  takeDuty(planning: string, until: string): string;
};

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

const french: Words = {
  stranger: "Ce numéro n'est pas en service. Merci de vérifier le numéro composé. Au revoir.",
  trouble: 'Nous ne pouvons pas traiter votre appel. Merci de rappeler dans quelques instants.',
  waiting: "Merci de patienter, nous appelons la personne d'astreinte.",
  confirmDigits: ['Vous avez tapé', 'Pour confirmer, tapez 1. Pour corriger, tapez 2.'],
  callFrom: "Appel d'astreinte de",
  hiddenCaller: "Appel d'astreinte d'un numéro masqué.",
  onLine: 'Ligne : {line}.',
  question: "Pour prendre l'appel, tapez 1. Pour refuser, 2. Pour réécouter, étoile.",
  taken: "Cet appel vient d'être pris par un collègue. Merci.",
  keys: nine.map((key) => `Touche ${key}.`),
  offerEnd: 'Pour réécouter, étoile. Pour revenir, 0.',
  hiddenLogged: 'Numéro masqué : il ne peut pas être rappelé.',
  barredCaller: 'Ce numéro ne peut pas être rappelé.',
  callBackAsked: 'Rappel demandé. Vous allez appeler le',
  callBackQuestion: 'Pour lancer cet appel, tapez 1. Pour renoncer, 2. Pour réécouter, étoile.',
  customerAbsent: "Votre correspondant ne répond pas. L'appel est terminé.",
  ofLine: (name) => `ligne ${name}`,
  takeDuty: (planning, until) => `Prendre l'astreinte ${planning}, jusqu'à : ${until}.`,
};

const english: Words = {
  stranger: 'This number is not in service. Please check the number you dialled. Goodbye.',
  trouble: 'We cannot handle your call. Please call again in a moment.',
  waiting: 'Please hold, we are calling the person on duty.',
  confirmDigits: ['You keyed', 'To confirm, press 1. To correct, press 2.'],
  callFrom: 'On-call request from',
  hiddenCaller: 'On-call request from a hidden number.',
  onLine: 'Line: {line}.',
  question: 'To take the call, press 1. To decline, 2. To hear this again, star.',
  taken: 'A colleague has just taken this call. Thank you.',
  keys: nine.map((key) => `Key ${key}.`),
  offerEnd: 'To hear this again, star. To go back, 0.',
  hiddenLogged: 'Hidden number: it cannot be called back.',
  barredCaller: 'This number cannot be called back.',
  callBackAsked: 'A call back was requested. You are about to call',
  callBackQuestion: 'To make this call, press 1. To give up, 2. To hear this again, star.',
  customerAbsent: 'The person you called does not answer. This call is over.',
  ofLine: (name) => `line ${name}`,
  takeDuty: (planning, until) => `Take the duty of ${planning}, until: ${until}.`,
};

/** The wording for a language: French for French, English for all that we do not speak. */
export const wordsIn = (language: string): Words => (language.startsWith('fr') ? french : english);

const callBackNodes = (words: Words): Flow['nodes'] => ({
  '': {
    ...{ kind: 'call-back', ring: 40, wait: 'ringing', nobody: 'absent' },
    exits: { 'no-answer': 'absent', 'carrier-failure': 'absent' },
  },
  absent: { kind: 'hangup', say: [{ text: words.customerAbsent }], reason: 'normal' },
});
const callBackFlow = (id: string, language: string): Flow => ({
  ...{ id, name: '', language, start: '', tables: {}, nodes: callBackNodes(wordsIn(language)) },
});

/** Where a technician is led whom the line rang, so that they call a customer back. No file can name these flows. */
export const callBackFlows: Readonly<Record<string, Flow>> = {
  '@call-back': callBackFlow('@call-back', 'fr'),
  '@call-back-en': callBackFlow('@call-back-en', 'en'),
};
export const callBackIn = (language: string): string => (language.startsWith('fr') ? '@call-back' : '@call-back-en');
export const isCallBack = (flow: string): boolean => Object.hasOwn(callBackFlows, flow);

/** Where calls are led that no file can lead: a number that is none of ours, a flow that cannot go on. Both are stated ends. */
export const strangerFlow: Flow = {
  id: '',
  name: '',
  language: 'fr',
  start: '',
  tables: {},
  nodes: {
    '': { kind: 'hangup', say: [{ text: french.stranger }], reason: 'normal' },
    trouble: { kind: 'hangup', say: [{ text: french.trouble }], reason: 'normal' },
  },
};
export const strangerLine: Line = {
  number: '',
  name: '',
  flow: '',
  language: 'fr',
  timezone: 'Europe/Paris',
  holidays: 'FR',
  show: 'line',
  wait: { sound: 'music', words: [], every: 15 },
};
