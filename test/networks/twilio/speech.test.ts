// Callers who speak, on the loopback Twilio: the flow's word lists take their way; keys, silence, mumbling and guesses take theirs.
import t from 'tap';
import { recordFrom } from '../../line/scene.ts';
import { startTwilioLine } from './start.ts';

const line = await startTwilioLine({
  flows: 'test/networks/twilio/speech-flows',
  plannings: 'test/line/alert-plannings',
});
t.teardown(() => line.stop());
const { network } = line;
const question = 'Dites en quelques mots';
let last = 33612350000;

type Said = { words?: string; confidence?: number; language?: string; key?: string; early?: true };
const stories: [what: string, said: Said, hears: string, dit: string][] = [
  ['a word of a list', { words: "il y a une fuite d'eau" }, 'Nous traitons votre urgence', "Il y a une fuite d'eau."],
  ['before the question is over', { words: 'un incendie', early: true }, 'Nous traitons votre urgence', 'Un incendie.'],
  ['of another list', { words: 'je veux ma facture' }, 'Le service des factures', 'Je veux ma facture.'],
  ['denied', { words: "ce n'est pas urgent" }, 'Votre demande est notée', "Ce n'est pas urgent."],
  ['no word of any list', { words: 'bonjour monsieur' }, 'Votre demande est notée', 'Bonjour monsieur.'],
  ['a guess is no answer', { words: 'une fuite', confidence: 0.2 }, 'Votre demande est notée', 'Une fuite.'],
  ['0 says that it is not known', { words: 'une fuite', confidence: 0 }, 'Nous traitons votre urgence', 'Une fuite.'],
  ['in another language', { words: 'there is a leak', language: 'en-GB' }, 'Votre demande est notée', 'Uh.'],
  ['a mumble', { words: '' }, "Nous n'avons rien entendu", ''],
  ['nothing', {}, "Nous n'avons rien entendu", ''],
  ['a key instead', { key: '1' }, "Nous n'avons rien entendu", ''],
];

for (const [what, { words, key, early, ...how }, hears, dit] of stories)
  t.test(`said: ${what}`, async (t) => {
    const from = `+${++last}`;
    const caller = await network.call({ from, to: '+33199003001' });
    await caller.hears(question, { whole: !early });
    if (words !== undefined) await caller.speaks(words, how);
    if (key) await caller.presses(key);
    await caller.hears(hears);
    await caller.isHungUp();
    const { values, outcome } = await recordFrom(line, from);
    t.same({ dit: values.dit, outcome }, { dit, outcome: 'told' });
    t.ok(caller.longestSilence() < 8);
  });

t.test('every document and request was one that Twilio takes', async (t) => {
  t.same(network.violations, []);
});
