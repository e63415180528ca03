// Who answers, on the wire: voicemails, announcements, a fax, silence, switchboards, assistants, and people. Only a key joins.
import t, { type Test } from 'tap';
import { after, pcm, silence, tone, voice } from '../domain/voicemail/sounds.ts';
import { rate, tone as sine, sounds, toneShare } from '../network/audio.ts';
import type { Line as Telephone } from '../network/line.ts';
import type { Ring } from '../network/phone.ts';
import { until } from '../waiting.ts';
import { startLine } from './line.ts';
import { calls, legsOf, neverLeftInSilence, nobodyIsLeft, recordFrom } from './scene.ts';
import { voicemailHouse } from './voicemail-house.ts';

const stories = {
  greetings: { line: '4001', people: ['vera', 'victor', 'vito', 'anne'] },
  long: { line: '4002', people: ['valerie', 'bernard'] },
  short: { line: '4003', people: ['violette', 'brigitte'] },
  hello: { line: '4004', people: ['celine'] },
  talker: { line: '4005', people: ['didier'] },
  fax: { line: '4006', people: ['telecopieur'] },
  silent: { line: '4007', people: ['elise'] },
  switchboard: { line: '4008', people: ['francois'] },
  assistant: { line: '4009', people: ['gaelle'] },
  early: { line: '4010', people: ['hubert', 'ines'] },
  announced: { line: '4011', people: ['joel'] },
  killed: { line: '4012', people: ['karine'] },
};
type Name = keyof typeof stories;
const house = voicemailHouse(Object.values(stories));

const line = await startLine({
  flows: 'test/line/files/flows',
  plannings: 'test/line/files/plannings',
  prepare: house.prepare,
});
t.teardown(() => line.stop());
const { network } = line;
const phone = (name: string) => network.phone(house.numberOf(name), name);
for (const { people } of Object.values(stories)) people.forEach(phone);
const from = (name: Name) => `+336123${stories[name].line}0`;
const call = (t: Test, name: Name) => calls(t, line, { from: from(name), to: `+3319900${stories[name].line}` });

const question = "Pour prendre l'appel";
/** Half a second after the answer, as people and machines do. */
const speech = (ms: number, seed = 3) => pcm(after(silence(500), voice(ms, { seed })));
const withBeep = (ms: number, seed = 3) => pcm(after(silence(500), voice(ms, { seed }), silence(300), tone(1000, 400)));
const hello = speech(500);

type Seen = { id: string; protocol_id?: string; channels?: string[] };
/** What lives in the line's Asterisk, as an outsider sees it. */
async function asterisk(kind: 'channels' | 'bridges'): Promise<Seen[]> {
  const { VIGIE_ARI_URL: url, VIGIE_ARI_PASSWORD: password } = line.env;
  const authorization = `Basic ${Buffer.from(`vigie:${password}`).toString('base64')}`;
  return (await (await fetch(`${url}/ari/${kind}`, { headers: { authorization } })).json()) as Seen[];
}
const everything = async (): Promise<string[]> =>
  [...(await asterisk('channels')), ...(await asterisk('bridges'))].map(({ id }) => id);

/** The line's ear is at this phone. A machine that is slow today gets it there late, and the first words would be lost to it. */
const isListenedTo = (ring: Ring) =>
  until(`${ring.who} is listened to`, async () => {
    const leg = (await asterisk('channels')).find((one) => one.protocol_id === ring.callId)?.id;
    const ear = (await asterisk('bridges')).find(({ id }) => id === `${leg}.ear`);
    return ring.isOver || ear?.channels?.length === 2;
  });

/** A phone that says this each time it answers, and hears the rest in silence. */
async function answersWith(ring: Ring, sound: Int16Array): Promise<Ring> {
  await ring.answers();
  await isListenedTo(ring);
  // It goes on talking until it is hung up, as machines do.
  void ring.says(sound);
  return ring;
}

/** Seconds from the answer to the first thing heard. */
async function wait(ring: Ring): Promise<number> {
  await ring.hearsSound();
  const answered = ((ring.answeredAt ?? 0) - ring.startedAt) / 1000;
  const first = sounds(ring.ear.sound).find(({ from }) => from / rate >= answered);
  return (first?.from ?? Number.NaN) / rate - answered;
}

const verdictsOf = ({ legs }: Awaited<ReturnType<typeof recordFrom>>) => legs.map(({ verdict }) => verdict);

/** Whether this frequency was heard for a tenth of a second. */
function everHeard({ ear }: Telephone, hertz: number): boolean {
  const piece = rate / 10;
  return Array.from({ length: Math.floor(ear.sound.length / piece) }, (_, i) =>
    toneShare(ear.sound.subarray(i * piece, (i + 1) * piece), hertz),
  ).some((share) => share > 0.7);
}

/** What the caller says stays with them. (A tone of the phone's own would be the beep of a voicemail.) */
async function isNotHeard(t: Test, caller: Telephone, ring: Ring): Promise<void> {
  await caller.says(sine(1850, 600));
  t.notOk(everHeard(ring, 1850), `${ring.who} does not hear the caller`);
}

