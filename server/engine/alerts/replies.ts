// SMS of our own people: an answer to an alert is acted on as far as it is proved, and each gets a word back; what is unclear is asked
// back and goes to nobody. Strangers get no word: no loop can begin.
import type { Clock } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import { Limit } from '../../base/limit.ts';
import type { Log } from '../../base/log.ts';
import type { Alert, Contact } from '../../domain/alert/alert.ts';
import { answerWords, askBack, readSendIt } from '../../domain/alert/answer-words.ts';
import { judge, type Known, type Verdict } from '../../domain/alert/judge.ts';
import { alertWords } from '../../domain/alert/words.ts';
import type { Conversation } from '../../domain/conversation/conversation.ts';
import type { IncomingSms, SmsProvider } from '../../domain/message/port.ts';
import type { Alerting } from './alerting.ts';
import type { Codes } from './codes.ts';
import type { Said } from './ports.ts';

/** The part of the conversations that is needed here. */
export type OpenConversations = {
  live(): Conversation[];
  /** Whether an SMS of this id was one of a conversation. */
  owns(sms: string): boolean;
};

export type ReplyOptions = {
  alerting: Alerting;
  clock: Clock;
  ids: Ids;
  log: Log;
  sms: SmsProvider;
  codes: Codes;
  /** Whether the bare word confirms. */
  bareWords(): boolean;
  conversations: OpenConversations;
  /** The id of the last SMS that was sent to this number. */
  lastTo(number: string): string | undefined;
};

type Answer = Extract<Verdict, { is: 'answer' }>;

const hour = 3_600_000;
/** Two machines that answer each other run dry; somebody who forges a sender cannot flood whom they forge. */
const mostWords = 10;
const mostWrongCodes = 10;
/** What was asked back may be sent on as it was written for so long. */
const keptMs = 30 * 60_000;

export class Replies {
  readonly #options: ReplyOptions;
  readonly #words = new Limit(mostWords, hour);
  readonly #guesses = new Limit(mostWrongCodes, hour);
  readonly #kept = new Map<string, { message: IncomingSms; at: number }>();

  constructor(options: ReplyOptions) {
    this.#options = options;
  }

  /** @returns what is left for the conversations; undefined: it was an answer, or it is asked back, or it is for nobody */
  take(person: Contact, message: IncomingSms): IncomingSms | undefined {
    const send = readSendIt(message.text);
    if (send !== undefined) return this.#sendIt(person, message, send);
    const verdict = judge(message.text, this.#known(person, message.from));
    if (verdict.is === 'words') return message;
    if (verdict.is === 'machine') this.#options.log.info({ from: message.from }, 'an SMS that no person wrote');
    else if (verdict.is === 'answer') this.#answer(person, message, verdict);
    else this.#word(person, message, this.#refused(person, message, verdict));
    return undefined;
  }

  #known({ person }: Contact, number: string): Known {
    const { alerting, codes, bareWords, conversations, clock } = this.#options;
    const live = alerting.live();
    const open = conversations.live();
    const last = this.#options.lastTo(number);
    const guessed = this.#guesses.isFull(person, clock.now());
    return {
      person,
      live,
      bareWords: bareWords(),
      conversations: this.#of(person, open).length,
      named: (n) => alerting.find(String(n)),
      coded: (code) => (guessed ? undefined : live.find(({ id }) => codes.of(id, person) === code)),
      conversation: (n) => open.some((one) => one.n === n),
      last: last === undefined ? 'unknown' : conversations.owns(last) ? 'conversation' : 'other',
    };
  }

  #of = (person: string, open: readonly Conversation[]): Conversation[] =>
    open.filter(({ readers }) => readers.some((one) => one.person === person));

