// The example flows as they are shipped, at whatever hour the test runs: who should be rung is asked of the line itself (displayed = routed).
import t from 'tap';
import type { OnCall } from '../../server/domain/telephony/event.ts';
import type { Caller } from '../network/network.ts';
import type { Phone } from '../network/phone.ts';
import { startLine } from './line.ts';
import { calls, kept, neverLeftInSilence, nobodyIsLeft, recordFrom } from './scene.ts';

const line = await startLine();
t.teardown(() => line.stop());
const { network } = line;
const names = ['Karim', 'Léa', 'Hugo', 'Inès', 'Paul', 'Nadia', 'Chloé', 'Marc'];
for (const [index, name] of names.entries()) network.phone(`+3363998000${index + 1}`, name);

/** The person whom this planning puts first, now. */
async function firstOf(planning: string): Promise<{ person: OnCall; phone: Phone }> {
  const { people } = await line.api<{ people: OnCall[] }>(`/api/who/${planning}`);
  const [person] = people;
  if (!person?.phones[0]) throw new Error(`nobody is on call in ${planning}`);
  return { person, phone: network.phone(person.phones[0]) };
}

/** Their phone rings, they take the call, the two talk, the caller hangs up. @returns the record */
async function isTakenBy(caller: Caller, from: string, planning: string, announced?: string) {
  const { person, phone } = await firstOf(planning);
  const ring = await phone.rings();
  await ring.answers();
  if (announced) await ring.hears(announced);
  else await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  for (const other of network.phones) if (other !== phone && !team.includes(other)) other.isNotRung();
  const record = await recordFrom(line, from);
  return { record, person };
}

/** Those of the VIP planning, and whom alerts call: their stories go on beside the others, so they may ring at any time. */
const team = ['1', '7', '8'].map((last) => network.phone(`+3363998000${last}`));

const greeting = (caller: Caller) => caller.hears('Bonjour,');

t.jobs = 2;

t.test('led to the person of a planning', async (t) => {
  t.test('by machine: the type, the model, the person of its planning, who hears which machine it is', async (t) => {
    const from = '+33612347001';
    const caller = await calls(t, line, { from, to: '+33199001000' });
    await greeting(caller);
    await caller.hears('Pour une presse à injection');
    await caller.presses('1');
    await caller.hears('presse Billion de 200 tonnes');
    await caller.presses('1');
    const { record, person } = await isTakenBy(caller, from, 'presses', 'presse Billion 200 tonnes');
    t.equal(record.outcome, 'talked');
    t.equal(record.who, person.person);
    t.match(record.values, { machine: 'presse Billion 200 tonnes' });
    t.same(
      record.path.flatMap(({ node, keyed }) => (keyed ? [`${node} ${keyed}`] : [])),
      ['type 1', 'modele 1'],
    );
    neverLeftInSilence(t, line, caller);
  });

  t.test('by postcode: read back, corrected, and led by its département to the planning', async (t) => {
    const from = '+33612347003';
    const caller = await calls(t, line, { from, to: '+33199001001' });
    await caller.hears('Tapez les cinq chiffres');
    await caller.presses('13001');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('2');
    await caller.hears('Tapez les cinq chiffres');
    await caller.presses('67000');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('1');
    await caller.hears('Bas-Rhin');
    const { record } = await isTakenBy(caller, from, 'ascenseurs-province', 'Bas-Rhin');
    t.match(record.values, { postcode: '67000', departement: '67', planning: 'ascenseurs-province' });
    neverLeftInSilence(t, line, caller);
  });

  t.test('by postcode, a # after it, and nothing at the read-back: what was keyed counts', async (t) => {
    const from = '+33612347013';
    const caller = await calls(t, line, { from, to: '+33199001001' });
    await caller.hears('Tapez les cinq chiffres');
    await caller.presses('67000#');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.hears('Bas-Rhin');
    const { record } = await isTakenBy(caller, from, 'ascenseurs-province', 'Bas-Rhin');
    t.match(record.values, { postcode: '67000', departement: '67' });
    t.same(
      record.path.flatMap(({ keyed, note }) => (keyed ? [`${keyed} ${note ?? ''}`] : [])),
      ['67000 not confirmed'],
    );
    neverLeftInSilence(t, line, caller);
  });

  t.test('by contract, valid: the person of the contract’s planning hears the client’s name', async (t) => {
    const from = '+33612347004';
    const caller = await calls(t, line, { from, to: '+33199001002' });
    await caller.hears('Tapez les six chiffres');
    await caller.presses('100001#');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('1');
    await caller.hears("Nous appelons le technicien d'astreinte");
    const { record } = await isTakenBy(caller, from, 'presses', 'Plastiques du Rhône');
    t.match(record.values, { contrat: '100001', client: 'Plastiques du Rhône' });
    neverLeftInSilence(t, line, caller);
  });

  t.test('an expired contract: told so, and put through when the caller wants it all the same', async (t) => {
    const from = '+33612347005';
    const caller = await calls(t, line, { from, to: '+33199001002' });
    await caller.hears('Tapez les six chiffres');
    await caller.presses('100005#');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('1');
    await caller.hears('Ce contrat a expiré');
    await caller.presses('1');
    const { record } = await isTakenBy(caller, from, 'presses');
    t.match(record.values, { client: 'Imprimerie Vasseur' });
    neverLeftInSilence(t, line, caller);
  });
});

