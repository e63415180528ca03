// What the record of a test call says of its way: did it end where it should, and if not, what stood in between? And what it is doing now. Pure.
import type { Call } from '../call/call.ts';
import type { FinishedCall, LegRecord } from '../call/record.ts';
import { kindNamed } from '../flow/nodes/index.ts';
import type { FlowSet } from '../flow/set.ts';
import type { Visit } from '../flow/state.ts';
import type { Leg } from '../hunt/state.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { nodeAt } from './leaves.ts';
import type { Fault, Test, View } from './test.ts';

/** Undefined: the leaf was reached, and did what it is there for. */
export function endedAt({ leaf }: Pick<Test, 'leaf'>, { path, legs }: FinishedCall): Fault | undefined {
  const last = path.at(-1);
  if (last && kindNamed(last.kind)?.purpose === 'end' && keyOf(last) === leaf) return undefined;
  return missedAt(leaf, path, legs);
}

type Tried = Pick<LegRecord, 'name' | 'trunk' | 'cause' | 'detail'>;
const isHunt = ({ kind }: Visit): boolean => kindNamed(kind)?.purpose === 'hunt';
const keyOf = ({ flow, node }: Visit) => `${flow}/${node}`;

function missedAt(leaf: string, path: readonly Visit[], legs: readonly Tried[]): Fault {
  const there = path.find((visit) => keyOf(visit) === leaf);
  const last = path.at(-1);
  if (!there || !isHunt(there)) return { at: 'leaf', what: 'elsewhere', detail: last ? keyOf(last) : '' };
  if (legs.length === 0) return { at: 'leaf', what: 'nobody', detail: leaf };
  const tried = legs.map(({ name, trunk, cause, detail }) => [name, trunk, detail ?? cause].filter(Boolean).join(' '));
  return { at: 'leaf', what: 'no-leg', detail: [...new Set(tried)].join(', ') };
}

/** The call as its test sees it. */
export function viewOf(call: Call, flows: FlowSet, leaf: string): View {
  const { flow, hunt, phase, path, pastLegs } = call;
  const key = `${flow.flow}/${flow.node}`;
  const node = nodeAt(flows, key);
  const { doing } = flow;
  const legs = phase === 'hunt' ? (hunt?.legs ?? []) : [];
  const patient = node?.['barge-in'] === false;
  return {
    node: key,
    ...(doing.kind === 'asking'
      ? { asking: { effect: doing.effect, ...listens(call, doing.played || !patient) } }
      : {}),
    recording: doing.kind === 'recording',
    ...(key !== leaf && path.some((visit) => keyOf(visit) === leaf)
      ? { missed: missedAt(leaf, path, pastLegs.map(triedOf)) }
      : {}),
    talking: hunt?.phase === 'talking',
    legs: legs.map(({ id, phase: now, questionBegan }) => ({
      id,
      awaitsKey: now === 'asking' && questionBegan === true,
      taken: now === 'taken',
    })),
  };
}

/** Twilio does not tell when a question that must be heard to its end has ended: its length is guessed, rather too long. */
const listens = ({ carrier, hears }: Call, open: boolean) =>
  open || carrier !== 'twilio' || hears?.type !== 'gather'
    ? { open }
    : { open: true, afterMs: hears.prompts.reduce((sum, prompt) => sum + lengthOf(prompt), 1_000) };

/** Slow speech; a recording of the admin's may be anything. */
function lengthOf(prompt: Prompt): number {
  if (prompt.kind === 'pause') return prompt.ms;
  if (prompt.kind === 'file') return 8_000;
  return prompt.kind === 'text' ? 90 * prompt.text.length : 800 * prompt.characters.length;
}

const triedOf = ({ name, trunk, hangup }: Leg): Tried => ({
  name,
  trunk,
  cause: hangup?.cause ?? 'unknown',
  ...(hangup?.detail ? { detail: hangup.detail } : {}),
});
