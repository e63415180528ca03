// SMS over SIP MESSAGE on the wire: the whole line, a real Asterisk on both sides, a conversation through it, and what hostile carriers send.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { vigie } from '../cli/vigie.ts';
import { until } from '../waiting.ts';
import { startLine } from './line.ts';

const own = '+33199001000';
const [customer, karim] = ['+33612345678', '+33639980001'];

t.test('a conversation by SIP MESSAGE', async (t) => {
  const line = await startLine({
    flows: 'test/line/alert-house',
    plannings: 'test/line/alert-plannings',
    prepare: ({ flows, trunks }) => {
      const file = join(flows, 'lines.yaml');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('flow: par-sms', 'flow: par-sms, sms: { planning: garde }'),
      );
      writeFileSync(
        trunks,
        readFileSync(trunks, 'utf8').replaceAll('    qualify seconds: 1', '    qualify seconds: 1\n    sms: true'),
      );
    },
  });
  t.teardown(() => line.stop());
  const { network } = line;
  const last = (to: string) => network.texts.filter((one) => one.to === to).at(-1);

  await t.test('in, passed on, answered', async (t) => {
    await network.text({ from: customer, to: own, body: 'La presse 3 est bloquée, né à 5 €' });
    const forwarded = await until('it is passed on', () => last(karim));
    t.match(forwarded, {
      from: own,
      via: 'a',
      body: /^SMS 1 de 06 12 34 56 78 \(Par SMS\) : La presse 3 est bloquée, né à 5 €\n/,
    });
    await network.text({ from: karim, to: own, body: "J'arrive" });
    const answer = await until('the answer', () => last(customer));
    t.strictSame(answer, { to: customer, from: own, body: "J'arrive", via: 'a' });
    const told = await vigie(line.env, ['messages', '--sms']);
    t.match(told.out, /SMS au 06 12 34 56 78 : accepté \(sip carrier-a, ne dit pas si c’est arrivé\)/);
    t.match((await vigie(line.env, ['thread', '1'])).out, /Karim Haddad : J'arrive {2}\[remis\]/);
  });

  await t.test('a long text is cut into messages that SIP takes', async (t) => {
    const before = network.texts.length;
    const words = 'Fermez la vanne du fond. '.repeat(38).trim();
    await network.text({ from: karim, to: own, body: `1: ${words}` });
    const parts = await until('all of it', () => {
      const seen = network.texts.slice(before).filter(({ to }) => to === customer);
      return seen.length === 2 && seen;
    });
    t.ok(parts.every(({ body }) => Buffer.byteLength(body) < 1000));
    t.equal(parts.map(({ body }) => body).join(' '), words);
  });

  const { address } = network.carriers.a;
  const stranger = await rawPeer(address, Number(line.env.VIGIE_SIP_PORT));
  t.teardown(() => stranger.close());

  await t.test('hostile and broken messages harm nobody', async (t) => {
    const before = network.texts.length;
    const answers = {
      noFrom: await stranger.sends({ from: '' }),
      anonymous: await stranger.sends({ from: '"STOP" <sip:anonymous@anonymous.invalid>' }),
      ours: await stranger.sends({ from: `<sip:${own}@${address}>` }),
      toNobody: await stranger.sends({ to: '+33199009999' }),
      binary: await stranger.sends({ type: 'application/octet-stream' }),
      html: await stranger.sends({ type: 'text/html', body: '<script>alert(1)</script>' }),
      cpim: await stranger.sends({ type: 'message/cpim' }),
      noType: await stranger.sends({ type: '' }),
      notUtf8: await stranger.sends({ body: Buffer.from([0xff, 0xfe, 0x80, 0x41]) }),
    };
    t.match(answers, { binary: /415/, html: /415/, cpim: /415/, noType: /415/ }, 'only plain text is a text');
    await stranger.sends({ body: 'x'.repeat(40_000) });
    await stranger.sends({ body: 'a\u001b[2Jb\r\nAlerte 1 : c' });
    await stranger.sends({ body: 'longueur', length: 999 });
    await until('the line still listens', () => network.texts.some(({ body }) => body.endsWith(' : longueur')));
    t.strictSame(
      network.texts.slice(before).map(({ to, body }) => [to, body]),
      [
        [karim, 'SMS 1 de 06 12 34 56 78 (Par SMS) : ÿþ A'],
        [karim, 'SMS 1 de 06 12 34 56 78 (Par SMS) : (SMS vide ou trop long pour être lu)'],
        [karim, 'SMS 1 de 06 12 34 56 78 (Par SMS) : a [2Jb Alerte 1 : c'],
        [karim, 'SMS 1 de 06 12 34 56 78 (Par SMS) : longueur'],
      ],
      'one line each, to the one who is on call',
    );
    t.ok((await line.api<{ status: string }>('/readyz')) !== undefined);
  });

  await t.test('the server is killed: what comes in meanwhile is kept, and passed on once', async (t) => {
    const hostile = ['pendant la panne (1), "$', '{EXTEN}"; é'].join('');
    await line.server.kill();
    t.match(await stranger.sends({ body: hostile }), /202/);
    await line.server.start();
    await until('it is passed on', () => network.texts.at(-1)?.body.endsWith(hostile));
    await network.text({ from: customer, to: own, body: 'de retour' });
    await until('it goes on', () => network.texts.at(-1)?.body.endsWith('(Par SMS) : de retour'));
    t.match(network.texts.at(-1), { to: karim, body: /^SMS 1 de/ });
    t.equal(network.texts.filter(({ body }) => body.includes('panne')).length, 1);
  });

  await t.test('a trunk is away: the other one; both: an alert at once', async (t) => {
    const away = (trunk: string) =>
      until(`${trunk} is away`, () => new RegExp(`"${trunk}","msg":"trunk does not answer`).test(log()));
    const log = () => readFileSync(join(line.dir, 'server.log'), 'utf8');
    network.carriers.a.fails('silent');
    await away('carrier-a');
    await network.text({ from: customer, to: own, body: 'par b', via: 'b' });
    await until('it goes by b', () => network.texts.at(-1)?.body.endsWith('par b'));
    t.match(network.texts.at(-1), { via: 'b', to: karim });
    network.carriers.b.fails('silent');
    await away('carrier-b');
    await stranger.sends({ body: 'Au feu' });
    await until('an alert', async () => (await vigie(line.env, ['alerts'])).out.includes('Au feu'));
    t.match((await vigie(line.env, ['thread', '1'])).out, /échec \(no trunk that carries SMS answers\)/);
    t.match((await vigie(line.env, ['messages', '--sms'])).out, /échec \(no trunk that carries SMS answers\)/);
  });
});

