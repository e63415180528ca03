// Rows that servers of each format left behind, as files: what one of today's writes is compared with those kept for its format.
// `WRITE=1` writes today's; those of earlier formats were written by the servers of their day, and are never written again.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

/** The row kept at this station, and whatever was kept beside it. */
export const keptAt = <T>(folder: string, format: number, station: string): T =>
  JSON.parse(readFileSync(join(folder, `format-${format}`, `${station}.json`), 'utf8')) as T;

export function writeKept(folder: string, format: number, station: string, left: unknown): void {
  const file = join(folder, `format-${format}`, `${station}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(left, null, 2)}\n`);
}

/** Every format from 0 to today's has its rows. */
export function hasAllFormats(t: Test, folder: string, today: number): number[] {
  const formats = Array.from({ length: today + 1 }, (_, format) => format);
  t.same(readdirSync(folder).sort(), formats.map((format) => `format-${format}`).sort(), 'rows of each format');
  return formats;
}

/** Paths and types, without the values. */
export function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => shapeOf(one, `${path}[]`)))].sort();
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value)
    .flatMap(([key, one]) => shapeOf(one, `${path}.${key}`))
    .sort();
}

/** What today's server writes has the shape of what was kept for its format. */
export function hasShape(t: Test, state: string, kept: string, station: string): void {
  t.same(
    shapeOf(JSON.parse(state)),
    shapeOf(JSON.parse(kept)),
    `${station}: it is saved in another shape; if an older one is read wrongly by today's step, add an upgrade to its saved.ts; then write the rows (WRITE=1)`,
  );
}
