// An HTTP service as a look-up table: one GET with a deadline, and an answer that is not believed before it is checked.

import { z } from 'zod';
import { causeOf, isTimeout } from '../../base/errors.ts';
import type { ValueType } from '../../domain/flow/schema-parts.ts';
import type { HttpTable } from '../../domain/flow/schema-table.ts';
import type { Values } from '../../domain/telephony/names.ts';

/** More than any row needs: a service that sends a whole page is not a table. */
const mostBytes = 64 * 1024;

const cell: Record<ValueType, z.ZodType<string | number | boolean>> = {
  text: z.union([z.string().max(1000), z.number().transform(String)]),
  number: z.number(),
  'yes-no': z.boolean(),
};

const rowOf = (table: HttpTable) =>
  z.object(Object.fromEntries(Object.entries(table.columns).map(([name, type]) => [name, cell[type]])));

/**
 * Asks for a key: 404 is "no such row", a JSON object with the declared columns is the row.
 * @throws Error in one sentence for everything else: no answer in time, another status, an answer of another form
 */
export async function askHttp(
  table: HttpTable,
  key: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Values | null> {
  if (key === '' || /^\.+$/.test(key)) return null;
  const address = table.http.replace('{key}', () => encodeURIComponent(key));
  const signal = AbortSignal.timeout(table.deadline * 1000);
  const response = await fetch(address, { headers: headersOf(table, env), signal, redirect: 'error' }).catch(
    (error) => {
      throw new Error(reason(error, table));
    },
  );
  if (response.status === 404) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the service answered ${response.status}`);
  }
  const parsed = rowOf(table).safeParse(await json(response, table));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`the service's answer has no usable "${issue?.path.join('.') ?? ''}"`);
}

function reason(error: unknown, table: HttpTable): string {
  if (isTimeout(error)) return `the service did not answer within ${table.deadline} s`;
  return `the service cannot be reached: ${causeOf(error)}`;
}

/** The body as JSON, read no further than the limit. */
async function json(response: Response, table: HttpTable): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > mostBytes) throw new Error(`the service's answer is longer than ${mostBytes} bytes`);
      parts.push(part);
    }
  } catch (error) {
    throw bytes > mostBytes ? error : new Error(reason(error, table));
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Error("the service's answer is not JSON");
  }
}

function headersOf(table: HttpTable, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(table.headers).map(([name, variable]) => {
    const value = env[variable];
    if (value === undefined) throw new Error(`the environment variable ${variable} is not set`);
    return [name, value];
  });
  return { accept: 'application/json', ...Object.fromEntries(entries) };
}
