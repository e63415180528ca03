// What a flow's order of a message or a ticket looks like in the inbox: it was put there with the call's step, by whichever version of us.
import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const target = z.union([
  z.object({ planning: z.string() }),
  z.object({ person: z.string() }),
  z.object({ number: z.string() }),
]);

export const deliverRow = z.object({
  id: z.string().min(1),
  at: z.number(),
  about: z.object({
    call: z.string(),
    caller: z.string(),
    called: z.string(),
    values: z.record(z.string(), value),
    recording: z.string().exactOptional(),
  }),
  what: z.discriminatedUnion('by', [
    z.object({ by: z.literal('sms'), to: z.union([z.literal('caller'), target]), text: z.string() }),
    z.object({
      by: z.literal('mail'),
      to: z.union([z.object({ address: z.string() }), target]),
      subject: z.string(),
      text: z.string(),
    }),
    z.object({ by: z.literal('ticket'), tool: z.string(), into: z.string().exactOptional() }),
  ]),
});