// Stories with phones of their own go on side by side: most of each is waiting.
t.jobs = 6;

t.test(
  'greetings of 2, 5 and 9 s: hung up on while they talk or at their beep, and a person takes the call',
  async (t) => {
    // Five seconds in one breath are a machine from 5.8 s after the answer on: this one begins late enough to be talking then.
    const late = pcm(after(silence(1000), voice(5000, { seed: 4 })));
    const machines = [withBeep(2000), late, withBeep(9000, 5)];
    const caller = await call(t, 'greetings');
    for (const [index, name] of ['vera', 'victor', 'vito'].entries()) {
      const ring = await answersWith(await phone(name).rings(), machines[index] as Int16Array);
      await ring.isHungUp();
    }
    const anne = await answersWith(await phone('anne').rings(), hello);
    await anne.hears(question);
    await isNotHeard(t, caller, anne);
    await anne.presses('1');
    await caller.isTalkingTo(anne);
    await caller.hangsUp();
    const record = await recordFrom(line, from('greetings'));
    t.same(legsOf(record), ['vera machine', 'victor machine', 'vito machine', 'anne normal']);
    t.same(verdictsOf(record), ['machine', 'machine', 'machine', 'human']);
    neverLeftInSilence(t, line, caller);
  },
);

t.test('a greeting of 20 s without a beep is left long before its end, and never joined', async (t) => {
  const caller = await call(t, 'long');
  const machine = await answersWith(await phone('valerie').rings(), speech(20_000));
  await machine.isHungUp();
  const heardFor = ((machine.endedAt ?? 0) - (machine.answeredAt ?? 0)) / 1000;
  t.ok(heardFor < 20, `left after ${heardFor.toFixed(1)} s`);
  const bernard = await answersWith(await phone('bernard').rings(), hello);
  await bernard.hears(question);
  await bernard.presses('1');
  await caller.isTalkingTo(bernard);
  await bernard.hangsUp();
  const record = await recordFrom(line, from('long'));
  t.same(legsOf(record), ['valerie machine', 'bernard normal'], 'somebody took the call: nobody is rung again');
  neverLeftInSilence(t, line, caller);
});

t.test('a greeting of 2 s without a beep is a person to the ear: without the key it gets nobody', async (t) => {
  const caller = await call(t, 'short');
  const machine = await answersWith(await phone('violette').rings(), speech(2000));
  await machine.hears(question);
  await isNotHeard(t, caller, machine);
  await machine.isHungUp();
  const next = await answersWith(await phone('brigitte').rings(), hello);
  await next.hears(question);
  await next.presses('1');
  await caller.isTalkingTo(next);
  await caller.hangsUp();
  t.same(legsOf(await recordFrom(line, from('short'))), ['violette not-confirmed', 'brigitte normal']);
  neverLeftInSilence(t, line, caller);
});

t.test('"Allô ?" brings the question sooner than silence does; who is silent is rung again at the end', async (t) => {
  const [caller, other] = await Promise.all([call(t, 'hello'), call(t, 'silent')]);
  const [celine, elise] = await Promise.all([phone('celine').rings(), phone('elise').rings()]);
  await Promise.all([answersWith(celine, hello), elise.answers()]);
  const [spoken, silent] = await Promise.all([wait(celine), wait(elise)]);
  t.ok(spoken < silent, `asked ${spoken.toFixed(1)} s after the answer, ${silent.toFixed(1)} s where nobody spoke`);
  await celine.presses('1');
  await caller.isTalkingTo(celine);
  await caller.hangsUp();
  const record = await recordFrom(line, from('hello'));
  t.same([legsOf(record), verdictsOf(record)], [['celine normal'], ['human']]);
  await elise.isHungUp();
  const again = await phone('elise').rings();
  await again.answers();
  await again.hears(question);
  await again.presses('1');
  await other.isTalkingTo(again);
  await other.hangsUp();
  t.same(legsOf(await recordFrom(line, from('silent'))), ['elise not-confirmed', 'elise normal']);
  neverLeftInSilence(t, line, caller, other);
});

t.test('one who keeps talking over the question is not taken for a machine, and takes the call', async (t) => {
  const caller = await call(t, 'talker');
  const didier = await answersWith(await phone('didier').rings(), hello);
  await didier.hearsSound();
  await didier.says(pcm(after(voice(1800, { seed: 8 }), silence(2600), voice(1600, { seed: 9 }))));
  t.notOk(didier.isOver, 'still asked');
  await didier.presses('1');
  await caller.isTalkingTo(didier);
  await caller.hangsUp();
  t.same(legsOf(await recordFrom(line, from('talker'))), ['didier normal']);
  neverLeftInSilence(t, line, caller);
});

