// A telephone network in memory, behind the port: channels and bridges that live on when a server dies. Knows nothing of calls' states.
import type { Carrier } from '../../../server/domain/telephony/carrier.ts';
import type { Effect, Originate } from '../../../server/domain/telephony/effect.ts';
import type { Arrival, CarrierEvent, Living } from '../../../server/domain/telephony/event.ts';
import type { CallId, ChannelId, EffectId } from '../../../server/domain/telephony/names.ts';
import { caller, line } from '../../domain/call/house.ts';

export type LivingLeg = { leg: ChannelId; number: string; trunk: string; up: boolean; asked?: EffectId; began?: true };

/** What lives at the carrier, whoever is connected to it. */
export class Network {
  now: () => number = () => 0;
  callers = new Map<ChannelId, { call?: CallId; hears: string; effect: EffectId; bridged?: ChannelId }>();
  legs = new Map<ChannelId, LivingLeg>();
  /** Two legs of ours that were joined: the technician of a call back, and the customer. */
  pair: ChannelId[] = [];
  /** Every originate that really left, in order. */
  rung: Originate[] = [];
  performed: Effect[] = [];
  dropped: ChannelId[] = [];
  /** Handed to the last-resort route: no more of ours. */
  rescued: ChannelId[] = [];
  #listener: ((event: CarrierEvent) => void) | undefined;
  #connected: object | undefined;

  /** A server's side of it. `beforePerform` sees effects before anything is done; false: the server died just then. */
  carrier(beforePerform: (call: CallId, effects: readonly Effect[]) => boolean = () => true): Carrier {
    const self = {};
    const mine = () => this.#connected === self;
    return {
      name: 'asterisk',
      start: async (listener) => {
        this.#connected = self;
        this.#listener = listener;
        this.emit({ type: 'back', at: this.now(), living: this.living() });
      },
      adopt: ({ call, channel }) => {
        const caller = this.callers.get(channel);
        if (caller) caller.call = call;
      },
      forget: () => {},
      perform: ({ call, channel }, effects) => {
        if (mine() && beforePerform(call, effects)) for (const effect of effects) this.#do(channel, effect);
      },
      drop: (channel) => {
        if (!mine()) return;
        this.dropped.push(channel);
        this.legs.delete(channel);
      },
      rescue: ({ channel }) => {
        if (!mine()) return;
        this.rescued.push(channel);
        this.callers.delete(channel);
      },
      stop: async () => this.disconnect(),
    };
  }

  /** The server is gone; what lives here lives on. */
  disconnect(): void {
    this.#connected = undefined;
    this.#listener = undefined;
  }

  get connected(): boolean {
    return this.#connected !== undefined;
  }

  emit(event: CarrierEvent): void {
    this.#listener?.(event);
  }

  living(): Living {
    const legs = [...this.legs.values()];
    const bridges = [...this.callers].flatMap(([id, { bridged }]) =>
      bridged ? [{ id: `b-${id}`, channels: [id, bridged] }] : [],
    );
    return {
      channels: [
        ...[...this.callers.keys()].map((channel) => ({ channel, state: 'up' as const, arrival: this.#door(channel) })),
        ...legs.map(({ leg, up }) => ({ channel: leg, state: up ? ('up' as const) : ('ringing' as const) })),
      ],
      bridges:
        this.pair.every((id) => this.legs.has(id)) && this.pair.length > 0
          ? [...bridges, { id: 'b', channels: this.pair }]
          : bridges,
    };
  }

  /** A caller's channel always tells how it came in, as Asterisk's does. */
  #door = (channel: ChannelId): Arrival => ({ channel, carrier: 'asterisk', called: line, caller, at: this.now() });

  #do(channel: ChannelId, effect: Effect): void {
    this.performed.push(effect);
    const caller = this.callers.get(channel);
    if (effect.type === 'originate') {
      this.rung.push(effect);
      this.legs.set(effect.leg, { leg: effect.leg, number: effect.number, trunk: effect.trunk, up: false });
    } else if (effect.type === 'ask-to-confirm') this.#ask(effect.leg, effect.id);
    else if (effect.type === 'hangup-leg' || effect.type === 'tell-and-hangup') this.legs.delete(effect.leg);
    else if (effect.type === 'hangup') void (this.callers.delete(channel) || this.legs.delete(channel));
    else if (effect.type === 'bridge' && this.legs.has(channel)) this.pair = [channel, effect.leg];
    else if (effect.type === 'bridge' && caller) caller.bridged = effect.leg;
    else if (caller && ['play', 'gather', 'wait', 'record'].includes(effect.type))
      Object.assign(caller, { hears: effect.type, effect: effect.id });
  }

  #ask(leg: ChannelId, asked: EffectId): void {
    const one = this.legs.get(leg);
    if (!one) return;
    delete one.began;
    one.asked = asked;
  }
}
