// The levels of a planning: who is rung first, who stands behind. Told by the file, or seen from rotations that are on at the same time.
import { nth } from '../../base/nth.ts';
import { DAY, type Wall } from './calendar.ts';
import type { Planning, RingMode, Rotation } from './schema.ts';
import { type Span, windowSpans } from './spans.ts';
import { firstHandoff } from './turns.ts';
import { knownZone } from './zone.ts';

export type LevelRule = { name: string; ring?: RingMode | undefined };
/** Levels in the order in which they are rung, and the level (its index) of each rotation. Never empty. */
export type Ladder = { levels: readonly LevelRule[]; ofRotation: readonly number[] };

type Given = Pick<Planning, 'rotations' | 'levels'>;

const made = new WeakMap<Given, Ladder>();

/**
 * Where the file names levels, a rotation that names none is on the first. Where it names none at all, rotations that can be on at the same
 * time are levels, in the order of the file; those that relieve each other (week and week-end, workshop and night) share one.
 */
export function ladderOf(planning: Given): Ladder {
  const ready = made.get(planning);
  if (ready) return ready;
  const ladder = planning.levels ? toldLadder(planning.levels, planning.rotations) : seenLadder(planning.rotations);
  made.set(planning, ladder);
  return ladder;
}

/** The index of a level by its name, its number (from 1), or the name of one of its rotations. Undefined: there is no such level. */
export function levelNamed(planning: Given, name: string): number | undefined {
  const { levels, ofRotation } = ladderOf(planning);
  const byName = levels.findIndex((level) => level.name === name);
  if (byName >= 0) return byName;
  if (/^\d{1,2}$/.test(name)) return levels[Number(name) - 1] ? Number(name) - 1 : undefined;
  return ofRotation[planning.rotations.findIndex((rotation) => rotation.name === name)];
}

function toldLadder(levels: readonly LevelRule[], rotations: readonly Rotation[]): Ladder {
  const indexOf = (name: string | undefined) => levels.findIndex((level) => level.name === name);
  return { levels, ofRotation: rotations.map(({ level }) => Math.max(0, indexOf(level))) };
}

function seenLadder(rotations: readonly Rotation[]): Ladder {
  const members: Rotation[][] = [[]];
  const ofRotation = rotations.map((rotation) => {
    const free = members.findIndex((level) => !level.some((other) => meet(other, rotation)));
    const index = free < 0 ? members.length : free;
    members[index] = [...(members[index] ?? []), rotation];
    return index;
  });
  return { levels: members.map((_, index) => ({ name: String(index + 1) })), ofRotation };
}

/** Long enough to see every window of a year. */
const looked = 400 * DAY;

/** Can both be on at the same time, by the clock on the wall? One that stands instead of those below it is never on beside them. */
function meet(above: Rotation, below: Rotation): boolean {
  if (above.instead) return false;
  const from = Math.max(firstHandoff(above), firstHandoff(below));
  const until = Math.min(
    from + looked,
    above.until ?? Number.POSITIVE_INFINITY,
    below.until ?? Number.POSITIVE_INFINITY,
  );
  if (until <= from) return false;
  const span = { from, until };
  return overlap(spansOf(above, span), spansOf(below, span));
}

/** Of two ordered lists. */
function overlap(those: readonly Span[], these: readonly Span[]): boolean {
  for (let i = 0, j = 0; i < those.length && j < these.length; ) {
    const [one, other] = [nth(those, i), nth(these, j)];
    if (one.from < other.until && other.from < one.until) return true;
    if (one.until <= other.until) i++;
    else j++;
  }
  return false;
}

/** A zone without seasons: a night on which the clock is set back makes no level. */
const wallZone = knownZone('UTC');

const spansOf = ({ windows }: Rotation, span: { from: Wall; until: Wall }) =>
  windows ? windowSpans(windows, wallZone, span) : [span];

/** Every ring mode that the file itself says. */
export const ringsSaid = ({ ring, levels, rotations, holidays, shifts }: Planning): ReadonlySet<RingMode> =>
  new Set(
    [{ ring }, ...(levels ?? []), ...rotations, ...(holidays ? [holidays] : []), ...shifts].flatMap(
      (one) => one.ring ?? [],
    ),
  );
