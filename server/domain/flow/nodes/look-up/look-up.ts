// Look-up: a CSV table is read in place, since its rows are part of the set; other sources are asked by an effect.
import type { Values } from '../../../telephony/names.ts';
import type { Draft } from '../../draft.ts';
import { exit } from '../../exits.ts';
import { at, type Finding, noSuch, type Spot } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { matchRow } from '../../match.ts';
import { flowOf, type Lead, note, type Run, trouble } from '../../run.ts';
import type { PublishedTable } from '../../set.ts';
import { filled } from '../../speak.ts';
import { type Answer, answered, ask } from '../common/looking-up.ts';
import { text } from '../common/speech.ts';
import { type LookUp, schema } from './schema.ts';

export const lookUp = nodeKind({
  schema,
  about: 'Cherche une clé dans une table (CSV, SQLite, HTTP) et en reçoit les valeurs.',
  exits(node, flow) {
    const table = flow.tables[node.table];
    const fallback = Object.keys(table?.default ?? {});
    return [
      ...exit(node.found, ['found'], true, Object.keys(table?.columns ?? {})),
      ...exit(node['not-found'], ['not-found'], true, fallback),
      ...exit(node.failed, ['failed'], true, fallback),
    ];
  },
  enter(run, node) {
    const table = flowOf(run).tables[node.table];
    if (!table) return trouble(run, `no table ${node.table}`);
    const key = filled(run, node.key);
    if (!('rows' in table)) return ask(run, { flow: run.state.flow, table: node.table, key });
    return found(run, node, table, matchRow(table.rows, table.match, key));
  },
  on(run, node, event) {
    const answer = answered(run, event);
    return answer && told(run, node, flowOf(run).tables[node.table], answer);
  },
  ahead: 'pass',
  texts: ({ key }) => text('key', key),
  check: (spot, draft) => [...known(spot, draft), ...fallback(spot, draft)],
  story: [
    [/^found$/, (node) => `${node} : trouvé dans la table.`],
    [/^not found$/, (node) => `${node} : introuvable dans la table.`],
    [/^failed: (.*)$/s, (node, why) => `${node} : la table n’a pas répondu (${why}).`],
  ],
});

function told(run: Run, node: LookUp, table: PublishedTable | undefined, answer: Answer): Lead {
  if (answer.failed === undefined) return found(run, node, table, answer.found);
  Object.assign(run.state.values, table?.default);
  note(run, { note: `failed: ${answer.failed}` });
  return { go: node.failed ?? node['not-found'] };
}

function found(run: Run, node: LookUp, table: PublishedTable | undefined, values: Values | null): Lead {
  Object.assign(run.state.values, values ?? table?.default);
  note(run, { note: values ? 'found' : 'not found' });
  return { go: values ? node.found : node['not-found'] };
}

const tablesOf = ({ flow }: Spot, draft: Draft) => draft.set.flows[flow]?.tables ?? {};

const known = (spot: Spot<LookUp>, draft: Draft): Finding[] =>
  noSuch(draft, spot.flow, [...spot.path, 'table'], 'table', spot.node.table, Object.keys(tablesOf(spot, draft)));

/** Only a CSV table cannot fail to answer. */
function fallback(spot: Spot<LookUp>, draft: Draft): Finding[] {
  const { node, flow, path } = spot;
  const table = tablesOf(spot, draft)[node.table];
  if (!table || 'rows' in table || node.failed !== undefined) return [];
  const message = `missing "failed": the table "${node.table}" may not answer`;
  return [at(draft, flow, path, message, 'say where the call goes on then')];
}
