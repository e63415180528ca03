// Is there room on the disk? Looked at now and then, so that the answer on a call's way costs nothing.
import { statfs } from 'node:fs/promises';
import type { Log } from '../base/log.ts';

export type Room = {
  /** Free bytes at the last look; undefined while nobody could look. */
  free(): number | undefined;
  /** False: the last bytes belong to the records of calls. */
  enough(): boolean;
  stop(): void;
};

const leastFreeBytes = 50 * 1024 * 1024;
const everyMs = 5000;

/** Watches the disk of `folder`. A disk that cannot be asked counts as having room: the write itself will tell. */
export async function watchDiskSpace(folder: string, log: Log, least = leastFreeBytes): Promise<Room> {
  let free: number | undefined;
  let enough = true;
  const look = async () => {
    try {
      const disk = await statfs(folder);
      free = disk.bavail * disk.bsize;
    } catch (error) {
      free = undefined;
      log.warn({ folder, error }, 'the free space of the disk cannot be asked');
    }
    const now = free === undefined || free >= least;
    if (now && !enough) log.warn({ folder, free }, 'there is room on the disk again');
    if (!now && enough) log.error({ folder, free }, 'the disk is nearly full: no message is recorded');
    enough = now;
  };
  await look();
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return { free: () => free, enough: () => enough, stop: () => clearInterval(timer) };
}
