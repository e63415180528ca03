// Alerts over time, on a real database: what is sent, when, exactly once, across restarts, jumps of the clock and a provider that fails.
import t from 'tap';
import type { AlertLevel, PolicySet } from '../../../server/domain/alert/policy.ts';
import { JumpClock, karim, lea, marc, openRoom, pass, settled } from './house.ts';

const minute = 60_000;
const level = (more: Partial<AlertLevel> = {}): AlertLevel => ({
  whom: 'raised',
  by: ['sms', 'mail'],
  also: [],
  people: 'first',
  everyMs: 5 * minute,
  reminders: 2,
  afterMs: null,
  ...more,
});
const policies = (...levels: AlertLevel[]): PolicySet => ({
  default: 'p',
  message: null,
  planner: null,
  answers: 'code',
  policies: { p: { id: 'p', name: 'p', levels, last: 'repeat', deliveryMs: 2 * minute, resolveMs: 60 * minute } },
});
const codeIn = (text: string | undefined): string => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '';
const raise = (id = 'c1.e1') => ({
  id,
  at: 0,
  reason: "Personne n'a pris l'appel de 06 12 34 56 78.",
  target: { planning: 'garde' },
});
const start = (room: ReturnType<typeof openRoom>) => {
  room.leader.start();
  return room.clock.now();
};

t.test(
  'reminders to the second, then the next level; an answer by SMS ends it and everybody learns of it',
  async (t) => {
    const room = openRoom({ policies: policies(level(), level({ whom: { planning: 'direction' }, reminders: null })) });
    t.teardown(room.remove);
    const began = start(room);
    room.alerting.raise(raise());
    room.alerting.raise(raise());
    await pass(room.clock, 16 * 60);
    const times = room.sms.seen.map(({ to, at }) => [to, Math.round((at - began) / 1000)]);
    t.strictSame(
      times,
      [
        [lea.sms, 0],
        [lea.sms, 300],
        [lea.sms, 600],
        [marc.sms, 900],
      ],
      'raised twice, told once',
    );
    t.match(
      room.sms.seen[0]?.text,
      /^Alerte 1 : Personne n'a pris l'appel de 06 12 34 56 78\. Répondez PRIS \d{6} .* https:\/\/astreinte\.exemple\.fr\/a\//,
    );
    const code = codeIn(room.sms.seen[0]?.text);
    room.sms.receives(lea.sms ?? '', ` Pris  1 ${code} ! `);
    await settled();
    t.equal(room.alerting.find('1')?.holder?.name, 'Lea');
    const after = room.sms.seen.slice(4).map(({ to, text }) => [to, text]);
    t.strictSame(after, [
      [marc.sms, "Alerte 1 : Lea s'en occupe. Vous n'avez rien à faire."],
      [lea.sms, `C'est noté : l'alerte 1 est à vous. Répondez RESOLU ${code} quand c'est fini.`],
    ]);
    await pass(room.clock, 30 * 60);
    t.equal(room.sms.seen.length, 6, 'quiet');
    room.sms.receives(marc.sms ?? '', 'ok');
    await settled();
    t.match(room.sms.seen.at(-1)?.text, /déjà prise par Lea/, 'the second learns that he is the second');
    room.sms.receives(lea.sms ?? '', `RÉSOLU ${code} : presse redémarrée`);
    await settled();
    t.match(room.store.alerts.get('1'), {
      phase: 'resolved',
      closed: { name: 'Lea', note: 'presse redémarrée', by: 'sms' },
    });
    t.equal(room.alerting.live().length, 0);
    room.close();
  },
);

t.test('killed at any moment: what was saved goes on, nothing is told twice, nothing is forgotten', async (t) => {
  const clock = new JumpClock();
  const given = { policies: policies(level()), clock };
  const first = openRoom(given);
  t.teardown(first.remove);
  first.leader.start();
  first.alerting.raise(raise());
  await pass(clock, 299);
  first.dies();
  clock.advance(30_000);
  const second = openRoom({ ...given, dir: first.dir });
  second.leader.start();
  await pass(clock, 1);
  t.equal(second.sms.seen.length, 1, 'the reminder that fell due meanwhile is sent, once');
  await pass(clock, 298);
  t.equal(second.sms.seen.length, 1, 'and the next one keeps its distance');
  second.dies();
  // Saved and not sent: the provider was being asked when the server died.
  const third = openRoom({ ...given, dir: first.dir });
  third.sms.behaviour = 'is down';
  third.leader.start();
  const [before] = third.alerting.live();
  third.dies();
  const notice = { ...before?.notices.at(-1), id: 'c1.e1.n99', state: 'sending' };
  const fourth = openRoom({ ...given, dir: first.dir });
  fourth.store.alerts.save({
    alert: { ...before, notices: [...(before?.notices ?? []), notice] } as never,
    timers: {},
  });
  fourth.leader.start();
  await settled();
  t.strictSame(
    fourth.sms.seen.map(({ id }) => id),
    ['c1.e1.n99'],
    'sent again under its own id',
  );
  t.equal(fourth.alerting.live()[0]?.notices.at(-1)?.state, 'delivered');
  fourth.close();
});

