// What the grammars of messages.yaml share.
import { z } from 'zod';

export const name = z
  .string()
  .regex(/^[\p{L}0-9][\p{L}0-9_-]{0,63}$/u, 'expected a name made of letters, digits, "-" or "_"');
export const envName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'expected the NAME of an environment variable, never the secret itself');

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
