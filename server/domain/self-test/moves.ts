// The small moves that the steps of a test call are made of. Pure.
import type { Arrival } from '../telephony/event.ts';
import { meansOf } from './means.ts';
import type { Fault, Stage, Test, TestEffect, TimerName } from './test.ts';

export type TestStep = { test: Test; effects: TestEffect[] };

export const change = (step: TestStep, part: Partial<Test>): TestStep => ({ ...step, test: { ...step.test, ...part } });
export const emit = (step: TestStep, ...effects: TestEffect[]): TestStep => ({
  ...step,
  effects: [...step.effects, ...effects],
});
export const timer = (name: TimerName, ms: number): TestEffect => ({ type: 'start-timer', name, ms });
/** The end of our own leg is on its way to its other end. */
export const settles = ({ carrier }: Test): TestEffect => timer('settled', meansOf[carrier].settleMs);
export const say = (step: TestStep, at: number, text: string): TestStep =>
  change(step, { story: [...step.test.story, { at, text }] });

export const letIn = (step: TestStep, arrival: Arrival): TestStep =>
  emit(
    change(step, {
      candidates: step.test.candidates.filter((one) => one.arrival !== arrival),
      others: step.test.others.filter((one) => one !== arrival),
    }),
    { type: 'admit', arrival },
  );

export const letAllIn = (step: TestStep): TestStep =>
  [...step.test.candidates.map(({ arrival }) => arrival), ...step.test.others].reduce(letIn, step);

/** Known to have failed: our leg ends first, so that no caller of ours lives on; those held wait until its end has arrived. */
export function failed(step: TestStep, fault: Fault, at: number): TestStep {
  if (step.test.fault) return step;
  const next = say(
    change(step, { fault, stage: 'settling' }),
    at,
    `échec : ${fault.what}${fault.detail ? ` (${fault.detail})` : ''}`,
  );
  const { caller, door } = step.test;
  // Recognised and not let in: it belongs to nobody else.
  const kept = step.test.stage === 'sounding' && door ? [door.channel] : [];
  const ends = [caller, ...kept].map((channel): TestEffect => ({ type: 'hang-up', channel }));
  return emit(next, ...ends, settles(step.test));
}

export function over(step: TestStep, fault: Fault | undefined, at: number): TestStep {
  const { test } = step;
  const why = test.fault ?? fault;
  const told = fault && !test.fault ? say(step, at, `échec : ${fault.what} (${fault.detail})`) : step;
  const free = letAllIn(told);
  const stage: Stage = 'over';
  return emit(
    change(free, { stage, ...(why ? { fault: why } : {}) }),
    { type: 'hang-up', channel: test.caller },
    { type: 'done' },
  );
}
