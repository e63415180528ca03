// What lives in Asterisk at one moment, with what was recorded lately: the line compares its saved calls with it.
import type { Instant } from '../../base/clock.ts';
import type { Living } from '../../domain/telephony/event.ts';
import type { Request } from './ari/words.ts';
import type { AsteriskOptions } from './options.ts';
import { livingNow } from './reconcile.ts';
import { recordingsLately } from './recordings.ts';
import type { TestLine } from './self-test/test-line.ts';

export type Snapshot = { found: Living; recordings: NonNullable<Living['recordings']> };

export class Snapshots {
  readonly #request: Request;
  readonly #app: string;
  readonly #options: Pick<AsteriskOptions, 'recordings' | 'log'>;
  /** When the Asterisk that we last spoke with was started. */
  #since: Instant | undefined;

  constructor(request: Request, app: string, options: Pick<AsteriskOptions, 'recordings' | 'log'>) {
    this.#request = request;
    this.#app = app;
    this.#options = options;
  }

  /** Undefined: Asterisk did not answer. */
  async take(now: () => Instant): Promise<Snapshot | undefined> {
    const { recordings: folder, log } = this.#options;
    const [found, recordings] = await Promise.all([
      livingNow(this.#request, this.#app, now),
      recordingsLately(this.#request, folder, now(), log),
    ]);
    return found && { found, recordings };
  }

  /** As the line is told it. Callers that a test of a former life may be among are held, as at the door. */
  told({ found, recordings }: Snapshot, { channels, bridges }: Living, tests: Pick<TestLine, 'holds'>): Living {
    const free = channels.filter(({ arrival }) => !arrival || !tests.holds(arrival, true));
    return { channels: free, bridges, recordings, ...this.#startedAnew(found) };
  }

  /** An Asterisk that we knew before is the same as long as it names the same instant, whatever the clocks say. */
  #startedAnew({ since }: Living): Pick<Living, 'since'> {
    const known = this.#since;
    this.#since = since;
    return since === undefined || since === known ? {} : { since };
  }
}
