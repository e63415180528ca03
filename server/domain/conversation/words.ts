// What a conversation says to our people, in French and English, in GSM letters only (no « ç »: one of them makes two SMS of one). Pure.
import { sayNumber } from '../alert/words.ts';
import type { Conversation, Letter } from './conversation.ts';

type Named = Pick<Conversation, 'n' | 'sender'>;
type Words = {
  forward: (thread: Conversation, text: string) => string;
  how: (n: number) => string;
  none: string;
  unknown: (n: number) => string;
  over: (thread: Named) => string;
  several: (threads: readonly Named[]) => string;
  stopped: (thread: Named) => string;
  stoppedReply: (thread: Named) => string;
  failed: (thread: Named, why: string) => string;
  lost: (thread: Named) => string;
  flood: (thread: Named) => string;
};

const list = (threads: readonly Named[]): string =>
  threads
    .slice(0, 5)
    .map(({ n, sender }) => `${n} (${sayNumber(sender)})`)
    .join(', ');

const french: Words = {
  forward: ({ n, sender, lineName }, text) => `SMS ${n} de ${sayNumber(sender)} (${lineName}) : ${text}`,
  how: (n) => `Pour répondre : ${n}: votre texte`,
  none: "Aucune conversation n'est ouverte pour vous : votre SMS n'est parti chez personne.",
  unknown: (n) => `Il n'y a pas de conversation ${n} : votre SMS n'est parti chez personne.`,
  over: ({ n, sender }) =>
    `La conversation ${n} est close : votre SMS n'est pas parti. Appelez le ${sayNumber(sender)}.`,
  several: (threads) =>
    `Plusieurs conversations : ${list(threads)}. Rien n'est parti. Commencez par le numéro, par exemple ${threads[0]?.n}: votre texte`,
  stopped: ({ n, sender }) => `Conversation ${n} : ${sayNumber(sender)} a écrit STOP et ne recevra plus vos réponses.`,
  stoppedReply: ({ n, sender }) =>
    `Conversation ${n} : ${sayNumber(sender)} a écrit STOP, votre réponse n'est pas partie. Appelez si c'est urgent.`,
  failed: ({ n, sender }, why) =>
    `Conversation ${n} : votre réponse au ${sayNumber(sender)} n'est pas arrivée (${why}).`,
  lost: ({ n, sender }) =>
    `Conversation ${n} : rien ne dit que votre réponse au ${sayNumber(sender)} est arrivée. Appelez si c'est urgent.`,
  flood: ({ n, sender }) =>
    `Conversation ${n} : trop de SMS en peu de temps avec ${sayNumber(sender)}. Ils sont gardés, plus transmis.`,
};

const english: Words = {
  forward: ({ n, sender, lineName }, text) => `SMS ${n} from ${sayNumber(sender)} (${lineName}): ${text}`,
  how: (n) => `To answer: ${n}: your text`,
  none: 'No conversation is open for you: your SMS went to nobody.',
  unknown: (n) => `There is no conversation ${n}: your SMS went to nobody.`,
  over: ({ n, sender }) => `Conversation ${n} is closed: your SMS did not leave. Call ${sayNumber(sender)}.`,
  several: (threads) =>
    `Several conversations: ${list(threads)}. Nothing was sent. Begin with the number, for example ${threads[0]?.n}: your text`,
  stopped: ({ n, sender }) => `Conversation ${n}: ${sayNumber(sender)} wrote STOP and gets your answers no more.`,
  stoppedReply: ({ n, sender }) =>
    `Conversation ${n}: ${sayNumber(sender)} wrote STOP, your answer did not leave. Call if it is urgent.`,
  failed: ({ n, sender }, why) => `Conversation ${n}: ${sayNumber(sender)} did not get your answer (${why}).`,
  lost: ({ n, sender }) =>
    `Conversation ${n}: nothing says that ${sayNumber(sender)} got your answer. Call if it is urgent.`,
  flood: ({ n, sender }) =>
    `Conversation ${n}: too many SMS in a short time with ${sayNumber(sender)}. They are kept, no longer passed on.`,
};

/** French for French, English for all that we do not speak. */
export const conversationWords = (language: string): Words => (language.startsWith('fr') ? french : english);

/** A text from outside inside one of ours: one line, so that it cannot look like several messages. */
export const oneLine = (text: string, most: number): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, most);

/** Why an alert was raised, for whoever is woken by it. */
export const alertReason = ({ n, sender }: Conversation, { text }: Letter): string =>
  `SMS ${n} de ${sayNumber(sender)}, remis à personne : ${oneLine(text, 200)}`;
