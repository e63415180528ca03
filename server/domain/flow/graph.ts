// The flows as one graph: where each node leads, what it gives on the way, and whether the caller must do something for it.
import type { Node, NodeOf } from './schema.ts';
import type { Flow, FlowSet } from './set.ts';

export type Edge = {
  /** `flow/node`. */
  from: string;
  to: string;
  /** Where the flow file says so, inside the node. */
  path: string[];
  /** Taken without any doing of the caller, and without a hunt that takes its time. */
  silent: boolean;
  /** Values that are set on this way. */
  gives: string[];
  /** Into a called flow, or back from one. */
  call?: 'into' | 'back';
};
type Exit = Omit<Edge, 'from' | 'to'> & { to: string | { flow: string; node?: string | undefined } };

export const nodeKey = (flow: string, node: string): string => `${flow}/${node}`;

const exit = (to: string | undefined, path: string[], silent: boolean, gives: string[] = []): Exit[] =>
  to === undefined ? [] : [{ to, path, silent, gives }];

const retries = (node: NodeOf<'menu'> | NodeOf<'collect'>): Exit[] => [
  ...exit(node['no-input'].then, ['no-input', 'then'], true),
  ...exit(node['wrong-input'].then, ['wrong-input', 'then'], false),
];

const exits: { [K in Node['kind']]: (node: NodeOf<K>, flow: Flow) => Exit[] } = {
  say: (node) => exit(node.then, ['then'], true),
  menu: (node) => [
    ...Object.entries(node.keys).flatMap(([key, choice]) =>
      exit(choice.then, ['keys', key, 'then'], false, node.into ? [node.into] : []),
    ),
    ...retries(node),
  ],
  collect: (node) => [...exit(node.then, ['then'], false, [node.into]), ...retries(node)],
  'look-up': (node, flow) => {
    const table = flow.tables[node.table];
    const fallback = Object.keys(table?.default ?? {});
    return [
      ...exit(node.found, ['found'], true, Object.keys(table?.columns ?? {})),
      ...exit(node['not-found'], ['not-found'], true, fallback),
      ...exit(node.failed, ['failed'], true, fallback),
    ];
  },
  switch: (node) => [
    ...node.cases.flatMap((one, i) => exit(one.then, ['cases', String(i), 'then'], true)),
    ...exit(node.else, ['else'], true),
  ],
  dial: (node) => [
    ...exit(node.exits['no-answer'], ['exits', 'no-answer'], false),
    ...exit(node.exits['empty-planning'], ['exits', 'empty-planning'], true),
    ...exit(node.exits['carrier-failure'], ['exits', 'carrier-failure'], true),
    ...exit(node.exits.answered, ['exits', 'answered'], false),
    ...exit(node.exits['caller-gone'], ['exits', 'caller-gone'], false),
  ],
  transfer: (node) => [
    ...exit(node.exits['no-answer'], ['exits', 'no-answer'], false),
    ...exit(node.exits['carrier-failure'], ['exits', 'carrier-failure'], true),
    ...exit(node.exits.answered, ['exits', 'answered'], false),
    ...exit(node.exits['caller-gone'], ['exits', 'caller-gone'], false),
  ],
  message: (node) => [...exit(node.then, ['then'], node.empty === undefined), ...exit(node.empty, ['empty'], true)],
  set: (node) => exit(node.then, ['then'], true, Object.keys(node.values)),
  goto: (node) => [{ to: { flow: node.flow, node: node.node }, path: ['node'], silent: true, gives: [] }],
  'sub-flow': (node) => [
    { to: { flow: node.flow }, path: ['flow'], silent: true, gives: [], call: 'into' },
    { to: node.then, path: ['then'], silent: false, gives: [], call: 'back' },
  ],
  return: () => [],
  alert: (node) => exit(node.then, ['then'], true),
  decide: (node) => exit(node.then, ['then'], true),
  sms: (node) => exit(node.then, ['then'], true),
  mail: (node) => exit(node.then, ['then'], true),
  ticket: (node) => exit(node.then, ['then'], true, node.into ? [node.into] : []),
  pin: (node) => [
    ...exit(node.then, ['then'], false, ['technicien', 'rappel']),
    ...exit(node.refused, ['refused'], true),
  ],
  'call-log': (node) => [...exit(node.then, ['then'], false, ['rappel']), ...exit(node.none, ['none'], true)],
  'take-duty': (node) => [...exit(node.then, ['then'], false, ['garde', 'fin']), ...exit(node.none, ['none'], true)],
  'call-back': (node) => [
    ...exit(node.nobody, ['nobody'], true),
    ...exit(node.exits['no-answer'], ['exits', 'no-answer'], false),
    ...exit(node.exits['carrier-failure'], ['exits', 'carrier-failure'], true),
    ...exit(node.exits.answered, ['exits', 'answered'], false),
    ...exit(node.exits['caller-gone'], ['exits', 'caller-gone'], false),
  ],
  listen: (node) => {
    const gives = node.into ? [node.into] : [];
    return [
      ...node.hears.flatMap((one, i) => exit(one.then, ['hears', String(i), 'then'], false, gives)),
      ...Object.entries(node.keys ?? {}).flatMap(([key, to]) => exit(to, ['keys', key], false, gives)),
      ...exit(node.else, ['else'], false, gives),
      ...exit(node.nothing, ['nothing'], true, gives),
    ];
  },
  hangup: () => [],
};

const exitsOf = <K extends Node['kind']>(node: NodeOf<K>, flow: Flow): Exit[] =>
  (exits[node.kind as K] as (node: NodeOf<K>, flow: Flow) => Exit[])(node, flow);

const known = new WeakMap<FlowSet, readonly Edge[]>();

/** All ways between nodes. A way to a node or flow that does not exist is among them: references.ts reports it. */
export function edgesOf(set: FlowSet): readonly Edge[] {
  const edges = known.get(set) ?? findEdges(set);
  known.set(set, edges);
  return edges;
}

function findEdges(set: FlowSet): Edge[] {
  return Object.values(set.flows).flatMap((flow) =>
    Object.entries(flow.nodes).flatMap(([id, node]) =>
      exitsOf(node, flow).map(({ to, ...rest }) => ({
        ...rest,
        from: nodeKey(flow.id, id),
        to: aim(set, flow.id, to),
      })),
    ),
  );
}

function aim(set: FlowSet, flow: string, to: Exit['to']): string {
  if (typeof to === 'string') return nodeKey(flow, to);
  return nodeKey(to.flow, to.node ?? set.flows[to.flow]?.start ?? '');
}

export type Ways = ReadonlyMap<string, readonly string[]>;

/** Edges by where they begin. */
export function waysOf(edges: readonly Pick<Edge, 'from' | 'to'>[]): Ways {
  const ways = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = ways.get(from);
    if (known) known.push(to);
    else ways.set(from, [to]);
  }
  return ways;
}

/** All nodes that can be come to from these, themselves among them. */
export function reach(from: Iterable<string>, ways: Ways): Set<string> {
  const seen = new Set(from);
  // A set is walked in the order in which it grows: it is its own queue.
  for (const node of seen) for (const to of ways.get(node) ?? []) seen.add(to);
  return seen;
}

/** Where callers come in. */
export const entriesOf = (set: FlowSet): string[] =>
  [...new Set(Object.values(set.lines).map((line) => line.flow))].flatMap((flow) =>
    set.flows[flow] ? [nodeKey(flow, set.flows[flow].start)] : [],
  );
