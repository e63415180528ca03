// `make run` as a newcomer meets it: what it prints is in one language, and each command that it prints works as printed, beside it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../waiting.ts';

t.setTimeout(300_000);

/** Nothing in the environment says which line is meant. */
const bare = (dir: string) => {
  const names = Object.keys(process.env).filter((name) => !/^(VIGIE_|TWILIO_|CARRIER$|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(names.map((name) => [name, process.env[name]])), DEMO_DIR: dir, LANG: 'fr_FR.UTF-8' };
};

t.test('the demo is found by the commands that are typed beside it', async (t) => {
  const dir = join(t.testdir(), 'run');
  const env = bare(dir);
  const typed = (command: string) =>
    new Promise<{ code: number | string; said: string }>((done) => {
      execFile('sh', ['-c', command], { env }, (error, out, err) => done({ code: error?.code ?? 0, said: out + err }));
    });
  const demo = spawn(process.execPath, ['build/scripts/demo.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const over = once(demo, 'exit');
  let said = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  try {
    await until('it tells what to do next', () => said.includes('Ctrl-C'));
    t.match(said, /démarrage du serveur/);
    t.match(said, /Karim Haddad sonne, par l’opérateur a/);
    t.notMatch(said, /starting|rings|answers|hears|hangs up|is over|presses /, 'in one language');
    t.match(
      said,
      /--- npx vigie call \S+\n[\s\S]*Pressoir|--- npx vigie call \S+\n[\s\S]*presse/i,
      'and the story of a first call',
    );

    const story = /--- (npx vigie call \S+)/.exec(said)?.[1] ?? '';
    const vigie = (command: string) => typed(command.replace(/^npx vigie/, 'node scripts/vigie.mjs'));
    t.match(await vigie(story), { code: 0, said: /Karim Haddad/ }, 'its story');
    const printed = [...said.matchAll(/^ {2}((?:make call|npx vigie calls).*?)(?: {2,}|$)/gm)].map(
      ([, line]) => line ?? '',
    );
    t.equal(printed.length, 3, 'three commands are printed');
    for (const line of printed) t.match(await (line.startsWith('npx') ? vigie(line) : typed(line)), { code: 0 }, line);
    t.match(await vigie('npx vigie call last'), { code: 0, said: /75011/ }, 'the second example went to the lifts');
    t.match(await vigie('npx vigie call last'), { said: /Chloé Roux|Marc Lefèvre|Inès Morel|Paul Garnier/ });
    t.match(await vigie('npx vigie calls --json'), { code: 0, said: /^\[?[\s\S]*\+33199001001/ });
    t.match(await vigie('npx vigie who presses'), { code: 0 });
    const doctor = await vigie('npx vigie doctor');
    t.notMatch(doctor.said, /^✗/m, 'nothing ails it');
    t.match(doctor, { code: 0, said: /le serveur répond/ });
  } finally {
    demo.kill('SIGTERM');
    await over;
  }
  t.notOk(existsSync(join(dir, 'demo.json')), 'it takes its address away');
  t.match(await typed('make -s call'), { said: /nothing runs here/ });
});