  /** Proved, it is done. Not proved, it stands in the story, and whoever can read their own SMS confirms it. */
  #answer(person: Contact, message: IncomingSms, verdict: Answer): void {
    const { alerting } = this.#options;
    const { alert, sure } = verdict;
    const after = alerting.act(alert.id, saidBy(verdict, person)) ?? alert;
    const words = sure ? this.#done(verdict, person, after) : this.#unproved(verdict, person, after);
    this.#word(person, message, words, sure);
  }

  #done({ says }: Answer, { person, language }: Contact, alert: Alert): string {
    const words = alertWords(language);
    const key = this.#key(alert, person);
    if (alert.phase === 'resolved' || alert.phase === 'silent') return words.done(alert.n);
    if (says === 'declined') return words.declined(alert.n);
    const { holder } = alert;
    return holder?.person === person ? words.yours(alert.n, key) : words.other(alert.n, holder?.name ?? '?', key);
  }

  #unproved(verdict: Answer, contact: Contact, alert: Alert): string {
    const words = answerWords(contact.language);
    const keyed = { n: alert.n, key: this.#key(alert, contact.person) };
    if (verdict.says === 'closed') return words.notedClosed(keyed);
    if (verdict.says === 'declined')
      return alert.phase === 'open' ? words.notedDeclined(keyed) : this.#done(verdict, contact, alert);
    return alert.holder ? this.#done(verdict, contact, alert) : words.noted(keyed);
  }

  #key = ({ id, n }: Alert, person: string): string =>
    this.#options.bareWords() ? String(n) : this.#options.codes.of(id, person);

  #refused(
    contact: Contact,
    message: IncomingSms,
    verdict: Exclude<Verdict, Answer | { is: 'words' | 'machine' }>,
  ): string {
    const { clock, log, conversations } = this.#options;
    const { person, language } = contact;
    if (verdict.is === 'over') return alertWords(language).done(verdict.alert.n);
    if (verdict.is === 'nothing-to-answer') return alertWords(language).unknown;
    if (verdict.is === 'wrong-code') {
      log.warn({ from: message.from }, 'an SMS with a wrong code');
      const more = this.#guesses.allows(person, clock.now());
      return more ? answerWords(language).wrongCode : answerWords(language).tooManyCodes;
    }
    const open = this.#of(person, conversations.live());
    if (open.length > 0) this.#kept.set(person, { message, at: clock.now() });
    const keyed = verdict.alerts.map((one) => ({ n: one.n, key: this.#key(one, person) }));
    return askBack(language, keyed, open);
  }

  /** What they wrote before, and were asked about, goes where they say now. */
  #sendIt({ person }: Contact, message: IncomingSms, n: number): IncomingSms {
    const kept = this.#kept.get(person);
    this.#kept.delete(person);
    const fresh = kept && this.#options.clock.now() - kept.at < keptMs;
    return fresh ? { ...kept.message, text: `${n}: ${kept.message.text}` } : message;
  }

  /** @param proved whoever has the code is the person: their answers are not counted */
  #word({ person }: Contact, { from }: IncomingSms, text: string, proved = false): void {
    const { sms, ids, log, clock } = this.#options;
    if (!proved && !this.#words.allows(person, clock.now()))
      return void log.warn({ to: from }, 'too many SMS in this name: no more words back within the hour');
    void sms.send({ id: ids.next('r'), to: from, text }).then((sent) => {
      if (!sent.accepted) log.warn({ to: from, why: sent.why }, 'an answer could not be sent');
    });
  }
}

function saidBy({ says, sure, note }: Answer, { person, name }: Contact): Said {
  const who = { person, name };
  if (says === 'declined') return { type: 'declined', who, by: 'sms', ...(sure ? {} : { unsure: true as const }) };
  if (!sure) return { type: 'answered', who, by: 'sms', note: says };
  if (says === 'closed') return { type: 'closed', who, by: 'sms', ...(note ? { note } : {}) };
  return { type: 'taken', who, by: 'sms', ...(says === 'over' ? { over: true as const } : {}) };
}
