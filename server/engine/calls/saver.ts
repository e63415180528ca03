// Brings each step of a call to disk before it is performed. Where the disk refuses, the caller matters more than the record: the call
// goes on, and what could not be written is kept here and tried again until it can. Knows no telephony.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import { recordOf } from '../../domain/call/record.ts';
import { writeCall } from '../../domain/call/saved.ts';
import type { CallId } from '../../domain/telephony/names.ts';
import type { Ports, TimerRow } from './ports.ts';
import type { Settled } from './turn.ts';

/** The newest state of a call, and all that came with it since it was last on disk. */
type Unsaved = {
  call: Call;
  at: Instant;
  /** Due at, or null: cancelled. */
  timers: Map<string, Instant | null>;
  notices: { at: Instant; notice: Settled['notices'][number] }[];
  /** The call's first talk, when it began since. */
  talked?: Instant;
};

export type Step = { before: Call | undefined; outcome: Settled; at: Instant; rows: readonly TimerRow[] };

export class Saver {
  readonly #ports: Pick<Ports, 'journal' | 'saving' | 'listeners'>;
  readonly #unsaved = new Map<CallId, Unsaved>();
  #seq = 0;

  constructor(ports: Pick<Ports, 'journal' | 'saving' | 'listeners'>) {
    this.#ports = ports;
  }

  /** On disk when this returns, or kept and tried again; never throws. */
  save(step: Step): void {
    const { id } = step.outcome.call;
    const one = joined(this.#unsaved.get(id), step);
    this.#unsaved.set(id, one);
    const saved = this.#ports.saving.save('call', id, () => {
      this.#write(one);
      this.#unsaved.delete(id);
    });
    for (const notice of step.outcome.notices)
      if (notice.type === 'raise-alert') this.#ports.listeners.onAlert(alertOf(id, step.at, notice), saved);
      else if (notice.type === 'deliver') this.#ports.listeners.onDeliver();
  }

  #write({ call, at, timers, notices, talked }: Unsaved): void {
    const { journal } = this.#ports;
    journal.together(() => {
      for (const one of notices) this.#post(call, one);
      const leg = call.hunt?.legs.find((found) => found.phase === 'taken');
      if (talked !== undefined && leg) journal.setTalked(leg.person, talked);
      if (call.phase === 'over') return journal.end(recordOf(call, at));
      const { id, carrier, channel, version, startedAt } = call;
      const changes = [...timers];
      journal.save(
        { id, carrier, channel, version, startedAt, state: writeCall(call), seq: ++this.#seq },
        {
          set: changes.flatMap(([name, dueAt]) => (dueAt === null ? [] : [{ call: id, name, dueAt }])),
          cancel: changes.flatMap(([name, dueAt]) => (dueAt === null ? [name] : [])),
        },
      );
    });
  }

  #post(call: Call, { at, notice }: Unsaved['notices'][number]): void {
    const { journal } = this.#ports;
    const { id } = notice;
    if (notice.type === 'warn') {
      journal.warn({ id, at, call: call.id, subject: notice.subject, message: notice.message });
    } else if (notice.type === 'raise-alert') {
      journal.alert(alertOf(call.id, at, notice));
    } else {
      journal.deliver({ id, at, about: aboutOf(call), what: notice.what });
    }
  }
}

const alertOf = (call: CallId, at: Instant, notice: Extract<Settled['notices'][number], { type: 'raise-alert' }>) => {
  const { id, reason, target, policy, notBefore } = notice;
  return {
    id,
    at,
    call,
    reason,
    ...(target ? { target } : {}),
    ...(policy ? { policy } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
};

/** What a message may say of the call. */
const aboutOf = ({ id, caller, called, flow, recording }: Call) => ({
  call: id,
  caller,
  called,
  values: flow.values,
  ...(recording ? { recording } : {}),
});

function joined(waiting: Unsaved | undefined, { before, outcome, at, rows }: Step): Unsaved {
  const { call, timers, notices } = outcome;
  const due = new Map(rows.map(({ name, dueAt }) => [name, dueAt]));
  const talked = call.talked && !call.test && !before?.talked ? at : waiting?.talked;
  return {
    call,
    at,
    timers: new Map([
      ...(waiting?.timers ?? []),
      ...[...timers.keys()].map((name) => [name, due.get(name) ?? null] as const),
    ]),
    notices: [...(waiting?.notices ?? []), ...notices.map((notice) => ({ at, notice }))],
    ...(talked === undefined ? {} : { talked }),
  };
}
