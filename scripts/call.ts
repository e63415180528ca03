// `make call FROM=… TO=… PRESS=1,75011`: asks the running demo for a call, and shows its story.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const controlFile = 'var/run/control.json';
const fail = (sentence: string): never => {
  process.stderr.write(`call: ${sentence}\n`);
  return process.exit(2);
};

if (!existsSync(controlFile)) fail('nothing runs here; start the line with "make run" in another terminal');
const { port } = z.object({ port: z.number() }).parse(JSON.parse(readFileSync(controlFile, 'utf8')));
const { FROM, TO, PRESS, TALK } = process.env;
const request = {
  ...(FROM ? { from: FROM === 'hidden' ? '' : FROM } : {}),
  ...(TO ? { to: TO } : {}),
  ...(PRESS ? { press: PRESS.split(',').map((keys) => keys.trim()) } : {}),
  ...(TALK ? { talk: Number(TALK) } : {}),
};
const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(request) }).catch(() =>
  fail('the line does not answer; is "make run" still running?'),
);
for await (const chunk of response.body ?? []) process.stdout.write(chunk);
process.exitCode = response.ok ? 0 : 2;
