// Everything a set can say, so that it is rendered when the set is published and never during a call.
import type { Prompt } from '../telephony/prompt.ts';
import { kindOf } from './nodes/index.ts';
import { strangerFlow } from './own-flows.ts';
import type { Piece } from './schema-parts.ts';
import type { Flow, FlowNode, FlowSet, Line } from './set.ts';
import { spoken } from './spoken.ts';
import { namesIn, split } from './template.ts';

/** Letters and digits that a caller's number or keyed digits can hold, spelled once so that each piece is made. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*#';
const spellable = (language: string): Prompt => ({ kind: 'spell', characters: alphabet, language });

/**
 * Every prompt that calls of this set can hear, without repetition: texts cut where values stand, each text that a value
 * of a file (menu, set, CSV column) can be, and the letters of each language. Values of other sources are `live` in a call.
 */
export function promptsOf(set: FlowSet): Prompt[] {
  const lines = Object.values(set.lines);
  const languages = [...new Set(lines.map(({ language }) => language))];
  const all = [
    ...[...Object.values(set.flows), strangerFlow].flatMap((flow) => ofFlow(set, flow, languages)),
    ...lines.flatMap((line) => ofLine(set, line)),
  ];
  return [...new Map(all.map((prompt) => [JSON.stringify(prompt), prompt])).values()];
}

const ofFlow = (set: FlowSet, flow: Flow, lines: readonly string[]): Prompt[] => {
  const pieces = Object.values(flow.nodes).flatMap((node) => piecesOf(node, flow.language, lines));
  return [spellable(flow.language), ...pieces.flatMap((piece) => ofPiece(set, piece, flow.language))];
};

function piecesOf(node: FlowNode, flow: string, lines: readonly string[]): Piece[] {
  const kind = kindOf(node);
  const written = kind.speeches?.(node).flatMap(({ pieces }) => pieces) ?? [];
  return [...written, ...(kind.sayings?.(node, { flow, lines }) ?? [])];
}

const ofLine = (set: FlowSet, { language, wait }: Line): Prompt[] => [
  spellable(language),
  ...wait.words.flatMap((piece) => ofPiece(set, piece, language)),
];

function ofPiece(set: FlowSet, piece: Piece, language: string): Prompt[] {
  if ('pause' in piece) return [];
  if ('file' in piece) return [{ kind: 'file', path: piece.file }];
  const tongue = piece.language ?? language;
  if ('spell' in piece) return [spellable(tongue)];
  const fixed = split(piece.text).filter((_, i) => i % 2 === 0);
  return [...fixed, ...namesIn(piece.text).flatMap((name) => textsOf(set, name))].flatMap((text) =>
    spoken(text, tongue),
  );
}

const textsOf = (set: FlowSet, name: string): string[] => {
  if (name === 'line') return Object.values(set.lines).map((line) => line.name);
  const info = set.values[name];
  return info && !info.spelled ? (info.texts ?? []) : [];
};
