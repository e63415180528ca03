// A detector's ear: packets over a real UDP socket, time in the test's hand.
import { createSocket } from 'node:dgram';
import t from 'tap';
import { fromALaw } from '../../../server/domain/voicemail/g711.ts';
import type { TimedOpinion } from '../../../server/domain/voicemail/listen.ts';
import { isTap } from '../../../server/networks/asterisk/audio/channels.ts';
import { soundOf } from '../../../server/networks/asterisk/audio/rtp.ts';
import { Sounds } from '../../../server/networks/asterisk/audio/sounds.ts';
import { LegListener } from '../../../server/networks/asterisk/detector/leg-listener.ts';
import { Played } from '../../../server/networks/asterisk/detector/played.ts';
import { isLeg } from '../../../server/networks/asterisk/registry.ts';
import { after, encoded, octets, pcm, type Sound, silence, tone, voice, wav } from '../../domain/voicemail/sounds.ts';

const alaw = (sound: Sound): Uint8Array => encoded(pcm(sound), fromALaw);
const frames = (bytes: Uint8Array, size = 160): Uint8Array[] =>
  Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

/** Everything is heard 60 ms after it was said, frame by frame. */
function hears(ear: LegListener, sound: Sound, from = 0): TimedOpinion[] {
  return frames(alaw(sound)).flatMap((frame, i) => ear.hear(frame, from + 20 * (i + 1) + 60));
}
const told = (verdicts: TimedOpinion[]) => verdicts.map(({ verdict, strong }) => (strong ? `${verdict}!` : verdict));

t.test('a packet of RTP', async (t) => {
  const packet = (first: number, second: number, ...rest: number[]) =>
    soundOf(Buffer.from([first, second, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, ...rest]));
  t.same([...(packet(0x80, 8, 1, 2, 3) ?? [])], [1, 2, 3]);
  t.same([...(packet(0x80, 0x88, 1, 2) ?? [])], [1, 2], 'the marker bit is no payload type');
  t.same([...(packet(0x81, 8, 9, 9, 9, 9, 1) ?? [])], [1], 'a contributing source is passed over');
  t.same([...(packet(0x90, 8, 0, 0, 0, 1, 9, 9, 9, 9, 1) ?? [])], [1], 'so is an extension');
  t.same([...(packet(0xa0, 8, 1, 2, 0, 2) ?? [])], [1, 2], 'so is padding');
  t.equal(packet(0x80, 101, 1, 2), undefined, 'a key');
  t.equal(packet(0x80, 8), undefined, 'nothing in it');
  t.equal(packet(0x90, 8, 0), undefined, 'an extension cut short');
  t.equal(packet(0x90, 8, 0, 0, 0xff, 0xff, 1), undefined, 'an extension longer than the packet');
  t.equal(packet(0xa0, 8, 1, 2, 200), undefined, 'more padding than there is');
  t.equal(soundOf(Buffer.from('GET / HTTP/1.1\r\n')), undefined, 'no RTP');
  t.equal(soundOf(Buffer.alloc(0)), undefined);
});

