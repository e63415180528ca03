// What is edited, read as one: each file is held against the others.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readEverything } from '../../server/config/read.ts';
import { refusal } from '../../server/domain/trunk/numbers.ts';

t.test('the numbers that carriers gave us beside the lines are ours as well: they are never dialled', async (t) => {
  const root = t.testdir();
  const trunks = join(root, 'trunks.yaml');
  copyFileSync('asterisk-config/trunks.yaml', trunks);
  const text = readFileSync(trunks, 'utf8');
  const edited = text.replace(/^( {2}carrier-a:\n)/m, '$1    own number: "+33199009999"\n');
  t.not(edited, text);
  writeFileSync(trunks, edited);
  const read = await readEverything({ root, flows: 'ivr-flows', plannings: 'plannings', trunks });
  if (!read.ok) return t.fail(JSON.stringify(read.problems));
  const lines = Object.keys(read.value.flows.lines);
  t.ok(lines.length > 0);
  for (const own of [...lines, '+33199009999']) t.match(refusal(read.value.trunks, own), 'one of our own numbers', own);
  t.equal(refusal(read.value.trunks, '+33639980001'), undefined);
});
