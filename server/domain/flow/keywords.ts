// Words heard in what a caller says: accents, case and endings do not count, and a negation before a word undoes it. Pure.

const plain = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Endings of number, gender and the commonest verb forms, French and English. */
const endings: ReadonlySet<string> = new Set([
  '',
  's',
  'x',
  'e',
  'es',
  'ee',
  'ees',
  'er',
  'ez',
  'ent',
  'nt',
  'r',
  'z',
  'ant',
  'd',
  'ed',
  'ing',
  'ment',
  'ement',
]);

/** The same word but for its ending; what they share is at least four letters. */
function akin(one: string, other: string): boolean {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  return one === other || (same >= 4 && endings.has(one.slice(same)) && endings.has(other.slice(same)));
}

const negations: ReadonlySet<string> = new Set([
  'pas',
  'aucun',
  'aucune',
  'sans',
  'ni',
  'jamais',
  'non',
  'not',
  'no',
  // « isn't » is heard as two words.
  'isn',
  'don',
  'doesn',
  'without',
  'never',
]);
/** How many words before one a negation reaches: « pas très urgent », « aucun risque de fuite ». */
const reaches = 3;

/** Whether one of these words (or groups of words) is said, and not denied. `feu*` stands for every word that begins so. */
export function isSaid(words: readonly string[], text: string): boolean {
  const said = plain(text);
  return words.some((wanted) => {
    const group = plain(wanted.replace(/\*$/, ''));
    return said.some((_, at) => matches(group, said.slice(at), wanted.endsWith('*')) && !denied(said, at));
  });
}

function matches(group: readonly string[], said: readonly string[], open: boolean): boolean {
  return (
    group.length > 0 &&
    group.every((word, i) => {
      const heard = said[i];
      if (heard === undefined) return false;
      if (open && i === group.length - 1) return heard.startsWith(word);
      return akin(heard, word);
    })
  );
}

/** « non urgent », « ce n'est pas urgent »; but not across « mais »: « pas demain mais urgent ». */
function denied(said: readonly string[], at: number): boolean {
  const before = said.slice(Math.max(0, at - reaches), at);
  const turn = Math.max(before.lastIndexOf('mais'), before.lastIndexOf('but'));
  return before.slice(turn + 1).some((word) => negations.has(word));
}
