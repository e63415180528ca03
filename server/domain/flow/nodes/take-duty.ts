// Take-duty: after a PIN, a technician takes the duty of a planning that names them, now, until its next hand-off.
import type { CallEvent } from '../../telephony/event.ts';
import type { Prompt } from '../../telephony/prompt.ts';
import { momentWords } from '../moments.ts';
import { end, flowOf, type Lead, lineOf, note, type Run } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { speak } from '../speak.ts';
import { spoken } from '../spoken.ts';
import type { Doing, Offered } from '../state.ts';
import { wordsIn } from '../words.ts';
import { askHouse, houseSaid, offer, offeredIn, onOffer } from './offer.ts';

type TakeDuty = NodeOf<'take-duty'>;
/** Tables that only the house answers. Of a person: the plannings that name them, each with the end of a duty taken now; `person planning`: takes it. */
export const dutiesTable = '@duties';
export const takeTable = '@take-duty';

export function enterTakeDuty(run: Run, node: TakeDuty): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  const { technician } = run.state;
  if (!technician) return { go: node.none };
  delete technician.offered;
  return askHouse(run, dutiesTable, `${technician.person} ${node.planning ?? ''}`);
}

export function onTakeDuty(run: Run, node: TakeDuty, doing: Doing, event: CallEvent): Lead | undefined {
  const { technician } = run.state;
  if (!technician) return undefined;
  if (doing.kind === 'looking-up') {
    const found = houseSaid(run, doing.effect, event);
    if (found === undefined) return undefined;
    return technician.offered ? taken(run, node, found) : offered(run, node, found);
  }
  if (doing.kind !== 'asking') return undefined;
  const again = (silent: number, wrong: number) => tell(run, node, silent, wrong);
  return onOffer(run, node, doing, event, again, ({ id }) => askHouse(run, takeTable, `${technician.person} ${id}`));
}

type Found = ReturnType<typeof houseSaid>;

function offered(run: Run, node: TakeDuty, found: Found): Lead {
  const all = offeredIn(found ?? {});
  if (run.state.technician) run.state.technician.offered = all;
  if (all.length > 0) return tell(run, node);
  note(run, { note: 'no planning names this person' });
  return { go: node.none };
}

function taken(run: Run, node: TakeDuty, found: Found): Lead {
  if (!found) {
    note(run, { note: 'the duty could not be taken' });
    return { go: node.none };
  }
  const until = momentWords(Number(found.until), run.at, lineOf(run).timezone, flowOf(run).language);
  Object.assign(run.state.values, { garde: String(found.name ?? ''), fin: until });
  note(run, { note: `takes the duty of ${found.planning} until ${new Date(Number(found.until)).toISOString()}` });
  return { go: node.then };
}

const tell = (run: Run, node: TakeDuty, silent = 0, wrong = 0): Lead =>
  offer(
    run,
    node,
    (run.state.technician?.offered ?? []).flatMap((one, i) => entry(run, one, i + 1)),
    silent,
    wrong,
  );

/** « Touche 1. Prendre l'astreinte Presses, jusqu'à : demain à 8 heures. » */
function entry(run: Run, { name, at }: Offered, key: number): Prompt[] {
  const { language } = flowOf(run);
  const words = wordsIn(language);
  const until = momentWords(at, run.at, lineOf(run).timezone, language);
  return [...speak(run, [{ text: words.keys[key - 1] ?? '' }]), ...spoken(words.takeDuty(name, until), language, true)];
}
