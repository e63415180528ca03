// `vigie calls` and `vigie call` over a real ledger: what a person reads, what a program reads, and every wrong use.
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { problemText, type Result } from '../../server/base/result.ts';
import { type CallsIo, call, calls } from '../../server/cli/calls.ts';
import { story } from '../../server/cli/story.ts';
import { causes, frenchDuration, frenchNumber } from '../../server/domain/call/words.ts';
import { hangup } from '../../server/domain/telephony/hangup.ts';
import type { FinishedCall, LegRecord } from '../../server/store/record.ts';
import { openStore } from '../../server/store/store.ts';

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
};

/** 2026-11-21 03:12:04 in Paris. */
const night = Date.UTC(2026, 10, 21, 2, 12, 4);
const after = (seconds: number) => night + seconds * 1000;

const leg = (more: Partial<LegRecord> & Pick<LegRecord, 'leg'>): LegRecord => ({
  person: 'lea',
  name: 'Léa Martin',
  number: '+33639980002',
  trunk: 'carrier-a',
  startedAt: after(11),
  rangMs: 0,
  endedAt: after(12),
  cause: 'busy',
  whose: 'callee',
  ...more,
});

const told: FinishedCall = {
  id: 'c0001aaa',
  carrier: 'asterisk',
  called: '+33199001000',
  caller: '+33612345678',
  startedAt: night,
  answeredAt: after(0.2),
  endedAt: after(277),
  outcome: 'talked',
  who: 'karim',
  talkSeconds: 252,
  flowVersion: 'f1',
  planningVersion: 'p1',
  path: [
    { at: after(0.2), flow: 'accueil', node: 'machine', kind: 'menu' },
    { at: after(2), flow: 'accueil', node: 'machine', kind: 'menu', keyed: '9', note: 'wrong input' },
    { at: after(4), flow: 'accueil', node: 'machine', kind: 'menu', note: 'no input' },
    { at: after(5), flow: 'accueil', node: 'machine', kind: 'menu', keyed: '1', note: 'presse' },
    { at: after(9), flow: 'accueil', node: 'contrat', kind: 'look-up', note: 'not found' },
    { at: after(9), flow: 'accueil', node: 'tri', kind: 'switch', note: 'case 2' },
    { at: after(10), flow: 'presses', node: 'astreinte', kind: 'dial' },
  ],
  legs: [
    leg({ leg: 'c0001aaa.l1' }),
    leg({
      leg: 'c0001aaa.l2',
      person: 'paul',
      name: 'Paul Garnier',
      number: '+33639980005',
      startedAt: after(12),
      endedAt: after(13),
      cause: 'congestion',
      whose: 'carrier',
      detail: 'SIP 503',
    }),
    leg({
      leg: 'c0001aaa.l3',
      person: 'karim',
      name: 'Karim Haddad',
      number: '+33639980001',
      startedAt: after(13),
      rangMs: 6000,
      answeredAt: after(20),
      takenAt: after(25),
      endedAt: after(277),
      cause: 'normal',
    }),
  ],
  values: { machine: 'presse', contrat: null, client: 'ACME\u001b[31m' },
  notes: ['une note'],
};

const short = (id: string, seconds: number, more: Partial<FinishedCall> = {}): FinishedCall => ({
  id,
  carrier: 'asterisk',
  called: '+33199001000',
  caller: '',
  startedAt: after(seconds),
  endedAt: after(seconds + 3),
  outcome: 'hung-up',
  flowVersion: 'f1',
  path: [],
  legs: [],
  values: {},
  notes: [],
  ...more,
});

