// Who answered: people, greetings of every length, tones, silence, our own echo; files good and bad; the command.
import t from 'tap';
import { voicemail } from '../../../server/cli/voicemail.ts';
import { classify } from '../../../server/domain/voicemail/classify.ts';
import { binHz, spectrum } from '../../../server/domain/voicemail/fourier.ts';
import { levelOf } from '../../../server/domain/voicemail/frame.ts';
import { fromALaw, fromMuLaw } from '../../../server/domain/voicemail/g711.ts';
import { listen } from '../../../server/domain/voicemail/listen.ts';
import { readSound } from '../../../server/domain/voicemail/sound.ts';
import { heard, line, verdict, verdicts } from './heard.ts';
import * as make from './sounds.ts';

const { after, noise, over, pcm, repeated, silence, spoken, tone, voice } = make;
t.test('somebody says a word and waits', async (t) => {
  for (const [name, word] of Object.entries({
    'a low voice': voice(500, { pitch: 105 }),
    'a high voice': voice(600, { pitch: 215, seed: 3 }),
    'far from the phone': voice(500, { db: -30, seed: 5 }),
    loud: voice(400, { db: -10, seed: 9 }),
    'in two words': after(voice(300), silence(300), voice(350, { seed: 2 })),
  })) {
    const { verdict, ms, strong } = heard(silence(600), word, silence(4000));
    t.equal(verdict, 'human', name);
    const spoken = 600 + word.length / 8;
    t.ok(ms <= Math.max(2760, spoken + 1300), `${name}: the prompt may begin ${ms} ms after the answer`);
    t.ok(ms >= Math.min(2700, spoken + 1600), `${name}: not before a "Bonjour." would have gone on: ${ms} ms`);
    t.ok(strong, `${name}: it was settled by what followed`);
  }
  t.equal(verdict(silence(400), voice(2600), silence(5000)), 'human', 'a firm and a name, in one sentence');
  t.equal(verdict(silence(400), voice(400), silence(2400), voice(400), silence(4000)), 'human', 'says it again');
});

t.test('a person in a noisy place is not a machine', async (t) => {
  const call = after(silence(700), voice(700, { db: -16 }), silence(9000));
  t.equal(classify(pcm(over(call, noise(12000, -38)))).verdict, 'human', 'a fan');
  const street = after(...Array.from({ length: 24 }, (_, i) => noise(500, i % 3 ? -42 : -36, i + 1)));
  t.equal(classify(pcm(over(call, street))).verdict, 'human', 'cars go by');
  const machines = after(...Array.from({ length: 24 }, (_, i) => noise(500, i % 3 ? -26 : -19, i + 1)));
  const shout = after(silence(700), voice(700, { db: -11 }), silence(9000));
  t.equal(classify(pcm(over(shout, machines))).verdict, 'human', 'a workshop, 8 dB under the voice');
});

t.test('a greeting with a beep, of 2 to 20 s', async (t) => {
  for (const seconds of [2, 3, 5, 8]) {
    const said = heard(silence(400), voice(seconds * 1000), silence(500), tone(1000, 300), silence(2000));
    t.match(said, { verdict: 'machine', strong: true }, `${seconds} s`);
  }
  t.match(heard(silence(400), voice(20_000), tone(1000, 300)), { verdict: 'machine', strong: true }, '20 s');
  for (const hz of [425, 620, 850, 1400, 2000])
    t.match(
      heard(silence(300), voice(2000, { pitch: 190 }), silence(400), tone(hz, 220, -22), silence(2000)),
      { verdict: 'machine', strong: true, because: 'a beep after speech' },
      `a beep of ${hz} Hz`,
    );
});

t.test('a greeting without a beep is told by its length, and soon', async (t) => {
  const said = heard(silence(400), voice(12_000));
  t.match(said, { verdict: 'machine', strong: true });
  t.ok(said.ms <= 400 + 4600, `${said.ms} ms`);
  t.match(
    heard(silence(300), voice(3000), silence(4000)).verdict,
    'human',
    'and nothing tells one of 3 s: the key decides',
  );
});

