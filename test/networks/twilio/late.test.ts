// Webhooks that come late, out of order, or for a call that ended long ago: on the carrier itself, with a clock in the test's hand.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import t, { type Test } from 'tap';
import { silentLog } from '../../../server/base/log.ts';
import type { Call } from '../../../server/domain/call/call.ts';
import type { Leg } from '../../../server/domain/hunt/state.ts';
import type { CarrierEvent } from '../../../server/domain/telephony/event.ts';
import { TwilioCarrier } from '../../../server/networks/twilio/carrier.ts';
import { arrivalOf } from '../../../server/networks/twilio/events.ts';
import { Media } from '../../../server/networks/twilio/media.ts';
import { namesFor } from '../../../server/networks/twilio/names.ts';
import { type VoiceWebhook, voiceSchema } from '../../../server/networks/twilio/webhook.ts';
import { HandClock } from '../../base/hand-clock.ts';
import { sid } from './sid.ts';

const hour = 3_600_000;
const caller = sid('CA');
const leg = 'c1.l1';
const legSid = sid('CA');

/** Twilio's REST API answers that all is well; what is asked of it is not this test's business. */
const api = createServer((_, response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"sid":"CA"}'),
);
api.listen(0, '127.0.0.1');
await once(api, 'listening');
t.teardown(() => {
  api.closeAllConnections();
  api.close();
});

const said = (params: Record<string, string>): VoiceWebhook => voiceSchema.parse({ CallSid: caller, ...params });
const ofLeg = (params: Record<string, string>): VoiceWebhook => said({ CallSid: legSid, ...params });

async function house(t: Test, past: string[] = []) {
  const clock = new HandClock(1_000_000);
  const calls = new Map<string, Call>();
  const told: CarrierEvent[] = [];
  const carrier: TwilioCarrier = new TwilioCarrier({
    code: () => '0123456789',
    access: {
      accountSid: sid('AC'),
      tokens: ['secret'],
      api: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      publicUrl: 'https://vigie.example.fr',
      fallbackUrl: 'https://x',
      callsPerSecond: 50,
      detectMachines: true,
    },
    media: new Media({ ready: () => true, filesOf: () => [] }, '/p', new Uint8Array(), namesFor(['secret'])),
    recordings: tmpdir(),
    log: silentLog,
    clock,
    calls: { all: () => [...calls.values()], one: (id) => calls.get(id) },
    past: async () => past,
  });
  await carrier.start((event) => {
    told.push(event);
    if (event.type === 'arrival') carrier.adopt({ call: 'c1', channel: event.arrival.channel });
  });
  t.teardown(() => carrier.stop());
  const is = (part: object) =>
    calls.set('c1', {
      id: 'c1',
      carrier: 'twilio',
      channel: caller,
      phase: 'flow',
      pastLegs: [],
      path: [],
      notes: [],
      flow: { turn: 1, gone: false, doing: { kind: 'asking', effect: 'c1.e1' } },
      ...part,
    } as unknown as Call);
  const events = () => told.splice(0).flatMap((event) => (event.type === 'call' ? [event.event] : []));
  return { clock, carrier, calls, is, told, events };
}

const hunting = (phase: Leg['phase'], more: object = {}) => ({
  phase: 'hunt',
  hunt: {
    phase: 'ringing',
    spec: { announce: [], confirm: { by: 'key', question: [], taken: [], waitMs: 1 } },
    legs: [{ id: leg, phase, number: '+33639980001', ...more }],
  },
});

t.test('a call that ended an hour ago: no door takes it up again', async (t) => {
  const { clock, carrier, calls, is, told } = await house(t);
  is({});
  t.ok(carrier.arrived(said({ To: '+33199001000', From: '+33612345678' })));
  calls.delete('c1');
  carrier.forget('c1');
  t.match(carrier.caller('c1', said({ Digits: '1' }), { turn: 1, what: 'keyed' }), '<Hangup/>', 'a moment ago: over');
  clock.advance(hour);
  // The next call that ends sweeps.
  carrier.adopt({ call: 'c2', channel: sid('CA') });
  carrier.forget('c2');
  told.length = 0;
  t.equal(carrier.arrived(said({ To: '+33199001000' })), undefined, 'its CallSid begins no new call');
  t.equal(carrier.caller('c1', said({ Digits: '1' }), { turn: 1, what: 'keyed' }), undefined);
  t.match(carrier.leg(leg, ofLeg({})), '<Response><Hangup/></Response>');
  t.match(carrier.pressed(leg, 'e1', ofLeg({ Digits: '1' })), '<Response><Hangup/></Response>');
  carrier.gone(said({ CallStatus: 'completed' }));
  carrier.legTold(leg, ofLeg({ CallStatus: 'completed', SequenceNumber: '3' }));
  carrier.legHeard(leg, ofLeg({ AnsweredBy: 'human' }));
  carrier.recorded('c1', said({ RecordingSid: sid('RE'), RecordingStatus: 'completed' }));
  t.same(told, [], 'and nothing is told to anybody');
});

