// The line's test of itself, built from the settings: what it calls through, what it asks the flows' services, and how it raises the alarm.
import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { FlowSet } from '../domain/flow/set.ts';
import { codeDigits } from '../domain/telephony/self-test.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { Tester } from '../engine/self-test/tester.ts';
import { standing } from '../networks/twilio/self-test/numbers.ts';
import type { Networks } from './network-parts.ts';
import { clock, newIds, type Parts } from './parts.ts';

export type TestedRooms = { networks: Pick<Networks, 'tests' | 'rest'>; switchboard: Switchboard };

/** The key with which our caller proves itself at the door: nobody guesses it in the one try there is. */
export const randomCode = (): string => Array.from({ length: codeDigits }, () => randomInt(10)).join('');

export function openTester(
  { store, config, log, inbox, saving }: Parts,
  { networks, switchboard }: TestedRooms,
): Tester {
  return new Tester({
    clock,
    ids: newIds(),
    log,
    saving,
    networks: networks.tests,
    code: randomCode,
    atTwilio: () => atTwilio(config.flows(), networks),
    store: store.selfTests,
    flows: () => config.flows(),
    trunks: () => config.trunks(),
    ask: (flows) => async (asked) => config.lookUp(flows, asked),
    calls: () => switchboard.calls(),
    handed: ({ kind, body }, saved) => queueMicrotask(() => (saved ? inbox.wake() : inbox.now(kind, body))),
    forget: (recording) =>
      void rm(recording, { force: true }).catch((error: unknown) =>
        log.warn({ error }, 'the recording of a test call stays on the disk'),
      ),
  });
}

const atTwilio = async ({ lines }: FlowSet, { rest, tests }: Pick<Networks, 'tests' | 'rest'>) =>
  rest ? standing(rest, Object.keys(lines), !tests.asterisk) : { lines: new Set<string>(), numbers: [] };
