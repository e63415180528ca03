// "Did you mean …?": the word of a list that is the fewest keystrokes away.

/** @returns a hint, or undefined when nothing is near. */
export function didYouMean(word: string, words: Iterable<string>): string | undefined {
  const most = word.length < 2 ? 0 : word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const ranked = [...words]
    .map((other) => ({ other, far: keystrokes(word.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const near = ranked[0];
  return near && near.far <= most ? `did you mean "${near.other}"?` : undefined;
}

/** Levenshtein's edit distance. */
function keystrokes(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const above = row;
    row = [i + 1];
    for (let j = 1; j <= other.length; j++) {
      const swap = (above[j - 1] ?? 0) + (letter === other[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[other.length] ?? 0;
}
