// The houses that calls are walked through: strategies, rounds, levels, trunks, detectors, ways to confirm. Together they cover each pair that matters.
import type { Cause } from '../../../server/domain/telephony/hangup.ts';
import { type Config, flowSet, houseOf, people, type Shape, trunk } from './house.ts';

const one = [trunk('a')];
const two = [trunk('a'), trunk('b')];
const allKeys = ['1', '2', '*', '7'];
const fewKeys = ['1', '2'];
/** One cause for each fault, and those that the hunt treats in a way of their own. */
const everyCause: Cause[] = [
  'no-answer',
  'declined',
  'congestion',
  'lost',
  'unknown',
  'unallocated',
  'occupied',
  'forbidden',
  'refused-by-policy',
];
const byFault: Cause[] = ['no-answer', 'declined', 'congestion', 'lost', 'unknown'];
const few: Cause[] = ['no-answer', 'congestion', 'lost'];

type Given = Shape & {
  name: string;
  trunks?: typeof two;
  listenMs?: number;
  causes?: Cause[];
  keys?: string[];
  counts?: number[];
  part?: Parameters<typeof people>[1];
  turn?: number;
  carrier?: Config['carrier'];
};
const config = ({
  name,
  trunks = one,
  listenMs = 0,
  causes = few,
  keys = fewKeys,
  counts = [1],
  part,
  turn = 0,
  carrier = 'asterisk',
  ...shape
}: Given): Config => ({
  name,
  context: houseOf(flowSet(shape), trunks, listenMs),
  answers: counts.map((count) => ({ people: people(count, part), turn })),
  causes,
  keys,
  carrier,
});

export const configs: Config[] = [
  config({ name: 'one person, every cause and key', causes: everyCause, keys: allKeys, counts: [0, 1] }),
  config({ name: 'one person, two trunks', trunks: two, causes: byFault, counts: [0, 1] }),
  config({ name: 'one person, a detector', listenMs: 3000, keys: allKeys, counts: [0, 1] }),
  config({ name: 'sequential, 0 to 3 people', causes: ['no-answer'], keys: ['1'], counts: [0, 1, 2, 3] }),
  config({
    name: 'sequential, occupied people',
    causes: ['no-answer', 'occupied'],
    keys: ['1'],
    counts: [2],
  }),
  config({
    name: 'parallel, two people, two trunks',
    levels: [{ strategy: 'parallel' }],
    trunks: two,
    causes: ['congestion'],
    keys: ['1'],
    counts: [2],
  }),
  config({
    name: 'parallel, a phone that two people share',
    levels: [{ strategy: 'parallel' }],
    causes: ['no-answer', 'lost'],
    counts: [2],
    part: (n) => ({ phones: n === 1 ? ['+33611000001'] : ['+33611000001', '+33611000012'] }),
  }),
  config({
    name: 'waves, one phone for two occupied people',
    levels: [{ strategy: 'waves' }],
    causes: ['no-answer', 'occupied'],
    counts: [2],
    part: () => ({ phones: ['+33611000001'] }),
  }),
  config({
    name: 'parallel, two people, two rounds',
    levels: [{ strategy: 'parallel', rounds: 2 }],
    causes: ['no-answer', 'declined'],
    counts: [2],
  }),
  config({
    name: 'parallel, three people',
    levels: [{ strategy: 'parallel' }],
    causes: ['no-answer'],
    keys: ['1'],
    counts: [3],
  }),
  config({
    name: 'waves, three people of two priorities',
    levels: [{ strategy: 'waves' }],
    causes: ['no-answer', 'congestion'],
    keys: ['1'],
    counts: [3],
    part: (n) => ({ priority: n === 1 ? 2 : 1 }),
  }),
  config({
    name: 'rotating, two rounds',
    levels: [{ strategy: 'rotating', rounds: 2 }],
    causes: ['no-answer'],
    counts: [0, 2],
    turn: 3,
  }),
  config({
    name: 'longest idle, two people',
    levels: [{ strategy: 'longest-idle' }],
    causes: ['no-answer'],
    keys: ['1'],
    counts: [2],
    part: (n) => ({ lastTalkedAt: 4 - n }),
  }),
  config({
    name: 'two levels, sequential then parallel',
    levels: [{ strategy: 'sequential' }, { strategy: 'parallel', planning: 'chefs' }],
    causes: ['declined'],
    keys: ['1'],
    counts: [1, 2],
  }),
  config({
    name: 'two phones, caller-ID refused',
    trunks: [trunk('a', { mayShow: ['line', 'caller'], ownNumber: '+33199001099' })],
    show: 'caller',
    causes: ['forbidden', 'unallocated'],
    keys: ['1'],
    part: (n) => ({ phones: [`+3361100000${n}`, `+3361100001${n}`] }),
  }),
  config({
    name: 'parallel, two people, a carrier that asks',
    levels: [{ strategy: 'parallel' }],
    causes: ['no-answer'],
    counts: [2],
    keys: ['1'],
    carrier: 'twilio',
  }),
  config({ name: 'transfer, two trunks', kind: 'transfer', trunks: two, causes: everyCause }),
  config({ name: 'something said, then a word listened for', kind: 'spoken', causes: ['no-answer'], keys: ['1'] }),
  config({ name: 'a second hunt after a talk', kind: 'twice', counts: [0, 1] }),
];

/** Those in which several phones ring at once are the others: two halves that take about as long. */
export const oneByOne: readonly Config[] = configs.filter(({ name }) => !/^(parallel|waves)/.test(name));
