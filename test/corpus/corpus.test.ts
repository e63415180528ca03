// The corpus experiment on a small corpus made here: the table it prints, clips held out by group, and folders that are not one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { after, noise, octets, over, pcm, type Sound, silence, tone, voice, wav } from '../domain/voicemail/sounds.ts';
import { readClips } from './clips.ts';
import { bySpeaker, folds } from './held-out.ts';

const line = (sound: Sound) => over(sound, noise(sound.length / 8, -66));
const clips: [row: string, sound: Sound][] = [
  ['human,ann,', line(after(silence(500), voice(500), silence(2500)))],
  ['human,bob; ann,street', line(after(silence(700), voice(600, { seed: 2 }), silence(2500)))],
  ['machine,carl,', line(after(silence(300), voice(3000), silence(400), tone(1000, 300), silence(1000)))],
  ['machine,dora,', line(after(silence(300), voice(9000, { seed: 4 })))],
  ['machine,dora,', line(after(silence(300), voice(1500, { seed: 5 }), silence(3000)))],
  ['tone,,', after(tone(440, 1500), silence(3500))],
  ['silence,,', noise(3000, -62)],
];

function corpus(dir: string): string {
  mkdirSync(join(dir, 'dev'));
  const rows = clips.map(([row, sound], at) => {
    writeFileSync(join(dir, 'dev', `${at}.wav`), wav(octets(pcm(sound))));
    return `dev/${at}.wav,${row}`;
  });
  writeFileSync(join(dir, 'manifest.csv'), ['file,label,speaker,noise', ...rows].join('\n'));
  return dir;
}

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const ended = spawnSync(process.execPath, ['build/scripts/voicemail-corpus.js', ...args], { encoding: 'utf8' });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

t.test('the table', async (t) => {
  const dir = corpus(t.testdir({}));
  const { code, out, err } = run(dir, '--settings', '2', '--wrong');
  t.equal(code, 0, err);
  const cells = (name: string) =>
    out
      .split('\n')
      .find((row) => row.startsWith(`| ${name}`))
      ?.split(' | ')
      .slice(2);
  t.equal(cells('')?.length, 3, 'as shipped, speakers held out, sources held out');
  t.match(cells('right')?.[0], '80.0 %', 'a greeting of 1.5 s without a beep is a person to the ear');
  t.match(cells('machine called human, listening on')?.[0], '1 of 3 (33.3 %)');
  t.match(cells('human called machine')?.[0], '0 of 2 (0.0 %)');
  t.match(cells('… on clean lines')?.[0], '0 of 1 (0.0 %)');
  t.match(cells('tones heard as tones')?.[0], '1 of 1');
  t.match(cells('silent lines')?.[0], '1 of 1');
  t.match(out, /^dev\/4\.wav: human at \d+ ms \(1\.\d s of speech/m, 'the clip that was heard wrong');
  t.equal(run(dir, '--settings', '2', '--wrong').out, out, 'the same again');
});

t.test('no group is in two parts; a clip of two speakers counts to the first', async (t) => {
  const read = readClips(corpus(t.testdir({})));
  t.same(read.map(bySpeaker).slice(0, 5), ['ann', 'bob', 'carl', 'dora', 'dora']);
  for (const seed of [1, 2, 3]) {
    const parts = folds(read, bySpeaker, 3, seed);
    t.same(parts.flatMap((part) => [...part]).sort(), [0, 1, 2, 3, 4, 5, 6], 'every clip once');
    t.equal(parts.filter((part) => part.has(3) !== part.has(4)).length, 0, 'both of dora together');
  }
});

t.test('folders that are no corpus, and wrong use', async (t) => {
  const missing = run('nowhere');
  t.equal(missing.code, 2);
  t.match(missing.err, /nowhere.manifest\.csv cannot be read: ENOENT/);
  t.equal(missing.err.trim().split('\n').length, 1, 'one sentence, no stack');
  for (const args of [[], ['a', 'b'], ['a', '--settings', 'x'], ['a', '--tune']])
    t.match(run(...args), { code: 2, out: '' }, args.join(' '));
  const bad: Record<string, [string, RegExp]> = {
    label: ['file,label\na.wav,person', /row 1, label/],
    column: ['name,label\na.wav,human', /row 1, file/],
    empty: ['file,label\n', /a row a clip/],
    quotes: ['file,label\n"a.wav,human', /manifest\.csv cannot be read/],
    absent: ['file,label\na.wav,human', /a\.wav cannot be read: ENOENT/],
  };
  for (const [name, [text, says]] of Object.entries(bad)) {
    const dir = t.testdir({ 'manifest.csv': text });
    t.throws(() => readClips(dir), { message: says }, name);
  }
  const dir = t.testdir({ 'manifest.csv': 'file,label\na.wav,human', 'a.wav': 'no sound' });
  t.throws(() => readClips(dir), { message: /a\.wav is not a WAV file/ });
});
