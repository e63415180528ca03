// The small world that calls are walked through: one line, one flow of each kind of wait, two trunks, three people.
// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the grammar; none of these values is ever awaited.
import type { CallContext } from '../../../server/domain/call/call.ts';
import type { Flow, FlowSet } from '../../../server/domain/flow/set.ts';
import type { Arrival, OnCall } from '../../../server/domain/telephony/event.ts';
import type { Cause } from '../../../server/domain/telephony/hangup.ts';
import { noHealth } from '../../../server/domain/trunk/breaker.ts';
import type { Trunk, TrunkPlan } from '../../../server/domain/trunk/schema.ts';

export const line = '+33199001000';
export const caller = '+33612345678';
/** The walk's clock stands still: no rule may depend on it. */
export const now = Date.UTC(2026, 10, 21, 2);

export const arrival: Arrival = { channel: 'caller-1', carrier: 'asterisk', called: line, caller, at: now };

const person = (n: number, part: Partial<OnCall> = {}): OnCall => ({
  person: `p${n}`,
  name: `Personne ${n}`,
  phones: [`+3361100000${n}`],
  language: 'fr',
  maxCalls: 1,
  priority: 1,
  because: 'rota',
  ...part,
});
export const people = (count: number, part: (n: number) => Partial<OnCall> = () => ({})): OnCall[] =>
  Array.from({ length: count }, (_, i) => person(i + 1, part(i + 1)));
/** In no planning: whoever rings this one has asked somebody else than the resolver. */
export const intruder = person(9);

export const trunk = (id: string, part: Partial<Trunk> = {}): Trunk => ({
  id,
  host: `${id}.example`,
  port: 5060,
  transport: 'udp',
  addresses: [],
  register: false,
  codecs: ['alaw'],
  mayShow: ['line'],
  diversion: true,
  maxChannels: 30,
  qualifySeconds: 2,
  ...part,
});

export const trunkPlan = (trunks: Trunk[]): TrunkPlan => ({
  trunks,
  routes: [],
  allow: ['+33[1-79]'],
  ownNumbers: [line],
  caps: { concurrentLegs: 60, minutesPerHour: 1200, minutesPerDay: 6000, longestCallMinutes: 120 },
  breaker: { faults: 3, openMs: 30_000 },
});

type LevelGiven = { strategy?: string; rounds?: number; planning?: string };
export type Shape = {
  levels?: LevelGiven[];
  /** `transfer`: joined by answer. `twice`: whoever talked is led to a second hunt. `spoken`: something is said, then listened for, before the menu. */
  kind?: 'dial' | 'transfer' | 'twice' | 'spoken';
  show?: 'line' | 'caller';
};

const text = (words: string) => [{ text: words }];
const levelOf = ({ strategy, rounds = 1, planning = 'technique' }: LevelGiven) => ({
  planning,
  strategy,
  rounds,
  ring: 20,
});

/** Menu, then the hunt; who is not served leaves a message. Each exit of the hunt goes another way. */
export function flowSet({ levels = [{ strategy: 'sequential' }], kind = 'dial', show = 'line' }: Shape = {}): FlowSet {
  const exits = { 'no-answer': 'boîte', 'carrier-failure': 'panne', 'empty-planning': 'personne' };
  const hunt = { kind: 'dial' as const, levels: levels.map(levelOf), 'total-wait': 120, confirm: 10, show };
  const again = { say: text('Encore.'), tries: 2 };
  const dial: Flow['nodes'] =
    kind === 'transfer'
      ? { dial: { kind: 'transfer', number: '+33122334455', ring: 30, exits } }
      : kind === 'twice'
        ? { dial: { ...hunt, exits: { ...exits, answered: 'encore' } }, encore: { ...hunt, exits } }
        : { dial: { ...hunt, exits } };
  const spoken: Flow['nodes'] = {
    bienvenue: { kind: 'say', say: text('Bienvenue.'), 'barge-in': true, then: 'mot' },
    mot: {
      kind: 'listen',
      say: text('Que se passe-t-il ?'),
      wait: 4,
      'barge-in': true,
      into: 'dit',
      hears: [{ words: ['fuite'], then: 'dial' }],
      else: 'menu',
      nothing: 'menu',
    },
  };
  const front: Flow = {
    id: 'front',
    name: 'Accueil',
    language: 'fr',
    start: kind === 'spoken' ? 'bienvenue' : 'menu',
    tables: {},
    nodes: {
      ...(kind === 'spoken' ? spoken : {}),
      menu: {
        kind: 'menu',
        say: text('Urgence, tapez 1.'),
        wait: 6,
        'barge-in': true,
        'no-input': { ...again, then: 'dial' },
        'wrong-input': { ...again, then: 'fin' },
        keys: { 1: { then: 'dial' }, 2: { then: 'fin' } },
      },
      ...dial,
      panne: { kind: 'alert', reason: 'aucun opérateur', planning: 'secours', then: 'fin' },
      personne: { kind: 'say', say: text('Personne d’astreinte.'), 'barge-in': true, then: 'boîte' },
      boîte: { kind: 'message', say: text('Laissez un message.'), max: 60, silence: 5, min: 2, then: 'fin' },
      fin: { kind: 'hangup', say: text('Au revoir.'), reason: 'normal' },
    },
  };
  return {
    version: 'v1',
    lines: {
      [line]: {
        number: line,
        name: 'Dépannage',
        flow: 'front',
        language: 'fr',
        timezone: 'Europe/Paris',
        holidays: 'FR',
        show: 'line',
        wait: { sound: 'music', words: text('Nous cherchons.'), every: 15 },
      },
    },
    lists: {},
    flows: { front },
    values: {},
  };
}

export const houseOf = (flows: FlowSet, trunks: Trunk[], listenMs = 0): CallContext => ({
  flows,
  hunt: { trunks: { plan: trunkPlan(trunks), health: noHealth }, listenMs, silentMs: 4000 },
  planningVersion: 'p1',
  longestTalkMs: 7_200_000,
});

/** One walk: its house, the answers the planning may give, how legs may end, and the keys a person may press. */
export type Config = {
  name: string;
  context: CallContext;
  answers: { people: OnCall[]; turn: number }[];
  causes: Cause[];
  keys: string[];
  /** `twilio` comes and asks what its channels should hear. */
  carrier: Arrival['carrier'];
};
