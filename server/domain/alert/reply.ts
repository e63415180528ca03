// What people answer by SMS: « OK », « pris 12 », « Résolu 12 presse redémarrée ». Tolerant of case, accents and punctuation.

export type Reply = { says: 'taken' | 'over' | 'declined' | 'closed'; n?: number; note?: string };

/** Longest first: « pris en charge » before « pris ». */
const words: [Reply['says'], string[]][] = [
  ['over', ['je reprends', 'reprends', 'repris', 'take over']],
  ['declined', ['pas moi', 'je rends', 'rends', 'rendu', 'refuse', 'refus', 'non', 'not me', 'no']],
  [
    'closed',
    [
      'resolue',
      'resolu',
      'reglee',
      'regle',
      'terminee',
      'termine',
      'finie',
      'fini',
      'fait',
      'clos',
      'resolved',
      'done',
      'fixed',
    ],
  ],
  [
    'taken',
    [
      'pris en charge',
      'je prends',
      'je m en occupe',
      'd accord',
      'prise',
      'prends',
      'pris',
      'recu',
      'okay',
      'ok',
      'oui',
      'ack',
      'taken',
      'yes',
    ],
  ],
];

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Undefined: these are other words, not an answer. A text that merely begins like one (« okapi ») is none. */
export function readReply(text: string): Reply | undefined {
  const said = plain(text);
  for (const [says, list] of words) {
    const found = list.find((word) => said === word || said.startsWith(`${word} `));
    if (!found) continue;
    const rest = said.slice(found.length).trim();
    const n = /^(?:l )?(?:alerte |alert |no |numero |n )?(\d{1,9})(?= |$)/.exec(rest)?.[1];
    // More words after « ok » may mean anything; only a resolution takes a note.
    if (says !== 'closed' && rest !== '' && !/^(?:l )?(?:alerte |alert |no |numero |n )?\d{1,9}$/.test(rest))
      return undefined;
    return { says, ...(n === undefined ? {} : { n: Number(n) }), ...noteOf(says, text, found, n) };
  }
  return undefined;
}

/** The note in the writer's own letters: what follows the word and the number. */
function noteOf(says: Reply['says'], text: string, word: string, n: string | undefined): { note?: string } {
  if (says !== 'closed') return {};
  const skip = word.split(' ').length + (n === undefined ? 0 : 1);
  const after = text
    .trim()
    .split(/\s+/)
    .slice(skip)
    .join(' ')
    .replace(/^[\s:,.;-]+/, '')
    .slice(0, 500);
  return after ? { note: after } : {};
}
