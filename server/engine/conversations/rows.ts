// What comes from an SMS provider, as it stands in the inbox.
import { z } from 'zod';

export const smsRow = z.object({
  from: z.string(),
  to: z.string(),
  text: z.string(),
  at: z.number(),
  reference: z.string().exactOptional(),
});
/** A number, and whether it wrote STOP (or takes it back). */
export const leftRow = z.tuple([z.string(), z.boolean()]);
export const reportRow = z.object({
  id: z.string(),
  delivered: z.boolean(),
  at: z.number(),
  why: z.string().exactOptional(),
});
