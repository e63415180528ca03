// Those of the same priority together, the lower number first.
import type { Strategy } from '../strategy.ts';

export const waves: Strategy = {
  name: 'waves',
  about: 'Par vagues : ensemble ceux de même priorité, 1 d’abord.',
  waves: (people) =>
    [...new Set(people.map((one) => one.priority))]
      .sort((a, b) => a - b)
      .map((priority) => people.filter((one) => one.priority === priority).map((one) => one.person)),
};
