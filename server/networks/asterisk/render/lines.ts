// What the dialplan writes down: JSON, a line for each thing that happened.
import type { z } from 'zod';

/** A line that was cut short, or is of another shape, is passed over. */
export const linesOf = <T>(text: string, schema: z.ZodType<T>): T[] =>
  text.split('\n').flatMap((line) => {
    try {
      const read = schema.safeParse(JSON.parse(line));
      return read.success ? [read.data] : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
