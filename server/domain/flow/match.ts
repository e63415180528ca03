// How a key finds its row: equal, longest beginning, or between two bounds. Pure; every kind of source uses it.
import type { Values } from '../telephony/names.ts';
import type { TableRow } from './set.ts';

export type Match = 'exact' | 'prefix' | 'range';

/** Keys are compared without spaces and without case: `2a` finds `2A`. */
export const normalKey = (key: string): string => key.replace(/\s/g, '').toUpperCase();

const digits = /^\d+$/;
/** Bounds of digits compare as numbers when all are digits, as text otherwise. */
function between(key: string, from: string, until: string): boolean {
  if ([key, from, until].every((text) => digits.test(text))) {
    return BigInt(key) >= BigInt(from) && BigInt(key) <= BigInt(until);
  }
  return key >= from && key <= until;
}

const rules: Record<Match, (row: TableRow, key: string) => boolean> = {
  exact: (row, key) => row.key === key,
  prefix: (row, key) => key.startsWith(row.key),
  range: (row, key) => between(key, row.key, row.until ?? row.key),
};

/**
 * The row's values for a key; null when no row is meant. `prefix`: the longest key that begins it. `range`: the first
 * row whose bounds (both included) hold it. Row keys must be normal (`normalKey`) already.
 */
export function matchRow(rows: readonly TableRow[], match: Match, asked: string): Values | null {
  const key = normalKey(asked);
  const hits = key === '' ? [] : rows.filter((row) => rules[match](row, key));
  const best = hits.reduce<TableRow | null>((a, b) => (a === null || b.key.length > a.key.length ? b : a), null);
  return (match === 'range' ? hits[0] : best)?.values ?? null;
}