t.test('"Bonjour." and a pause, then the greeting', async (t) => {
  const greeting = (lead: number, pause: number) =>
    verdicts(line(after(silence(lead), voice(500), silence(pause), voice(9000, { seed: 4 }))));
  for (const pause of [700, 1000, 1400])
    t.ok(
      greeting(400, pause).every(({ verdict }) => verdict === 'machine'),
      `a pause of ${pause} ms is over before the prompt begins: never a person`,
    );
  const said = greeting(1100, 1500);
  t.same(said[0]?.verdict, 'human', 'a later one is taken for a person at first');
  t.notOk(said[0]?.strong, 'not settled yet: nothing is lost by the prompt');
  t.match(said.at(-1), { verdict: 'machine', strong: true }, 'and corrected');
});

t.test('a person who talks over the prompt, in bursts, stays a person', async (t) => {
  const bursts = repeated(4, voice(1300, { seed: 8 }), silence(1800));
  const said = verdicts(line(after(silence(400), voice(500), silence(1800), bursts)));
  t.ok(said.length > 0 && said.every(({ verdict }) => verdict === 'human'), JSON.stringify(said));
});

t.test('tones', async (t) => {
  const rise = after(tone(950, 330), tone(1400, 330), tone(1800, 330));
  const tones: Record<string, make.Sound> = {
    'French ringing': repeated(3, tone(440, 1500), silence(3500)),
    'American ringing, which beats': repeated(3, tone([440, 480], 2000), silence(4000)),
    'British ringing': repeated(4, tone([400, 450], 400), silence(200), tone([400, 450], 400), silence(2000)),
    'American dial tone': tone([350, 440], 12_000),
    busy: repeated(12, tone(440, 500), silence(500)),
    'a fax that answers': tone(2100, 3300),
    'a fax that calls': repeated(3, tone(1100, 500), silence(3000)),
    'the tones of an announcement alone': after(rise, silence(8000)),
  };
  for (const [name, sound] of Object.entries(tones)) t.equal(verdict(silence(200), sound), 'tone', name);
  t.match(
    heard(silence(200), rise, silence(200), voice(2500), silence(5000)),
    { verdict: 'machine', strong: true },
    'le numéro que vous avez demandé…',
  );
  t.equal(
    verdict(silence(200), tone(440, 1500), silence(1500), voice(500), silence(4000)),
    'human',
    'a PBX rings on after answering, then somebody answers',
  );
  t.equal(verdict(silence(300), voice(700), tone(440, 100), silence(4000)), 'human', 'a blip of 100 ms is no beep');
});

t.test('a voice held on one note is not a beep', async (t) => {
  const note = Float32Array.from({ length: 6400 }, (_, i) => {
    const hz = 450 * (1 + 0.02 * Math.sin((2 * Math.PI * 5.5 * i) / 8000));
    return 0.1 * Math.sin((2 * Math.PI * hz * i) / 8000);
  });
  t.equal(verdict(silence(300), voice(700), note, silence(5000)), 'human');
});

t.test('nobody: silence, hum, the room next door', async (t) => {
  t.match(classify(new Int16Array(8000)), { verdict: 'unsure', ms: 4000 }, 'digital silence');
  t.equal(verdict(silence(6000)), 'unsure', 'the noise of the line');
  t.equal(classify(pcm(noise(6000, -45))).verdict, 'unsure', 'a loud line');
  t.equal(classify(pcm(tone(50, 6000, -40))).verdict, 'unsure', 'mains hum');
  t.equal(verdict(voice(6000, { db: -52 })), 'unsure', 'people far from the phone');
});

t.test('our own prompt comes back: it is not the callee', async (t) => {
  const prompt = after(silence(2600), voice(6000, { pitch: 160, seed: 12 }), silence(2000));
  const echo = after(silence(140), make.louder(prompt, -14));
  const callee = after(silence(500), voice(500), silence(9600));
  const withEcho = line(over(callee, echo));
  const knowing = verdicts(withEcho, prompt);
  t.ok(
    knowing.length > 0 && knowing.every(({ verdict }) => verdict === 'human'),
    `knowing what we sent: ${JSON.stringify(knowing)}`,
  );
  t.equal(verdicts(withEcho).at(-1)?.verdict, 'machine', 'without that knowledge it passes for a greeting');
  const greeting = after(silence(500), voice(500), silence(1300), voice(8300, { seed: 4 }));
  t.match(
    verdicts(line(over(greeting, echo)), prompt).at(-1),
    { verdict: 'machine', strong: true },
    'a greeting that goes on under the echo is heard',
  );
});

