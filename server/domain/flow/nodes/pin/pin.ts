// Pin: a technician who rings the line from a known telephone proves who they are. Three tries a call; the server counts across calls.
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import type { ValueInfo } from '../../set.ts';
import { said, speech } from '../common/speech.ts';
import { schema } from './schema.ts';
import { enter, on } from './step.ts';

const told: ValueInfo = { type: 'text', spelled: false, texts: null };

export const pin = nodeKind({
  schema,
  about: 'Demande son code à un technicien qui appelle d’un téléphone connu.',
  exits: (node) => [
    ...exit(node.then, ['then'], false, ['technicien', 'rappel']),
    ...exit(node.refused, ['refused'], true),
  ],
  enter,
  on,
  speeches: (node) => [...said(node), ...speech(['wrong'], node.wrong)],
  values: () => [
    { name: 'technicien', info: told, path: [] },
    { name: 'rappel', info: { ...told, spelled: true }, path: [] },
  ],
  story: [
    [/^code accepted: (.*)$/s, (_, person) => `code accepté : ${person}.`],
    [/^(?:code refused|too many codes|no code)$/, () => 'code refusé.'],
  ],
});
