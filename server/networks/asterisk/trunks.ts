// Which trunks answer: Asterisk's qualify results, told when they change. It decides nothing about routes.
import type { Instant } from '../../base/clock.ts';
import type { CarrierEvent } from '../../domain/telephony/event.ts';
import type { TrunkId } from '../../domain/telephony/names.ts';
import { type AriEvent, endpointList, parsed, type Request } from './ari/words.ts';

const prefix = 'trunk-';
/** Event types that speak of trunks, and of what becomes of the legs that leave by them. */
export const trunkTypes = [
  ...['PeerStatusChange', 'ContactStatusChange', 'EndpointStateChange', 'TextMessageReceived'],
  ...['Dial', 'ChannelStateChange', 'ChannelHangupRequest', 'ChannelDestroyed'],
];

export class EndpointWatch {
  readonly #reachable = new Map<string, boolean>();

  /** False only where it is known not to answer. */
  isReachable = (trunk: TrunkId): boolean => this.#reachable.get(trunk) !== false;

  /** A change, when the event brings one. */
  read(event: AriEvent, at: Instant): CarrierEvent | undefined {
    const status = event.contact_info?.contact_status ?? event.peer?.peer_status ?? event.endpoint?.state;
    return this.#change(event.endpoint?.resource, status, at);
  }

  /** Everything that differs from what was told before; asked after each connection. */
  async askAll(request: Request, at: () => Instant): Promise<CarrierEvent[]> {
    const answer = await request('GET', 'endpoints/PJSIP');
    const endpoints = parsed(answer, endpointList) ?? [];
    return endpoints.flatMap(({ resource, state }) => this.#change(resource, state, at()) ?? []);
  }

  #change(resource: string | undefined, status: string | undefined, at: Instant): CarrierEvent | undefined {
    const reachable = meaning.get(status?.toLowerCase() ?? '');
    if (!resource?.startsWith(prefix) || reachable === undefined) return undefined;
    const trunk = resource.slice(prefix.length);
    if (this.#reachable.get(trunk) === reachable) return undefined;
    this.#reachable.set(trunk, reachable);
    return { type: 'trunk', trunk, reachable, at };
  }
}

const meaning = new Map(Object.entries({ reachable: true, online: true, unreachable: false, offline: false }));
