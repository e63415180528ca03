// Message: an invitation, a recording, and where it goes on. The caller's hanging up is the usual end of a message.
import { z } from 'zod';
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { emit, end, type Lead, note, play, type Run, timerName, wait } from '../../run.ts';
import { seconds, speech } from '../../schema-parts.ts';
import { speak } from '../../speak.ts';
import type { FlowEvent } from '../../state.ts';
import { next } from '../common/grammar.ts';
import { isPlayed } from '../common/playing.ts';
import { said } from '../common/speech.ts';

const schema = z.strictObject({
  kind: z.literal('message'),
  say: speech,
  max: seconds(5, 600).default(120),
  silence: seconds(2, 30).default(5),
  /** Shorter than this is no message. */
  min: seconds(0, 30).default(2),
  then: next,
  /** Where to go when nothing was said; `then` otherwise. */
  empty: next.optional(),
});
type Message = z.output<typeof schema>;

export const message = nodeKind({
  schema,
  about: 'Invite à laisser un message, et l’enregistre.',
  purpose: 'recording',
  exits: ({ then, empty }) => [...exit(then, ['then'], empty === undefined), ...exit(empty, ['empty'], true)],
  enter: (run, node) => (run.state.gone ? end(run, 'normal', 'gone') : play(run, speak(run, node.say))),
  on(run, node, event) {
    if (isPlayed(run, event)) return record(run, node);
    const seconds = recordedBy(run, event);
    return seconds === undefined ? undefined : recorded(run, node, seconds);
  },
  resume: (run, node) => (run.state.doing.kind === 'recording' ? record(run, node) : play(run, speak(run, node.say))),
  speeches: said,
  story: [
    [/^message of (\d+) s$/, (_, seconds, { duration }) => `laisse un message de ${duration(Number(seconds) * 1000)}.`],
    [/^no message$/, () => 'ne laisse pas de message.'],
  ],
});

function record(run: Run, node: Message): Lead {
  run.state.turn++;
  const limits = { maxMs: node.max * 1000, silenceMs: node.silence * 1000 };
  const effect = emit(run, { type: 'record', ...limits, beep: true, terminator: '#' });
  run.state.doing = { kind: 'recording', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'record'), ms: limits.maxMs + 30_000 });
  return wait;
}

/** Its length in seconds: a recording that failed, or never reported its end, is an empty message. */
function recordedBy(run: Run, event: FlowEvent): number | undefined {
  const { doing } = run.state;
  if (doing.kind !== 'recording') return undefined;
  if (event.type === 'recording-finished' && event.recording === doing.effect) return event.seconds;
  if (event.type === 'effect-failed' && event.effect === doing.effect) return 0;
  return event.type === 'timer' && event.name === timerName(run, 'record') ? 0 : undefined;
}

function recorded(run: Run, node: Message, seconds: number): Lead {
  emit(run, { type: 'cancel-timer', name: timerName(run, 'record') });
  const kept = seconds > 0 && seconds >= node.min;
  note(run, { note: kept ? `message of ${Math.round(seconds)} s` : 'no message' });
  if (kept) run.state.message = true;
  return { go: kept ? node.then : (node.empty ?? node.then) };
}
