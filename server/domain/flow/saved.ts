// A published set of flows as it lies on disk, for the calls that are pinned to it. Pure.
import { z } from 'zod';
import { formatOf } from '../../base/saved.ts';
import type { FlowSet } from './set.ts';

const shape = z.looseObject({
  version: z.string().min(1),
  lines: z.record(
    z.string(),
    z.looseObject({
      number: z.string(),
      name: z.string(),
      flow: z.string(),
      language: z.string(),
      timezone: z.string(),
      holidays: z.string(),
      show: z.enum(['line', 'caller']),
      wait: z.looseObject({ sound: z.enum(['music', 'ringing']), words: z.array(z.unknown()), every: z.number() }),
    }),
  ),
  lists: z.record(z.string(), z.array(z.string())),
  flows: z.record(
    z.string(),
    z.looseObject({
      id: z.string(),
      name: z.string(),
      language: z.string(),
      start: z.string(),
      tables: z.record(z.string(), z.looseObject({})),
      // What is more of a node, its kind knows: one that it cannot read fails its own call's step, and no other's.
      nodes: z.record(z.string(), z.looseObject({ kind: z.string() })),
    }),
  ),
  values: z.record(z.string(), z.looseObject({ type: z.string(), spelled: z.boolean() })),
});

export const flowSetFormat = formatOf<FlowSet>({
  kind: 'flow set',
  // 0, before there was a number: the same.
  upgrades: [(saved) => saved],
  shape,
  isOf: ({ version }, id) => version === id,
});
