// Switch: the first case all of whose conditions hold. No sound, no wait.
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { note } from '../../run.ts';
import { caseFaults } from './checks.ts';
import { holds } from './conditions.ts';
import { schema } from './schema.ts';

export const choose = nodeKind({
  schema,
  about: 'Choisit une suite selon le numéro appelé, l’appelant, l’heure, le jour férié ou une valeur.',
  exits: (node) => [
    ...node.cases.flatMap((one, i) => exit(one.then, ['cases', String(i), 'then'], true)),
    ...exit(node.else, ['else'], true),
  ],
  enter(run, node) {
    const index = node.cases.findIndex((one) => holds(run, one));
    note(run, { note: index < 0 ? 'else' : `case ${index + 1}` });
    return { go: node.cases[index]?.then ?? node.else };
  },
  ahead: 'pass',
  normal: (node, numbers) => ({
    ...node,
    cases: node.cases.map((one, i) => ({
      ...one,
      ...(one.called ? { called: numbers.patterns(one.called, 'cases', i, 'called') } : {}),
      ...(Array.isArray(one.caller) ? { caller: numbers.patterns(one.caller, 'cases', i, 'caller') } : {}),
    })),
  }),
  check: (spot, draft) =>
    spot.node.cases.flatMap((one, i) => caseFaults(draft, spot.flow, [...spot.path, 'cases', i], one)),
  story: [[/^(?:case \d+|else)$/, () => '']],
});
