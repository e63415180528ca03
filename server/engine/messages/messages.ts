// What this line writes besides alerts: what flows ask for, what the team learns of each call and of its duties, tickets in other tools.

import type { Alert, Contact } from '../../domain/alert/alert.ts';
import { contactOf, contactsFor } from '../../domain/alert/contacts.ts';
import type { DeliverRecord, FinishedCall } from '../../domain/call/record.ts';
import { outcomes } from '../../domain/call/words.ts';
import type { DeliveryContent } from '../../domain/message/deliveries.ts';
import { type DutyNews, dueNow, movedBetween, type Stretch, stretchesOf } from '../../domain/message/duty.ts';
import { type Facts, fillJson, type MessageRule } from '../../domain/message/rules.ts';
import { callPosts, parcelFor } from '../../domain/message/team.ts';
import { CALENDAR, frenchTime } from '../../domain/planning/calendar.ts';
import { segments } from '../../domain/planning/segments.ts';
import { zoneOf } from '../../domain/planning/zone.ts';
import { refusal } from '../../domain/trunk/numbers.ts';
import { Courier } from './courier.ts';
import type { EditedForMessages, MessageConfiguration, MessagePorts } from './ports.ts';

const day = 86_400_000;
/** Evening messages leave at this local hour. */
const evening = 18 * 3_600_000;

export class Messages {
  readonly #ports: MessagePorts;
  readonly #courier: Courier;
  #before: EditedForMessages;
  #tick: () => void = () => {};

