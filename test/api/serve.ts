// Declared routes behind the real HTTP server, on a free port.
import type { Test } from 'tap';
import { type Door, serveApi } from '../../server/api/server.ts';
import { type Log, silentLog } from '../../server/base/log.ts';
import type { Route } from '../../server/base/route.ts';

type Given = { token?: string; hosts?: readonly string[]; doors?: readonly Door[]; log?: Log };

/** @returns its address, without a slash at the end; it is closed when the test ends */
export async function serve(t: Pick<Test, 'teardown'>, routes: readonly Route[], given: Given = {}): Promise<string> {
  const { token, hosts = [], doors = [], log = silentLog } = given;
  const admission = { hosts, ...(token === undefined ? {} : { token }) };
  const opened = await serveApi({ routes, doors, admission, log }, { host: '127.0.0.1', port: 0 });
  if (!opened.ok) throw new Error(opened.problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  t.teardown(() => opened.value.stop());
  return `http://127.0.0.1:${opened.value.port}`;
}
