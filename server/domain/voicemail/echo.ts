// Our own prompt coming back from the callee's line. Knows two rows of levels, what we send and what we hear; decides nothing.
import { nth } from '../../base/nth.ts';
import { frameMs } from './frame.ts';

/** An echo over mobile and IP legs comes back within this (ITU-T G.131: one-way delays up to 300 ms). */
const latestMs = 600;
/** Enough syllables to recognise a rhythm by. */
const memory = 1000 / frameMs;
const lags = latestMs / frameMs;
/** Below this we send silence; softer sounds count as this, or the noise of the line would hide the likeness. */
const soft = -55;
/** Likeness of the two rhythms (correlation of levels) from which it is our voice; two people talking stay below 0.6. */
const alike = 0.75;
/** Louder than the echo can be by this: somebody speaks over it. */
const over = 6;

/** Takes the levels of one frame, heard and sent; answers with the latest frames that are echo, counted from the first frame. */
export function echoWatch(): (heard: number, sent: number) => number[] {
  const theirs: number[] = [];
  const ours: number[] = [];
  let speaking = 0;
  return (heard, sent) => {
    theirs.push(Math.max(heard, soft));
    ours.push(Math.max(sent, soft));
    speaking = sent > soft ? memory + lags : speaking - 1;
    if (speaking <= 0 || theirs.length < memory + lags) return [];
    const path = pathOf(theirs, ours);
    return path ? echoed(theirs, ours, path) : [];
  };
}

/** `lag` in frames, `loss` in dB. */
type Path = { lag: number; loss: number };

function pathOf(theirs: readonly number[], ours: readonly number[]): Path | undefined {
  const heard = theirs.slice(-memory);
  let best = { lag: 0, likeness: 0 };
  for (let lag = 0; lag < lags; lag++) {
    const likeness = correlation(heard, ours.slice(ours.length - memory - lag, ours.length - lag));
    if (likeness > best.likeness) best = { lag, likeness };
  }
  if (best.likeness < alike) return undefined;
  const losses = heard.flatMap((level, at) => {
    const sent = nth(ours, ours.length - memory - best.lag + at);
    return sent > soft + over && level > soft ? [sent - level] : [];
  });
  const loss = losses.sort((a, b) => a - b)[losses.length >> 1];
  return loss === undefined ? undefined : { lag: best.lag, loss };
}

function echoed(theirs: readonly number[], ours: readonly number[], { lag, loss }: Path): number[] {
  const frames: number[] = [];
  for (let at = theirs.length - memory; at < theirs.length; at++) {
    const sent = Math.max(...[-1, 0, 1].map((shift) => ours[at - lag + shift] ?? soft));
    if (sent > soft && nth(theirs, at) <= sent - loss + over) frames.push(at);
  }
  return frames;
}

/** Pearson's; 0 where one of the two does not move. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [nth(a, i) - meanA, nth(b, i) - meanB];
    both += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  return ownA > 0 && ownB > 0 ? both / Math.sqrt(ownA * ownB) : 0;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
