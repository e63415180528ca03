// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the grammar.
// What a technician hears and keys after the PIN: the call log, a duty taken; the PIN that stands in no saved state.
import t from 'tap';
import { examineFlows } from '../../../server/domain/flow/load.ts';
import { momentWords } from '../../../server/domain/flow/moments.ts';
import { promptsOf } from '../../../server/domain/flow/prompts.ts';
import { enterFlow, type FlowEvent, type FlowSet, resumeFlow, stepFlow } from '../../../server/domain/flow/step.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { Values } from '../../../server/domain/telephony/names.ts';
import { heard } from './story.ts';

const lines = 'lines: [{ number: "+33 1 99 00 10 00", name: Dépannage, flow: f }]\n';
const read = (nodes: string, language = 'fr') =>
  examineFlows(
    [
      { file: 'lines.yaml', text: lines },
      {
        file: 'f.yaml',
        text: `language: ${language}\nstart: code\nnodes:\n  code: { kind: pin, say: Code., then: a, refused: fin }\n${nodes}\n  fin: { kind: hangup, say: Merci. }\n`,
      },
    ],
    { plannings: new Set(['presses', 'froid']), people: new Set(['lea']) },
  );
const setOf = (nodes: string, language?: string): FlowSet => {
  const { set, findings } = read(nodes, language);
  if (!set || findings.some(({ severity }) => severity === 'error'))
    throw new Error(findings.map(({ line, message }) => `${line} ${message}`).join('\n'));
  return set;
};

/** Wednesday 25 November 2026, 18:14 in Paris. */
const now = Date.UTC(2026, 10, 25, 17, 14);

function technician(set: FlowSet) {
  let n = 0;
  const mint = () => `c1.e${++n}`;
  let step = enterFlow(set, { called: '+33199001000', caller: '+33639980001', at: now }, mint);
  const all: Effect[] = [...step.effects];
  const trail = [...step.trail];
  const event = (given: object) => {
    step = stepFlow(set, step.state, { ...given, at: now } as FlowEvent, mint);
    all.push(...step.effects);
    trail.push(...step.trail);
  };
  const last = <T extends Effect['type']>(type: T) =>
    all.findLast((one) => one.type === type) as Extract<Effect, { type: T }>;
  const self = {
    trail,
    state: () => step.state,
    want: () => step.then,
    node: () => step.state.node,
    asked: () => last('look-up'),
    hears: () => heard(last('gather').prompts),
    count: (type: Effect['type']) => all.filter((one) => one.type === type).length,
    event,
    is: (found: Values | null) => event({ type: 'looked-up', request: last('look-up').id, found }),
    presses: (digits: string) => event({ type: 'digits', digits }),
    waits: () => event({ type: 'timer', name: last('start-timer').name }),
    restarts: () => {
      // What is saved has no secrets.
      const saved = JSON.parse(JSON.stringify(step.state, (key, value) => (key === 'secret' ? undefined : value)));
      step = resumeFlow(set, saved, now, mint);
      all.push(...step.effects);
    },
    proves: () => {
      for (const digit of '739154#') self.presses(digit);
      self.is({ person: 'karim', name: 'Karim', last: '+33611111111' });
      return self;
    },
  };
  return self;
}

const log = `  a: { kind: call-log, most: 4, then: rappel, none: fin }
  rappel: { kind: call-back, nobody: fin, exits: { no-answer: fin, carrier-failure: fin } }`;
const calls = {
  count: 5,
  id1: '+33612345678',
  name1: 'Dépannage',
  at1: now - 9 * 60_000,
  id2: '',
  name2: 'Dépannage',
  at2: now - 20 * 3_600_000,
  id3: '',
  name3: 'Dépannage\n+33899123456',
  at3: now - 4 * 86_400_000,
  id4: '+4930123456',
  name4: '',
  at4: now - 30 * 86_400_000,
  id5: '+33655555555',
  name5: 'Dépannage',
  at5: now - 31 * 86_400_000,
};

