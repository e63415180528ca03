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
  const units = gsm ? letters.reduce((sum, letter) => sum + (extended.has(letter) ? 2 : 1), 0) : text.length;
  const { alone, part } = room[encoding];
  return { encoding, units, segments: units <= alone ? 1 : Math.ceil(units / part) };
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
