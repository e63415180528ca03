#!/usr/bin/env node
// The `vigie` command of a checkout: runs what `make build` compiled; beside a running `make run`, on its line.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { settingsFor } from './demo-line.mjs';

const built = new URL('../build/server/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('vigie: nothing is built here yet; run "make build" first\n');
  process.exit(2);
}
// Node 22 and newer keep what they compiled for the next start; beside the code, where whoever may write it could change the code as well.
module.enableCompileCache?.(fileURLToPath(new URL('../build/.compile-cache', import.meta.url)));
const { main } = await import(built.href);
const args = process.argv.slice(2);
process.exitCode = await main(args, settingsFor(args[0], process.env).env);