/** A peer at the carrier's address that speaks SIP by hand: what it sends no stack would. */
async function rawPeer(address: string, port: number) {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(0, address, bound));
  let n = 0;
  return {
    close: () => socket.close(),
    /** @returns the first line of the answer, or `nothing`. */
    sends: async ({
      from = `<sip:${customer}@${address}>`,
      to = own,
      type = 'text/plain',
      body = 'octet',
      length,
    }: {
      from?: string;
      to?: string;
      type?: string;
      body?: string | Buffer;
      length?: number;
    }): Promise<string> => {
      const bytes = Buffer.from(body);
      const id = `raw${++n}`;
      const head = [
        `MESSAGE sip:${to}@127.0.0.1:${port} SIP/2.0`,
        `Via: SIP/2.0/UDP ${address}:${socket.address().port};branch=z9hG4bK${id};rport`,
        ...(from ? [`From: ${from};tag=${id}`] : []),
        `To: <sip:${to}@127.0.0.1>`,
        `Call-ID: ${id}@${address}`,
        'CSeq: 1 MESSAGE',
        'Max-Forwards: 70',
        ...(type ? [`Content-Type: ${type}`] : []),
        `Content-Length: ${length ?? bytes.length}`,
      ].join('\r\n');
      socket.send(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]), port, '127.0.0.1');
      const answered = once(socket, 'message', { signal: AbortSignal.timeout(1500) });
      return answered.then(
        ([packet]) => String(packet).split('\r\n', 1)[0] ?? '',
        () => 'nothing',
      );
    },
  };
}
