// Who is called when the server itself is dead: for each line, the people its flows would ring, window by window.
import type { Instant } from '../../base/clock.ts';
import type { Overlay } from '../planning/changes.ts';
import type { PlanningSet } from '../planning/schema.ts';
import { segments } from '../planning/segments.ts';
import { peopleFor } from '../planning/targets.ts';
import type { Target } from '../telephony/effect.ts';
import type { PhoneNumber } from '../telephony/names.ts';
import { kindOf } from './nodes/index.ts';
import type { Flow, FlowSet } from './set.ts';

export type Plans = { flows: FlowSet; plannings: PlanningSet; overlay: Overlay };
type Phones = { person: string; number: PhoneNumber }[];
export type LastResortLine = { number: PhoneNumber; windows: { from: number; until: number; phones: Phones }[] };

/** Lines with their windows, in seconds since 1970, from `at` on for `forMs`. */
export function lastResortLines(context: Plans, at: Instant, forMs: number): LastResortLine[] {
  const { flows } = context;
  return Object.values(flows.lines).map((line) => {
    const targets = targetsOf(flows, line.flow);
    return { number: line.number, windows: windowsOf(context, targets, at, at + forMs) };
  });
}

/** What the flows of a line dial, first levels first: nobody can ask the caller which machine it is, so all are tried in order. */
export function targetsOf(flows: FlowSet, start: string): Target[] {
  const levels = reachable(flows, start).flatMap((flow) =>
    Object.values(flow.nodes).flatMap((node) => {
      const ladder = kindOf(node).lastResort?.(node);
      return ladder ? [ladder.map((level) => targetsIn(flows, level))] : [];
    }),
  );
  const deepest = Math.max(0, ...levels.map((ladder) => ladder.length));
  const byRung = Array.from({ length: deepest }, (_, rung) => levels.flatMap((ladder) => ladder[rung] ?? []));
  return [...new Map(byRung.flat().map((target) => [JSON.stringify(target), target])).values()];
}

function reachable(flows: FlowSet, start: string): Flow[] {
  const seen = new Set<string>();
  const visit = (id: string): Flow[] => {
    const flow = flows.flows[id];
    if (!flow || seen.has(id)) return [];
    seen.add(id);
    const next = Object.values(flow.nodes).flatMap((node) =>
      kindOf(node)
        .exits(node, flow)
        .flatMap(({ to }) => (typeof to === 'string' ? [] : [to.flow])),
    );
    return [flow, ...next.flatMap(visit)];
  };
  return visit(start);
}

/** `{value}` stands for every text the value can have. */
function targetsIn(
  flows: FlowSet,
  level: { planning?: string | undefined; person?: string | undefined; number?: string | undefined },
): Target[] {
  if (level.person !== undefined) return [{ person: level.person }];
  if (level.number !== undefined) return [{ number: level.number }];
  const named = /^\{(\w+)\}$/.exec(level.planning ?? '')?.[1];
  const plannings = named ? (flows.values[named]?.texts ?? []) : [level.planning ?? ''];
  return plannings.map((planning) => ({ planning }));
}

function windowsOf(
  context: Plans,
  targets: readonly Target[],
  from: Instant,
  until: Instant,
): LastResortLine['windows'] {
  const plannings = targets.flatMap((target) => ('planning' in target ? [target.planning] : []));
  const changes = plannings.flatMap((planning) =>
    segments(context.plannings, planning, from, until, context.overlay).map((segment) => segment.from),
  );
  const bounds = [...new Set([from, ...changes])].filter((one) => one < until).sort((a, b) => a - b);
  return bounds.map((bound, index) => ({
    from: Math.floor(bound / 1000),
    until: Math.floor((bounds[index + 1] ?? until) / 1000),
    phones: phonesAt(context, targets, bound),
  }));
}

/** Each phone once, in the order of the targets. */
function phonesAt({ plannings, overlay }: Plans, targets: readonly Target[], at: Instant): Phones {
  const all = targets.flatMap((target) =>
    peopleFor(plannings, target, at, overlay).people.flatMap((one) =>
      one.phones.map((number) => ({ person: one.person, number })),
    ),
  );
  return [...new Map(all.map((phone) => [phone.number, phone])).values()];
}
