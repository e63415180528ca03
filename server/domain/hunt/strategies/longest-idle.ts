// One after the other, whoever has talked to no caller for longest first.
import { alone, type Strategy } from '../strategy.ts';

export const longestIdle: Strategy = {
  name: 'longest-idle',
  about: 'D’abord celui qui n’a parlé à aucun appelant depuis le plus longtemps.',
  waves: (people) => alone([...people].sort((a, b) => (a.lastTalkedAt ?? 0) - (b.lastTalkedAt ?? 0))),
};
