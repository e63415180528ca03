// A provider that answers late, as one on a busy network does: what leaves when, and in which order, is seen at its door.
import t from 'tap';
import type { Sent, Sms, SmsProvider } from '../../../server/domain/message/port.ts';
import { OrderedSms } from '../../../server/engine/messages/ordered-sms.ts';
import { JumpClock, settled } from '../alerts/house.ts';

/** The other end of the port: it answers when it is told to. */
class Late implements SmsProvider {
  readonly name = 'late';
  readonly seen: string[] = [];
  readonly #answers = new Map<string, (sent: Sent) => void>();
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  send({ id }: Sms): Promise<Sent> {
    this.seen.push(id);
    return new Promise((answer) => this.#answers.set(id, answer));
  }
  answers(id: string, accepted = true): void {
    this.#answers.get(id)?.(accepted ? { accepted, reports: false } : { accepted, why: 'down', again: true });
  }
}

const [karim, lea] = ['+33611111111', '+33622222222'];
const open = () => {
  const [late, clock] = [new Late(), new JumpClock(0)];
  return { late, clock, sms: new OrderedSms(late, clock) };
};

t.test('to one person, one after the other; to others, at once', async (t) => {
  const { late, sms } = open();
  const sent = ['a', 'b', 'c'].map((id) => sms.send({ id, to: karim, text: id }));
  void sms.send({ id: 'd', to: lea, text: 'd' });
  await settled();
  t.same(late.seen, ['a', 'd']);
  late.answers('a', false);
  await settled();
  t.same(late.seen, ['a', 'd', 'b'], 'one that failed keeps nobody back');
  late.answers('b');
  await settled();
  late.answers('c');
  t.same(
    (await Promise.all(sent)).map(({ accepted }) => accepted),
    [false, true, true],
    'each gets its own answer',
  );
  void sms.send({ id: 'e', to: karim, text: 'e' });
  t.equal(late.seen.at(-1), 'e', 'afterwards at once again');
});

t.test('a provider that hangs keeps the next one back for two seconds, not longer', async (t) => {
  const { late, clock, sms } = open();
  for (const id of ['a', 'b']) void sms.send({ id, to: karim, text: id });
  clock.advance(1999);
  await settled();
  t.same(late.seen, ['a']);
  clock.advance(1);
  await settled();
  t.same(late.seen, ['a', 'b']);
});
