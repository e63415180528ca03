// `vigie check` as a command, and the JSON Schemas that editors use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { schemaTexts } from '../../../scripts/write-schemas.ts';
import { check } from '../../../server/cli/check.ts';
import type { SourceFile } from '../../../server/domain/flow/load.ts';
import { flowSchema } from '../../../server/domain/flow/schema.ts';
import { exampleFiles, root } from './story.ts';

const plannings = (): SourceFile[] =>
  readdirSync(join(root, 'plannings'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ file: `plannings/${file}`, text: readFileSync(join(root, 'plannings', file), 'utf8') }));

async function run(args: string[], flows = exampleFiles(), planned = plannings()) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await check(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readFlowFiles: async () => flows,
    readPlanningFiles: async () => planned,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const broken = (file: string, from: string, to: string) => (files: SourceFile[]) =>
  files.map((one) => (one.file.endsWith(file) ? { ...one, text: one.text.replace(from, to) } : one));

t.test('the files of the house hold', async (t) => {
  t.same(await run([]), { code: 0, out: 'everything holds', err: '' });
});

t.test('errors with place, mend and a sum; 1', async (t) => {
  const flows = broken('machine.yaml', 'planning: froid', 'planning: froi')(exampleFiles());
  const { code, out } = await run([], flows);
  t.equal(code, 1);
  t.match(
    out,
    /^ivr-flows\/machine\.yaml:\d+:\d+ error there is no planning "froi", expected one of .* \(did you mean "froid"\?\)\n1 error, 0 warnings$/,
  );
});

t.test('a line that passes SMS on names what exists', async (t) => {
  const flows = (sms: string) =>
    broken('lines.yaml', '    sms: { planning: froid }', `    sms: ${sms}`)(exampleFiles());
  const wrong = await run([], flows('{ planning: froi, policy: critiqe }'));
  t.match(wrong.out, /lines\.yaml:\d+:\d+ error there is no planning "froi".*did you mean "froid"/);
  t.match(wrong.out, /lines\.yaml:\d+:\d+ error there is no alert policy "critiqe".*did you mean "critique"/);
  t.match((await run([], flows('{ planning: froid, hours: 0 }'))).out, /lines\.yaml:\d+:\d+ error.*at least 1 hour/);
  t.match((await run([], flows('{ plannings: froid }'))).out, /lines\.yaml:\d+:\d+ error/);
});

t.test('a flow and a planning that say two ring modes are told; a planning that says none is not', async (t) => {
  const says = (flow: string, mode: string) =>
    run([], broken(flow, '- { planning: vip,', `- { planning: vip, strategy: ${mode},`)(exampleFiles()));
  const told = await says('contrat.yaml', 'sequential');
  t.equal(told.code, 0);
  t.match(
    told.out,
    /contrat\.yaml:\d+:\d+ warning "sequential" counts here, although the planning "vip" says "parallel" \(remove "strategy"/,
  );
  t.equal((await says('contrat.yaml', 'parallel')).out, 'everything holds');
  const named = broken(
    'contrat.yaml',
    '- { planning: "{planning}",',
    '- { planning: "{planning}", strategy: rotating,',
  );
  const looked = await run([], named(exampleFiles()));
  t.match(looked.out, /"rotating" counts here, although the planning "ascenseurs-idf" says "waves"/);
});

t.test('an alert that would be told to nobody is refused', async (t) => {
  const flow = (policy: string) => ({
    file: 'ivr-flows/nue.yaml',
    text: `start: a\nnodes:\n  a: { kind: alert, reason: x${policy}, then: b }\n  b: { kind: hangup }\n`,
  });
  const told = async (policy: string, without = false) => {
    const files = exampleFiles().filter(({ file }) => !(without && file.endsWith('alert-policies.yaml')));
    return (await run([], [...files, flow(policy)])).out;
  };
  t.match(
    await told(', policy: rappel'),
    /nue\.yaml:3:\d+ error this alert names nobody, and neither does the policy "rappel": it would be told to nobody/,
  );
  t.notMatch(await told(', policy: rappel, planning: vip'), /names nobody/);
  t.notMatch(await told(''), /names nobody/, 'the default policy climbs to the management');
  t.match(await told('', true), /nue\.yaml:3:\d+ error .*neither does the default policy/, 'without the file');
});

t.test('warnings are told and refuse nothing; 0', async (t) => {
  const flows = broken('machine.yaml', 'values: { machine: non précisée }', 'values: { autre: x }')(exampleFiles());
  const { code, out } = await run([], flows);
  t.equal(code, 0);
  t.match(out, /warning "\{machine\}" may not be set/);
  t.match(out, /0 errors, \d warnings?$/);
});

t.test('an SMS that costs more than one would think is told', async (t) => {
  const flows = broken(
    'messages.yaml',
    'Votre astreinte {planning} commence',
    'L’astreinte que vous avez prise sur le planning {planning} commence maintenant',
  )(exampleFiles());
  const { code, out } = await run([], flows);
  t.equal(code, 0);
  t.match(
    out,
    /messages\.yaml:\d+:\d+ warning this text becomes 2 SMS instead of 1 because of ’ \(write "'" for "’"\)/,
  );
  const lines: SourceFile = { file: 'lines.yaml', text: 'lines: [{ number: "01 99 00 10 00", name: A, flow: f }]' };
  const flow = `name: F\nstart: a\nnodes:\n  a: { kind: sms, caller: true, text: "${'’'.repeat(71)}", then: b }\n  b: { kind: hangup }\n`;
  t.match(
    (await run([], [lines, { file: 'f.yaml', text: flow }])).out,
    /f\.yaml:4:\d+ warning this text becomes 2 SMS/,
  );
});

t.test('a broken planning is told once, not once for each flow', async (t) => {
  const { code, out } = await run([], exampleFiles(), broken('people.yaml', ' phones:', ' fones:')(plannings()));
  t.equal(code, 1);
  t.match(out, /plannings\/people\.yaml:\d+:\d+ error/);
  t.notMatch(out, /there is no planning/);
});

t.test('--json for programs', async (t) => {
  const good = JSON.parse((await run(['--json'])).out);
  t.match(good, { ok: true, version: /^[0-9a-f]{12}$/, findings: [] });
  const bad = await run(['--json'], [{ file: 'lines.yaml', text: '[' }]);
  t.equal(bad.code, 1);
  t.match(JSON.parse(bad.out), {
    ok: false,
    version: null,
    findings: [{ file: 'lines.yaml', line: 1, severity: 'error' }],
  });
});

t.test('wrong use is 2', async (t) => {
  t.match(await run(['--jsn']), { code: 2, out: '', err: /^vigie check: .*--jsn.*usage: vigie check \[--json\]/s });
});

t.test('the committed JSON Schemas are those of the code', (t) => {
  for (const [file, text] of Object.entries(schemaTexts())) {
    t.equal(
      readFileSync(join(root, 'docs/schema', file), 'utf8'),
      text,
      `${file}: run npx tsx scripts/write-schemas.ts`,
    );
  }
  t.end();
});

t.test('every example names its schema, and a typed flow is what its file says', (t) => {
  for (const { file, text } of exampleFiles().filter((one) => one.file.endsWith('.yaml'))) {
    const name = /(?:^|\/)(lines|alert-policies|messages)\.yaml$/.exec(file)?.[1] ?? 'flow';
    t.ok(text.startsWith(`# yaml-language-server: $schema=../docs/schema/${name}.schema.json\n`), file);
    if (name === 'flow') t.ok(flowSchema.safeParse(parse(text)).success, file);
  }
  t.end();
});
