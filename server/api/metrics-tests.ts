// What Prometheus is told of the line's tests of itself. Lines go by their names: no number stands here.
import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import type { Series } from '../domain/self-test/record.ts';

export type TestedRooms = { series: () => readonly Series[]; lines: () => FlowSet['lines'] };

const labels = ['kind', 'line', 'over'] as const;

export function testGauges(register: Registry, { series, lines }: TestedRooms, clock: Clock): void {
  const gauge = (name: string, help: string, value: (one: Series) => number | undefined) =>
    new Gauge({
      name: `vigie_self_test_${name}`,
      help,
      labelNames: labels,
      registers: [register],
      collect() {
        this.reset();
        for (const one of known(series)) {
          const now = value(one);
          if (now !== undefined) this.set(labelsOf(one, lines()), now);
        }
      },
    });
  gauge(
    'passed',
    '1: the last test call was good (way: a line over a trunk; leaf: a node of its flow)',
    ({ passed }) => (passed ? 1 : 0),
  );
  gauge('misses', 'Test calls missed in a row', ({ misses }) => misses);
  gauge('age_seconds', 'Since the last test call', ({ lastAt }) => (clock.now() - lastAt) / 1000);
  gauge('answer_seconds', 'From dialling to the answer, in the last test call', ({ answerMs }) =>
    answerMs === undefined ? undefined : answerMs / 1000,
  );
}

/** A database that cannot be asked must not take the whole page with it. */
function known(series: TestedRooms['series']): readonly Series[] {
  try {
    return series();
  } catch {
    return [];
  }
}

function labelsOf({ subject, kind }: Series, lines: FlowSet['lines']) {
  const [, line = '', over = ''] = subject.split(' ');
  const name = (Object.hasOwn(lines, line) ? lines[line]?.name : undefined) ?? 'removed';
  return { kind, line: name, over };
}
