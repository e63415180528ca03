// docs/plannings.md and its French twin: every example is read by the product, and says who is on call as the product does.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { problemText } from '../../../server/base/result.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { at, on } from './helpers.ts';

const people = { file: 'people.yaml', text: readFileSync('plannings/people.yaml', 'utf8') };
const guides = ['docs/plannings.md', 'docs/fr/plannings.md'];
const blocksOf = (guide: string) =>
  [...readFileSync(guide, 'utf8').matchAll(/^```(yaml|who)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
    kind,
    text,
  }));

t.test('every example of the guide is answered as it says', async (t) => {
  for (const guide of guides) {
    const blocks = blocksOf(guide);
    let asked = 0;
    for (const [index, { kind, text }] of blocks.entries()) {
      if (kind !== 'who') continue;
      const yaml = blocks[index - 1]?.text ?? '';
      const read = readPlannings([people, { file: 'x.yaml', text: yaml }]);
      if (!read.ok) return t.fail(`${guide}: ${read.problems.map(problemText).join('\n')}\n${yaml}`);
      const lines = text.trim().split('\n');
      const said = lines.map((line) => `${line.slice(0, 16)}  ${on(read.value, at(line.slice(0, 16)))}`);
      t.same(said, lines, guide);
      asked += lines.length;
    }
    t.ok(asked > 40, guide);
  }
});

t.test('the periods of the guide are a file of periods', async (t) => {
  for (const guide of guides) {
    const text = blocksOf(guide).find((block) => block.text.startsWith('# plannings/periods.yaml'))?.text ?? '';
    const planning = 'name: X\nrotations: [{name: r, start: 2026-01-01, windows: [grand week-end], turns: [lea]}]';
    const read = readPlannings([people, { file: 'periods.yaml', text }, { file: 'x.yaml', text: planning }]);
    t.ok(read.ok && on(read.value, at('2026-01-09 12:00')) === 'lea', guide);
  }
});

t.test('both languages have the same examples', async (t) => {
  const [english, french] = guides.map(blocksOf);
  t.same(french, english);
});
