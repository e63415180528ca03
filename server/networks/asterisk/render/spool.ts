// What the last-resort route wrote down about one call, read back. The lines are written by dialplan.ts.
import { z } from 'zod';
import type { PersonId, PhoneNumber, TrunkId } from '../../../domain/telephony/names.ts';
import { linesOf } from './lines.ts';

const line = z.object({
  event: z.enum(['arrival', 'ring', 'answered', 'taken', 'declined', 'not-confirmed', 'failed', 'nobody', 'end']),
  /** Seconds since 1970. */
  at: z.number(),
  called: z.string().default(''),
  caller: z.string().default(''),
  line: z.string().default(''),
  person: z.string().default(''),
  number: z.string().default(''),
  trunk: z.string().default(''),
  status: z.string().default(''),
  sip: z.string().default(''),
  q850: z.string().default(''),
  bytes: z.string().default(''),
});
type Line = z.output<typeof line>;

/** One phone tried over one trunk. All times in seconds since 1970. */
export type SpooledTry = {
  person: PersonId;
  number: PhoneNumber;
  trunk: TrunkId;
  at: number;
  answeredAt?: number;
  endedAt?: number;
  /** `gave-up`: the caller went while it rang. `failed`: see `sip`, `q850` and `status` (Asterisk's DIALSTATUS). */
  result: 'taken' | 'declined' | 'not-confirmed' | 'failed' | 'gave-up';
  status?: string;
  sip?: number;
  q850?: number;
};

export type SpooledCall = {
  /** Asterisk's uniqueid: the same call is never imported twice. */
  id: string;
  called: string;
  caller: string;
  line: PhoneNumber;
  at: number;
  /** Absent: the call is still going on, or Asterisk died with it. */
  endedAt?: number;
  /** The last thing that was written down. */
  lastAt: number;
  tries: SpooledTry[];
  takenBy?: PersonId;
  /** Nobody took it, and the caller was asked for a message. */
  nobody: boolean;
  /** Bytes of the recorded message; it stands in the voicemail folder as `<id>.wav`. */
  messageBytes?: number;
};

/** @returns undefined when the text holds no arrival: not (yet) a call. A line that was cut short is passed over. */
export function readSpool(id: string, text: string): SpooledCall | undefined {
  const lines = linesOf(text, line);
  const arrival = lines.find(({ event }) => event === 'arrival');
  if (!arrival) return undefined;
  const tries: SpooledTry[] = [];
  for (const one of lines) applied(tries, one);
  const end = lines.find(({ event }) => event === 'end');
  const takenBy = lines.find(({ event }) => event === 'taken')?.person;
  return {
    id,
    called: arrival.called,
    caller: arrival.caller,
    line: arrival.line,
    at: arrival.at,
    lastAt: Math.max(...lines.map(({ at }) => at)),
    tries,
    nobody: lines.some(({ event }) => event === 'nobody'),
    ...(takenBy ? { takenBy } : {}),
    ...(end ? { endedAt: end.at } : {}),
    ...(Number(end?.bytes) > 0 ? { messageBytes: Number(end?.bytes) } : {}),
  };
}

function applied(tries: SpooledTry[], { event, at, ...one }: Line): void {
  const last = tries.at(-1);
  if (event === 'ring') {
    const { person, number, trunk } = one;
    tries.push({ person, number, trunk, at, result: 'gave-up' });
  } else if (!last) return;
  else if (event === 'answered') last.answeredAt = at;
  else if (event === 'taken' || event === 'declined' || event === 'not-confirmed') last.result = event;
  else if (event === 'failed') failed(last, at, one);
}

function failed(last: SpooledTry, at: number, { status, sip, q850 }: Pick<Line, 'status' | 'sip' | 'q850'>): void {
  last.endedAt = at;
  last.status = status;
  if (sip) last.sip = Number(sip);
  if (q850) last.q850 = Number(q850);
  // Hanging up during the question is an answer too: nobody confirmed.
  if (last.result === 'gave-up') last.result = last.answeredAt === undefined ? 'failed' : 'not-confirmed';
}
