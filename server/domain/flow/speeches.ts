// Where a node speaks: every place of a node that holds something to hear, and every text that holds `{values}`.
import type { Node } from './schema.ts';
import type { Piece } from './schema-parts.ts';

export type Speech = { path: string[]; pieces: Piece[]; to: 'caller' | 'person' };

/** What a node can say, with the path of each part inside the node. */
export function speechesOf(node: Node): Speech[] {
  const all: [string[], Piece[] | boolean | undefined, Speech['to']?][] = [];
  if ('say' in node) all.push([['say'], node.say]);
  if (node.kind === 'menu' || node.kind === 'collect') {
    all.push([['no-input', 'say'], node['no-input'].say], [['wrong-input', 'say'], node['wrong-input'].say]);
  }
  if (node.kind === 'collect') all.push([['confirm'], node.confirm]);
  if (node.kind === 'pin') all.push([['wrong'], node.wrong]);
  if (node.kind === 'dial') all.push([['words', 'say'], node.words?.say], [['announce'], node.announce, 'person']);
  return all.flatMap(([path, pieces, to]) => (Array.isArray(pieces) ? [{ path, pieces, to: to ?? 'caller' }] : []));
}

const planningText = ({ planning }: { planning?: string | undefined }) =>
  planning ? [{ path: ['planning'], text: planning }] : [];

/** Texts of a node that are filled in but not spoken, by their path. */
export function filledTexts(node: Node): { path: string[]; text: string }[] {
  if (node.kind === 'look-up') return [{ path: ['key'], text: node.key }];
  if (node.kind === 'sms') return [{ path: ['text'], text: node.text }, ...planningText(node)];
  if (node.kind === 'mail')
    return [{ path: ['subject'], text: node.subject }, { path: ['text'], text: node.text }, ...planningText(node)];
  if (node.kind === 'alert' || node.kind === 'decide') {
    return [{ path: ['reason'], text: node.reason }, ...planningText(node)];
  }
  if (node.kind === 'set') {
    return Object.entries(node.values).flatMap(([name, given]) =>
      typeof given === 'string' ? [{ path: ['values', name], text: given }] : [],
    );
  }
  if (node.kind !== 'dial') return [];
  return node.levels.flatMap((level, i) =>
    level.planning === undefined ? [] : [{ path: ['levels', String(i), 'planning'], text: level.planning }],
  );
}

/** The text of a piece that may hold `{values}`; empty for recordings and pauses. */
export const wordsOf = (piece: Piece): string => ('text' in piece ? piece.text : 'spell' in piece ? piece.spell : '');
