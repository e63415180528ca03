// The log: pino behind the few words the house uses, with telephone numbers masked above debug level.
import { pino } from 'pino';

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  /** A log whose every line carries these fields (the call id, above all). */
  child(fields: Record<string, unknown>): Log;
}

/** `+33612345678` → `+336•••••78`: enough to recognise, too little to leak. Digits within a word are an id's, not a number's. */
export const maskNumber = (text: string): string =>
  text.replace(
    /(?<![A-Za-z0-9])\+?\d{8,15}(?![A-Za-z0-9])/g,
    (n) => `${n.slice(0, 4)}${'•'.repeat(Math.max(1, n.length - 6))}${n.slice(-2)}`,
  );

/** Deep enough for what is logged; below it, nothing is shown. */
const deepest = 5;

function masked(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) return value.map((one) => masked(one, depth + 1));
  if (value instanceof Error) return { message: maskNumber(value.message), stack: maskNumber(value.stack ?? '') };
  return fieldsOf(value, depth);
}

/** An id under `call` stays as it is, whatever it looks like. */
const fieldsOf = (fields: object, depth = 0): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, key === 'call' ? value : masked(value, depth + 1)]),
  );

/** What is not written is not masked either: a line for each call costs nothing where nobody asked for it. */
const masking =
  (out: pino.Logger, level: 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string) => {
    if (out.isLevelEnabled(level)) out[level](fieldsOf(fields), maskNumber(message));
  };

const over = (out: pino.Logger): Log => ({
  debug: (fields, message) => out.debug(fields, message),
  info: masking(out, 'info'),
  warn: masking(out, 'warn'),
  error: masking(out, 'error'),
  child: (fields) => over(out.child(fields)),
});

/** Structured lines on stderr (or any stream): stdout belongs to the commands. */
export const openLog = (level = 'info', to: NodeJS.WritableStream = process.stderr): Log =>
  over(pino({ level, base: null }, to));

/** Says nothing. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
