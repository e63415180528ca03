// PINs that are tried first. Pure.

/** Across, down and aslant over the keypad. */
const keypad = [
  '147',
  '258',
  '369',
  '159',
  '357',
  '741',
  '852',
  '963',
  '951',
  '753',
  '123',
  '456',
  '789',
  '321',
  '654',
  '987',
];

/** Why a code is no PIN, in one sentence; undefined: it will do. */
export function pinWeakness(pin: string): string | undefined {
  if (!/^\d{6,12}$/.test(pin)) return 'expected 6 to 12 digits';
  if (new Set(pin).size < 3) return 'this PIN has only one or two different digits (000000, 111222)';
  if (isSequence(pin)) return 'this PIN counts up or down (123456, 135791)';
  if (isRepeated(pin)) return 'this PIN repeats itself (123123, 121212, 123321)';
  if (isKeypad(pin)) return 'this PIN is a pattern of the keypad (147258, 159753)';
  return isDate(pin) ? 'this PIN is a date, and dates are tried first (140789, 19890714)' : undefined;
}

/** The same step from each digit to the next, around ten; or pairs that go up, down or stay (102030, 112233). */
function isSequence(pin: string): boolean {
  const digits = [...pin].map(Number);
  const halves = [0, 1].map((rest) => digits.filter((_, i) => i % 2 === rest));
  return stepOf(digits) !== undefined || halves.every((half) => [0, 1, 9].includes(stepOf(half) ?? -1));
}

function stepOf(digits: readonly number[]): number | undefined {
  const steps = new Set(digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10));
  return steps.size === 1 ? [...steps][0] : undefined;
}

function isRepeated(pin: string): boolean {
  const lengths = [1, 2, 3, 4, 6].filter((length) => pin.length % length === 0 && length < pin.length);
  const half = pin.slice(0, pin.length / 2);
  return (
    lengths.some((length) => pin === pin.slice(0, length).repeat(pin.length / length)) ||
    (pin.length % 2 === 0 && pin.slice(pin.length / 2) === [...half].reverse().join(''))
  );
}

const isKeypad = (pin: string): boolean =>
  pin.length % 3 === 0 && (pin.match(/\d{3}/g) ?? []).every((three) => keypad.includes(three));

/** Day, month and year of somebody who lives, in any order that people write. */
function isDate(pin: string): boolean {
  const readings: Record<number, readonly RegExp[]> = {
    6: [/^(?<d>\d\d)(?<m>\d\d)\d\d$/, /^(?<m>\d\d)(?<d>\d\d)\d\d$/, /^\d\d(?<m>\d\d)(?<d>\d\d)$/],
    8: [
      /^(?<d>\d\d)(?<m>\d\d)(?:19|20)\d\d$/,
      /^(?<m>\d\d)(?<d>\d\d)(?:19|20)\d\d$/,
      /^(?:19|20)\d\d(?<m>\d\d)(?<d>\d\d)$/,
    ],
  };
  return (readings[pin.length] ?? []).some((shape) => {
    const { d = '0', m = '0' } = shape.exec(pin)?.groups ?? {};
    return Number(d) >= 1 && Number(d) <= 31 && Number(m) >= 1 && Number(m) <= 12;
  });
}
