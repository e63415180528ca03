// Callers in flows: by story over the examples, then each kind of node with what can go wrong at it.
import t from 'tap';
import { readFlows } from '../../../server/domain/flow/load.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import { Caller, exampleFiles, heard, known, oneFlow } from './story.ts';

const read = readFlows(exampleFiles(), known);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const examples: FlowSet = read.value;

const monday10h = Date.UTC(2026, 10, 30, 9);
const sunday = Date.UTC(2026, 10, 29, 9);
const christmas = Date.UTC(2026, 11, 25, 9);
const caller = '+33612345678';
const main = '+33199001000';
const ring = (called = main, from = caller, at = monday10h) => new Caller(examples, called, from, at);
const only = (text: string) => new Caller(oneFlow(text), main, caller, monday10h);
const target = (one: Caller) => one.dial.levels.map((level) => Object.values(level.target)[0]);

t.test('by machine type: greeting, menus, and the planning of the machine', (t) => {
  const phone = ring();
  t.equal(phone.hears, 'Bonjour, vous êtes en relation avec le service de dépannage.');
  t.same(phone.types, ['answer', 'play', 'start-timer'], 'answered once, before the first sound, with a backstop');
  phone.listens();
  t.match(phone.hears, /Pour une presse à injection, tapez 1/);
  t.notOk(phone.types.includes('answer'), 'never answered twice');
  phone.presses('1');
  t.ok(
    phone.all.some((effect) => effect.type === 'stop-play'),
    'a key stops the prompt',
  );
  phone.presses('1');
  t.same(target(phone), ['presses', 'direction']);
  t.equal(
    heard(phone.dial.announce),
    "Appel d'astreinte de 0 6 1 2 3 4 5 6 7 8 Ligne : Dépannage Machine : presse Billion 200 tonnes",
  );
  t.match(phone.dial, {
    maxWaitMs: 180_000,
    wait: 'music',
    show: 'line',
    line: main,
    caller,
    confirm: { by: 'key', waitMs: 10_000 },
  });
  // No word of the flow's own on how they ring: the planning's holds.
  t.same(phone.dial.levels[0], { target: { planning: 'presses' }, rounds: 2, ringMs: 20_000 });
  t.equal(phone.step.state.values.machine, 'presse Billion 200 tonnes');
  t.end();
});

t.test('greets by period: office hours, nights and week-ends, holidays', (t) => {
  t.match(ring(main, caller, sunday).hears, /bureaux sont fermés/);
  t.match(ring(main, caller, christmas).hears, /jour férié/);
  t.match(ring(main, caller, Date.UTC(2026, 10, 30, 16, 59)).hears, /en relation/, 'Monday 17:59 in Paris');
  t.match(ring(main, caller, Date.UTC(2026, 10, 30, 17)).hears, /bureaux sont fermés/, 'Monday 18:00 in Paris');
  t.end();
});

t.test('VIP callers go straight to their planning; unwanted ones are rejected unanswered', (t) => {
  const vip = ring(main, '+33199002001').listens();
  t.same(target(vip), ['vip', 'direction']);
  const unwanted = ring(main, '+33199006612');
  t.same(unwanted.step.then, { want: 'end', end: 'hangup', reason: 'rejected', outcome: 'told' });
  t.same(unwanted.types, ['hangup']);
  t.end();
});

