// The keys that lead to each leaf are found by walking the real engine; what keys alone do not reach is known as such.
import t from 'tap';
import { leavesOf } from '../../../server/domain/self-test/leaves.ts';
import { type Input, waysTo } from '../../../server/domain/self-test/ways.ts';
import { oneFlow } from '../flow/story.ts';

const line = '+33199001000';
const at = Date.UTC(2026, 10, 24, 10);
const never = () => Promise.reject(new Error('asked'));
const keys = (inputs: readonly Input[] | undefined) => inputs?.map(({ keys }) => keys).join(' ');

const set = oneFlow(
  `start: choix
tables:
  codes: { csv: codes.csv, key: code, columns: { planning: text } }
  client: { http: "http://127.0.0.1:1/{key}", columns: { niveau: text } }
nodes:
  choix:
    kind: menu
    say: Un, deux, trois.
    keys: { "1": code, "2": client, "3": vip, "4": secret }
    no-input: { tries: 2, then: silence }
    wrong-input: { tries: 2, then: silence }
  code:
    kind: collect
    say: Votre code, puis dièse.
    into: code
    length: { min: 3, max: 6 }
    confirm: true
    no-input: { tries: 2, then: silence }
    wrong-input: { tries: 2, then: silence }
    then: cherche
  cherche: { kind: look-up, table: codes, key: "{code}", found: connu, not-found: inconnu }
  connu: { kind: dial, levels: [{ planning: "{planning}" }], exits: { no-answer: fin, empty-planning: fin, carrier-failure: fin } }
  inconnu: { kind: message, say: Laissez un message., then: fin }
  client: { kind: look-up, table: client, key: "{caller}", found: froid, not-found: fin, failed: fin }
  froid: { kind: dial, levels: [{ planning: froid }], exits: { no-answer: fin, empty-planning: fin, carrier-failure: fin } }
  vip:
    kind: switch
    cases: [{ caller-in: vip, then: pour-vip }]
    else: fin
  pour-vip: { kind: transfer, number: "01 99 00 30 40", exits: { no-answer: fin, carrier-failure: fin } }
  secret: { kind: pin, say: Votre code., then: rappel, refused: fin }
  rappel: { kind: call-back, nobody: fin, exits: { no-answer: fin, carrier-failure: fin } }
  silence: { kind: hangup, say: Nous n'entendons rien. }
  fin: { kind: hangup, say: Au revoir. }
`,
  [{ file: 'codes.csv', text: 'code,planning\n7777,froid\n8888,froid\n' }],
);

t.test('each leaf with the fewest keys', async (t) => {
  const ways = await waysTo(set, { called: line, caller: line, at }, never);
  t.equal(keys(ways.get('essai/connu')), '1 7777# 1', 'a number that the table knows, its end, and the read-back');
  t.equal(keys(ways.get('essai/inconnu')), '1 77770# 1', 'and one that it does not know');
  t.equal(keys(ways.get('essai/silence')), ' ', 'nothing, twice');
  t.equal(keys(ways.get('essai/fin')), '3');
  t.same(
    ways.get('essai/connu')?.map(({ node }) => node),
    ['essai/choix', 'essai/code', 'essai/code'],
    'each key with the question that it answers',
  );
});

t.test('what keys alone do not reach', async (t) => {
  const ways = await waysTo(set, { called: line, caller: line, at }, never);
  const told = leavesOf(set, line).filter((leaf) => !ways.has(leaf));
  t.same(told.sort(), ['essai/froid', 'essai/pour-vip', 'essai/rappel']);
  t.same(leavesOf(set, '+33100000000'), [], 'a number that is none of ours has no leaf');
  t.equal((await waysTo(set, { called: '+33100000000', caller: line, at }, never)).size, 0);
});

t.test('a service is asked what it would say of us, and not by the hundred', async (t) => {
  const asked: unknown[] = [];
  const ways = await waysTo(set, { called: line, caller: line, at }, async (what) => {
    asked.push(what.key);
    return { niveau: 'or' };
  });
  t.equal(keys(ways.get('essai/froid')), '2');
  t.same(asked, [line], 'once; and a PIN is never tried');
});
