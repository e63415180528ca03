// Where conversations by SMS happen: a message in, the step, saved, and only then sent. It runs in the one process that sends.

import type { Instant } from '../../base/clock.ts';
import { Limit } from '../../base/limit.ts';
import { chooseConversation, readNumbered } from '../../domain/conversation/choose.ts';
import {
  type Conversation,
  type ConversationEffect,
  type ConversationEvent,
  type ConversationRule,
  type ConversationStep,
  conversationOf,
  isFull,
  letterOf,
  type Reader,
  slipOf,
} from '../../domain/conversation/conversation.ts';
import { openConversation, stepConversation } from '../../domain/conversation/step.ts';
import type { IncomingSms, Sent } from '../../domain/message/port.ts';
import type { Raise } from '../alerts/ports.ts';
import { AlertTimers } from '../alerts/timers.ts';
import { Budget, budgetRaise } from './budget.ts';
import type { ConversationPorts } from './ports.ts';
import { refusalWords } from './refusals.ts';

/** An event without its instant: the room's own clock says when. */
type Said<E extends ConversationEvent = ConversationEvent> = E extends unknown ? Omit<E, 'at'> : never;

export class Conversations {
  readonly #ports: ConversationPorts;
  /** Open conversations only. */
  readonly #threads = new Map<string, Conversation>();
  readonly #timers: AlertTimers;
  readonly #budget: Budget;
  /** So many words that belong to no conversation, for each person; then silence. */
  readonly #words = new Limit(4, 60 * 60_000);

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
    this.#budget = new Budget(
      (number, since) =>
        this.#try('SMS that were passed on cannot be counted', () => ports.passedOnTo(number, since)) ?? 0,
    );
    this.#timers = new AlertTimers(ports.clock, (thread, name) => this.#event(thread, { type: 'timer', name }));
  }

  /** This process sends from now on: what was saved goes on, and what may not have left is sent again under its own id. */
  lead(): void {
    const saved = this.#try('saved conversations cannot be read', () => this.#ports.store.live()) ?? [];
    for (const { thread } of saved) this.#threads.set(thread.id, thread);
    for (const { thread, timers } of saved) {
      for (const [name, set] of Object.entries(timers)) this.#timers.start(thread.id, name, set);
      for (const slip of thread.slips.filter(({ state }) => state === 'sending')) this.#send(thread, slip.id);
    }
  }

  stop(): void {
    this.#timers.stopAll();
  }

  live(): Conversation[] {
    return [...this.#threads.values()].sort((a, b) => a.n - b.n);
  }

  /** Somebody outside wrote. @returns false where this number passes nothing on. */
  received({ from, to, text, reference }: IncomingSms): boolean {
    const line = this.#lineOf(to);
    const known = this.live().find((one) => one.line === line && one.sender === from);
    if (known && isFull(known)) this.#event(known.id, { type: 'timer', name: 'end' });
    const goesOn = known && !isFull(known) ? known : undefined;
    const { name, rule } = (line && this.#ports.line(line)) || {};
    // Our own numbers write to nobody: that is how a circle begins.
    if (line === undefined || (!rule && !goesOn) || this.#ports.line(from)) return false;
    const thread = goesOn ?? this.#open(line, name ?? line, from, rule as ConversationRule);
    this.#threads.set(thread.id, thread);
    const over = this.#budget.sender(from, this.#ports.clock.now()) ? {} : { over: true as const };
    return this.#event(thread.id, { type: 'received', text, ...(reference ? { reference } : {}), ...over });
  }

  /** One of our people wrote what is no answer to an alert. @returns false where nothing here is theirs to answer. */
  replied(who: Reader, { to, text, reference }: IncomingSms): boolean {
    const asked = readNumbered(text);
    const choice = chooseConversation(
      this.live(),
      { person: who.person, to, ...(asked.n === undefined ? {} : { n: asked.n }) },
      (n) => this.find(String(n)),
    );
    const event = { type: 'replied' as const, who, text: asked.text, ...(reference ? { reference } : {}) };
    if ('found' in choice) return this.#event(choice.found.id, event);
    if (this.#ports.lines().length === 0 && choice.refused === 'none') return false;
    const words = refusalWords(choice, who.language);
    if (this.#words.allows(who.person, this.#ports.clock.now())) this.#word(who, to, words);
    return true;
  }

  /** Whether an SMS of this id was one of an open conversation. */
  owns = (sms: string): boolean => this.#threads.has(conversationOf(sms));

  /** STOP and START reach the conversations of whoever wrote it. */
  left(from: string, stopped: boolean): void {
    for (const { id } of this.live().filter(({ sender }) => sender === from))
      this.#event(id, { type: stopped ? 'stopped' : 'resumed' });
  }

  /** What became of an SMS of ours. @returns false when it was none of these. */
  report(id: string, delivered: boolean, why?: string): boolean {
    const thread = conversationOf(id);
    if (!this.#threads.has(thread) && !this.#over(thread)) return false;
    return this.#event(
      thread,
      delivered ? { type: 'delivered', slip: id } : { type: 'failed', slip: id, why: why ?? 'not delivered' },
    );
  }

  /** By id or number; also those that are over. */
  find(idOrNumber: string): Conversation | undefined {
    const known = this.#threads.get(idOrNumber) ?? this.live().find(({ n }) => String(n) === idOrNumber);
    return known ?? this.#over(idOrNumber);
  }

  #over(idOrNumber: string): Conversation | undefined {
    return this.#try('a saved conversation cannot be read', () => this.#ports.store.get(idOrNumber));
  }

  /** A provider that does not say which number was written to means the only one that there is. */
  #lineOf(to: string): string | undefined {
    const lines = this.#ports.lines();
    if (to !== '') return to;
    return lines.length === 1 ? lines[0] : undefined;
  }

  #open(line: string, lineName: string, sender: string, rule: ConversationRule): Conversation {
    const { clock, ids, log, store } = this.#ports;
    const stored = this.#try('saved conversations cannot be counted', () => store.nextNumber()) ?? 1;
    const n = Math.max(stored, ...this.live().map((one) => one.n + 1));
    log.info({ n, line }, 'a conversation by SMS begins');
    return openConversation({ id: ids.next('s'), n, line, lineName, sender, rule }, clock.now());
  }

  #event(id: string, said: Said): boolean {
    const thread = this.#threads.get(id) ?? this.#over(id);
    if (!thread) return false;
    try {
      const step = stepConversation(thread, { ...said, at: this.#ports.clock.now() } as ConversationEvent);
      if (step.thread !== thread || step.effects.length > 0) this.#settle(step);
    } catch (error) {
      // Our bug: it stands in the log, and no other conversation feels it.
      this.#ports.log.error({ thread: id, error }, 'a step of a conversation failed; it stays as it was');
    }
    return true;
  }

  /** Answers at once what the house itself can answer, saves, then sends. */
  #settle(first: ConversationStep): void {
    const at = this.#ports.clock.now();
    const timers = new Map<string, number | null>();
    const sends: string[] = [];
    const raises: Raise[] = [];
    let { thread } = first;
    const queue: ConversationEffect[] = [...first.effects];
    for (let effect = queue.shift(); effect; effect = queue.shift()) {
      if (effect.type === 'start-timer') timers.set(effect.name, effect.ms);
      else if (effect.type === 'cancel-timer') timers.set(effect.name, null);
      else if (effect.type === 'send') sends.push(effect.slip);
      else if (effect.type === 'alert') raises.push(raiseOf(thread, effect, at));
      else {
        const answer = this.#whoIsOnCall(thread, effect.letter, at);
        if (answer.full) raises.push(budgetRaise(thread, at));
        const next = stepConversation(thread, answer);
        thread = next.thread;
        queue.push(...next.effects);
      }
    }
    this.#save(thread, timers, raises, at);
    for (const raise of raises) this.#ports.raise(raise);
    for (const slip of sends) this.#send(thread, slip);
  }

  #whoIsOnCall(thread: Conversation, letter: string, at: Instant): Extract<ConversationEvent, { type: 'resolved' }> {
    const found = this.#ports.people(thread.rule.planning, at);
    const answer = { type: 'resolved', at, letter, ...found } as const;
    return this.#budget.passes(thread.line, found.people, at) ? answer : { ...answer, full: true };
  }

  #save(thread: Conversation, timers: Map<string, number | null>, raises: readonly Raise[], at: Instant): void {
    for (const [name, ms] of timers) {
      if (ms === null) this.#timers.stop(thread.id, name);
      else this.#timers.start(thread.id, name, { dueAt: at + ms, ms });
    }
    if (thread.phase === 'over') this.#timers.stopAlert(thread.id);
    this.#threads.set(thread.id, thread);
    try {
      this.#ports.store.save({ thread, timers: this.#timers.of(thread.id) }, raises);
      if (thread.phase === 'over') this.#threads.delete(thread.id);
    } catch (error) {
      this.#ports.log.error({ thread: thread.id, error }, 'a conversation could not be saved; it goes on unsaved');
    }
  }

  #send(thread: Conversation, id: string): void {
    const slip = slipOf(thread, id);
    if (!slip) return;
    const { sms, log } = this.#ports;
    const answered = (sent: Sent) => {
      log.info({ thread: thread.id, slip: id, kind: slip.kind, accepted: sent.accepted }, 'an SMS of a conversation');
      if (sent.accepted) this.#event(thread.id, { type: 'sent', slip: id, reports: sent.reports });
      else this.#event(thread.id, { type: 'failed', slip: id, why: sent.why });
    };
    // Outside, only where the trunks' rules let us: an SMS to an island costs as much as a call there.
    const refused = slip.kind === 'reply' ? this.#ports.refusal(slip.to) : undefined;
    if (refused) {
      queueMicrotask(() => this.#event(thread.id, { type: 'failed', slip: id, why: refused }));
      return;
    }
    // Always from the line's number: a technician's own is seen by nobody outside, and their answers come back here.
    void sms
      .send({ id, to: slip.to, text: slip.text, from: thread.line })
      .then(answered, (error: unknown) => this.#event(thread.id, { type: 'failed', slip: id, why: String(error) }));
  }

  /** A word that belongs to no conversation. */
  #word({ sms: to }: Reader, line: string, text: string): void {
    const { sms, ids, log } = this.#ports;
    if (to === undefined) return;
    void sms.send({ id: ids.next('w'), to, text, ...(line ? { from: line } : {}) }).then((sent) => {
      if (!sent.accepted) log.warn({ to, why: sent.why }, 'a word to one of our people could not be sent');
    });
  }

  #try<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#ports.log.error({ error }, what);
      return undefined;
    }
  }
}

function raiseOf(thread: Conversation, { letter, reason }: { letter: string; reason: string }, at: Instant): Raise {
  const { sender, line, lineName, rule, n } = thread;
  return {
    ...{ id: letter, at, reason, target: { planning: rule.planning } },
    ...(rule.policy ? { policy: rule.policy } : {}),
    about: {
      ...{ caller: sender, called: line, line: lineName },
      values: { sms: letterOf(thread, letter)?.text ?? '', conversation: n },
    },
  };
}