t.test('by postcode: every kind of département, read back and confirmed', (t) => {
  const found = (postcode: string) => {
    const phone = ring('+33199001001').listens().presses(postcode);
    t.equal(phone.hears, `Vous avez tapé ${[...postcode].join(' ')} Pour confirmer, tapez 1. Pour corriger, tapez 2.`);
    phone.presses('1').listens();
    return [phone.step.state.values.departement, target(phone)[0]];
  };
  t.same(found('75011'), ['75', 'ascenseurs-idf']);
  t.same(found('69003'), ['69', 'ascenseurs-province']);
  t.same(found('20090'), ['2A', 'ascenseurs-province']);
  t.same(found('20137'), ['2A', 'ascenseurs-province']);
  t.same(found('20200'), ['2B', 'ascenseurs-province']);
  t.same(found('20620'), ['2B', 'ascenseurs-province']);
  t.same(found('97400'), ['974', 'ascenseurs-province']);
  t.same(found('98800'), ['988', 'ascenseurs-province']);
  const nowhere = ring('+33199001001').listens().presses('00000').presses('1');
  t.match(nowhere.hears, /ne nous est pas connu/);
  t.same(target(nowhere.listens()), ['ascenseurs-province', 'direction'], "the table's default");
  t.end();
});

t.test('the table knows every département', (t) => {
  const table = examples.flows['code-postal']?.tables.departements;
  const codes = new Set(table && 'rows' in table ? table.rows.map((row) => row.values.departement) : []);
  const mainland = Array.from({ length: 95 }, (_, i) => String(i + 1).padStart(2, '0')).filter((code) => code !== '20');
  const wanted = [
    ...mainland,
    '2A',
    '2B',
    '971',
    '972',
    '973',
    '974',
    '975',
    '976',
    '977',
    '978',
    '984',
    '986',
    '987',
    '988',
  ];
  t.same(
    wanted.filter((code) => !codes.has(code)),
    [],
  );
  t.equal(codes.size, wanted.length);
  t.end();
});

t.test('by contract: valid, expired, unknown, VIP', (t) => {
  const keyed = (contract: string) => ring('+33199001002').listens().presses(`${contract}#`).presses('1');
  const valid = keyed('100001').listens();
  t.same(target(valid), ['presses', 'direction']);
  t.match(heard(valid.dial.announce), /Client : Plastiques du Rhône Contrat 1 0 0 0 0 1$/);
  t.same(target(keyed('100003').listens()), ['vip', 'direction']);
  t.match(keyed('100005').hears, /a expiré/);
  t.same(target(keyed('100005').presses('1')), ['presses', 'direction'], 'expired: at the caller’s cost');
  const unknown = keyed('999999');
  t.match(unknown.hears, /ne nous est pas connu/);
  t.match(unknown.presses('1').hears, /^Tapez les six chiffres/);
  t.end();
});

t.test('nobody takes the call: alert first, then a message', (t) => {
  for (const exit of ['no-answer', 'empty-planning', 'carrier-failure'] as const) {
    const phone = ring().listens().presses('2').dialEnds(exit);
    t.match(phone.last('raise-alert'), {
      reason: "Personne n'a pris l'appel de +33612345678 (ligne Dépannage).",
      target: { planning: 'direction' },
    });
    t.match(phone.hears, /laissez votre nom/);
    phone.listens();
    t.match(phone.last('record'), { maxMs: 180_000, beep: true });
    phone.records(12).listens();
    t.match(phone.step.then, { want: 'end', outcome: 'message', reason: 'normal' });
    t.equal(phone.step.effects.filter((effect) => effect.type === 'hangup').length, 1);
  }
  t.end();
});

t.test('an empty, failed or lost recording is no message', (t) => {
  const recording = () => ring().listens().presses('2').dialEnds('no-answer').listens();
  const empty = recording().records(0.4);
  t.match(empty.hears, /pas entendu de message/);
  t.match(empty.listens().step.then, { outcome: 'told' });
  const failed = recording();
  t.match(failed.event({ type: 'effect-failed', effect: failed.last('record').id, why: 'disk' }).hears, /pas entendu/);
  t.match(recording().waits().hears, /pas entendu/, 'the backstop');
  const gone = recording().event({ type: 'caller-hung-up' });
  t.match(gone.step.then, { want: 'wait' }, 'what was recorded is still received');
  t.match(gone.records(8).step.then, { want: 'end', outcome: 'message' });
  t.notOk(gone.types.includes('hangup'), 'nobody is left to hang up');
  t.match(recording().event({ type: 'caller-hung-up' }).waits().step.then, { want: 'end', outcome: 'gone' });
  t.end();
});

