// The rules that each kind of node has of its own.
import { nodesOf, type Rule } from '../finding.ts';
import { kindOf } from '../nodes/index.ts';

export const own: Rule = (draft) => nodesOf(draft).flatMap((spot) => kindOf(spot.node).check?.(spot, draft) ?? []);
