// How many SMS a text is, and where a long one is best cut. Pure. (3GPP TS 23.038: the GSM 7 bit alphabet and its extension; UCS-2 otherwise.)

const basic = new Set([
  ...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
]);
/** These take two places. */
const extended = new Set([...'^{}\\[~]|€\f']);

export type Encoding = 'gsm-7' | 'ucs-2';
/** `units`: septets, or UTF-16 units; `segments`: messages that are paid for. */
export type Measured = { encoding: Encoding; units: number; segments: number };

/** A single message, and each part of a longer one (which spends places on its header). */
const room: Record<Encoding, { alone: number; part: number }> = {
  'gsm-7': { alone: 160, part: 153 },
  'ucs-2': { alone: 70, part: 67 },
};

export function measure(text: string): Measured {
  const letters = [...text];
  const gsm = letters.every((letter) => basic.has(letter) || extended.has(letter));
  const encoding: Encoding = gsm ? 'gsm-7' : 'ucs-2';
  const sizes = letters.map((letter) => (gsm ? (extended.has(letter) ? 2 : 1) : letter.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, part } = room[encoding];
  return { encoding, units, segments: units <= alone ? 1 : partsOf(sizes, part) };
}

/** Neither an escaped letter nor a pair of units is ever cut in two: a part may stay a place short. */
function partsOf(sizes: readonly number[], part: number): number {
  let [parts, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > part) [parts, used] = [parts + 1, 0];
    used += size;
  }
  return parts;
}

/** What one writes instead, where the meaning stays. */
const plain: Record<string, string> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '…': '...',
  '–': '-',
  '—': '-',
  '\u00a0': ' ',
  '\u202f': ' ',
  œ: 'oe',
  Œ: 'OE',
};

/** The same text in GSM letters: typography made plain, accents that the alphabet lacks left out, `?` for what has no likeness. */
const plainOf = (text: string): string =>
  [...text]
    .map((letter) => {
      if (basic.has(letter) || extended.has(letter)) return letter;
      const bare = plain[letter] ?? letter.normalize('NFD').replace(/\p{M}/gu, '');
      return measure(bare).encoding === 'gsm-7' ? bare : '?';
    })
    .join('');

const stands = /\{[a-zA-Z]\w*\}/g;
const manySms = 4;

/** What an admin should know of a template: a letter that makes it cost more, or its sheer length. Values count as ten letters. */
export function smsWarning(template: string): { message: string; hint: string } | undefined {
  const text = template.replace(stands, 'x'.repeat(10));
  const { encoding, segments } = measure(text);
  const usual = measure(plainOf(text)).segments;
  if (encoding === 'ucs-2' && segments > usual) {
    const odd = [...new Set([...text].filter((letter) => !basic.has(letter) && !extended.has(letter)))];
    const hint = odd.slice(0, 5).map((letter) => `${JSON.stringify(plainOf(letter))} for ${JSON.stringify(letter)}`);
    return {
      message: `this text becomes ${segments} SMS instead of ${usual} because of ${odd.slice(0, 5).join(' ')}`,
      hint: `write ${hint.join(', ')}`,
    };
  }
  if (segments < manySms) return undefined;
  return { message: `this text becomes ${segments} SMS`, hint: 'a single SMS has room for 160 letters' };
}

/** Parts of at most `most` segments each, cut between words where there are any. At least one part. */
export function split(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (measure(rest).segments > most) {
    const whole = longestFitting(rest, most);
    const space = whole.search(/\s\S*$/);
    const cut = space > whole.length / 2 ? space : whole.length;
    parts.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  return [...parts, rest];
}

/** Never in the middle of a character. */
function longestFitting(text: string, most: number): string {
  const letters = [...text];
  let [fits, over] = [1, letters.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (measure(letters.slice(0, middle).join('')).segments <= most) fits = middle;
    else over = middle;
  }
  return letters.slice(0, fits).join('');
}
