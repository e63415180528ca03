// The set of flows that each call began with: an edit moves no call that is on its way.
import type { Call } from '../../domain/call/call.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Ports } from './ports.ts';

/** One that cannot be found any more is replaced by today's: a caller is never dropped for it. */
export function openPinned({ config, journal }: Pick<Ports, 'config' | 'journal'>): (call: Call) => FlowSet {
  const known = new Map<string, FlowSet>();
  return ({ version }) => {
    const current = config.flows();
    if (version === current.version) return current;
    const before = known.get(version);
    if (before) return before;
    const body = journal.publication(version);
    const set = body ? (JSON.parse(body) as FlowSet) : current;
    known.set(version, set);
    return set;
  };
}
