// Conversations by SMS over time, on a real database: who gets what, from which number, how often, and what happens when it does not arrive.
import t from 'tap';
import type { PolicySet } from '../../../server/domain/alert/policy.ts';
import type { Conversation, Letter } from '../../../server/domain/conversation/conversation.ts';
import { alertReason, conversationWords } from '../../../server/domain/conversation/words.ts';
import { measure } from '../../../server/domain/message/segments.ts';
import { type Behaviour, JumpClock, karim, lea, marc, openRoom, pass, settled } from '../alerts/house.ts';

const minute = 60_000;
const line = '+33199001000';
const other = '+33199001001';
const customer = '+33612345678';
const second = '+33612345670';
const [toLea = '', toKarim = '', toMarc = ''] = [lea.sms, karim.sms, marc.sms];
const policies: PolicySet = {
  default: 'p',
  message: null,
  planner: null,
  answers: 'code',
  policies: {
    p: {
      id: 'p',
      name: 'p',
      last: 'repeat',
      deliveryMs: 2 * minute,
      resolveMs: null,
      levels: [...[{ whom: { planning: 'direction' }, by: ['sms' as const], also: [], people: 'first' as const }]].map(
        (level) => ({ ...level, everyMs: 5 * minute, reminders: null, afterMs: null }),
      ),
    },
    garde: {
      id: 'garde',
      name: 'garde',
      last: 'repeat',
      deliveryMs: 2 * minute,
      resolveMs: null,
      levels: [
        {
          whom: 'raised',
          by: ['sms'],
          also: [],
          people: 'first',
          everyMs: 60 * minute,
          reminders: null,
          afterMs: null,
        },
      ],
    },
  },
};
const rule = { planning: 'garde', quietMs: 24 * 60 * minute };
const lines = {
  [line]: { name: 'Dépannage', rule },
  [other]: { name: 'Froid', rule },
  '+33199001002': { name: 'Muet' },
};

type Room = ReturnType<typeof openRoom>;
const open = (more: Partial<Parameters<typeof openRoom>[0]> = {}): Room => {
  const room = openRoom({ policies, lines, ...more });
  room.leader.start();
  return room;
};
/** [to, text, from], since `n`. */
const seen = (room: Room, n = 0) => room.sms.seen.slice(n).map(({ to, text, from }) => [to, text, from]);
const writes = async (room: Room, from: string, text: string, more: { to?: string; reference?: string } = {}) => {
  room.sms.receives(from, text, more);
  await settled();
};
/** The code in the last SMS to this number that has one. */
const codeIn = (room: Room, number: string): string =>
  room.sms.seen
    .filter(({ to }) => to === number)
    .map(({ text }) => /\b(?:PRIS|NON|RESOLU) (\d{6})\b/.exec(text)?.[1])
    .findLast((code) => code !== undefined) ?? '';
const behaves = (room: Room, number: string, how: Behaviour) => room.sms.apart.set(number, how);

t.test('a customer writes, the technician on call answers, neither sees the other number', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'La chambre froide\nest en panne', { reference: 'm1' });
  await writes(room, customer, 'La chambre froide\nest en panne', { reference: 'm1' });
  t.strictSame(seen(room), [
    [
      toLea,
      'SMS 1 de 06 12 34 56 78 (Dépannage) : La chambre froide est en panne\nPour répondre : 1: votre texte',
      line,
    ],
  ]);
  await writes(room, toLea, "J'arrive dans 20 minutes");
  t.strictSame(seen(room, 1), [[customer, "J'arrive dans 20 minutes", line]]);
  t.notMatch(JSON.stringify(room.sms.seen.at(-1)), toLea.slice(1), 'her own number is nowhere in it');
  await writes(room, customer, 'Merci');
  t.strictSame(seen(room, 2), [[toLea, 'SMS 1 de 06 12 34 56 78 (Dépannage) : Merci', line]], 'the hint is said once');
  await writes(room, toLea, 'ok');
  t.strictSame(seen(room, 3), [[customer, 'ok', line]], 'without an alert, « ok » is an answer like another');
  t.match(room.store.threads.get('1'), {
    phase: 'open',
    letters: [{ by: 'sender', state: 'done' }, { by: 'person', name: 'Lea', state: 'done' }, {}, {}],
    slips: [{ kind: 'forward', state: 'delivered' }, { kind: 'reply', state: 'delivered' }, {}, {}],
  });
  t.strictSame(
    room.store.sms.list({ limit: 9 }).map(({ state }) => state),
    ['delivered', 'delivered', 'delivered', 'delivered'],
  );
  room.close();
});

