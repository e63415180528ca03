// Call-back: after a PIN, the line rings the last caller, or the one chosen in a call-log, showing its own number.
import { z } from 'zod';
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { note, type Run } from '../../run.ts';
import { seconds } from '../../schema-parts.ts';
import { dialling, transferSpec } from '../common/dialling.ts';
import { exits, next, wait } from '../common/grammar.ts';

const schema = z.strictObject({
  kind: z.literal('call-back'),
  ring: seconds(5, 120).default(40),
  wait,
  /** There is nobody to call back. */
  nobody: next,
  exits: z.strictObject(exits),
});
type CallBack = z.output<typeof schema>;

/** The number comes from the server's own records, after a PIN: `technician` is set by nothing else. */
function customer(run: Run, { nobody, ring, wait }: CallBack) {
  const number = run.state.technician?.last;
  if (!number) return { go: nobody };
  note(run, { note: `calls back ${number}` });
  return transferSpec(run, number, ring, wait);
}

const hunt = dialling(customer);

export const callBack = nodeKind({
  schema,
  about: 'Après un pin : appelle le dernier appelant, ou celui choisi dans call-log, au numéro de la ligne.',
  ...hunt,
  exits: (node, flow) => [...exit(node.nobody, ['nobody'], true), ...hunt.exits(node, flow)],
  story: [
    [/^(.*) takes it$/s, (_, name) => `${name} accepte de rappeler (touche 1).`],
    [/^calls back (\+\d+)$/, (_, number, writing) => `on appelle le ${writing.number(number)}.`],
    [/^asked by /, () => ''],
  ],
});
