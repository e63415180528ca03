// The questions on a test call's way, and the keys that answer them: as planned, a moment after each question began, as a person would. Pure.
import { change, emit, failed, say, type TestStep, timer } from './moves.ts';
import type { View } from './test.ts';

const thinkMs = 600;

/** A question that was not there before. One that is put again because our keys were lost is answered again, once. */
export function asked(
  step: TestStep,
  node: string,
  { effect, open, afterMs = 0 }: NonNullable<View['asking']>,
  at: number,
): TestStep {
  const { test } = step;
  const again = test.pressed?.node === node && !test.pressed.again && test.inputs[test.asked.length]?.node !== node;
  const input = again ? test.pressed : test.inputs[test.asked.length];
  if (!input || input.node !== node) {
    const detail = input ? `${node} (attendu : ${input.node})` : node;
    return failed(step, { at: 'leaf', what: 'other-question', detail }, at);
  }
  if (input.keys !== '' && !open) return step;
  const known = change(step, {
    seen: [...test.seen, effect],
    asked: again ? test.asked : [...test.asked, node],
    pressed: { ...input, again },
  });
  if (input.keys === '') return say(known, at, `${node} : ne tape rien`);
  return emit(say(known, at, `${node} : ${again ? 'retape' : 'tape'} ${input.keys}`), timer('key', thinkMs + afterMs));
}

/** The moment has passed: the keys of the last question. */
export const press = (step: TestStep): TestStep => {
  const { pressed, caller, stage } = step.test;
  if (!pressed || stage !== 'inside') return step;
  return emit(step, { type: 'press', channel: caller, keys: pressed.keys });
};
