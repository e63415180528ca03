// What somebody would complain of after two errands were run with one fault in them: a sentence for each rule that was broken.
import type { Letter } from './errand.ts';
import { type Engine, type Fault, type Life, lives, minute, type Place } from './life.ts';

const places: Place[] = ['step', 'inside', 'perform', 'took', 'listener'];
const upTo = (most: number): number[] => Array.from({ length: most }, (_, i) => i);

/** One fault at every point where one can be. */
export function faults(engine: Engine): Fault[] {
  const whole = lives(engine, { fault: 'none' });
  const writes = upTo(whole.counted('write'));
  const hours = [3, -3].map((n) => n * 60 * minute);
  return [
    { fault: 'none' },
    ...writes.flatMap((from): Fault[] =>
      [1, 4, 40].flatMap((count) => [true, false].map((disk) => ({ fault: 'refused', from, count, disk }) as const)),
    ),
    ...writes.map((at): Fault => ({ fault: 'dies', how: 'before the save', at })),
    ...upTo(whole.counted('performed')).flatMap((at): Fault[] =>
      (['before it performs', 'after it performed'] as const).map((how) => ({ fault: 'dies', how, at })),
    ),
    ...places.flatMap((where) => pointsOf(engine, where).map((at): Fault => ({ fault: 'throws', where, at }))),
    { fault: 'one row' },
    { fault: 'spoilt', at: 0 },
    ...upTo(10).flatMap((at) =>
      hours.flatMap((ms) => [true, false].map((away): Fault => ({ fault: 'jumps', at, ms, away }))),
    ),
  ];
}

/** How often the runner comes by there: a fault that never happens is counted, and finds nothing. */
const pointsOf = (engine: Engine, where: Place): number[] =>
  upTo(lives(engine, { fault: 'throws', where, at: -1 }).counted(where));

export function verdict(engine: Engine, fault: Fault): string[] {
  let life: Life;
  try {
    life = lives(engine, fault);
  } catch (error) {
    return [`the process ended: ${(error as Error).message}`];
  }
  const spoilt = fault.fault === 'spoilt';
  return [
    ...life.wrong,
    ...ofErrand(life, 'b', [2], true),
    ...(spoilt ? ofSpoilt(life) : ofErrand(life, 'a', [1, 3], false)),
    ...ofLetters(life, fault),
    ...ofSaving(life, fault),
    ...ofOrder(life),
  ];
}

function ofErrand(life: Life, id: string, things: number[], over: boolean): string[] {
  const saved = life.saved(id);
  if (!saved) return [`${id} is not on disk`];
  const held = life.process.runner.get(id);
  const told = new Set(life.told.map((one) => one.id));
  const unsent = saved.letters.filter((letter) => !told.has(letter.id)).map((letter) => letter.id);
  // One whose performer threw is found late, and reminded of.
  const allowed = life.fault.fault === 'throws' ? 1 : 0;
  const rules: [string, boolean][] = [
    [`${id} has ${saved.things.join()} and was given ${things.join()}`, saved.things.join() === things.join()],
    [over ? `${id} never ended` : `${id} is over`, saved.over === over],
    [`${id} waits for the house`, saved.asked === undefined],
    [`${id} was idle ${saved.idle} times`, life.fault.fault === 'jumps' || saved.idle === (over ? 0 : 1)],
    [`${id} is over, and still in memory`, !over || !held],
    [`${id} on disk is not ${id} in memory`, over || JSON.stringify(held) === JSON.stringify(saved)],
    [`${unsent.join()} was never sent`, unsent.length <= allowed],
  ];
  return [...rules.flatMap(([what, holds]) => (holds ? [] : [what])), ...ofTimers(life, id, saved.letters)];
}