t.test('the call log: newest first, numbers spelled, who cannot be called has no key', (t) => {
  const call = technician(setOf(log)).proves();
  t.match(call.asked(), { table: '@calls', key: 'karim' });
  call.is(calls);
  t.equal(
    call.hears(),
    [
      "Touche 1. aujourd'hui à 18 heures 05, ligne Dépannage. 0 6 1 2 3 4 5 6 7 8",
      'hier à 22 heures 14, ligne Dépannage. Numéro masqué : il ne peut pas être rappelé.',
      'samedi 21 novembre à 18 heures 14, ligne Dépannage. 0 8 9 9 1 2 3 4 5 6 Ce numéro ne peut pas être rappelé.',
      // Winter time has come in between.
      'Touche 4. lundi 26 octobre à 18 heures 14. 0 0 4 9 3 0 1 2 3 4 5 6',
      'Pour réécouter, étoile. Pour revenir, 0.',
    ].join(' '),
  );
  call.presses('4');
  t.match(call.want(), { want: 'dial', spec: { levels: [{ target: { number: '+4930123456' } }], show: 'line' } });
  t.match(call.trail.at(-1)?.note, /calls back \+4930123456/);
  t.end();
});

t.test('keys that choose nobody, silence, star, 0: never a number that was keyed', (t) => {
  const set = setOf(log);
  const call = technician(set).proves();
  call.is(calls);
  for (const key of ['2', '3', '5']) call.presses(key);
  t.equal(call.node(), 'fin', 'three wrong keys; the fifth call was not told');
  const hears = technician(set).proves();
  hears.is(calls);
  hears.presses('*');
  t.equal(hears.count('gather'), 3, 'code, list, list');
  hears.presses('0');
  t.equal(hears.node(), 'fin');
  const silent = technician(set).proves();
  silent.is(calls);
  silent.waits();
  t.equal(silent.node(), 'a', 'asked again');
  silent.waits();
  t.equal(silent.node(), 'fin');
  const nobody = technician(set).proves();
  nobody.is({ count: 0 });
  t.equal(nobody.node(), 'fin');
  const lost = technician(set).proves();
  lost.is(null);
  t.equal(lost.node(), 'fin');
  const late = technician(set).proves();
  late.event({ type: 'looked-up', request: 'c1.e99', found: calls });
  t.equal(late.node(), 'a', 'an answer to another question is none');
  const again = technician(set).proves();
  again.is(calls);
  again.restarts();
  again.is({ ...calls, id1: '+33677777777' });
  again.presses('1');
  t.match(
    again.want(),
    { spec: { levels: [{ target: { number: '+33677777777' } }] } },
    'after a restart it is told anew',
  );
  t.end();
});

t.test('without a PIN there is no log and no duty', (t) => {
  const set = setOf('  a: { kind: hangup }');
  const open = {
    ...set,
    flows: {
      f: {
        ...set.flows.f,
        start: 'x',
        nodes: {
          x: { kind: 'call-log', most: 5, wait: 6, then: 'y', none: 'z' },
          y: { kind: 'hangup', reason: 'normal' },
          z: { kind: 'hangup', reason: 'normal' },
        },
      },
    },
  } as unknown as FlowSet;
  const call = technician(open);
  t.equal(call.count('look-up'), 0);
  t.equal(call.node(), 'z');
  t.end();
});

t.test('in English, and all fixed words are made ahead', (t) => {
  const set = setOf(log, 'en');
  const call = technician(set).proves();
  call.is(calls);
  t.match(call.hears(), /^Key 1\. today at 18:05, line Dépannage\. 0 6 1 2/);
  t.match(call.hears(), /Hidden number: it cannot be called back\./);
  const texts = promptsOf(set).flatMap((prompt) => (prompt.kind === 'text' ? [prompt.text] : []));
  for (const text of ['Key 9.', 'To hear this again, star. To go back, 0.']) t.ok(texts.includes(text), text);
  t.end();
});

