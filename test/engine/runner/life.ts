// The toy machine on a disk and in a world that outlive its process, with one fault planted wherever a walk wants it: a write that is
// refused, a death, a throw, a row that is spoilt, a clock that jumps. `verdict` says what somebody would have to complain of.

import { z } from 'zod';
import type { SetTimer } from '../../../server/base/clock.ts';
import { silentLog } from '../../../server/base/log.ts';
import type { Failure } from '../../../server/base/result.ts';
import type { Inbox } from '../../../server/engine/inbox.ts';
import type { Machine, Unsaved } from '../../../server/engine/machine.ts';
import type { InboxRow } from '../../../server/engine/ports.ts';
import type { Runner } from '../../../server/engine/runner.ts';
import type { Saving } from '../../../server/engine/saving.ts';
import { HandClock } from '../../base/hand-clock.ts';
import {
  begun,
  type Errand,
  type ErrandEffect,
  type ErrandEvent,
  type Letter,
  minute,
  readErrand,
  stepErrand,
} from './errand.ts';

/** The engine under test: the real one, or a copy with a bug in it. */
export type Engine = {
  Runner: typeof Runner;
  Saving: typeof Saving;
  Inbox: typeof Inbox;
  Failure: typeof Failure;
};

export type Place = 'step' | 'inside' | 'perform' | 'took' | 'listener';
export type Fault =
  | { fault: 'none' }
  /** `count` writes from the `from`th on are refused. `disk`: as a full disk does, or as a row does that is itself the trouble. */
  | { fault: 'refused'; from: number; count: number; disk: boolean }
  /** Nothing of `a` can be written until the end is near; it is the row's own trouble. */
  | { fault: 'one row' }
  | { fault: 'dies'; how: 'before the save' | 'before it performs' | 'after it performed'; at: number }
  | { fault: 'throws'; where: Place; at: number }
  | { fault: 'spoilt'; at: number }
  /** `away`: the clock was set while no process ran. */
  | { fault: 'jumps'; at: number; ms: number; away: boolean };

type SavedErrand = { state: string; timers: Record<string, SetTimer> };
type ErrandMachine = Machine<Errand, ErrandEvent, ErrandEffect, string>;

/** A wall clock that can be set, over a steady one that cannot. */
class WallClock extends HandClock {
  jumped = 0;
  override now(): number {
    return super.now() + this.jumped;
  }
}

const beginRow = z.object({ id: z.string() });
const saidRow = z.object({ id: z.string(), event: z.custom<ErrandEvent>() });

class Process {
  alive = true;
  readonly saving: Saving;
  readonly runner: Runner<Errand, ErrandEvent, ErrandEffect, string>;
  readonly inbox: Inbox;

  constructor(life: Life, { Runner, Saving, Inbox }: Engine) {
    const parts = { clock: life.clock, log: silentLog };
    this.saving = new Saving({ ...parts, recovered: (message) => life.recovered.push(message) });
    this.runner = new Runner(life.machine(this), { ...parts, saving: this.saving });
    this.inbox = new Inbox({
      ...parts,
      saving: this.saving,
      store: life.inboxFor(this),
    });
    this.inbox.takes('begin', beginRow, ({ id }) =>
      this.runner.find(id) ? 'done' : this.runner.begin(id, life.clock.now(), () => life.steps(() => begun(id))),
    );
    this.inbox.takes('said', saidRow, ({ id, event }) => this.runner.event(id, { ...event, at: life.clock.now() }));
  }
}

export class Life {
  readonly #engine: Engine;
  readonly fault: Fault;
  readonly clock = new WallClock();
  readonly disk = new Map<string, SavedErrand>();
  readonly notes: string[] = [];
  rows: InboxRow[] = [];
  #k = 0;
  /** Writes that were refused and written, in order. */
  readonly refused: string[] = [];
  readonly written: string[] = [];
  readonly recovered: string[] = [];
  readonly told: { id: string; at: number }[] = [];
  readonly wrong: string[] = [];
  aside: string[] = [];
  /** From now on no fault is left. */
  healed = false;
  #counts: Record<string, number> = {};
  process: Process;

  constructor(engine: Engine, fault: Fault) {
    this.#engine = engine;
    this.fault = fault;
    this.process = this.#starts();
  }

  /** The process is gone, as after kill -9; another one takes over. */
  restart(): void {
    this.process.alive = false;
    this.process.runner.stop();
    this.process.inbox.stop();
    this.process = this.#starts();
  }

