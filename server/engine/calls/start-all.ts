// Several telephone networks: the line serves as soon as one of them can be led, and the others come when they can.

import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { nth } from '../../base/nth.ts';

type Starting = { name: string; start(): Promise<void> };
type Around = { clock: Clock; log: Log; stopped: () => boolean };

/** A network that refuses us (a changed password) or is away is asked again so often. */
const againMs = 10_000;

/**
 * With one network its refusal is ours. With several, a line that refused to serve the one because the other is wrong would lose
 * callers who could be served: what is wrong is logged, shown as not ready, and tried again.
 * @throws the first one's problem when none can be led
 */
export async function startAll(networks: readonly Starting[], around: Around): Promise<void> {
  const starting = networks.map(({ start }) => start());
  if (networks.length > 1)
    for (const [index, attempt] of starting.entries())
      attempt.catch((error) => later(nth(networks, index), error, around));
  await Promise.any(starting).catch(({ errors: [first] }: AggregateError) => Promise.reject(first));
}

function later(network: Starting, error: unknown, around: Around): void {
  const { clock, log, stopped } = around;
  if (stopped()) return;
  log.error({ carrier: network.name, error }, 'this telephone network cannot be led; asked again');
  clock.after(againMs, () => {
    if (!stopped()) network.start().catch((next) => later(network, next, around));
  });
}
