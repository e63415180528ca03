// Records that end together travel together: the ledger is off the call path, and a quarter of a second late.
import type { Cancel } from '../base/clock.ts';
import { problemText } from '../base/result.ts';
import { clock, type Parts } from './parts.ts';

export type Shipping = {
  /** Soon. */
  ask(): void;
  /** Asks no more, and brings the last ones. */
  stop(): Promise<void>;
};

const soonMs = 250;

export function openShipping({ store, log }: Parts): Shipping {
  let cancel: Cancel | undefined;
  let over = false;
  const ship = async (whatIfNot: string) => {
    try {
      const { refused } = await store.ship();
      for (const problem of refused) log.error({ problem: problemText(problem) }, 'a record is set aside');
    } catch (error) {
      log.error({ error }, whatIfNot);
    }
  };
  return {
    ask: () => {
      if (over) return;
      cancel ??= clock.after(soonMs, () => {
        cancel = undefined;
        void ship('records wait in the journal: they are brought to the ledger later');
      });
    },
    stop: () => {
      over = true;
      cancel?.();
      return ship('records wait in the journal until the next start');
    },
  };
}
