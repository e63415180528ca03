// Dial: people are sought, level after level, until one of them takes the call with a key.
import type { Draft } from '../../draft.ts';
import { at, type Finding, type Spot } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { dialling, sought } from '../common/dialling.ts';
import { speech } from '../common/speech.ts';
import { type Dial, type LevelNode, schema } from './schema.ts';
import { dialSpec } from './spec.ts';
import { dialWords } from './words.ts';

export const dial = nodeKind({
  schema,
  about: 'Cherche les personnes d’astreinte, niveau par niveau, jusqu’à ce que l’une d’elles prenne l’appel.',
  ...dialling(dialSpec),
  normal: (node, numbers) => ({
    ...node,
    levels: node.levels.map((level, i) =>
      level.number === undefined ? level : { ...level, number: numbers.target(level.number, 'levels', i, 'number') },
    ),
  }),
  speeches: ({ words, announce }) => [...speech(['words', 'say'], words?.say), ...speech(['announce'], announce)],
  texts: ({ levels }) =>
    levels.flatMap(({ planning }, i) =>
      planning === undefined ? [] : [{ path: ['levels', String(i), 'planning'], text: planning }],
    ),
  asked: ({ levels }) =>
    levels.map(({ planning, person, number }, i) => ({ planning, person, number, path: ['levels', String(i)] })),
  lastResort: ({ levels }) => levels,
  sayings: (_node, { lines }) =>
    lines.flatMap((language) => Object.values(dialWords(language)).map((text) => ({ text, language }))),
  check: (spot, draft) =>
    spot.node.levels.flatMap((level, i) => [...oneTarget(draft, spot, level, i), ...twoModes(draft, spot, level, i)]),
  arrived: sought,
});

/** A flow's own word counts; a planning that says something else is shown as something that is not dialled. */
function twoModes(draft: Draft, { flow, path }: Spot<Dial>, { planning, strategy }: LevelNode, i: number): Finding[] {
  if (strategy === undefined) return [];
  return planningsIn(draft, planning).flatMap((id) => {
    const said = [...(draft.known.rings?.get(id) ?? [])].filter((mode) => mode !== strategy);
    if (said.length === 0) return [];
    const modes = said.map((mode) => `"${mode}"`).join(', ');
    const message = `"${strategy}" counts here, although the planning "${id}" says ${modes}`;
    const hint = 'remove "strategy" to ring as the planning says, or "ring" there';
    return [at(draft, flow, [...path, 'levels', i, 'strategy'], message, hint, 'warning')];
  });
}

/** A planning by its name, or every one that a value may name. */
function planningsIn(draft: Draft, text: string | undefined): readonly string[] {
  const value = /^\{(\w+)\}$/.exec(text ?? '')?.[1];
  if (value !== undefined) return draft.set.values[value]?.texts ?? [];
  return text === undefined ? [] : [text];
}

function oneTarget(
  draft: Draft,
  { flow, path }: Spot<Dial>,
  { planning, person, number }: LevelNode,
  i: number,
): Finding[] {
  const named = [planning, person, number].filter((one) => one !== undefined).length;
  if (named === 1) return [];
  const message = `a level names ${named} of planning, person, number`;
  return [at(draft, flow, [...path, 'levels', i], message, 'name exactly one')];
}
