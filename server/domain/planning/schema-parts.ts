// What the files of plannings have in common: times, ids and levels, each refused with an example of what is meant.
import { z } from 'zod';
import { DAY, isoDate, readWall, type Wall } from './calendar.ts';

export const quoted = (wanted: string) => ({
  error: (issue: { input?: unknown }) =>
    issue.input === undefined ? `${wanted} is missing` : `expected ${wanted}; a number must stand in quotes`,
});

/** A string read by `reader`; what it cannot read is refused with examples of what it can. */
export const reads = <T>(reader: (text: string) => T | undefined, examples: string[], description: string) => {
  const wanted = examples.map((example) => `"${example}"`).join(' or ');
  return z
    .string(quoted(wanted))
    .meta({ description, examples })
    .transform((text, context) => {
      const value = reader(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `"${text}" cannot be read; write ${wanted}` });
      return z.NEVER;
    });
};

const badId = 'an id has small letters without accents, digits, "-" and "_", as in "lea-martin"';
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*$/, badId)
  .meta({ description: 'Identifiant : minuscules sans accent, chiffres, tirets' });

export const levelName = z
  .string(quoted('the name of a level'))
  .min(1)
  .optional()
  .meta({ description: 'Niveau concerné ; le premier, si rien n’est dit' });

export const moment = (description: string) => reads(readWall, ['2026-12-24 18:00'], description);

/** An end as people write it, as a wall time: a day alone is the whole of that day. Undefined when it is none. */
export function readEnd(text: string): Wall | undefined {
  const wall = readWall(text);
  const dayAlone = /^\d{4}-\d\d-\d\d$/.test(text.trim());
  return wall !== undefined && dayAlone ? wall + DAY : wall;
}

/**
 * An end. `2026-08-24` is the whole of the 24th. It used to be its first instant, which some may still mean: for this version that instant is
 * refused where it is spelt out, so that nobody's duty is moved by a day unseen.
 */
export const ending = (description: string) => {
  const examples = ['2026-12-25 08:00', '2026-12-25'];
  const wanted = '"2026-12-25 08:00" or "2026-12-25"';
  return z
    .string(quoted(wanted))
    .meta({ description: `${description} ; un jour seul compte en entier`, examples })
    .transform((text, context) => {
      const wall = readEnd(text);
      const [, day] = /^(\d{4}-\d\d-\d\d)[ T]00:00$/.exec(text.trim()) ?? [];
      if (wall !== undefined && day === undefined) return wall;
      const message =
        wall === undefined || day === undefined
          ? `"${text}" cannot be read; write ${wanted}`
          : `"${text}" is before that day begins; write ${day} for the whole of it, or ${isoDate(wall - DAY)} for the whole of the day before`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
};

export const ring = z.enum(['sequential', 'parallel', 'waves', 'rotating', 'longest-idle']).meta({
  description: 'Sonnerie : l’un après l’autre, tous ensemble, par vagues, à tour de rôle, le moins sollicité d’abord',
});

const rung = z.union([id, z.array(id).min(1, 'nobody is named here')]);
/** One person, or an ordered list in which a nested list rings together. */
export const turn = z
  .union([id, z.array(rung).min(1, 'nobody is named here')])
  .transform((who): string[][] => (Array.isArray(who) ? who : [who]).map((one) => (Array.isArray(one) ? one : [one])))
  .meta({ description: 'Une personne, ou une liste dans l’ordre d’appel ; une liste dans la liste sonne ensemble' });
