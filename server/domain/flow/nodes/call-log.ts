// Call-log: after a PIN, the last callers are told, newest first, and a key chooses whom `call-back` rings. Never a keyed number.
import type { CallEvent } from '../../telephony/event.ts';
import type { Prompt } from '../../telephony/prompt.ts';
import { momentWords } from '../moments.ts';
import { end, flowOf, type Lead, lineOf, note, type Run } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { speak, spell, spokenNumber } from '../speak.ts';
import { spoken } from '../spoken.ts';
import type { Doing, Offered } from '../state.ts';
import { wordsIn } from '../words.ts';
import { askHouse, houseSaid, offer, offeredIn, onOffer } from './offer.ts';

type CallLog = NodeOf<'call-log'>;
/** The table that only the house answers: no file can name it. Rows: number (empty: hidden, or not to be dialled), line and shown number, instant. */
export const callsTable = '@calls';

export function enterCallLog(run: Run, node: CallLog): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  return run.state.technician ? askHouse(run, callsTable, run.state.technician.person) : { go: node.none };
}

export function onCallLog(run: Run, node: CallLog, doing: Doing, event: CallEvent): Lead | undefined {
  const { technician } = run.state;
  if (!technician) return undefined;
  if (doing.kind === 'looking-up') {
    const found = houseSaid(run, doing.effect, event);
    if (found === undefined) return undefined;
    technician.offered = offeredIn(found ?? {}).slice(0, node.most);
    if (technician.offered.length > 0) return tell(run, node);
    note(run, { note: 'no call on record' });
    return { go: node.none };
  }
  if (doing.kind !== 'asking') return undefined;
  const again = (silent: number, wrong: number) => tell(run, node, silent, wrong);
  return onOffer(run, node, doing, event, again, ({ id }) => {
    technician.last = id;
    run.state.values.rappel = id;
    return { go: node.then };
  });
}

const tell = (run: Run, node: CallLog, silent = 0, wrong = 0): Lead =>
  offer(
    run,
    node,
    (run.state.technician?.offered ?? []).flatMap((one, i) => entry(run, one, i + 1)),
    silent,
    wrong,
  );

/** « Touche 2. Hier à 22 heures 10, ligne Dépannage. 0 6 1 2… » A caller who cannot be called has no key. */
function entry(run: Run, { id, name, at }: Offered, key: number): Prompt[] {
  const { language } = flowOf(run);
  const words = wordsIn(language);
  // The line's name, and behind it the number of a caller who may not be dialled.
  const [line = '', barred = ''] = name.split('\n');
  const when = momentWords(at, run.at, lineOf(run).timezone, language);
  const told = spoken(line ? `${when}, ${words.ofLine(line)}.` : `${when}.`, language, true);
  const say = (text: string) => speak(run, [{ text }]);
  if (id !== '') return [...say(words.keys[key - 1] ?? ''), ...told, ...spell(spokenNumber(id), language)];
  if (barred !== '') return [...told, ...spell(spokenNumber(barred), language), ...say(words.barredCaller)];
  return [...told, ...say(words.hiddenLogged)];
}
