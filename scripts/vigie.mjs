#!/usr/bin/env node
// The `vigie` command of a checkout: runs what `make build` compiled.
import { existsSync } from 'node:fs';

const built = new URL('../build/server/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('vigie: nothing is built here yet; run "make build" first\n');
  process.exit(2);
}
const { main } = await import(built.href);
process.exitCode = await main(process.argv.slice(2), process.env);