t.test(
  'espeak-ng, in two languages and voices',
  { skip: !spoken('Allô ?') && 'espeak-ng is not installed' },
  async (t) => {
    const say = (text: string, name: string) => spoken(text, { voice: name }) as make.Sound;
    for (const name of ['fr', 'fr+f2', 'fr+m3']) {
      t.equal(verdict(silence(700), say('Allô ?', name), silence(4000)), 'human', `Allô ? (${name})`);
      t.equal(verdict(silence(500), say('Oui, allô, j’écoute ?', name), silence(5000)), 'human', `j’écoute (${name})`);
      const greeting = say(
        'Bonjour, vous êtes bien sur la messagerie de Paul Martin. Je ne suis pas disponible pour le moment. Merci de laisser un message après le bip.',
        name,
      );
      t.match(heard(silence(500), greeting, silence(400), tone(1000, 400), silence(1000)), {
        verdict: 'machine',
        strong: true,
      });
      const short = say('Vous êtes chez les Martin.', name);
      t.match(heard(silence(500), short, silence(900), tone(850, 400), silence(1500)), {
        verdict: 'machine',
        strong: true,
      });
    }
    t.equal(verdict(silence(600), say('Hello?', 'en'), silence(4000)), 'human');
  },
);

t.test('incremental and deterministic; silent after 12 s', async (t) => {
  const call = line(after(silence(400), voice(500), silence(1400), voice(9000, { seed: 4 }), silence(3000)));
  t.same(verdicts(call), verdicts(call));
  const ints = pcm(call);
  const floats = Float32Array.from(ints, (sample) => sample / 32768);
  const hearing = [listen(), listen()] as const;
  for (let from = 0; from < ints.length; from += 160)
    t.same(hearing[0].push(ints.subarray(from, from + 160)), hearing[1].push(floats.subarray(from, from + 160)));
  const late = listen();
  for (let frame = 0; frame < 600; frame++) late.push(new Int16Array(160));
  t.equal(late.push(pcm(voice(20))), undefined);
  t.equal(late.push(new Int16Array(0)), undefined, 'an empty frame is silence, not a fault');
});

t.test('arithmetic: level and spectrum', async (t) => {
  t.ok(Math.abs(levelOf(tone(1000, 20, -20)) - -23.01) < 0.05, 'a sine of amplitude −20 dB has 3 dB less power');
  const samples = tone(1000, 32, -20);
  const direct = (bin: number) => {
    let [re, im] = [0, 0];
    samples.forEach((sample, i) => {
      const windowed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 256));
      re += windowed * Math.cos((2 * Math.PI * bin * i) / 256);
      im -= windowed * Math.sin((2 * Math.PI * bin * i) / 256);
    });
    return re * re + im * im;
  };
  const power = spectrum(samples);
  for (const bin of [0, 5, 31, 32, 33, 90]) t.ok(Math.abs((power[bin] as number) - direct(bin)) < 1e-9, `bin ${bin}`);
  t.equal(power.indexOf(Math.max(...power)) * binHz, 1000);
});

t.test('G.711 as published', async (t) => {
  t.same([...fromALaw(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a))], [8, -8, 32256, -32256], 'A-law: smallest and largest');
  t.same(
    [...fromMuLaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))].map((v) => v + 0),
    [0, 0, 32124, -32124],
    'µ-law',
  );
});

