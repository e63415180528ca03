// What the adapter remembers of channels, when a snapshot says what lives: the snapshot is right.
import t from 'tap';
import { Registry } from '../../../server/networks/asterisk/registry.ts';

t.test('after a snapshot: what lives can be ended, what does not is over', async (t) => {
  const registry = new Registry();
  registry.caller({ call: 'c1', channel: '1795.1' });
  const [told, gone, rings] = ['c1.l1', 'c1.l2', 'c1.l3'].map((id) => registry.leg(id));
  // An event that was no true one: the leg is taken for over.
  if (told) registry.remove(told);
  t.equal(told?.over, true);
  registry.settle({
    channels: [
      { channel: '1795.1', state: 'up' },
      { channel: 'c1.l1', state: 'up' },
      { channel: 'c1.l3', state: 'ringing' },
    ],
    bridges: [],
  });
  t.match(
    [told, gone, rings],
    [
      { over: false, up: true },
      { over: true, up: false },
      { over: false, up: false, rang: true },
    ],
  );
  t.match(registry.known('1795.1'), { over: false, up: true });
});
