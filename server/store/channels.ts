// The channels whose calls this line knows. The journal is asked first: what is brought to the ledger meanwhile is then found there.
import type { ChannelId } from '../domain/telephony/names.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';

export interface Channels {
  /** Those of these whose calls live or are over. */
  among(carrier: string, channels: readonly ChannelId[]): Promise<ChannelId[]>;
  /** Of the calls that ended last, at least `most` where there are as many, oldest first. */
  ended(carrier: string, most: number): Promise<ChannelId[]>;
}

export const openChannels = (journal: Journal, ledger: Ledger): Channels => ({
  among: async (carrier, channels) => {
    const here = journal.among(carrier, channels);
    return [...here, ...(await ledger.among(carrier, channels))];
  },
  ended: async (carrier, most) => {
    const waiting = journal.waiting(most).flatMap(({ shipment: { kind, body } }) => (kind === 'call' ? body : []));
    const here = waiting.flatMap((call) => (call.carrier === carrier && call.channel ? call.channel : []));
    return [...(await ledger.channels(carrier, most)), ...here];
  },
});