t.test(
  'one sender: a second process waits, hands over what it hears, and takes the lead when the first is gone',
  async (t) => {
    const clock = new JumpClock();
    const one = openRoom({ policies: policies(level()), clock });
    t.teardown(one.remove);
    const two = openRoom({ policies: policies(level()), clock, dir: one.dir });
    one.leader.start();
    two.leader.start();
    t.strictSame([one.alerting.leading, two.alerting.leading], [true, false]);
    two.alerting.raise(raise());
    await pass(clock, 2);
    t.strictSame([one.sms.seen.length, two.sms.seen.length], [1, 0], 'told by the one that leads');
    one.dies();
    await pass(clock, 301);
    t.equal(two.sms.seen.length, 1, 'the reminder comes from the other');
    two.close();
  },
);

t.test('a clock that jumps, either way, moves no reminder', async (t) => {
  const clock = new JumpClock();
  const room = openRoom({ policies: policies(level({ reminders: null, afterMs: 3600_000 })), clock });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise());
  await pass(clock, 60);
  clock.jump(7200_000);
  await pass(clock, 239);
  t.equal(room.sms.seen.length, 1, 'two hours forward: nothing is sent early');
  await pass(clock, 2);
  t.equal(room.sms.seen.length, 2);
  clock.jump(-10_800_000);
  await pass(clock, 300);
  t.equal(room.sms.seen.length, 3, 'three hours back: the reminder is not late');
  clock.jump(3600_000);
  room.dies();
  clock.jump(-86_400_000);
  const again = openRoom({ policies: policies(level()), clock, dir: room.dir });
  again.leader.start();
  await pass(clock, 301);
  t.equal(again.sms.seen.length, 1, 'set back by a day while we were away: at most one interval is waited');
  again.close();
});

t.test('provider down: the next way at once; SMS accepted and lost: after the time for a report', async (t) => {
  const room = openRoom({ policies: policies(level()) });
  t.teardown(room.remove);
  room.leader.start();
  room.sms.behaviour = 'is down';
  room.alerting.raise(raise());
  await settled();
  t.strictSame(
    room.mailer.seen.map(({ to }) => to),
    [['lea@exemple.fr']],
  );
  t.match(room.mailer.seen[0], { subject: /Alerte 1/, text: /06 12 34 56 78/ });
  room.sms.behaviour = 'loses';
  room.alerting.raise({ ...raise('c2.e1'), reason: 'seconde' });
  await pass(room.clock, 119);
  t.equal(room.mailer.seen.length, 1);
  await pass(room.clock, 2);
  t.equal(room.mailer.seen.length, 2, 'lost');
  t.strictSame(
    room.alerting.find('2')?.notices.map(({ channel, state }) => [channel, state]),
    [
      ['sms', 'lost'],
      ['mail', 'sent'],
    ],
  );
  room.close();
});

t.test('links: signed, aged, and worth nothing once touched', async (t) => {
  const room = openRoom();
  t.teardown(room.remove);
  const { links, clock } = room;
  const token = links.sign({ alert: 'c1.e1', person: 'lea' }, clock.now());
  t.match(token, /^[\w.-]{20,200}$/);
  t.strictSame(links.read(token, clock.now()), { alert: 'c1.e1', person: 'lea' });
  t.equal(links.read(token, clock.now() + 8 * 86_400_000), undefined);
  for (const wrong of ['', '.', 'x.y', `${token}x`, `x${token}`, token.replace('.', '..'), token.slice(0, -2)])
    t.equal(links.read(wrong, 0), undefined, wrong);
  room.close();
});