t.test('not delivered within 60 s: the next person, then an alert with the words of the SMS', async (t) => {
  const room = open();
  t.teardown(room.remove);
  behaves(room, toLea, 'loses');
  behaves(room, toKarim, 'loses');
  const began = room.clock.now();
  await writes(room, customer, 'Fuite de gaz');
  await pass(room.clock, 125);
  t.strictSame(
    room.sms.seen.map(({ to, at }) => [to, Math.round((at - began) / 1000)]),
    [
      [toLea, 0],
      [toKarim, 60],
      [toMarc, 120],
    ],
    'to the second',
  );
  t.match(room.sms.seen.at(-1)?.text, /Alerte 1 : SMS 1 de 06 12 34 56 78, remis à personne : Fuite de gaz/);
  t.match(room.alerting.find('1'), {
    about: { caller: customer, called: line, line: 'Dépannage', values: { sms: 'Fuite de gaz', conversation: 1 } },
    target: { planning: 'garde' },
  });
  await writes(room, toMarc, `PRIS ${codeIn(room, toMarc)}`);
  await writes(room, toMarc, '1: je vous appelle');
  t.strictSame(seen(room).at(-1), [customer, 'je vous appelle', line], 'who took the alert may answer, by number');
  const [late] = room.sms.seen;
  room.sms.reports(late?.id ?? '', true);
  await settled();
  t.match(room.store.threads.get('1')?.slips[0], { state: 'delivered' }, 'a late report stands on record');
  t.match(room.store.threads.get('1')?.letters[0], { state: 'alerted' });
  room.close();
});

t.test('refused, down, or nobody on call: no minute is lost', async (t) => {
  const room = open();
  t.teardown(room.remove);
  behaves(room, toLea, 'refuses');
  await writes(room, customer, 'un');
  t.strictSame(
    room.sms.seen.map(({ to }) => to),
    [toKarim],
  );
  room.sms.behaviour = 'is down';
  await writes(room, second, 'deux');
  t.equal(room.alerting.live().length, 1, 'an alert at once');
  room.close();
  const nobody = open({ people: { garde: [{ ...lea, sms: undefined } as never], direction: [marc] } });
  t.teardown(nobody.remove);
  await writes(nobody, customer, 'trois');
  t.match(nobody.sms.seen[0], { to: toMarc, text: /remis à personne : trois/ });
  nobody.close();
});

t.test(
  'a provider that never reports: accepted is all that is learnt; a failure told later still counts',
  async (t) => {
    const room = open();
    t.teardown(room.remove);
    room.sms.behaviour = 'never reports';
    await writes(room, customer, 'un');
    await pass(room.clock, 120);
    t.equal(room.sms.seen.length, 1);
    t.equal(room.store.sms.list({ limit: 1 })[0]?.state, 'accepted');
    room.sms.reports(room.sms.seen[0]?.id ?? '', false);
    await settled();
    t.equal(room.sms.seen.at(-1)?.to, toKarim);
    t.match(room.store.sms.get(room.sms.seen[0]?.id ?? ''), { state: 'failed', why: 'unreachable' });
    room.close();
  },
);

t.test('with an alert open, nothing goes to a customer unless it is clearly for them', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'La chambre froide est en panne');
  room.alerting.raise({ id: 'c1.e1', at: 0, reason: 'Fuite', target: { planning: 'garde' }, policy: 'garde' });
  await settled();
  const toCustomer = () => room.sms.seen.filter(({ to }) => to === customer).map(({ text }) => text);
  const code = codeIn(room, toLea);
  for (const text of ["Ok j'arrive", '👍', 'PRIS1', 'OK 1 merci', 'j’y suis dans 10 min', 'Je conduis…', '1: ok'])
    await writes(room, toLea, text);
  t.strictSame(toCustomer(), [], 'neither guessed nor passed on');
  t.match(room.sms.seen.at(-1), {
    to: toLea,
    text: `Pas compris : votre SMS n'est parti chez personne, rien n'a changé. Pour l'alerte 1 : PRIS ${code}`,
  });
  await writes(room, toLea, 'Règle le thermostat sur 4 et dites-moi');
  t.match(room.sms.seen.at(-1)?.text, /Pour le 06 12 34 56 78 : ENVOI 1/);
  t.equal(room.alerting.find('1')?.phase, 'open');
  await pass(room.clock, 60);
  await writes(room, toLea, 'Envoi 1');
  t.strictSame(toCustomer(), ['Règle le thermostat sur 4 et dites-moi'], 'as it was written');
  await writes(room, toLea, code);
  t.equal(room.alerting.find('1')?.holder?.name, 'Lea');
  await writes(room, customer, 'Merci');
  await writes(room, toLea, 'À tout de suite');
  t.equal(toCustomer().at(-1), 'À tout de suite', 'hers by now, and the customer wrote last');
  room.close();
});

