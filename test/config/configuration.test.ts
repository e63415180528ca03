// Edits taken in by a line that serves: what cannot be read, and whoever listens badly, cost nobody else anything.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { silentLog } from '../../server/base/log.ts';
import { good } from '../../server/base/result.ts';
import { openConfiguration } from '../../server/config/configuration.ts';
import { openPrompts } from '../../server/config/prompts/prompts.ts';
import { espeakCommand, findEspeak } from '../../server/config/prompts/speaker.ts';
import { emptyOverlay } from '../../server/domain/planning/changes.ts';

const planning = (person: string) =>
  `name: Garde\nrotations: [{ name: r, turns: [${person}], every: "1 semaine", handoff: "lundi 08:00", start: "2026-01-05" }]\n`;
const at = Date.UTC(2026, 5, 3, 2);

async function house(t: Test) {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-configuration-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const [flows, plannings, trunks] = [join(dir, 'flows'), join(dir, 'plannings'), join(dir, 'trunks.yaml')];
  for (const folder of [flows, plannings]) mkdirSync(folder);
  cpSync('asterisk-config/trunks.yaml', trunks);
  writeFileSync(join(flows, 'lines.yaml'), 'lines: [{ number: "+33 1 99 00 10 00", name: Essai, flow: essai }]\n');
  writeFileSync(join(flows, 'essai.yaml'), 'start: fin\nnodes: { fin: { kind: hangup } }\n');
  const people = ['lea', 'karim'].map((name, i) => `${name}: { name: ${name}, phones: ["06 39 98 00 0${i + 1}"] }\n`);
  writeFileSync(join(plannings, 'people.yaml'), people.join(''));
  writeFileSync(join(plannings, 'garde.yaml'), planning('lea'));
  const command = espeakCommand(findEspeak(process.env, resolve('.')));
  const prompts = openPrompts({ dir: resolve('var/prompts'), command, log: silentLog });
  if (!prompts.ok) throw new Error('no prompts');
  const open = () =>
    openConfiguration({
      folders: { root: dir, flows, plannings, trunks },
      prompts: prompts.value,
      publish: () => good(undefined),
      alwaysSaid: [],
      env: {},
      overlay: { revision: () => 0, read: () => emptyOverlay },
      log: silentLog,
    });
  return { flows, plannings, open };
}

t.test(
  'a folder that cannot be read is a problem: the version before stays, and the next edit is taken in',
  async (t) => {
    const { flows, plannings, open } = await house(t);
    const opened = await open();
    if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
    const config = opened.value;
    const onCall = () => config.onCall({ planning: 'garde' }, at).people.map(({ person }) => person);
    // Where a folder of recordings is expected stands a file: reading it throws.
    writeFileSync(join(flows, 'sons'), 'no folder');
    writeFileSync(join(plannings, 'garde.yaml'), planning('karim'));
    const refused = await config.reload();
    t.match(refused, { ok: false, problems: [{ message: /cannot be taken in.*sons/, hint: /mend what it names/ }] });
    t.match(config.refused(), [{ message: /sons/ }]);
    t.same(onCall(), ['lea'], 'the version before');
    t.match(await open(), { ok: false, problems: [{ message: /sons/ }] }, 'a start says the same, and does not throw');
    rmSync(join(flows, 'sons'));
    t.ok((await config.reload()).ok, 'and the next edit');
    t.same(onCall(), ['karim']);
  },
);

t.test('one who listens badly keeps nobody from hearing, and no later edit from being taken in', async (t) => {
  const { plannings, open } = await house(t);
  const opened = await open();
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const config = opened.value;
  const heard: string[] = [];
  config.onChange(() => {
    throw new Error('planted');
  });
  config.onChange((reading) => void heard.push(reading.plannings.version));
  for (const person of ['karim', 'lea']) {
    writeFileSync(join(plannings, 'garde.yaml'), planning(person));
    t.ok((await config.reload()).ok);
  }
  t.equal(heard.length, 2);
});
