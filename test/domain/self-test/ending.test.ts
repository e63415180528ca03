// What a test sees of its own call: above all whether keys count already, which Twilio does not tell of a question that must be heard to its end.
import t from 'tap';
import { beginCall } from '../../../server/domain/call/begin.ts';
import { viewOf } from '../../../server/domain/self-test/ending.ts';
import { houseOf } from '../call/house.ts';
import { oneFlow } from '../flow/story.ts';

const words = 'Un, deux, trois.';
const flows = (more: string) =>
  oneFlow(`start: choix
nodes:
  choix:
    kind: menu
    say: "${words}"${more}
    keys: { "1": fin }
    no-input: { tries: 2, then: fin }
    wrong-input: { tries: 2, then: fin }
  fin: { kind: hangup, say: Au revoir. }
`);

const asking = (carrier: 'asterisk' | 'twilio', more = '') => {
  const set = flows(more);
  const line = '+33199001000';
  const arrival = { channel: 'x', carrier, called: line, caller: line, at: 0, test: { id: 't1' } };
  const { call } = beginCall(houseOf(set, []), 'c1', arrival);
  return viewOf(call, set, 'essai/fin').asking;
};

t.test('a question that may be interrupted takes keys at once', async (t) => {
  for (const carrier of ['asterisk', 'twilio'] as const) {
    t.match(asking(carrier), { open: true });
    t.equal(asking(carrier)?.afterMs, undefined);
  }
});

t.test('one that must be heard: told at Asterisk, guessed at Twilio, rather too long', async (t) => {
  const patient = '\n    barge-in: false';
  t.match(asking('asterisk', patient), { open: false });
  t.match(asking('twilio', patient), { open: true, afterMs: 1_000 + 90 * words.length });
});
