// Duties taken by command and over HTTP: the very next call, `vigie who`, the last-resort route and the messages see them; a restart keeps them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { dutyRoutes } from '../../server/api/duty.ts';
import { silentLog } from '../../server/base/log.ts';
import { good } from '../../server/base/result.ts';
import { duty } from '../../server/cli/duty.ts';
import { who } from '../../server/cli/who.ts';
import { openConfiguration } from '../../server/config/configuration.ts';
import { openPrompts } from '../../server/config/prompts/prompts.ts';
import { espeakCommand, findEspeak } from '../../server/config/prompts/speaker.ts';
import { lastResortLines } from '../../server/domain/flow/last-resort.ts';
import { movedBetween, stretchesOf } from '../../server/domain/message/duty.ts';
import { namedBy } from '../../server/domain/planning/changes.ts';
import { readPlannings } from '../../server/domain/planning/load.ts';
import { segments } from '../../server/domain/planning/segments.ts';
import { overlayIn } from '../../server/engine/technician/duties.ts';
import { openTechnician, withTechnician } from '../../server/engine/technician/technician.ts';
import { openStore } from '../../server/store/store.ts';
import { serve as serveRoutes } from '../api/serve.ts';

const peopleText =
  'lea: { name: Léa, phones: ["06 39 98 00 02"] }\nkarim: { name: Karim, phones: ["06 39 98 00 01"] }\nhugo: { name: Hugo, phones: ["06 39 98 00 03"] }\n';
const planningText =
  'name: Garde\nrotations: [{ name: r, turns: [lea, karim], every: "1 semaine", handoff: "lundi 08:00", start: "2026-01-05" }]\n';
const files = [
  { file: 'people.yaml', text: peopleText },
  { file: 'garde.yaml', text: planningText },
];
/** Wednesday of a week that is Léa's. */
const wednesday = Date.UTC(2026, 0, 7, 14);
const monday = Date.UTC(2026, 0, 12, 7);
const hour = 3_600_000;