/** Each open letter has its timer, on disk as in memory, and nothing else has. */
function ofTimers(life: Life, id: string, letters: readonly Letter[]): string[] {
  const over = life.saved(id)?.over;
  const due = letters.filter(({ state }) => state === 'open' && !over).map((letter) => `late.${letter.id}`);
  const rows = Object.keys(life.disk.get(id)?.timers ?? {});
  return rows.join() === due.join() ? [] : [`${id} has the timers ${rows.join()}`];
}

/** A row that nobody can read: where it was, told, and nobody else feels it. */
function ofSpoilt(life: Life): string[] {
  const wrong: string[] = [];
  if (life.aside.join() !== 'a') wrong.push('the row that cannot be read was not told');
  if (life.disk.get('a')?.state !== '{"id":"a","thi') wrong.push('the row that cannot be read was changed');
  return wrong;
}

/** No letter twice for one cause, none out of time: by the steady clock, a minute after the one before it, and never for an errand that is over. */
function ofLetters(life: Life, given: Fault): string[] {
  const { fault } = given;
  const firsts = new Map<string, number>();
  for (const { id, at } of life.told) if (!firsts.has(id)) firsts.set(id, at);
  const again = life.told.length - firsts.size;
  const wrong: string[] = [];
  if (again > (['dies', 'spoilt', 'throws', 'jumps'].includes(fault) ? 2 : 0))
    wrong.push(`${again} letters were sent twice`);
  const late = (['a', 'b'] as const).flatMap((id) => gaps(life, id, firsts));
  const longest = fault === 'throws' ? 2 * minute + 2000 : minute + 9000;
  // A clock that was set forward while nobody ran: what is due by it is due.
  for (const gap of late)
    if ((gap < minute - 1 && !(given.fault === 'jumps' && given.away && given.ms > 0)) || gap > longest)
      wrong.push(`a reminder came ${Math.round(gap / 1000)} s after what it reminds of`);
  return wrong;
}

/** From each letter that was late to the one that reminds of it. */
function gaps(life: Life, id: string, firsts: ReadonlyMap<string, number>): number[] {
  return (life.saved(id)?.letters ?? []).flatMap((letter) => {
    const [from, to] = [firsts.get(letter.reminds ?? ''), firsts.get(letter.id)];
    return from === undefined || to === undefined ? [] : [to - from];
  });
}

/** What was refused is told while it lasts, written in its order, and told again once it is. */
function ofSaving(life: Life, fault: Fault): string[] {
  const { saving, inbox } = life.process;
  const wrong: string[] = [];
  if (life.counted('look') > 5000) wrong.push('the inbox is looked at without end');
  if (life.counted('any step') > 500) wrong.push('there is no end of steps');
  if (saving.failingSince !== undefined || saving.waiting() > 0) wrong.push('something still waits to be saved');
  if (life.rows.length > 0 && fault.fault !== 'spoilt') wrong.push(`${life.rows.length} rows are left in the inbox`);
  if (inbox.failed > 0 && fault.fault !== 'spoilt') wrong.push('something in the inbox still fails');
  // One that is written at the second try, in the same breath, never waited.
  if (life.refused.length > 1 && life.recovered.length === 0) wrong.push('nobody was told that saving works again');
  if (new Set(life.notes).size < life.notes.length) wrong.push('a note was written twice');
  if (life.notes.length < 6 && fault.fault !== 'spoilt') wrong.push(`only ${life.notes.join(', ')} stand on record`);
  return wrong;
}

/** In the order in which they were first refused: an inbox row that leaves is never before the work that it made. */
function ofOrder({ refused, written, fault }: Life): string[] {
  if (fault.fault !== 'refused' || !fault.disk) return [];
  const waited = [...new Set(refused)].filter((what) => !what.startsWith('post'));
  const after = [...new Set(written.slice(-(written.length - fault.from)))].filter((what) => waited.includes(what));
  const order = after.slice(0, waited.length);
  return order.join() === waited.join() ? [] : [`refused: ${waited.join()}; written: ${order.join()}`];
}