t.test('beside them: VIPs, and callers for whom nobody is woken', async (t) => {
  t.test('a wrong key and no key: told so each time, and asked again', async (t) => {
    const from = '+33612347002';
    const caller = await calls(t, line, { from, to: '+33199001000' });
    await caller.hears('Pour une presse à injection');
    await caller.presses('9');
    await caller.hears("Ce choix n'existe pas");
    await caller.hears("Nous n'avons pas reçu votre choix");
    await caller.presses('1');
    await caller.hears('presse Billion de 200 tonnes');
    neverLeftInSilence(t, line, caller);
    await caller.hangsUp();
    const { path, outcome } = await recordFrom(line, from);
    t.equal(outcome, 'hung-up');
    t.match(
      path.find(({ node }) => node === 'type'),
      { kind: 'menu' },
    );
  });

  t.test('an unknown contract: told so, typed again, and at last a message', async (t) => {
    const from = '+33612347006';
    const caller = await calls(t, line, { from, to: '+33199001002' });
    await caller.hears('Tapez les six chiffres');
    await caller.presses('999999#');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('1');
    await caller.hears('ne nous est pas connu');
    await caller.presses('2');
    await caller.hears('Après le bip, laissez votre nom', { whole: true });
    neverLeftInSilence(t, line, caller);
    await caller.hangsUp();
    const record = await recordFrom(line, from);
    t.match(record.values, { contrat: '999999' });
    t.same(record.legs, [], 'nobody is woken for it');
    t.same(kept(line, 'alerts_raised', record.id), []);
  });

  t.test('a VIP contract: the whole team rings together', async (t) => {
    const from = '+33612347007';
    const caller = await calls(t, line, { from, to: '+33199001002' });
    await caller.hears('Tapez les six chiffres');
    await caller.presses('100003#');
    await caller.hears('Pour confirmer, tapez 1');
    await caller.presses('1');
    await caller.hears('Votre contrat est prioritaire');
    const [karim, chloe] = await Promise.all(team.slice(0, 2).map((one) => one.rings()));
    if (!karim || !chloe) throw new Error('two are called');
    await karim.answers();
    await karim.hears('Clinique des Tilleuls');
    t.notOk(chloe.isOver, 'the other still rings while one is asked');
    await karim.presses('1');
    await caller.isTalkingTo(karim);
    await chloe.isHungUp();
    await caller.hangsUp();
    t.equal((await recordFrom(line, from)).who, 'karim');
    neverLeftInSilence(t, line, caller);
  });

  t.test('the front flow: a VIP is greeted as one, whatever they called; an unwanted caller is refused', async (t) => {
    const from = '+33199002001';
    const caller = await calls(t, line, { from, to: '+33199001001' });
    await caller.hears('votre technicien dédié');
    const karim = await network.phone('+33639980001').rings();
    await caller.hangsUp();
    await karim.isHungUp();
    const record = await recordFrom(line, from);
    t.equal(record.outcome, 'hung-up');
    t.equal(kept(line, 'alerts_raised', record.id).length, 1, 'somebody should call back');
    const unwanted = await calls(t, line, { from: '+33199006612', to: '+33199001000' });
    await unwanted.isHungUp();
    t.equal(unwanted.answeredAt, undefined, 'never answered');
    t.equal((await recordFrom(line, '+33199006612')).outcome, 'told');
  });
});

t.test('when all is over nothing is left', { buffered: false }, async (t) => {
  await nobodyIsLeft(line);
  const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
  t.same(errors, [], 'no error in the log');
});
