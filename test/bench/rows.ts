// What a bench reports: a row a figure, with its goal where there is one.
export type Row = { name: string; value: number; unit: string; goal: string; holds: boolean };

/** A figure; without a goal it always holds. */
export const row = (
  name: string,
  value: number,
  unit: string,
  goal = '',
  holds: (value: number) => boolean = () => true,
): Row => ({ name, value: Number(value.toPrecision(4)), unit, goal, holds: holds(value) });

/** The value that `p` percent of them do not pass. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}
