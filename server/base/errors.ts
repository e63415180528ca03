// What was thrown, in words: anything can be thrown, and most of it is an Error.

/** Its message, or itself as text. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The code that Node and SQLite give their errors (`ENOENT`, `SQLITE_BUSY`); empty: it has none. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
