// What `vigie help` says, from the table of commands.
import type { Command } from './command.ts';

/** Where the sentences begin; after a longer use, on the next line. */
const column = 35;

export const helpText = (commands: readonly Command[]): string =>
  [
    'vigie: one number, always someone',
    '',
    ...commands.flatMap(({ uses }) => uses.flatMap(([use, says]) => lines(`  vigie ${use}`, says))),
    ...lines('  vigie help', 'this list'),
    '',
    'Exit codes: 0 good, 1 a finding or a failure, 2 wrong use.',
  ].join('\n');

const lines = (use: string, says: string): string[] =>
  use.length < column ? [use.padEnd(column) + says] : [use, ' '.repeat(column) + says];