t.test('the time since the answer', async (t) => {
  t.test('a word, then silence: as the classifier says of a file', async (t) => {
    const heard = hears(new LegListener(0), after(silence(500), voice(500), silence(3000)));
    t.same(told(heard), ['human', 'human!']);
    t.ok(Math.abs((heard[0]?.ms ?? 0) - 2720) < 100, `told at ${heard[0]?.ms} ms`);
  });
  t.test('a phone that sends nothing while its owner is silent', async (t) => {
    const ear = new LegListener(0);
    const heard = hears(ear, after(silence(500), voice(500)));
    for (let now = 1100; now < 4000; now += 100) heard.push(...ear.catchUp(now));
    t.same(told(heard), ['human', 'human!']);
  });
  t.test('nothing at all comes: nobody can tell, and it ends after 12 s', async (t) => {
    const ear = new LegListener(0);
    const heard: TimedOpinion[] = [];
    for (let now = 0; now <= 12_100; now += 100) heard.push(...ear.catchUp(now));
    t.same(told(heard), ['unsure']);
    t.ok(ear.isDone);
  });
  t.test('sound that begins late is heard where it belongs', async (t) => {
    const late = hears(new LegListener(0), after(voice(500), silence(3000)), 1000);
    t.ok(Math.abs((late[0]?.ms ?? 0) - 2600) < 200, `told at ${late[0]?.ms} ms`);
  });
  t.test('pieces of other lengths make whole frames', async (t) => {
    const ear = new LegListener(0);
    const bytes = alaw(after(silence(300), voice(6000)));
    const heard = frames(bytes, 240).flatMap((piece, i) => ear.hear(piece, 30 * (i + 1)));
    t.same(told(heard), ['machine', 'machine!'], 'by its length, and as it goes on over our question');
  });
  t.test('a greeting, then its beep: certain', async (t) => {
    const heard = hears(
      new LegListener(0),
      after(silence(300), voice(4800), silence(300), tone(1000, 400), silence(500)),
    );
    t.same(
      heard.map(({ certain }) => certain),
      [undefined, true],
    );
  });
});

t.test('our own question coming back is nobody', async (t) => {
  const question = voice(6000, { seed: 11 });
  const echo = after(
    silence(700),
    question.map((sample) => sample * 0.1),
    silence(1000),
  );
  const ear = (plays: boolean) => {
    const one = new LegListener(0);
    if (plays) one.plays(pcm(question), 500);
    return one;
  };
  t.match(told(hears(ear(false), echo)), ['machine', 'machine!'], 'which is what it sounds like');
  t.notMatch(told(hears(ear(true), echo)).join(), 'machine');
});

t.test('what is played is read from the files that Asterisk plays', async (t) => {
  const words = pcm(voice(300));
  const dir = t.testdir({ 'a.wav': Buffer.from(wav(octets(words))), 'b.wav': 'not a sound' });
  const played = new Played();
  t.same(await played.samples([`${dir}/a`, `${dir}/a`]), Int16Array.from([...words, ...words]));
  t.same(
    await played.samples([`${dir}/b`, `${dir}/none`, 'sound:beep', `${dir}/a`]),
    words,
    'what cannot be read is silent',
  );
});

t.test('one socket for all: told apart by the sender, strangers are dropped', async (t) => {
  const sounds = new Sounds('127.0.0.1');
  const [host, port] = (await sounds.address()).split(':') as [string, string];
  t.equal(await sounds.address(), `${host}:${port}`, 'opened once');
  const senders = await Promise.all(
    [1, 2, 3].map(async () => {
      const socket = createSocket('udp4');
      await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
      return socket;
    }),
  );
  const heard: string[] = [];
  const arrived = new Promise<void>((done) => {
    for (const [index, socket] of senders.slice(0, 2).entries())
      sounds.hear(`127.0.0.1:${socket.address().port}`, ([octet]) => {
        heard.push(`${index} ${octet}`);
        if (heard.length === 2) done();
      });
  });
  const header = [0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
  // Loopback keeps the order: the stranger's packet is there before the others'.
  for (const [index, socket] of [...senders.entries()].reverse())
    socket.send(Buffer.from([...header, 40 + index]), Number(port), host);
  await arrived;
  t.same(heard.sort(), ['0 40', '1 41']);
  for (const socket of senders) socket.close();
  sounds.close();
  await t.rejects(new Sounds('192.0.2.1').address(), 'an address that is not ours');
});

t.test('what only carries sound is no leg', async (t) => {
  for (const id of ['c1.l1.snoop', 'c1.l12.media', 'c1.l1.ear', 'c1.e12.snoop', 'c1.e1.ear'])
    t.ok(isTap(id) && !isLeg(id), id);
  for (const id of ['c1.l1', 'c1.b', 'c1', 'c1.l1.other', '1795.12', 'c1.x.l1.snoop']) t.notOk(isTap(id), id);
});
