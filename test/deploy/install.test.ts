// What `make run` installs and compiles is small, and enough: read from the lockfile and the compiled files, without a network.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import type TypeScript from 'typescript';

const require = createRequire(`${process.cwd()}/package.json`);
const ts = require('typescript') as typeof TypeScript;
const satisfies = require('semver/functions/satisfies') as (version: string, range: string) => boolean;

type Package = {
  version?: string;
  resolved?: string;
  link?: boolean;
  deprecated?: string;
  hasInstallScript?: boolean;
  os?: string[];
  cpu?: string[];
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
type Lock = { packages: Record<string, Package> };

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const most = 250;

/** Where the lockfile puts what `from` asks for: in its own folder, or in one further up. */
function place({ packages }: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return path;
    if (folder === '') return undefined;
  }
}

const fits = ({ os, cpu }: Package): boolean =>
  (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);

/** What `npm ci --workspaces=false` installs on this machine; `without`: as in production, without what only a checkout needs. */
function installed(all: Lock, without?: 'dev'): Set<string> {
  const found = new Set<string>();
  const take = (from: string, names: Record<string, string> | undefined) => {
    for (const name of Object.keys(names ?? {})) {
      const path = place(all, from, name);
      const one = path === undefined ? undefined : all.packages[path];
      if (path === undefined || !one || found.has(path) || !fits(one)) continue;
      found.add(path);
      take(path, one.dependencies);
      take(path, one.optionalDependencies);
    }
  };
  const root = all.packages[''];
  take('', root?.dependencies);
  take('', root?.optionalDependencies);
  if (!without) take('', root?.devDependencies);
  return found;
}

t.test(`running installs at most ${most} packages`, async (t) => {
  const light = installed(lock);
  t.ok(light.size > 150, 'the counting sees them');
  t.ok(light.size <= most, `${light.size} packages`);
  const heavy = structuredClone(lock);
  Object.assign(heavy.packages['']?.dependencies ?? {}, { '@twilio/cli-core': '*' });
  t.ok(installed(heavy).size > most, 'a heavy one among them is found');
});

t.test('an install warns of nothing, and needs no script but the one of the SQLite driver', async (t) => {
  const light = installed(lock);
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
  const oldest = engines?.node?.replace(/^>=/, '').concat('.0') ?? '';
  t.match(oldest, /^\d+\.\d+\.0$/);
  for (const [path, one] of Object.entries(lock.packages)) {
    if (one.engines?.node && !satisfies(oldest, one.engines.node)) t.fail(`${path} wants Node ${one.engines.node}`);
    if (one.resolved && !one.link) t.fail(`${path} records where it was downloaded`);
    if (one.deprecated && light.has(path)) t.fail(`${path} is deprecated: ${one.deprecated}`);
  }
  const scripts = [...light].filter((path) => lock.packages[path]?.hasInstallScript);
  t.same(scripts, ['node_modules/better-sqlite3'], 'scripts are left out, and the Makefile runs this one');
});

/** The compiled files and the packages that a compiled file leads to. Tests' files may ask for more when only tests need it (`import()`). */
function reached(entries: string[]): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const late = file.startsWith('build/server/') ? '|import\\(' : '';
    const imports = readFileSync(file, 'utf8').matchAll(
      new RegExp(`(?:^import |^\\} from |^(?:im|ex)port .* from ${late})['"]([^'"]+)['"]`, 'gm'),
    );
    for (const [, name = ''] of imports) {
      if (name.startsWith('.')) visit(normalize(join(dirname(file), name)));
      else if (!name.startsWith('node:')) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    }
  };
  entries.forEach(visit);
  return { files, packages };
}

const compiledForRunning = (): Set<string> => {
  const read = ts.readConfigFile('tsconfig.run.json', ts.sys.readFile);
  const { fileNames } = ts.parseJsonConfigFileContent(read.config, ts.sys, '.');
  return new Set(fileNames.map((file) => join('build', file.replace(/\.ts$/, '.js'))));
};

t.test('what runs is compiled, and finds its packages in the light install', async (t) => {
  const { files, packages } = reached(['build/scripts/demo.js', 'build/server/cli/main.js']);
  t.ok(
    files.has('build/server/app/main.js') && files.has('build/test/networks/twilio/network.js'),
    'imports are followed',
  );
  t.ok(packages.has('twilio') && packages.has('better-sqlite3') && packages.has('ws'));
  const compiled = compiledForRunning();
  t.same(
    [...files].filter((file) => !compiled.has(file)),
    [],
    'tsconfig.run.json includes them',
  );
  const light = installed(lock);
  for (const name of packages) t.ok(light.has(`node_modules/${name}`), `${name} is installed`);
});

t.test('what is served needs nothing but the dependencies', async (t) => {
  const { packages } = reached(['build/server/cli/main.js']);
  const production = installed(lock, 'dev');
  for (const name of packages) t.ok(production.has(`node_modules/${name}`), `${name} is installed in production`);
  t.notOk(production.has('node_modules/typescript'));
  t.ok(existsSync('test/package.json'), 'the packages of the tests stand apart');
});
