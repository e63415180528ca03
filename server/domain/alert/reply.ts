// What people write by SMS: « OK 1 merci », « PRIS1 », « Résolu 12 presse redémarrée ». Tolerant of case, accents and
// punctuation. It reads words; which alert is meant, and whether they are believed, is judge.ts's business.

export type Says = 'taken' | 'over' | 'declined' | 'closed';
export type Reply = {
  /** Absent: it does not begin like an answer. */
  says?: Says;
  /** Numbers beside that word, as they were written: an alert's, a code. Two at most. */
  numbers: string[];
  /** Nothing follows the word and its numbers but a courtesy. */
  alone: boolean;
  /** A question, a « but », a « not »: whoever wrote it did not simply say yes or no. */
  hedged: boolean;
  /** What follows the word and its numbers, in the writer's own letters. */
  note?: string;
};

const phrases: [Says, string[]][] = [
  ['over', ['je reprends', 'reprends', 'repris', 'take over']],
  [
    'declined',
    [
      'pas moi',
      'pas pour moi',
      'je ne peux pas',
      'je peux pas',
      'je rends',
      'rends',
      'rendu',
      'refuse',
      'refus',
    ].concat(['non', 'not me', 'no']),
  ],
  [
    'closed',
    ['resolue', 'resolu', 'reglee', 'regle', 'terminee', 'termine', 'finie', 'fini', 'fait', 'clos', 'resolved'].concat(
      ['done', 'fixed'],
    ),
  ],
  [
    'taken',
    ['pris en charge', 'prise en charge', 'je prends', 'je m en occupe', 'je m en charge', 'je gere', 'j accepte']
      .concat(['j y vais', 'j arrive', 'd accord', 'd acc', 'dacc', 'dac', 'prise', 'prends', 'pris', 'bien recu'])
      .concat(['recu', 'okay', 'oki', 'okk', 'ok', 'oui', 'ouais', 'ack', 'taken', 'yes']),
  ],
];
/** Longest first: « pris en charge » before « pris ». */
const known = phrases
  .flatMap(([says, list]) => list.map((phrase) => ({ says, words: phrase.split(' ') })))
  .sort((a, b) => b.words.length - a.words.length);

const set = (words: string) => new Set(words.split(' '));
const greetings = set('bonjour bonsoir salut hello re hi');
/** « C'est pris », « je l'ai prise ». */
const openings = ['c est', 'je l ai', 'j ai', 'it is', 'it s', 'i m'].map((one) => one.split(' '));
/** Between the word and its number: « pris l'alerte n° 12 », « ok pour la 1 ». */
const between = set('l la le alerte alert no num numero number n pour a the of de');
const courtesies = set(
  'merci thanks thank you bien beaucoup svp stp cordialement cdt bonne nuit soiree journee a tout de suite plus chef',
);
/** What is counted, timed or measured is no number of an alert. */
const units = set(
  'min mins mn minute minutes h heure heures hr hrs hour hours sec secondes jour jours semaines km degres fois er ere eme ' +
    'eur euro euros appel appels personnes bar bars volts',
);
/** « 5j », « 3e »: only where no space stands between. */
const glued = set('j s m e v d c t');
const doubts = set('ne pas mais non sauf si impossible demain tard but not no if except cannot can t later');

type Token = { word: string; at: number; end: number };

/** Letters apart from digits (« PRIS1 »), without accents and case; what is invisible is not there. */
function tokensOf(text: string): Token[] {
  return [...text.matchAll(/\p{N}+|\p{L}[\p{L}\p{M}]*/gu)].map((found) => ({
    word: plain(found[0]),
    at: found.index,
    end: found.index + found[0].length,
  }));
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What a telephone adds to letters and digits without showing it: joiners, variation selectors, keycaps. */
const visible = (text: string): string => text.normalize('NFKC').replace(/\p{Cf}|\uFE0F|\u20E3/gu, '');

const isNumber = ({ word }: Token): boolean => /^\p{N}+$/u.test(word);

export function readReply(given: string): Reply {
  const text = visible(given);
  const tokens = tokensOf(text);
  const [before, from] = leadingNumber(text, tokens);
  const start = afterOpening(tokens, from);
  const found = phraseAt(text, tokens, start);
  if (!found) return { numbers: before, alone: tokens.length === before.length, hedged: false };
  const behind = numbersAfter(text, tokens, start + found.words.length);
  const rest = tokens.slice(behind.next);
  const note = text
    .slice(tokens[behind.next]?.at ?? text.length)
    .trim()
    .slice(0, 500);
  return {
    says: found.says,
    numbers: [...before, ...behind.numbers].slice(0, 2),
    alone: rest.every(({ word }) => courtesies.has(word)) && !/\?/.test(text),
    hedged: /\?/.test(text) || rest.some(({ word }) => doubts.has(word)) || contradicts(found.says, rest),
    ...(note ? { note } : {}),
  };
}

/** « 1 ok », « alerte 1 : pris ». */
function leadingNumber(text: string, tokens: readonly Token[]): [string[], number] {
  const skip = tokens.findIndex(({ word }) => !greetings.has(word));
  const from = Math.max(0, skip);
  const number = tokens.findIndex((one, i) => i >= from && !between.has(one.word));
  const token = tokens[number];
  if (!token || !isNumber(token) || isMeasured(text, tokens, number)) return [[], from];
  return [[token.word], number + 1];
}

const afterOpening = (tokens: readonly Token[], from: number): number => {
  const opening = openings.find((words) => words.every((word, i) => tokens[from + i]?.word === word));
  return from + (opening?.length ?? 0);
};

/** The imperative « règle » is no « réglé ». */
function phraseAt(text: string, tokens: readonly Token[], start: number) {
  const first = tokens[start];
  if (first && /^r[eé]?è/iu.test(text.slice(first.at, first.end).normalize('NFC'))) return undefined;
  return known.find(({ words }) => words.every((word, i) => tokens[start + i]?.word === word));
}

/** The numbers that stand right behind the word; a telephone number, a time or a count is none. */
function numbersAfter(text: string, tokens: readonly Token[], start: number): { numbers: string[]; next: number } {
  const none = { numbers: [], next: start };
  const first = tokens.findIndex((one, i) => i >= start && !between.has(one.word));
  const token = tokens[first];
  if (!token || !isNumber(token)) return none;
  const after = tokens.findIndex((one, i) => i > first && !isNumber(one));
  const next = after < 0 ? tokens.length : after;
  if (next - first > 2 || isMeasured(text, tokens, next - 1) || isMeasured(text, tokens, first)) return none;
  return { numbers: tokens.slice(first, next).map(({ word }) => word), next };
}

/** « 14:30 », « 2,5 », « 40 % », « 2 minutes ». */
function isMeasured(text: string, tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (!token) return false;
  const next = tokens[index + 1];
  if (/^(?:[:.,/]\d|\s*[%€°])/.test(text.slice(token.end))) return true;
  return next !== undefined && (units.has(next.word) || (next.at === token.end && glued.has(next.word)));
}

const contradicts = (says: Says, rest: readonly Token[]): boolean =>
  known.some(
    (other) =>
      isOther(says, other.says) && rest.some((_, i) => other.words.every((word, j) => rest[i + j]?.word === word)),
  );

/** « OK » and « j'arrive » say the same; « OK » and « non » do not. */
const isOther = (one: Says, other: Says): boolean =>
  (one === 'declined') !== (other === 'declined') || (one === 'closed') !== (other === 'closed');