t.test('what the telephone of a customer answers by itself is kept, and wakes nobody', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'Je conduis');
  t.match(room.sms.seen.at(-1)?.text, /: Je conduis/, 'nobody had written to them: they said it');
  await writes(room, toLea, 'Où êtes-vous ?');
  const before = room.sms.seen.length;
  await writes(room, customer, 'Je suis en train de conduire.');
  await writes(room, customer, 'A aimé « Où êtes-vous ? »');
  t.equal(room.sms.seen.length, before);
  t.match(room.store.threads.get('1')?.letters.slice(-2), [{ state: 'kept', why: 'automatic' }, { state: 'kept' }]);
  await writes(room, customer, 'Je conduis, rappelez-moi');
  t.match(room.sms.seen.at(-1), { to: toLea, text: /rappelez-moi/ });
  room.close();
});

t.test('several conversations: never a guess', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'un');
  await writes(room, second, 'deux');
  await writes(room, toLea, 'je viens');
  t.match(seen(room).at(-1), [
    toLea,
    /Plusieurs conversations : 1 \(06 12 34 56 78\), 2 \(06 12 34 56 70\)\. Rien n'est parti/,
  ]);
  t.equal(room.sms.seen.filter(({ to }) => to === customer || to === second).length, 0);
  await writes(room, toLea, ' 2 : je viens à 14:30');
  t.strictSame(seen(room).at(-1), [second, 'je viens à 14:30', line]);
  await writes(room, toLea, '14:30 je suis là');
  t.match(seen(room).at(-1), [toLea, /Plusieurs/], 'a time is no number of a conversation');
  await writes(room, toLea, '9: bonjour');
  t.match(seen(room).at(-1), [toLea, /pas de conversation 9/]);
  await writes(room, customer, 'autre ligne', { to: other });
  await writes(room, toLea, 'pour la ligne Froid', { to: other });
  t.strictSame(seen(room).at(-1), [customer, 'pour la ligne Froid', other], 'the number that is answered says which');
  await writes(room, toKarim, 'bonjour');
  t.match(seen(room).at(-1), [toKarim, /Aucune conversation/]);
  for (let i = 0; i < 9; i++) await writes(room, toKarim, `répondeur ${i}`);
  t.equal(room.sms.seen.filter(({ to }) => to === toKarim).length, 4, 'a machine that answers us is not fed');
  room.close();
});

t.test('forged senders: a technician gets so many an hour, somebody is told, and nothing is lost', async (t) => {
  const room = open();
  t.teardown(room.remove);
  for (let i = 0; i < 120; i++) await writes(room, `+336000${String(10_000 + i)}`, `aidez-moi ${i}`);
  t.equal(room.sms.seen.filter(({ to }) => to === toLea).length, 30);
  const told = room.alerting.live();
  t.match(told, [{ reason: /Trop de SMS en une heure sur Dépannage/, target: { planning: 'garde' } }], 'once');
  const all = room.conversations.live();
  t.equal(all.length, 120, 'each stands on record');
  t.match(all.at(-1)?.letters, [{ state: 'kept', why: 'budget', text: 'aidez-moi 119' }]);
  await pass(room.clock, 3601);
  await writes(room, customer, 'une personne');
  t.match(
    room.sms.seen.findLast(({ to }) => to === toLea)?.text,
    /une personne/,
    'an hour later they are passed on again',
  );
  room.close();
});

