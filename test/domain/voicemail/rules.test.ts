// The detector's finer rules, one by one: when the question may begin, who is hung up on, what noise, tones and echoes are not.
import t from 'tap';
import { classify } from '../../../server/domain/voicemail/classify.ts';
import { heard, line, verdicts } from './heard.ts';
import * as make from './sounds.ts';

const { after, noise, over, pcm, repeated, silence, spoken, tone, voice } = make;

t.test('the later the word, the less a guess gains: the prompt begins at 3.5 s anyway', async (t) => {
  const firstHuman = (lead: number) =>
    verdicts(line(after(silence(lead), voice(400), silence(6000)))).find(({ verdict }) => verdict === 'human');
  for (const lead of [1000, 1500, 1700]) {
    const ms = firstHuman(lead)?.ms ?? Number.NaN;
    t.ok(ms >= 2700 && ms < 3500, `a word at ${lead} ms: ${ms} ms`);
  }
  const late = firstHuman(2000);
  t.match(late, { verdict: 'human', strong: true }, 'after that it is only said when it is settled');
  t.ok((late?.ms ?? 0) >= 2000 + 400 + 1600, `${late?.ms} ms`);
  const rung = after(silence(200), tone(440, 1500), silence(2500), voice(500), silence(3000));
  const said = verdicts(line(rung)).find(({ verdict }) => verdict === 'human');
  t.ok(
    (said?.ms ?? Number.NaN) <= 4700 + 1300,
    `after a switchboard rang on, the question begins anew: ${said?.ms} ms`,
  );
});

t.test('who talks long is not hung up on while a person might', async (t) => {
  const strongAt = (...sounds: make.Sound[]) =>
    verdicts(line(after(...sounds, silence(6000)))).find(({ verdict, strong }) => verdict === 'machine' && strong)?.ms;
  for (const lead of [200, 400, 500])
    t.equal(strongAt(silence(lead), voice(5000, { seed: 6 })), undefined, `5 s in one breath, from ${lead} ms on`);
  t.equal(
    strongAt(silence(300), voice(4600, { seed: 2 })),
    undefined,
    'who has stopped for our question is left alone',
  );
  const phrases = repeated(5, voice(1700, { seed: 8 }), silence(300));
  const times = { breath: strongAt(silence(400), voice(9000)), phrases: strongAt(silence(400), phrases) };
  t.ok((times.breath ?? 0) >= 5800 && (times.breath ?? 9e9) <= 6000, `who runs on: ${times.breath} ms`);
  t.ok((times.phrases ?? 9e9) <= 6000, `phrase after phrase: ${times.phrases} ms`);
});

t.test('a short greeting whose beep comes late is no person in between', async (t) => {
  const said = verdicts(line(after(silence(400), voice(2400), silence(3000), tone(1000, 300), silence(2000))));
  t.same(
    said.map(({ verdict, because }) => [verdict, because]),
    [['machine', 'a beep after speech']],
  );
});

t.test('a soft voice over a line that hisses: steady noise needs a small margin only', async (t) => {
  const call = after(silence(800), voice(900, { db: -31 }), silence(8000));
  t.equal(classify(pcm(over(call, noise(9700, -44)))).verdict, 'human');
});

t.test('a tone that sounded before anybody spoke is the line’s own, not the beep of a greeting', async (t) => {
  const busy = after(tone(440, 400), silence(400));
  const said = heard(silence(200), busy, voice(800), silence(300), repeated(3, busy), silence(3000));
  t.not(said.because, 'a beep after speech');
  t.match(
    heard(silence(200), tone(440, 1500), silence(600), voice(2500), silence(400), tone(1000, 300), silence(2000)),
    { verdict: 'machine', because: 'a beep after speech' },
    'another one is',
  );
});

t.test('a long answer in espeak-ng’s words', { skip: !spoken('Allô ?') && 'espeak-ng is not installed' }, async (t) => {
  const answer = 'Allô, oui, bonjour, ici Karim, je vous écoute, qui est à l’appareil ?';
  for (const voice of ['fr', 'fr+f2', 'fr+m3']) {
    const said = verdicts(line(after(silence(500), spoken(answer, { voice }) as make.Sound, silence(6000))));
    t.ok(said.length > 0 && said.every(({ verdict, strong }) => verdict === 'human' || !strong), JSON.stringify(said));
  }
});

t.test('our echo at any delay and level: with a callee who waits, and with nobody', async (t) => {
  const prompt = after(silence(2800), voice(6000, { pitch: 160, seed: 12 }), silence(3200));
  for (const delay of [0, 140, 400, 580])
    for (const level of [-3, -24]) {
      const echo = after(silence(delay), make.louder(prompt, level)).subarray(0, prompt.length);
      const callee = over(after(silence(500), voice(500), silence(11_000)), echo);
      const [known, nobody] = [verdicts(line(callee), prompt), verdicts(line(echo), prompt)];
      t.ok(
        known.length > 0 && known.every(({ verdict }) => verdict === 'human'),
        `${delay} ms, ${level} dB: ${JSON.stringify(known)}`,
      );
      t.same(
        nobody.map(({ verdict }) => verdict),
        ['unsure'],
        `${delay} ms, ${level} dB: nobody`,
      );
    }
});
