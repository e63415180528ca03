// What the stories of calling back over Twilio share: the line, a customer on record, the technician who answers and presses 1.
import type { Test } from 'tap';
import { until } from '../../waiting.ts';
import type { Ring } from './phone.ts';
import { startTwilioLine } from './start.ts';

export type State = { id: string; state: string; end?: string; error?: string };
const apiToken = 'un-jeton-bien-assez-long';
export const lineNumber = '+33199001000';
const customerNumber = '+33612345678';

export async function startCallBacks() {
  const line = await startTwilioLine({
    flows: 'test/line/alert-house',
    plannings: 'test/line/alert-plannings',
    env: { VIGIE_API_TOKEN: apiToken },
    // Ten seconds to press a key are long enough for a machine that has much to do.
    network: { speed: 4 },
  });
  const { network } = line;
  const karim = network.phone('+33639980001', 'Karim').behaves('rings');
  const customer = network.phone(customerNumber, 'le client').behaves('rings');
  const api = async (path: string, body?: object) => {
    const response = await fetch(`${line.publicUrl}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as State };
  };
  const request = () => api('/api/call-back', { person: 'karim', number: customerNumber, by: 'helpdesk' });
  const ask = async (): Promise<string> => {
    const made = await request();
    if (made.status !== 202) throw new Error(`${made.status} ${made.body.error}`);
    return made.body.id;
  };
  const over = (id: string) =>
    until('the end of the call back', async () => {
      const { body } = await api(`/api/call-back/${id}`);
      return body.state === 'over' && body;
    });
  /** Karim's telephone rings, he answers and hears whom he is to call. */
  const isAsked = async (): Promise<Ring> => {
    const ring = await karim.rings();
    await ring.answers();
    await ring.hears('Vous allez appeler');
    return ring.hears('Pour lancer cet appel');
  };
  const accepts = async () => (await isAsked()).presses('1');
  /** How the customer's leg ended. */
  const endOfLast = async (id: string) => (await line.over(id)).legs.at(-1)?.cause;
  /** Twilio's time nearly stands still meanwhile: it waits ten seconds for a key, and a server on a busy machine may need more. */
  const restart = async () => {
    const { speed } = network;
    network.speed = speed / 10;
    await line.server.kill();
    await line.server.start();
    network.speed = speed;
  };
  const nobodyIsLeft = () =>
    until('no channel lives', () => ([...network.channels.values()].every((one) => one.isOver) ? true : undefined));
  const isClean = async (t: Test) => {
    t.same(await line.api('/api/live'), []);
    t.same(network.violations, []);
    const nameless = network.requests.filter(({ path }) => /\/Calls\/(?!CA)/.test(path));
    t.same(nameless, [], 'nothing is asked about a caller who is not there yet');
    const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
    t.same(errors, []);
  };
  const caller = await network.call({ from: customerNumber, to: lineNumber });
  await caller.isHungUp();
  await until('the call on record', async () => (await line.records(1))[0]);
  return {
    line,
    network,
    karim,
    customer,
    api,
    request,
    ask,
    over,
    isAsked,
    accepts,
    endOfLast,
    restart,
    nobodyIsLeft,
    isClean,
  };
}
