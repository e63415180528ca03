// A disk that refuses while a test wants it to: everything that is written, or what one part of the store is asked for.
import { StoreFailure } from '../../../server/store/failure.ts';
import type { Store } from '../../../server/store/store.ts';

const reads = new Set([
  'live',
  'has',
  'get',
  'ofCall',
  'list',
  'lastNumber',
  'nextNumber',
  'inbox',
  'due',
  'all',
  'asked',
  'running',
  'latest',
  'series',
  'next',
]);

export class Disk {
  full = false;
  /** Writes that it took, by part and name: `alerts.save`. */
  readonly written: string[] = [];

  /** The store behind this disk. */
  through = (store: Store): Store =>
    new Proxy(store, {
      get: (target, part: keyof Store) => {
        const found = target[part];
        return typeof found === 'object' && part !== 'ledger' ? this.#part(String(part), found) : found;
      },
    });

  #part<T extends object>(part: string, real: T): T {
    return new Proxy(real, {
      get: (target, name) => {
        const found = Reflect.get(target, name) as unknown;
        if (typeof found !== 'function' || reads.has(String(name))) return found;
        return (...given: unknown[]) => {
          if (this.full) throw new StoreFailure({ file: 'vigie.db', message: 'the disk is full' }, undefined);
          this.written.push(`${part}.${String(name)}`);
          return (found as (...given: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  }
}
