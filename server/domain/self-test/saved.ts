// Tests of the line, and what they say of each way and leaf, as they lie on disk. A test needs no timers there: after a restart it is ended,
// and until when it may still be at the door, its beginning says. Pure.
import { z } from 'zod';
import { formatOf, objectIn } from '../../base/saved.ts';
import type { Series, TestRow, Wanted } from './record.ts';
import { wantedOf } from './rows.ts';

const wanted = z.object({ line: z.string().optional(), trunk: z.string().optional(), leaf: z.string().optional() });
const fault = z.looseObject({
  at: z.enum(['way', 'leaf', 'ours']),
  what: z.enum([
    'refused',
    'cut',
    'not-back',
    'disguised',
    'keys-lost',
    'caller-unheard',
    'line-unheard',
    'other-question',
    'elsewhere',
    'nobody',
    'no-leg',
    'unheard-together',
    'too-long',
    'interrupted',
    'not-planned',
  ]),
  detail: z.string().optional(),
});

const row = z.looseObject({
  id: z.string().min(1),
  state: z.enum(['asked', 'running', 'passed', 'missed', 'skipped']),
  wanted,
  askedAt: z.number(),
  line: z.string().optional(),
  trunk: z.string().optional(),
  carrier: z.enum(['asterisk', 'twilio']).optional(),
  leaf: z.string().optional(),
  shows: z.string().optional(),
  startedAt: z.number().optional(),
  answerMs: z.number().optional(),
  endedAt: z.number().optional(),
  call: z.string().optional(),
  fault: fault.optional(),
  story: z.array(z.object({ at: z.number(), text: z.string() })),
});

export const testFormat = formatOf<TestRow>({
  kind: 'self test',
  // 0, before there was a number: the same.
  upgrades: [(saved) => saved],
  shape: row,
  isOf: (test, id) => test.id === id,
});

const series = z.looseObject({
  subject: z.string().min(1),
  kind: z.enum(['way', 'leaf']),
  lastAt: z.number(),
  passed: z.boolean(),
  misses: z.int().min(0),
  fault: fault.optional(),
  answerMs: z.number().optional(),
  alert: z.string().optional(),
});

export const seriesFormat = formatOf<Series>({
  kind: 'series of self tests',
  // 0, before there was a number: the same.
  upgrades: [(saved) => saved],
  shape: series,
  isOf: ({ subject }, id) => subject === id,
});

/** What the next test must be. Where that cannot be read, it is simply the next in turn. */
export const wantedIn = (text: string): Wanted => wantedOf(wanted.safeParse(objectIn(text)).data ?? {});
