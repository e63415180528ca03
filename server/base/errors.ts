// What was thrown, in words: anything can be thrown, and most of it is an Error.

/** Its message, or itself as text. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The message of what caused it where that is known: `fetch` itself says no more than "fetch failed". */
export const causeOf = (thrown: unknown): string =>
  thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : messageOf(thrown);

/** The code that Node and SQLite give their errors (`ENOENT`, `SQLITE_BUSY`); empty: it has none. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** Whether a deadline of `AbortSignal.timeout` passed. */
export const isTimeout = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'TimeoutError';
