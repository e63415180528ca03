// Look-up: a CSV table is read in place, since its rows are part of the set; other sources are asked by an effect.
import type { CallEvent } from '../../telephony/event.ts';
import type { Values } from '../../telephony/names.ts';
import { matchRow } from '../match.ts';
import { emit, flowOf, type Lead, note, type Run, timerName, trouble, wait } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import type { PublishedTable } from '../set.ts';
import { filled } from '../speak.ts';

type LookUp = NodeOf<'look-up'>;
/** Longer than any source's own deadline: only for an answer that was lost. */
const backstopMs = 15_000;

export function enterLookUp(run: Run, node: LookUp): Lead {
  const table = flowOf(run).tables[node.table];
  if (!table) return trouble(run, `no table ${node.table}`);
  const key = filled(run, node.key);
  if ('rows' in table) return found(run, node, table, matchRow(table.rows, table.match, key));
  run.state.turn++;
  const effect = emit(run, { type: 'look-up', flow: run.state.flow, table: node.table, key });
  run.state.doing = { kind: 'looking-up', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'look-up'), ms: backstopMs });
  return wait;
}

export function onLookUp(run: Run, node: LookUp, effect: string, event: CallEvent): Lead | undefined {
  const late = event.type === 'timer' && event.name === timerName(run, 'look-up');
  const failed = event.type === 'effect-failed' && event.effect === effect;
  const answered = event.type === 'looked-up' && event.request === effect;
  if (!late && !failed && !answered) return undefined;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'look-up') });
  const table = flowOf(run).tables[node.table];
  if (event.type !== 'looked-up') return unanswered(run, node, table, failed ? event.why : 'no answer');
  if (event.failed !== undefined) return unanswered(run, node, table, event.failed);
  return found(run, node, table, event.found);
}

function unanswered(run: Run, node: LookUp, table: PublishedTable | undefined, why: string): Lead {
  Object.assign(run.state.values, table?.default);
  note(run, { note: `failed: ${why}` });
  return { go: node.failed ?? node['not-found'] };
}

function found(run: Run, node: LookUp, table: PublishedTable | undefined, values: Values | null): Lead {
  Object.assign(run.state.values, values ?? table?.default);
  note(run, { note: values ? 'found' : 'not found' });
  return { go: values ? node.found : node['not-found'] };
}