t.test('a call that was before this server began: its CallSid begins no new call', async (t) => {
  const { carrier, told } = await house(t, [sid('CA'), caller]);
  told.length = 0;
  t.equal(carrier.arrived(said({ To: '+33199001000', From: '+33612345678' })), undefined);
  t.same(told, []);
  t.ok(carrier.arrived(said({ CallSid: sid('CA'), To: '+33199001000' })), 'a new one is served');
});

t.test('the news of a leg counts by its number, not by when it comes', async (t) => {
  const { carrier, is, events } = await house(t);
  is(hunting('calling'));
  carrier.adopt({ call: 'c1', channel: caller });
  const tells = (CallStatus: string, SequenceNumber: string) =>
    carrier.legTold(leg, ofLeg({ CallStatus, SequenceNumber }));
  tells('initiated', '0');
  t.same(
    events().map(({ type }) => type),
    ['leg-placed'],
    'its first word tells its name',
  );
  tells('completed', '3');
  t.match(events(), [{ type: 'leg-ended' }]);
  tells('ringing', '1');
  tells('in-progress', '2');
  t.same(events(), [], 'older news of one that is over mean nothing');
  carrier.legTold(leg, said({ CallSid: sid('CA'), CallStatus: 'completed', SequenceNumber: '9' }));
  t.same(events(), [], 'nor does another call’s');
  carrier.legTold(leg, ofLeg({ CallStatus: 'busy' }));
  t.match(events(), [{ type: 'leg-ended', hangup: { cause: 'busy' } }], 'without a number it is the newest');
});

const verdicts = {
  human: 'human',
  machine_start: 'machine',
  machine_end_beep: 'machine',
  machine_end_silence: 'machine',
  machine_end_other: 'machine',
  fax: 'tone',
  unknown: 'unsure',
};

t.test('a verdict on who answered, at any time: weak evidence, and nothing else', async (t) => {
  for (const phase of ['asking', 'taken', 'ended'] as const)
    for (const [AnsweredBy, verdict] of Object.entries(verdicts)) {
      const { carrier, is, events } = await house(t);
      is(hunting(phase, { placed: legSid }));
      carrier.adopt({ call: 'c1', channel: caller });
      carrier.legTold(leg, ofLeg({ CallStatus: 'in-progress' }));
      events();
      carrier.legHeard(leg, ofLeg({ AnsweredBy, MachineDetectionDuration: '3200' }));
      t.match(events(), [{ type: 'leg-heard', verdict, strong: false, ms: 3200 }], `${AnsweredBy}, ${phase}`);
    }
  const { carrier, is, events } = await house(t);
  is(hunting('asking'));
  carrier.adopt({ call: 'c1', channel: caller });
  carrier.legTold(leg, ofLeg({ CallStatus: 'in-progress' }));
  events();
  carrier.legHeard(leg, ofLeg({ AnsweredBy: 'an answer of tomorrow' }));
  carrier.legHeard(leg, ofLeg({}));
  t.same(events(), [], 'what nobody knows is no verdict');
});

void t.test('what the caller’s network says of their number is known at the door', async (t) => {
  const said = (StirVerstat: string): string | undefined =>
    arrivalOf(voiceSchema.parse({ CallSid: caller, From: '+33612345678', To: '+33199001000', StirVerstat }), 0)
      .attested;
  t.equal(said('TN-Validation-Passed-A'), 'full');
  t.equal(said('TN-Validation-Passed-B'), undefined, 'the customer is known, their right to the number is not');
  t.equal(said('TN-Validation-Failed-C'), 'failed');
  t.equal(said('No-TN-Validation'), undefined);
});
