// A line that tests itself, with carriers that bring its own numbers back to it, and what the stories about it share.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedCall } from '../../server/domain/call/record.ts';
import { vigie as run } from '../cli/vigie.ts';
import type { Phone } from '../network/phone.ts';
import { type Line, startLine } from './line.ts';

export const number = '+33199003000';
export const emptyNumber = '+33199003001';

export type SelfTested = {
  state: string;
  line: string;
  trunk: string;
  leaf: string;
  call: string | null;
  answerMs: number | null;
  fault: { at: string; what: string; detail?: string; says: { fr: string }; mend: { fr: string } } | null;
  story: { text: string }[];
};

export async function startSelfTestHouse(env: Record<string, string> = {}) {
  const line = await startLine({
    flows: 'test/line/self-test-house',
    plannings: 'test/line/alert-plannings',
    env: { VIGIE_LISTEN_MS: '0', ...env },
    prepare: ({ plannings }) => {
      writeFileSync(
        join(plannings, 'vide.yaml'),
        'name: Vide\nshifts:\n  - { from: 2026-01-01 08:00, until: 2026-01-01 09:00, people: [lea] }\n',
      );
    },
  });
  await line.network.brings(number, 'a');
  await line.network.brings(emptyNumber, 'b');
  const karim = line.network.phone('+33639980001', 'Karim');
  const lea = line.network.phone('+33639980002', 'Léa');
  return { line, network: line.network, karim, lea, tests: testsOf(line) };
}

/** `vigie self-test …`, with its exit code. */
const testsOf =
  (line: Line) =>
  async (...args: string[]): Promise<SelfTested & { code: number }> => {
    const said = await run(line.env, ['self-test', '--json', ...args]);
    if (!said.out.startsWith('{')) throw new Error(`vigie self-test: ${said.code} ${said.out} ${said.err}`);
    return { code: said.code, ...(JSON.parse(said.out) as SelfTested) };
  };

export const recordOf = (line: Line, id: string | null): Promise<FinishedCall> => line.over(id ?? '');

export const nobodyRang = (...phones: Phone[]): boolean => phones.every(({ rung }) => rung.length === 0);
