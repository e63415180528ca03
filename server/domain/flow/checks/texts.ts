// What is said: every value in a text exists, can be spoken and is set by then; every recording is there.
import { didYouMean } from '../../../base/nearest.ts';
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, oneOf, type Rule, type Spot } from '../finding.ts';
import { kindOf } from '../nodes/index.ts';
import type { Piece } from '../schema-parts.ts';
import { wordsOf } from '../speech-words.ts';
import { builtIn, namesIn, strayBrace } from '../template.ts';

function names(draft: Draft, spot: Spot, path: PropertyKey[], text: string): Finding[] {
  const there = [...Object.keys(draft.set.values), ...builtIn];
  const stray = strayBrace(text)
    ? [at(draft, spot.flow, path, 'a brace that encloses no value', 'write "{name}", with a small first letter')]
    : [];
  const unknown = namesIn(text)
    .filter((name) => !there.includes(name))
    .map((name) => at(draft, spot.flow, path, `there is no value "${name}", ${oneOf(there)}`, didYouMean(name, there)));
  return [...stray, ...unknown];
}

const audible = /[\p{L}\p{N}]/u;

function piece(draft: Draft, spot: Spot, path: PropertyKey[], one: Piece): Finding[] {
  if ('pause' in one) return [];
  if ('file' in one) return recording(draft, spot, path, one.file);
  const text = wordsOf(one);
  const mute = namesIn(text).filter((name) => draft.set.values[name]?.type === 'yes-no');
  return [
    ...names(draft, spot, path, text),
    ...(audible.test(text) ? [] : [at(draft, spot.flow, path, `"${text}" cannot be spoken`, 'write words')]),
    ...mute.map((name) =>
      at(draft, spot.flow, path, `"{${name}}" is yes or no and cannot be spoken`, 'use a switch with two prompts'),
    ),
  ];
}

function recording(draft: Draft, spot: Spot, path: PropertyKey[], file: string): Finding[] {
  const { recordings } = draft.known;
  const there = [...(recordings?.files ?? [])];
  // Known ones had their folder put before them when the file was read.
  if (there.some((name) => file === `${recordings?.folder}/${name}`)) return [];
  return [at(draft, spot.flow, path, `there is no recording "${file}", ${oneOf(there)}`, didYouMean(file, there))];
}

export const texts: Rule = (draft) =>
  nodesOf(draft).flatMap((spot) => {
    const { node, path: place } = spot;
    const { speeches, texts: filled } = kindOf(node);
    return [
      ...(speeches?.(node) ?? []).flatMap(({ path, pieces }) =>
        pieces.flatMap((one, i) => piece(draft, spot, [...place, ...path, i], one)),
      ),
      ...(filled?.(node) ?? []).flatMap(({ path, text }) => names(draft, spot, [...place, ...path], text)),
    ];
  });
