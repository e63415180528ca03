// A bug planted into the server's own code as it is loaded: `NODE_OPTIONS` for the process that shall have it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each text of a compiled file of `build/`, once, in exchange for another. @throws when there is no such file, or a text is not in it. */
export function planted(file: string, changes: Record<string, string>): { NODE_OPTIONS: string } {
  const source = readFileSync(join('build', file), 'utf8');
  for (const from of Object.keys(changes))
    if (!source.includes(from)) throw new Error(`nothing to plant in build/${file} at: ${from}`);
  const hooks = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!url.endsWith(${JSON.stringify(`/build/${file}`)})) return loaded;
    let source = String(loaded.source);
    for (const [from, to] of ${JSON.stringify(Object.entries(changes))}) source = source.replace(from, () => to);
    return { ...loaded, source };
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(data(hooks))});`;
  return { NODE_OPTIONS: `--import=${data(register)}` };
}

const data = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;

/** The first step of this caller throws; of that one, the step of their first key. */
export const throwing = (atTheDoor: string, inTheFlow: string): { NODE_OPTIONS: string } => {
  const begin = 'export function beginCall(house, id, arrival) {';
  const step = 'export function stepCall(house, call, event) {';
  return planted('server/domain/call/step.js', {
    [begin]: `${begin} if (arrival.caller === '${atTheDoor}') throw new Error('planted');`,
    [step]: `${step} if (call.caller === '${inTheFlow}' && event.type === 'digits') throw new Error('planted');`,
  });
};
