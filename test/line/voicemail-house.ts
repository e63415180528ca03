// The line for stories about who answers: a number, a flow and a planning for each story, whose people are rung one after the other.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './house.ts';

/** Nobody is called for an alert: each ring of these stories is a caller's. */
const silentPolicy = [
  'default: muette',
  'policies:',
  '  muette: { name: Sans appel, levels: [{ person: veilleuse, by: [mail], every: 5 }] }',
];
const watcher = 'veilleuse: { name: Veilleuse, phones: ["06 39 98 10 99"], email: veilleuse@exemple.fr }';

export type Story = { line: string; people: string[] };

/** The people of all stories get numbers from +33639982001 on, in order; a story's number called is +3319900<line>. */
export function voicemailHouse(stories: readonly Story[]): {
  /** Puts these files in the place of those that were copied. */
  prepare: (files: Files) => void;
  numberOf: (person: string) => string;
} {
  const people = stories.flatMap((story) => story.people);
  const numberOf = (person: string) => `+33639982${String(people.indexOf(person) + 1).padStart(3, '0')}`;
  const write = (folder: string, name: string, lines: string[]) =>
    writeFileSync(join(folder, `${name}.yaml`), `${lines.join('\n')}\n`);
  const prepare = ({ flows, plannings }: Files) => {
    for (const folder of [flows, plannings]) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    }
    write(flows, 'lines', [
      'defaults: { language: fr, timezone: Europe/Paris, holidays: FR, show: line, wait: { sound: music, words: Merci de patienter., every: 6 } }',
      'lines:',
      ...stories.map(({ line }) => `  - { number: "+3319900${line}", name: Essai ${line}, flow: essai-${line} }`),
    ]);
    write(plannings, 'people', [
      ...people.map((name) => `${name}: { name: ${name}, phones: ["${numberOf(name)}"] }`),
      watcher,
    ]);
    write(flows, 'alert-policies', silentPolicy);
    for (const story of stories) {
      write(flows, `essai-${story.line}`, flow(story.line));
      write(plannings, `essai-${story.line}`, planning(story));
    }
  };
  return { prepare, numberOf };
}

const flow = (line: string): string[] => [
  `name: Essai ${line}`,
  'start: appel',
  'nodes:',
  '  appel:',
  '    kind: dial',
  `    levels: [{ planning: essai-${line}, ring: 30 }]`,
  '    confirm: 3',
  '    exits: { no-answer: personne, empty-planning: personne, carrier-failure: personne }',
  "  personne: { kind: hangup, say: Aucun technicien n'a répondu. }",
];

const planning = ({ line, people }: Story): string[] => [
  `name: Essai ${line}`,
  'rotations:',
  '  - name: toujours',
  '    start: 2026-01-01',
  `    turns: [[${people.join(', ')}]]`,
];
