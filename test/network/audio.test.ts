// Sound as numbers: what is found, what is told apart, and what broken files are called.
import t from 'tap';
import { longestSilence, loudness, rate, readWav, resample, sounds, tone, toneShare, writeWav } from './audio.ts';
import { Ear } from './ear.ts';
import { bestMatch, distinctivePiece, same } from './match.ts';

/** Noise that is the same each time, as unlike a tone as speech is. */
function noise(samples: number, seed: number): Int16Array {
  let state = seed;
  let smooth = 0;
  return Int16Array.from({ length: samples }, () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    smooth += ((mixed | 0) / 2 ** 18 - smooth) / 6;
    return smooth;
  });
}

const joined = (...parts: Int16Array[]) => Int16Array.from(parts.flatMap((part) => [...part]));
const silence = (ms: number) => new Int16Array((rate * ms) / 1000);

t.test('a WAV file comes back as it was written; other files are refused by name', async (t) => {
  const sound = tone(440, 100);
  t.same(readWav(writeWav(sound)), sound);
  t.throws(() => readWav(Buffer.from('ID3 some music')), /not a WAV file/);
  const compressed = writeWav(sound);
  compressed.writeUInt16LE(6, 20);
  t.throws(() => readWav(compressed), /not 16-bit PCM/);
  t.throws(() => readWav(writeWav(sound).subarray(0, 36)), /no sound/);
});

t.test('resampling keeps pitch and length', async (t) => {
  const fast = Int16Array.from({ length: 22_050 }, (_, i) => 10_000 * Math.sin((2 * Math.PI * 500 * i) / 22_050));
  const slow = resample(fast, 22_050);
  t.equal(slow.length, 8000);
  t.ok(toneShare(slow, 500) > 0.95);
});

t.test('a tone is told from another tone, from noise and from silence', async (t) => {
  t.ok(toneShare(tone(1700, 100), 1700) > 0.9);
  t.ok(toneShare(tone(1700, 100), 1737) < 0.3);
  t.ok(toneShare(noise(800, 7), 1700) < 0.2);
  t.equal(toneShare(silence(100), 1700), 0);
});

t.test('sounds and silences are measured', async (t) => {
  const line = joined(silence(500), tone(600, 1000), silence(200), tone(600, 1000), silence(2000));
  t.same(sounds(line), [{ from: 4000, until: 21_600 }]);
  t.equal(sounds(line, 100).length, 2);
  t.equal(longestSilence(line), 2);
  t.equal(longestSilence(silence(300)), 0.3);
  t.equal(longestSilence(new Int16Array()), 0);
});

t.test('a piece is found where it is, also quieter and under noise, and never where it is not', async (t) => {
  const prompt = noise(16_000, 1);
  const piece = distinctivePiece(prompt);
  const line = joined(silence(700), noise(4000, 2), prompt, silence(500));
  const found = bestMatch(line, piece);
  t.equal(found.at - piece.at, 5600 + 4000);
  t.ok(found.score > 0.99);
  const quiet = line.map((sample, i) => sample / 4 + (i % 7));
  t.ok(bestMatch(quiet, piece).score > same);
  t.ok(bestMatch(joined(noise(16_000, 3), tone(500, 1000), silence(800)), piece).score < 0.5);
  t.equal(bestMatch(silence(3000), piece).score, 0);
  t.equal(bestMatch(silence(100), piece).score, 0, 'too short to hold it');
});

t.test('of two prompts that begin alike, only the one that was said is found', async (t) => {
  const start = noise(12_000, 4);
  const open = joined(start, noise(9000, 5));
  const closed = joined(start, noise(9000, 6));
  const line = joined(silence(200), open, silence(200));
  t.ok(bestMatch(line, distinctivePiece(open, [open, closed])).score > 0.99);
  t.ok(bestMatch(line, distinctivePiece(closed, [open, closed])).score < 0.5);
});

t.test('an ear keeps the time of the wall: pauses become silence, hurry of the machine does not', async (t) => {
  const frame = tone(600, 20);
  const ear = new Ear(0);
  for (let at = 20; at <= 1000; at += 20) ear.hear(frame, at);
  for (let at = 3020; at <= 4000; at += 20) ear.hear(frame, at);
  t.equal(ear.sound.length, 4 * rate);
  t.equal(longestSilence(ear.sound), 2);
  // The machine stood still for a while; then everything comes at once.
  for (let stood = 240; stood <= 600; stood += 20) {
    const hurried = new Ear(0);
    for (let at = 20; at <= 1000; at += 20) hurried.hear(frame, at);
    for (let k = 0; k < stood / 20; k++) hurried.hear(frame, 1000 + stood);
    for (let at = 1020 + stood; at <= 2000; at += 20) hurried.hear(frame, at);
    t.equal(longestSilence(hurried.sound), 0, `no hole is left after ${stood} ms`);
    t.ok(loudness(hurried.sound) > 5000);
  }
});

t.test('what was spoken in one breath is heard so, however often the machine stood still meanwhile', async (t) => {
  const frame = tone(600, 20);
  const ear = new Ear(0);
  for (let at = 20; at <= 1000; at += 20) ear.hear(frame, at);
  // It stands still for 400 ms, comes to half of what is there, stands still again, then keeps up.
  for (let k = 0; k < 10; k++) ear.hear(frame, 1400, true);
  for (let k = 0; k < 30; k++) ear.hear(frame, 1800, true);
  for (let at = 1820; at <= 2500; at += 20) ear.hear(frame, at, true);
  t.equal(longestSilence(ear.sound), 0);
  for (let at = 4520; at <= 5000; at += 20) ear.hear(frame, at, at > 4520);
  t.equal(longestSilence(ear.sound), 2, 'a pause is one');
});
