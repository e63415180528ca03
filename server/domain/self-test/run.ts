// A test call on its way, with the record that is kept of it: the value that the durable runner leads. Pure.
import type { Instant } from '../../base/clock.ts';
import type { Arrival } from '../telephony/event.ts';
import type { ChannelId } from '../telephony/names.ts';
import { over as endedNow, failed } from './moves.ts';
import type { TestRow } from './record.ts';
import { over, rowOf } from './rows.ts';
import { startTest, stepTest } from './step.ts';
import { type Fault, newTest, type Plan, type Test, type TestEffect, type TestEvent } from './test.ts';

/** A test of a former life may still be at the door for so long after it began. */
export const afterlifeMs = 60_000;

export type TestRun = {
  row: TestRow;
  /** Undefined: it could not be planned, and called nobody. */
  test?: Test;
  /** The network by which somebody came to the door. */
  came: Readonly<Record<ChannelId, Arrival['carrier']>>;
};
/** `gone`: of a former life, and nothing of it can be at the door any more. */
export type RunEvent = TestEvent | { type: 'gone'; at: Instant };
export type RunStep = { value: TestRun; effects: TestEffect[] };

export const isOver = ({ row }: TestRun): boolean => row.endedAt !== undefined;

/** The call goes out. */
export function beginRun(row: TestRow, plan: Plan, at: Instant): RunStep {
  const { line, trunk, carrier, leaf, shows } = plan;
  const { test, effects } = startTest(plan, at);
  const began: TestRow = { ...row, state: 'running', line, trunk, carrier, leaf, shows, startedAt: at };
  return { value: { row: rowOf(began, test), test, came: {} }, effects };
}

/** One that called nobody. */
export const skipped = (row: TestRow, fault: Fault, endedAt: Instant): TestRun => ({
  row: { ...row, state: 'skipped', endedAt, fault },
  came: {},
});

export function stepRun(run: TestRun, event: RunEvent): RunStep {
  const { row, test, came } = run;
  if (!test || isOver(run)) return { value: run, effects: [] };
  if (event.type === 'gone')
    return { value: { ...run, test: { ...test, stage: 'over' } }, effects: [{ type: 'done' }] };
  const step = stepTest(test, event);
  if (step.test === test && step.effects.length === 0) return { value: run, effects: [] };
  const now = event.type === 'arrival' ? { ...came, [event.arrival.channel]: event.arrival.carrier } : came;
  return { value: { row: rowOf(row, step.test), test: step.test, came: now }, effects: step.effects };
}

/** It is told on record how it ended; what it was doing stays known until then. */
export const ended = (run: TestRun, at: Instant): TestRun => ({ ...run, row: over(run.row, at) });

/** What a former life left under way: nobody can prove any more to be its caller, so that it is to end; a miss that it saw stays one. */
export function leftBehind(row: TestRow): TestRun {
  const { id, line = '', trunk = '', carrier = 'asterisk', leaf = '', shows = '', startedAt = 0, story } = row;
  const fault: Fault = row.fault ?? { at: 'ours', what: 'interrupted', detail: 'le serveur s’est arrêté' };
  const plan: Plan = { id, line, trunk, carrier, leaf, shows, inputs: [], own: [], code: '' };
  const test: Test = { ...newTest(plan, startedAt), stage: 'settling', fault, story };
  return { row: { ...row, fault }, test, came: {} };
}

/**
 * A step threw. Our own leg is ended first, so that it rings nobody, and whoever is held at the door is let in a moment later.
 * @param again that failed as well: at once, whoever they are
 */
export function brokenOff(run: TestRun, at: Instant, again: boolean): RunStep {
  const { row, test } = run;
  const fault: Fault = { at: 'ours', what: 'interrupted', detail: 'une erreur de notre côté' };
  if (!test) return { value: ended({ ...run, row: { ...row, fault } }, at), effects: [] };
  const still = { test, effects: [] };
  const step = again || test.fault ? endedNow(still, fault, at) : failed(still, fault, at);
  return { value: { ...run, row: rowOf(row, step.test), test: step.test }, effects: step.effects };
}
