// Saved calls that this server cannot read: a newer server's, or damaged ones. Their callers are served all the same: two who talk go on
// talking, whoever waits is taken as a new caller, whoever is gone goes on record. It knows a row's columns, and nothing of its state.
import type { Instant } from '../../base/clock.ts';
import type { FinishedCall } from '../../domain/call/record.ts';
import { numbersIn } from '../../domain/call/saved.ts';
import type { Carrier } from '../../domain/telephony/carrier.ts';
import type { CallEvent, Living } from '../../domain/telephony/event.ts';
import type { CallId, ChannelId } from '../../domain/telephony/names.ts';
import type { Ports, SavedCall } from './ports.ts';

type Talk = { row: SavedCall; leg: ChannelId; carrier: Carrier };

export class Unread {
  readonly #ports: Pick<Ports, 'journal' | 'log' | 'clock' | 'listeners'>;
  readonly #rows = new Map<CallId, SavedCall>();
  readonly #talks = new Map<CallId, Talk>();

  constructor(ports: Pick<Ports, 'journal' | 'log' | 'clock' | 'listeners'>) {
    this.#ports = ports;
  }

  keep(row: SavedCall): void {
    this.#rows.set(row.id, row);
  }

  /** @returns what lives there for everybody else: the two sides of a talk are nobody's strays */
  settle(carrier: Carrier, living: Living, at: Instant): Living {
    const talking = new Set<ChannelId>();
    const before = [...this.#talks.values()].filter((talk) => talk.carrier === carrier);
    const rows = [...this.#rows.values()].filter((row) => row.carrier === carrier.name);
    for (const row of [...rows, ...before.map((talk) => talk.row)]) {
      const together = living.bridges.find(({ channels }) => channels.includes(row.channel))?.channels ?? [];
      const leg = together.find((channel) => channel !== row.channel);
      const there = living.channels.some(({ channel }) => channel === row.channel);
      const talked = this.#talks.get(row.id);
      this.#rows.delete(row.id);
      if (leg) {
        for (const channel of [row.channel, leg]) talking.add(channel);
        carrier.adopt({ call: row.id, channel: row.channel });
        this.#talks.set(row.id, { row, leg, carrier });
      } else if (talked) this.#over(talked, row.channel);
      else if (there) this.#safely(row, () => this.#ports.journal.forget(row.id));
      else this.#record(row, 'lost', at);
    }
    return { ...living, channels: living.channels.filter(({ channel }) => !talking.has(channel)) };
  }

  /** One side of such a talk left: the other does not stay in silence. @returns false when this is none of these calls */
  heard(id: CallId, event: CallEvent): boolean {
    const talk = this.#talks.get(id);
    if (!talk) return false;
    if (event.type === 'caller-hung-up') this.#over(talk, talk.leg);
    else if (event.type === 'leg-ended' && event.leg === talk.leg) this.#over(talk, talk.row.channel);
    return true;
  }

  #over({ row, carrier }: Talk, stays: ChannelId): void {
    this.#talks.delete(row.id);
    carrier.drop(stays);
    carrier.forget(row.id);
    this.#record(row, 'talked', this.#ports.clock.now());
  }

  #record(row: SavedCall, outcome: 'talked' | 'lost', at: Instant): void {
    const { journal, listeners } = this.#ports;
    const reason = 'the call was lost while the server was exchanged';
    const alert = outcome === 'lost' ? { id: `${row.id}.unread`, at, call: row.id, reason } : undefined;
    const record = recordOf(row, outcome, at);
    const saved = this.#safely(row, () =>
      journal.together(() => {
        journal.end(record);
        if (alert) journal.alert(alert);
      }),
    );
    if (alert) listeners.onAlert(alert, saved);
    listeners.onEnd(record);
  }

  /** A disk that refuses keeps the row: the next start looks at it again. */
  #safely(row: SavedCall, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#ports.log.error({ call: row.id, error }, 'a saved call that cannot be read stays in the journal');
      return false;
    }
  }
}

const recordOf = (row: SavedCall, outcome: 'talked' | 'lost', at: Instant): FinishedCall => ({
  id: row.id,
  carrier: row.carrier,
  startedAt: row.startedAt,
  endedAt: at,
  outcome,
  flowVersion: row.version,
  ...numbersIn(row.state),
  path: [],
  legs: [],
  values: {},
  notes: ['saved in a form that this server cannot read: nothing more is known of it'],
});
