// What the detector made of a corpus, in the figures of docs/voicemail.md. Knows verdicts and labels; no sound.
import { standing } from '../../server/domain/voicemail/classify.ts';
import { judgement, type TimedOpinion } from '../../server/domain/voicemail/listen.ts';
import { type Tuning, tuning as usual } from '../../server/domain/voicemail/tuning.ts';
import { percentile } from '../bench/rows.ts';
import type { Clip } from './clips.ts';

/** What was said of one clip, in order, and at last. */
export type Outcome = { clip: Clip; said: TimedOpinion[]; last: ReturnType<typeof standing> };

export function judge(clip: Clip, tuning: Tuning = usual): Outcome {
  const judged = judgement(tuning);
  const said = clip.measures.flatMap((measured) => judged(measured) ?? []);
  return { clip, said, last: standing(said) };
}

/** `count` of `of` clips. */
export type Share = { count: number; of: number };
const share = (outcomes: Outcome[], is: (outcome: Outcome) => boolean): Share => ({
  count: outcomes.filter(is).length,
  of: outcomes.length,
});
/** In percent; 0 of none. */
export const percent = ({ count, of }: Share): number => (of > 0 ? (100 * count) / of : 0);

export type Figures = ReturnType<typeof figures>;

/** Times in ms. */
export function figures(outcomes: Outcome[]) {
  const of = (label: Clip['label']) => outcomes.filter(({ clip }) => clip.label === label);
  const [people, machines] = [of('human'), of('machine')];
  const hangUps = machines.flatMap(({ last }) => (last.verdict === 'machine' ? (last.strongMs ?? []) : []));
  return {
    right: share([...people, ...machines], isRight),
    personAsMachine: share(people, isTakenForMachine),
    personAsMachineClean: share(
      people.filter(({ clip }) => clip.noise === ''),
      isTakenForMachine,
    ),
    personUnsure: share(people, ({ last }) => last.verdict === 'unsure'),
    machineAsPerson: share(machines, ({ last }) => last.verdict === 'human'),
    machineSettled: share(machines, ({ said }) => said.some(({ verdict, strong }) => verdict === 'human' && strong)),
    machineFirst: share(machines, ({ said }) => said[0]?.verdict === 'human'),
    machinePrompted: share(machines, ({ said }) => promptAt(said) < usual.promptMs),
    prompts: people.map(({ said }) => promptAt(said)),
    hangUps,
    neverLeft: { count: machines.length - hangUps.length, of: machines.length },
    tones: share(of('tone'), ({ last }) => last.verdict === 'tone'),
    silences: share(of('silence'), ({ last }) => last.verdict === 'unsure'),
  };
}

const isTakenForMachine = ({ last }: Outcome): boolean => last.verdict === 'machine' || last.verdict === 'tone';
export const isRight = (outcome: Outcome): boolean =>
  outcome.clip.label === 'human' ? outcome.last.verdict === 'human' : isTakenForMachine(outcome);
const promptAt = (said: TimedOpinion[]): number =>
  Math.min(usual.promptMs, said.find(({ verdict }) => verdict === 'human')?.ms ?? usual.promptMs);

const shown = (part: Share): string => `${part.count} of ${part.of} (${percent(part).toFixed(1)} %)`;
const seconds = (ms: number): string => (Number.isNaN(ms) ? '–' : `${(ms / 1000).toFixed(2)} s`);
const times = (values: number[]): string =>
  `${seconds(percentile(values, 50))} (95 %: ${seconds(percentile(values, 95))})`;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The lines of the table: name, goal, and how the figure is shown. */
const lines: [name: string, goal: string, show: (figures: Figures) => string][] = [
  ['right (people and machines)', '≥ 97 %', (f) => `${percent(f.right).toFixed(1)} %`],
  ['human called machine or tone', '≤ 1 %', (f) => shown(f.personAsMachine)],
  ['… on clean lines', '0', (f) => shown(f.personAsMachineClean)],
  ['human unsure', '', (f) => shown(f.personUnsure)],
  ['machine called human, listening on', '≤ 2 %', (f) => shown(f.machineAsPerson)],
  ['machine called human, settled (before it listens on)', '≤ 5 %', (f) => shown(f.machineSettled)],
  ['machine called human, at the very first verdict', '≤ 5 %', (f) => shown(f.machineFirst)],
  ['… so early that the prompt began before 3.5 s', '', (f) => shown(f.machinePrompted)],
  ['prompt, median', '2.8 s', (f) => times(f.prompts)],
  ['prompt, mean', '', (f) => seconds(mean(f.prompts))],
  ['hang-up on a machine, median', '6 s', (f) => times(f.hangUps)],
  ['machines never hung up on', '', (f) => shown(f.neverLeft)],
  ['tones heard as tones', '', (f) => shown(f.tones)],
  ['silent lines as unsure', '', (f) => shown(f.silences)],
];

/** A Markdown table, a column for each of `columns`. */
export function table(columns: [name: string, figures: Figures][]): string[] {
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    row('', 'goal', ...columns.map(([name]) => name)),
    row(...Array.from({ length: columns.length + 2 }, () => '---')),
    ...lines.map(([name, goal, show]) => row(name, goal, ...columns.map(([, measured]) => show(measured)))),
  ];
}
