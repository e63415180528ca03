// What an SMS of one of our people means for alerts, and what is not clear enough to be acted on. Nothing that they wrote goes to somebody
// outside unless it is clearly for them; what is unclear is asked back. Pure.
import { isAutomatic, isSignAlone } from '../message/automatic.ts';
import { type Alert, isOver } from './alert.ts';
import { type Reply, readReply, type Says } from './reply.ts';

/** What is known of whoever wrote. */
export type Known = {
  person: string;
  /** Alerts that are not over, oldest first. */
  live: readonly Alert[];
  /** The alert of this number, over or not. */
  named(n: number): Alert | undefined;
  /** The live alert whose code for this person it is. */
  coded(code: string): Alert | undefined;
  /** Open conversations in which they were written to. */
  conversations: number;
  /** Whether this number is one of an open conversation, theirs or not. */
  conversation(n: number): boolean;
  /** The last SMS that they got from us: one of a conversation, or something else. */
  last: 'conversation' | 'other' | 'unknown';
  /** The admin takes a word without its code for a confirmation. */
  bareWords: boolean;
};

/** `sure`: confirmed, by code or because the admin takes the bare word. */
export type Verdict =
  | { is: 'answer'; alert: Alert; says: Says; sure: boolean; note?: string }
  /** Unclear: these alerts may be meant, or a conversation. */
  | { is: 'unclear'; alerts: readonly Alert[] }
  | { is: 'wrong-code'; alerts: readonly Alert[] }
  /** It was meant as an answer to an alert that is over. */
  | { is: 'over'; alert: Alert }
  /** It was meant as an answer, and there is no such alert. */
  | { is: 'nothing-to-answer' }
  /** A telephone wrote it, or a sign that can mean anything: it goes to nobody. */
  | { is: 'machine' }
  /** For whoever carries conversations. */
  | { is: 'words' };

/** A number before a colon names a conversation: « 7: j'arrive ». `14:30` is a time. */
const addressed = /^\s*(?:sms\s*)?[#n°]*\s*(\d{1,9})\s*:(?!\d)\s*(\S[\s\S]*)$/i;
const isCode = (text: string): boolean => /^\d{6}$/.test(text);

export function judge(text: string, known: Known): Verdict {
  if (isAutomatic(text)) return { is: 'machine' };
  const mine = ofPerson(known);
  const to = addressed.exec(text);
  if (to) return addressedTo(Number(to[1]), to[2] ?? '', text, known, mine);
  const reply = readReply(text);
  if (reply.numbers.length > 0) return numbered(reply, known, mine);
  if (reply.says) return unnumbered(reply, reply.says, known, mine);
  if (isSignAlone(text)) return mine.length > 0 ? { is: 'unclear', alerts: mine } : { is: 'machine' };
  return otherWords(known, mine);
}

/** Alerts of which they were told, or that they have. */
const ofPerson = ({ live, person }: Known): Alert[] =>
  live.filter(
    ({ notices, holder }) =>
      holder?.person === person || notices.some((one) => one.kind === 'alert' && one.person === person),
  );

/** « 1: ok » may be meant for alert 1 as well as for conversation 1; « 1: j'arrive » is for the conversation. */
function addressedTo(n: number, words: string, text: string, known: Known, mine: readonly Alert[]): Verdict {
  const inside = readReply(words);
  const answers = inside.says !== undefined && /^\s*\p{L}+[^\p{L}\p{N}]*$/u.test(words);
  const alert = known.live.find((one) => one.n === n);
  if (!answers || !alert) return { is: 'words' };
  if (known.conversation(n)) return { is: 'unclear', alerts: [alert] };
  return numbered(readReply(text), known, mine);
}

function numbered(reply: Reply, known: Known, mine: readonly Alert[]): Verdict {
  const { says, numbers, hedged } = reply;
  const code = numbers.find((one) => known.coded(one));
  if (code === undefined && says === undefined) return bareNumber(reply, known, mine);
  const alert = code === undefined ? known.named(Number(numbers[0])) : known.coded(code);
  const meant = alert ? [alert] : mine;
  if (code === undefined && numbers.some(isCode)) return { is: 'wrong-code', alerts: meant };
  if (!alert || hedged || isAnother(numbers, code, alert)) return notClear(reply, known, meant);
  return isOver(alert) ? { is: 'over', alert } : answered(alert, reply, code !== undefined || known.bareWords);
}

/** A code alone takes the alert. Only a resolution has a note. */
const answered = (alert: Alert, { says = 'taken', note }: Reply, sure: boolean): Verdict =>
  says === 'closed' && note ? { is: 'answer', alert, says, sure, note } : { is: 'answer', alert, says, sure };

/** « PRIS 3 482193 » where the code is that of alert 12. */
const isAnother = (numbers: readonly string[], code: string | undefined, { n }: Alert): boolean =>
  code !== undefined && numbers.some((one) => one !== code && Number(one) !== n);

/** A number and nothing else, or a number before other words. */
function bareNumber({ alone, numbers }: Reply, known: Known, mine: readonly Alert[]): Verdict {
  if (!alone) return otherWords(known, mine);
  const alert = known.live.find(({ n }) => n === Number(numbers[0]));
  return alert ? { is: 'unclear', alerts: [alert] } : otherWords(known, mine);
}

function notClear({ says }: Reply, { conversations }: Known, alerts: readonly Alert[]): Verdict {
  const live = alerts.filter((one) => !isOver(one));
  if (live.length > 0 || conversations > 0) return { is: 'unclear', alerts: live };
  return says ? { is: 'nothing-to-answer' } : { is: 'words' };
}

function unnumbered(reply: Reply, says: Says, known: Known, mine: readonly Alert[]): Verdict {
  const [alert, ...others] = meant(says, mine, known.person);
  if (!alert) return known.conversations > 0 ? otherWords(known, mine) : withoutAlert(reply);
  const clear = reply.alone || (known.conversations === 0 && !reply.hedged && says !== 'closed');
  if (others.length > 0 || !clear) return { is: 'unclear', alerts: mine };
  return { is: 'answer', alert, says, sure: known.bareWords };
}

/** Those that such a word can be about: one closes what they have, and takes what nobody has. */
function meant(says: Says, mine: readonly Alert[], person: string): readonly Alert[] {
  const likely = mine.filter((one) => (says === 'closed' ? one.holder?.person === person : one.phase === 'open'));
  return likely.length > 0 ? likely : mine;
}

/** More words after « ok » may mean anything. */
const withoutAlert = ({ alone }: Reply): Verdict => (alone ? { is: 'nothing-to-answer' } : { is: 'words' });

/** Words that are no answer. An alert that nobody has comes before a conversation; what was read last says what is answered. */
function otherWords({ conversations, last }: Known, mine: readonly Alert[]): Verdict {
  if (mine.some(({ phase }) => phase !== 'held')) return { is: 'unclear', alerts: mine };
  const elsewhere = conversations > 0 && (last === 'conversation' || (last === 'unknown' && mine.length === 0));
  if (conversations === 0 && mine.length === 0) return { is: 'words' };
  return elsewhere ? { is: 'words' } : { is: 'unclear', alerts: mine };
}
