// Everything a set can say, so that it is rendered when the set is published and never during a call.
import type { Prompt } from '../telephony/prompt.ts';
import type { Piece } from './schema-parts.ts';
import type { Flow, FlowSet } from './set.ts';
import { speechesOf } from './speeches.ts';
import { spoken } from './spoken.ts';
import { namesIn, split } from './template.ts';
import { strangerFlow, wordsIn } from './words.ts';

/** Letters and digits that a caller's number or keyed digits can hold, spelled once so that each piece is made. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*#';
const spellable = (language: string): Prompt => ({ kind: 'spell', characters: alphabet, language });

/**
 * Every prompt that calls of this set can hear, without repetition: texts cut where values stand, each text that a value
 * of a file (menu, set, CSV column) can be, and the letters of each language. Values of other sources are `live` in a call.
 */
export function promptsOf(set: FlowSet): Prompt[] {
  const flows = [...Object.values(set.flows), strangerFlow];
  const all = [
    ...flows.flatMap((flow) => ofFlow(set, flow)),
    ...Object.values(set.lines).flatMap((line) => ofLine(set, line)),
  ];
  return [...new Map(all.map((prompt) => [JSON.stringify(prompt), prompt])).values()];
}

const ofFlow = (set: FlowSet, flow: Flow): Prompt[] => {
  const nodes = Object.values(flow.nodes);
  const said = nodes.flatMap((node) => speechesOf(node).flatMap(({ pieces }) => pieces));
  const readBack = nodes.some((node) => node.kind === 'collect' && node.confirm === true);
  const offers = nodes.some((node) => node.kind === 'call-log' || node.kind === 'take-duty');
  const { keys, offerEnd, hiddenLogged, barredCaller } = wordsIn(flow.language);
  const offered = [...keys, offerEnd, hiddenLogged, barredCaller];
  return [
    spellable(flow.language),
    ...said.flatMap((piece) => ofPiece(set, piece, flow.language)),
    ...(offers ? offered.flatMap((text) => spoken(text, flow.language)) : []),
    ...(readBack ? wordsIn(flow.language).confirmDigits.flatMap((text) => spoken(text, flow.language)) : []),
  ];
};

function ofLine(set: FlowSet, line: FlowSet['lines'][string]): Prompt[] {
  const { callFrom, hiddenCaller, onLine, question, taken } = wordsIn(line.language);
  const own = [callFrom, hiddenCaller, onLine, question, taken].map((text): Piece => ({ text }));
  return [
    spellable(line.language),
    ...[...own, ...line.wait.words].flatMap((piece) => ofPiece(set, piece, line.language)),
  ];
}

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
