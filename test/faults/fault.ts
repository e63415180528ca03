// What a fault reports: how often it was injected, who was on the line, how many of them were lost, how long until all was well.
export type Row = {
  fault: string;
  tries: number;
  /** Callers on the line during the fault; 0 where nobody rings. */
  callers: number;
  lost: number;
  /** Callers who waited without sound for over 5 s (longer where the fault's own measure is longer). */
  silent: number;
  /** Seconds until the line served again: the worst of the tries. Absent where nothing has to recover. */
  seconds?: number;
  goal: string;
  holds: boolean;
  /** Of hostile input: no process ended or grew, and a caller was served afterwards, however fast. */
  survived?: boolean;
  /** What is wrong besides: an orphan, a phone rung twice, a record that vanished. */
  faults: string[];
  /** What was measured beside the seconds, and what the seconds are. */
  seen: string[];
  /** Each caller let down, and how: for whoever looks into it. */
  notes: string[];
};

export type Fault = {
  name: string;
  /** Goes on to the table. `scale` 1 is the whole fault; a slice tries fewer times or shorter. */
  run(run: Run): Promise<Row[]>;
};

export type Run = {
  scale: number;
  seed: number;
  say: (text: string) => void;
};

/** `count` at full scale, and never less than `least`. */
export const times = ({ scale }: Run, count: number, least = 1): number => Math.max(least, Math.round(count * scale));

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Dice = {
  between(from: number, until: number): number;
  one<T>(of: readonly T[]): T;
  chance(probability: number): boolean;
};

export function dice(seed: number): Dice {
  const next = random(seed);
  return {
    between: (from, until) => from + next() * (until - from),
    one: (of) => of[Math.floor(next() * of.length)] as never,
    chance: (probability) => next() < probability,
  };
}
