// Keys typed ahead, and callers who speak: what is cut, what is kept for which question, and what must do no harm.
import t from 'tap';
import { Caller, oneFlow } from './story.ts';

const again = 'no-input: { tries: 2, then: fin }, wrong-input: { say: Faux., tries: 2, then: fin }';
const nodes = `
  fin: { kind: hangup, say: Fin. }
  menu: { kind: menu, say: Menu., keys: { "1": code, "2": fin }, ${again} }
  code: { kind: collect, say: Code., into: code, length: 4, ${again}, then: bien }
  bien: { kind: say, say: Bien., then: choix }
  choix: { kind: menu, say: Choix., keys: { "1": oui, "2": non }, ${again} }
  oui: { kind: hangup, say: Oui. }
  non: { kind: hangup, say: Non. }
`;
const noon = Date.UTC(2026, 5, 1, 10);
const ring = (start: string, more = '') =>
  new Caller(oneFlow(`start: ${start}\nnodes:${nodes}${more}`), '+33199001000', '+33612345678', noon);
const bonjour = '  bonjour: { kind: say, say: Bonjour., then: menu }\n';

t.test('a key cuts what is said before a question, and answers it', async (t) => {
  const phone = ring('bonjour', bonjour);
  t.equal(phone.hears, 'Bonjour.');
  phone.presses('1');
  t.same(phone.where, 'essai/code');
  t.ok(phone.types.includes('stop-play'));
  t.equal(phone.hears, 'Code.', 'the menu was not asked');
  t.match(
    phone.step.trail.filter(({ keyed }) => keyed),
    [{ node: 'menu', keyed: '1' }],
    'and its answer is on record',
  );
  t.equal(phone.step.state.ahead, undefined, 'nothing is kept for a later one');
});

t.test(
  'everything said on the way is passed over, and what is typed further reaches each question in turn',
  async (t) => {
    const phone = ring(
      'bonjour',
      `${bonjour.replace('menu', 'suite')}  suite: { kind: say, say: Suite., then: menu }\n`,
    );
    phone.presses('1').presses('12').presses('34');
    t.equal(phone.step.state.values.code, '1234');
    t.equal(phone.hears, 'Bien.');
  },
);

t.test('a number begun ahead is waited for, not asked for again', async (t) => {
  const phone = ring('bonjour', bonjour.replace('menu', 'code'));
  phone.presses('9');
  t.same([phone.where, phone.hears], ['essai/code', '…'], 'nobody talks while they type');
  t.same(phone.presses('876').step.state.values.code, '9876');
  const slow = ring('bonjour', bonjour.replace('menu', 'code')).presses('9').waits();
  t.equal(slow.hears, 'Faux. Code.', 'a number half typed is a wrong one');
});

t.test(
  'what must be heard is heard, and keys before a place where no question follows count for nothing',
  async (t) => {
    const patient = ring('bonjour', bonjour.replace('then', 'barge-in: false, then')).presses('1');
    t.same([patient.where, patient.types], ['essai/bonjour', []]);
    t.equal(patient.listens().hears, 'Menu.', 'nor is it kept');
    const deaf = ring(
      'bonjour',
      `${bonjour.replace('menu', 'file')}  file: { kind: message, say: Parlez., then: fin }\n`,
    );
    t.same(deaf.presses('1').types, []);
    const heard = ring(
      'bonjour',
      bonjour.replace('menu', 'must') + bonjour.replace('bonjour:', 'must:').replace('then', 'barge-in: false, then'),
    );
    t.same(heard.presses('1').types, [], 'something must be heard in between');
  },
);

