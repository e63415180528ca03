// What other programs and rooms put into the inbox for the alerts, as it is read there: by whichever version of us wrote it.
import { z } from 'zod';

const way = z.enum(['sms', 'key', 'link', 'command', 'api', 'ticket']);
const who = z.object({ person: z.string().exactOptional(), name: z.string() });
const contact = z.object({
  person: z.string(),
  name: z.string(),
  language: z.string(),
  phones: z.array(z.string()),
  sms: z.string().exactOptional(),
  email: z.string().exactOptional(),
});
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const about = z.object({
  call: z.string().exactOptional(),
  caller: z.string().exactOptional(),
  called: z.string().exactOptional(),
  line: z.string().exactOptional(),
  recording: z.string().exactOptional(),
  values: z.record(z.string(), value).exactOptional(),
});
const whom = z.union([
  z.object({ planning: z.string() }),
  z.object({ person: z.string() }),
  z.object({ number: z.string() }),
]);

export const raiseRow = z.object({
  id: z.string().min(1),
  at: z.number(),
  reason: z.string(),
  call: z.string().exactOptional(),
  target: whom.exactOptional(),
  policy: z.string().exactOptional(),
  about: about.exactOptional(),
  notBefore: z.number().exactOptional(),
});

export const saidRow = z.object({
  alert: z.string(),
  said: z.discriminatedUnion('type', [
    z.object({ type: z.literal('declined'), who, by: way, unsure: z.literal(true).exactOptional() }),
    z.object({ type: z.literal('answered'), who, by: way, note: z.string() }),
    z.object({ type: z.literal('taken'), who, by: way, over: z.literal(true).exactOptional() }),
    z.object({ type: z.literal('handed'), who, to: contact, by: way }),
    z.object({ type: z.literal('closed'), who, by: way, note: z.string().exactOptional() }),
    z.object({ type: z.literal('learned'), about }),
  ]),
});
