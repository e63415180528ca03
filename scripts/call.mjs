// `make call FROM=… TO=… PRESS=1,75011`: asks the running demo for a call, and shows its story. Needs no package and nothing compiled:
// where nothing runs, it says so at once.
import { runningDemo } from './demo-line.mjs';

const fail = (sentence) => {
  process.stderr.write(`call: ${sentence}\n`);
  process.exit(2);
};

const demo = runningDemo();
if (!demo) fail('nothing runs here; start the line with "make run" in another terminal');
const { FROM, TO, PRESS, TALK } = process.env;
const request = {};
if (FROM) request.from = FROM === 'hidden' ? '' : FROM;
if (TO) request.to = TO;
if (PRESS) request.press = PRESS.split(',').map((keys) => keys.trim());
if (TALK) request.talk = Number(TALK);
const response = await fetch(`http://127.0.0.1:${demo.port}/`, { method: 'POST', body: JSON.stringify(request) }).catch(
  () => fail('the line does not answer; is "make run" still running?'),
);
for await (const chunk of response.body ?? []) process.stdout.write(chunk);
process.exitCode = response.ok ? 0 : 2;
