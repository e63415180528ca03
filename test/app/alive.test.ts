// The watchdog's question: answered while the server turns, however busy it is, and left unanswered once it stands still.
import { execFileSync } from 'node:child_process';
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

  // While another process runs, ours stands still: it is asked at once, and once it has stood for longer than a loop may.
  const asking = `
    const ask = () => fetch('http://127.0.0.1:${port}/healthz').then(({ status }) => status, () => 'no answer');
    const first = await ask();
    await new Promise((later) => setTimeout(later, 3000));
    console.log(first, await ask());
  `;
  const args = ['--input-type=module', '-e', asking];
  t.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim(), '200 no answer');
  await until('it turns again', async () => (await ask()) === 200);
});
