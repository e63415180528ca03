// A test of the line as a machine of the durable runner: its step, its row with what follows from it, what the networks do for it.
import type { Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { good, type Result } from '../../base/result.ts';
import { type Conclusion, concluded } from '../../domain/self-test/conclusion.ts';
import type { TestRow } from '../../domain/self-test/record.ts';
import {
  afterlifeMs,
  brokenOff,
  ended,
  isOver,
  leftBehind,
  type RunEvent,
  stepRun,
  type TestRun,
} from '../../domain/self-test/run.ts';
import { testFormat } from '../../domain/self-test/saved.ts';
import { ringMs } from '../../domain/self-test/step.ts';
import type { Test, TestEffect } from '../../domain/self-test/test.ts';
import { explain } from '../../domain/self-test/words.ts';
import type { TestNetwork } from '../../domain/telephony/self-test.ts';
import type { Done, Inside, Machine, Read } from '../machine.ts';
import type { Row } from '../ports.ts';
import { settle } from '../settle.ts';
import type { TesterPorts } from './ports.ts';
import type { Standing } from './standing.ts';

export type TestMachine = Machine<TestRun, RunEvent, TestEffect, Conclusion>;

export function testMachine(ports: TesterPorts, standing: Standing): TestMachine {
  const { store, log } = ports;
  const machine: TestMachine = {
    kind: 'self test',
    id: ({ row }) => row.id,
    isOver,
    step: stepRun,
    inside: (run, effect, at) => (effect.type === 'done' ? over(run, at) : undefined),
    read: readRun,
    save: ({ value, notices }) => {
      const conclusions = notices.map(({ notice }) => notice);
      const series = conclusions.flatMap((one) => one.series);
      const handed = conclusions.flatMap((one) => one.handed);
      store.save(value.row, { series, handed });
      standing.saved(series);
    },
    perform: (run, effects) => {
      for (const effect of effects) perform(run, effect);
    },
    failed: (run, { at }, again) => ({
      says: 'a step of a test of the line failed; it is broken off',
      turn: settle(machine, brokenOff(run, at, again), at),
    }),
    listeners: [told],
  };
  return machine;

  function over(run: TestRun, at: Instant): Inside<TestRun, RunEvent, Conclusion> {
    const value = ended(run, at);
    const conclusion = concluded(value.row, standing.series(), ports.flows(), at);
    standing.keep(conclusion.series);
    return { value, notices: [conclusion] };
  }

  function told({ value, notices, saved }: Done<TestRun, TestEffect, Conclusion>): void {
    if (notices.length === 0) return;
    logged(log, value.row);
    for (const { next, handed } of notices) {
      if (next) standing.setNext(next);
      for (const one of handed) ports.handed(one, saved);
    }
  }

  /** One that fails is one that does not happen, as at the network: whoever is held at the door is let in all the same. */
  function perform({ test, came }: TestRun, effect: TestEffect): void {
    if (!test) return;
    const channel = 'arrival' in effect ? effect.arrival.channel : 'channel' in effect ? effect.channel : undefined;
    const network = ports.networks[(channel && came[channel]) || test.carrier];
    try {
      if (network) performOn(network, test, effect);
    } catch (error) {
      log.error({ test: test.id, effect: effect.type, error }, 'a network failed at a test of the line');
    }
  }
}

/** What a former life left: it is to end, at the latest when nothing of it can be at the door any more. */
function readRun({ id, state }: Row): Result<Read<TestRun>> {
  const read = testFormat.read(id, state);
  if (!read.ok) return read;
  const value = leftBehind(read.value);
  const settled = { dueAt: (value.row.startedAt ?? 0) + afterlifeMs, ms: afterlifeMs };
  return good({ value, timers: { settled } });
}

function logged(log: Log, { id: test, state, line = '', trunk = '', leaf = '', fault }: TestRow): void {
  const why = fault ? explain(fault).says.en : null;
  log[state === 'missed' ? 'warn' : 'info']({ test, line, trunk, leaf, why }, `test of the line: ${state}`);
}

export const numbersOf = ({ line, shows }: Test) => ({ number: line, shows });

function performOn(network: TestNetwork, test: Test, effect: TestEffect): void {
  const { caller, line: number, trunk, shows } = test;
  switch (effect.type) {
    case 'expect':
      network.expect(shows, effect.seconds);
      break;
    case 'dial':
      network.dial(caller, { number, trunk, shows, ringMs });
      break;
    case 'answer':
      network.answer(effect.channel, effect.ringing);
      break;
    case 'quiet':
      network.quiet(effect.channel);
      break;
    case 'hang-up':
      network.hangUp(effect.channel, effect.channel === caller ? numbersOf(test) : undefined);
      break;
    case 'press':
      network.press(effect.channel, effect.keys);
      break;
    case 'sound':
      network.sound(effect.channel, effect.hertz);
      break;
    case 'hear':
      network.hear(effect.channel, effect.hertz);
      break;
    case 'admit':
      network.admit(effect.arrival);
      break;
    case 'meet':
      network.meet?.(effect.channel, effect.call);
      break;
  }
}