  constructor(ports: MessagePorts) {
    const { clock, log, saving, deliveries, config, sms, mailer, leading, tell } = ports;
    this.#ports = ports;
    this.#before = config.reading();
    this.#courier = new Courier({
      clock,
      log,
      saving,
      leading,
      store: deliveries,
      ...(sms ? { sms } : {}),
      ...(mailer ? { mailer } : {}),
      ticket: (tool, id, body) => this.#ticket(tool, id, body),
      onDone: ({ id, about, parcel }, reference) => {
        if (parcel.by === 'ticket' && about && reference)
          tell(about, { type: 'looked-up', at: clock.now(), request: id, found: { ticket: reference } });
      },
    });
    config.onChange((edited) => this.#edited(edited));
  }

  start(): void {
    this.#courier.start();
    const beat = () => {
      this.#duties();
      this.#tick = this.#ports.clock.after(60_000, beat);
    };
    beat();
  }

  async stop(): Promise<void> {
    this.#tick();
    await this.#courier.stop();
  }

  /** A flow's order, as it was saved with the call. The same order twice is kept once. */
  order({ id, about, what }: DeliverRecord): void {
    const parcels = what.by === 'ticket' ? [this.#ticketParcel(what.tool, about)] : this.#letters(what, about);
    for (const [i, parcel] of parcels.entries()) this.#courier.hand(i === 0 ? id : `${id}.${i}`, parcel, about.call);
    this.#courier.wake();
  }

  /** A call is over: its rules. @param alerts those that were raised for it; asked only where a rule writes of such a call */
  ended(record: FinishedCall, alerts: () => readonly Alert[]): void {
    const { config } = this.#ports;
    const line = lineOf(config, record.called);
    const told = () => new Set(alerts().flatMap(({ notices }) => notices.map(({ person }) => person)));
    const call = {
      call: record.id,
      line,
      outcome: record.outcome,
      facts: factsOf(record, line),
      ...(record.recording ? { recording: record.recording } : {}),
    };
    const posts = callPosts(config.reading().messages.rules, call, (rule) => this.#readers(rule), told);
    for (const { id, parcel } of posts) this.#post(id, parcel, record.id);
    if (posts.length > 0) this.#courier.wake();
  }

  /** What became of an SMS that had left: one that did not arrive is a dead letter, which somebody may send again. */
  reported(id: string, delivered: boolean, why?: string): void {
    if (!delivered) this.#courier.lost(id, why ?? 'not delivered');
  }

  /** A rule's message: where no provider is set up for its way, none is written (what a flow orders waits for one). */
  #post(id: string, parcel: DeliveryContent, about?: string): void {
    const { sms, mailer } = this.#ports;
    if (parcel.by === 'sms' ? sms : mailer) this.#courier.hand(id, parcel, about);
  }

  #readers({ planning, person }: MessageRule): Contact[] {
    const { config } = this.#ports;
    if (planning !== undefined) return contactsFor(config, { planning }, this.#ports.clock.now()).people;
    const one = person === undefined ? undefined : contactOf(config.reading().plannings, person);
    return one ? [one] : [];
  }

  #letters(what: Exclude<DeliverRecord['what'], { by: 'ticket' }>, about: DeliverRecord['about']): DeliveryContent[] {
    const { config, log } = this.#ports;
    const { to, text } = what;
    if (to === 'caller') {
      const refused = about.caller === '' ? 'the caller hides their number' : refusal(config.trunks(), about.caller);
      if (refused) log.info({ call: about.call, why: refused }, 'no SMS to the caller');
      return refused ? [] : [{ by: 'sms', to: about.caller, text }];
    }
    if ('address' in to) return what.by === 'mail' ? [mailTo([to.address], what, about)] : [];
    const { people } = contactsFor(config, to, this.#ports.clock.now());
    return people.flatMap(({ sms, email }): DeliveryContent[] => {
      if (what.by === 'sms') return sms ? [{ by: 'sms', to: sms, text }] : [];
      return email ? [mailTo([email], what, about)] : [];
    });
  }

  #ticketParcel(tool: string, about: DeliverRecord['about']): DeliveryContent {
    const known = this.#ports.config.reading().messages.tools[tool];
    const line = lineOf(this.#ports.config, about.called);
    const facts: Facts = {
      ...about.values,
      call: about.call,
      caller: about.caller,
      called: about.called,
      line,
      recording: about.recording ? 'oui' : '',
    };
    return { by: 'ticket', tool, body: JSON.stringify(fillJson(known?.body ?? {}, facts)) };
  }

  async #ticket(name: string, id: string, body: string) {
    const tools = this.#ports.config.reading().messages.tools;
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
    if (!tool)
      return { accepted: false as const, why: `there is no tool "${name}" in messages.yaml any more`, again: true };
    return this.#ports.openTicket(tool, id, body);
  }

  /** Each minute: duties that begin now, or tomorrow. What was said once is on record under its id, and is not said again. */
  #duties(): void {
    const now = this.#ports.clock.now();
    const reading = this.#ports.config.reading();
    if (!this.#ports.leading() || !reading.messages.rules.some(({ on }) => on === 'period' || on === 'eve')) return;
    for (const planning of reading.plannings.plannings.values()) {
      const zone = zoneOf(planning.zone);
      const eveningOf = (start: number) => {
        const wall = zone?.wall(start) ?? start;
        return start - (((wall % day) + day) % day) - day + evening;
      };
      this.#say(reading, dueNow(stretches(reading, planning.id, now - 45 * day, now + 2 * day), now, eveningOf));
    }
  }

  #edited(after: EditedForMessages): void {
    const before = this.#before;
    this.#before = after;
    if (
      (before.plannings.version === after.plannings.version && before.overlay === after.overlay) ||
      !this.#ports.leading()
    )
      return;
    const now = this.#ports.clock.now();
    for (const id of after.plannings.plannings.keys()) {
      const [then, next] = [before, after].map((one) => stretches(one, id, now - 45 * day, now + 14 * day));
      this.#say(after, movedBetween(then ?? [], next ?? [], now));
    }
  }

  #say(reading: EditedForMessages, news: readonly DutyNews[]): void {
    for (const { on, id, stretch } of news) {
      const planning = reading.plannings.plannings.get(stretch.planning);
      const reader = contactOf(reading.plannings, stretch.person);
      if (!planning || !reader) continue;
      const zone = zoneOf(planning.zone);
      const time = (at: number) => frenchTime(zone?.wall(at) ?? at, false);
      const facts = {
        planning: planning.name,
        from: time(stretch.from),
        until: stretch.until >= CALENDAR.until ? '…' : time(stretch.until),
        person: reader.name,
      };
      const rules = reading.messages.rules.filter(
        (rule) =>
          rule.on === on &&
          (rule.planning ?? planning.id) === planning.id &&
          (rule.person ?? reader.person) === reader.person,
      );
      for (const rule of rules) {
        const parcel = parcelFor(rule, reader, facts);
        if (parcel) this.#post(`${id}.${rule.by}`, parcel);
      }
    }
    this.#courier.wake();
  }
}

function stretches(
  { plannings, overlay }: EditedForMessages,
  planning: string,
  from: number,
  until: number,
): Stretch[] {
  return plannings.plannings.has(planning)
    ? stretchesOf(planning, segments(plannings, planning, from, until, overlay))
    : [];
}

const lineOf = (config: MessageConfiguration, called: string): string =>
  (Object.hasOwn(config.flows().lines, called) ? config.flows().lines[called]?.name : undefined) ?? '';

const mailTo = (
  to: string[],
  { subject, text }: { subject: string; text: string },
  { recording, call }: DeliverRecord['about'],
): DeliveryContent => ({
  by: 'mail' as const,
  to,
  subject,
  text,
  attachments: recording ? [{ file: recording, name: `message-${call}.wav` }] : [],
});

const factsOf = (record: FinishedCall, line: string): Facts => ({
  ...record.values,
  call: record.id,
  caller: record.caller || 'numéro masqué',
  called: record.called,
  line,
  outcome: outcomes[record.outcome],
  who: record.legs.find(({ person }) => person === record.who)?.name ?? record.who ?? '',
});
