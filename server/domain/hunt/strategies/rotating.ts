// One after the other, and each call begins with the next person.
import { alone, type Strategy } from '../strategy.ts';

export const rotating: Strategy = {
  name: 'rotating',
  about: 'L’un après l’autre, en commençant à chaque appel par le suivant.',
  takesTurn: true,
  waves(people, turn) {
    const first = people.length > 0 ? turn % people.length : 0;
    return alone([...people.slice(first), ...people.slice(0, first)]);
  },
};
