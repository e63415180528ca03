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
  ...{ rule, file, find, replace, walk },
});

export const mutants: Mutant[] = [
  mutant(
    'saved',
    'switchboard/switchboard',
    'this.#save(before, outcome, at);',
    'this.#perform(outcome); this.#save(before, outcome, at); return;',
  ),
  mutant('saved', 'switchboard/switchboard', 'of plan.resumed)', 'of [])'),
  mutant('saved', 'switchboard/switchboard', 'of this.#ports.journal.live())', 'of [])'),
  mutant('saved', 'hunt/resume', 'if (!now)', 'if (now)'),
  mutant('joined', 'hunt/confirm', "leg.phase !== 'asking' || !leg.questionBegan", "leg.phase !== 'asking'"),
  mutant('joined', 'hunt/confirm', "digit === '1'", "digit !== '2'"),
  mutant(
    'joined',
    'hunt/confirm',
    "turn.state.spec.confirm.by === 'answer'",
    "turn.state.spec.confirm.by !== 'nothing'",
  ),
  mutant('joined', 'hunt/step', "event.type === 'leg-answered' ? emit", "event.type === 'leg-ringing' ? emit"),
  mutant('joined', 'call/step', '!waited.has(leg)', 'waited.has(leg + leg)'),
  mutant('joined', 'hunt/climb', "type: 'hangup-leg'", "type: 'warn'"),
  mutant('joined', 'hunt/confirm', "pen, { type: 'hangup-leg', leg: leg.id })", 'pen)'),
  mutant('winner', 'hunt/confirm', 'leg.id !== winner.id', 'leg.id === winner.id + leg.id', parallel),
  mutant(
    'winner',
    'hunt/confirm',
    "leg.phase === 'asking' || leg.phase === 'listening'",
    "leg.phase === 'taken'",
    parallel,
  ),
  mutant('winner', 'hunt/confirm', 'changeLeg(freed, winner.id', 'changeLeg(turn, winner.id', parallel),
  mutant(
    'outcome',
    'call/step',
    "step.call.sought && !step.call.flow.technician && outcome !== 'talked'",
    "outcome === 'talked'",
  ),
  mutant('outcome', 'call/step', '!hasTalked(after.call)', "after.call.phase === 'over'"),
  mutant('outcome', 'call/step', "call.phase === 'over' ? stray", "call.id === '' ? stray"),
  mutant(
    'outcome',
    'call/step',
    "emit(talking, mint, { type: 'start-timer', name: longestTalk",
    "emit(talking, mint, { type: 'cancel-timer', name: longestTalk",
  ),
  mutant('outcome', 'hunt/step', "type: 'wait', sound: spec.wait", "type: 'stop-wait', sound: spec.wait"),
  mutant('outcome', 'hunt/step', "type: 'wait', sound: state.spec.wait", "type: 'stop-wait', sound: state.spec.wait"),
  mutant('outcome', 'hunt/climb', "{ type: 'stop-wait' }", "{ type: 'wait', sound: 'music' }"),
  mutant('outcome', 'flow/run', '!state.gone', 'state.gone'),
  mutant(
    'outcome',
    'flow/run',
    "timerName(run, 'play'), ms: longestSound",
    "timerName(run, 'nothing'), ms: longestSound",
  ),
  mutant(
    'originate',
    'hunt/ring',
    "type: 'start-timer', name: timerName('ring'",
    "type: 'cancel-timer', name: timerName('ring'",
  ),
  mutant('originate', 'hunt/ring', 'tried: [...rest.tried, ', 'tried: [', twoTrunks),
  mutant('originate', 'hunt/ring', 'turn.state.retried.includes(leg.number)', 'turn.state.retried.includes(leg.id)'),
  mutant(
    'originate',
    'trunk/failover',
    "hangup.whose === 'callee' || hangup.whose === 'ours'",
    "hangup.whose === 'ours'",
    twoTrunks,
  ),
  mutant(
    'originate',
    'hunt/resume',
    "now === 'ringing' && leg.phase === 'calling'",
    "now === 'ringing' && leg.phase === 'taken'",
    twoTrunks,
  ),
  mutant('originate', 'hunt/confirm', 'leg.second || leg.certain', 'leg.certain', 'one person, a detector'),
  mutant('originate', 'hunt/ring', 'leg.number === number && leg.person !== person', 'leg.id === number', shared),
  mutant('originate', 'call/call', '++legs', 'legs + 1', parallel),
  mutant('originate', 'call/call', '++effects', 'effects + 1'),
  mutant('view', 'hunt/resume', "type: 'wait', sound", "type: 'stop-wait', sound"),
  mutant('view', 'hunt/resume', 'alive.bridged.includes(leg.id)', 'alive.bridged.includes(leg.name)'),
  mutant('view', 'hunt/confirm', ' || leg.questionSaid', ''),
  mutant('view', 'flow/nodes/index', 'askAgain(run, node, doing)', "({ want: 'wait' })"),
  mutant('view', 'call/view', "if (phase === 'hunt')", "if (phase === 'leaving')", asking),
  mutant('view', 'call/view', "leg.phase === 'taken'", "leg.phase === 'ended' && leg.takenAt", asking),
  mutant('view', 'call/view', 'flow.gone', 'flow.message', asking),
  mutant('view', 'call/view', 'findLast(isSound)', 'findLast((one) => isSound(one) && one.type !== "record")', asking),
  mutant('pinned', 'hunt/step', 'event.request === state.request', 'event.request !== state.spec.line'),
  mutant('pinned', 'hunt/step', 'event.playback === leg.question ? changeLeg', 'event.playback !== leg.id ? changeLeg'),
  mutant('pinned', 'call/step', ' && step.call.flow.gone', ''),
  mutant('pinned', 'call/step', 'after.call.flow !== step.call.flow && ', ''),
  mutant('pinned', 'flow/nodes/index', 'event.playback === effect', "event.playback !== ''"),
  mutant(
    'pinned',
    'hunt/climb',
    'occupied.length === 0 || busy',
    'occupied.length === 0',
    'sequential, occupied people',
  ),
  mutant('pinned', 'flow/nodes/listen', 'event.asked !== doing.effect', "event.asked === ''", spoken),
  mutant('view', 'flow/nodes/listen', '!doing.played ? said', 'doing.effect ? said', spoken),
  mutant('reload', 'switchboard/pinned', 'version === current.version', "version !== ''"),
  mutant('resolver', 'hunt/order', 'turn % ids.length', 'turn - turn', 'rotating, two rounds'),
  mutant('resolver', 'hunt/order', '(a, b) => a - b', '(a, b) => b - a', 'waves, three people of two priorities'),
  mutant(
    'resolver',
    'hunt/order',
    '(a.lastTalkedAt ?? 0) - (b',
    '(b.lastTalkedAt ?? 0) - (b',
    'longest idle, two people',
  ),
  mutant('resolver', 'hunt/ring', '[number] = thread.phones', "[number] = ['+33611000042']"),
];
