// The strategies that there are, one line each. What a strategy is: strategy.ts. How one is added: docs/adding.md.
import type { Strategy } from '../strategy.ts';
import { longestIdle } from './longest-idle.ts';
import { parallel } from './parallel.ts';
import { rotating } from './rotating.ts';
import { sequential } from './sequential.ts';
import { waves } from './waves.ts';

/** The first is the one that is meant where none is named. */
export const strategies: readonly [Strategy, ...Strategy[]] = [sequential, parallel, waves, rotating, longestIdle];

export const strategyNames: readonly string[] = strategies.map(({ name }) => name);

/** By its name; the first where no strategy has it any more: a call may be older than the strategies of today. */
export const strategyNamed = (name: string): Strategy => strategies.find((one) => one.name === name) ?? strategies[0];
