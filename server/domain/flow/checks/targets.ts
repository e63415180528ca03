// Numbers that are dialled: never an emergency service, never one of ours, never what the house denies by default.
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, type Rule, type Spot } from '../finding.ts';
import { defaultRefusal } from '../numbers.ts';

function number(draft: Draft, spot: Spot, path: PropertyKey[], dialled: string): Finding[] {
  if (Object.hasOwn(draft.set.lines, dialled))
    return [
      at(
        draft,
        spot.flow,
        path,
        `${dialled} is one of our own lines: the call would come back to us`,
        'use goto, or a planning',
      ),
    ];
  const why = (draft.known.refusal ?? defaultRefusal)(dialled);
  return why ? [at(draft, spot.flow, path, `${dialled} is never dialled: ${why}`)] : [];
}

const levels: Rule = (draft) =>
  nodesOf(draft).flatMap((spot) => {
    const { node, path } = spot;
    if (node.kind === 'transfer') return number(draft, spot, [...path, 'number'], node.number);
    if (node.kind !== 'dial') return [];
    return node.levels.flatMap((level, i) => {
      const own = [...path, 'levels', i];
      const named = [level.planning, level.person, level.number].filter((one) => one !== undefined).length;
      if (named !== 1)
        return [at(draft, spot.flow, own, `a level names ${named} of planning, person, number`, 'name exactly one')];
      return level.number === undefined ? [] : number(draft, spot, [...own, 'number'], level.number);
    });
  });

/** `busy` and `rejected` are answers to the network, given instead of answering: there is nothing to hear with them. */
const hangups: Rule = (draft) =>
  nodesOf(draft).flatMap(({ flow, node, path }) =>
    node.kind === 'hangup' && node.say && node.reason !== 'normal'
      ? [
          at(
            draft,
            flow,
            [...path, 'reason'],
            `a caller who is told something is not "${node.reason}"`,
            'remove say or reason',
            'warning',
          ),
        ]
      : [],
  );

/** A message goes to exactly one; a decision that defers says until when. */
const messages: Rule = (draft) =>
  nodesOf(draft).flatMap(({ flow, node, path }) => {
    if (node.kind === 'decide' && node.decision === 'defer' && !node.hours)
      return [at(draft, flow, path, '"defer" without hours', 'add hours: { lun-ven: "08:00-18:00" }')];
    if (node.kind !== 'sms' && node.kind !== 'mail') return [];
    const own = node.kind === 'sms' ? node.caller : node.address;
    const what = node.kind === 'sms' ? 'caller' : 'address';
    const named = [node.planning, node.person, own].filter((one) => one !== undefined).length;
    if (named === 1) return [];
    return [at(draft, flow, path, `this message names ${named} of planning, person, ${what}`, 'name exactly one')];
  });

export const targets: Rule = (draft) => [...levels(draft), ...hangups(draft), ...messages(draft)];
