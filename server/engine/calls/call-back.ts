// Whether the line may call back now, and over which network.
import type { Instant } from '../../base/clock.ts';
import type { CallBackOrder } from '../../domain/call/call.ts';
import type { Carrier } from '../../domain/telephony/carrier.ts';
import { planFor } from '../../domain/trunk/by-carrier.ts';
import { usageRefusal } from '../../domain/trunk/caps.ts';
import type { Live } from './live.ts';
import type { Ports } from './ports.ts';

/** `maxCalls`: how many calls the technician takes at once. `over`: the network that the customer came by, by name. */
export type Order = Omit<CallBackOrder, 'at' | 'carrier'> & { maxCalls: number; over?: string };
/** Why the line does not call back now. */
export type NotNow = { refused: 'busy' | 'cap' | 'down'; why: string };

export type Now = {
  carriers: readonly Carrier[];
  isLed: (carrier: Carrier) => boolean;
  live: Live;
  config: Ports['config'];
  /** Calls can be saved. */
  saving: boolean;
  at: Instant;
};

/** The network that rings the technician: the one that is named, where this line has it, for only there can the number be shown; else the first. */
export function networkFor(order: Order, { carriers, isLed, live, config, saving, at }: Now): Carrier | NotNow {
  const named = carriers.find(({ name }) => name === order.over);
  const carrier = (named ? [named] : carriers).find(isLed);
  if (!carrier) return { refused: 'down', why: 'the telephone network of this line cannot be led now' };
  if (!saving) return { refused: 'down', why: 'calls cannot be saved now' };
  if (isBusy(order, live)) return { refused: 'busy', why: `${order.person} is on a call already` };
  const cap = usageRefusal(planFor(carrier.name, config.trunks()).caps, live.traffic.usage(at));
  return cap ? { refused: 'cap', why: cap } : carrier;
}

/** One call back at a time for each technician, whoever asked for it, and none beside the calls that they take. */
function isBusy({ person, maxCalls }: Order, live: Live): boolean {
  const calling = live.all().some(({ flow }) => flow.technician?.person === person);
  return calling || live.traffic.of(person) >= maxCalls;
}