t.test('one sender: so many an hour, over whichever line', async (t) => {
  const room = open({ people: { garde: [marc, karim, lea], direction: [marc] } });
  t.teardown(room.remove);
  for (let i = 0; i < 50; i++) {
    // Each third of them reaches somebody else, so that no technician has more than their own share.
    for (const [n, who] of [toMarc, toKarim].entries()) behaves(room, who, i % 3 > n ? 'refuses' : 'delivers');
    await writes(room, customer, `message ${i}`, { to: i % 2 ? line : other });
    await pass(room.clock, 60);
  }
  t.equal(room.sms.seen.filter(({ text }) => /: message/.test(text)).length, 40);
  room.close();
});

t.test('STOP is exact; one of our people is never silenced by it, and whoever plans is told', async (t) => {
  const room = open();
  t.teardown(room.remove);
  for (const text of ['Arrêté', 'Arrêt', 'arrêter !', 'Cancel', 'fin', 'end', 'stop la pompe', 'STOP ?'])
    await writes(room, customer, text);
  t.equal(room.sms.seen.length, 8, 'the machine stands still, says the customer');
  t.equal(room.store.stops.has(customer), false);
  await writes(room, second, ' Stop. ');
  t.equal(room.store.stops.has(second), true);
  await writes(room, toLea, 'STOP');
  room.alerting.raise({ id: 'c1.e1', at: 0, reason: 'Fuite', target: { planning: 'garde' }, policy: 'garde' });
  await settled();
  t.match(room.sms.seen.at(-1), { to: toLea, text: /Fuite/ }, 'anybody can write STOP in her name');
  t.match(room.alerting.find('1'), { phase: 'deferred', reason: /Lea \(06 39 98 00 01\) a répondu STOP/ });
  room.close();
});

t.test('a conversation ends a day after its last word; its number is not used again', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'un');
  await pass(room.clock, 23 * 3600);
  await writes(room, customer, 'deux');
  await pass(room.clock, 23 * 3600);
  t.equal(room.conversations.live().length, 1, 'each word counts');
  await pass(room.clock, 2 * 3600);
  t.equal(room.conversations.live().length, 0);
  await writes(room, toLea, '1: bonjour');
  t.match(seen(room).at(-1), [toLea, /La conversation 1 est close.*Appelez le 06 12 34 56 78/]);
  await writes(room, toLea, 'bonjour');
  t.match(seen(room).at(-1), [toLea, /Aucune conversation/]);
  await writes(room, customer, 'trois');
  t.match(seen(room).at(-1), [toLea, /^SMS 2 de/]);
  room.close();
});

t.test('the answer did not arrive: its writer is told', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'un');
  behaves(room, customer, 'refuses');
  await writes(room, toLea, 'je viens');
  t.match(seen(room).at(-1), [
    toLea,
    /Conversation 1 : votre réponse au 06 12 34 56 78 n'est pas arrivée \(no such number\)/,
  ]);
  behaves(room, customer, 'loses');
  await writes(room, toLea, 'je viens');
  await pass(room.clock, 61);
  t.match(seen(room).at(-1), [toLea, /rien ne dit que/]);
  await writes(room, '+44712345678', 'hello');
  await writes(room, toLea, '2: bonjour');
  t.match(seen(room).at(-1), [toLea, /no allowed prefix/], 'not outside what the trunks may reach');
  room.close();
});

