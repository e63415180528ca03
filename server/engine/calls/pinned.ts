// The set of flows that each call began with: an edit moves no call that is on its way.
import { problemText } from '../../base/result.ts';
import type { Call } from '../../domain/call/call.ts';
import { flowSetFormat } from '../../domain/flow/saved.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Ports } from './ports.ts';

/** One that cannot be found any more, or not be read, is replaced by today's: a caller is never dropped for it. */
export function openPinned(ports: Pick<Ports, 'config' | 'journal' | 'log' | 'clock' | 'ids' | 'saving'>) {
  const { config, journal } = ports;
  const known = new Map<string, FlowSet>();
  return ({ version }: Call): FlowSet => {
    const current = config.flows();
    if (version === current.version) return current;
    const before = known.get(version);
    if (before) return before;
    const body = journal.publication(version);
    const set = body === undefined ? current : (readable(ports, version, body) ?? current);
    known.set(version, set);
    return set;
  };
}

/** The row stays for whoever can read it (a newer server); that its calls go on by other flows, somebody is told once. */
function readable(
  { log, saving, journal, ids, clock }: Pick<Ports, 'journal' | 'log' | 'clock' | 'ids' | 'saving'>,
  version: string,
  body: string,
): FlowSet | undefined {
  const read = flowSetFormat.read(version, body);
  if (read.ok) return read.value;
  const why = read.problems.map(problemText).join('; ');
  log.error({ version, why }, 'a saved set of flows is set aside: calls that began with it go on by today’s');
  const message = `calls that began with the flows ${version} go on by today’s: ${why}`;
  const id = ids.next('w');
  const warning = { id, at: clock.now(), subject: 'flows', message };
  saving.save('warning', id, () => journal.warn(warning));
  return undefined;
}
