// What calls teach of phones, from real records in a real database to the words that a planner reads.
import { join } from 'node:path';
import t from 'tap';
import { who } from '../../server/cli/who.ts';
import { machineFindings, notesIn } from '../../server/doctor/voicemail.ts';
import { hangup } from '../../server/domain/telephony/hangup.ts';
import type { FinishedCall, LegRecord } from '../../server/store/record.ts';
import { openStore } from '../../server/store/store.ts';

const now = Date.UTC(2026, 10, 21, 12);
const day = 86_400_000;
const elsa = '+33639980005';

type Answer = { daysAgo: number; number?: string; rangMs?: number; by: 'machine' | 'person' | 'nobody' };

const leg = (id: string, { daysAgo, number = elsa, rangMs = 12_000, by }: Answer): LegRecord => {
  const at = now - daysAgo * day;
  const { cause, whose } = hangup(by === 'machine' ? 'machine' : by === 'person' ? 'normal' : 'no-answer');
  return {
    leg: `${id}.l1`,
    person: 'elsa',
    name: 'Elsa',
    number,
    trunk: 'a',
    startedAt: at,
    rangMs,
    endedAt: at,
    cause,
    ...(by === 'nobody' ? {} : { answeredAt: at }),
    ...(by === 'person' ? { takenAt: at } : {}),
    ...(by === 'machine' ? { verdict: 'machine' as const } : {}),
    whose,
  };
};

/** A database in which these legs are on record, oldest first. */
async function recorded(dir: string, answers: readonly Answer[]): Promise<string> {
  const file = join(dir, 'vigie.db');
  const store = openStore(file);
  if (!store.ok) throw new Error(store.problems[0]?.message);
  for (const [index, answer] of answers.entries()) {
    const id = `c${index}`;
    const at = now - answer.daysAgo * day;
    const call: FinishedCall = {
      id,
      carrier: 'asterisk',
      called: '+33199001000',
      caller: '',
      startedAt: at,
      endedAt: at,
      outcome: 'told',
      flowVersion: 'f',
      path: [],
      legs: [leg(id, answer)],
      values: {},
      notes: [],
    };
    store.value.journal.end(call);
  }
  await store.value.ship();
  store.value.close();
  return file;
}

const machine = (daysAgo: number, rangMs?: number): Answer => ({
  daysAgo,
  by: 'machine',
  ...(rangMs ? { rangMs } : {}),
});
const person = (daysAgo: number): Answer => ({ daysAgo, by: 'person' });

t.test('a note for a phone that a machine answers time and again', async (t) => {
  const file = await recorded(t.testdir(), [machine(5, 9000), machine(4, 12_400), person(3), machine(1, 15_000)]);
  t.same(await notesIn(file, now), [
    { person: 'elsa', name: 'Elsa', number: elsa, seconds: 12, machines: 3, answered: 4, lastAt: now - day },
  ]);
});

t.test('no note without reason', async (t) => {
  const none = async (why: string, ...answers: Answer[]) =>
    t.same(await notesIn(await recorded(t.testdir(), answers), now), [], why);
  await none('once', machine(1));
  await none('mostly a person', person(6), machine(5), person(4), machine(3), person(2));
  await none('long ago', machine(100), machine(95));
  await none('switched off since', ...[9, 8, 7].map((ago) => machine(ago)), ...[5, 4, 3, 2, 1].map(person));
  await none('two phones, one time each', machine(2), { ...machine(1), number: '+33639980006' });
  await none('nobody answered', { daysAgo: 1, by: 'nobody' }, { daysAgo: 2, by: 'nobody' });
  t.same(await notesIn(join(t.testdirName, 'no-such.db'), now), [], 'no database yet');
});

t.test('the doctor warns, with the mend; `who` says it under the person', async (t) => {
  const file = await recorded(t.testdir(), [machine(2), machine(1)]);
  const [finding, ...more] = await machineFindings(file, now);
  t.same(more, []);
  t.match(finding, { state: 'warning', check: 'voicemail' });
  t.match(finding?.says.fr, 'après 12 s (2 fois sur 2)');
  t.match(finding?.mend?.fr, 'moins de 12 s');
  const files = [
    { file: 'people.yaml', text: `elsa: { name: Elsa, phones: ["${elsa}", "+33639980006"] }\n` },
    {
      file: 'garde.yaml',
      text: 'name: Garde\nrotations:\n  - { name: toujours, start: 2026-01-01, turns: [[elsa]] }\n',
    },
  ];
  const said: string[] = [];
  const io = {
    out: (text: string) => said.push(text),
    err: (text: string) => said.push(text),
    now: () => now,
    readPlanningFiles: async () => files,
    machineNotes: () => notesIn(file, now),
  };
  t.equal(await who(['garde'], io), 0);
  t.match(said.join('\n'), 'à noter : au +33639980005, une messagerie répond après 12 s (2 fois sur 2)');
  said.splice(0);
  t.equal(await who(['garde', '--json'], io), 0);
  t.match(JSON.parse(said.join('\n')), { people: [{ machines: [{ number: elsa, seconds: 12 }] }] });
});