t.test('an SMS that anybody may have forged is noted and asked back; the code in the notice decides', async (t) => {
  const room = openRoom({ policies: policies(level()) });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise());
  await settled();
  const codes = { lea: codeIn(room.sms.seen[0]?.text), karim: room.codes.of('c1.e1', 'karim') };
  const says = async (who: typeof lea, text: string) => {
    room.sms.receives(who.sms ?? '', text);
    await settled();
    return room.sms.seen.at(-1);
  };
  const phase = () => room.alerting.find('1')?.phase;
  t.match(await says(lea, 'OK 1 merci'), {
    to: lea.sms,
    text: `réponse notée, PAS CONFIRMEE. Répondez PRIS ${codes.lea}`,
  });
  t.match(await says(lea, 'RESOLU 1'), { text: `elle reste ouverte. Répondez RESOLU ${codes.lea}` });
  t.match(await says(karim, `PRIS ${codes.lea}`), { text: /pas le bon/ }, 'the code of somebody else');
  t.equal(phase(), 'open');
  await pass(room.clock, 301);
  t.match(room.sms.seen.at(-1), { to: lea.sms, text: /^Alerte 1/ }, 'reminders go on');
  t.match(await says(lea, 'non'), { text: `Répondez NON ${codes.lea}` });
  const told = room.sms.seen.filter(({ to, text }) => to === karim.sms && text.startsWith('Alerte 1 : Personne'));
  t.equal(told.length, 1, 'the next person is asked besides');
  await pass(room.clock, 301);
  t.match(room.sms.seen.at(-1), { to: lea.sms }, 'and she who did not prove her no is reminded');
  t.match(await says(karim, codes.karim), { text: /alerte 1 est à vous/ }, 'a code alone takes it');
  t.match(
    room.alerting.find('1')?.story.filter(({ what }) => what === 'answered'),
    [
      { who: 'Lea', note: 'taken', by: 'sms' },
      { who: 'Lea', note: 'closed' },
      { who: 'Lea', note: 'declined' },
    ],
  );
  room.close();
});

t.test('forged answers flood nobody, and codes cannot be guessed', async (t) => {
  const room = openRoom({ policies: policies(level({ everyMs: 600 * minute })) });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise());
  await settled();
  const before = room.sms.seen.length;
  for (let i = 0; i < 40; i++) {
    room.sms.receives(lea.sms ?? '', `PRIS ${100000 + i}`);
    await pass(room.clock, 10);
  }
  t.equal(room.sms.seen.length - before, 10, 'ten words back in an hour');
  room.sms.receives(lea.sms ?? '', `PRIS ${room.codes.of('c1.e1', 'lea')}`);
  await settled();
  t.equal(room.alerting.find('1')?.phase, 'open', 'ten wrong codes: none is believed for an hour');
  await pass(room.clock, 3600);
  room.sms.receives(lea.sms ?? '', `PRIS ${room.codes.of('c1.e1', 'lea')}`);
  await settled();
  t.equal(room.alerting.find('1')?.phase, 'held');
  room.close();
});

t.test('the admin may take the bare word', async (t) => {
  const room = openRoom({ policies: { ...policies(level()), answers: 'word' } });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise());
  await settled();
  t.match(room.sms.seen[0]?.text, /Répondez PRIS 1 pour la prendre, NON 1 sinon/);
  room.sms.receives(lea.sms ?? '', 'Ok 1 merci');
  await settled();
  t.match(room.sms.seen.at(-1)?.text, /alerte 1 est à vous\. Répondez RESOLU 1/);
  room.sms.receives(lea.sms ?? '', 'Fait attention à la vanne');
  await settled();
  t.equal(room.alerting.find('1')?.phase, 'held', 'closing needs the word alone, or the number');
  room.sms.receives(lea.sms ?? '', 'réglé');
  await settled();
  t.equal(room.alerting.find('1')?.phase, 'resolved');
  room.close();
});

t.test('what strangers write gets no answer', async (t) => {
  const room = openRoom({ policies: policies(level()) });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise());
  await settled();
  room.sms.receives('+33612000000', 'OK 1');
  room.sms.receives('', 'OK');
  room.sms.receives(karim.sms ?? '', 'bonjour');
  room.sms.receives(lea.sms ?? '', 'Je conduis…');
  room.sms.receives(lea.sms ?? '', 'A aimé « Alerte 1 : appel »');
  await settled();
  t.equal(room.sms.seen.length, 1, 'nor what a telephone writes by itself');
  t.equal(room.alerting.find('1')?.phase, 'open');
  room.sms.receives(karim.sms ?? '', 'OK');
  await settled();
  t.match(room.sms.seen.at(-1)?.text, /Aucune alerte/, 'Karim was told of none');
  room.close();
});

t.test('a thousand open alerts are swept in time', async (t) => {
  const room = openRoom({ policies: policies(level({ everyMs: minute, reminders: null })) });
  t.teardown(room.remove);
  room.leader.start();
  for (let n = 0; n < 1000; n++) room.alerting.raise(raise(`c${n}.e1`));
  await pass(room.clock, 59);
  t.equal(room.sms.seen.length, 1000);
  await pass(room.clock, 2);
  t.equal(room.sms.seen.length, 2000, 'each is reminded, none twice');
  t.equal(new Set(room.sms.seen.map(({ id }) => id)).size, 2000);
  room.close();
});
