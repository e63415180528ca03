// A test as the row that is kept of it. Pure.
import type { Instant } from '../../base/clock.ts';
import type { TestRow, Wanted } from './record.ts';
import type { Test } from './test.ts';

type Named = { line?: string | undefined; trunk?: string | undefined; leaf?: string | undefined };

export const wantedOf = ({ line, trunk, leaf }: Named): Wanted => ({
  ...(line ? { line } : {}),
  ...(trunk ? { trunk } : {}),
  ...(leaf ? { leaf } : {}),
});

export const rowOf = (row: TestRow, { story, answeredAt, startedAt, call, fault }: Test): TestRow => ({
  ...row,
  story,
  ...(answeredAt === undefined ? {} : { answerMs: answeredAt - startedAt }),
  ...(call ? { call } : {}),
  ...(fault ? { fault } : {}),
});

export const over = (row: TestRow, endedAt: Instant): TestRow => {
  const { fault } = row;
  return { ...row, endedAt, state: !fault ? 'passed' : fault.at === 'ours' ? 'skipped' : 'missed' };
};