t.test('a duty: one of the plannings that name the technician, until its next hand-off', (t) => {
  const set = setOf(`  a: { kind: take-duty, then: dit, none: fin }
  dit: { kind: say, say: "Vous êtes d'astreinte sur {garde}, jusqu'à {fin}.", then: fin }`);
  const duties = {
    count: 2,
    id1: 'presses',
    name1: 'Presses',
    at1: now + 14 * 3_600_000,
    id2: 'froid',
    name2: 'Froid',
    at2: now + 5 * 86_400_000,
  };
  const call = technician(set).proves();
  t.match(call.asked(), { table: '@duties', key: 'karim ' });
  call.is(duties);
  t.match(call.hears(), /^Touche 1\. Prendre l'astreinte Presses, jusqu'à : demain à 8 heures 14\. Touche 2\./);
  call.presses('2');
  t.match(call.asked(), { table: '@take-duty', key: 'karim froid' });
  call.is({ planning: 'froid', name: 'Froid', until: now + 5 * 86_400_000 });
  t.equal(call.node(), 'dit');
  t.strictSame([call.state().values.garde, call.state().values.fin], ['Froid', 'lundi 30 novembre à 18 heures 14']);
  t.match(call.trail.map(({ note }) => note).join(), /takes the duty of froid until 2026-11-30T17:14:00/);
  const refused = technician(set).proves();
  refused.is(duties);
  refused.presses('1');
  refused.is(null);
  t.equal(refused.node(), 'fin', 'the house says no');
  const none = technician(set).proves();
  none.is({ count: 0 });
  t.equal(none.node(), 'fin');
  t.match(
    read('  a: { kind: take-duty, planning: press, then: fin, none: fin }')
      .findings.map(({ message }) => message)
      .join(),
    /there is no planning "press"/,
  );
  t.match(read('  a: { kind: call-log, most: 10, then: fin, none: fin }').findings[0]?.message, /from 1 to 9/);
  t.end();
});

t.test('a code that is being keyed stands in no saved state, and tries count over the whole call', (t) => {
  const set = setOf('  a: { kind: hangup }');
  const call = technician(set);
  for (const digit of '739154') call.presses(digit);
  const { doing } = call.state();
  t.equal('digits' in doing && doing.digits, '');
  t.notMatch(JSON.stringify(call.trail), /739154|keyed/);
  call.restarts();
  call.presses('#');
  t.equal(call.count('look-up'), 0, 'after a restart it is keyed anew');
  const looped = structuredClone(setOf('  a: { kind: hangup }'));
  const { nodes } = looped.flows.f as { nodes: Record<string, object> };
  nodes.out = { kind: 'hangup', reason: 'normal' };
  nodes.code2 = { ...nodes.code, refused: 'out' };
  nodes.code = { ...nodes.code, refused: 'code2' };
  const again = technician(looped);
  for (let i = 0; i < 3; i++) {
    for (const digit of '111111#') again.presses(digit);
    again.is(null);
  }
  t.equal(again.node(), 'out', 'a flow that asks again gives no new tries');
  t.end();
});

t.test('moments as they are said, over midnight and clock changes', (t) => {
  const say = (at: number, from = now, language = 'fr') => momentWords(at, from, 'Europe/Paris', language);
  t.equal(say(Date.UTC(2026, 10, 24, 23, 0)), "aujourd'hui à 0 heure");
  t.equal(say(Date.UTC(2026, 10, 24, 22, 59)), 'hier à 23 heures 59');
  t.equal(say(Date.UTC(2026, 10, 1, 0, 5)), 'dimanche 1er novembre à 1 heure 05');
  t.equal(say(Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)), "aujourd'hui à 2 heures 30");
  t.equal(say(Date.UTC(2026, 10, 26, 7), now, 'en'), 'tomorrow at 8:00');
  t.equal(say(Date.UTC(2026, 10, 1, 0, 5), now, 'en-GB'), 'Sunday 1 November at 1:05');
  t.end();
});
