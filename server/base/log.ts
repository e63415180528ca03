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

/** `+33612345678` → `+336•••••78`: enough to recognise, too little to leak. */
export const maskNumber = (text: string): string =>
  text.replace(/\+?\d{8,15}/g, (n) => `${n.slice(0, 4)}${'•'.repeat(Math.max(1, n.length - 6))}${n.slice(-2)}`);

const masked = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'call'
        ? maskNumber(value)
        : value instanceof Error
          ? { message: maskNumber(value.message), stack: value.stack }
          : value,
    ]),
  );

const over = (out: pino.Logger): Log => ({
  debug: (fields, message) => out.debug(fields, message),
  info: (fields, message) => out.info(masked(fields), message),
  warn: (fields, message) => out.warn(masked(fields), message),
  error: (fields, message) => out.error(masked(fields), message),
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