t.test('STOP ends the answers, across a restart, and START lets them through again', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, customer, 'un');
  await writes(room, customer, 'STOP');
  t.match(seen(room).at(-1), [toLea, /06 12 34 56 78 a écrit STOP/]);
  await writes(room, toLea, 'bonjour');
  t.match(seen(room).at(-1), [toLea, /votre réponse n'est pas partie/]);
  room.dies();
  const again = open({ dir: room.dir, clock: room.clock });
  await writes(again, toLea, 'encore');
  t.match(seen(again), [[toLea, /votre réponse n'est pas partie/]]);
  t.ok(again.sms.optOuts.isStopped(customer), 'kept on disk');
  await writes(again, customer, 'START');
  await writes(again, toLea, 'encore');
  t.strictSame(seen(again).at(-1), [customer, 'encore', line]);
  again.close();
});

t.test('loops: our own numbers, machines, floods', async (t) => {
  const room = open();
  t.teardown(room.remove);
  await writes(room, line, 'boucle');
  await writes(room, other, 'boucle', { to: line });
  await writes(room, second, 'vers un numéro muet', { to: '+33199001002' });
  await writes(room, second, "vers un numéro qui n'est pas le nôtre", { to: '+33199009999' });
  t.equal(room.sms.seen.length, 0);
  for (let i = 0; i < 20; i++) await writes(room, customer, `ping ${i}`);
  t.equal(room.sms.seen.length, 10, 'ten in a minute from one number');
  await pass(room.clock, 60);
  for (let i = 0; i < 40; i++) {
    await pass(room.clock, 7);
    await writes(room, i % 2 ? customer : toLea, `écho ${i}`);
  }
  const passed = room.sms.seen.filter(({ text }) => /ping|écho/.test(text)).length;
  t.equal(passed, 30, 'two machines run dry');
  t.equal(room.sms.seen.filter(({ text }) => /trop de SMS/.test(text)).length, 1, 'said once');
  t.equal(room.store.threads.get('1')?.letters.length, 50, 'and everything stands on record');
  await pass(room.clock, 700);
  await writes(room, customer, 'une personne');
  t.match(seen(room).at(-1), [toLea, /une personne/]);
  room.close();
});

t.test('killed at any moment: nothing is told twice, nothing is forgotten', async (t) => {
  const clock = new JumpClock();
  const first = open({ clock });
  t.teardown(first.remove);
  behaves(first, toLea, 'loses');
  await writes(first, customer, 'un', { reference: 'm1' });
  await pass(clock, 30);
  first.dies();
  clock.advance(10_000);
  const then = open({ clock, dir: first.dir });
  await writes(then, customer, 'un', { reference: 'm1' });
  t.equal(then.sms.seen.length, 0, 'what the provider tells again after the crash is known');
  await pass(clock, 21);
  t.strictSame(
    then.sms.seen.map(({ to }) => to),
    [toKarim],
    'the minute goes on where it was',
  );
  then.dies();
  // Saved and not sent: the provider was being asked when the server died.
  const third = openRoom({ clock, dir: first.dir, policies, lines });
  const thread = third.store.threads.get('1');
  if (!thread) throw new Error('the conversation is not saved');
  const slips = thread.slips.map((one) =>
    one.kind === 'forward' && one.to === toKarim ? { ...one, state: 'sending' as const } : one,
  );
  third.store.threads.save({ conversation: { ...thread, slips }, timers: {} }, []);
  third.leader.start();
  await settled();
  t.strictSame(
    third.sms.seen.map(({ id, to }) => [id, to]),
    [[slips.at(-1)?.id, toKarim]],
    'sent again, under its own id',
  );
  third.dies();
  // The alert was saved with its message, and not raised yet.
  const fourth = openRoom({ clock, dir: first.dir, policies, lines });
  fourth.store.threads.save({ conversation: thread, timers: {} }, [
    { id: `${thread.id}.m1`, at: clock.now(), reason: 'SMS perdu' },
  ]);
  fourth.leader.start();
  await pass(clock, 2);
  t.match(fourth.alerting.live(), [{ reason: 'SMS perdu' }]);
  fourth.close();
});

t.test('one sender: what another process hears waits for the one that leads', async (t) => {
  const clock = new JumpClock();
  const one = open({ clock });
  t.teardown(one.remove);
  const two = open({ clock, dir: one.dir });
  t.strictSame([one.alerting.leading, two.alerting.leading], [true, false]);
  await writes(one, customer, 'un');
  one.dies();
  await pass(clock, 2);
  t.ok(two.alerting.leading);
  await writes(two, toLea, 'je viens');
  t.strictSame(seen(two), [[customer, 'je viens', line]], 'the conversation goes on there');
  two.close();
});

t.test('every word of ours fits the short alphabet: a « ç » would make two SMS of one', (t) => {
  const about = { n: 12, sender: customer, lineName: 'Froid' } as Conversation;
  for (const language of ['fr', 'en']) {
    const { forward, how, none, unknown, over, several, stopped, stoppedReply, failed, lost, flood } =
      conversationWords(language);
    const short = [
      none,
      unknown(12),
      over(about),
      stopped(about),
      stoppedReply(about),
      failed(about, 'x'),
      lost(about),
    ];
    for (const text of [...short, flood(about), how(12), forward(about, 'x'), several([about, about])])
      t.equal(measure(text).encoding, 'gsm-7', text);
    for (const text of short) t.equal(measure(text).segments, 1, text);
  }
  t.equal(measure(alertReason(about, { text: 'x' } as Letter)).encoding, 'gsm-7');
  t.end();
});
