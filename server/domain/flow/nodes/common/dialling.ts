// A hunt is asked for, and its end leads on. Who is rung comes from files and from the server's own records, never from keys.
import type { DialExit, DialSpec } from '../../../telephony/dial.ts';
import { type Exit, exit } from '../../exits.ts';
import type { NodeKind } from '../../kind.ts';
import { answer, end, type Lead, lineOf, type Run } from '../../run.ts';
import type { FlowNode } from '../../set.ts';
import { speak } from '../../speak.ts';

export type Dialling = FlowNode & {
  exits: {
    'no-answer': string;
    'carrier-failure': string;
    'empty-planning'?: string | undefined;
    answered?: string | undefined;
    'caller-gone'?: string | undefined;
  };
};

/** The part of a kind that begins a hunt. @param specOf whom to ring and how; or where to go on at once */
export const dialling = <N extends Dialling>(
  specOf: (run: Run, node: N) => DialSpec | { go: string },
): Pick<NodeKind<N>, 'exits' | 'enter' | 'on' | 'purpose'> => ({
  purpose: 'hunt',
  exits: exitsOf,
  enter(run, node) {
    if (run.state.gone) return end(run, 'normal', 'gone');
    const spec = specOf(run, node);
    return 'go' in spec ? spec : begin(run, spec);
  },
  on: (run, node, event) =>
    event.type === 'dial-ended' && run.state.doing.kind === 'dialling' ? ended(run, node, event.exit) : undefined,
});

function begin(run: Run, spec: DialSpec): Lead {
  run.state.turn++;
  run.state.doing = { kind: 'dialling' };
  // Nobody spoke to this caller yet: they keep their carrier's own ringing, unbilled, until somebody takes the call.
  if (spec.wait === 'ringing' && !run.state.answered)
    return { want: 'dial', spec: { ...spec, words: { ...spec.words, prompts: [] } } };
  answer(run);
  return { want: 'dial', spec };
}

/** Where no planning could be empty, that exit counts as nobody answering. */
function ended(run: Run, { exits }: Dialling, exit: DialExit): Lead {
  if (exit === 'answered') run.state.answered = true;
  if (exit === 'caller-gone') run.state.gone = true;
  const next = exits[exit] ?? (exit === 'empty-planning' ? exits['no-answer'] : undefined);
  return next === undefined ? end(run, 'normal', exit === 'answered' ? 'talked' : 'gone') : { go: next };
}

const exitsOf = ({ exits }: Dialling): Exit[] => [
  ...exit(exits['no-answer'], ['exits', 'no-answer'], false),
  ...exit(exits['empty-planning'], ['exits', 'empty-planning'], true),
  ...exit(exits['carrier-failure'], ['exits', 'carrier-failure'], true),
  ...exit(exits.answered, ['exits', 'answered'], false),
  ...exit(exits['caller-gone'], ['exits', 'caller-gone'], false),
];

/** One number, joined as it answers: nobody there is asked for a key. @param ring in seconds */
export function transferSpec(run: Run, number: string, ring: number, wait: DialSpec['wait'] | undefined): DialSpec {
  const line = lineOf(run);
  return {
    levels: [{ target: { number }, strategy: 'sequential', rounds: 1, ringMs: ring * 1000 }],
    maxWaitMs: (ring + 10) * 1000,
    wait: wait ?? line.wait.sound,
    words: { prompts: speak(run, line.wait.words, line.language), everyMs: line.wait.every * 1000 },
    announce: [],
    confirm: { by: 'answer' },
    show: line.show,
    line: line.number,
    caller: run.state.caller,
  };
}

export const sought = (flow: string, node: string): string => `on cherche quelqu’un (${flow}/${node}).`;
