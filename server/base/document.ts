// A YAML text checked by a zod schema: either a value, or problems with file:line:column and a hint.

import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf } from './errors.ts';
import { bad, good, type Place, type Problem, type Result } from './result.ts';

/** Finds the place of a path ("people", 3, "phones") in the text it was read from. */
export type Locate = (path: readonly PropertyKey[], on?: 'key' | 'value') => Place;

/** A checked document: its value, and where each part of it stands (for cross-reference checks later). */
export type Checked<T> = { value: T; locate: Locate };

/**
 * Parses `text` (named `file` in problems) as YAML 1.2 and checks it. Unknown keys are problems when the schema is strict.
 * @param wording the words of a schema's issues, where zod's own are not meant for the reader
 */
export function readDocument<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  wording?: z.core.$ZodErrorMap,
): Result<Checked<z.output<S>>> {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const locate = locator(file, document, counter);
  if (document.errors.length > 0) {
    return bad(
      ...document.errors.map((error) => ({
        ...at(file, counter, error.pos[0]),
        message: error.message,
        hint: 'this is not valid YAML: check indentation, quotes and repeated keys',
      })),
    );
  }
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return bad({
      file,
      line: 1,
      column: 1,
      message: messageOf(error),
      hint: 'write the repeated part out instead of using aliases',
    });
  }
  const parsed = schema.safeParse(plain, wording ? { error: wording } : undefined);
  if (parsed.success) return good({ value: parsed.data, locate });
  return bad(...parsed.error.issues.flatMap((issue) => problemsOf(issue, locate)));
}

const at = (file: string, counter: LineCounter, offset: number): Place => {
  const { line, col } = counter.linePos(offset);
  return { file, line, column: col };
};

function locator(file: string, document: Document, counter: LineCounter): Locate {
  const spot = (path: readonly PropertyKey[], on: 'key' | 'value'): number | undefined =>
    (on === 'key' ? keyOffset(document, path) : undefined) ?? valueOffset(document, path);
  return (path, on = 'value') => {
    // A missing part has no place of its own: its nearest parent stands for it.
    for (let depth = path.length; depth > 0; depth--) {
      const offset = spot(path.slice(0, depth), on);
      if (offset !== undefined) return at(file, counter, offset);
    }
    return { file, line: 1, column: 1 };
  };
}

function valueOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** A union's issue is unfolded to the branch that came nearest, so that the message names the real mistake. */
function problemsOf(issue: z.core.$ZodIssue, locate: Locate, base: readonly PropertyKey[] = []): Problem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...locate([...path, key], 'key'),
      message: `unknown key "${key}"`,
      hint: 'remove it, or check its spelling',
    }));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map((inner) => inner.message).join('; ');
    return [{ ...locate(path, 'key'), message: `key "${String(path.at(-1))}": ${why}` }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (branch: z.core.$ZodIssue[]) => Math.max(0, ...branch.map((inner) => inner.path.length));
    const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (nearest && depth(nearest) > 0) return nearest.flatMap((inner) => problemsOf(inner, locate, path));
  }
  return [{ ...locate(path), message: `${path.length ? `"${path.map(String).join('.')}": ` : ''}${issue.message}` }];
}
