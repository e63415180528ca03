// Who must hear of an urgency, how, and how long the line waits before it goes on: the grammar of alert-policies.yaml.
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[\p{L}0-9][\p{L}0-9_-]{0,63}$/u, 'expected a name made of letters, digits, "-" or "_"')
  .refine((text) => !(text in Object.prototype), 'this name is taken; choose another');
const minutes = (most: number) =>
  z.number(`expected minutes`).min(0.1, 'expected at least 0.1 minutes').max(most, `expected at most ${most} minutes`);
const channel = z.enum(['sms', 'call', 'mail']);

const level = z.strictObject({
  /** Exactly one of these. `raised: true`: whoever the flow's alert node named. */
  raised: z.literal(true).optional(),
  planning: z.string().min(1).optional(),
  person: name.optional(),
  number: z.string().min(1).optional(),
  /** In order: the next is taken when one fails (no address, not delivered, nobody answers). */
  by: z.array(channel).min(1, 'expected at least one of sms, call, mail').default(['sms', 'call']),
  /** Sent besides, once a round. */
  also: z.array(channel).default([]),
  /** `all`: everybody at once; `first`: one person, the next one when they say no or cannot be reached. */
  people: z.enum(['first', 'all']).default('first'),
  /** Minutes between two reminders. */
  every: minutes(1440).default(5),
  /** Climbs after so many reminders, or after so many minutes: whichever comes first. Three reminders unless said otherwise. */
  reminders: z.int().min(0).max(100).optional(),
  after: minutes(10_080).optional(),
});

const policy = z.strictObject({
  name: z.string().min(1).optional(),
  levels: z.array(level).min(1, 'expected at least one level'),
  /** The last level repeats for ever, unless it is told to stop. */
  last: z.enum(['repeat', 'stop']).default('repeat'),
  /** Minutes without a delivery report after which an SMS counts as lost. */
  delivery: minutes(60).default(2),
  /** Minutes after which a confirmed alert that is not resolved comes back; `never`. */
  resolve: z.union([z.literal('never'), minutes(10_080)]).default(240),
});

export const policiesSchema = z.strictObject({
  /** For alerts that name no policy. */
  default: name,
  /** For a message left where no alert was raised: a policy, or `none`. */
  message: name.optional(),
  /** For what concerns the line itself (a technician who wrote STOP); the default one when left out. */
  planner: name.optional(),
  policies: z.record(name, policy),
  /** `code`: an SMS confirms, declines or closes with the code of its notice; a word alone is noted, and asked back. `word`: it is enough. */
  answers: z.enum(['code', 'word']).default('code'),
});

export type AlertChannel = z.output<typeof channel>;
export type WrittenPolicies = z.output<typeof policiesSchema>;
export type WrittenLevel = z.output<typeof level>;

/** Who is asked for. The same words as elsewhere in the house; this room imports nothing but the base. */
export type Whom = { planning: string } | { person: string } | { number: string };
/** Whoever is on call anywhere; without anybody on call, everybody there is. */
export type Everybody = { everybody: true };
/** One rung of the ladder; times in ms. */
export type AlertLevel = {
  whom: Whom | 'raised';
  by: AlertChannel[];
  also: AlertChannel[];
  people: 'first' | 'all';
  everyMs: number;
  reminders: number | null;
  afterMs: number | null;
};
export type Policy = {
  id: string;
  name: string;
  levels: AlertLevel[];
  last: 'repeat' | 'stop';
  deliveryMs: number;
  resolveMs: number | null;
};
export type PolicySet = {
  default: string;
  message: string | null;
  planner: string | null;
  policies: Record<string, Policy>;
  answers: 'code' | 'word';
};

const minute = 60_000;

const usual: Policy = {
  id: 'usual',
  name: 'usual',
  levels: [
    {
      whom: 'raised',
      by: ['sms', 'call', 'mail'],
      also: [],
      people: 'first',
      everyMs: 5 * minute,
      reminders: null,
      afterMs: null,
    },
  ],
  last: 'repeat',
  deliveryMs: 2 * minute,
  resolveMs: 240 * minute,
};

/** What holds while nobody has written a file: whoever the flow named, by SMS then call, for ever. */
export const usualPolicies: PolicySet = {
  default: 'usual',
  message: null,
  planner: null,
  answers: 'code',
  policies: {
    usual,
  },
};

/** Does it reach somebody by itself, whatever the alert names? */
export const reaches = ({ levels }: Policy): boolean => levels.some(({ whom }) => whom !== 'raised');

/** The policy of that name, or the default one: an alert is never lost for a name. */
export function policyNamed(set: PolicySet, name: string | undefined): Policy {
  const named = name !== undefined && Object.hasOwn(set.policies, name) ? set.policies[name] : undefined;
  return named ?? set.policies[set.default] ?? usual;
}

export const levelOf = (written: WrittenLevel): AlertLevel => ({
  whom: whomOf(written),
  by: written.by,
  also: written.also,
  people: written.people,
  everyMs: written.every * minute,
  reminders: written.reminders ?? (written.after === undefined ? 3 : null),
  afterMs: written.after === undefined ? null : written.after * minute,
});

function whomOf({ planning, person, number }: WrittenLevel): Whom | 'raised' {
  if (planning !== undefined) return { planning };
  if (person !== undefined) return { person };
  return number === undefined ? 'raised' : { number };
}

export const policyOf = (id: string, written: WrittenPolicies['policies'][string]): Policy => ({
  id,
  name: written.name ?? id,
  levels: written.levels.map(levelOf),
  last: written.last,
  deliveryMs: written.delivery * minute,
  resolveMs: written.resolve === 'never' ? null : written.resolve * minute,
});
