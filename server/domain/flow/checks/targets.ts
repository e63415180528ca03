// Numbers that are dialled: never an emergency service, never one of ours, never what is denied by default.
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, type Rule } from '../finding.ts';
import { kindOf } from '../nodes/index.ts';
import { defaultRefusal } from '../numbers.ts';

function dialled(draft: Draft, flow: string, path: PropertyKey[], number: string): Finding[] {
  if (Object.hasOwn(draft.set.lines, number)) {
    const message = `${number} is one of our own lines: the call would come back to us`;
    return [at(draft, flow, path, message, 'use goto, or a planning')];
  }
  const why = (draft.known.refusal ?? defaultRefusal)(number);
  return why ? [at(draft, flow, path, `${number} is never dialled: ${why}`)] : [];
}

export const targets: Rule = (draft) =>
  nodesOf(draft).flatMap(({ node, flow, path }) =>
    (kindOf(node).asked?.(node) ?? []).flatMap(({ number, path: inside }) =>
      number === undefined ? [] : dialled(draft, flow, [...path, ...inside, 'number'], number),
    ),
  );
