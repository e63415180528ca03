// The grammar of dial.
import { z } from 'zod';
import { strategies, strategyNames } from '../../../hunt/strategies/index.ts';
import { count, phone, seconds, speech } from '../../schema-parts.ts';
import { exits, next, person, planning, wait } from '../common/grammar.ts';

const level = z.strictObject({
  /** The name of a planning, or `{value}` looked up in a table. */
  planning,
  person,
  number: phone.optional(),
  strategy: z
    .enum(strategyNames)
    .optional()
    .describe(['Comme le dit le planning.', ...strategies.map(({ name, about }) => `${name}: ${about}`)].join('\n')),
  rounds: count(1, 10).default(1),
  ring: seconds(5, 120).default(25),
});
export type LevelNode = z.output<typeof level>;

export const schema = z.strictObject({
  kind: z.literal('dial'),
  levels: z.array(level).min(1, 'expected at least one level'),
  'total-wait': seconds(10, 3600).default(180),
  wait,
  words: z.strictObject({ say: speech, every: seconds(5, 120).default(15) }).optional(),
  /** Told to the person rung, after who calls. */
  announce: speech.optional(),
  /** Seconds the person has to press 1. */
  confirm: seconds(3, 60).default(10),
  show: z.enum(['line', 'caller']).optional(),
  exits: z.strictObject({ ...exits, 'empty-planning': next }),
});
export type Dial = z.output<typeof schema>;
