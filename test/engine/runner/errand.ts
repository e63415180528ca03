// A machine as small as one can be that has all that the runner carries: questions to the house, letters to the world, notes beside the
// value, timers, an end. Each errand writes a letter for each thing that it is given, and again each minute until the letter is answered.
import type { Result } from '../../../server/base/result.ts';
import type { Step, TimerEffect } from '../../../server/engine/machine.ts';

/** `reminds`: of a letter that was not answered in time. */
export type Letter = { id: string; state: 'open' | 'answered' | 'late'; reminds?: string };
export type Errand = {
  id: string;
  things: number[];
  asked?: string;
  letters: Letter[];
  idle: number;
  ids: number;
  over: boolean;
};
export type ErrandEvent = { at: number } & (
  | { type: 'given'; thing: number }
  | { type: 'worded'; asked: string; text: string }
  | { type: 'answered'; letter: string }
  | { type: 'closed' }
  | { type: 'timer'; name: string }
);
export type ErrandEffect =
  | { type: 'word'; asked: string }
  | { type: 'send'; letter: string }
  | { type: 'note'; text: string }
  | TimerEffect;

export const minute = 60_000;
/** Nothing was given for so long. */
const idleMs = 5 * minute;
const stays = (value: Errand): Step<Errand, ErrandEffect> => ({ value, effects: [] });

export const begun = (id: string): Step<Errand, ErrandEffect> => ({
  value: { id, things: [], letters: [], idle: 0, ids: 0, over: false },
  effects: [{ type: 'note', text: `${id} begins` }],
});

export function stepErrand(value: Errand, event: ErrandEvent): Step<Errand, ErrandEffect> {
  if (event.type === 'answered') return answered(value, event.letter);
  if (value.over) return stays(value);
  if (event.type === 'closed')
    return { value: { ...value, over: true }, effects: [{ type: 'note', text: `${value.id} ends` }] };
  if (event.type === 'given') {
    if (value.things.includes(event.thing)) return stays(value);
    const asked = `${value.id}.q${value.ids + 1}`;
    const note: ErrandEffect = { type: 'note', text: `${value.id} gets ${event.thing}` };
    const next = { ...value, asked, ids: value.ids + 1, things: [...value.things, event.thing] };
    return { value: next, effects: [note, { type: 'start-timer', name: 'idle', ms: idleMs }, { type: 'word', asked }] };
  }
  if (event.type === 'worded') {
    if (value.asked !== event.asked) return stays(value);
    const { asked: _, ...rest } = value;
    return writes(rest);
  }
  if (event.name === 'idle') return { value: { ...value, idle: value.idle + 1 }, effects: [] };
  const late = event.name.slice('late.'.length);
  return isOpen(value, late) ? writes(changed(value, late, 'late'), late) : stays(value);
}

function writes(value: Errand, reminds?: string): Step<Errand, ErrandEffect> {
  const letter = `${value.id}.l${value.ids + 1}`;
  const written: Letter = { id: letter, state: 'open', ...(reminds ? { reminds } : {}) };
  return {
    value: { ...value, ids: value.ids + 1, letters: [...value.letters, written] },
    effects: [
      { type: 'send', letter },
      { type: 'start-timer', name: `late.${letter}`, ms: minute },
    ],
  };
}

const isOpen = ({ letters }: Errand, id: string): boolean =>
  letters.some((one) => one.id === id && one.state === 'open');

const changed = (value: Errand, id: string, state: Letter['state']): Errand => ({
  ...value,
  letters: value.letters.map((one) => (one.id === id ? { ...one, state } : one)),
});

const answered = (value: Errand, id: string): Step<Errand, ErrandEffect> =>
  isOpen(value, id)
    ? { value: changed(value, id, 'answered'), effects: [{ type: 'cancel-timer', name: `late.${id}` }] }
    : stays(value);

export function readErrand(id: string, state: string): Result<Errand> {
  try {
    return { ok: true, value: JSON.parse(state) as Errand };
  } catch {
    return { ok: false, problems: [{ file: `saved errand ${id}`, message: 'its state is no JSON' }] };
  }
}
