// Nodes whose word leaves the house: what they ask for, what they wait for, what the checks refuse; and words heard in speech.
import t from 'tap';
import { isSaid } from '../../../server/domain/flow/keywords.ts';
import { examineFlows } from '../../../server/domain/flow/load.ts';
import type { FlowEvent, FlowSet } from '../../../server/domain/flow/step.ts';
import { enterFlow, stepFlow } from '../../../server/domain/flow/step.ts';

const known = {
  plannings: new Set(['garde']),
  people: new Set(['lea']),
  policies: new Set(['normale']),
  tools: new Set(['helpdesk']),
};
const lines = 'lines: [{ number: "+33 1 99 00 10 00", name: Dépannage, flow: f }]\n';
const file = (nodes: string) => [
  { file: 'lines.yaml', text: lines },
  { file: 'f.yaml', text: `start: a\nnodes:\n${nodes}\n  fin: { kind: hangup, say: Merci. }\n` },
];
const setOf = (nodes: string): FlowSet => {
  const { set, findings } = examineFlows(file(nodes), known);
  if (!set) throw new Error(findings.map(({ line, message }) => `${line} ${message}`).join('\n'));
  return set;
};
const problems = (nodes: string): string =>
  examineFlows(file(nodes), known)
    .findings.filter(({ severity }) => severity === 'error')
    .map(({ line, message }) => `${line} ${message}`)
    .join('; ');

/** Saturday 3 January 2026, 22:00 in Paris. */
const night = Date.UTC(2026, 0, 3, 21);
function play(set: FlowSet) {
  let n = 0;
  const mint = () => `c1.e${++n}`;
  let step = enterFlow(set, { called: '+33199001000', caller: '+33612345678', at: night }, mint);
  const effects = [...step.effects];
  return {
    effects,
    notes: () => step.trail.map(({ note }) => note),
    values: () => step.state.values,
    want: () => step.then,
    node: () => step.state.node,
    event: (event: Omit<FlowEvent, 'at'>) => {
      const trail = step.trail;
      step = stepFlow(set, step.state, { ...event, at: night } as FlowEvent, mint);
      step = { ...step, trail: [...trail, ...step.trail] };
      effects.push(...step.effects);
    },
    of: (type: string) => effects.filter((one) => one.type === type),
  };
}

t.test('SMS and mail leave with their words filled in; the call goes on at once', (t) => {
  const set = setOf(`  a: { kind: sms, planning: garde, text: "Appel de {caller} sur {line}.", then: b }
  b: { kind: sms, caller: true, text: Nous arrivons., then: c }
  c: { kind: mail, address: a@exemple.fr, subject: "{line}", text: "De {caller}", then: fin }`);
  const call = play(set);
  t.match(
    call.of('deliver').map((one) => 'what' in one && one.what),
    [
      { by: 'sms', to: { planning: 'garde' }, text: 'Appel de +33612345678 sur Dépannage.' },
      { by: 'sms', to: 'caller', text: 'Nous arrivons.' },
      { by: 'mail', to: { address: 'a@exemple.fr' }, subject: 'Dépannage', text: 'De +33612345678' },
    ],
  );
  t.equal(call.node(), 'fin');
  t.end();
});

t.test("a ticket's reference reaches the call, or the call goes on without", (t) => {
  const set = setOf(
    '  a: { kind: ticket, tool: helpdesk, into: ticket, wait: 2, then: b }\n  b: { kind: say, say: "Ticket {ticket}.", then: fin }',
  );
  const call = play(set);
  const id = call.of('deliver')[0]?.id ?? '';
  call.event({ type: 'looked-up', request: 'other', found: { ticket: 'X' } } as never);
  t.equal(call.node(), 'a', 'an answer to another question is none');
  call.event({ type: 'looked-up', request: id, found: { ticket: 'T-42' } } as never);
  t.strictSame([call.node(), call.values().ticket], ['b', 'T-42']);
  const late = play(set);
  const timer = late.of('start-timer')[0];
  late.event({ type: 'timer', name: timer && 'name' in timer ? timer.name : '' } as never);
  t.strictSame([late.node(), late.values().ticket], ['b', '']);
  late.event({ type: 'looked-up', request: id, found: { ticket: 'T-42' } } as never);
  t.equal(late.values().ticket, '', 'too late changes nothing');
  t.end();
});

