// SMS as people write them: what is an answer, to which alert, how sure, and what is unclear and therefore asked back.
import t from 'tap';
import type { Alert, Contact } from '../../../server/domain/alert/alert.ts';
import { judge, type Known, type Verdict } from '../../../server/domain/alert/judge.ts';
import { usualPolicies } from '../../../server/domain/alert/policy.ts';
import { readReply } from '../../../server/domain/alert/reply.ts';
import { raiseAlert, stepAlert } from '../../../server/domain/alert/step.ts';
import { isAutomatic } from '../../../server/domain/message/automatic.ts';

const lea: Contact = { person: 'lea', name: 'Léa', language: 'fr', phones: ['+33639980002'], sms: '+33639980002' };
const policy = usualPolicies.policies.usual as (typeof usualPolicies.policies)[string];

/** Alert `n`, of which Léa was told. */
function alertOf(n: number, told: Contact[] = [lea]): Alert {
  const raised = raiseAlert({ id: `a${n}`, n, reason: 'r', about: {}, target: { planning: 'garde' }, policy, at: 0 });
  const request = raised.alert.request ?? '';
  return stepAlert(raised.alert, { type: 'resolved', at: 0, request, people: told, because: '' }).alert;
}
const held = (alert: Alert, who: string): Alert =>
  stepAlert(alert, { type: 'taken', at: 1, who: { person: who, name: who }, by: 'key' }).alert;
const closed = (alert: Alert): Alert =>
  stepAlert(alert, { type: 'closed', at: 2, who: { name: 'x' }, by: 'command' }).alert;

const codeOf1 = '482193';
function known(alerts: readonly Alert[], more: Partial<Known> = {}): Known {
  const live = alerts.filter(({ phase }) => phase !== 'resolved');
  return {
    person: 'lea',
    live,
    conversations: 0,
    last: 'unknown',
    bareWords: false,
    named: (n) => alerts.find((one) => one.n === n),
    coded: (code) => (code === codeOf1 ? live.find(({ n }) => n === 1) : undefined),
    conversation: () => false,
    ...more,
  };
}
const one = [alertOf(1)];
/** `taken 1`, `taken 1 sure`, `unclear 1,2`. */
function said(text: string, of: Known): string {
  const verdict: Verdict = judge(text, of);
  if (verdict.is === 'answer')
    return [verdict.says, verdict.alert.n, ...(verdict.sure ? ['sure'] : []), verdict.note ?? ''].join(' ').trim();
  return 'alerts' in verdict ? `${verdict.is} ${verdict.alerts.map(({ n }) => n).join()}`.trim() : verdict.is;
}
const withConversation = { conversations: 1, last: 'conversation', conversation: (n: number) => n === 7 } as const;

t.test('a word and the number of a live alert is an answer, however it is written', (t) => {
  const texts = [
    'OK 1 merci',
    'PRIS1',
    'ok1',
    'Pris  1 !',
    '1 ok',
    'alerte 1 : pris',
    'Ok pour la 1',
    'Je prends la 1',
  ];
  for (const text of [...texts, 'prís 1', 'PRIS n°1', "ok l'alerte 1", 'O\u200bK 1️⃣', 'PRIS １', 'Bonjour, pris 1 svp'])
    for (const more of [{}, withConversation]) t.equal(said(text, known(one, more)), 'taken 1', text);
  for (const text of ['ok 1 demain', 'OK 1 pas moi', 'non 1 je prends', 'PRIS 1 ?', 'ok 1 mais Karim est plus près'])
    t.equal(said(text, known(one, withConversation)), 'unclear 1', text);
  for (const text of ['ok 1 minute', 'ok 1h', 'OK 1:30', 'ok 1,5 km', 'oui 1 fois par jour', 'ok 01 99 00 10 00'])
    t.equal(said(text, known(one, withConversation)), 'unclear 1', `${text}: no number of an alert`);
  t.equal(said('NON 1 je suis malade', known(one)), 'declined 1');
  t.equal(said('reprends 1', known(one)), 'over 1');
  t.equal(said('OK 9', known(one)), 'unclear 1');
  t.equal(said('OK 9', known([])), 'nothing-to-answer');
  t.equal(said('OK 1', known([closed(alertOf(1))])), 'over');
  t.end();
});

