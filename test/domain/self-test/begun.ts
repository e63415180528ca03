// A test call under way, in a test's hand: events in, effects gathered.
import { startTest, stepTest } from '../../../server/domain/self-test/step.ts';
import type { Plan, Test, TestEffect, TestEvent } from '../../../server/domain/self-test/test.ts';
import type { Arrival } from '../../../server/domain/telephony/event.ts';

export const number = '+33199001000';
const plan: Plan = {
  id: 't1',
  line: number,
  trunk: 'a',
  carrier: 'asterisk',
  leaf: 'f/appel',
  shows: number,
  own: [number],
  code: '4711',
  inputs: [{ node: 'f/menu', keys: '1' }],
};
export const caller = 't1.caller';
export const arrival = (channel: string, shows = number): Arrival => ({
  channel,
  carrier: 'asterisk',
  called: number,
  caller: shows,
  at: 0,
});

export function begun(more: Partial<Plan> = {}) {
  let { test, effects }: { test: Test; effects: TestEffect[] } = startTest({ ...plan, ...more }, 0);
  return {
    test: () => test,
    effects: () => effects,
    sees(...events: DistributiveOmit<TestEvent, 'at'>[]) {
      effects = [];
      for (const event of events) {
        const step = stepTest(test, { at: 1000, ...event } as TestEvent);
        test = step.test;
        effects.push(...step.effects);
      }
      return effects;
    },
    keys(channel: string, keys: string) {
      return this.sees(...[...keys].map((digit) => ({ type: 'pressed' as const, channel, digit })));
    },
    admitted: () => effects.flatMap((effect) => (effect.type === 'admit' ? [effect.arrival] : [])),
  };
}
type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;
