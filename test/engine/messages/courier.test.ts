// What is sent and cannot be noted: on a disk that refuses, a message leaves once, its note is kept and written later, and none is lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { silentLog } from '../../../server/base/log.ts';
import type { Sent } from '../../../server/domain/message/port.ts';
import { Inbox } from '../../../server/engine/inbox.ts';
import { Courier } from '../../../server/engine/messages/courier.ts';
import { RecordedSms } from '../../../server/engine/messages/recorded-sms.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { openStore } from '../../../server/store/store.ts';
import { Disk } from '../alerts/disk.ts';
import { JumpClock, Provider, pass, settled } from '../alerts/house.ts';

const parcel = { by: 'ticket', tool: 'x', body: '{}' } as const;
const taken: Sent = { accepted: true, reports: false, reference: 'T-1' };
const down: Sent = { accepted: false, why: 'down', again: true };

function office(t: Test) {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-courier-'));
  const opened = openStore(join(dir, 'vigie.db'));
  if (!opened.ok) throw new Error('no database');
  const disk = new Disk();
  const store = disk.through(opened.value);
  const clock = new JumpClock();
  const office = {
    store,
    disk,
    clock,
    sent: [] as string[],
    done: [] as string[],
    recovered: [] as string[],
    answer: async (): Promise<Sent> => taken,
    /** A server, and after it the next. */
    open: () => {
      const saving = new Saving({ clock, log: silentLog, recovered: (message) => office.recovered.push(message) });
      const courier = new Courier({
        clock,
        log: silentLog,
        saving,
        store: store.deliveries,
        leading: () => true,
        ticket: (_tool, id) => {
          office.sent.push(id);
          return office.answer();
        },
        onDone: ({ id }) => void office.done.push(id),
      });
      courier.start();
      return { courier, saving };
    },
  };
  t.teardown(() => {
    opened.value.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return office;
}

t.test('sent and not noted: it is not sent again, and the note is written once there is room', async (t) => {
  const { store, disk, clock, sent, done, recovered, open } = office(t);
  const { courier, saving } = open();
  courier.hand('c1.e1', parcel);
  disk.full = true;
  await pass(clock, 120);
  t.same(sent, ['c1.e1'], 'once');
  t.same(done, ['c1.e1'], 'and whoever waits for its reference has it');
  t.match(store.deliveries.get('c1.e1'), { state: 'waiting' }, 'the row does not say so yet');
  t.type(saving.failingSince, 'number', 'which whoever asks is told');
  t.equal(saving.waiting('message'), 1);
  disk.full = false;
  await pass(clock, 9);
  t.match(store.deliveries.get('c1.e1'), { state: 'done', tries: 1, answer: 'T-1' });
  t.match(recovered, [/^1 message\(s\) went on unsaved/]);
  t.same(sent, ['c1.e1']);
});

t.test('the next server cannot know: it sends it once more, and no oftener', async (t) => {
  const { disk, clock, sent, open } = office(t);
  const first = open().courier;
  first.hand('c1.e1', parcel);
  disk.full = true;
  await pass(clock, 30);
  await first.stop();
  open();
  await pass(clock, 300);
  t.same(sent, ['c1.e1', 'c1.e1']);
});

t.test('handed over on a full disk: it leaves at once, once, and is on record later', async (t) => {
  const { store, disk, clock, sent, open } = office(t);
  const { courier } = open();
  disk.full = true;
  courier.hand('c1.e1', parcel, 'c1');
  courier.hand('c1.e1', parcel, 'c1');
  courier.hand('c2.e1', parcel);
  await pass(clock, 60);
  t.same(sent, ['c1.e1', 'c2.e1']);
  disk.full = false;
  await pass(clock, 9);
  t.match(store.deliveries.list({ limit: 9 }), [
    { id: 'c2.e1', state: 'done' },
    { id: 'c1.e1', state: 'done', about: 'c1' },
  ]);
  courier.hand('c1.e1', parcel, 'c1');
  await pass(clock, 5);
  t.equal(sent.length, 2, 'an order that is given again is known');
});

t.test('an order whose message is not on disk stays in the inbox: a death in between loses nothing', async (t) => {
  const { store, disk, clock, sent, open } = office(t);
  const starts = () => {
    const { courier, saving } = open();
    const inbox = new Inbox({ clock, log: silentLog, saving, store: store.inbox });
    inbox.takes('deliver', z.string(), (id) => {
      courier.hand(id, parcel);
      return 'done';
    });
    inbox.lead();
    return { courier, inbox };
  };
  store.inbox.post('deliver', '"c1.e1"');
  disk.full = true;
  const first = starts();
  await pass(clock, 5);
  t.equal(store.inbox.inbox(0, 9).length, 1);
  first.inbox.stop();
  await first.courier.stop();
  disk.full = false;
  starts();
  await pass(clock, 5);
  t.match(store.deliveries.get('c1.e1'), { state: 'done' });
  t.same(store.inbox.inbox(0, 9), []);
  t.same(sent, ['c1.e1', 'c1.e1']);
});

t.test('a message that nobody takes keeps its pauses on a full disk', async (t) => {
  const self = office(t);
  self.answer = async () => down;
  self.open().courier.hand('c1.e1', parcel);
  self.disk.full = true;
  await pass(self.clock, 600);
  t.ok(self.sent.length >= 5 && self.sent.length <= 8, `${self.sent.length} tries in ten minutes`);
  self.disk.full = false;
  await pass(self.clock, 9);
  t.match(self.store.deliveries.get('c1.e1'), { state: 'waiting', tries: self.sent.length, answer: 'down' });
});

t.test(
  'what is on its way when the server is told to stop is noted: the next one does not send it again',
  async (t) => {
    const self = office(t);
    let arrives: (sent: Sent) => void = () => {};
    self.answer = () =>
      new Promise((answer) => {
        arrives = answer;
      });
    const { courier } = self.open();
    courier.hand('c1.e1', parcel);
    await pass(self.clock, 1);
    const stopped = courier.stop();
    arrives(taken);
    await stopped;
    t.match(self.store.deliveries.get('c1.e1'), { state: 'done' });
    t.same(self.done, ['c1.e1']);
    self.open();
    await pass(self.clock, 5);
    t.same(self.sent, ['c1.e1']);
  },
);

t.test('a helpdesk that never answers does not keep the server from stopping', async (t) => {
  const self = office(t);
  self.answer = () => new Promise(() => {});
  const { courier } = self.open();
  courier.hand('c1.e1', parcel);
  await pass(self.clock, 1);
  const stopped = courier.stop();
  self.clock.advance(2000);
  await stopped;
  t.match(self.store.deliveries.get('c1.e1'), { state: 'waiting' });
});

t.test('one that did not arrive, told on a full disk, is a dead letter all the same', async (t) => {
  const { store, disk, clock, open } = office(t);
  const { courier } = open();
  courier.hand('c1.e1', parcel);
  await pass(clock, 2);
  disk.full = true;
  courier.lost('c1.e1', 'no such number');
  t.match(store.deliveries.get('c1.e1'), { state: 'done' });
  disk.full = false;
  await pass(clock, 9);
  t.match(store.deliveries.get('c1.e1'), { state: 'dead', answer: 'no such number' });
});

t.test('an SMS of a full disk is on record later, with all that became of it, in order', async (t) => {
  const { store, disk, clock, open } = office(t);
  const { saving } = open();
  const provider = new Provider(() => clock.now());
  const sms = new RecordedSms(provider, { book: store.sms, clock, saving });
  const told: string[] = [];
  await sms.start({ reported: ({ id }) => void told.push(id), received: () => {} });
  disk.full = true;
  const began = clock.now();
  t.match(await sms.send({ id: 'a1.n1', to: '+33639980001', text: 'Alerte' }), { accepted: true });
  await settled();
  t.same(told, ['a1.n1'], 'whoever waits for its report has it');
  t.equal(store.sms.get('a1.n1'), undefined);
  await pass(clock, 60);
  disk.full = false;
  await pass(clock, 9);
  t.match(store.sms.get('a1.n1'), { state: 'delivered', provider: 'stand-in', tries: 1, at: began });
});
