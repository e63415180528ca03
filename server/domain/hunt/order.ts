// Strategy → waves: the people who ring together, wave after wave. Pure order, nothing else.
import type { Strategy } from '../telephony/dial.ts';
import type { OnCall } from '../telephony/event.ts';
import type { PersonId } from '../telephony/names.ts';

/**
 * @param people in the planning's order.
 * @param turn how often this target was hunted before: `rotating` starts with the next person each time.
 */
export function wavesOf(strategy: Strategy, people: readonly OnCall[], turn: number): PersonId[][] {
  const ids = people.map((one) => one.person);
  const alone = (list: PersonId[]) => list.map((id) => [id]);
  switch (strategy) {
    case 'sequential':
      return alone(ids);
    case 'parallel':
      return ids.length > 0 ? [ids] : [];
    case 'waves':
      return [...new Set(people.map((one) => one.priority))]
        .sort((a, b) => a - b)
        .map((priority) => people.filter((one) => one.priority === priority).map((one) => one.person));
    case 'rotating': {
      const first = ids.length > 0 ? turn % ids.length : 0;
      return alone([...ids.slice(first), ...ids.slice(0, first)]);
    }
    case 'longest-idle':
      return alone([...people].sort((a, b) => (a.lastTalkedAt ?? 0) - (b.lastTalkedAt ?? 0)).map((one) => one.person));
  }
}
