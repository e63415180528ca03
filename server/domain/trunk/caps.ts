// The ceiling on what the line may spend: against a runaway flow, a loop or a thief. Counting is done by whoever performs calls.
import type { TrunkId } from '../telephony/names.ts';
import type { Caps } from './schema.ts';

/** Outgoing legs as they are now; minutes are of answered legs, begun minutes counted whole. */
export type Usage = {
  legs: number;
  legsByTrunk: Readonly<Record<TrunkId, number>>;
  minutesLastHour: number;
  minutesLastDay: number;
};

export const noUsage: Usage = { legs: 0, legsByTrunk: {}, minutesLastHour: 0, minutesLastDay: 0 };

/** One sentence naming the cap that is reached; undefined while there is room. */
export function usageRefusal(caps: Caps, usage: Usage = noUsage): string | undefined {
  const reached: [boolean, string][] = [
    [usage.legs >= caps.concurrentLegs, `${caps.concurrentLegs} legs at once (caps: concurrent legs)`],
    [
      usage.minutesLastHour >= caps.minutesPerHour,
      `${caps.minutesPerHour} minutes in an hour (caps: minutes per hour)`,
    ],
    [usage.minutesLastDay >= caps.minutesPerDay, `${caps.minutesPerDay} minutes in a day (caps: minutes per day)`],
  ];
  const first = reached.find(([is]) => is);
  return first && `a cap is reached: ${first[1]}`;
}
