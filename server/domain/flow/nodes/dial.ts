// Dial and transfer: written by the file, compiled for the hunt. Who is rung comes from files only, never from keys.
import type { DialExit, DialSpec, Level } from '../../telephony/dial.ts';
import type { Target } from '../../telephony/effect.ts';
import type { Prompt } from '../../telephony/prompt.ts';
import { answer, end, type Lead, lineOf, note, type Run } from '../run.ts';
import type { LevelNode, NodeOf } from '../schema.ts';
import { filled, speak, spell, spokenNumber } from '../speak.ts';
import { wordsIn } from '../words.ts';

function targetOf(run: Run, level: LevelNode): Target {
  if (level.number !== undefined) return { number: level.number };
  if (level.person !== undefined) return { person: level.person };
  return { planning: filled(run, level.planning ?? '') };
}

const levelOf = (run: Run, level: LevelNode): Level => ({
  target: targetOf(run, level),
  strategy: level.strategy,
  rounds: level.rounds,
  ringMs: level.ring * 1000,
});

/** « Appel d'astreinte de 06 12 … . Ligne : Dépannage. », then the file's own words. */
function announce(run: Run, node: NodeOf<'dial'>): Prompt[] {
  const line = lineOf(run);
  const words = wordsIn(line.language);
  const from = run.state.caller
    ? [
        ...speak(run, [{ text: words.callFrom }], line.language),
        ...spell(spokenNumber(run.state.caller), line.language),
      ]
    : speak(run, [{ text: words.hiddenCaller }], line.language);
  const own = node.announce ? speak(run, node.announce) : [];
  return [...from, ...speak(run, [{ text: words.onLine }], line.language), ...own];
}

export function dialSpec(run: Run, node: NodeOf<'dial'>): DialSpec {
  const line = lineOf(run);
  const words = wordsIn(line.language);
  const say = (text: string) => speak(run, [{ text }], line.language);
  const waiting = node.words
    ? { prompts: speak(run, node.words.say), everyMs: node.words.every * 1000 }
    : { prompts: speak(run, line.wait.words, line.language), everyMs: line.wait.every * 1000 };
  return {
    levels: node.levels.map((level) => levelOf(run, level)),
    maxWaitMs: node['total-wait'] * 1000,
    wait: node.wait ?? line.wait.sound,
    words: waiting,
    announce: announce(run, node),
    confirm: { by: 'key', question: say(words.question), taken: say(words.taken), waitMs: node.confirm * 1000 },
    show: node.show ?? line.show,
    line: line.number,
    caller: run.state.caller,
  };
}

export function transferSpec(run: Run, node: NodeOf<'transfer'>): DialSpec {
  const line = lineOf(run);
  return {
    levels: [{ target: { number: node.number }, strategy: 'sequential', rounds: 1, ringMs: node.ring * 1000 }],
    maxWaitMs: (node.ring + 10) * 1000,
    wait: node.wait ?? line.wait.sound,
    words: { prompts: speak(run, line.wait.words, line.language), everyMs: line.wait.every * 1000 },
    announce: [],
    confirm: { by: 'answer' },
    show: line.show,
    line: line.number,
    caller: run.state.caller,
  };
}

/** The number comes from the house's own records, after a PIN: `technician` is set by nothing else. */
export function enterCallBack(run: Run, node: NodeOf<'call-back'>): Lead {
  const number = run.state.technician?.last;
  if (!number) return { go: node.nobody };
  note(run, { note: `calls back ${number}` });
  const { ring, wait, exits } = node;
  return enterDial(run, { kind: 'transfer', number, ring, wait, exits });
}

type Dialling = NodeOf<'dial'> | NodeOf<'transfer'> | NodeOf<'call-back'>;

export function enterDial(run: Run, node: NodeOf<'dial'> | NodeOf<'transfer'>): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  const spec = node.kind === 'dial' ? dialSpec(run, node) : transferSpec(run, node);
  run.state.turn++;
  run.state.doing = { kind: 'dialling' };
  // Nobody spoke to this caller yet: they keep their carrier's own ringing, unbilled, until somebody takes the call.
  if (spec.wait === 'ringing' && !run.state.answered) {
    return { want: 'dial', spec: { ...spec, words: { ...spec.words, prompts: [] } } };
  }
  answer(run);
  return { want: 'dial', spec };
}

/** A transfer has no planning that could be empty: that exit counts as nobody answering. */
export function onDialed(run: Run, node: Dialling, exit: DialExit): Lead {
  if (exit === 'answered') run.state.answered = true;
  if (exit === 'caller-gone') run.state.gone = true;
  const exits: Partial<Record<DialExit, string | undefined>> = node.exits;
  const next = exits[exit] ?? (exit === 'empty-planning' ? node.exits['no-answer'] : undefined);
  if (next !== undefined) return { go: next };
  return end(run, 'normal', exit === 'answered' ? 'talked' : 'gone');
}
