// An urgency judged before anybody is woken, with the example flow: by keys, words, rights and lists; now, at the opening hour, or only written down.
import t from 'tap';
import { story } from '../../../server/cli/story.ts';
import { nextWithin } from '../../../server/domain/flow/hours.ts';
import { examineFlows, readFlows } from '../../../server/domain/flow/load.ts';
import { Caller, exampleFiles, known } from './story.ts';

const read = readFlows(exampleFiles(), { ...known, policies: new Set(['critique', 'rappel', 'normale']) });
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const flows = read.value;
/** Saturday 3 January 2026, 22:00 in Paris. */
const night = Date.UTC(2026, 0, 3, 21);
const ring = (from = '+33612345678', at = night) => new Caller(flows, '+33199001004', from, at);
const says = (text: string) => ring().event({ type: 'speech', text });
const alerts = (phone: Caller) => phone.all.flatMap((one) => (one.type === 'raise-alert' ? [one] : []));
const notes = (phone: Caller) => phone.step.trail.flatMap(({ note }) => note ?? []);

t.test('a sensitive subject is told at once, whatever else is said; denied, it is none', async (t) => {
  for (const text of [
    'ça sent le gaz et il y a une fuite',
    'il y a deux blessés',
    'un début d’INCENDIE',
    'on est bloqués dans la cabine',
  ]) {
    const phone = says(text);
    t.match(
      alerts(phone),
      [{ policy: 'critique', reason: `Danger signalé. ${text}`, target: { planning: 'direction' } }],
      text,
    );
    t.ok(notes(phone).includes(`trigger: Danger signalé. ${text}`));
    t.match(phone.hears, /112/);
    t.same(phone.presses('1').types, [], 'which must be heard');
  }
  const calm = says('pas de blessé, aucun danger, mais une fuite');
  t.same([calm.where, alerts(calm)], ['urgence/contrat', []]);
});

