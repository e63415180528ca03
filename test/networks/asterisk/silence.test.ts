// Since when is Asterisk silent? A refusal is no silence, and a connection that stands for a moment is no cure.
import t from 'tap';
import { Silence } from '../../../server/networks/asterisk/ari/silence.ts';

t.test('it lasts from the first moment until a connection has stood for long enough', async (t) => {
  const silence = new Silence();
  t.equal(silence.lasted(1_000), undefined);
  silence.noticed(1_000);
  silence.up(2_000);
  silence.noticed(4_000);
  silence.up(5_000);
  t.equal(silence.lasted(9_900), 8_900, 'a stuck Asterisk answers a few questions on each connection');
  t.equal(silence.lasted(10_000), undefined, 'and this connection stands');
  silence.noticed(20_000);
  t.equal(silence.lasted(21_000), 1_000);
});

t.test('who refuses is not stuck', async (t) => {
  const silence = new Silence();
  silence.noticed(0);
  silence.over();
  t.equal(silence.lasted(60_000), undefined);
});
