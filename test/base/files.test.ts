// Files that others read: whoever reads while they are written finds them whole.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { replaceFiles } from '../../server/base/files.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-files-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));
const read = (name: string) => readFileSync(join(dir, name), 'utf8');

void t.test('files are written where their text is new, and only there', async (t) => {
  t.same(await replaceFiles(dir, { 'a.xml': 'one', 'b.xml': 'two' }), ['a.xml', 'b.xml']);
  const { ino } = statSync(join(dir, 'a.xml'));
  t.same(await replaceFiles(dir, { 'a.xml': 'one', 'b.xml': 'new' }), ['b.xml']);
  t.equal(statSync(join(dir, 'a.xml')).ino, ino, 'what stands is left alone');
  t.same([read('a.xml'), read('b.xml')], ['one', 'new']);
});

void t.test('a missing folder is made, and secrets are kept from others', async (t) => {
  await replaceFiles(join(dir, 'deep', 'er'), { 'pjsip.conf': 'password=x' }, 0o600);
  t.equal(statSync(join(dir, 'deep', 'er', 'pjsip.conf')).mode & 0o777, 0o600);
});

void t.test('who reads while it is written finds the old text or the new one, never a part', async (t) => {
  const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)];
  await replaceFiles(dir, { 'long.xml': texts[0] ?? '' });
  let writing = true;
  const writer = (async () => {
    for (let n = 1; n <= 100; n++) await replaceFiles(dir, { 'long.xml': texts[n % 2] ?? '' });
    writing = false;
  })();
  const met = new Set<string>();
  while (writing) {
    met.add(read('long.xml'));
    await new Promise((later) => setImmediate(later));
  }
  await writer;
  t.same(
    [...met].map((text) => text.length).sort(),
    texts.map((text) => text.length),
  );
});

void t.test('two who write at once do not take each other away', async (t) => {
  const names = Array.from({ length: 20 }, (_, n) => `line-${n}.xml`);
  const all = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
  await Promise.all([replaceFiles(dir, all('same')), replaceFiles(dir, all('same')), replaceFiles(dir, all('same'))]);
  t.ok(names.every((name) => read(name) === 'same'));
  t.same(
    readdirSync(dir).filter((name) => name.endsWith('.new')),
    [],
    'nothing is left behind',
  );
});

void t.test('what cannot be put in its place throws, and nothing is left of the try', async (t) => {
  const folder = join(dir, 'taken');
  mkdirSync(join(folder, 'line.xml', 'in the way'), { recursive: true });
  await t.rejects(replaceFiles(folder, { 'line.xml': 'x' }), { code: 'EISDIR' });
  await t.rejects(replaceFiles(folder, { 'first.xml': 'x', '../nowhere/second.xml': 'x' }), { code: 'ENOENT' });
  t.same(readdirSync(folder).sort(), ['first.xml', 'line.xml'], 'those before it were replaced');
});

void t.test('what cannot be written throws, and what stood there stays', async (t) => {
  writeFileSync(join(dir, 'file'), 'in the way');
  await t.rejects(replaceFiles(join(dir, 'file'), { a: 'x' }), { code: 'EEXIST' });
  t.equal(read('file'), 'in the way');
});
