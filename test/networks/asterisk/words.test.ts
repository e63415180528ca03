// The pure parts: numbers in and out, the order of answers, what one event means. Hostile values included.
import t from 'tap';
import { plainNumber, toE164 } from '../../../server/domain/telephony/numbers.ts';
import { openLane } from '../../../server/networks/asterisk/ari/lane.ts';
import { ariEvent, at, channelList, parsed, withQuery } from '../../../server/networks/asterisk/ari/words.ts';
import { dialString } from '../../../server/networks/asterisk/dial-string.ts';
import { arrivalOf, meaningOf, whyEnded } from '../../../server/networks/asterisk/events.ts';
import { mediaList } from '../../../server/networks/asterisk/media.ts';
import { isLeg, Registry } from '../../../server/networks/asterisk/registry.ts';
import { EndpointWatch } from '../../../server/networks/asterisk/trunks.ts';

const hostile = [
  '',
  'anonymous',
  'Restricted',
  '+',
  '0',
  '+33612345678@evil',
  '06 12',
  "'; DROP TABLE",
  '+33612345678,T',
  '1'.repeat(40),
  '$\u007bEXTEN}',
  '+٣٣٦',
];

void t.test('what Asterisk says is read as documented: a long name is no fault, another shape is', async (t) => {
  const channel = { id: '17.1', name: 'PJSIP/trunk-a-00000001', caller: { name: 'é'.repeat(100_000), number: '06' } };
  const start = { type: 'StasisStart', application: 'vigie', args: ['arrival', '1', '2', ''], channel, more: {} };
  t.match(ariEvent.parse(start), { channel: { id: '17.1' }, args: ['arrival', '1', '2', ''] });
  const digit = { type: 'ChannelDtmfReceived', channel, digit: '1' };
  for (const odd of [
    { ...digit, digit: ['1'] },
    { ...digit, channel: '17.1' },
    { ...digit, channel: { id: {} } },
    [],
    7,
  ])
    t.notOk(ariEvent.safeParse(odd).success, JSON.stringify(odd).slice(-60));
  // A caller must not be lost for an odd name, nor an end for an odd cause.
  const odd = { id: '17.1', name: null, caller: { name: 7, number: '06' }, dialplan: 'x' };
  t.match(ariEvent.parse({ ...start, channel: odd }), { channel: { id: '17.1', caller: { number: '06' } } });
  const over = ariEvent.parse({ type: 'ChannelDestroyed', channel, cause: 'x', tech_cause: {} });
  t.match(over, { channel: { id: '17.1' }, cause: undefined, tech_cause: undefined });
  const answer = (body: unknown) => ({ status: 200, reason: 'OK', body: JSON.stringify(body) });
  t.match(parsed(answer([{ id: 7 }, null, channel]), channelList), [{ id: '17.1' }], 'the odd one hides no other');
  t.equal(parsed(answer({ id: '17.1' }), channelList), undefined);
  t.equal(parsed({ status: 404, reason: 'Not Found', body: '[]' }, channelList), undefined);
});

void t.test('numbers from the network become E.164, or unknown', async (t) => {
  for (const form of ['+33612345678', '0612345678', '0033612345678', '33612345678'])
    t.equal(toE164(form), '+33612345678', form);
  t.equal(toE164('+4930123456'), '+4930123456');
  t.equal(toE164('0306123456', 'DE'), '+49306123456', 'the country may be another');
  t.equal(toE164(undefined), '');
  for (const value of hostile) t.equal(toE164(value), '', JSON.stringify(value));
});

void t.test('only digits and a leading plus reach a dial string or a header', async (t) => {
  t.equal(dialString('+33612345678', 'carrier-a'), 'PJSIP/+33612345678@trunk-carrier-a');
  for (const value of hostile) {
    t.equal(dialString(value, 'a'), undefined, JSON.stringify(value));
    t.equal(plainNumber(value), '');
  }
  for (const trunk of ['', 'a&PJSIP/x', 'a/b', 'a,b', '-', 'é', 'a\n'])
    t.equal(dialString('+33612345678', trunk), undefined, trunk);
});

void t.test('paths and queries are escaped; media that would break a list is left out', async (t) => {
  t.equal(
    withQuery(at('channels', 'a/../b?x', 'play'), { media: 'sound:a b&c=1' }),
    'channels/a%2F..%2Fb%3Fx/play?media=sound%3Aa%20b%26c%3D1',
  );
  t.equal(mediaList(['/var/p/1', 'sound:beep', '/var/p/a,tone:busy']), 'sound:/var/p/1,sound:beep');
});

void t.test('answers find their requests, late ones end at their deadline, none is left at the end', async (t) => {
  const sent: { request_id: string; uri: string }[] = [];
  let now = 0;
  const lane = openLane(
    (text) => sent.push(JSON.parse(text)),
    () => now,
    100,
  );
  const [one, two, three] = [
    lane.request('GET', 'one'),
    lane.request('GET', 'two'),
    lane.request('POST', 'three', { a: 1 }),
  ];
  t.same(
    sent.map(({ uri }) => uri),
    ['one', 'two', 'three'],
  );
  lane.answer({ request_id: sent[1]?.request_id ?? '', status_code: 200, reason_phrase: 'OK', message_body: 'x' });
  lane.answer({ request_id: sent[1]?.request_id ?? '', status_code: 500 });
  lane.answer({});
  t.same(await two, { status: 200, reason: 'OK', body: 'x' });
  now = 101;
  lane.sweep(now);
  t.match(await one, { status: 0, reason: /within 100 ms/ });
  t.match(await three, { status: 0 });
  const last = lane.request('GET', 'four');
  lane.close('gone');
  t.same(await last, { status: 0, reason: 'gone', body: '' });
  t.match(await lane.request('GET', 'five'), { status: 0, reason: 'gone' });
});

