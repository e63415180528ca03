// All together: the first to press the key has the caller.
import type { Strategy } from '../strategy.ts';

export const parallel: Strategy = {
  name: 'parallel',
  about: 'Tous ensemble ; le premier qui tape 1 prend l’appel.',
  waves: (people) => (people.length > 0 ? [people.map((one) => one.person)] : []),
};
