// Paths of the files that people edit, as they are written: `/` between names on every machine. Opens nothing.
import { posix } from 'node:path';

/** The file's name without its folder and without `.yaml` or `.yml`. */
export const plainName = (file: string): string => posix.basename(file).replace(/\.ya?ml$/, '');

/** `other`, written relative to `file`, from the same root as `file`. */
export const beside = (file: string, other: string): string => posix.join(posix.dirname(file), other);

/** True when both name the same file. */
export const samePath = (one: string, other: string): boolean => posix.normalize(one) === posix.normalize(other);
