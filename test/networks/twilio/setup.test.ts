// `vigie twilio setup`: says exactly what it would change, then does it; the same line then takes calls.
import t from 'tap';
import { startTwilioLine } from './start.ts';

const line = await startTwilioLine();
t.teardown(() => line.stop());
const { network } = line;
const blank = { voiceUrl: '', voiceFallbackUrl: '', voiceFallbackMethod: 'POST', statusCallback: '', smsUrl: '' };
const [first] = [...network.numbers.values()];

/** What the doctor finds of the account. */
async function doctorSays(): Promise<string[]> {
  const { findings } = JSON.parse((await line.vigie('doctor', '--json')).out) as {
    findings: { check: string; state: string }[];
  };
  return findings.filter(({ check }) => check === 'twilio').map(({ state }) => state);
}

void t.test('what it would change, and nothing more', async (t) => {
  for (const number of network.numbers.values()) Object.assign(number, blank);
  network.number('+33199009999', { voiceUrl: 'https://somebody.else.example/' });
  const before = network.requests.length;
  const said = await line.vigie('twilio', 'setup', '--dry-run');
  t.equal(said.code, 0, said.err);
  t.match(said.out, `voiceUrl             (empty) -> ${line.publicUrl}/twilio/voice`);
  t.match(said.out, new RegExp(`${line.publicUrl}/twilio/fallback/33199001000-[0-9a-f]{32}.xml`));
  t.match(said.out, 'nothing was changed');
  t.notMatch(said.out, '+33199009999', 'a number that is no line of ours is left alone');
  t.ok(network.requests.slice(before).every(({ method }) => method === 'GET'));
  t.equal(first?.voiceUrl, '');
});

void t.test('then it does it, and the line takes calls', async (t) => {
  const said = await line.vigie('twilio', 'setup');
  t.equal(said.code, 0, said.err);
  t.match(said.out, /\d+ settings changed/);
  t.equal(first?.smsUrl, `${line.publicUrl}/twilio/sms`);
  t.equal(first?.voiceFallbackMethod, 'GET', 'a host of static files refuses POST');
  t.same(await doctorSays(), ['good', 'warning'], 'well, but for fallback documents that stand here too');

  const caller = await network.call({ from: '+33612345678', to: '+33199001000' });
  await caller.hears('Bonjour,');
  await caller.hangsUp();
  const again = await line.vigie('twilio', 'setup', '--json');
  t.same(JSON.parse(again.out), { changes: [], missing: [], done: true, failed: [] });
});

void t.test('a line without a number, a wrong token, a wrong word', async (t) => {
  network.numbers.delete(first?.sid ?? '');
  const missing = await line.vigie('twilio', 'setup', '--dry-run');
  t.equal(missing.code, 1);
  t.match(missing.err, '+33199001000 is a line of lines.yaml and no number of this Twilio account');
  t.same(await doctorSays(), ['good', 'bad', 'warning'], 'a line that nobody can ring');
  const { token } = network;
  Object.assign(network, { token: 'another' });
  const refused = await line.vigie('twilio', 'setup');
  t.same(await doctorSays(), ['bad']);
  Object.assign(network, { token });
  t.equal(refused.code, 1);
  t.match(refused.err, 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN');
  t.notMatch(refused.err, /\n\s+at /, 'no stack');
  t.equal((await line.vigie('twilio', 'set-up')).code, 2);
  t.equal((await line.vigie('twilio', 'setup', '--wet')).code, 2);
  t.same(network.violations, []);
});
