// A dial node, compiled for the hunt.
import type { DialSpec, Level } from '../../../telephony/dial.ts';
import type { Target } from '../../../telephony/effect.ts';
import type { Prompt } from '../../../telephony/prompt.ts';
import { lineOf, type Run } from '../../run.ts';
import { filled, speak, spell, spokenNumber } from '../../speak.ts';
import type { Dial, LevelNode } from './schema.ts';
import { dialWords } from './words.ts';

export function dialSpec(run: Run, node: Dial): DialSpec {
  const line = lineOf(run);
  const { question, taken } = dialWords(line.language);
  const say = (text: string) => speak(run, [{ text }], line.language);
  return {
    levels: node.levels.map((level) => levelOf(run, level)),
    maxWaitMs: node['total-wait'] * 1000,
    wait: node.wait ?? line.wait.sound,
    words: node.words
      ? { prompts: speak(run, node.words.say), everyMs: node.words.every * 1000 }
      : { prompts: speak(run, line.wait.words, line.language), everyMs: line.wait.every * 1000 },
    announce: announce(run, node),
    confirm: { by: 'key', question: say(question), taken: say(taken), waitMs: node.confirm * 1000 },
    show: node.show ?? line.show,
    line: line.number,
    caller: run.state.caller,
  };
}

const levelOf = (run: Run, level: LevelNode): Level => ({
  target: targetOf(run, level),
  ...(level.strategy === undefined ? {} : { strategy: level.strategy }),
  rounds: level.rounds,
  ringMs: level.ring * 1000,
});

function targetOf(run: Run, level: LevelNode): Target {
  if (level.number !== undefined) return { number: level.number };
  if (level.person !== undefined) return { person: level.person };
  return { planning: filled(run, level.planning ?? '') };
}

/** « Appel d'astreinte de 06 12 … . Ligne : Dépannage. », then the file's own words. */
function announce(run: Run, node: Dial): Prompt[] {
  const { language } = lineOf(run);
  const words = dialWords(language);
  const { caller } = run.state;
  const from = caller
    ? [...speak(run, [{ text: words.callFrom }], language), ...spell(spokenNumber(caller), language)]
    : speak(run, [{ text: words.hiddenCaller }], language);
  const own = node.announce ? speak(run, node.announce) : [];
  return [...from, ...speak(run, [{ text: words.onLine }], language), ...own];
}
