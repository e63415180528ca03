// What stands under docs/deploy is what people install: the Dockerfile, the units and the example of settings are held against their own judges.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import t from 'tap';
import { readSettings } from '../../server/app/settings.ts';
import { tool } from '../tools.ts';

const deploy = 'docs/deploy';
const dockerfile = readFileSync(join(deploy, 'Dockerfile'), 'utf8');

/** Every rule of the linter counts. */
const strict = Object.fromEntries(
  [
    ...['deprecatedMaintainer', 'directiveCasing', 'emptyContinuationLine', 'instructionCasing'],
    ...['instructionCmdMultiple', 'instructionEntrypointMultiple', 'instructionHealthcheckMultiple'],
    ...['instructionJSONInSingleQuotes', 'instructionWorkdirRelative', 'unusedBuildStage'],
  ].map((rule) => [rule, ValidationSeverity.ERROR]),
);
const lint = (text: string): string[] =>
  validate(text, strict).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);

t.test('the Dockerfile is lint-clean, and copies only what there is', async (t) => {
  t.strictSame(lint(dockerfile), []);
  t.match(lint(dockerfile.replace('WORKDIR /opt/vigie', 'WORKDIR opt')), [/line 8/], 'the linter does look');
  const own = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) => files?.split(' ') ?? []);
  t.ok(own.length > 5);
  for (const file of own) t.ok(existsSync(file), file);
  const ignored = readFileSync(join(deploy, 'Dockerfile.dockerignore'), 'utf8').split('\n');
  const sees = (file: string) => [file, file.split('/')[0]].some((path) => ignored.includes(`!${path}`));
  for (const file of own) t.ok(sees(file), `${file} is part of what docker build sees`);
});

t.test('the units are what systemd takes, and hardened', async (t) => {
  const analyze = tool('systemd-analyze');
  const dir = mkdtempSync(join(tmpdir(), 'vigie-units-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const units = readdirSync(join(deploy, 'systemd'));
  t.strictSame(units.sort(), [
    'vigie-asterisk.service',
    'vigie-watch-asterisk.service',
    'vigie-watch.service',
    'vigie.service',
  ]);
  // Programs stand elsewhere on this machine than where the guide puts them.
  const here = (text: string) =>
    text.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/vigie', resolve('.'));
  for (const unit of units) writeFileSync(join(dir, unit), here(readFileSync(join(deploy, 'systemd', unit), 'utf8')));
  const verify = (files: string[]) => {
    const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...files], { encoding: 'utf8' });
    return { status, about: stderr.split('\n').filter((line) => line.includes(dir) || /vigie/.test(line)) };
  };
  t.strictSame(verify(units.map((unit) => join(dir, unit))), { status: 0, about: [] });
  const bad = join(dir, 'bad.service');
  copyFileSync(join(dir, 'vigie.service'), bad);
  writeFileSync(bad, readFileSync(bad, 'utf8').replace('Type=exec', 'Type=exce'));
  t.not(verify([bad]).about.length, 0, 'a word that systemd does not know is told');
  const exposure = (file: string) =>
    spawnSync(analyze, ['security', '--offline=true', '--threshold=25', file], { encoding: 'utf8' });
  for (const unit of units) t.equal(exposure(join(dir, unit)).status, 0, `${unit} exposes at most 2.5 of 10`);
  writeFileSync(bad, '[Service]\nExecStart=/bin/true\n');
  t.not(exposure(bad).status, 0, 'a unit without hardening is found');
});

t.test('the example of settings is one that the server takes', async (t) => {
  const text = readFileSync(join(deploy, 'vigie.env.example'), 'utf8');
  const env = Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  t.ok(Object.keys(env).length > 8);
  const settings = readSettings(env);
  t.ok(settings.ok, JSON.stringify(settings));
  for (const [name, value] of Object.entries(env)) t.notMatch(value, /["']/, `${name}: docker takes quotes literally`);
  const known = execFileSync('grep', ['-oE', '^  [A-Z_]+:', 'server/app/settings.ts'], { encoding: 'utf8' });
  for (const name of Object.keys(env)) t.ok(known.includes(` ${name}:`), `${name} is a setting`);
});
