// The music on hold: made once, whole, beside whoever else makes it; an admin's own is left alone.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { writeWav } from '../../../server/base/wav.ts';
import { ensureMusic, music } from '../../../server/config/prompts/music.ts';

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-music-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

void t.test('several who begin at once all have it, whole, and leave nothing else behind', async (t) => {
  const dir = join(folder(), 'music');
  await Promise.all(Array.from({ length: 8 }, () => ensureMusic(dir)));
  t.same(readdirSync(dir), ['attente.wav']);
  t.ok(readFileSync(join(dir, 'attente.wav')).equals(Buffer.from(writeWav(music()))));
});

void t.test('music of the admin stays alone', async (t) => {
  const dir = folder();
  writeFileSync(join(dir, 'ours.alaw'), 'x');
  await ensureMusic(dir);
  t.same(readdirSync(dir), ['ours.alaw']);
});
