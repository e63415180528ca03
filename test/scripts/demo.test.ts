// What belongs to the demo: which line a command means, and the French of what is written in English.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { frenchOf } from '../../scripts/demo-words.ts';

type Demo = { pid: number; port: number; env: Record<string, string> };
const { runningDemo, settingsFor } = (await import(`${process.cwd()}/scripts/demo-line.mjs`)) as {
  runningDemo(file: string): Demo | undefined;
  settingsFor(
    command: string,
    env: Record<string, string>,
    demo?: Demo,
  ): { env: Record<string, string>; ofDemo: boolean };
};

t.test('a demo counts while it lives', async (t) => {
  const file = join(t.testdir(), 'demo.json');
  t.equal(runningDemo(file), undefined, 'none was ever started');
  writeFileSync(file, '{"pid":');
  t.equal(runningDemo(file), undefined, 'it is being written');
  const demo = { pid: process.pid, port: 1, env: { VIGIE_VAR: '/x' } };
  writeFileSync(file, JSON.stringify(demo));
  t.same(runningDemo(file), demo);
  writeFileSync(file, JSON.stringify({ ...demo, pid: 2 ** 22 + 1 }));
  t.equal(runningDemo(file), undefined, 'it was killed, and left its file behind');
});

t.test('a command means the demo unless it is told of another line', async (t) => {
  const demo = { pid: 1, port: 1, env: { VIGIE_VAR: '/demo', CARRIER: 'twilio' } };
  t.match(settingsFor('calls', { PATH: '/bin' }, demo), { ofDemo: true, env: { PATH: '/bin', VIGIE_VAR: '/demo' } });
  t.match(settingsFor('calls', { VIGIE_VAR: '/mine' }, demo), { ofDemo: false, env: { VIGIE_VAR: '/mine' } });
  for (const command of ['serve', 'asterisk'])
    t.same(settingsFor(command, { PATH: '/bin' }, demo), { ofDemo: false, env: { PATH: '/bin' } }, command);
});

/** Every sentence that the telephone networks tell, with something in its gaps. */
const sentences = ['test/network', 'test/networks/twilio'].flatMap((dir) =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(dir, name), 'utf8').matchAll(/story\.tell\([^,;]+, (['`])(.+?)\1\)/g)])
    .map(([, , words = '']) => words.replace(/\$\{[^}]*\}/g, 'x')),
);

t.test('each sentence of the telephone network has its French', async (t) => {
  t.ok(sentences.length > 15, `${sentences.length} sentences were found`);
  for (const sentence of sentences) t.not(frenchOf(sentence), sentence, sentence);
  t.equal(frenchOf('rings, by carrier a, showing no number'), 'sonne, par l’opérateur a, numéro masqué');
  t.equal(frenchOf('hears « une\nligne »'), 'entend « une\nligne »');
  t.equal(frenchOf('anything else'), 'anything else');
});
