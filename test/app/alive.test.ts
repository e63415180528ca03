// The watchdog's question: answered while the server turns, however busy it is, and left unanswered once it stands still.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import t from 'tap';
import { answerWatchdog } from '../../server/app/alive.ts';
import { until } from '../waiting.ts';

t.test('answered by a thread of its own', async (t) => {
  const alive = await answerWatchdog('127.0.0.1', 0);
  if (!alive.ok) throw new Error('not listening');
  const { port, stop } = alive.value;
  t.teardown(stop);
  const ask = (path = '/healthz') =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.status,
      () => 'no answer',
    );
  t.equal(await ask(), 200);
  t.equal(await ask('/'), 404);
  const taken = await answerWatchdog('127.0.0.1', port);
  t.match(taken, { ok: false, problems: [{ hint: /VIGIE_ALIVE_PORT/ }] });

  // Ours stands still while another process asks: answered before, and no more once it has stood for longer than a loop may.
  const asking = `
    const ask = () => fetch('http://127.0.0.1:${port}/healthz').then(({ status }) => status, () => 'no answer');
    console.log(await ask());
    process.stdin.once('data', async () => {
      while ((await ask()) === 200) await new Promise((later) => setTimeout(later, 100));
      process.stdin.destroy();
      console.log('no answer');
    });
  `;
  const other = spawn(process.execPath, ['--input-type=module', '-e', asking], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => other.kill());
  const lines = createInterface({ input: other.stdout })[Symbol.asyncIterator]();
  t.equal((await lines.next()).value, '200', 'it turns');
  other.stdin.write('go\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8_000);
  t.equal((await lines.next()).value, 'no answer', 'it stood still');
  await until('it turns again', async () => (await ask()) === 200);
});
