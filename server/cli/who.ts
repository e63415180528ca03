// `vigie who`: who is on call on a planning, in order, and why. `who` reads and prints through what it is handed.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Settings } from '../app/settings.ts';
import type { Instant } from '../base/clock.ts';
import { good, type Result } from '../base/result.ts';
import { wavesOf } from '../domain/hunt/order.ts';
import { CALENDAR, frenchTime } from '../domain/planning/calendar.ts';
import { emptyOverlay, type Overlay } from '../domain/planning/changes.ts';
import { ladderOf } from '../domain/planning/levels.ts';
import { type PlanningFile, planningHint, readPlannings } from '../domain/planning/load.ts';
import { onCall } from '../domain/planning/resolve.ts';
import type { Planning, PlanningSet, RingMode } from '../domain/planning/schema.ts';
import { type Segment, segments } from '../domain/planning/segments.ts';
import type { OnCallPerson } from '../domain/planning/slot.ts';
import { isoIn, knownZone, readInstant, type Zone } from '../domain/planning/zone.ts';
import type { MachineNote } from '../store/notes.ts';
import { planningFiles } from './at-hand.ts';
import { type Run, terminal } from './command.ts';
import { told, wrongUse } from './usage.ts';

export type WhoIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  readPlanningFiles: () => Promise<PlanningFile[]>;
  /** What is laid over the files: duties taken. Nothing where it is left out. */
  overlay?: () => Result<Overlay> | Promise<Result<Overlay>>;
  /** What calls have taught of phones; nothing where there is no record yet. */
  machineNotes?: () => Promise<MachineNote[]>;
};

const usage = 'usage: vigie who PLANNING [--at TIME | --from TIME --until TIME] [--json]';

type Plans = { set: PlanningSet; overlay: Overlay };

/** What was asked: one instant, or a length of time. */
type Question = { at: Instant } | { from: Instant; until: Instant };
type Asked = { planning: string; at?: string; from?: string; until?: string; json: boolean };

/** @returns 0 somebody is on all the time asked for, 1 somebody is missing or the plannings are broken, 2 wrong use. */
export async function who(args: string[], io: WhoIo): Promise<0 | 1 | 2> {
  const asked = readArgs(args);
  if (typeof asked === 'string') return refuse(io, asked);
  const plans = await plansOf(io);
  if (!plans.ok) return told(io, plans.problems);
  const { set } = plans.value;
  const planning = set.plannings.get(asked.planning);
  if (!planning) return refuse(io, `there is no planning "${asked.planning}"; ${planningHint(set, asked.planning)}`);
  const zone = knownZone(planning.zone);
  const question = questionOf(asked, zone, io.now());
  if (typeof question === 'string') return refuse(io, question);
  return 'at' in question
    ? answerAt(plans.value, planning, zone, question.at, asked.json, io, (await io.machineNotes?.()) ?? [])
    : answerOver(plans.value, planning, zone, question, asked.json, io);
}

async function plansOf({ readPlanningFiles, overlay }: WhoIo): Promise<Result<Plans>> {
  const read = readPlannings(await readPlanningFiles());
  const laid = (await overlay?.()) ?? good(emptyOverlay);
  if (!read.ok) return read;
  return laid.ok ? good({ set: read.value, overlay: laid.value }) : laid;
}

function refuse(io: WhoIo, sentence: string): 2 {
  io.err(`vigie who: ${sentence}`);
  return 2;
}

function readArgs(args: string[]): Asked | string {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { at: text, from: text, until: text, json: { type: 'boolean', default: false } },
    });
    const [planning, ...more] = positionals;
    if (planning === undefined) return `say which planning; ${usage}`;
    if (more.length > 0) return `one planning at a time, and times in quotes ("${more[0]}" is too much); ${usage}`;
    return { ...values, planning };
  } catch (error) {
    return `${wrongUse(error)}; ${usage}`;
  }
}

function questionOf({ at, from, until }: Asked, zone: Zone, now: Instant): Question | string {
  if (at !== undefined && (from ?? until) !== undefined) return `either --at or --from and --until; ${usage}`;
  if ((from === undefined) !== (until === undefined)) return `--from and --until go together; ${usage}`;
  const times = [at, from, until].filter((time) => time !== undefined);
  const wrong = times.find((time) => !inCalendar(readInstant(time, zone)));
  if (wrong !== undefined)
    return `"${wrong}" is not a time between 2000 and 2100; write 2026-12-24, "2026-12-24 18:30" (time in ${zone.name}) or 2026-12-24T17:30:00Z`;
  const [one, other] = times.flatMap((time) => readInstant(time, zone) ?? []);
  if (one === undefined) return { at: now };
  if (other === undefined) return { at: one };
  return one < other ? { from: one, until: other } : '--until must be later than --from; exchange them';
}

const inCalendar = (at: Instant | undefined): boolean =>
  at !== undefined && at >= CALENDAR.from && at <= CALENDAR.until;

