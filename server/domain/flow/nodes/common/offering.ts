// Numbered things told to a technician after a PIN, and the one key that chooses among them. What the things are, the kinds know.
import type { Prompt } from '../../../telephony/prompt.ts';
import type { NodeKind } from '../../kind.ts';
import { end, flowOf, type Lead, note, type Run } from '../../run.ts';
import type { Piece } from '../../schema-parts.ts';
import type { FlowNode } from '../../set.ts';
import { speak } from '../../speak.ts';
import type { FlowEvent, Offered, Technician } from '../../state.ts';
import { tongueOf } from '../../tongue.ts';
import { type Answer, answered, ask } from './looking-up.ts';
import { type Asking, close, hush, isOver, isSaid, patience, put, unanswered } from './question.ts';

export type OfferNode = FlowNode & { wait: number; then: string; none: string };
type Offering<N extends OfferNode> = {
  /** The server's own table that holds them, and what it is asked. */
  table: string;
  key(node: N, person: string): string;
  /** Told at most. */
  most(node: N): number;
  /** One of them, on key `key`. */
  entry(run: Run, offered: Offered, key: number): Prompt[];
  /** Written down when there is nothing to tell. */
  empty: string;
  take(run: Run, node: N, chosen: Offered, technician: Technician): Lead;
  /** The server's answer to what `take` asked. */
  taken?(run: Run, node: N, answer: Answer): Lead;
};

const mostWrong = 3;
/** Keys 1 to 9. */
export const mostOffered = 9;

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const words = tongueOf({
  /** `keys[0]` is key 1. */
  fr: { keys: nine.map((key) => `Touche ${key}.`), end: 'Pour réécouter, étoile. Pour revenir, 0.' },
  en: { keys: nine.map((key) => `Key ${key}.`), end: 'To hear this again, star. To go back, 0.' },
});
export const keyWords = (language: string, key: number): string => words(language).keys[key - 1] ?? '';
export const offerSayings = (language: string): Piece[] =>
  [...words(language).keys, words(language).end].map((text) => ({ text }));

/** The part of a kind that offers in this way. */
export const offering = <N extends OfferNode>(what: Offering<N>): Required<Pick<NodeKind<N>, 'enter' | 'on'>> => ({
  enter(run, node) {
    if (run.state.gone) return end(run, 'normal', 'gone');
    const { technician } = run.state;
    if (!technician) return { go: node.none };
    delete technician.offered;
    return ask(run, { flow: '', table: what.table, key: what.key(node, technician.person) });
  },
  on(run, node, event) {
    const { doing, technician } = run.state;
    if (!technician) return undefined;
    if (doing.kind === 'asking') return onKey(what, run, node, technician, doing, event);
    const answer = answered(run, event);
    if (!answer) return undefined;
    return technician.offered
      ? (what.taken?.(run, node, answer) ?? { go: node.none })
      : offer(what, run, node, technician, answer);
  },
});

function offer<N extends OfferNode>(
  what: Offering<N>,
  run: Run,
  node: N,
  technician: Technician,
  { found }: Answer,
): Lead {
  technician.offered = offeredIn(found ?? {}).slice(0, what.most(node));
  if (technician.offered.length > 0) return tell(what, run, node, technician);
  note(run, { note: what.empty });
  return { go: node.none };
}

/** Rows come as `id1`, `name1`, `at1`, `id2`…: values of a call are plain. */
const offeredIn = (found: Readonly<Record<string, unknown>>): Offered[] =>
  Array.from({ length: Math.min(Number(found.count ?? 0), mostOffered) }, (_, i) => ({
    id: String(found[`id${i + 1}`] ?? ''),
    name: String(found[`name${i + 1}`] ?? ''),
    at: Number(found[`at${i + 1}`] ?? 0),
  }));

function tell<N extends OfferNode>(
  what: Offering<N>,
  run: Run,
  node: N,
  { offered = [] }: Technician,
  counts: Pick<Asking, 'silent' | 'wrong'> = { silent: 0, wrong: 0 },
): Lead {
  const told = offered.flatMap((one, i) => what.entry(run, one, i + 1));
  const prompts = [...told, ...speak(run, [{ text: words(flowOf(run).language).end }])];
  return put(run, { prompts, most: 1, terminator: '', wait: node.wait }, counts);
}

function onKey<N extends OfferNode>(
  what: Offering<N>,
  run: Run,
  node: N,
  technician: Technician,
  doing: Asking,
  event: FlowEvent,
): Lead | undefined {
  if (isSaid(event, doing) && !doing.played) {
    run.state.doing = { ...doing, played: true };
    return patience(run, node.wait);
  }
  const over = isOver(run, event);
  if (!over && event.type !== 'digits') return undefined;
  const key = event.type === 'digits' ? (event.digits.replace(/[^0-9*#]/g, '')[0] ?? '') : '';
  if (key === '' && event.type === 'digits' && !event.final) return undefined;
  close(run);
  if (!over) hush(run, doing);
  return keyed(what, run, node, technician, doing, key);
}

function keyed<N extends OfferNode>(
  what: Offering<N>,
  run: Run,
  node: N,
  technician: Technician,
  { silent, wrong }: Asking,
  key: string,
): Lead {
  if (key === '0') return { go: node.none };
  if (key === '*') return tell(what, run, node, technician, { silent, wrong });
  if (key === '') return silence(what, run, node, technician, { silent, wrong });
  const chosen = technician.offered?.[Number(key) - 1];
  if (chosen?.id) {
    note(run, { keyed: key, note: chosen.name });
    return what.take(run, node, chosen, technician);
  }
  note(run, { keyed: key, note: 'wrong input' });
  return wrong + 1 < mostWrong ? tell(what, run, node, technician, { silent, wrong: wrong + 1 }) : { go: node.none };
}

/** Told once more; then nothing was chosen. */
function silence<N extends OfferNode>(
  what: Offering<N>,
  run: Run,
  node: N,
  technician: Technician,
  { silent, wrong }: Pick<Asking, 'silent' | 'wrong'>,
): Lead {
  if (silent === 0) return tell(what, run, node, technician, { silent: 1, wrong });
  note(run, { note: 'no input' });
  return { go: node.none };
}

export const offerStory = [unanswered];
