// Planted bugs, one for each thing that a rule protects: a check that cannot fail is not a check.
// `find` stands exactly once in the room's file, in the source as well as in what the compiler makes of it.
import type { Rule } from './edge.ts';

/** `walk`: the walk in which it must be noticed. Rules `saved` and `reload` are tried at the switchboard. */
export type Mutant = { rule: Rule | 'saved' | 'reload'; file: string; find: string; replace: string; walk: string };

const single = 'one person, every cause and key';
const twoTrunks = 'one person, two trunks';
const asking = 'parallel, two people, a carrier that asks';
const spoken = 'something said, then a word listened for';
const shared = 'parallel, a phone that two people share';
const parallel = 'parallel, three people';
const mutant = (rule: Mutant['rule'], file: string, find: string, replace: string, walk = single): Mutant => ({
  rule,
  file,
  find,
  replace,
  walk,
});

export const mutants: Mutant[] = [
  mutant(
    'saved',
    'engine/calls/switchboard',
    'this.#save(before, outcome, at);',
    'this.#perform(outcome); this.#save(before, outcome, at); return;',
  ),
  mutant('saved', 'engine/calls/switchboard', 'of plan.resumed)', 'of [])'),
  mutant('saved', 'engine/calls/switchboard', 'of this.#ports.journal.live())', 'of [])'),
  mutant('saved', 'domain/hunt/resume', 'if (!now)', 'if (now)'),
  mutant('joined', 'domain/hunt/confirm', "leg.phase !== 'asking' || !leg.questionBegan", "leg.phase !== 'asking'"),
  mutant('joined', 'domain/hunt/confirm', "digit === '1'", "digit !== '2'"),
  mutant(
    'joined',
    'domain/hunt/confirm',
    "turn.state.spec.confirm.by === 'answer'",
    "turn.state.spec.confirm.by !== 'nothing'",
  ),
  mutant('joined', 'domain/hunt/step', "event.type === 'leg-answered' ? emit", "event.type === 'leg-ringing' ? emit"),
  mutant('joined', 'domain/call/step', '!waited.has(leg)', 'waited.has(leg + leg)'),
  mutant('joined', 'domain/hunt/escalation', "type: 'hangup-leg'", "type: 'warn'"),
  mutant('joined', 'domain/hunt/confirm', "emitter, { type: 'hangup-leg', leg: leg.id })", 'emitter)'),
  mutant('winner', 'domain/hunt/confirm', 'leg.id !== winner.id', 'leg.id === winner.id + leg.id', parallel),
  mutant(
    'winner',
    'domain/hunt/confirm',
    "leg.phase === 'asking' || leg.phase === 'listening'",
    "leg.phase === 'taken'",
    parallel,
  ),
  mutant('winner', 'domain/hunt/confirm', 'changeLeg(freed, winner.id', 'changeLeg(turn, winner.id', parallel),
  mutant(
    'outcome',
    'domain/call/step',
    "step.call.sought && !step.call.flow.technician && outcome !== 'talked'",
    "outcome === 'talked'",
  ),
  mutant('outcome', 'domain/call/step', '!hasTalked(after.call)', "after.call.phase === 'over'"),
  mutant('outcome', 'domain/call/step', "call.phase === 'over' ? stray", "call.id === '' ? stray"),
  mutant(
    'outcome',
    'domain/call/step',
    "emit(talking, mint, { type: 'start-timer', name: longestTalk",
    "emit(talking, mint, { type: 'cancel-timer', name: longestTalk",
  ),
  mutant('outcome', 'domain/hunt/step', "type: 'wait', sound: spec.wait", "type: 'stop-wait', sound: spec.wait"),
  mutant(
    'outcome',
    'domain/hunt/step',
    "type: 'wait', sound: state.spec.wait",
    "type: 'stop-wait', sound: state.spec.wait",
  ),
  mutant('outcome', 'domain/hunt/escalation', "{ type: 'stop-wait' }", "{ type: 'wait', sound: 'music' }"),
  mutant('outcome', 'domain/flow/run', '!state.gone', 'state.gone'),
  mutant(
    'outcome',
    'domain/flow/run',
    "timerName(run, 'play'), ms: longestSound",
    "timerName(run, 'nothing'), ms: longestSound",
  ),
  mutant(
    'originate',
    'domain/hunt/ring',
    "type: 'start-timer', name: timerName('ring'",
    "type: 'cancel-timer', name: timerName('ring'",
  ),
  mutant('originate', 'domain/hunt/ring', 'tried: [...rest.tried, ', 'tried: [', twoTrunks),
  mutant(
    'originate',
    'domain/hunt/ring',
    'turn.state.retried.includes(leg.number)',
    'turn.state.retried.includes(leg.id)',
  ),
  mutant(
    'originate',
    'domain/trunk/failover',
    "hangup.whose === 'callee' || hangup.whose === 'ours'",
    "hangup.whose === 'ours'",
    twoTrunks,
  ),
  mutant(
    'originate',
    'domain/hunt/resume',
    "now === 'ringing' && leg.phase === 'calling'",
    "now === 'ringing' && leg.phase === 'taken'",
    twoTrunks,
  ),
  mutant('originate', 'domain/hunt/confirm', 'leg.second || leg.certain', 'leg.certain', 'one person, a detector'),
  mutant(
    'originate',
    'domain/hunt/ring',
    'leg.number === number && leg.person !== person',
    'leg.id === number',
    shared,
  ),
  mutant('originate', 'domain/call/call', '++legs', 'legs + 1', parallel),
  mutant('originate', 'domain/call/call', '++effects', 'effects + 1'),
  mutant('view', 'domain/hunt/resume', "type: 'wait', sound", "type: 'stop-wait', sound"),
  mutant('view', 'domain/hunt/resume', 'alive.bridged.includes(leg.id)', 'alive.bridged.includes(leg.name)'),
  mutant('view', 'domain/hunt/confirm', ' || leg.questionSaid', ''),
  mutant(
    'view',
    'domain/flow/nodes/common/keyed',
    'ask(meaning, run, node, [], doing, doing.confirming)',
    "({ want: 'wait' })",
  ),
  mutant('view', 'domain/call/view', "if (phase === 'hunt')", "if (phase === 'leaving')", asking),
  mutant('view', 'domain/call/view', "leg.phase === 'taken'", "leg.phase === 'ended' && leg.takenAt", asking),
  mutant('view', 'domain/call/view', 'flow.gone', 'flow.message', asking),
  mutant(
    'view',
    'domain/call/view',
    'findLast(isSound)',
    'findLast((one) => isSound(one) && one.type !== "record")',
    asking,
  ),
  mutant('pinned', 'domain/hunt/step', 'event.request === state.request', 'event.request !== state.spec.line'),
  mutant(
    'pinned',
    'domain/hunt/step',
    'event.playback === leg.question ? changeLeg',
    'event.playback !== leg.id ? changeLeg',
  ),
  mutant('pinned', 'domain/call/step', ' && step.call.flow.gone', ''),
  mutant('pinned', 'domain/call/step', 'after.call.flow !== step.call.flow && ', ''),
  mutant('pinned', 'domain/flow/nodes/common/playing', 'event.playback === effect', "event.playback !== ''"),
  mutant(
    'pinned',
    'domain/hunt/escalation',
    'occupied.length === 0 || busy',
    'occupied.length === 0',
    'sequential, occupied people',
  ),
  mutant('pinned', 'domain/flow/nodes/listen/step', 'event.asked !== doing.effect', "event.asked === ''", spoken),
  mutant('view', 'domain/flow/nodes/listen/step', '!doing.played ? onSaid', 'doing.effect ? onSaid', spoken),
  mutant('reload', 'engine/calls/pinned', 'version === current.version', "version !== ''"),
  mutant('resolver', 'domain/hunt/strategies/rotating', 'turn % people.length', 'turn - turn', 'rotating, two rounds'),
  mutant(
    'resolver',
    'domain/hunt/strategies/waves',
    '(a, b) => a - b',
    '(a, b) => b - a',
    'waves, three people of two priorities',
  ),
  mutant(
    'resolver',
    'domain/hunt/strategies/longest-idle',
    '(a.lastTalkedAt ?? 0) - (b',
    '(b.lastTalkedAt ?? 0) - (b',
    'longest idle, two people',
  ),
  mutant('resolver', 'domain/hunt/ring', '[number] = thread.phones', "[number] = ['+33611000042']"),
];
