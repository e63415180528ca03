// Conversations by SMS, on the durable runner: who wrote to whom, and which conversation it belongs to. It runs in the one process that sends.
import { Limit } from '../../base/limit.ts';
import { chooseConversation, readNumbered } from '../../domain/conversation/choose.ts';
import {
  type Conversation,
  type ConversationEffect,
  type ConversationEvent,
  type ConversationRule,
  conversationOf,
  isFull,
  type Reader,
} from '../../domain/conversation/conversation.ts';
import { planningIn } from '../../domain/conversation/saved.ts';
import { openConversation } from '../../domain/conversation/step.ts';
import type { IncomingSms } from '../../domain/message/port.ts';
import type { Raise } from '../alerts/ports.ts';
import type { Row } from '../ports.ts';
import { Runner, type Taken } from '../runner.ts';
import { Budget } from './budget.ts';
import { conversationMachine, stepped } from './machine.ts';
import type { ConversationPorts } from './ports.ts';
import { refusalWords } from './refusals.ts';

/** An event without its instant: the room's own clock says when. */
type Said<E extends ConversationEvent = ConversationEvent> = E extends unknown ? Omit<E, 'at'> : never;

export class Conversations {
  readonly #ports: ConversationPorts;
  readonly #runner: Runner<Conversation, ConversationEvent, ConversationEffect, Raise>;
  readonly #budget: Budget;
  #aside = 0;
  /** So many words that belong to no conversation, for each person; then silence. */
  readonly #words = new Limit(4, 60 * 60_000);

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
    this.#budget = new Budget(
      (number, since) =>
        this.#try('SMS that were passed on cannot be counted', () => ports.passedOnTo(number, since)) ?? 0,
    );
    const machine = conversationMachine(ports, this.#budget, (id, event) => this.#runner.event(id, event));
    this.#runner = new Runner(machine, ports);
    ports.leader.whenLed(() => this.#lead());
  }

  /**
   * This process sends from now on: what was saved goes on, and what may not have left is sent again under its own id. A conversation that
   * cannot be read is an urgency: somebody outside may wait for an answer.
   */
  #lead(): void {
    const aside = this.#runner.load(
      this.#try('saved conversations cannot be read', () => this.#ports.store.live()) ?? [],
    );
    this.#aside = aside.length;
    this.#runner.release();
    for (const { row } of aside) this.#ports.raised(this.#lost(row), false);
  }

  stop(): void {
    this.#runner.stop();
  }

  /** Saved conversations that cannot be read. */
  get setAside(): number {
    return this.#aside;
  }

  live(): Conversation[] {
    return [...this.#runner.all()].sort((a, b) => a.n - b.n);
  }

  /** Somebody outside wrote. `unknown`: this number passes nothing on. */
  received({ from, to, text, reference }: IncomingSms): Taken {
    const line = this.#lineOf(to);
    const known = this.live().find((one) => one.line === line && one.sender === from);
    if (known && isFull(known)) this.#event(known.id, { type: 'timer', name: 'end' });
    const goesOn = known && !isFull(known) ? known : undefined;
    const { name, rule } = (line && this.#ports.line(line)) || {};
    // Our own numbers write to nobody: that is how a circle begins.
    if (line === undefined || this.#ports.line(from)) return 'unknown';
    const at = this.#ports.clock.now();
    const over = this.#budget.sender(from, at) ? {} : { over: true as const };
    const received = { type: 'received' as const, at, text, ...(reference ? { reference } : {}), ...over };
    if (goesOn) return this.#runner.event(goesOn.id, received);
    if (!rule) return 'unknown';
    const id = this.#ports.ids.next('s');
    return this.#runner.begin(id, at, () => stepped(this.#open(id, line, name ?? line, from, rule), received));
  }

  /** One of our people wrote what is no answer to an alert. `unknown`: nothing here is theirs to answer. */
  replied(who: Reader, { to, text, reference }: IncomingSms): Taken {
    const asked = readNumbered(text);
    const choice = chooseConversation(
      this.live(),
      { person: who.person, to, ...(asked.n === undefined ? {} : { n: asked.n }) },
      (n) => this.find(String(n)),
    );
    const event = { type: 'replied' as const, who, text: asked.text, ...(reference ? { reference } : {}) };
    if ('found' in choice) return this.#event(choice.found.id, event);
    if (this.#ports.lines().length === 0 && choice.refused === 'none') return 'unknown';
    const words = refusalWords(choice, who.language);
    if (this.#words.allows(who.person, this.#ports.clock.now())) this.#word(who, to, words);
    return 'done';
  }

  /** Whether an SMS of this id was one of an open conversation. */
  owns = (sms: string): boolean => this.#runner.get(conversationOf(sms)) !== undefined;

  /** STOP and START reach the conversations of whoever wrote it. */
  left(from: string, stopped: boolean): void {
    for (const { id } of this.live().filter(({ sender }) => sender === from))
      this.#event(id, { type: stopped ? 'stopped' : 'resumed' });
  }

  /** What became of an SMS of ours. `unknown`: it was none of these. */
  report(id: string, delivered: boolean, why?: string): Taken {
    return this.#event(
      conversationOf(id),
      delivered ? { type: 'delivered', slip: id } : { type: 'failed', slip: id, why: why ?? 'not delivered' },
    );
  }

  /** By id or number; also those that are over. */
  find(idOrNumber: string): Conversation | undefined {
    const numbered = [...this.#runner.all(), ...this.#runner.unsaved()].find(({ n }) => String(n) === idOrNumber);
    return this.#runner.get(idOrNumber) ?? numbered ?? this.#runner.find(idOrNumber);
  }

  /** A provider that does not say which number was written to means the only one that there is. */
  #lineOf(to: string): string | undefined {
    const lines = this.#ports.lines();
    if (to !== '') return to;
    return lines.length === 1 ? lines[0] : undefined;
  }

  #open(id: string, line: string, lineName: string, sender: string, rule: ConversationRule): Conversation {
    const { clock, log, store } = this.#ports;
    const stored = this.#try('saved conversations cannot be counted', () => store.lastNumber()) ?? 0;
    const n = Math.max(stored, ...this.live().map((one) => one.n)) + 1;
    log.info({ n, line }, 'a conversation by SMS begins');
    return openConversation({ id, n, line, lineName, sender, rule }, clock.now());
  }

  #event(id: string, said: Said): Taken {
    // `Omit` over a union of events: with its instant it is one of them again.
    return this.#runner.event(id, { ...said, at: this.#ports.clock.now() } as ConversationEvent);
  }

  #lost({ id, state }: Row): Raise {
    const planning = planningIn(state);
    const reason = 'Une conversation par SMS ne peut plus être lue : quelqu’un attend peut-être une réponse.';
    return { id: `${id}.unread`, at: this.#ports.clock.now(), reason, ...(planning ? { target: { planning } } : {}) };
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
