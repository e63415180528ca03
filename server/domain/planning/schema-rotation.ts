// A rotation as a planning file says it: whose turn, how long, from when to when, in which hours, and what the team becomes later.
import { z } from 'zod';
import { DAY, HOUR, readTime, readWall, readWeekday, WEEK } from './calendar.ts';
import { ending, id, levelName, quoted, reads, ring, turn } from './schema-parts.ts';
import { readNthDay, readWindow, type Window } from './window.ts';

/** How long a turn is: by the clock, in months, or in days (or nights) on which the rotation's hours begin. */
export type Length = { time: number } | { months: number } | { counted: number };

const lengths: Record<string, number> = { heure: HOUR, hour: HOUR, jour: DAY, day: DAY, semaine: WEEK, week: WEEK };
const counted = /^(?:jours? ouvrés?|working days?|nuits?|nights?|gardes?|dut(?:y|ies))$/;

function readLength(text: string): Length | undefined {
  const [, digits, unit = ''] = /^(\d{1,3}) ?(\p{L}[\p{L} ]*)$/u.exec(text.trim()) ?? [];
  const count = Number(digits);
  if (!count) return undefined;
  if (/^(?:mois|months?)$/.test(unit)) return { months: count };
  if (counted.test(unit)) return { counted: count };
  const time = lengths[unit.replace(/s$/, '')];
  return time === undefined ? undefined : { time: count * time };
}

/** `08:00`, `lundi 08:00`, `premier lundi du mois 08:00`. */
export type Handoff = { weekday?: number; nth?: number; time: number };

function readHandoff(text: string): Handoff | undefined {
  const [, day = '', timeText = ''] = /^(?:(.+?)\s+)?(\S+)$/.exec(text.trim()) ?? [];
  const time = readTime(timeText);
  if (time === undefined || time === DAY) return undefined;
  if (day === '') return { time };
  const nth = readNthDay(day);
  const weekday = nth?.weekday ?? readWeekday(day);
  if (weekday === undefined) return undefined;
  return nth ? { weekday, nth: nth.nth, time } : { weekday, time };
}

const date = (description: string) =>
  reads((text) => (text.length === 10 ? readWall(text) : undefined), ['2026-01-05'], description);

/** The words for a turn of nobody; no person has one of them as an id. */
export const nobodyWords: readonly string[] = ['personne', 'nobody'];

const turns = z
  .array(
    turn.transform((rungs) => (rungs.length === 1 && nobodyWords.includes(rungs.flat().join(' ')) ? [] : rungs)),
    { error: 'expected a list of turns' },
  )
  .min(1, 'this rotation has nobody: add at least one turn')
  .meta({ description: 'Les tours, dans l’ordre ; « personne » est un tour vide' });

/** A window, or the name of a period that stands elsewhere. */
export type WindowText = Window | { period: string };

const windowWanted = ['lundi-vendredi 18:00-08:00', 'vendredi 18:00-lundi 08:00', 'week-end'];
const windowText = reads(
  (text): WindowText | undefined => readWindow(text) ?? (/\d/.test(text) ? undefined : { period: text.trim() }),
  windowWanted,
  'Jours et heures où cette rotation compte, ou le nom d’une période',
);

const laterTeam = z
  .strictObject({
    from: date('Jour du premier relais de la nouvelle équipe'),
    turns: turns.optional(),
    without: z
      .union([id, z.array(id).min(1, 'nobody is named here')])
      .transform((ids) => (Array.isArray(ids) ? ids : [ids]))
      .optional()
      .meta({ description: 'Qui quitte les tours : les autres se suivent, à partir de ce jour' }),
  })
  .refine((given) => (given.turns === undefined) !== (given.without === undefined), {
    error: 'say what changes: either "turns" (a new list) or "without" (who leaves)',
  });

const oneTurn = ({ turns }: { turns?: unknown[] | undefined }): boolean => (turns?.length ?? 1) === 1;

export const rotation = z
  .strictObject({
    name: z.string(quoted('a name')).min(1).meta({ description: 'Nom de la rotation, dit dans les raisons' }),
    turns,
    every: reads(
      readLength,
      ['1 semaine', '2 jours', '12 heures', '1 mois', '1 nuit', '2 jours ouvrés'],
      'Durée d’un tour ; en nuits ou en jours ouvrés, seuls comptent ceux où une période commence',
    ).optional(),
    handoff: reads(readHandoff, ['lundi 08:00', '08:00'], 'Moment où l’on passe le relais').optional(),
    start: date('Jour de la première prise d’astreinte : avant, cette rotation n’a personne'),
    until: ending('Fin : après, cette rotation n’a plus personne').optional(),
    later: z.array(laterTeam).min(1, 'no later team stands here: remove "later"').optional().meta({
      description: 'Changements d’équipe prévus, dans l’ordre des dates ; le passé ne bouge pas',
    }),
    windows: z
      .array(windowText)
      .min(1, 'a rotation without hours is never heard: remove "windows" to have it at all hours')
      .optional(),
    instead: z
      .boolean()
      .default(false)
      .meta({ description: 'Quand elle est active, remplace les rotations écrites en dessous' }),
    level: levelName,
    ring: ring.optional(),
  })
  .refine(({ turns, later, every }) => every !== undefined || [{ turns }, ...(later ?? [])].every(oneTurn), {
    path: ['turns'],
    error:
      'several turns need a length: add every: "1 semaine"; one turn of several people has brackets of its own: [[a, b]]',
  })
  .refine(({ every, windows }) => every === undefined || !('counted' in every) || windows !== undefined, {
    path: ['every'],
    error: 'turns that count nights or working days need their hours: add windows: ["lundi-jeudi 18:00-08:00"]',
  });