  /** Seconds pass. */
  passes(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      if (!this.process.alive) this.restart();
      this.clock.advance(1000);
      this.process.inbox.wake();
      this.#isTold();
    }
  }

  does(act: () => void): void {
    const { fault } = this;
    if (fault.fault === 'jumps' && this.#count('act') === fault.at) {
      this.clock.jumped += fault.ms;
      if (fault.away) this.restart();
    }
    act();
    this.#isTold();
    if (this.process.alive) return;
    // Whoever was not answered says it again.
    this.restart();
    act();
  }

  puts(kind: string, body: object): void {
    this.does(() => this.process.inbox.put(kind, body));
  }

  /** Whoever has a letter that is still open answers. */
  answers(id: string): void {
    for (const letter of this.#errand(id)?.letters ?? [])
      if (letter.state === 'open' && this.told.some((one) => one.id === letter.id))
        this.does(() => this.process.runner.event(id, { type: 'answered', letter: letter.id, at: this.clock.now() }));
  }

  steps<T>(step: () => T): T {
    if (this.#count('any step') > 500) throw new Error('there is no end of steps');
    this.#throws('step');
    return step();
  }

  /** Everything of it as it was said to be saved. */
  saved(id: string): Errand | undefined {
    const row = this.disk.get(id);
    const read = row && readErrand(id, row.state);
    return read?.ok ? read.value : undefined;
  }

  /** Nobody has waited for anything longer than they were to: no timer is missing, and none is left over. */
  isQuiet(): void {
    const { runner } = this.process;
    const open = runner.all().flatMap(({ letters, over }) => letters.filter(({ state }) => state === 'open' && !over));
    if (runner.timersRunning !== open.length)
      this.wrong.push(`${open.length} letters are open, and ${runner.timersRunning} timers run`);
  }

  machine(process: Process): ErrandMachine {
    return {
      kind: 'errand',
      id: ({ id }) => id,
      isOver: ({ over }) => over,
      step: (value, event) => {
        const name = event.type === 'timer' ? event.name.slice('late.'.length) : '';
        const stale = value.letters.some(({ id, state }) => id === name && state !== 'open');
        if (process.alive && stale) this.wrong.push(`the timer of ${name} was stopped, and fired`);
        return this.steps(() => stepErrand(value, event));
      },
      inside: (_value, effect, at) => {
        this.#throws('inside');
        if (effect.type === 'word') return { events: [{ type: 'worded', asked: effect.asked, text: 'a letter', at }] };
        return effect.type === 'note' ? { notices: [effect.text] } : undefined;
      },
      read: ({ id, state }) => {
        const read = readErrand(id, state);
        return read.ok ? { ok: true, value: { value: read.value, timers: this.disk.get(id)?.timers ?? {} } } : read;
      },
      save: (unsaved) => this.#write(process, unsaved.value.id, () => this.#keep(unsaved)),
      perform: (value, effects) => this.#performs(process, value, effects),
      find: (id) => this.saved(id),
      again: ({ letters }) =>
        letters.flatMap(({ id, state }) => (state === 'open' ? [{ type: 'send', letter: id }] : [])),
      took: () => this.#throws('took'),
      listeners: [() => this.#throws('listener'), ({ value }) => this.#heard(process, value)],
    };
  }

  inboxFor(process: Process) {
    return {
      post: (kind: string, body: string) => {
        this.#write(process, `post ${kind}`, () => this.rows.push({ k: ++this.#k, kind, body }));
        return this.#k;
      },
      inbox: (k: number, limit: number) => {
        if (this.#count('look') > 5000) throw new Error('the inbox is looked at without end');
        return this.rows.filter((row) => row.k > k).slice(0, limit);
      },
      taken: (k: number) =>
        this.#write(process, `taken ${k}`, () => {
          const row = this.rows.find((one) => one.k === k);
          this.rows = this.rows.filter((one) => one !== row);
          if (row) this.#isSaved(row);
        }),
    };
  }

  #starts(): Process {
    const process = new Process(this, this.#engine);
    const { fault } = this;
    if (fault.fault === 'spoilt' && this.disk.has('a') && this.#count('start') >= fault.at)
      this.disk.set('a', { state: '{"id":"a","thi', timers: {} });
    const rows = [...this.disk].map(([id, { state }]) => ({ id, state }));
    const live = rows.filter(({ state }) => !state.includes('"over":true'));
    this.aside = process.runner.load(live).map(({ row }) => row.id);
    process.runner.release();
    process.inbox.lead();
    return process;
  }

  #keep({ value, notices, allTimers }: Unsaved<Errand, string>): void {
    this.disk.set(value.id, { state: JSON.stringify(value), timers: allTimers() });
    this.notes.push(...notices.map(({ notice }) => notice));
  }

  #write(process: Process, what: string, work: () => void): void {
    if (!process.alive) return;
    const n = this.#count('write');
    const { fault } = this;
    if (fault.fault === 'dies' && fault.how === 'before the save' && n === fault.at) process.alive = false;
    if (fault.fault === 'one row' && what === 'a' && !this.healed) throw new Error('one row');
    if (fault.fault === 'refused' && n >= fault.from && n < fault.from + fault.count) {
      this.refused.push(what);
      throw fault.disk ? new this.#engine.Failure({ file: 'disk', message: 'full' }, undefined) : new Error('one row');
    }
    if (!process.alive) return;
    work();
    this.written.push(what);
  }

  #performs(process: Process, value: Errand, effects: readonly ErrandEffect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'send' || !process.alive) continue;
      const n = this.#count('performed');
      const { fault } = this;
      if (fault.fault === 'dies' && n === fault.at) process.alive = fault.how === 'after it performed';
      if (!process.alive) continue;
      this.#throws('perform');
      const known = this.saved(value.id)?.letters.some(({ id }) => id === effect.letter);
      if (!known && process.saving.failingSince === undefined)
        this.wrong.push(`${effect.letter} is sent before it is saved`);
      this.told.push({ id: effect.letter, at: this.clock.now() - this.clock.jumped });
      if (fault.fault === 'dies' && fault.how === 'after it performed' && n === fault.at) process.alive = false;
    }
  }

  #heard(process: Process, value: Errand): void {
    if (process.alive && this.#errand(value.id) === undefined) this.wrong.push(`${value.id} is told of and is nowhere`);
  }

  /** Whoever asks meanwhile learns that something is not on disk. */
  #isTold(): void {
    const { saving, runner } = this.process;
    const waits = runner.unsaved().length;
    const disk = this.fault.fault === 'refused' && this.fault.disk;
    if (disk && waits > 0 && saving.failingSince === undefined)
      this.wrong.push('something is not on disk, and nobody is told');
    if (this.fault.fault === 'one row' && runner.unsaved().some(({ id }) => id !== 'a'))
      this.wrong.push('b waits for a');
    for (const { letters } of runner.all()) for (const letter of letters) this.#isReminded(letter);
    if (waits > saving.waiting('errand')) this.wrong.push('something is not on disk, and will never be');
  }

  #isReminded({ id, state }: Letter): void {
    const sent = this.told.find((one) => one.id === id)?.at;
    const waits = state === 'open' && sent !== undefined ? this.clock.now() - this.clock.jumped - sent : 0;
    if (waits > 2 * minute + 2000) this.wrong.push(`${id} is waited for for ever`);
  }

  #errand = (id: string): Errand | undefined => this.process?.runner.find(id);

  /** The work of a row that leaves is on disk. */
  #isSaved({ kind, body }: InboxRow): void {
    const { id, event } = JSON.parse(body) as { id: string; event?: ErrandEvent };
    const saved = this.saved(id);
    const done =
      kind === 'begin' || event?.type === 'closed'
        ? saved
        : event?.type === 'given' && saved?.things.includes(event.thing);
    if (!done && !this.aside.includes(id)) this.wrong.push(`the row of ${body} left before its work was saved`);
  }

  #throws(where: Place): void {
    const { fault } = this;
    if (fault.fault === 'throws' && fault.where === where && this.#count(where) === fault.at)
      throw new Error('planted');
  }

  #count(what: string): number {
    this.#counts[what] = (this.#counts[what] ?? -1) + 1;
    return this.#counts[what];
  }

  counted(what: string): number {
    return (this.#counts[what] ?? -1) + 1;
  }
}

/** Two errands from beginning to end; then time enough for everything to be made good, and a restart. */
export function lives(engine: Engine, fault: Fault): Life {
  const life = new Life(engine, fault);
  life.puts('begin', { id: 'a' });
  life.puts('begin', { id: 'b' });
  life.puts('said', { id: 'a', event: { type: 'given', thing: 1 } });
  life.passes(30);
  life.puts('said', { id: 'b', event: { type: 'given', thing: 2 } });
  life.answers('a');
  life.passes(95);
  if (fault.fault === 'spoilt') life.restart();
  life.answers('b');
  life.puts('said', { id: 'a', event: { type: 'given', thing: 3 } });
  life.passes(125);
  life.answers('a');
  life.puts('said', { id: 'b', event: { type: 'closed' } });
  life.passes(8 * 60);
  life.healed = true;
  life.passes(2 * 60);
  life.isQuiet();
  life.restart();
  life.passes(1);
  return life;
}
export { minute };
