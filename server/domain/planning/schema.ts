// The shape of people.yaml and of a planning file; types are derived from it. Descriptions are French: editors show them to planners.
import { z } from 'zod';
import { readPhone } from '../telephony/numbers.ts';
import { DAY, readWall } from './calendar.ts';
import { absence, writtenChange } from './schema-changes.ts';
import { ending, id, levelName, moment, quoted, reads, ring, turn } from './schema-parts.ts';
import { rotation } from './schema-rotation.ts';
import { readHours, type Window } from './window.ts';

/** YAML reads 0612345678 as a number and drops its zero: only quotes keep a telephone number whole. */
function unquotedPhone(input: unknown): string {
  const read = typeof input === 'number' && input < 1e6 ? readPhone(String(input)) : undefined;
  return read && 'refused' in read ? read.refused : 'a telephone number stands in quotes: "06 12 34 56 78"';
}

const phone = (description: string) =>
  z
    .string({ error: ({ input }) => unquotedPhone(input) })
    .meta({ description, examples: ['06 12 34 56 78', '+33 6 12 34 56 78'] })
    .transform((text, context) => {
      const read = readPhone(text);
      if ('e164' in read) return read.e164;
      context.addIssue({ code: 'custom', message: read.refused });
      return z.NEVER;
    });

const person = z
  .strictObject({
    name: z.string(quoted('a name')).min(1).meta({ description: 'Nom affiché et annoncé' }),
    phones: z
      .array(phone('Un numéro de téléphone'), {
        error: (issue) =>
          issue.input === undefined
            ? 'this person has no telephone: add phones: ["06 …"]'
            : 'expected a list of telephone numbers',
      })
      .min(1, 'this person has no telephone: add at least one number')
      .meta({ description: 'Téléphones, dans l’ordre où on les essaie' }),
    sms: phone('Numéro qui reçoit les SMS').optional(),
    email: z.email('is not an e-mail address').optional(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'expected a language such as fr, en or fr-CA')
      .default('fr')
      .meta({ description: 'Langue dans laquelle on lui parle' }),
    colour: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as "#3366cc"')
      .optional()
      .meta({ description: 'Couleur dans les plannings' }),
    maxCalls: z.int().min(1).max(1000).default(1).meta({ description: 'Appels pris en même temps, au plus' }),
    ringSeconds: z.int().min(5).max(120).optional().meta({ description: 'Durée de sonnerie, en secondes' }),
    skills: z.array(z.string().min(1)).default([]).meta({ description: 'Compétences' }),
    absences: z.array(absence).default([]).meta({ description: 'Absences, sur tous les plannings' }),
    pin: z
      .string(quoted('an argon2 hash'))
      .regex(/^\$argon2id\$/, 'expected an argon2id hash ("$argon2id$…": vigie pin makes it), never the PIN itself')
      .optional()
      .meta({ description: 'Empreinte argon2 du code personnel' }),
  })
  .meta({ description: 'Une personne que la ligne peut appeler' });

/** people.yaml: id → person. */
export const peopleSchema = z
  .record(id, person, { error: ({ input }) => (input === null ? 'this file is empty' : undefined) })
  .meta({ title: 'Vigie : les personnes' });

const yearly = reads(
  (text) => (readWall(text.length === 5 ? `2000-${text}` : text) === undefined ? undefined : text),
  ['2026-12-24', '12-24'],
  'Un jour',
);

const holidays = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'expected a country such as FR')
      .default('FR'),
    region: z
      .string(quoted('a region such as "57"'))
      .optional()
      .meta({ description: 'Région : "57", "67", "68", GP, MQ, RE…' }),
    hours: reads(readHours, ['00:00-24:00', '08:00-08:00'], 'Heures du jour férié').default({ from: 0, until: DAY }),
    except: z.array(z.string()).default([]).meta({ description: 'Jours fériés travaillés, par leur nom' }),
    also: z.record(yearly, z.string().min(1)).default({}).meta({ description: 'Jours ajoutés : date et nom' }),
    people: turn.optional(),
    rotation: z
      .union([z.string(), z.array(z.string()).min(1, 'no rotation is named here')])
      .transform((names) => (Array.isArray(names) ? names : [names]))
      .optional()
      .meta({ description: 'Rotation (ou liste : une par niveau) qui tient ces jours-là, à toute heure' }),
    level: levelName,
    ring: ring.optional(),
  })
  .refine((given) => given.people === undefined || given.rotation === undefined, {
    error: 'say who is on call on holidays once: either "people" or "rotation"',
  });

const shift = z
  .strictObject({
    from: moment('Début'),
    until: ending('Fin'),
    people: turn,
    level: levelName,
    why: z.string().optional().meta({ description: 'Raison, montrée à tous' }),
    ring: ring.optional(),
  })
  .refine((given) => !(given.until <= given.from), { path: ['until'], error: 'this shift ends before it begins' });

const level = z
  .union([
    z
      .string()
      .min(1)
      .transform((name) => ({ name, ring: undefined })),
    z.strictObject({ name: z.string(quoted('a name')).min(1), ring: ring.optional() }),
  ])
  .meta({ description: 'Un niveau : son nom, et s’il le faut sa sonnerie' });

/** One planning file; its id is the file's name. */
export const planningSchema = z
  .strictObject({
    name: z.string(quoted('a name')).min(1).meta({ description: 'Nom du planning' }),
    zone: z.string().default('Europe/Paris').meta({ description: 'Fuseau horaire' }),
    ring: ring.optional(),
    levels: z
      .array(level)
      .min(1, 'a planning has at least one level: remove "levels" to have it made from the rotations')
      .optional()
      .meta({ description: 'Niveaux, dans l’ordre d’appel : astreinte, renfort, cadre…' }),
    rotations: z
      .array(rotation)
      .default([])
      .meta({ description: 'Rotations ; plusieurs actives ensemble s’ajoutent, dans cet ordre' }),
    holidays: holidays.optional(),
    shifts: z.array(shift).default([]).meta({ description: 'Gardes datées : passent avant jours fériés et rotations' }),
    changes: z
      .array(writtenChange)
      .default([])
      .meta({ description: 'Changements datés, posés sur tout le reste, dans cet ordre' }),
  })
  .refine((given) => given.rotations.length + given.shifts.length > 0, {
    error: 'this planning has nobody: add "rotations" or "shifts"',
  })
  .meta({ title: 'Vigie : un planning d’astreinte' });

export type RingMode = z.output<typeof ring>;
export type Person = z.output<typeof person> & { id: string };
/** As a file says it: its windows may still be names of periods. */
export type WrittenPlanning = z.output<typeof planningSchema>;
export type WrittenRotation = z.output<typeof rotation>;
export type Rotation = Omit<WrittenRotation, 'windows'> & { windows?: Window[] };
export type HolidayRule = z.output<typeof holidays>;
export type Shift = z.output<typeof shift>;
export type Planning = Omit<WrittenPlanning, 'rotations'> & { id: string; rotations: Rotation[] };

/** Everything the plannings folder says, checked, frozen, and named by its content. */
export type PlanningSet = {
  /** 12 hexadecimal digits of the files' content. */
  readonly version: string;
  readonly people: ReadonlyMap<string, Person>;
  readonly plannings: ReadonlyMap<string, Planning>;
};
