// What people edit, as it stands now: read, checked, spoken, published, and only then swapped in, whole. A call keeps what it began with.
import type { Instant } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { bad, good, type Problem, problemText, type Result } from '../base/result.ts';
import { promptsOf } from '../domain/flow/prompts.ts';
import { flowSetFormat } from '../domain/flow/saved.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import type { Overlay } from '../domain/planning/changes.ts';
import { peopleFor } from '../domain/planning/targets.ts';
import type { LookUp, Target } from '../domain/telephony/effect.ts';
import type { OnCall } from '../domain/telephony/event.ts';
import type { Values } from '../domain/telephony/names.ts';
import type { Prompt } from '../domain/telephony/prompt.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import { InUse } from './in-use.ts';
import { openTables } from './lookup/tables.ts';
import type { Progress, PromptStore } from './prompts/prompts.ts';
import { type Folders, type Reading, readEverything } from './read.ts';

export type ConfigurationOptions = {
  folders: Folders;
  prompts: PromptStore;
  /** Keeps each published set for the calls pinned to it. */
  publish: (version: string, body: string) => Result<void>;
  /** Said outside of any flow (the last-resort route): rendered with every publication. */
  alwaysSaid: readonly Prompt[];
  /** Where HTTP tables find the secrets that their files name. */
  env: Readonly<Record<string, string | undefined>>;
  /** What is laid over the plannings, from wherever it is kept; its revision changes with every change. */
  overlay: { revision(): number; read(): Overlay };
  log: Log;
};

export type LiveConfiguration = {
  flows(): FlowSet;
  trunks(): TrunkPlan;
  planningVersion(): string;
  /** The one resolver: who is on call for this target at this instant, in order, and why. */
  onCall(target: Target, at: Instant): { people: OnCall[]; because: string };
  /** At once where the table is in memory, later where a service must be asked; null: no such row. Rejects when it cannot be asked. */
  lookUp(flows: FlowSet, asked: LookUp): Values | null | Promise<Values | null>;
  reading(): Reading;
  /** Reads everything anew. Where anything is wrong nothing changes, and the problems say why. */
  reload(progress?: Progress): Promise<Result<Reading>>;
  /** Problems of the last reload that was refused; empty when the files on disk are the ones in use. */
  refused(): readonly Problem[];
  /** Looks whether the overlay has changed: every question does; a clock asks too, for those who only listen. */
  refresh(): void;
  onChange(listener: (reading: Reading) => void): void;
};

/** The configuration with its first reading; the problems when there is none that can be used. */
export async function openConfiguration(
  options: ConfigurationOptions,
  progress?: Progress,
): Promise<Result<LiveConfiguration>> {
  const first = await attempt(options, progress);
  if (!first.ok) return first;
  const inUse = new InUse(first.value, options);
  let refused: Problem[] = [];
  let running: Promise<Result<Reading>> | undefined;
  const tables = openTables({ root: options.folders.flows, env: options.env });

  const reload = async (report?: Progress): Promise<Result<Reading>> => {
    const next = await attempt(options, report);
    refused = next.ok ? [] : next.problems;
    for (const problem of refused)
      options.log.error({ problem: problemText(problem) }, 'the edited files are not used: the version before stays');
    if (next.ok) inUse.replace(next.value);
    return next;
  };

  return good({
    flows: () => inUse.reading.flows,
    trunks: () => inUse.reading.trunks,
    planningVersion: () => inUse.planningVersion,
    onCall: (target, at) => {
      const { plannings, overlay } = inUse.current();
      return peopleFor(plannings, target, at, overlay);
    },
    lookUp: (flows, asked) => tables.lookUp(flows, asked),
    reading: () => inUse.current(),
    refresh: () => void inUse.current(),
    refused: () => refused,
    onChange: (listener) => inUse.onChange(listener),
    // One at a time: two edits in a row end with the later one.
    reload: (report) => {
      running = (running ?? Promise.resolve()).then(() => reload(report));
      return running;
    },
  });
}

/** A folder that cannot be read, or a mistake of ours, is a problem like any other: it ends neither the line nor the next edit. */
const attempt = (options: ConfigurationOptions, progress?: Progress): Promise<Result<Reading>> =>
  publishable(options, progress).catch((error: unknown) =>
    bad({
      file: options.folders.flows,
      message: `what people edit cannot be taken in: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'mend what it names; the version before stays in use',
    }),
  );

/** Read, checked, and every prompt spoken; then kept for the calls that will begin with it. */
async function publishable(
  { folders, prompts, publish, alwaysSaid }: ConfigurationOptions,
  progress?: Progress,
): Promise<Result<Reading>> {
  const read = await readEverything(folders);
  if (!read.ok) return read;
  const rendered = await prompts.render([...promptsOf(read.value.flows), ...alwaysSaid], progress);
  if (!rendered.ok) return rendered;
  const kept = publish(read.value.flows.version, flowSetFormat.write(read.value.flows));
  return kept.ok ? read : kept;
}