t.test('an urgency is told now, from Monday morning on, or written down', (t) => {
  const decided = (decision: string) =>
    play(
      setOf(
        `  a: { kind: decide, decision: ${decision}, reason: "Panne de {caller}", planning: garde, policy: normale, hours: { lun-ven: "08:00-18:00" }, then: fin }`,
      ),
    );
  t.match(decided('trigger').of('raise-alert'), [
    { reason: 'Panne de +33612345678', target: { planning: 'garde' }, policy: 'normale' },
  ]);
  t.notOk('notBefore' in (decided('trigger').of('raise-alert')[0] ?? {}));
  t.match(decided('defer').of('raise-alert'), [{ notBefore: Date.UTC(2026, 0, 5, 7) }]);
  t.equal(decided('log').of('raise-alert').length, 0);
  for (const decision of ['trigger', 'defer', 'log'])
    t.ok(decided(decision).notes().includes(`${decision}: Panne de +33612345678`));
  t.end();
});

t.test('listening: lists in order, something else, nothing, and a network that hears no speech', (t) => {
  const set = setOf(`  a:
    kind: listen
    say: Que se passe-t-il ?
    into: dit
    hears:
      - { words: [fuite, "incendi*", urgent], then: b }
      - { words: [facture], then: c }
    else: d
    nothing: fin
  b: { kind: say, say: Urgent., then: fin }
  c: { kind: say, say: Facture., then: fin }
  d: { kind: say, say: Autre., then: fin }`);
  const said = (text: string, confidence?: number) => {
    const call = play(set);
    call.event({ type: 'speech', text, ...(confidence === undefined ? {} : { confidence }) } as never);
    return [call.node(), call.values().dit];
  };
  t.match(play(set).of('gather'), [{ speech: { language: 'fr', hints: ['fuite', 'incendi', 'urgent', 'facture'] } }]);
  t.strictSame(said('Il y a des FUITES partout'), ['b', 'Il y a des FUITES partout']);
  t.equal(said("ce n'est pas urgent, c'est une facture")[0], 'c');
  t.equal(said('bonjour')[0], 'd');
  t.equal(said('  ')[0], 'fin');
  t.strictSame(said('une fuite', 0.39), ['d', 'une fuite'], 'a guess decides nothing, and stands on record');
  t.equal(said('une fuite', 0.4)[0], 'b');
  const silent = play(set);
  silent.event({ type: 'playback-finished', playback: silent.of('gather')[0]?.id ?? '' } as never);
  const timer = silent.of('start-timer').at(-1);
  silent.event({ type: 'timer', name: timer && 'name' in timer ? timer.name : '' } as never);
  t.equal(silent.node(), 'fin');
  t.end();
});

t.test('words: accents, endings, groups, negations', (t) => {
  const yes: [string[], string][] = [
    [['fuite'], 'une Fuite !'],
    [['fuite'], 'des fuites'],
    [['bloqué'], 'elle est bloquee'],
    [['urgent'], "c'est urgente"],
    [['urgent'], 'pas demain mais urgent'],
    [['plus de courant'], "il n'y a plus de courant"],
    [['incendi*'], 'un incendie'],
    [["fuite d'eau"], 'une fuite d’eau'],
    [['gaz'], 'ça sent le gaz'],
  ];
  for (const [words, text] of yes) t.ok(isSaid(words, text), text);
  const no: [string[], string][] = [
    [['urgent'], 'pas urgent'],
    [['urgent'], "ce n'est pas très urgent"],
    [['fuite'], 'aucune fuite'],
    [['fuite'], 'aucun risque de fuite'],
    [['urgent'], 'non urgent'],
    [['feu'], 'feuille'],
    [['gaz'], 'magazine'],
    [['fuite'], ''],
    [['urgent'], 'not urgent'],
  ];
  for (const [words, text] of no) t.notOk(isSaid(words, text), text || 'nothing');
  t.end();
});

