// Messages that Asterisk wrote down (render/messages.ts), read back: everything in them is hostile until parsed.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PhoneNumber, TrunkId } from '../../domain/telephony/names.ts';
import { toE164 } from '../../domain/telephony/numbers.ts';

/** `from` is '' where no number stands in it; `to`: every number that the message names as its goal. */
export type SpooledText = { trunk: TrunkId; from: PhoneNumber; to: PhoneNumber[]; text: string };

const mostText = 2000;
const base64 = z.string().max(8192).default('');
const line = z.object({
  trunk: z.string().max(64),
  called: z.string().max(255),
  from: base64,
  to: base64,
  body: base64,
});

/** In the order in which they came. `message` is undefined where the file holds none; one that is still being written is left for later. */
export async function spooledTexts(dir: string): Promise<{ file: string; message: SpooledText | undefined }[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sms')).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join(dir, name);
      const text = await readFile(file, 'utf8');
      return text.endsWith('\n') ? [{ file, message: readText(text) }] : [];
    }),
  );
  return found.flat();
}

function readText(text: string): SpooledText | undefined {
  const read = line.safeParse(parsed(text));
  if (!read.success) return undefined;
  const { trunk, called, from, to, body } = read.data;
  const goals = [numberIn(words(to)), toE164(called)].filter((number) => number !== '');
  return { trunk, from: numberIn(words(from)), to: goals, text: words(body).slice(0, mostText).trim() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.split('\n', 1)[0] ?? '');
  } catch {
    // No JSON: the schema refuses `undefined`, and the file is set aside.
    return undefined;
  }
}

/** UTF-8, as SIP has it; Latin-1 where a gateway sends that: better a strange letter than a lost message. */
function words(given: string): string {
  const bytes = Buffer.from(given, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** The number in `"x" <sip:+33612345678@host;user=phone>`. */
function numberIn(address: string): PhoneNumber {
  const user = /(?:sips?|pjsip|tel):([^@;>\s]{1,40})/i.exec(address)?.[1] ?? '';
  return toE164(user.replace(/^%2B/i, '+').replace(/[().-]/g, ''));
}
