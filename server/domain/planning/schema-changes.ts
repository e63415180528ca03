// Dated changes as a planning file says them. Their kinds are the planner's words, with or without accents, or the English ones.
import { z } from 'zod';
import { didYouMean } from '../../base/nearest.ts';
import { ending, id, levelName, moment, turn } from './schema-parts.ts';

const why = z.string().min(1).max(200).optional().meta({ description: 'Raison, montrée à tous' });
const author = z.string().min(1).max(100).optional().meta({ description: 'Qui l’a décidé' });
const period = { from: moment('Début'), until: ending('Fin'), why, author };
const onLevel = { ...period, level: levelName };
const endsEarly = { path: ['until'], error: 'it ends before it begins' };
const twoCovers = { path: ['next'], error: 'say who steps in once: "by" or "next"' };
const kind = <const T extends [string, ...string[]]>(...words: T) => z.literal(words);
const someone = (description: string) => id.meta({ description });

const cover = {
  by: someone('Qui la remplace').optional(),
  next: z.boolean().optional().meta({ description: 'La personne du tour suivant la remplace' }),
};

/** One absence of a person, wherever they would be on call. */
export const absence = z
  .strictObject({ ...period, ...cover })
  .refine(inOrder, endsEarly)
  .refine(oneCover, twoCovers);

const kinds = [
  z.strictObject({
    kind: kind('remplacement', 'replacement'),
    ...onLevel,
    person: someone('Qui n’est pas là'),
    by: someone('Qui vient à sa place, chaque fois'),
  }),
  z.strictObject({ kind: kind('absence'), ...period, person: someone('Qui est absent'), ...cover }),
  z.strictObject({ kind: kind('renfort', 'reinforcement'), ...onLevel, people: turn }),
  z.strictObject({ kind: kind('personne', 'closing'), ...onLevel }),
  z.strictObject({ kind: kind('prise', 'taking'), ...onLevel, person: someone('Qui prend l’astreinte') }),
  z.strictObject({ kind: kind('changement', 'override'), ...onLevel, people: turn }),
  z.strictObject({
    kind: kind('échange', 'echange', 'swap'),
    person: someone('Qui donne son astreinte'),
    duty: moment('Un instant de cette astreinte'),
    with: someone('Avec qui'),
    for: moment('Un instant de l’astreinte donnée en retour'),
    why,
    author,
  }),
] as const;

/** The words for a kind of change; the first is the one that Vigie says. */
export const kindWords: readonly string[] = kinds.flatMap(({ shape }) => [...shape.kind.values]);

const unknownKind = (given: unknown): string => {
  const hint = didYouMean(String(given), kindWords) ?? `expected ${kindWords.join(', ')}`;
  return given === undefined ? `say which kind: ${kindWords.join(', ')}` : `there is no change "${given}"; ${hint}`;
};

export const writtenChange = z
  .discriminatedUnion('kind', kinds, {
    error: ({ code, input }) =>
      code === 'invalid_union' ? unknownKind((input as { kind?: unknown } | undefined)?.kind) : undefined,
  })
  .refine((one) => !('from' in one) || inOrder(one), endsEarly)
  .refine((one) => one.kind !== 'absence' || oneCover(one), twoCovers)
  .meta({ description: 'Un changement daté' });
export type WrittenChange = z.output<typeof writtenChange>;
export type WrittenAbsence = z.output<typeof absence>;

function inOrder({ from, until }: { from: number; until: number }): boolean {
  return from < until;
}

function oneCover({ by, next }: { by?: string | undefined; next?: boolean | undefined }): boolean {
  return by === undefined || next !== true;
}