t.test('a technician proves who they are, and calls back the last caller', (t) => {
  const set = setOf(`  a: { kind: pin, say: Votre code., then: b, refused: fin }
  b: { kind: say, say: "Bonjour {technicien}, dernier appel {rappel}.", then: c }
  c: { kind: call-back, nobody: fin, exits: { no-answer: fin, carrier-failure: fin } }`);
  const asked = (call: ReturnType<typeof play>) => call.of('look-up').at(-1);
  const call = play(set);
  for (const digits of ['7', '3', '9', '1', '5', '4', '#']) call.event({ type: 'digits', digits } as never);
  t.match(asked(call), { table: '@pin', key: '+33612345678 739154' });
  t.notMatch(JSON.stringify(call.notes()), /739154/, 'the code is on no record');
  call.event({
    type: 'looked-up',
    request: asked(call)?.id ?? '',
    found: { person: 'lea', name: 'Léa', last: '+33611111111' },
  } as never);
  t.strictSame([call.node(), call.values().technicien, call.values().rappel], ['b', 'Léa', '+33611111111']);
  call.event({ type: 'playback-finished', playback: call.of('play').at(-1)?.id ?? '' } as never);
  t.match(call.want(), {
    want: 'dial',
    spec: { levels: [{ target: { number: '+33611111111' } }], show: 'line', confirm: { by: 'answer' } },
  });
  const guess = play(set);
  for (let i = 0; i < 3; i++) {
    t.equal(guess.node(), 'a');
    guess.event({ type: 'digits', digits: '111111', final: true } as never);
    guess.event({ type: 'looked-up', request: asked(guess)?.id ?? '', found: null } as never);
  }
  t.equal(guess.node(), 'fin', 'three codes a call');
  t.match(
    problems(
      '  a: { kind: set, values: { technician: x }, then: b }\n  b: { kind: call-back, nobody: fin, exits: { no-answer: fin, carrier-failure: fin } }',
    ),
    /^$/,
  );
  const forged = play(
    setOf(
      '  a: { kind: set, values: { rappel: "+33899000000" }, then: b }\n  b: { kind: call-back, nobody: fin, exits: { no-answer: fin, carrier-failure: fin } }',
    ),
  );
  t.equal(forged.node(), 'fin', 'a value of that name dials nothing');
  t.end();
});

t.test('what the checks refuse', (t) => {
  t.match(problems('  a: { kind: ticket, tool: helpdesc, then: fin }'), /there is no tool "helpdesc"/);
  t.match(problems('  a: { kind: sms, planning: gard, text: x, then: fin }'), /there is no planning "gard"/);
  t.match(problems('  a: { kind: sms, text: x, then: fin }'), /names 0 of planning, person, caller/);
  t.match(
    problems('  a: { kind: mail, person: lea, address: a@b.fr, subject: x, text: x, then: fin }'),
    /names 2 of planning, person, address/,
  );
  t.match(problems('  a: { kind: sms, person: lea, text: "{rien}", then: fin }'), /there is no value "rien"/);
  t.match(problems('  a: { kind: decide, decision: defer, reason: x, then: fin }'), /"defer" without hours/);
  t.match(
    problems('  a: { kind: decide, decision: defer, reason: x, hours: { lundimanche: "8" }, then: fin }'),
    /names no days/,
  );
  t.match(
    problems('  a: { kind: decide, decision: trigger, reason: x, policy: rien, then: fin }'),
    /there is no alert policy "rien"/,
  );
  t.match(
    problems('  a: { kind: listen, say: x, hears: [{ words: [fuite], then: nulle }], else: fin, nothing: fin }'),
    /there is no node "nulle"/,
  );
  t.end();
});
