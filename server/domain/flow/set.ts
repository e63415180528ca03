// The published set of flows: plain JSON, immutable, found again under its version by the calls that began with it.
import type { PhoneNumber, Values } from '../telephony/names.ts';
import type { Piece, ValueType } from './schema-parts.ts';
import type { CsvTable, HttpTable, SqliteTable } from './schema-table.ts';

export type Line = {
  number: PhoneNumber;
  name: string;
  flow: string;
  language: string;
  timezone: string;
  holidays: string;
  show: 'line' | 'caller';
  /** What becomes of SMS to this number; without it they are passed on to nobody. */
  sms?: { planning: string; policy?: string; hours: number };
  wait: { sound: 'music' | 'ringing'; words: Piece[]; every: number };
};

/** A CSV table carries its rows: looked up in place, and pinned with the set. */
export type PublishedTable = (CsvTable & { rows: TableRow[] }) | SqliteTable | HttpTable;
export type TableRow = { key: string; until?: string; values: Values };

/** A node as its kind reads it (nodes/index.ts): whatever is known of it beyond its kind, the kind knows. */
export type FlowNode = { readonly kind: string; readonly [field: string]: unknown };

export type Flow = {
  id: string;
  name: string;
  language: string;
  start: string;
  tables: Record<string, PublishedTable>;
  nodes: Record<string, FlowNode>;
};

/** How a value is known: what type it has, whether it is spelled when said, and every text it can be when that is known. */
export type ValueInfo = { type: ValueType; spelled: boolean; texts: string[] | null };

/** When the line calls itself, and who hears of two misses in a row. */
export type SelfTest = {
  everyMs: number;
  /** Hours of the week; at any hour otherwise. */
  hours?: Record<string, string>;
  zone: string;
  /** All of them unless said otherwise. */
  trunks?: string[];
  policy?: string;
  target?: { planning: string } | { person: string };
};

export type FlowSet = {
  /** Hash over everything below, short hex. */
  version: string;
  lines: Record<PhoneNumber, Line>;
  lists: Record<string, string[]>;
  flows: Record<string, Flow>;
  selfTest?: SelfTest;
  values: Record<string, ValueInfo>;
};
