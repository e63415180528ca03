// The alert as a telephone call: what it is about, the message that was left, then « 1: I take it, 2: not me ».
import { type Alert, alertOf } from '../../domain/alert/alert.ts';
import { alertWords, sayNumber } from '../../domain/alert/words.ts';
import type { PhoneNumber } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { PlacedEnd, Placer, Placing } from '../placed-calls/placer.ts';
import type { Answered } from './ports.ts';
import type { AlertCaller } from './senders.ts';

export type AlertCallOptions = {
  placer: Placer;
  /** The number shown, where the alert's own line is not known. */
  line(): PhoneNumber;
};

const ringMs = 25_000;

/** @param answered told what became of each call, and what the person keyed */
export function openAlertCalls({ placer, line }: AlertCallOptions, answered: Answered): AlertCaller {
  placer.listen({
    ringing: ({ purpose }) => answered.report({ type: 'sent', notice: purpose, reports: true }),
    ended,
  });
  return {
    stop: (notice) => placer.stop(notice),
    place: (alert, notice, { person, name, phones, language }) =>
      placer.place({
        purpose: notice.id,
        to: { person, name, phones, language },
        ...speech(alert, language),
        line: alert.about.called || line(),
        ringMs,
      }),
  };

  function ended({ purpose: notice, to }: Placing, end: PlacedEnd): Prompt[] {
    const words = alertWords(to.language);
    const who = { person: to.person, name: to.name };
    if (end.end === 'nobody') {
      answered.report({ type: 'failed', notice, why: end.why });
      return [];
    }
    answered.report({ type: 'delivered', notice });
    const after = answered.act(alertOf(notice), { type: end.end === 'yes' ? 'taken' : 'declined', who, by: 'key' });
    const text = after?.holder?.person === to.person ? words.thanks : words.takenElsewhere;
    return [{ kind: 'text', text, language: to.language }];
  }
}

/** Fixed words of every alert call: rendered with each publication. */
export const alertPrompts: Extract<Prompt, { kind: 'text' }>[] = ['fr', 'en'].flatMap((language) => {
  const { question, thanks, takenElsewhere, spokenMessage } = alertWords(language);
  return [question, thanks, takenElsewhere, spokenMessage].map(
    (text): Extract<Prompt, { kind: 'text' }> => ({ kind: 'text', text, language }),
  );
});

function speech(
  { n, reason, about }: Alert,
  language: string,
): { announce: Prompt[]; question: Prompt[]; taken: Prompt[] } {
  const words = alertWords(language);
  const say = (text: string, live?: true): Prompt => ({ kind: 'text', text, language, ...(live ? { live } : {}) });
  const caller = about.caller ? sayNumber(about.caller) : undefined;
  const named = caller !== undefined && (reason.includes(caller) || reason.includes(about.caller ?? caller));
  return {
    announce: [
      say(words.spokenAlert(n), true),
      say(reason, true),
      ...(caller && !named ? [say(words.from(caller), true)] : []),
      ...(about.recording ? [say(words.spokenMessage), { kind: 'file' as const, path: about.recording }] : []),
    ],
    question: [say(words.question)],
    taken: [say(words.takenElsewhere)],
  };
}