function answerAt(
  { set, overlay }: Plans,
  planning: Planning,
  zone: Zone,
  at: Instant,
  json: boolean,
  io: WhoIo,
  notes: readonly MachineNote[],
): 0 | 1 {
  const notesOf = ({ person, phones }: OnCallPerson) =>
    notes.filter((note) => note.person === person && phones.includes(note.number));
  const { people, ringMode, because, until } = onCall(set, planning.id, at, overlay);
  if (json) {
    const times = { at: isoIn(zone, at), until: isoIn(zone, until) };
    io.out(
      asJson({
        planning: planning.id,
        version: set.version,
        ...times,
        nobody: people.length === 0,
        ringMode,
        because,
        // As the next call rings them, where its flow has no word of its own.
        waves: wavesOf(undefined, people, 0),
        people: people.map((person) => ({ ...person, machines: notesOf(person) })),
      }),
    );
    return people.length > 0 ? 0 : 1;
  }
  io.out(`${planning.name}, ${local(zone, at)} (${zone.name})`);
  const waves = wavesOf(undefined, people, 0);
  people.forEach((person, index) => {
    if (people[index - 1]?.level !== person.level) for (const words of levelWords(planning, person)) io.out(words);
    const wave = waves.findIndex((ids) => ids.includes(person.person)) + 1;
    io.out(`  ${wave}. ${person.name}, ${person.phones.join(' puis ')}\n     ${person.because}`);
    for (const note of notesOf(person)) io.out(`     ${machineWords(note)}`);
  });
  if (people.length === 0) io.out(`  ${because}`);
  const end = until >= CALENDAR.until ? 'Aucun changement prévu.' : `Jusqu'au ${local(zone, until)}.`;
  io.out(end);
  return people.length > 0 ? 0 : 1;
}

function answerOver(
  { set, overlay }: Plans,
  planning: Planning,
  zone: Zone,
  { from, until }: { from: Instant; until: Instant },
  json: boolean,
  io: WhoIo,
): 0 | 1 {
  const found = segments(set, planning.id, from, until, overlay);
  const holes = found.filter(({ nobody }) => nobody).length;
  if (json) {
    const list = found.map((segment) => ({
      ...segment,
      from: isoIn(zone, segment.from),
      until: isoIn(zone, segment.until),
    }));
    io.out(
      asJson({
        planning: planning.id,
        version: set.version,
        from: isoIn(zone, from),
        until: isoIn(zone, until),
        holes,
        segments: list,
      }),
    );
    return holes > 0 ? 1 : 0;
  }
  io.out(`${planning.name}, du ${local(zone, from)} au ${local(zone, until)} (${zone.name})`);
  for (const segment of found) io.out(line(segment, zone));
  if (holes > 0) io.out(`${holes} période(s) sans personne.`);
  return holes > 0 ? 1 : 0;
}

const line = ({ from, until, people, because }: Segment, zone: Zone): string =>
  `  ${local(zone, from)} → ${local(zone, until)}  ${people.length > 0 ? names(people) : 'PERSONNE'}\n     ${because}`;

const names = (people: OnCallPerson[]): string => people.map(({ name }) => name).join(', ');

/** Told to the planner, who decides what to do about it. */
const machineWords = ({ number, seconds, machines, answered }: MachineNote): string =>
  `à noter : au ${number}, une messagerie répond après ${seconds} s (${machines} fois sur ${answered})`;

const ringWords: Record<RingMode, string> = {
  sequential: 'l’un après l’autre',
  parallel: 'tous ensemble',
  waves: 'par vagues',
  rotating: 'à tour de rôle, un autre d’abord à chaque appel',
  'longest-idle': 'le moins sollicité d’abord',
};

/** The level that begins here, where there are several, and how its people are rung, where it is not one after the other. */
function levelWords(planning: Planning, { level, ring }: OnCallPerson): string[] {
  const several = ladderOf(planning).levels.length > 1;
  if (!several && ring === 'sequential') return [];
  const words = ring === 'sequential' ? '' : `sonnent ${ringWords[ring]}`;
  return [`  ${several ? `Niveau ${level}` : ''}${several && words ? ', ' : ''}${words}`];
}

const local = (zone: Zone, at: Instant): string => frenchTime(zone.wall(at), true);

const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** What the database lays over the files: duties taken, what calls have taught. Loaded only where there is one. */
const laidBy = (settings: Settings): Pick<WhoIo, 'overlay' | 'machineNotes'> => ({
  overlay: async () => {
    const [{ visit }, { overlayIn }] = await Promise.all([
      import('./visit.ts'),
      import('../engine/technician/duties.ts'),
    ]);
    const store = visit(settings);
    if (!store.ok) return store;
    try {
      return good(overlayIn(store.value, terminal.now()));
    } finally {
      store.value.close();
    }
  },
  machineNotes: async () => (await import('../doctor/voicemail.ts')).notesIn(settings.database, terminal.now()),
});

export const run: Run = (args, settings) =>
  who(args, {
    ...terminal,
    readPlanningFiles: planningFiles(settings),
    ...(existsSync(settings.database) ? laidBy(settings) : {}),
  });