/** A ledger with these calls, and the commands run over it as a person would. */
async function config(dir: string, records: FinishedCall[]) {
  const file = join(dir, 'v.db');
  const store = must(openStore(file));
  for (const record of records) store.journal.end(record);
  await store.ship();
  store.close();
  return async (command: typeof calls, ...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const io: CallsIo = {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      now: () => after(3600),
      openLedger: () => openStore(file, { as: 'visit' }),
    };
    const code = await command(args, io);
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
}

t.test('the story of a call, as a person would tell it', async (t) => {
  const run = await config(t.testdir(), [told]);
  const { code, out, err } = await run(call, 'aaa');
  t.equal(code, 0);
  t.equal(err, '');
  t.same(out.split('\n'), [
    'Appel c0001aaa, samedi 21 nov. 2026 03:12 (Europe/Paris)',
    '  03:12:04  +  0.0 s  06 12 34 56 78 appelle le 01 99 00 10 00.',
    '  03:12:06  +  2.0 s  tape 9 : saisie refusée.',
    '  03:12:08  +  4.0 s  ne tape rien (machine).',
    '  03:12:09  +  5.0 s  tape 1 (presse).',
    '  03:12:13  +  9.0 s  contrat : introuvable dans la table.',
    '  03:12:14  + 10.0 s  on cherche quelqu’un (presses/astreinte).',
    '  03:12:15  + 11.0 s  on sonne Léa Martin (06 39 98 00 02) par carrier-a : occupé.',
    '  03:12:16  + 12.0 s  on sonne Paul Garnier (06 39 98 00 05) par carrier-a : opérateur saturé (SIP 503).',
    '  03:12:17  + 13.0 s  on sonne Karim Haddad (06 39 98 00 01) par carrier-a : décroche au bout de 7 s.',
    '  03:12:29  + 25.0 s  Karim Haddad prend l’appel (touche 1). Ils parlent 4 min 12 s.',
    '  03:16:41  +277.0 s  Fin au bout de 4 min 37 s : Karim Haddad a parlé au demandeur.',
    '  Saisi et trouvé : machine = presse, client = ACME [31m',
    '  Note : une note',
    '  Versions : flux f1, planning p1',
  ]);
  t.same(await run(call, 'last'), { code, out, err }, '"last" is the latest');
});

t.test('every way a leg and a call can end has its sentence', async (t) => {
  const last = (more: Partial<FinishedCall>) => story({ ...told, ...more }).at(-1)?.text;
  t.match(last({ outcome: 'message', recording: 'm.wav' }), /message est enregistré \(m\.wav\)/);
  t.match(last({ outcome: 'told' }), /demandeur a été informé/);
  t.match(last({ outcome: 'hung-up' }), /a raccroché avant/);
  t.match(last({ outcome: 'lost' }), /perdu/);
  const of = (more: Partial<LegRecord>) => story({ ...told, path: [], legs: [leg({ leg: 'x', ...more })] })[1]?.text;
  t.match(of({ cause: 'no-answer', rangMs: 25_000 }), /: pas de réponse après 25 s\.$/);
  t.match(of({ cause: 'declined', answeredAt: after(12) }), /: refuse \(touche 2\)\.$/);
  t.match(of({ cause: 'declined' }), /: refuse\.$/);
  t.match(of({ cause: 'unknown', whose: 'unknown', detail: 'SIP 699' }), /: échec inexpliqué \(SIP 699\)\.$/);
  const transfer = story({ ...told, path: [], legs: [leg({ leg: 'x', answeredAt: after(15), takenAt: after(15) })] });
  t.match(transfer[2]?.text, /^Léa Martin prend l’appel\. Ils/, 'joined as it answered: no key');
  for (const cause of Object.keys(causes) as (keyof typeof causes)[]) {
    t.match(of(hangup(cause)), /^on sonne .* : [^ .].*\.$/, cause);
  }
  const visit = (note: string, kind = 'message') =>
    story({ ...told, legs: [], path: [{ at: after(1), flow: 'f', node: 'n', kind, note }] })
      .slice(1, -1)
      .map(({ text }) => text);
  t.same(visit('message of 75 s'), ['laisse un message de 1 min 15 s.']);
  t.same(visit('no message'), ['ne laisse pas de message.']);
  t.same(visit('failed: no answer in 2 s', 'look-up'), ['n : la table n’a pas répondu (no answer in 2 s).']);
  t.same(visit('else', 'switch'), []);
  t.same(visit('anything new'), ['n : anything new']);
  t.same(visit('found', 'a kind of tomorrow'), ['n : found'], 'a record of a server that knew more kinds');
});

t.test('words', async (t) => {
  t.equal(frenchNumber(''), 'numéro masqué');
  t.equal(frenchNumber('+3222222222'), '+3222222222');
  t.same([0, 9_600, 60_000, 3_720_000].map(frenchDuration), ['0 s', '10 s', '1 min 00 s', '1 h 02 min']);
});

t.test('the list: for a person, a spreadsheet and a program', async (t) => {
  const nasty = short('c0003', 60, {
    outcome: 'told',
    caller: '=HYPERLINK("http://x")',
    path: [{ at: after(61), flow: 'f', node: 'a,"b"\n', kind: 'menu', keyed: '1' }],
  });
  const run = await config(t.testdir(), [nasty, told, short('c0002', 30)]);
  const text = await run(calls);
  t.equal(text.code, 0);
  t.match(text.out.split('\n'), [
    /^2026-11-21 03:12:04 {2}c0001aaa {2}06 12 34 56 78 → 01 99 00 10 00 {2}mis en relation : Karim Haddad 4 min 12 s$/,
    /^2026-11-21 03:12:34 {2}c0002 {2}numéro masqué → 01 99 00 10 00 {2}a raccroché$/,
    /c0003 .*informé$/,
  ]);
  const table = await run(calls, '--csv');
  const rows = parse(table.out, { columns: true }) as Record<string, string>[];
  t.same(
    rows.map(({ id }) => id),
    ['c0001aaa', 'c0002', 'c0003'],
  );
  t.match(rows[0], {
    started: '2026-11-21T02:12:04.000Z',
    caller: '+33612345678',
    name: 'Karim Haddad',
    talk_seconds: '252',
    path: /^accueil\/machine > accueil\/machine=9/,
    rung: 'lea +33639980002 carrier-a busy > paul +33639980005 carrier-a congestion > karim +33639980001 carrier-a normal',
  });
  t.match(rows[2], { caller: '\'=HYPERLINK("http://x")', path: 'f/a,"b"\n=1' }, 'no formula, and the quotes hold');
  const json = JSON.parse((await run(calls, '--json')).out);
  t.equal(json.length, 3);
  t.match(json[0], {
    startedAt: '2026-11-21T02:12:04.000Z',
    path: [{ at: '2026-11-21T02:12:04.200Z' }],
    legs: [{}, { detail: 'SIP 503' }, { takenAt: '2026-11-21T02:12:29.000Z', rangMs: 6000 }],
    values: told.values,
  });
  t.same(JSON.parse((await run(call, 'c0001aaa', '--json')).out), { ...json[0], sms: [] });
});

t.test('since: ages, dates and instants', async (t) => {
  const run = await config(t.testdir(), [told, short('c0002', 1800), short('c0003', 3500)]);
  const ids = async (since: string) =>
    (JSON.parse((await run(calls, '--since', since, '--json')).out) as FinishedCall[]).map(({ id }) => id);
  const all = ['c0001aaa', 'c0002', 'c0003'];
  t.same(await ids('30min'), ['c0002', 'c0003']);
  t.same(await ids('2h'), all);
  t.same(await ids('1j'), all);
  t.same(await ids('2026-11-21'), all);
  t.same(await ids('2026-11-21 03:30'), ['c0002', 'c0003'], 'the time of the clock in Paris');
  t.same(await ids('2026-11-21T03:00:00Z'), ['c0003']);
  t.same(await run(calls, '--since', '2027-01-01'), { code: 0, out: '', err: 'aucun appel (no call)' });
  t.same(JSON.parse((await run(calls, '--since', '2027-01-01', '--json')).out), []);
  t.match((await run(calls, '--since', '2027-01-01', '--csv')).out, /^id,started,/);
});

t.test('more calls than a screen holds', async (t) => {
  const run = await config(
    t.testdir(),
    Array.from({ length: 451 }, (_, n) => short(`c${n}`, n)),
  );
  const some = await run(calls);
  t.equal(some.out.split('\n').length, 50);
  t.match(some.out, / c450 /);
  t.match(some.err, /les 50 derniers/);
  const all = await run(calls, '--since', '1d');
  t.equal(all.out.split('\n').length, 451);
  t.equal(all.err, '');
});

t.test('wrong use and what is not there', async (t) => {
  const run = await config(t.testdir(), [told, short('c0002aaa', 5)]);
  t.match(await run(calls, '--since', 'tomorrow'), { code: 2, err: /"tomorrow" is not a time; write 24h/ });
  t.match(await run(calls, '--csv', '--json'), { code: 2, err: /either --csv or --json/ });
  t.match(await run(calls, '--nope'), { code: 2, err: /Unknown option '--nope'; usage/ });
  t.match(await run(calls, 'stray'), { code: 2, err: /usage: vigie calls/ });
  t.match(await run(call), { code: 2, err: /say which call; usage: vigie call ID/ });
  t.match(await run(call, 'a', 'b'), { code: 2, err: /one call at a time/ });
  t.match(await run(call, 'aaa'), { code: 2, err: /several calls end in "aaa": c0001aaa, c0002aaa/ });
  t.match(await run(call, 'zzz'), { code: 1, out: '', err: /no call "zzz" is on record/ });
  const none: CallsIo = {
    out: () => t.fail('nothing to say'),
    err: (text) => t.match(text, /there is no database yet \(start the line first/),
    now: () => 0,
    openLedger: () => openStore(join(t.testdir(), 'none.db'), { as: 'visit' }),
  };
  t.equal(await calls([], none), 1);
  t.equal(await call(['x'], none), 1);
});
