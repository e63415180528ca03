// What a test asks Twilio beside its documents: whether two are in one room, and the calls that a former life left.
import type { Clock } from '../../../base/clock.ts';
import type { CallId, PhoneNumber } from '../../../domain/telephony/names.ts';
import type { TestDial } from '../../../domain/telephony/self-test.ts';
import type { Links } from '../links.ts';
import type { Rest } from '../rest.ts';

/** What a server that died left behind ends by itself. */
const longestSeconds = 300;
const everyMs = 500;
/** Longer than a test waits for it. */
const mostTries = 20;
/** A test lasts minutes at most; our clock and Twilio's may differ. */
const sinceMs = 15 * 60_000;
const mostListed = 20;
const living: ReadonlySet<string> = new Set(['queued', 'ringing', 'in-progress']);

/** The call to ourselves, as it is ordered. */
export const orderOf = (links: Links, test: string, { number, shows, ringMs }: TestDial) => ({
  to: number,
  from: shows,
  url: links.test(test, 0),
  method: 'POST',
  statusCallback: links.testStatus(test),
  statusCallbackMethod: 'POST',
  statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  timeout: Math.ceil(ringMs / 1000),
  timeLimit: longestSeconds,
});

/** Are both sides of this call in the room that bears its name? Asked until they are, or nobody wants to know. */
export async function together(rest: Rest, clock: Clock, call: CallId, wanted: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < mostTries && wanted(); tries++) {
    if ((await inRoom(rest, call)) > 1) return wanted();
    await new Promise<void>((go) => clock.after(everyMs, go));
  }
  return false;
}

async function inRoom(rest: Rest, call: CallId): Promise<number> {
  const rooms = await rest.ask((client) =>
    client.conferences.list({ friendlyName: call, status: 'in-progress', limit: 1 }),
  );
  const sid = rooms.ok ? rooms.value[0]?.sid : undefined;
  if (!sid) return 0;
  const members = await rest.ask((client) => client.conferences(sid).participants.list({ limit: 3 }));
  return members.ok ? members.value.length : 0;
}

/** Ends every call that we placed between two numbers of ours: only a test does that. @returns why not */
export async function endFormer(
  rest: Rest,
  clock: Clock,
  { number, shows }: { number: PhoneNumber; shows: PhoneNumber },
): Promise<string | undefined> {
  const since = new Date(clock.now() - sinceMs);
  const found = await rest.ask((client) =>
    client.calls.list({ to: number, from: shows, startTimeAfter: since, limit: mostListed }),
  );
  if (!found.ok) return found.why;
  const ours = found.value.filter(({ direction, status }) => direction === 'outbound-api' && living.has(status));
  const ended = await Promise.all(
    ours.map(({ sid }) => rest.ask((client) => client.calls(sid).update({ status: 'completed' }))),
  );
  return ended.flatMap((answer) => (answer.ok || answer.gone ? [] : [answer.why]))[0];
}
