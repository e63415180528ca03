// The short code that stands in each notice: whoever answers with it has read that notice. A sender's number alone can be forged.
import { createHmac } from 'node:crypto';

export interface Codes {
  /** Six digits, never the same for two people or two alerts but by chance (1 in 900,000). */
  of(alert: string, person: string): string;
}

/** @param secret at least 32 characters, kept across restarts. */
export function openCodes(secret: string): Codes {
  return {
    of: (alert, person) => {
      const sealed = createHmac('sha256', secret).update(`vigie-alert-code ${alert} ${person}`).digest();
      return String(100_000 + (sealed.readUInt32BE(0) % 900_000));
    },
  };
}
