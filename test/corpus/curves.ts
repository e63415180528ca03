// What a goal costs the others: one number of the tuning moved, everything else as shipped.
import { type Tuning, tuning } from '../../server/domain/voicemail/tuning.ts';
import { percentile } from '../bench/rows.ts';
import type { Clip } from './clips.ts';
import { type Figures, figures, judge, percent } from './figures.ts';

export type Curve = { name: string; settings: [shown: string, change: Partial<Tuning>][] };

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const columns: [name: string, show: (figures: Figures) => string][] = [
  ['prompt, median', (f) => seconds(percentile(f.prompts, 50))],
  ['machines called human at first', (f) => `${percent(f.machineFirst).toFixed(1)} %`],
  ['… before 3.5 s', (f) => `${percent(f.machinePrompted).toFixed(1)} %`],
  ['… at the end', (f) => `${percent(f.machineAsPerson).toFixed(1)} %`],
  [
    'humans called machine (clean lines)',
    (f) => `${percent(f.personAsMachine).toFixed(1)} % (${f.personAsMachineClean.count})`,
  ],
  ['humans unsure', (f) => `${percent(f.personUnsure).toFixed(1)} %`],
  ['hang-up, median', (f) => seconds(percentile(f.hangUps, 50))],
];

const moved = (name: keyof Tuning, values: number[], unit: string): [string, Partial<Tuning>][] =>
  values.map((value) => [
    `${tuning[name] === value ? '**' : ''}${value} ${unit}${tuning[name] === value ? '**' : ''}`,
    { [name]: value },
  ]);

export const curves: Curve[] = [
  {
    name: 'a first "human" no sooner than',
    settings: moved('firstMs', [2200, 2400, 2600, 2700, 2800, 3000], 'ms'),
  },
  { name: 'silence after a word', settings: moved('waitShortMs', [800, 880, 960, 1040, 1120, 1200], 'ms') },
  { name: 'silence that settles', settings: moved('settleMs', [1300, 1500, 1700, 1900, 2100], 'ms') },
  { name: 'silence after more than a word', settings: moved('waitLongMs', [2500, 2900, 3200, 3400, 3600], 'ms') },
  { name: 'speech that makes a recording', settings: moved('longMs', [2400, 2800, 3200, 3600, 4000, 4500], 'ms') },
  { name: 'who talks on is left from', settings: moved('heedlessMs', [0, 4800, 5200, 5800, 6200], 'ms') },
  { name: 'margin over a steady line', settings: moved('aboveSteady', [6, 8, 10, 12, 14], 'dB') },
  { name: 'margin over an unsteady line', settings: moved('aboveFloor', [10, 12, 14, 16], 'dB') },
];

/** A Markdown table, a row for each setting. */
export function curve(clips: Clip[], { name, settings }: Curve): string[] {
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
  const talk = clips.filter(({ label }) => label === 'human' || label === 'machine');
  return [
    row(name, ...columns.map(([title]) => title)),
    row(...Array.from({ length: columns.length + 1 }, () => '---')),
    ...settings.map(([shown, change]) => {
      const measured = figures(talk.map((clip) => judge(clip, { ...tuning, ...change })));
      return row(shown, ...columns.map(([, show]) => show(measured)));
    }),
  ];
}
