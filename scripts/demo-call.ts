// One call of the demo: a caller who waits to be asked before pressing the next keys, and hangs up after a talk.
import { z } from 'zod';
import type { Line } from '../test/line/line.ts';

const number = z.string().regex(/^(\+\d{8,15})?$/, 'a number is written like +33612345678 (empty: hidden)');
const keys = z.string().regex(/^[0-9*#]{1,32}$/, 'keys are 0 to 9, * and #');

/** What `make call` asks for. */
export const requestSchema = z.strictObject({
  from: number.default('+33612345678'),
  to: number.default('+33199001000'),
  press: z.array(keys).max(20).default([]),
  /** Seconds the two talk before the caller hangs up. */
  talk: z.number().min(0).max(600).default(3),
});
export type Request = z.output<typeof requestSchema>;

type Live = { id: string; phase: string; awaits: string; turn: number };

/** The longest anything is waited for: the longest total wait of the example flows and a margin. */
const patienceMs = 300_000;
const lookMs = 100;

/** Resolves with the id of the call's record when it is over. */
export async function placeCall(line: Line, { from, to, press, talk }: Request): Promise<string> {
  const known = new Set((await line.api<Live[]>('/api/live')).map(({ id }) => id));
  const caller = await line.network.call({ ...(from ? { from } : {}), to });
  const mine = async () => (await line.api<Live[]>('/api/live')).find(({ id }) => !known.has(id));
  const arrived = await until(mine, (call) => call !== undefined);
  let turn = -1;
  for (const group of press) {
    const asked = await until(mine, (call) => call?.phase !== 'flow' || (call.awaits === 'keys' && call.turn > turn));
    if (asked?.awaits !== 'keys') break;
    turn = asked.turn;
    await caller.presses(group);
  }
  const talking = await until(mine, (call) => !call || call.phase === 'talking');
  if (talking) await new Promise((later) => setTimeout(later, talk * 1000));
  if (!caller.isOver) await caller.hangsUp();
  return arrived?.id ?? '';
}

/** Looks until `enough`, and gives what it saw last. @throws after a time in which no call of the demo is still going on. */
async function until<T>(look: () => Promise<T>, enough: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + patienceMs; ; ) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (Date.now() > end) throw new Error(`nothing more happened for ${patienceMs / 1000} s`);
    await new Promise((later) => setTimeout(later, lookMs));
  }
}
