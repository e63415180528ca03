// `node build/scripts/voicemail-corpus.js FOLDER`: the figures of docs/voicemail.md on a folder of labelled recordings.
import { parseArgs } from 'node:util';
import { type Clip, CorpusFault, readClips } from '../test/corpus/clips.ts';
import { curve, curves } from '../test/corpus/curves.ts';
import { figures, isRight, judge, table } from '../test/corpus/figures.ts';
import { bySource, bySpeaker, folds, heldOut, trials } from '../test/corpus/held-out.ts';

const usage = `usage: node build/scripts/voicemail-corpus.js FOLDER [--settings 60] [--curves] [--wrong]
  FOLDER      manifest.csv (columns file and label: human, machine, tone, silence; speaker, source and noise where known),
              and the WAV files that it names, each from the answer on
  --settings  random settings to choose from with speakers and sources held out; 0: as shipped only
  --curves    also what each goal costs the others
  --wrong     also a line for each clip that is heard wrong, or wrong at first`;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** Folds are drawn anew for each. */
const seeds = [1, 2, 3, 4, 5];

function main(args: string[]): 0 | 2 {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      settings: { type: 'string', default: '60' },
      curves: { type: 'boolean' },
      wrong: { type: 'boolean' },
    },
  });
  const [folder, ...more] = positionals;
  const count = Number(values.settings);
  if (!folder || more.length > 0 || !Number.isInteger(count) || count < 0) return refuse(usage);
  const clips = readClips(folder);
  progress(`${clips.length} clips measured`);
  for (const line of table(columns(clips, count))) say(line);
  if (values.wrong) for (const line of wrongOnes(clips)) say(line);
  if (values.curves) for (const each of curves) for (const line of ['', ...curve(clips, each)]) say(line);
  return 0;
}

function columns(clips: Clip[], count: number): Parameters<typeof table>[0] {
  const shipped = figures(clips.map((clip) => judge(clip)));
  if (count === 0) return [['as shipped, all clips', shipped]];
  const talk = clips.filter(({ label }) => label === 'human' || label === 'machine');
  const tried = trials(talk, count, (done) => done % 10 === 0 && progress(`setting ${done} of ${count}`));
  const groups = (groupOf: (clip: Clip) => string, most: number) =>
    seeds.map((seed) => folds(talk, groupOf, most, seed));
  return [
    ['as shipped, all clips', shipped],
    [`speakers held out, ${seeds.length} draws`, heldOut(tried, groups(bySpeaker, 5))],
    [`sources held out, ${seeds.length} draws`, heldOut(tried, groups(bySource, 5))],
  ];
}

const wrongOnes = (clips: Clip[]): string[] =>
  clips
    .map((clip) => judge(clip))
    .filter((outcome) => outcome.clip.label === 'human' || outcome.clip.label === 'machine')
    .filter(
      (outcome) => !isRight(outcome) || (outcome.clip.label === 'machine' && outcome.said[0]?.verdict === 'human'),
    )
    .map(
      ({ clip, said }) => `${clip.file}: ${said.map((v) => `${v.verdict} at ${v.ms} ms (${v.because})`).join(', ')}`,
    );

function refuse(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof CorpusFault || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (!known) throw error;
  process.exitCode = refuse(`voicemail-corpus: ${(error as Error).message}`);
}
