// The telephone network proves itself against a plain dialplan: what it says it heard was said, and what it does is seen on the wire.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { music } from '../../scripts/make-music.ts';
import { writeWav } from './audio.ts';
import { startNetwork } from './network.ts';
import { startPlainLine } from './plain-line.ts';
import { findAsterisk, freePort } from './process.ts';

const texts = {
  welcome: 'Bonjour, vous êtes bien sur la ligne d’astreinte. Tapez votre contrat.',
  closed: 'Bonjour, vous êtes bien sur la ligne d’astreinte. Nos bureaux sont fermés.',
  wait: 'Merci de patienter.',
  duty: 'Appel d’astreinte. Pour prendre l’appel, tapez un.',
};
const number = '+33639980001';
const line = '+33199001000';

const dir = mkdtempSync(join(tmpdir(), 'vigie-plain-'));
const voice = existsSync('.tools/espeak-ng') ? resolve('.tools/espeak-ng') : 'espeak-ng';
const paths = Object.entries(texts).map(([name, text]) => {
  const path = join(dir, `${name}.wav`);
  execFileSync(voice, ['-v', 'fr', '-w', path, text]);
  return { text, path };
});
const sox = (await import('./audio.ts')).readWav;
const { readFileSync } = await import('node:fs');
for (const { path } of paths) writeFileSync(path, writeWav(sox(readFileSync(path))));
mkdirSync(join(dir, 'moh'));
const musicPath = join(dir, 'moh', 'music.wav');
writeFileSync(musicPath, writeWav(music()));

const home = findAsterisk();
const server = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
const network = await startNetwork({ server, prompts: { all: () => paths }, music: musicPath });
t.teardown(() => network.stop());
const plain = await startPlainLine(home, network, {
  server,
  music: musicPath,
  extensions: `[in]
exten => ${line},1,Answer()
 same => n,Playback(${dir}/welcome)
 same => n,Read(digit,,1,,1,5)
 same => n,Playback(${dir}/wait)
 same => n,Dial(PJSIP/${number}@trunk-a,20,mU(duty))
 same => n,Hangup()
exten => _+331990020X.,1,Dial(PJSIP/+336\${EXTEN:-8}@trunk-b,20)
 same => n,Hangup(\${HANGUPCAUSE})
[duty]
exten => s,1,Playback(${dir}/duty)
 same => n,Return()
`,
});
t.teardown(() => plain.stop());

t.test('a caller is greeted, presses a key, waits with music, and talks to the phone that answers', async (t) => {
  const karim = network.phone(number, 'Karim');
  const caller = await network.call({ from: '+33612345678', to: line });
  await caller.isAnswered();
  await caller.hears('Tapez votre contrat');
  await caller.presses('1');
  await caller.hears('patienter');
  const ring = await karim.rings();
  t.equal(ring.shows, '+33612345678');
  await caller.hearsMusic();
  await karim.answers();
  await karim.hears('tapez un', { whole: true });
  await caller.isTalkingTo(ring);
  t.ok(caller.longestSilence() < 1.5, `longest silence ${caller.longestSilence()} s`);
  await caller.hangsUp();
  await karim.isHungUp();
  const heard = caller.heard().map(({ what }) => what);
  t.match(heard.slice(0, 3), [`« ${texts.welcome} »`, `« ${texts.wait} »`, 'music']);
});