t.test('the code of a notice confirms; the word alone does where the admin says so', (t) => {
  for (const text of ['PRIS 482193', '482193', 'pris 1 482193', 'Ok 482193 j’arrive', 'PRIS482193'])
    t.equal(said(text, known(one, withConversation)), 'taken 1 sure', text);
  t.equal(said('RESOLU 482193 presse redémarrée', known(one)), 'closed 1 sure presse redémarrée');
  t.equal(said('RESOLU 1 482193', known(one)), 'closed 1 sure');
  t.equal(said('PRIS 111222', known(one)), 'wrong-code 1');
  t.equal(said('PRIS 1 111222', known([alertOf(1), alertOf(2)])), 'wrong-code 1');
  t.equal(said('PRIS 2 482193', known([alertOf(1), alertOf(2)])), 'unclear 1', 'the code of another alert');
  for (const text of ['OK', 'PRIS 1', 'ok merci', "Ok j'arrive"]) {
    t.equal(said(text, known(one)), 'taken 1', text);
    t.equal(said(text, known(one, { bareWords: true })), 'taken 1 sure', text);
  }
  t.end();
});

t.test('what may be meant for a customer is asked back, never guessed', (t) => {
  const of = known(one, withConversation);
  const texts = [
    "Ok j'arrive",
    "J'arrive dans 10 minutes",
    'ok 2 minutes',
    '👍',
    '👍🏽',
    '1',
    'Règle le thermostat sur 4',
  ];
  for (const text of [...texts, 'oui c’est pour qui ?', 'ok mais pas tout de suite', 'je suis sur place', 'merci'])
    t.equal(said(text, of), 'unclear 1', text);
  for (const text of ['7: j’arrive', 'SMS 7 : ok', '#7: réglé']) t.equal(said(text, of), 'words', text);
  const both = { ...withConversation, conversation: (n: number) => n === 1 };
  t.equal(said('1: ok', known(one, both)), 'unclear 1', 'alert 1, or conversation 1');
  t.equal(said('1: j’arrive', known(one, both)), 'words');
  t.equal(said('1: ok', of), 'taken 1');
  const mine = known([held(alertOf(1), 'lea')], withConversation);
  t.equal(said('Règle le thermostat sur 4 et dites-moi', mine), 'words', 'the alert is hers already');
  t.equal(
    said('J’arrive dans 10 minutes', { ...mine, last: 'other' }),
    'unclear 1',
    'what she read last was no customer',
  );
  t.equal(said('ok merci', known([], { conversations: 1, last: 'other' })), 'unclear', 'an answer to news of an alert');
  t.equal(said('ok', known([], withConversation)), 'words');
  t.equal(said('bonjour', known([])), 'words');
  t.end();
});

t.test('closing: the word alone, or the word and that alert’s number, at the beginning', (t) => {
  for (const text of ['Réglé', 'RESOLU', "C'est réglé", 'fini, merci'])
    t.equal(said(text, known(one, withConversation)), 'closed 1', text);
  t.equal(said('Résolu 1 : pièce changée', known(one)), 'closed 1 pièce changée');
  const other = ['Regle le thermostat sur 4 et dites-moi', 'Fait 3 appels', 'Terminé à 14h ?', 'Fini pour aujourd’hui'];
  for (const text of [...other, 'Fait attention à la vanne', 'Réglé par Karim demain', 'Done by 5 pm?'])
    for (const more of [{}, withConversation])
      t.equal(said(text, known(one, { ...more, bareWords: true })), 'unclear 1', text);
  const two = [held(alertOf(1), 'lea'), alertOf(2)];
  t.equal(said('réglé', known(two)), 'closed 1', 'the one she has');
  t.equal(said('pris', known(two)), 'taken 2', 'the one nobody has');
  t.equal(said('pris', known([alertOf(1), alertOf(2)])), 'unclear 1,2');
  t.end();
});

t.test('what a telephone writes by itself is no answer', (t) => {
  const machine = [
    'A aimé « Alerte 1 : fuite »',
    'Liked “Alerte 1: OK”',
    'A réagi avec 👍 à « Alerte 1 »',
    '👍 à « Alerte 1 : fuite »',
    'N’a pas aimé « Alerte 1 »',
    'Je conduis…',
    'Je suis en train de conduire.',
    'Je suis au volant et Ne pas déranger en voiture est activé. Je verrai votre message quand je serai arrivé à destination.',
    '(Je ne reçois pas les notifications. S’il s’agit d’une urgence, répondez « urgent ».)',
    "I'm driving right now",
    '[Réponse auto] Je suis absent',
    'Réponse automatique : absent jusqu’à lundi',
  ];
  for (const text of machine) {
    t.equal(said(text, known(one, withConversation)), 'machine', text);
    t.equal(said(text, known([], withConversation)), 'machine', text);
  }
  for (const text of ['Je conduis, fuite de gaz chez moi', "J'ai aimé le service", 'Je conduis pas, j’attends', 'ok'])
    t.notOk(isAutomatic(text), text);
  t.equal(said('👍', known([], withConversation)), 'machine', 'a sign alone goes to nobody');
  t.end();
});

t.test('words that merely begin like an answer', (t) => {
  for (const text of ['', '?', 'okapi', 'prison', 'STOP', 'qui est-ce ?', 'nonante'])
    t.notOk(readReply(text).says, text || 'empty');
  t.end();
});
