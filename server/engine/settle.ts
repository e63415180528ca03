// One event's way through a machine: step, answer at once what the house itself can answer, step again, until only the world is left. Pure
// where the machine is.
import type { Instant } from '../base/clock.ts';
import type { Event, Machine, Step, TimerEffect, Turn } from './machine.ts';

/** A house that keeps asking would never end; nothing real comes near this. */
const mostAnswers = 500;

type Stepping<V, E extends Event, X extends { type: string }, N> = Pick<
  Machine<V, E, X, N>,
  'kind' | 'id' | 'step' | 'inside'
>;

/** @throws whatever a step throws */
export function settle<V, E extends Event, X extends { type: string }, N>(
  machine: Stepping<V, E, X, N>,
  first: Step<V, X>,
  at: Instant,
): Turn<V, X, N> {
  const turn: Turn<V, X, N> = { value: first.value, outside: [], timers: new Map(), notices: [] };
  const queue = sorted(machine, turn, first.effects, at);
  let answers = 0;
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    if (++answers > mostAnswers) throw new Error(`${machine.kind} ${machine.id(turn.value)} asks without end`);
    const step = machine.step(turn.value, event);
    turn.value = step.value;
    queue.push(...sorted(machine, turn, step.effects, at));
  }
  return turn;
}

/** Puts each effect where it belongs. @returns the answers that are there at once */
function sorted<V, E extends Event, X extends { type: string }, N>(
  machine: Stepping<V, E, X, N>,
  turn: Turn<V, X, N>,
  effects: readonly X[],
  at: Instant,
): E[] {
  return effects.flatMap((effect): readonly E[] => {
    if (isOfTimers(effect)) {
      turn.timers.set(effect.name, effect.type === 'start-timer' ? effect.ms : null);
      return [];
    }
    const inside = machine.inside(turn.value, effect, at);
    if (!inside) turn.outside.push(effect);
    turn.value = inside?.value ?? turn.value;
    turn.notices.push(...(inside?.notices ?? []));
    return inside?.events ?? [];
  });
}

const isOfTimers = (effect: { type: string }): effect is TimerEffect =>
  effect.type === 'start-timer' || effect.type === 'cancel-timer';
