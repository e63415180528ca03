// What `make faults` leaves for readers: var/faults.json (the last run of each fault) and the table of docs/faults.md. Pure.
import type { Row } from './fault.ts';

/** One run of one fault. `broke` says why it has no rows: the harness failed, not the line. */
export type Result = { name: string; date: string; scale: number; seed: number; rows: Row[]; broke?: string };
export type Results = Record<string, Result>;

export const markers = ['<!-- results: written by make faults -->', '<!-- end of results -->'] as const;

/** The whole fault, as the goals are written. A shorter run never reaches the document. */
export const isWhole = ({ scale }: Result): boolean => scale >= 1;

/** Rows of these results in place of their fault's own; the others stay. Faults stand in the order of `names`, unknown ones go. */
export const merged = (names: readonly string[], before: Results, now: readonly Result[]): Results => {
  const all = { ...before, ...Object.fromEntries(now.map((result) => [result.name, result])) };
  return Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
};

const heads = ['name', 'fault', 'date', 'tries', 'callers', 'lost', 'silent', 'seconds', 'goal', 'seen', ''];

/**
 * The document with its table renewed: what these whole runs found replaces the lines of their own faults. Lines of faults
 * that were not run stay as they are, so that the long run can be done in parts, and by several people.
 * @returns undefined when the document has no place for the table
 */
export function written(document: string, names: readonly string[], now: readonly Result[]): string | undefined {
  const [begin, end] = markers.map((marker) => document.indexOf(marker)) as [number, number];
  if (begin < 0 || end < begin) return undefined;
  const whole = now.filter(isWhole);
  const old = lines(document.slice(begin, end));
  const body = names.flatMap((name) => {
    const result = whole.find((one) => one.name === name);
    return result ? shown(result) : (old.get(name) ?? []);
  });
  const table = [heads, heads.map(() => '---')].map(line);
  const middle = body.length === 0 ? 'No long run is on record yet.' : [...table, ...body].join('\n');
  return `${document.slice(0, begin)}${markers[0]}\n\n${middle}\n\n${document.slice(end)}`;
}

/** The table's lines by the name of their fault. */
function lines(table: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of table.split('\n')) {
    const name = /^\| `([a-z-]+)` \|/.exec(text)?.[1];
    if (name) found.set(name, [...(found.get(name) ?? []), text]);
  }
  return found;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const safe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function shown({ name, date, rows, broke }: Result): string[] {
  const key = `\`${name}\``;
  // Why is for whoever ran it: it may name places of their machine.
  if (broke !== undefined)
    return [line([key, '', date, '', '', '', '', '', '', 'the run broke off', '**falls short**'])];
  return rows.map((row) =>
    line([
      ...[key, safe(row.fault), date, row.tries, row.callers, row.lost, row.silent].map(String),
      row.seconds === undefined ? '' : row.seconds.toFixed(1),
      safe(row.goal),
      safe([...row.seen, ...row.faults.slice(0, 3)].join('; ')),
      row.holds ? 'holds' : '**falls short**',
    ]),
  );
}
