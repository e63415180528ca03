// A set that is read but not yet checked, with the places of its parts.
import type { Checked, Locate } from '../../base/document.ts';
import type { PhoneNumber } from '../telephony/names.ts';
import type { WrittenLines } from './schema-lines.ts';
import type { FlowSet, ValueInfo } from './set.ts';

/** What flow files may refer to, and what stands outside of them. */
export type Known = {
  /** null: not known (their files are broken), so names are not checked. */
  plannings: ReadonlySet<string> | null;
  people: ReadonlySet<string> | null;
  /** The ring modes that a planning's own file says. */
  rings?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of alert policies; left out: not known, so not checked. */
  policies?: ReadonlySet<string> | null;
  /** Does the policy of that name (the default one, where none is named) reach somebody by itself? Left out: not known. */
  reaches?: (policy: string | undefined) => boolean;
  /** Tools that tickets are opened in; left out: not known, so not checked. */
  tools?: ReadonlySet<string> | null;
  /** Names of trunks; left out: not known, so not checked. */
  trunks?: ReadonlySet<string> | null;
  /** Recorded prompts: an absolute folder, and the files in it. Without it no flow may name a recording. */
  recordings?: { folder: string; files: ReadonlySet<string> };
  /** Columns of a table in a SQLite file, or why they cannot be read. Without it they are not checked. */
  columns?: (file: string, table: string) => string[] | { why: string };
  /** What an admin should know of a text that is sent as SMS (length, letters that cost more). */
  smsWarning?: (text: string) => { message: string; hint: string } | undefined;
  /** One sentence why a number is never dialled; by default what design §6 allows (+33[1-79]). */
  refusal?: (number: PhoneNumber) => string | undefined;
};

/** One place that gives a value: `path` inside the flow file. */
export type Source = { name: string; info: ValueInfo; flow: string; path: string[] };

export type Draft = {
  set: FlowSet;
  sources: readonly Source[];
  /** By flow id. */
  documents: Record<string, { file: string; locate: Locate }>;
  lines: Checked<WrittenLines>;
  known: Known;
};
