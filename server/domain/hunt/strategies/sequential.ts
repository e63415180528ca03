// One after the other, in the planning's order.
import { alone, type Strategy } from '../strategy.ts';

export const sequential: Strategy = {
  name: 'sequential',
  about: 'L’un après l’autre, dans l’ordre du planning.',
  waves: alone,
};
