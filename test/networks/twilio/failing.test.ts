// A step that throws, planted into the server's own code: Twilio is refused, and asks the number's fallback document.
import t from 'tap';
import { planted, throwing } from '../../line/planted.ts';
import { sid } from './sid.ts';
import { startTwilioLine } from './start.ts';
import { signature } from './webhook.ts';

const [atTheDoor, inTheFlow] = ['+33612999001', '+33612999002'];
const line = await startTwilioLine({ env: throwing(atTheDoor, inTheFlow) });
t.teardown(() => line.stop());
const { network } = line;

async function knock(path: string, params: Record<string, string>) {
  const url = line.publicUrl + path;
  const headers = { 'x-twilio-signature': signature(network.token, url, params) };
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(params) });
  return { status: response.status, text: await response.text() };
}

const from = (From: string) => ({
  CallSid: sid('CA'),
  AccountSid: network.account,
  From,
  To: '+33199001000',
  CallStatus: 'ringing',
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
});

t.test('at the door: refused, and the same caller again too', async (t) => {
  const params = from(atTheDoor);
  t.match(await knock('/twilio/voice', params), { status: 404, text: '<Response/>' });
  t.match(await knock('/twilio/voice', params), { status: 404 });
  t.same(await line.api('/api/live'), []);
});

t.test('in the flow: refused from then on, at every address of the call', async (t) => {
  const params = from(inTheFlow);
  const welcome = await knock('/twilio/voice', params);
  const path = (text: string, kind: RegExp) => kind.exec(text)?.[1]?.replace(/^http:\/\/[^/]+/, '') ?? '';
  const menu = await knock(path(welcome.text, /<Redirect method="POST">([^<]+)</), params);
  const keyed = path(menu.text, /action="([^"]+)"/);
  t.match(await knock(keyed, { ...params, Digits: '1' }), { status: 404 });
  t.match(await knock(keyed, { ...params, Digits: '1' }), { status: 404 });
});

t.test('both are on record as lost, and whoever calls next is served', async (t) => {
  const records = await line.records(2);
  t.same(records.map(({ caller, outcome }) => `${caller} ${outcome}`).sort(), [
    `${atTheDoor} lost`,
    `${inTheFlow} lost`,
  ]);
  t.match(await knock('/twilio/voice', from('+33612999003')), { status: 200, text: '<Play>' });
});

t.test(
  'something never ends when the server is told to stop: it ends all the same, and says what was left',
  async (t) => {
    const stuck = await startTwilioLine({
      env: planted({
        'server/engine/calls/switchboard.js': { stop: 'await new Promise(() => setInterval(() => {}, 1e6));' },
      }),
    });
    t.teardown(() => stuck.stop());
    await stuck.server.stop();
    t.match(stuck.server.log, /not stopped after 10 s: ended/);
    t.match(stuck.server.log, /"still":\[[^\]]*"Timeout"/);
  },
);
