// The grammar of a flow file: named nodes, each of one kind. Types of the whole room are derived from here.
// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the grammar; none of these values is ever awaited.
import { z } from 'zod';
import { count, language, name, phone, seconds, speech, value, valueName } from './schema-parts.ts';
import { table } from './schema-table.ts';

const next = name;
const list = <T extends z.ZodType>(one: T) =>
  z
    .union([one, z.array(one).min(1, 'expected at least one')])
    .transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]));

/** What happens on no input or a wrong one: ask again (saying this first), and after `tries` times go elsewhere. */
const retry = z.strictObject({ say: speech.optional(), tries: count(1, 9).default(2), then: next });
const asks = {
  say: speech,
  wait: seconds(1, 60).default(4),
  'barge-in': z.boolean().default(true),
  'no-input': retry,
  'wrong-input': retry,
};

const key = z.string().regex(/^[0-9*#]$/, 'expected one key of the telephone: 0 to 9, "*" or "#"');
const choice = z
  .union([next, z.strictObject({ then: next, value: z.string().min(1).optional() })])
  .transform((given): { then: string; value?: string | undefined } =>
    typeof given === 'string' ? { then: given } : given,
  );

const say = z.strictObject({
  kind: z.literal('say'),
  say: speech,
  /** A key cuts it short where a question follows, and answers that question. */
  'barge-in': z.boolean().default(true),
  then: next,
});
const menu = z.strictObject({
  kind: z.literal('menu'),
  ...asks,
  /** Where the chosen key's `value` is kept. */
  into: valueName.optional(),
  keys: z.record(key, choice),
});
const collect = z.strictObject({
  kind: z.literal('collect'),
  ...asks,
  into: valueName,
  length: z
    .union([count(1, 32), z.strictObject({ min: count(1, 32).default(1), max: count(1, 32) })])
    .transform((given) => (typeof given === 'number' ? { min: given, max: given } : given)),
  terminator: z.enum(['#', '*', 'none']).default('#'),
  /** Longest pause between two digits. */
  between: seconds(1, 30).default(4),
  /** Read back before going on: `true` spells the digits, a text says it in your words. 1 confirms, 2 corrects. */
  confirm: z.union([z.boolean(), speech]).default(false),
  then: next,
});
const lookUp = z.strictObject({
  kind: z.literal('look-up'),
  table: name,
  key: z.string().min(1),
  found: next,
  'not-found': next,
  /** Where to go when the source cannot be asked. Required unless the table is a CSV file. */
  failed: next.optional(),
});

const switchCase = z.strictObject({
  called: list(phone).optional(),
  caller: z.union([z.literal('hidden'), list(phone)]).optional(),
  'caller-in': name.optional(),
  hours: z.record(z.string(), z.string()).optional(),
  holiday: z.boolean().optional(),
  value: z.strictObject({ name: valueName, is: list(value) }).optional(),
  /** A condition in CEL. */
  when: z.string().min(1).optional(),
  then: next,
});
const choose = z.strictObject({
  kind: z.literal('switch'),
  cases: z.array(switchCase).min(1, 'expected at least one case'),
  else: next,
});

const strategy = z.enum(['sequential', 'parallel', 'waves', 'rotating', 'longest-idle']);
const target = {
  /** The name of a planning, or `{value}` looked up in a table. */
  planning: z.string().min(1).optional(),
  person: name.optional(),
  number: phone.optional(),
};
const level = z.strictObject({
  ...target,
  strategy: strategy.default('sequential'),
  rounds: count(1, 10).default(1),
  ring: seconds(5, 120).default(25),
});
const exits = {
  'no-answer': next,
  'carrier-failure': next,
  answered: next.optional(),
  'caller-gone': next.optional(),
};
const dial = z.strictObject({
  kind: z.literal('dial'),
  levels: z.array(level).min(1, 'expected at least one level'),
  'total-wait': seconds(10, 3600).default(180),
  wait: z.enum(['music', 'ringing']).optional(),
  words: z.strictObject({ say: speech, every: seconds(5, 120).default(15) }).optional(),
  /** Told to the person rung, after who calls. */
  announce: speech.optional(),
  /** Seconds the person has to press 1. */
  confirm: seconds(3, 60).default(10),
  show: z.enum(['line', 'caller']).optional(),
  exits: z.strictObject({ ...exits, 'empty-planning': next }),
});
const transfer = z.strictObject({
  kind: z.literal('transfer'),
  number: phone,
  ring: seconds(5, 120).default(40),
  wait: z.enum(['music', 'ringing']).optional(),
  exits: z.strictObject(exits),
});
const message = z.strictObject({
  kind: z.literal('message'),
  say: speech,
  max: seconds(5, 600).default(120),
  silence: seconds(2, 30).default(5),
  /** Shorter than this is no message. */
  min: seconds(0, 30).default(2),
  then: next,
  /** Where to go when nothing was said; `then` otherwise. */
  empty: next.optional(),
});
const set = z.strictObject({ kind: z.literal('set'), values: z.record(valueName, value), then: next });
const goTo = z.strictObject({ kind: z.literal('goto'), flow: name, node: name.optional() });
const subFlow = z.strictObject({ kind: z.literal('sub-flow'), flow: name, then: next });
const comeBack = z.strictObject({ kind: z.literal('return') });
const alert = z.strictObject({
  kind: z.literal('alert'),
  reason: z.string().min(1),
  planning: z.string().min(1).optional(),
  person: name.optional(),
  /** How it is told, and to whom next: a policy of alert-policies.yaml; its default one otherwise. */
  policy: name.optional(),
  then: next,
});
/** An urgency judged before anybody is woken: told now, told from the next opening hour on, or only written down. */
const decide = z.strictObject({
  kind: z.literal('decide'),
  decision: z.enum(['trigger', 'defer', 'log']),
  reason: z.string().min(1),
  planning: z.string().min(1).optional(),
  person: name.optional(),
  policy: name.optional(),
  /** For `defer`: the hours of the week at whose next beginning it is told. */
  hours: z.record(z.string(), z.string()).optional(),
  then: next,
});
const sms = z.strictObject({
  kind: z.literal('sms'),
  planning: z.string().min(1).optional(),
  person: name.optional(),
  /** To the caller's own number, where it is one that the trunks allow. */
  caller: z.literal(true).optional(),
  text: z.string().min(1).max(1000),
  then: next,
});
const mail = z.strictObject({
  kind: z.literal('mail'),
  planning: z.string().min(1).optional(),
  person: name.optional(),
  address: z.email('is not an e-mail address').optional(),
  subject: z.string().min(1).max(200),
  /** The recorded message goes along, when there is one by then. */
  text: z.string().min(1).max(5000),
  then: next,
});
/** A ticket in a tool of messages.yaml. With `into` the call waits a moment for its reference; the ticket itself waits for nobody. */
const ticket = z.strictObject({
  kind: z.literal('ticket'),
  tool: name,
  into: valueName.optional(),
  wait: seconds(0.5, 10).default(3),
  then: next,
});
/** Speech: word lists, tried in order. Accents, case and endings do not count; a negation before a word undoes it (« pas urgent »). */
const listen = z.strictObject({
  kind: z.literal('listen'),
  say: speech,
  /** Seconds from the end of the question without a word. */
  wait: seconds(2, 20).default(4),
  /** false: what is said over the question does not count. */
  'barge-in': z.boolean().default(true),
  /** Receives what was understood. */
  into: valueName.optional(),
  hears: z
    .array(z.strictObject({ words: z.array(z.string().min(2)).min(1), then: next }))
    .min(1, 'expected at least one list of words'),
  /** Keys that answer as well. Without them a key takes the way `nothing`, and answers what is asked there. */
  keys: z.record(key, next).optional(),
  /** Something else was said. */
  else: next,
  /** Nothing was said, or nobody could listen. */
  nothing: next,
});
/** A technician who rings the line from a known telephone proves who they are. Three tries a call; the server counts across calls. */
const pin = z.strictObject({
  kind: z.literal('pin'),
  say: speech,
  /** Said before the next try. */
  wrong: speech.optional(),
  wait: seconds(2, 60).default(8),
  then: next,
  refused: next,
});
/** After a `pin`: tells the last callers, newest first, and lets a key choose whom `call-back` rings. */
const callLog = z.strictObject({
  kind: z.literal('call-log'),
  /** Calls told at most. */
  most: count(1, 9).default(5),
  wait: seconds(2, 60).default(6),
  then: next,
  /** Nothing is on record, or nothing was chosen. */
  none: next,
});
/** After a `pin`: takes the duty of a planning that names the technician, from now until its next hand-off. */
const takeDuty = z.strictObject({
  kind: z.literal('take-duty'),
  /** Only this planning; all that name the technician otherwise. */
  planning: name.optional(),
  wait: seconds(2, 60).default(6),
  then: next,
  /** No planning names them, or nothing was chosen. */
  none: next,
});
/** After a `pin`: rings the last caller of the line, or the one chosen in a `call-log`, showing the line's number. */
const callBack = z.strictObject({
  kind: z.literal('call-back'),
  ring: seconds(5, 120).default(40),
  wait: z.enum(['music', 'ringing']).optional(),
  /** There is nobody to call back. */
  nobody: next,
  exits: z.strictObject(exits),
});
const hangup = z.strictObject({
  kind: z.literal('hangup'),
  say: speech.optional(),
  reason: z.enum(['normal', 'busy', 'rejected']).default('normal'),
});

const kinds = [
  ...([say, menu, collect, lookUp, choose, dial, transfer, message] as const),
  ...([
    set,
    goTo,
    subFlow,
    comeBack,
    alert,
    decide,
    sms,
    mail,
    ticket,
    listen,
    pin,
    callLog,
    takeDuty,
    callBack,
    hangup,
  ] as const),
] as const;
export const nodeKinds: readonly string[] = kinds.map((one) => one.shape.kind.value);
export const node = z.discriminatedUnion('kind', kinds);

/** One file = one flow; its id is the file's name. */
export const flowSchema = z.strictObject({
  name: z.string().min(1).optional(),
  language: language.default('fr'),
  start: name,
  tables: z.record(name, table).default({}),
  nodes: z.record(name, node),
});

export type Node = z.output<typeof node>;
export type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>;
export type Case = z.output<typeof switchCase>;
export type Retry = z.output<typeof retry>;
export type LevelNode = z.output<typeof level>;
export type WrittenFlow = z.output<typeof flowSchema>;