t.test('a fax is asked, and rung once more at the end; nothing is joined', async (t) => {
  const caller = await call(t, 'fax');
  for (let time = 1; time <= 2; time++) {
    const fax = await answersWith(await phone('telecopieur').rings(), pcm(after(silence(300), tone(2100, 6000))));
    await fax.isHungUp();
  }
  await caller.hears("Aucun technicien n'a répondu");
  await caller.isHungUp();
  const record = await recordFrom(line, from('fax'));
  t.same(legsOf(record), ['telecopieur not-confirmed', 'telecopieur not-confirmed']);
  t.same(verdictsOf(record), ['tone', 'tone']);
  t.notOk(everHeard(caller, 2100), 'the caller did not hear the fax');
  neverLeftInSilence(t, line, caller);
});

t.test(
  'a switchboard that rings on after answering: rung again, and whoever comes hears the whole question',
  async (t) => {
    const ringing = after(silence(500), tone(440, 1500), silence(3500), tone(440, 1500), silence(3500));
    const caller = await call(t, 'switchboard');
    await (await answersWith(await phone('francois').rings(), pcm(ringing))).isHungUp();
    const ring = await phone('francois').rings();
    await ring.answers();
    await ring.hearsSound();
    await ring.says(pcm(after(silence(500), tone(440, 1500), silence(500))));
    await ring.says(hello);
    await ring.hears("Appel d'astreinte");
    await ring.hears(question);
    await ring.presses('1');
    await caller.isTalkingTo(ring);
    await caller.hangsUp();
    const record = await recordFrom(line, from('switchboard'));
    t.same(legsOf(record), ['francois not-confirmed', 'francois normal']);
    t.equal(record.legs[0]?.verdict, 'tone');
    neverLeftInSilence(t, line, caller);
  },
);

t.test(
  'an assistant that screens calls talks like a machine: rung again at the end, it is heard out, and the owner takes the call',
  async (t) => {
    const caller = await call(t, 'assistant');
    await (await answersWith(await phone('gaelle').rings(), speech(6000))).isHungUp();
    const ring = await answersWith(await phone('gaelle').rings(), speech(6000));
    await ring.hears(question);
    await ring.presses('1');
    await caller.isTalkingTo(ring);
    await caller.hangsUp();
    t.same(legsOf(await recordFrom(line, from('assistant'))), ['gaelle machine', 'gaelle normal']);
    neverLeftInSilence(t, line, caller);
  },
);

t.test(
  "a carrier's announcement before any answer ends as the carrier's cause; nobody is asked, nothing is joined",
  async (t) => {
    phone('hubert').behaves('no sign of life');
    const caller = await call(t, 'early');
    const early = await phone('hubert').rings();
    await early.announces(Int16Array.from([...sine(1234, 800), ...speech(2000)]), 1);
    const ines = await answersWith(await phone('ines').rings(), hello);
    await ines.hears(question);
    await ines.presses('1');
    await caller.isTalkingTo(ines);
    await caller.hangsUp();
    const record = await recordFrom(line, from('early'));
    t.same(legsOf(record), ['hubert unallocated', 'ines normal']);
    t.match(record.legs[0], { answeredAt: undefined, verdict: undefined });
    t.notOk(everHeard(caller, 1234), 'the caller did not hear it');
    t.same(sounds(early.ear.sound), [], 'nothing was said to it');
    neverLeftInSilence(t, line, caller);
  },
);

t.test('an announcement after an answer, with its three tones, is a machine for certain: not rung again', async (t) => {
  const caller = await call(t, 'announced');
  const tones = [950, 1400, 1800].map((hertz) => tone(hertz, 330));
  const spoken = pcm(after(silence(300), ...tones, silence(200), voice(3000), silence(6000)));
  await (await answersWith(await phone('joel').rings(), spoken)).isHungUp();
  await caller.hears("Aucun technicien n'a répondu");
  await caller.isHungUp();
  t.same(legsOf(await recordFrom(line, from('announced'))), ['joel machine']);
  neverLeftInSilence(t, line, caller);
});

t.test('when all is over nothing is left', { buffered: false }, async (t) => {
  t.test('the server dies while it listens: its successor sweeps up, asks, and the call goes on', async (t) => {
    const caller = await call(t, 'killed');
    const karine = await phone('karine').rings();
    await karine.answers();
    await isListenedTo(karine);
    await line.server.kill();
    await line.server.start();
    await karine.hears(question);
    t.same(
      (await everything()).filter((id) => /\.(snoop|media|ear)$/.test(id)),
      [],
      'nothing of the dead one listens on',
    );
    await karine.presses('1');
    await caller.isTalkingTo(karine);
    await caller.hangsUp();
    t.same(legsOf(await recordFrom(line, from('killed'))), ['karine normal']);
  });

  t.test('no channel, no bridge, no error', async (t) => {
    await nobodyIsLeft(line);
    await until('Asterisk holds nothing', async () => (await everything()).length === 0);
    const errors = line.server.log
      .split('\n')
      .filter((text) => /"level":[45]0/.test(text) && /detector|leg/.test(text));
    t.same(errors, [], 'no complaint in the log');
  });
});
