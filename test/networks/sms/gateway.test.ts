// The HTTP gateway's door and its manners: tokens, shapes, repetitions, STOP, loops.
import t from 'tap';
import { systemClock } from '../../../server/base/clock.ts';
import { silentLog } from '../../../server/base/log.ts';
import { SmsGateway } from '../../../server/networks/sms/gateway.ts';
import { serve } from '../../api/serve.ts';
import { gatewayToken, openGateway } from '../../engine/alerts/gateway.ts';

const ourNumber = '+33199001000';

t.test('what comes in by the gateway', async (t) => {
  const other = await openGateway();
  const gateway = new SmsGateway(
    { url: other.url, token: gatewayToken },
    { clock: systemClock, log: silentLog, own: (one) => one === ourNumber },
  );
  const heard: string[] = [];
  await gateway.start({
    reported: ({ id, delivered }) => void heard.push(`${id} ${delivered}`),
    received: ({ from, text }) => void heard.push(`${from} ${text}`),
  });
  const url = await serve(t, gateway.routes());
  t.teardown(() => {
    other.stop();
  });
  other.knows(() => url);
  const sms = (from: string, text: string, reference?: string) =>
    other.tell({ type: 'sms', from, text, ...(reference ? { reference } : {}) });
  t.equal((await sms('+33612345678', 'PRIS 1', 'm1')).status, 204);
  await sms('+33612345678', 'PRIS 1', 'm1');
  await sms(ourNumber, 'PRIS 1');
  t.strictSame(heard, ['+33612345678 PRIS 1'], 'told twice is heard once; our own number is a loop');
  t.equal((await other.tell({ type: 'sms', from: '+33612345678', text: 'x' }, 'faux')).status, 403);
  t.equal((await sms('0612345678', 'x')).status, 400);
  t.equal((await other.tell({ type: 'report', id: 'n1', delivered: false })).status, 204);
  t.equal(heard.at(-1), 'n1 false');
  t.match(await gateway.send({ id: 'a', to: '+33612345678', text: 'x' }), {
    accepted: true,
    reports: true,
    reference: 'ref-1',
  });
  await sms('+33612345678', 'Stop');
  t.match(await gateway.send({ id: 'b', to: '+33612345678', text: 'x' }), {
    accepted: false,
    again: false,
    why: /STOP/,
  });
  t.equal(other.seen.length, 1, 'whoever said STOP is left alone');
  other.behaves('is down');
  t.match(await gateway.send({ id: 'c', to: '+33612345679', text: 'x' }), { accepted: false, again: true, why: /503/ });
  const nobody = new SmsGateway(
    { url: 'http://127.0.0.1:9/', token: gatewayToken },
    { clock: systemClock, log: silentLog },
  );
  t.match(await nobody.send({ id: 'd', to: '+33612345678', text: 'x' }), {
    accepted: false,
    again: true,
    why: /cannot be reached/,
  });
});
