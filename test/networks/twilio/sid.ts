// Names as Twilio makes them: two letters and 32 hexadecimal digits.
import { randomBytes } from 'node:crypto';

export const sid = (kind: string): string => kind + randomBytes(16).toString('hex');