t.test('files: every coding gives the same verdict', async (t) => {
  const samples = pcm(line(after(silence(500), voice(500), silence(3000))));
  const twice = Int16Array.from({ length: samples.length * 2 }, (_, i) => samples[i >> 1] as number);
  const files: Record<string, Uint8Array> = {
    'pcm.wav': make.wav(make.octets(samples)),
    'alaw.wav': make.wav(make.encoded(samples, fromALaw), { tag: 6, bits: 8 }),
    'mulaw.wav': make.wav(make.encoded(samples, fromMuLaw), { tag: 7, bits: 8 }),
    'wide.wav': make.wav(make.octets(twice), { hz: 16_000 }),
    'a.al': make.encoded(samples, fromALaw),
    'a.ALAW': make.encoded(samples, fromALaw),
    'a.raw': make.encoded(samples, fromALaw),
  };
  for (const [file, bytes] of Object.entries(files)) {
    const sound = readSound(file, bytes);
    if (!sound.ok) return t.fail(`${file}: ${JSON.stringify(sound.problems)}`);
    t.equal(sound.value.length, samples.length, `${file}: length`);
    t.equal(classify(sound.value).verdict, 'human', file);
  }
  const cut = make.wav(make.octets(samples)).subarray(0, 3000);
  t.match(readSound('cut.wav', cut), { ok: true }, 'a recording cut short is what is there');
});

t.test('16 kHz: what lies above the telephone band does not fold into it', async (t) => {
  const high = Int16Array.from({ length: 32_000 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 7000 * i) / 16_000));
  const sound = readSound('high.wav', make.wav(make.octets(high), { hz: 16_000 }));
  t.ok(sound.ok && levelOf(sound.value.subarray(800, 960)) < -45, '7 kHz would come out as 1 kHz');
});

t.test('the command', async (t) => {
  const human = make.wav(make.octets(pcm(line(after(silence(500), voice(500), silence(2000))))));
  const files: Record<string, Uint8Array> = {
    'human.wav': human,
    'fax.wav': make.wav(make.octets(pcm(tone(2100, 3000)))),
    'text.wav': Buffer.from('this is not sound, whatever its name says'),
    'empty.wav': new Uint8Array(),
    'nothing.wav': make.wav(new Uint8Array()),
    'stereo.wav': make.wav(make.octets(new Int16Array(800)), { channels: 2 }),
    'music.wav': make.wav(make.octets(new Int16Array(800)), { hz: 44_100 }),
    'odd.wav': make.wav(new Uint8Array(800), { tag: 85 }),
    'headless.wav': human.slice(0, 30),
  };
  const run = async (...args: string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const readFile = async (path: string) => {
      const bytes = files[path];
      if (!bytes) throw new Error('ENOENT: no such file or directory');
      return bytes;
    };
    const code = await voicemail(args, { out: (text) => out.push(text), err: (text) => err.push(text), readFile });
    return { code, out, err };
  };

  const both = await run('classify', 'human.wav', 'fax.wav', '--json');
  t.equal(both.code, 0);
  const [first, second] = both.out.map((text) => JSON.parse(text));
  t.match(first, { file: 'human.wav', verdict: 'HUMAN', ms: Number, why: /of speech, then .* of silence/ });
  t.match(second, { file: 'fax.wav', verdict: 'TONE', why: 'a steady tone' });
  t.same(Object.keys(first), ['file', 'verdict', 'ms', 'why']);
  t.match((await run('classify', 'human.wav')).out, [/^HUMAN +\d\.\d\d s {2}human\.wav/]);

  const bad = [
    'text.wav',
    'empty.wav',
    'nothing.wav',
    'stereo.wav',
    'music.wav',
    'odd.wav',
    'headless.wav',
    'absent.wav',
  ];
  const some = await run('classify', ...bad, 'human.wav', '--json');
  t.equal(some.code, 1, 'a file that cannot be heard is a finding');
  t.equal(some.out.length, 1, 'the good file is classified all the same');
  t.same(
    some.err.map((text) => text.split(' ')[0]),
    bad,
    'one sentence for each bad file',
  );
  for (const said of [
    /not a WAV file/,
    /not a WAV file/,
    /holds no sound/,
    /2 channels/,
    /44100 Hz/,
    /unknown coding/,
    /without a format/,
    /no such file/,
  ].entries())
    t.match(some.err[said[0]], said[1]);

  for (const wrong of [
    [],
    ['classify'],
    ['classify', '--json'],
    ['listen', 'human.wav'],
    ['classify', 'human.wav', '--jsno'],
  ])
    t.match(await run(...wrong), { code: 2, out: [], err: [/usage: vigie voicemail/] }, wrong.join(' ') || 'nothing');
});