void t.test('an event told twice means something once; late and foreign ones mean nothing', async (t) => {
  const registry = new Registry();
  const caller = registry.caller({ call: 'c1', channel: '17.3' });
  const mean = (event: Parameters<typeof meaningOf>[1]) => meaningOf(registry, event, 5, '/rec')?.event;
  const leg = { id: 'c1.l1', state: 'Ringing' };
  t.same(mean({ type: 'Dial', peer: leg, dialstatus: 'RINGING' }), { type: 'leg-ringing', leg: 'c1.l1', at: 5 });
  t.equal(mean({ type: 'ChannelStateChange', channel: leg }), undefined);
  t.equal(mean({ type: 'ChannelStateChange', channel: { ...leg, state: 'Up' } }), undefined, 'not with us yet');
  t.equal(mean({ type: 'Dial', peer: leg, dialstatus: 'ANSWER' }), undefined);
  t.match(mean({ type: 'StasisStart', channel: { ...leg, state: 'Up' } }), { type: 'leg-answered' });
  t.equal(mean({ type: 'StasisStart', channel: { ...leg, state: 'Up' } }), undefined);
  t.match(mean({ type: 'ChannelDestroyed', channel: leg, cause: 16 }), {
    type: 'leg-ended',
    hangup: { cause: 'normal' },
  });
  t.equal(mean({ type: 'ChannelDestroyed', channel: leg, cause: 16 }), undefined);
  t.equal(mean({ type: 'StasisStart', channel: { ...leg, state: 'Up' } }), undefined, 'after its end');
  t.match(mean({ type: 'StasisEnd', channel: { id: '17.3' } }), { type: 'caller-hung-up' });
  t.equal(mean({ type: 'ChannelDestroyed', channel: { id: '17.3' }, cause: 16 }), undefined);
  t.ok(caller.over);
  for (const type of [
    'StasisEnd',
    'ChannelDestroyed',
    'ChannelDtmfReceived',
    'Dial',
    'PlaybackFinished',
    'constructor',
    'toString',
  ]) {
    t.equal(
      mean({ type, channel: { id: '99.9' }, peer: { id: '99.9' }, digit: '1', dialstatus: 'ANSWER' }),
      undefined,
      type,
    );
  }
  registry.forget('c1');
  t.equal(mean({ type: 'PlaybackStarted', playback: { id: 'c1.e1', target_uri: 'channel:c1.l1' } }), undefined);
  t.same([...registry.all()], [], 'nothing of a forgotten call stays');
});

void t.test('blame: what we did comes before what the network said', async (t) => {
  const leg = () => new Registry().leg('c1.l1');
  t.match(whyEnded({ ...leg(), up: true }, 0, 16), { cause: 'normal' });
  t.match(whyEnded({ ...leg(), endedByUs: true }, 487, 26), { cause: 'answered-elsewhere', whose: 'ours' });
  t.match(
    whyEnded({ ...leg(), rang: true }, 480, 19),
    { cause: 'no-answer', whose: 'callee' },
    'nobody asked: its time was over',
  );
  t.match(whyEnded(leg(), 480, 19), { cause: 'unreachable', whose: 'carrier' });
  t.match(whyEnded({ ...leg(), refused: true }, 480, 19), { cause: 'unavailable', whose: 'callee' });
  t.match(
    whyEnded(leg(), 486, 17),
    { cause: 'busy' },
    'a refusal that came before anybody listened is one all the same',
  );
});

void t.test('arrivals, legs and trunks are told apart by name', async (t) => {
  t.ok(isLeg('c0abc.l12'));
  for (const id of ['1795296956.11', 'c1.b', 'c1.l', 'c1.l1x', 'a.b.l1', '']) t.notOk(isLeg(id), id);
  t.equal(arrivalOf({ id: '1.1' }, ['leg'], 0), undefined);
  t.equal(arrivalOf({ id: '1.1' }, [], 0), undefined);
  t.same(
    arrivalOf(
      { id: '1.1', name: 'PJSIP/trunk-car-a-0000001f', caller: { name: 'A\u0007B' } },
      ['arrival', '0199001000', 'anonymous', ''],
      7,
    ),
    {
      channel: '1.1',
      carrier: 'asterisk',
      called: '+33199001000',
      caller: '',
      at: 7,
      trunk: 'car-a',
      callerName: 'AB',
    },
  );
  const watch = new EndpointWatch();
  const read = (resource: string, peer_status: string) =>
    watch.read({ type: 'PeerStatusChange', endpoint: { resource }, peer: { id: '', peer_status } }, 1);
  t.match(read('trunk-a', 'Unreachable'), { type: 'trunk', trunk: 'a', reachable: false });
  t.equal(read('trunk-a', 'Unreachable'), undefined, 'told once');
  t.match(read('trunk-a', 'Reachable'), { trunk: 'a', reachable: true });
  t.equal(read('into', 'Reachable'), undefined);
  t.equal(read('trunk-a', 'Lagged?'), undefined);
});
