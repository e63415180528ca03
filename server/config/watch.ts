// Notices that edited files have come to rest, and says so once.
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** Editors write a file in several goes; this long after the last one, it is read. */
const restMs = 300;

/** Calls `changed` after something below these paths was edited. @returns stops watching */
export function watchPaths(paths: readonly string[], clock: Clock, log: Log, changed: () => void): () => void {
  let cancel = () => {};
  const noticed = () => {
    cancel();
    cancel = clock.after(restMs, changed);
  };
  const watchers = paths.map((path): FSWatcher => {
    const watcher = watch(path, { recursive: true }, noticed);
    watcher.on('error', (error) =>
      log.error({ path, error }, 'edits here are no longer noticed: restart, or use vigie reload'),
    );
    return watcher;
  });
  return () => {
    cancel();
    for (const watcher of watchers) watcher.close();
  };
}
