// Transfer: one number written in a reviewed file, joined as it answers.
import { z } from 'zod';
import { nodeKind } from '../../kind.ts';
import { phone, seconds } from '../../schema-parts.ts';
import { dialling, sought, transferSpec } from '../common/dialling.ts';
import { exits, wait } from '../common/grammar.ts';

const schema = z.strictObject({
  kind: z.literal('transfer'),
  number: phone,
  ring: seconds(5, 120).default(40),
  wait,
  exits: z.strictObject(exits),
});
type Transfer = z.output<typeof schema>;

export const transfer = nodeKind({
  schema,
  about: 'Passe l’appel à un numéro (standard, confrère), mis en relation dès qu’il décroche.',
  ...dialling<Transfer>((run, { number, ring, wait }) => transferSpec(run, number, ring, wait)),
  normal: (node, numbers) => ({ ...node, number: numbers.target(node.number, 'number') }),
  asked: ({ number }) => [{ number, path: [] }],
  arrived: sought,
});
