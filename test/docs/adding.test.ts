// What docs/adding.md shows is done here as it is written there: in a copy of the server that is built, and then used.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { silentLog } from '../../server/base/log.ts';
import { readMessages } from '../../server/domain/message/load.ts';
import { readAnswer, requestFor } from '../../server/domain/message/template.ts';

type Block = { language: string; path: string; text: string };
const blocks: Block[] = [...readFileSync('docs/adding.md', 'utf8').matchAll(/^```(\w+) (\S+)\n(.*?)^```/gms)].map(
  ([, language = '', path = '', text = '']) => ({ language, path, text }),
);
const blockOf = (path: string): string => {
  const found = blocks.find((one) => one.path === path);
  if (!found) throw new Error(`docs/adding.md has no block called ${path}`);
  return found.text;
};

mkdirSync('var', { recursive: true });
/** Inside the checkout, so that the packages are found. */
const copy = mkdtempSync(resolve('var', 'adding-'));
t.teardown(() => rmSync(copy, { recursive: true, force: true }));
t.setTimeout(600_000);

/** `+` lines come after the line above them, `-` lines go; what stands there must be there once. */
function patched(text: string, diff: string): string {
  let after = '';
  return diff
    .split('\n')
    .filter(Boolean)
    .reduce((now, line) => {
      const [mark, written] = [line[0], `${line.slice(1)}\n`];
      if (mark !== '+' && now.split(written).length !== 2)
        throw new Error(`"${written.trim()}" does not stand there once`);
      if (mark === ' ') after = written;
      if (mark === '-') {
        const [before = '', rest = ''] = now.split(written);
        after = before.slice(before.lastIndexOf('\n', before.length - 2) + 1);
        return before + rest;
      }
      if (mark !== '+') return now;
      const place = now.indexOf(after) + after.length;
      after = written;
      return now.slice(0, place) + written + now.slice(place);
    }, text);
}

function add({ language, path, text }: Block): void {
  const file = join(copy, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, language === 'diff' ? patched(readFileSync(file, 'utf8'), text) : text);
}

const built = (file: string) => import(pathToFileURL(join(copy, 'build', file)).href);

t.before(() => {
  cpSync('server', join(copy, 'server'), { recursive: true });
  for (const block of blocks.filter(({ path }) => path.startsWith('server/'))) add(block);
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: { rootDir: '.', outDir: 'build', incremental: false, tsBuildInfoFile: null, sourceMap: false },
    include: ['server/**/*.ts'],
  };
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(settings));
  const compiler = resolve('node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', copy], { encoding: 'utf8', stdio: 'pipe' });
});

t.test('the kind of node says what it is told to, as often as it is told to, and goes on', async (t) => {
  const { readFlows } = await built('server/domain/flow/load.js');
  const { enterFlow, stepFlow } = await built('server/domain/flow/step.js');
  const lines = { file: 'lines.yaml', text: 'lines: [{ number: "+33 1 99 00 10 00", name: Essai, flow: essai }]' };
  const flow = { file: 'essai.yaml', text: blockOf('essai.yaml') };
  const names = { plannings: new Set<string>(), people: new Set<string>() };
  const read = readFlows([lines, flow], names);
  t.ok(read.ok, JSON.stringify(read.problems ?? ''));
  let effects = 0;
  const mint = () => `c1.e${++effects}`;
  const at = Date.UTC(2026, 0, 5);
  const entered = enterFlow(read.value, { called: '+33199001000', caller: '+33612345678', at }, mint);
  const play = entered.effects.find((one: { type: string }) => one.type === 'play');
  t.equal(play.prompts.filter(({ text }: { text: string }) => text === 'Notez le zéro un.').length, 3);
  const done = stepFlow(read.value, entered.state, { type: 'playback-finished', playback: play.id, at }, mint);
  t.equal(done.then.want, 'end', 'and the call goes on to its end');
  const tooOften = { ...flow, text: flow.text.replace('times: 3', 'times: 9') };
  const refused = readFlows([lines, tooOften], names);
  t.notOk(refused.ok, 'more often than the kind allows is refused');
  t.match(refused.problems[0], { file: 'essai.yaml', line: 4 });
});

t.test('the story of the call tells of it', async (t) => {
  const { kindNamed } = await built('server/domain/flow/nodes/index.js');
  const [[pattern, tell]] = kindNamed('repeat').story;
  t.equal(tell('numero', pattern.exec('3 times')[1]), '« numero » : répété 3 fois');
});

t.test('the strategy is a word of flow files, and rings in its order', async (t) => {
  const { strategyNamed, strategyNames } = await built('server/domain/hunt/strategies/index.js');
  t.ok(strategyNames.includes('reversed'));
  const people = ['lea', 'marc', 'ines'].map((person, i) => ({ person, priority: i + 1 }));
  t.same(strategyNamed('reversed').waves(people, 0), [['ines'], ['marc'], ['lea']]);
  const { flowSchema } = await built('server/domain/flow/schema.js');
  const dial = {
    kind: 'dial',
    levels: [{ person: 'lea', strategy: 'reversed' }],
    exits: { 'no-answer': 'fin', 'empty-planning': 'fin', 'carrier-failure': 'fin' },
  };
  const flow = { start: 'sonner', nodes: { sonner: dial, fin: { kind: 'hangup' } } };
  t.ok(flowSchema.safeParse(flow).success, JSON.stringify(flowSchema.safeParse(flow).error?.issues ?? ''));
});

t.test('the route answers who may use it, and nobody else', async (t) => {
  const { echoRoutes } = await built('server/api/echo.js');
  const { serveApi } = await built('server/api/server.js');
  const admission = { token: 'a-token-of-sixteen', hosts: [] };
  const served = { routes: echoRoutes(), admission, log: silentLog };
  const api = await serveApi(served, { host: '127.0.0.1', port: 0 });
  t.ok(api.ok);
  t.teardown(() => api.value.stop());
  const ask = (body: object, authorization = '') =>
    fetch(`http://127.0.0.1:${api.value.port}/api/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(body),
    });
  const token = 'Bearer a-token-of-sixteen';
  t.same(await (await ask({ words: 'allô' }, token)).json(), { words: 'allô' });
  t.equal((await ask({ words: 'allô' })).status, 401, 'no token');
  t.equal((await ask({ mots: 'allô' }, token)).status, 400, 'a body that does not fit');
  const undeclared = [{ ...echoRoutes()[0], access: undefined }];
  const refused = await serveApi({ ...served, routes: undeclared }, { host: '127.0.0.1', port: 0 });
  t.notOk(refused.ok, 'a route that says nothing of who may use it keeps the server from starting');
});

t.test('the SMS provider is asked as it wants to be', (t) => {
  const read = readMessages(
    { file: 'messages.yaml', text: blockOf('messages.yaml') },
    { plannings: new Set(), people: new Set() },
  );
  const spec = read.ok ? read.value.sms[0] : undefined;
  if (!spec) throw new Error(JSON.stringify(read));
  const sms = { id: 'w1', to: '+33612345678', text: 'PRIS ?' };
  const request = requestFor(spec, sms, { PRESTATAIRE_CLE: 'secret' });
  t.match(request, { url: 'https://sms.example/v1/send', method: 'POST' });
  t.equal(request.headers['X-Api-Key'] ?? request.headers['x-api-key'], 'secret');
  t.same(JSON.parse(request.body ?? ''), { to: '+33612345678', message: 'PRIS ?' });
  t.match(readAnswer(spec, 200, '{"data":{"id":"m7"}}'), { accepted: true, reference: 'm7' });
  t.end();
});
