// Return: a flow that was called as a sub-flow goes back to its caller.
import { z } from 'zod';
import { nodeKind } from '../../kind.ts';

export const comeBack = nodeKind({
  schema: z.strictObject({ kind: z.literal('return') }),
  about: 'Revient au flux qui a appelé celui-ci.',
  purpose: 'return',
  exits: () => [],
  enter: () => ({ back: true }),
  ahead: 'pass',
});