t.test('stale keys do no harm', async (t) => {
  const wrong = ring('bonjour', bonjour).presses('7');
  t.same(
    [wrong.where, wrong.hears],
    ['essai/menu', 'Menu.'],
    'a key the menu does not have is forgotten, not counted as wrong',
  );
  t.same(wrong.step.state.doing, { ...wrong.step.state.doing, wrong: 0 });

  const tail = ring('code').presses('12345');
  t.same([tail.where, tail.hears], ['essai/bien', 'Bien.'], 'one digit too many is no answer to the next menu');
  tail.event({ type: 'digits', digits: '1', at: noon + 5000 });
  t.equal(tail.hears, 'Oui.', 'a key pressed in peace is one');

  const hash = ring('bonjour', bonjour).presses('#');
  t.same([hash.where, hash.types], ['essai/bonjour', []], 'a closing hash belongs to what was before');
  const storm = ring('bonjour', bonjour).event({ type: 'digits', digits: '5'.repeat(10_000) });
  t.same([storm.where, storm.step.state.ahead], ['essai/menu', undefined]);
});

t.test('typed while a service is asked: kept, no more than a handful', async (t) => {
  const look = `  cherche: { kind: ticket, tool: helpdesk, into: ref, then: menu }\n`;
  const known = { tools: new Set(['helpdesk']) };
  const phone = new Caller(
    oneFlow(`start: cherche\nnodes:${nodes}${look}`, [], known),
    '+33199001000',
    '+33612345678',
    noon,
  );
  for (let i = 0; i < 500; i++) phone.presses('1');
  t.equal(phone.step.state.ahead, '1'.repeat(20));
  phone.waits();
  t.same([phone.where, phone.step.state.values.code], ['essai/oui', '1111'], 'menu, code and choice were answered');
});

const listen = (more = '') => `  mot:
    kind: listen
    say: Parlez.
    into: dit
    hears: [{ words: [fuite], then: oui }]
    else: non
    nothing: menu
${more}`;

t.test('a word, another word, nothing', async (t) => {
  const said = (text: string) => ring('mot', listen()).event({ type: 'speech', text });
  t.equal(said('une fuite').hears, 'Oui.');
  t.equal(said('pas de fuite').hears, 'Non.');
  t.equal(said('').hears, 'Menu.');
  const phone = ring('mot', listen());
  t.equal(
    phone.event({ type: 'speech', text: 'fuite', asked: 'c1.e99' }).where,
    'essai/mot',
    'an answer to another question',
  );
  t.ok(said('fuite').types.includes('stop-play'), 'the question stops');
  t.notOk(ring('mot', listen()).listens().event({ type: 'speech', text: 'fuite' }).types.includes('stop-play'));
});

t.test('a key where a word is asked for', async (t) => {
  t.equal(
    ring('mot', listen()).presses('1').hears,
    'Code.',
    'without keys of its own: the answer to what is asked otherwise',
  );
  const keys = listen('    keys: { "5": oui }\n');
  t.equal(ring('mot', keys).presses('5').hears, 'Oui.');
  const other = ring('mot', keys).presses('8');
  t.equal(other.where, 'essai/mot', 'a key it does not have: it listens on');
  t.equal(other.gathered('5').hears, 'Oui.', 'a carrier that gathers by itself');
  t.equal(ring('mot', listen()).gathered('').hears, 'Menu.');
  const patient = ring('mot', listen('    barge-in: false\n    keys: { "5": oui }\n')).presses('5');
  t.equal(patient.where, 'essai/mot');
  t.equal(patient.last('gather').bargeIn, false);
  t.equal(patient.listens().presses('5').hears, 'Oui.');
});

t.test('nobody can listen: on at once, on record, and told to an admin; keys are waited for', async (t) => {
  const failed = { type: 'speech', text: '', failed: 'it is down' };
  const deaf = ring('mot', listen()).event(failed);
  t.same([deaf.where, deaf.hears], ['essai/menu', 'Menu.']);
  t.match(deaf.last('warn'), { subject: 'speech', message: /it is down/ });
  t.ok(deaf.step.trail.some(({ note }) => note === 'speech failed: it is down'));
  const keys = ring('mot', listen('    keys: { "5": oui }\n')).event(failed);
  t.equal(keys.where, 'essai/mot', 'the question is said to its end');
  keys.listens();
  t.match(keys.last('start-timer'), { ms: 4000 }, 'and no longer waited than for a key');
  t.equal(keys.waits().hears, 'Menu.');
  t.equal(ring('mot', listen()).listens().resume().hears, 'Parlez.', 'a restart asks again');
});
