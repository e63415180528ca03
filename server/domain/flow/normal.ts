// Written flows become plain ones: numbers in E.164, recordings with their folder.
import type { Checked } from '../../base/document.ts';
import type { Problem } from '../../base/result.ts';
import type { Known } from './draft.ts';
import { kindOf } from './nodes/index.ts';
import { numbersAt, reporter } from './normal-numbers.ts';
import type { WrittenFlow } from './schema.ts';
import type { FlowNode } from './set.ts';

/** Nodes with their numbers in E.164 and their recordings as absolute paths. */
export function normalFlow(
  document: Checked<WrittenFlow>,
  known: Known,
  problems: Problem[],
): Record<string, FlowNode> {
  const report = reporter(document.locate, problems);
  const entries = Object.entries(document.value.nodes).map(([id, node]): [string, FlowNode] => {
    const plain = kindOf(node).normal?.(node, numbersAt(['nodes', id], report)) ?? node;
    return [id, withRecordings(plain, known)];
  });
  return Object.fromEntries(entries);
}

/** Recordings are named inside one folder; a name that leaves it is left as it is, and refused by the checks. */
function withRecordings(node: FlowNode, { recordings }: Known): FlowNode {
  if (!recordings) return node;
  const mapped = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mapped);
    if (typeof value !== 'object' || value === null) return value;
    if ('file' in value && typeof value.file === 'string' && recordings.files.has(value.file))
      return { file: `${recordings.folder}/${value.file}` };
    return fieldsOf(value, mapped);
  };
  return { ...fieldsOf(node, mapped), kind: node.kind };
}

const fieldsOf = (value: object, mapped: (part: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapped(part)]));
