// The ways out of one node, as its kind declares them. graph.ts makes edges of them.

export type Exit = {
  /** A node of the same flow, or another flow (at its start unless a node is named). */
  to: string | { flow: string; node?: string | undefined };
  /** Where the flow file says so, inside the node. */
  path: string[];
  /** Taken without any doing of the caller, and without a hunt that takes its time. */
  silent: boolean;
  /** Values that are set on this way. */
  gives: string[];
  /** Into a called flow, or back from one. */
  call?: 'into' | 'back';
};

/** No way, where the file names none. */
export const exit = (to: string | undefined, path: string[], silent: boolean, gives: string[] = []): Exit[] =>
  to === undefined ? [] : [{ to, path, silent, gives }];

/** The one way of a node that waits for nothing. */
export const onward = ({ then }: { then: string }): Exit[] => exit(then, ['then'], true);