t.test('by rights: a priority contract now, a valid one is put through, none is only written down', async (t) => {
  const contract = (number: string) => says('une panne').presses(`${number}#`);
  const look = (number: string, found: Record<string, string | boolean> | null) => {
    const phone = contract(number);
    const asked = phone.all.find((one) => one.type === 'look-up');
    return asked ? phone.event({ type: 'looked-up', request: asked.id, found }) : phone;
  };
  const row = { client: 'Clinique', fin: '2099-12-31', vip: true, planning: 'vip' };
  const vip = look('100003', row);
  t.match(alerts(vip), [{ policy: 'critique', reason: /Contrat prioritaire 100003/ }]);
  t.equal(vip.step.then.want, 'dial');
  const valid = look('100001', { ...row, vip: false, planning: 'presses' });
  t.same([alerts(valid), valid.step.then.want], [[], 'dial']);
  for (const phone of [look('100005', { ...row, fin: '2024-12-31' }), look('999999', null)]) {
    t.same(alerts(phone), [], 'nobody is told');
    t.ok(
      notes(phone).some((note) => note.startsWith('log: Contrat ')),
      'and it stands on record',
    );
    t.match(phone.hears, /n'ouvre pas droit/);
  }
});

t.test('by keys, where nobody speaks or nobody can listen; by a list, before anything is asked', async (t) => {
  const keyed = (key: string) => ring().event({ type: 'speech', text: '', failed: 'down' }).presses(key);
  t.match(alerts(keyed('1')), [{ reason: /^Danger/ }]);
  t.equal(keyed('2').where, 'urgence/contrat');
  t.match(alerts(ring().presses('1')), [{ reason: /^Danger/ }], 'a key over the question');
  const vip = ring('+33639980101');
  t.match(alerts(vip), [{ policy: 'critique', target: { planning: 'vip' } }]);
  t.equal(vip.step.then.want, 'dial');
});

t.test('what can wait is told at the opening hour, with its reason', async (t) => {
  const phone = says('une question sur ma facture');
  t.match(alerts(phone), [
    { policy: 'rappel', reason: 'Client à rappeler. une question sur ma facture', notBefore: Date.UTC(2026, 0, 5, 7) },
  ]);
  const monday = ring('+33612345678', Date.UTC(2026, 0, 5, 9)).presses('3');
  t.match(alerts(monday), [{ notBefore: Date.UTC(2026, 0, 5, 9) }], 'within the hours: now');
});

t.test('the opening hour across a change of the clock', async (t) => {
  const paris = 'Europe/Paris';
  const next = (hours: Record<string, string>, at: number) => nextWithin(hours, at, paris);
  const week = { 'lun-ven': '08:00-18:00' };
  t.equal(next(week, Date.UTC(2026, 2, 28, 21)), Date.UTC(2026, 2, 30, 6), 'spring: Monday, eight in summer time');
  t.equal(next(week, Date.UTC(2026, 9, 24, 20)), Date.UTC(2026, 9, 26, 7), 'autumn: Monday, eight in winter time');
  t.equal(
    next({ dim: '02:30-08:00' }, Date.UTC(2026, 2, 28, 21)),
    Date.UTC(2026, 2, 29, 1),
    'an hour that does not exist: 03:00',
  );
  t.equal(
    next({ dim: '02:10-02:50' }, Date.UTC(2026, 2, 28, 21)),
    Date.UTC(2026, 3, 5, 0, 10),
    'hours that are swallowed whole: a week later',
  );
  t.equal(
    next({ dim: '02:30-08:00' }, Date.UTC(2026, 9, 24, 20)),
    Date.UTC(2026, 9, 25, 0, 30),
    'an hour that comes twice: the first',
  );
  t.equal(next({ lun: '08:10-12:00' }, night), Date.UTC(2026, 0, 5, 7, 10), 'to the minute');
  t.equal(next({ lun: '08:10-12:00' }, Date.UTC(2026, 0, 5, 8)), Date.UTC(2026, 0, 5, 8), 'open: now');
});

t.test('the record tells it', async (t) => {
  const path = says('une question').step.trail;
  const record = {
    id: 'c1',
    carrier: 'asterisk',
    called: '+33199001004',
    caller: '',
    startedAt: night,
    endedAt: night,
  };
  const told = story({ ...record, outcome: 'told', flowVersion: 'v', path, legs: [], values: {}, notes: [] }).map(
    ({ text }) => text,
  );
  t.ok(told.includes('dit « une question » (dire).'), told.join('\n'));
  t.ok(told.includes('demande : à prévenir à l’ouverture. Motif : Client à rappeler. une question'));
});

t.test('a question that its own echo could answer is warned of; what is no key or no list is refused', async (t) => {
  const found = (say: string, more = '') => {
    const text = `start: a\nnodes:\n  a: { kind: listen, say: ${say}, hears: [{ words: ["fuit*"], then: b }], ${more} else: b, nothing: b }\n  b: { kind: hangup }\n`;
    const lines = 'lines: [{ number: "+33 1 99 00 10 00", name: Essai, flow: f }]\n';
    const { findings } = examineFlows(
      [
        { file: 'lines.yaml', text: lines },
        { file: 'f.yaml', text },
      ],
      known,
    );
    return findings.map(({ severity, line, message }) => `${severity} ${line} ${message}`).join('; ');
  };
  t.match(found('Avez-vous une fuite ?'), /^warning 3 the question itself says « fuit\* »/);
  t.equal(found('Avez-vous une fuite ?', 'barge-in: false,'), '');
  t.equal(found('Que se passe-t-il ?', 'keys: { "1": b },'), '');
  t.match(found('Quoi ?', 'keys: { "12": b },'), /error 3 .*one key of the telephone/);
  t.match(found('Quoi ?', 'keys: { "1": nulle },'), /error 3 .*no node "nulle"/);
  t.match(found('Quoi ?', 'wait: 60,'), /error 3/);
});
