// What a rotation that is well formed can still get wrong: days that are no days of hand-off, ends before beginnings, people who leave what they are not in.
import type { Locate } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import { isoDate, startOfDay, WEEK, weekdayName, weekdayOf } from './calendar.ts';
import type { Rotation } from './schema.ts';
import { firstHandoff, laterHandoff, namedBefore, turnsOf } from './turns.ts';

export function problem(locate: Locate, path: PropertyKey[], message: string, hint?: string): Problem {
  return { ...locate(path), message, ...(hint ? { hint } : {}) };
}

/** Every mistake in the rotations, with its place. */
export const rotationProblems = (rotations: readonly Rotation[], locate: Locate): Problem[] =>
  rotations.flatMap((rotation, index) => {
    const at = (...path: PropertyKey[]): PropertyKey[] => ['rotations', index, ...path];
    const named = rotations.findIndex(({ name }) => name === rotation.name);
    const twice = problem(locate, at('name'), `two rotations are named "${rotation.name}"`, 'rename one of them');
    const own = [...startProblems(rotation, at, locate), ...handoffProblems(rotation, at, locate)];
    const found = [...(named < index ? [twice] : []), ...own, ...endProblems(rotation, at, locate)];
    return own.length > 0 ? found : [...found, ...laterProblems(rotation, at, locate)];
  });

type At = (...path: PropertyKey[]) => PropertyKey[];

/** The start is a day of hand-off, where the hand-off says on which days it is. */
function startProblems(rotation: Rotation, at: At, locate: Locate): Problem[] {
  const { start, handoff } = rotation;
  if (handoff?.weekday === undefined) return [];
  const first = firstHandoff(rotation);
  if (startOfDay(first) === start) return [];
  const wanted = weekdayName(handoff.weekday);
  const message =
    handoff.nth === undefined
      ? `${isoDate(start)} is a ${weekdayName(weekdayOf(start))}, the hand-off is on ${wanted}`
      : `${isoDate(start)} is not that ${wanted} of the month`;
  return [problem(locate, at('start'), message, `start: ${isoDate(first)}`)];
}

function handoffProblems({ handoff, every }: Rotation, at: At, locate: Locate): Problem[] {
  const told = (message: string, hint: string) => [problem(locate, at('handoff'), message, hint)];
  if (handoff?.weekday === undefined || every === undefined) return [];
  if ('months' in every)
    return handoff.nth === undefined
      ? told('turns of months hand over on a day of the month', 'write "premier lundi du mois 08:00", or the time only')
      : [];
  if (handoff.nth !== undefined)
    return told('a hand-off on one weekday of the month needs turns of months', 'write every: "1 mois"');
  if ('time' in every && every.time % WEEK === 0) return [];
  return told('a hand-off on one weekday needs turns of whole weeks', 'write the time only, or every: "1 semaine"');
}

function endProblems({ start, until }: Rotation, at: At, locate: Locate): Problem[] {
  return until !== undefined && until <= start
    ? [problem(locate, at('until'), 'this rotation ends before it begins', 'write a later day')]
    : [];
}

/** Later teams stand in order, each from a day of hand-off on, and whoever leaves was there. */
function laterProblems(rotation: Rotation, at: At, locate: Locate): Problem[] {
  return (rotation.later ?? []).flatMap(({ from, without }, place, later) => {
    const told = (word: string, message: string, hint: string) => [
      problem(locate, at('later', place, word), message, hint),
    ];
    if (from <= (later[place - 1]?.from ?? rotation.start))
      return told('from', 'this change of team is not later than what stands before it', 'write them in order');
    const handoff = laterHandoff(rotation, from);
    if (handoff !== undefined)
      return told('from', `nobody hands over on ${isoDate(from)}`, `the next hand-off: from: ${isoDate(handoff)}`);
    const before = namedBefore(rotation, place);
    const stranger = without?.find((one) => !before.has(one));
    if (stranger !== undefined)
      return told('without', `"${stranger}" is in no turn before`, didYouMean(stranger, before) ?? 'remove this name');
    return without && leavesNobody(rotation, from, without)
      ? told('without', 'nobody is left in the turns', 'write "turns" with the new team, or until: with the last day')
      : [];
  });
}

/** The turn that begins then still names one of those who leave: the list would have been empty. */
function leavesNobody(rotation: Rotation, from: number, without: readonly string[]): boolean {
  const turns = turnsOf(rotation);
  const first = turns.at(from + turnTime(rotation));
  return [turns.of(first), ...turns.after(first)].some((turn) => turn.flat().some((one) => without.includes(one)));
}

/** Late enough on a day for its hand-off to have been. */
const turnTime = ({ handoff }: Rotation): number => handoff?.time ?? WEEK / 7 - 1;
