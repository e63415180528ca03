// trunks.yaml → TrunkPlan. Reads text only; every cross-reference is checked here, so that the router never meets a hole.
import type { z } from 'zod';
import { type Locate, readDocument } from '../../base/document.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import { hiddenNumbers, idleTrunks, twilioProblems } from './check.ts';
import { type Trunk, type TrunkPlan, trunksSchema } from './schema.ts';

type Written = z.output<typeof trunksSchema>;

/**
 * @param source the file's name (for problems) and its text
 * @param ownNumbers the lines' numbers in E.164: they are never dialled
 * @returns the plan, or every problem found with its line, column and mend
 */
export function readTrunks(source: { file: string; text: string }, ownNumbers: readonly string[]): Result<TrunkPlan> {
  const read = readDocument(source.file, source.text, trunksSchema);
  if (!read.ok) return read;
  const { value, locate } = read.value;
  const problems = [
    ...trunkProblems(value, locate),
    ...addressProblems(value, locate),
    ...routeProblems(value, locate),
    ...twilioProblems(value, locate),
  ];
  return problems.length > 0 ? bad(...problems) : good(planOf(value, ownNumbers));
}

/** What works and is perhaps not meant: told by `vigie check` and `vigie doctor`, and refused by nobody. */
export function trunkWarnings(source: { file: string; text: string }): Problem[] {
  const read = readDocument(source.file, source.text, trunksSchema);
  if (!read.ok) return [];
  const { value, locate } = read.value;
  return [...idleTrunks(value, locate), ...hiddenNumbers(value, locate)];
}

function trunkProblems(value: Written, locate: Locate): Problem[] {
  return Object.entries(value.trunks).flatMap(([id, trunk]) => {
    const found: Problem[] = [];
    if (trunk.register && !trunk.auth)
      found.push({
        ...locate(['trunks', id, 'register']),
        message: `trunk "${id}" registers but has no credentials`,
        hint: 'add auth: { user env: NAME, password env: NAME }, or set register: false',
      });
    if (!trunk['may show'].includes('line') && !trunk['own number'])
      found.push({
        ...locate(['trunks', id, 'may show']),
        message: `trunk "${id}" has no number to show when the caller's is unknown or refused`,
        hint: 'add "line" to may show, or give an own number',
      });
    return found;
  });
}

/** A call is known to be a carrier's by the address it comes from: one address, one trunk. */
function addressProblems(value: Written, locate: Locate): Problem[] {
  const owner = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [id, trunk] of Object.entries(value.trunks)) {
    for (const address of addressesOf(trunk)) {
      const other = owner.get(address);
      if (other && other !== id)
        problems.push({
          ...locate(['trunks', id, trunk.addresses ? 'addresses' : 'host']),
          message: `trunks "${other}" and "${id}" have the same address ${address}`,
          hint: 'calls are told apart by address: give each trunk its own, or keep one trunk',
        });
      owner.set(address, id);
    }
  }
  return problems;
}

function routeProblems(value: Written, locate: Locate): Problem[] {
  const known = Object.keys(value.trunks);
  const seen = new Set<string>();
  return value.routes.flatMap((route, index) => {
    const found: Problem[] = [];
    if (seen.has(route.prefix))
      found.push({
        ...locate(['routes', index, 'prefix']),
        message: `prefix ${route.prefix} has two routes`,
        hint: 'keep one, with its trunks in order',
      });
    seen.add(route.prefix);
    route.trunks.forEach((id, at) => {
      if (!known.includes(id))
        found.push({
          ...locate(['routes', index, 'trunks', at]),
          message: `there is no trunk "${id}"`,
          hint: `trunks are: ${known.join(', ')}`,
        });
      else if (route.trunks.indexOf(id) !== at)
        found.push({
          ...locate(['routes', index, 'trunks', at]),
          message: `trunk "${id}" stands twice in this route`,
          hint: 'a trunk that failed is not tried again: keep the first',
        });
    });
    return found;
  });
}

function planOf(value: Written, ownNumbers: readonly PhoneNumber[]): TrunkPlan {
  const trunks = Object.entries(value.trunks).map(([id, written]) => trunkOf(id, written));
  const account = value.twilio && accountOf(value.twilio);
  const atCarriers = [...trunks, ...(account ? [account] : [])].flatMap((trunk) => trunk.ownNumber ?? []);
  return {
    trunks,
    routes: [...value.routes].sort((a, b) => b.prefix.length - a.prefix.length),
    allow: value.allow,
    ownNumbers: [...new Set([...ownNumbers, ...atCarriers])],
    caps: {
      concurrentLegs: value.caps['concurrent legs'],
      minutesPerHour: value.caps['minutes per hour'],
      minutesPerDay: value.caps['minutes per day'],
      longestCallMinutes: value.caps['longest call minutes'],
    },
    breaker: { faults: value.breaker.faults, openMs: value.breaker['open seconds'] * 1000 },
    ...(account ? { twilio: account } : {}),
  };
}

const accountOf = (written: NonNullable<Written['twilio']>): NonNullable<TrunkPlan['twilio']> => ({
  ...(written['own number'] ? { ownNumber: written['own number'] } : {}),
  maxChannels: written['max channels'],
});

/** Where its calls come from: its host and the proxy in front of it, unless told. */
const addressesOf = ({ addresses, host, 'outbound proxy': proxy }: Written['trunks'][string]): string[] =>
  addresses ?? [...new Set([host, ...(proxy ? [proxy.replace(/:\d+$/, '')] : [])])];

/** What this carrier wants to read in our calls; nothing for what needs no word. */
function wordsOf(written: Written['trunks'][string]): Partial<Trunk> {
  const { identity, numbers, 'from user': user, 'from domain': domain, 'outbound proxy': proxy } = written;
  const shown = written['shown numbers'];
  return {
    ...(user ? { fromUser: user } : {}),
    ...(domain ? { fromDomain: domain } : {}),
    ...(identity ? { identity } : {}),
    ...(proxy ? { proxy } : {}),
    ...(numbers === 'e164' ? {} : { numbers }),
    ...(shown === 'e164' ? {} : { shownNumbers: shown }),
  };
}

function trunkOf(id: TrunkId, written: Written['trunks'][string]): Trunk {
  const { auth, 'own number': ownNumber } = written;
  return {
    id,
    host: written.host,
    port: written.port,
    transport: written.transport,
    addresses: addressesOf(written),
    ...(auth ? { auth: { userEnv: auth['user env'], passwordEnv: auth['password env'] } } : {}),
    register: written.register,
    codecs: written.codecs,
    mayShow: written['may show'],
    ...(ownNumber ? { ownNumber } : {}),
    ...wordsOf(written),
    diversion: written.diversion,
    ...(written.sms ? { sms: true as const } : {}),
    maxChannels: written['max channels'],
    qualifySeconds: written['qualify seconds'],
  };
}