async function house() {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-duty-'));
  for (const name of ['flows', 'plannings']) mkdirSync(join(dir, name));
  for (const { file, text } of files) writeFileSync(join(dir, 'plannings', file), text);
  writeFileSync(join(dir, 'flows', 'lines.yaml'), 'lines: [{ number: "+33 1 99 00 10 00", name: L, flow: f }]\n');
  writeFileSync(
    join(dir, 'flows', 'f.yaml'),
    'start: a\nnodes:\n  a: { kind: dial, levels: [{ planning: garde }], exits: { no-answer: b, empty-planning: b, carrier-failure: b } }\n  b: { kind: hangup }\n',
  );
  writeFileSync(join(dir, 'trunks.yaml'), 'trunks: { a: { host: 127.0.0.1 } }\n');
  const database = join(dir, 'vigie.db');
  let now = wednesday;
  const open = () => {
    const store = openStore(database);
    if (!store.ok) throw new Error('no database');
    return store.value;
  };
  const store = open();
  const prompts = openPrompts({
    dir: resolve('var/prompts'),
    log: silentLog,
    command: espeakCommand(findEspeak(process.env, resolve('.'))),
  });
  if (!prompts.ok) throw new Error('no prompts');
  const config = await openConfiguration({
    folders: {
      root: dir,
      flows: join(dir, 'flows'),
      plannings: join(dir, 'plannings'),
      trunks: join(dir, 'trunks.yaml'),
    },
    prompts: prompts.value,
    publish: () => good(undefined),
    alwaysSaid: [],
    env: {},
    log: silentLog,
    overlay: { revision: store.changes.revision, read: () => overlayIn(store, now) },
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  const command = async (run: (io: never) => Promise<number>) => {
    const said: string[] = [];
    const keep = (text: string) => void said.push(text);
    const visit = () => openStore(database, { as: 'visit' });
    const io = {
      out: keep,
      err: keep,
      now: () => now,
      open: visit,
      readPlannings: async () => readPlannings(files),
      readPlanningFiles: async () => files,
      overlay: () => good(overlayIn(store, now)),
    };
    return { code: await run(io as never), said: said.join('\n') };
  };
  return {
    store,
    open,
    config: config.value,
    dir,
    at: (next: number) => {
      now = next;
    },
    now: () => now,
    rung: (at = now) =>
      config.value
        .onCall({ planning: 'garde' }, at)
        .people.map(({ person }) => person)
        .join(' '),
    rescue: () => lastResortLines(config.value.reading(), now, 96 * hour)[0]?.windows ?? [],
    duty: (...args: string[]) => command((io) => duty(args, io)),
    who: (...args: string[]) => command((io) => who(['garde', ...args], io)),
    end: () => {
      store.close();
      prompts.value.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

t.test('by command: the next call, vigie who, the last-resort route; then its end', async (t) => {
  const self = await house();
  t.teardown(self.end);
  t.match(await self.duty(), { code: 0, said: 'Aucune astreinte prise en dehors des plannings.' });
  t.equal(self.rung(), 'lea');
  const told: unknown[] = [];
  self.config.onChange((reading) => told.push(reading.overlay.changes.length));
  const before = self.config.reading();
  const files = self.config.planningVersion();
  const taken = await self.duty('take', 'garde', '--as', 'hugo', '--why', 'Léa est souffrante');
  t.match(taken, { code: 0, said: /1 {2}garde : Hugo, du mercredi 7 janv\. 15:00 au lundi 12 janv\. 08:00/ });
  t.equal(self.rung(), 'hugo', 'the very next question, although another connection wrote it');
  await Promise.resolve();
  t.strictSame(told, [1], 'whoever refreshes the last-resort route is told');
  t.equal(self.config.planningVersion(), `${files}+1`, 'the record says what was laid over the files');
  t.strictSame(self.rescue()[0]?.phones, [{ person: 'hugo', number: '+33639980003' }]);
  const shown = await self.who();
  t.match(
    shown.said,
    /1\. Hugo, \+33639980003\n {5}prise \(pris par Hugo, par la ligne de commande, le mercredi 7 janv\. 15:00 : Léa est souffrante\) : Hugo jusqu'au lundi 12 janv\. 08:00/,
  );
  t.equal(self.rung(monday - 1), 'hugo');
  t.equal(self.rung(monday), 'karim', 'ends by itself');
  const edit = (at: number) =>
    movedBetween(
      ...([before, self.config.reading()].map(({ plannings, overlay }) =>
        stretchesOf('garde', segments(plannings, 'garde', at - 45 * 24 * hour, at + 14 * 24 * hour, overlay)),
      ) as [never, never]),
      at,
    ).map(({ on, stretch }) => [on, stretch.person, new Date(stretch.until).toISOString()]);
  t.strictSame(
    edit(wednesday + 1000),
    [['moved', 'lea', '2026-01-07T14:00:00.000Z']],
    'Léa learns that she is relieved',
  );
  self.at(wednesday + hour);
  t.match(await self.duty('end', '1', '--as', 'lea'), { code: 0 });
  t.equal(self.rung(), 'lea');
  t.equal(self.rung(wednesday + hour - 1), 'hugo', 'what was routed before stays true');
  t.match(await self.duty('end', '1'), { code: 1, said: /no duty 1 holds now/ });
  t.match(await self.duty('--all'), { said: /rendue \(lea\)/ });
  t.equal(self.store.audit.count('ligne de commande', 'duty taken', 0), 1);
  t.equal(self.store.audit.count('lea', 'duty ended', 0), 1);
});

t.test('wrong use, and refusals that change nothing', async (t) => {
  const self = await house();
  t.teardown(self.end);
  t.match(await self.duty('take', 'gard', '--as', 'hugo'), {
    code: 1,
    said: /no planning "gard".*did you mean "?garde/,
  });
  t.match(await self.duty('take', 'garde', '--as', 'zoe'), { code: 1, said: /no person "zoe"/ });
  t.match(await self.duty('take', 'garde', '--as', 'lea'), { code: 1, said: /on call there already/ });
  t.match(await self.duty('take', 'garde', '--as', 'hugo', '--until', 'demain'), {
    code: 1,
    said: /"demain" is not a time/,
  });
  t.match(await self.duty('take', 'garde', '--as', 'hugo', '--until', '2026-01-01'), {
    code: 1,
    said: /later than the beginning/,
  });
  for (const args of [
    ['take'],
    ['take', 'garde'],
    ['end'],
    ['end', 'x'],
    ['explode'],
    ['take', 'garde', 'x'],
    ['--nope'],
  ])
    t.equal((await self.duty(...args)).code, 2, args.join(' '));
  t.equal(self.store.changes.revision(), 0);
  t.equal(self.store.audit.count('ligne de commande', 'duty refused', 0), 5);
});

t.test('a restart keeps it; a database that cannot be asked leaves what was known', async (t) => {
  const self = await house();
  t.teardown(self.end);
  await self.duty('take', 'garde', '--as', 'hugo');
  const again = self.open();
  t.strictSame(overlayIn(again, self.now()).changes.map(namedBy), [['hugo']]);
  again.close();
  t.equal(self.rung(), 'hugo');
  await self.config.reload();
  t.equal(self.rung(), 'hugo', 'an edit of the files does not lose it');
  self.store.close();
  t.equal(self.rung(), 'hugo');
  self.open().close();
});

t.test('over HTTP, with the token alone', async (t) => {
  const self = await house();
  t.teardown(self.end);
  const serve = async (token?: string) => {
    const routes = dutyRoutes({
      store: self.store,
      plannings: () => self.config.reading().plannings,
      changed: self.config.refresh,
      now: self.now,
    });
    const url = await serveRoutes(t, routes, token ? { token } : {});
    return async (method: string, path: string, body?: unknown, given = token) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(given ? { authorization: `Bearer ${given}` } : {}), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
  };
  const api = await serve('un-jeton-bien-assez-long');
  t.equal((await (await serve())('GET', '/api/duty')).status, 403);
  t.equal((await api('POST', '/api/duty', { planning: 'garde', person: 'hugo' }, 'faux')).status, 401);
  t.equal((await api('POST', '/api/duty', { planning: 'garde' })).status, 400);
  t.match(await api('POST', '/api/duty', { planning: 'garde', person: 'zoe' }), {
    status: 422,
    body: { error: /zoe/ },
  });
  t.equal(self.store.changes.revision(), 0, 'nothing has changed');
  const made = await api('POST', '/api/duty', {
    planning: 'garde',
    person: 'hugo',
    until: '2026-01-08 09:00',
    by: 'helpdesk',
  });
  t.match(made, {
    status: 201,
    body: { id: 1, people: ['hugo'], until: '2026-01-08T09:00:00+01:00', setBy: 'helpdesk' },
  });
  t.equal(self.rung(), 'hugo');
  t.match(await api('GET', '/api/duty'), { body: { duties: [{ id: 1 }] } });
  t.equal((await api('POST', '/api/duty/9/end', {})).status, 404);
  t.equal((await api('POST', '/api/duty/x/end', {})).status, 404);
  t.match(await api('POST', '/api/duty/1/end', { by: 'helpdesk' }), { status: 200, body: { endedBy: 'helpdesk' } });
  t.equal((await api('POST', '/api/duty/1/end', {})).status, 409);
  t.equal(self.rung(), 'lea');
});

t.test('by telephone: the plannings that name the technician, and no others', async (t) => {
  const self = await house();
  t.teardown(self.end);
  const technician = openTechnician({ store: self.store, config: self.config, log: silentLog, now: self.now });
  t.match(technician.duties('karim', ''), { count: 1, id1: 'garde', name1: 'Garde', at1: monday });
  t.strictSame(technician.duties('karim', 'froid'), { count: 0 });
  t.strictSame(technician.duties('hugo', ''), { count: 0 }, 'no planning names Hugo');
  t.strictSame(technician.duties('lea', ''), { count: 0 }, 'Léa has it already');
  t.equal(technician.take('hugo', 'garde'), null);
  t.equal(self.rung(), 'lea');
  const config = withTechnician(self.config, async () => null, technician);
  const asked = { type: 'look-up' as const, flow: '', table: '@take-duty', key: 'karim garde' };
  t.match(await config.lookUp(self.config.flows(), asked), { planning: 'garde', name: 'Garde', until: monday });
  t.equal(self.rung(), 'karim');
  t.match(self.config.onCall({ planning: 'garde' }, self.now()).because, /pris par Karim, par téléphone/);
  t.match(technician.duties('lea', ''), { count: 1 }, 'and Léa may take it back');
});