t.test('somebody answered, or the caller gave up: the flow ends', (t) => {
  t.match(ring().listens().presses('2').dialEnds('answered').step.then, { want: 'end', outcome: 'talked' });
  const gone = ring().listens().presses('2').dialEnds('caller-gone');
  t.match(gone.step.then, { want: 'end', outcome: 'gone' });
  t.notOk(gone.types.includes('hangup'));
  t.end();
});

t.test('a number that is none of ours gets a stated end', (t) => {
  const stranger = ring('+33199009999');
  t.match(stranger.hears, /n'est pas en service/);
  t.match(stranger.listens().step.then, { want: 'end', outcome: 'told' });
  t.match(ring('__proto__').hears, /n'est pas en service/);
  t.match(ring('').hears, /n'est pas en service/);
  t.match(ring('constructor').hears, /n'est pas en service/);
  t.end();
});

const menu = `start: m
nodes:
  m:
    kind: menu
    say: Tapez 1.
    keys: { "1": fin, "*": fin }
    no-input: { say: Rien reçu., tries: 2, then: silence }
    wrong-input: { say: Mauvais choix., tries: 3, then: erreur }
  fin: { kind: hangup, say: Bien. }
  silence: { kind: hangup, say: Silence. }
  erreur: { kind: hangup, say: Erreur. }
`;

t.test('menu: no input is asked again, then leads where the file says', (t) => {
  const phone = only(menu).listens();
  t.match(phone.last('start-timer'), { name: 'no-input.1', ms: 4000 }, 'the wait begins when the prompt has ended');
  t.equal(phone.waits().hears, 'Rien reçu. Tapez 1.');
  t.equal(phone.listens().waits().hears, 'Silence.');
  t.end();
});

t.test('menu: wrong input counts by itself; late timers and foreign events change nothing', (t) => {
  const phone = only(menu).presses('7');
  t.equal(phone.hears, 'Mauvais choix. Tapez 1.');
  const before = phone.step.state;
  for (const event of [
    { type: 'timer', name: 'no-input.1' },
    { type: 'timer', name: 'play.2' },
    { type: 'playback-finished', playback: 'c1.e2' },
    { type: 'playback-finished', playback: 'other' },
    { type: 'looked-up', request: 'c1.e2', found: {} },
    { type: 'dial-ended', exit: 'answered' },
    { type: 'digits', digits: '' },
    { type: 'digits', digits: 'xyz' },
    { type: 'leg-answered', leg: 'l' },
    { type: 'speech', text: 'un' },
  ]) {
    phone.event(event);
    t.same(phone.step.state, before, `${event.type} is ignored`);
    t.same(phone.step.effects, []);
    t.same(phone.step.then, { want: 'wait' });
  }
  t.equal(phone.presses('0').presses('#').hears, 'Erreur.');
  t.end();
});

t.test('menu: a lost or failed prompt leaves nobody in silence', (t) => {
  const lost = only(menu);
  t.match(lost.last('start-timer'), { name: 'no-input.1' });
  t.ok(lost.last('start-timer').ms >= 60_000, 'a backstop from the beginning');
  t.equal(lost.waits().hears, 'Rien reçu. Tapez 1.');
  const failed = only(menu);
  failed.event({ type: 'effect-failed', effect: failed.last('gather').id, why: 'no file' });
  t.match(failed.last('start-timer'), { name: 'no-input.1', ms: 4000 });
  t.equal(failed.presses('1').hears, 'Bien.');
  t.end();
});

t.test('menu without barge-in: keys count once the prompt has ended', (t) => {
  const phone = only(menu.replace('    say: Tapez 1.', '    say: Tapez 1.\n    barge-in: false')).presses('1');
  t.equal(phone.where, 'essai/m');
  t.equal(phone.listens().presses('1').hears, 'Bien.');
  t.end();
});

t.test('a carrier that gathers by itself: one event, empty for no input', (t) => {
  t.equal(only(menu).gathered('1').hears, 'Bien.');
  t.equal(only(menu).gathered('').hears, 'Rien reçu. Tapez 1.');
  t.equal(only(menu).gathered('4').hears, 'Mauvais choix. Tapez 1.');
  t.equal(only(menu).gathered('constructor').hears, 'Mauvais choix. Tapez 1.', 'letters are no keys');
  t.end();
});

const collect = (more = '') => `start: c
nodes:
  c:
    kind: collect
    say: Votre code.
    into: code
    length: { min: 2, max: 4 }
${more}
    no-input: { tries: 2, then: silence }
    wrong-input: { say: Mauvais code., tries: 2, then: erreur }
    then: fin
  fin: { kind: hangup, say: "Code {code}." }
  silence: { kind: hangup, say: Silence. }
  erreur: { kind: hangup, say: Erreur. }
`;

t.test('collect: ends at the length, at the terminator, or at a pause between digits', (t) => {
  t.equal(only(collect()).presses('1234').hears, 'Code 1 2 3 4');
  t.equal(only(collect()).presses('12#').hears, 'Code 1 2');
  const paused = only(collect()).presses('123');
  t.match(paused.last('start-timer'), { ms: 4000 }, 'the pause between digits');
  t.equal(paused.waits().hears, 'Code 1 2 3');
  t.equal(only(collect()).gathered('12#').hears, 'Code 1 2');
  t.equal(only(collect()).event({ type: 'digits', digits: '1234' }).hears, 'Code 1 2 3 4');
  t.end();
});

t.test('collect: too short, too long, nothing, hostile', (t) => {
  t.equal(only(collect()).presses('1#').hears, 'Mauvais code. Votre code.');
  t.equal(only(collect()).presses('1#').presses('2#').hears, 'Erreur.');
  t.equal(only(collect()).listens().waits().listens().waits().hears, 'Silence.');
  t.equal(only(collect()).presses('#').hears, 'Votre code.', 'a terminator alone is no input');
  t.equal(only(collect()).gathered('123456').hears, 'Mauvais code. Votre code.');
  t.equal(only(collect()).gathered('9'.repeat(100_000)).hears, 'Mauvais code. Votre code.');
  t.equal(only(collect()).gathered("1'; DROP TABLE--2").hears, 'Mauvais code. Votre code.');
  const state = only(collect()).gathered('9'.repeat(100_000)).step.state;
  t.ok(JSON.stringify(state).length < 1000, 'the state stays small');
  t.end();
});

t.test('collect: read back, corrected, confirmed', (t) => {
  const phone = only(collect('    confirm: "Code {code} ? 1 oui, 2 non."')).presses('12#');
  t.equal(phone.hears, 'Code 1 2 1 oui, 2 non.');
  t.match(phone.last('gather'), { most: 1, terminator: '' });
  t.equal(phone.presses('2').hears, 'Votre code.');
  t.equal(phone.presses('34#').hears, 'Code 3 4 1 oui, 2 non.');
  t.equal(phone.presses('9').hears, 'Mauvais code. Code 3 4 1 oui, 2 non.');
  t.equal(phone.presses('1').hears, 'Code 3 4');
  t.equal(phone.step.trail.find((visit) => visit.keyed)?.keyed, '34');
  t.end();
});

t.test(
  'collect: who says nothing at the read-back has keyed what they meant, and nothing that was keyed is lost',
  (t) => {
    const silent = (confirm: string) =>
      only(collect(`    confirm: ${confirm}`))
        .presses('12#')
        .listens()
        .waits();
    for (const confirm of [
      'true',
      '"Code {code} ? 1 oui, 2 non."',
      '{ silence: accept }',
      '{ say: "Code {code} ?" }',
    ]) {
      const phone = silent(confirm);
      t.equal(phone.hears, 'Code 1 2', confirm);
      t.match(phone.step.trail, [{ keyed: '12', note: 'not confirmed' }, {}], 'the story says how');
    }
    const asked = silent('{ silence: again }');
    t.match(asked.hears, /Vous avez tapé 1 2/, 'asked again, where the file wants that');
    t.equal(asked.listens().waits().hears, 'Silence.', 'and led on as the file says');
    t.equal(asked.step.state.values.code, '12', 'with what was keyed');
    const wrong = only(collect('    confirm: true')).presses('12#').presses('5').presses('6');
    t.equal(wrong.hears, 'Erreur.');
    t.equal(wrong.step.state.values.code, '12');
    const gone = only(collect('    confirm: true')).presses('12#').event({ type: 'caller-hung-up' });
    t.equal(gone.step.state.values.code, '12', 'hung up in the middle of it');
    const corrected = only(collect('    confirm: true'))
      .presses('12#')
      .presses('2')
      .listens()
      .waits()
      .listens()
      .waits();
    t.equal(corrected.hears, 'Silence.');
    t.notOk('code' in corrected.step.state.values, 'what was corrected is not meant any more');
    t.end();
  },
);

t.test('the key that ends an answer costs nobody a try where the answer was complete without it', (t) => {
  const fixed = collect('    confirm: true').replace('{ min: 2, max: 4 }', '4');
  t.equal(only(fixed).presses('1234#').presses('1').hears, 'Code 1 2 3 4', 'before a read-back');
  t.equal(only(fixed).presses('1234').listens().presses('#').presses('1').hears, 'Code 1 2 3 4', 'also later');
  t.equal(only(fixed).gathered('1234').gathered('#').gathered('1').hears, 'Code 1 2 3 4', 'a network that gathers');
  const wrong = only(fixed).presses('1234').presses('9');
  t.match(wrong.hears, /^Mauvais code/, 'another key is wrong as ever');
  const two = `start: m
nodes:
  m:
    kind: menu
    say: Tapez 1.
    keys: { "1": c }
    no-input: { tries: 2, then: rien }
    wrong-input: { say: Mauvais., tries: 1, then: erreur }
  c:
    kind: menu
    say: Encore.
    keys: { "1": fin, KEYS }
    no-input: { tries: 2, then: rien }
    wrong-input: { tries: 1, then: erreur }
  fin: { kind: hangup, say: Bien. }
  dièse: { kind: hangup, say: Dièse. }
  rien: { kind: hangup, say: Silence. }
  erreur: { kind: hangup, say: Erreur. }
`.replaceAll('dièse', 'diese');
  const plain = two.replace('KEYS', '"2": fin');
  t.equal(only(plain).presses('1#1').hears, 'Bien.', 'after a key of a menu whose next asks at once');
  t.equal(only(plain).presses('1').presses('#').hears, 'Encore.');
  t.equal(only(plain).presses('1##').hears, 'Erreur.', 'once: a second one is a wrong key');
  const wanted = only(two.replace('KEYS', '"#": diese'));
  t.equal(wanted.presses('1#').hears, 'Dièse.', 'where it is an answer, it is one');
  const ahead = `start: s
nodes:
  s: { kind: say, say: Bonjour., then: m }
${plain.slice(plain.indexOf('  m:'))}`;
  t.equal(only(ahead).presses('1#1#').hears, 'Bien.', 'typed ahead');
  t.end();
});

t.test('resume: says again what is to be heard, keeps the counts, asks for nothing else', (t) => {
  const phone = only(menu).presses('7').presses('7').resume();
  t.same(phone.types, ['gather', 'start-timer']);
  t.same(phone.step.trail, []);
  t.equal(phone.hears, 'Tapez 1.');
  t.equal(phone.presses('7').hears, 'Erreur.', 'the third wrong key, though the process was new');
  const dialling = ring().listens().presses('2').resume();
  t.same([dialling.types, dialling.step.then], [[], { want: 'wait' }], 'the hunt resumes by itself');
  const message = ring().listens().presses('2').dialEnds('no-answer').resume();
  t.match(message.hears, /laissez votre nom/);
  t.notOk(message.types.includes('raise-alert'), 'the alert is not raised twice');
  t.same(message.listens().resume().types, ['record', 'start-timer']);
  const told = ring('+33199009999').resume();
  t.match(told.hears, /n'est pas en service/);
  t.match(told.listens().resume().step.then, { want: 'end' });
  t.end();
});

t.test('the caller hangs up anywhere: one end, no sound after it', (t) => {
  for (const phone of [ring(), ring().listens(), ring().listens().presses('1'), ring('+33199009999')]) {
    phone.event({ type: 'caller-hung-up' });
    t.match(phone.step.then, { want: 'end', outcome: 'gone' });
    t.same(phone.types, ['cancel-timer']);
    phone.event({ type: 'caller-hung-up' });
    t.same(phone.types, []);
  }
  t.end();
});

t.test('switch: caller, list, values and CEL; a condition that fails does not hold', (t) => {
  const text = (cases: string) => `start: v
nodes:
  v: { kind: set, values: { n: 5, ok: true, mot: abc }, then: s }
  s:
    kind: switch
    cases:
${cases}
    else: non
  oui: { kind: hangup, say: Oui. }
  non: { kind: hangup, say: Non. }
`;
  const says = (condition: string, from = caller) =>
    new Caller(oneFlow(text(`      - { ${condition}, then: oui }`)), main, from, monday10h).hears;
  t.equal(says('when: "n > 4.0 && ok && mot.startsWith(\'ab\')"'), 'Oui.');
  t.equal(says('when: "n == 5"'), 'Oui.');
  t.equal(says('when: "int(mot) == 5"'), 'Non.', 'no number: the condition does not hold');
  t.equal(says("when: \"weekday == 1 && time == '10:00' && today == '2026-11-30'\""), 'Oui.');
  t.equal(says('value: { name: mot, is: [x, abc] }'), 'Oui.');
  t.equal(says('value: { name: n, is: 6 }'), 'Non.');
  t.equal(says('caller-in: vip'), 'Non.');
  t.equal(says('caller-in: vip', '+33639980001'), 'Oui.');
  t.equal(says('caller: hidden', ''), 'Oui.');
  t.equal(says('caller: "+33 6 1*"'), 'Oui.');
  t.equal(says('caller: "06 12 34 56 78"'), 'Oui.');
  t.equal(says('called: "01 99 00 10 00", holiday: false'), 'Oui.', 'all conditions of a case hold');
  t.equal(says('called: "01 99 00 10 00", holiday: true'), 'Non.');
  t.equal(says('hours: { sam-lun: "22:00-06:00, 09:30-10:30" }'), 'Oui.');
  t.equal(says('hours: { lun: "00:00-00:00" }'), 'Oui.', 'equal bounds are 24 h');
  t.end();
});

t.test('hours on the nights when clocks change', (t) => {
  const text = (hours: string) => `start: s
nodes:
  s: { kind: switch, cases: [{ hours: { sun: "${hours}" }, then: oui }], else: non }
  oui: { kind: hangup, say: Oui. }
  non: { kind: hangup, say: Non. }
`;
  const says = (hours: string, at: number) => new Caller(oneFlow(text(hours)), main, caller, at).hears;
  const spring = (h: number, m = 0) => Date.UTC(2026, 2, 29, h, m);
  t.equal(says('02:30-04:00', spring(0, 59)), 'Non.', '01:59');
  t.equal(says('02:30-04:00', spring(1)), 'Oui.', '03:00, the first instant after the gap');
  const autumn = (h: number, m = 0) => Date.UTC(2026, 9, 25, h, m);
  t.equal(says('01:00-02:15', autumn(0, 40)), 'Oui.', 'first 02:40: it lasts to the last 02:15');
  t.equal(says('01:00-02:15', autumn(1, 14)), 'Oui.');
  t.equal(says('01:00-02:15', autumn(1, 15)), 'Non.');
  t.end();
});

t.test('a text that comes out empty is a short pause, never a sound without an end', (t) => {
  const text = 'start: a\nnodes:\n  a: { kind: say, say: "{caller}", then: b }\n  b: { kind: hangup, say: Fin. }\n';
  const hidden = new Caller(oneFlow(text), main, '', monday10h);
  t.same(hidden.last('play').prompts, [{ kind: 'pause', ms: 100 }]);
  t.equal(hidden.listens().hears, 'Fin.');
  t.end();
});

t.test('sub-flows come back; the way of a call is on record', (t) => {
  const text = `start: a
nodes:
  a: { kind: sub-flow, flow: sous, then: b }
  b: { kind: hangup, say: "Retour {mot}." }
`;
  const sub = {
    file: 'sous.yaml',
    text: 'start: x\nnodes:\n  x: { kind: set, values: { mot: vert }, then: y }\n  y: { kind: return }\n',
  };
  const phone = new Caller(oneFlow(text, [sub]), main, caller, monday10h);
  t.equal(phone.hears, 'Retour vert');
  t.same(
    phone.step.trail.map((visit) => `${visit.flow}/${visit.node}`),
    ['essai/a', 'sous/x', 'sous/y', 'essai/b'],
  );
  t.end();
});

t.test('look-up by a service: found, absent, failed, lost, foreign', (t) => {
  const text = `start: l
tables:
  crm: { http: "https://crm.example/clients/{key}", columns: { client: text }, default: { client: inconnu } }
nodes:
  l: { kind: look-up, table: crm, key: "{caller}", found: oui, not-found: non, failed: panne }
  oui: { kind: hangup, say: "Oui {client}." }
  non: { kind: hangup, say: "Non {client}." }
  panne: { kind: hangup, say: "Panne {client}." }
`;
  const phone = () => only(text);
  t.match(phone().last('look-up'), { flow: 'essai', table: 'crm', key: caller });
  const answered = (more: object) => {
    const one = phone();
    return one.event({ type: 'looked-up', request: one.last('look-up').id, ...more });
  };
  t.equal(answered({ found: { client: 'Dupont' } }).hears, 'Oui Dupont');
  t.match(
    answered({ found: { client: 'Dupont' } }).last('play').prompts,
    [{}, { text: 'Dupont', live: true }],
    'known only in the call',
  );
  t.equal(answered({ found: null }).hears, 'Non inconnu');
  t.equal(answered({ found: null, failed: 'late' }).hears, 'Panne inconnu');
  t.equal(phone().waits().hears, 'Panne inconnu');
  t.equal(phone().event({ type: 'looked-up', request: 'c9.e1', found: {} }).hears, '', 'an answer to another question');
  t.same(phone().resume().types, ['look-up', 'start-timer']);
  t.end();
});

t.test('transfer: a number of the file, joined when it answers', (t) => {
  const text = `start: x
nodes:
  x: { kind: transfer, number: "01 99 00 55 55", exits: { no-answer: non, carrier-failure: non } }
  non: { kind: hangup, say: Personne. }
`;
  const phone = only(text);
  t.match(phone.dial, { levels: [{ target: { number: '+33199005555' }, rounds: 1 }], confirm: { by: 'answer' } });
  t.equal(phone.dialEnds('empty-planning').hears, 'Personne.');
  t.end();
});

t.test('stepping never changes what it was given', (t) => {
  const phone = ring().listens();
  const before = JSON.stringify(phone.step.state);
  const state = phone.step.state;
  phone.presses('1');
  t.equal(JSON.stringify(state), before);
  t.ok(Object.isFrozen(examples.flows.machine?.nodes));
  t.end();
});
