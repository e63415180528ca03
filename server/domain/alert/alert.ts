// One urgency is one value: who was told and how, who has it, and what comes next. Plain JSON, saved at every step.
import type { Instant } from '../../base/clock.ts';
import type { AlertChannel, Everybody, Policy, Whom } from './policy.ts';

/** Somebody who can be told. */
export type Contact = {
  person: string;
  name: string;
  language: string;
  phones: string[];
  sms?: string;
  email?: string;
};

/** What the alert is about, as far as it is known by now. */
export type About = {
  call?: string;
  caller?: string;
  /** The number called, and what it is called. */
  called?: string;
  line?: string;
  /** What was keyed and looked up. */
  values?: Record<string, string | number | boolean | null>;
  /** File of the message left. */
  recording?: string;
};

/** How a word reached us. */
export type Way = 'sms' | 'key' | 'link' | 'command' | 'api' | 'ticket';
export type Someone = { person?: string; name: string };

/**
 * sending: handed to its sender. sent: accepted there. delivered: known to have arrived (a call: answered). failed: known not to have.
 * lost: no report in time. stopped: no longer needed.
 */
export type NoticeState = 'sending' | 'sent' | 'delivered' | 'failed' | 'lost' | 'stopped';
export type Notice = {
  id: string;
  /** `alert` asks for a confirmation; `news` tells who has it, or that it is over. */
  kind: 'alert' | 'news';
  person: string;
  name: string;
  channel: AlertChannel;
  address: string;
  level: number;
  round: number;
  /** The alert's turn in which it was sent. */
  turn: number;
  at: Instant;
  state: NoticeState;
  endedAt?: Instant;
  why?: string;
};

export type Entry = { at: Instant; what: string; who?: string; by?: Way; note?: string };

/** deferred: judged, and told to nobody before its hour. open: nobody has it. held: a named person has. resolved: done. silent: the policy said to stop, and nobody ever had it. */
export type Phase = 'deferred' | 'open' | 'held' | 'resolved' | 'silent';

export type Alert = {
  id: string;
  /** A short number that people say and type: « PRIS 12 ». */
  n: number;
  reason: string;
  about: About;
  /** Whom the flow named. */
  target?: Whom;
  /** As it was when the alert was raised: a reload never moves it. */
  policy: Policy;
  raisedAt: Instant;
  phase: Phase;
  level: number;
  /** 0: the first notice of this level; then the reminders. */
  round: number;
  /** How long this level has lasted, in ms: counted, never read off a clock that may jump. */
  spentMs: number;
  /** Counts what was begun; timers carry it, so that late ones are recognised. */
  turn: number;
  /** The question to the planning that is being waited for. */
  request?: string;
  /** The turn in which nobody could be told, so that everybody is. */
  everybody?: number;
  /** Handed over to this person: they are told first. */
  towards?: string;
  /** People of this round who have not been told yet (`first`). */
  waiting: Contact[];
  /** Said no at this level. */
  declined: string[];
  /** Everybody who was told, as they can be reached. */
  contacts: Contact[];
  notices: Notice[];
  holder?: Someone & { at: Instant; by: Way };
  closed?: Someone & { at: Instant; by: Way; note?: string };
  /** How often it came back unresolved. */
  returned: number;
  story: Entry[];
  /** Ids minted so far. */
  ids: number;
};

export type AlertEvent = { at: Instant } & (
  | { type: 'timer'; name: string }
  | { type: 'resolved'; request: string; people: Contact[]; because: string }
  | { type: 'sent'; notice: string /** a report will say whether it arrived */; reports: boolean }
  | { type: 'delivered'; notice: string }
  | { type: 'failed'; notice: string; why: string }
  /** « Not me »: the next person at once. `unsure`: nothing proves who said so; others are asked, and nobody is left out for it. */
  | { type: 'declined'; who: Someone; by: Way; unsure?: true }
  /** Somebody answered, and nothing proves who it was: it stands in the story, and the alert goes on. */
  | { type: 'answered'; who: Someone; by: Way; note: string }
  /** « I have it. » `over`: even from the one who has it now. */
  | { type: 'taken'; who: Someone; by: Way; over?: true }
  | { type: 'handed'; who: Someone; to: Contact; by: Way }
  | { type: 'closed'; who: Someone; by: Way; note?: string }
  /** More is known (the message was recorded, the call is over). */
  | { type: 'learned'; about: About }
);

export type News = 'taken' | 'closed';
export type AlertEffect =
  | { type: 'resolve'; request: string; whom: Whom | Everybody }
  | { type: 'notify'; notice: string; channel: AlertChannel; to: Contact }
  | { type: 'tell'; notice: string; channel: AlertChannel; to: Contact; news: News }
  /** An alert call that is no longer needed is ended; the person hears why. */
  | { type: 'stop'; notice: string }
  | { type: 'start-timer'; name: string; ms: number }
  | { type: 'cancel-timer'; name: string }
  /** Something an admin should see. */
  | { type: 'warn'; message: string };

export type AlertStep = { alert: Alert; effects: AlertEffect[] };

export const isOver = (alert: Alert): boolean => alert.phase === 'resolved' || alert.phase === 'silent';
/** The alert that a notice is of: its id begins with it. */
export const alertOf = (notice: string): string => notice.slice(0, notice.lastIndexOf('.'));
export const liveNotice = (notice: Notice): boolean => notice.state === 'sending' || notice.state === 'sent';

/** The address for a channel; none when the person has none. */
export function addressOf(contact: Contact, channel: AlertChannel): string | undefined {
  if (channel === 'call') return contact.phones[0];
  return channel === 'sms' ? contact.sms : contact.email;
}
