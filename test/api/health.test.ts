// Health, readiness and metrics over real HTTP: a real switchboard on a real database, whose lock another program takes away.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import { callRoutes } from '../../server/api/calls.ts';
import { healthRoutes } from '../../server/api/health.ts';
import { type Metrics, openMetrics } from '../../server/api/metrics.ts';
import { whoRoutes } from '../../server/api/who.ts';
import type { Problem } from '../../server/base/result.ts';
import type { Ports } from '../../server/engine/calls/ports.ts';
import { Switchboard } from '../../server/engine/calls/switchboard.ts';
import { now, people, trunkPlan } from '../domain/call/house.ts';
import { act, type Rig, rig } from '../engine/calls/rig.ts';
import { serve } from './serve.ts';

const token = 'un-jeton-bien-assez-long';

type Served = Rig & { url: string; metrics: Metrics; refused: Problem[] };

/** The rig's line behind a real HTTP door on a free port. */
async function served(t: Test, board?: typeof Switchboard): Promise<Served> {
  const self = await rig(board);
  const metrics = openMetrics();
  const refused: Problem[] = [];
  const config = {
    refused: () => refused,
    planningVersion: () => 'p1',
    onCall: () => ({ people: self.config.people, because: 'rota' }),
  };
  metrics.watch({
    switchboard: self.board,
    journal: self.store.journal,
    clock: self.clock,
    refused: () => refused,
    trunks: () => trunkPlan(self.config.trunks),
    free: () => 12_345,
    tests: { series: () => self.store.selfTests.series(), lines: () => ({}) },
  });
  t.teardown(() => self.end());
  const { board: switchboard, store, saving } = self;
  const routes = [
    ...healthRoutes({ switchboard, saving, setAside: () => 0, config, metrics }),
    ...callRoutes({ store, switchboard }),
    ...whoRoutes({ config, now: () => now }),
  ];
  return { ...self, url: await serve(t, routes, { token }), metrics, refused };
}

const get = async (self: Served, path: string) => {
  const answer = await fetch(`${self.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const page = async (self: Served) => (await fetch(`${self.url}/metrics`)).text();
/** The value of one line of the page, `name` with its labels. */
const value = (text: string, name: string): number | undefined => {
  const found = text.split('\n').find((line) => line.startsWith(`${name} `));
  return found === undefined ? undefined : Number(found.slice(name.length + 1));
};
const play = (self: Rig, until: string) => {
  for (let acts = 0; acts < 40; acts++) if (act(self) === until) return;
  throw new Error(`it never came to: ${until}`);
};
const hangUp = (self: Rig, channel = 'caller-1') => {
  const call = self.network.callers.get(channel)?.call ?? '';
  self.network.callers.delete(channel);
  self.network.emit({ type: 'call', call, event: { type: 'caller-hung-up', at: self.clock.now() } });
};
/** Another program that writes, and does not let go. */
const lock = (self: Rig) => {
  const other = new Sqlite(join(self.folder, 'vigie.db'));
  other.exec('BEGIN IMMEDIATE');
  return () => {
    other.exec('ROLLBACK');
    other.close();
  };
};

t.test('alive, ready, and not ready when the network is lost or an edit was refused', async (t) => {
  const self = await served(t);
  t.match(await get(self, '/healthz'), { status: 200, body: { alive: true } });
  t.match(await get(self, '/readyz'), { status: 200, body: { ready: true, carriers: { asterisk: 'connected' } } });
  self.refused.push({ file: 'ivr-flows/a.yaml', line: 3, message: 'no such node', hint: 'write it' });
  t.match(
    await get(self, '/readyz'),
    { status: 200, body: { ready: true, refused: ['ivr-flows/a.yaml:3 no such node (write it)'] } },
    'the version before serves',
  );
  self.network.emit({ type: 'lost', at: now });
  t.match(await get(self, '/readyz'), { status: 503, body: { ready: false, carriers: { asterisk: 'lost' } } });
  t.match(value(await page(self), 'vigie_carrier_connected{carrier="asterisk"}'), 0);
  t.match(await get(self, '/healthz'), { status: 200 }, 'a restart would not mend that');
  self.network.emit({ type: 'back', at: now, living: self.network.living() });
  t.match(await get(self, '/readyz'), { status: 200, body: { ready: true } });
  t.equal((await get(self, '/nowhere')).status, 404);
  t.equal((await get(self, '/api/calls?limit=abc')).status, 400);
});

t.test('what a call leaves in the metrics', async (t) => {
  const self = await served(t);
  self.network.emit({ type: 'trunk', trunk: 'b', reachable: false, at: now });
  self.arrive();
  let text = await page(self);
  t.equal(value(text, 'vigie_callers_waiting'), 1);
  t.equal(value(text, 'vigie_calls_total{outcome="talked"}'), 0, 'a series begins at nought');
  t.equal(value(text, 'vigie_trunk_breaker{trunk="a",state="closed"}'), 1);
  t.equal(value(text, 'vigie_trunk_breaker{trunk="b",state="open"}'), 1);
  t.equal(value(text, 'vigie_trunk_breaker{trunk="b",state="closed"}'), 0);
  self.clock.advance(4000);
  play(self, 'the key is pressed');
  text = await page(self);
  t.equal(value(text, 'vigie_callers_waiting'), 0);
  t.equal(value(text, 'vigie_calls_talking'), 1);
  hangUp(self);
  for (const record of self.ended) self.metrics.ended(record);
  text = await page(self);
  t.equal(value(text, 'vigie_calls_live'), 0);
  t.equal(value(text, 'vigie_calls_total{outcome="talked"}'), 1);
  t.equal(value(text, 'vigie_seconds_to_human_count'), 1);
  t.equal(value(text, 'vigie_seconds_to_human_bucket{le="5"}'), 1, 'four seconds after the arrival');
  t.equal(value(text, 'vigie_seconds_to_human_sum'), 4);
  t.equal(value(text, 'vigie_journal_waiting_records'), 1, 'not shipped yet');
  self.clock.advance(7000);
  t.equal(value(await page(self), 'vigie_journal_lag_seconds'), 7);
  await self.store.ship();
  text = await page(self);
  t.equal(value(text, 'vigie_journal_waiting_records'), 0);
  t.equal(value(text, 'vigie_journal_lag_seconds'), 0);
  t.match(text, /nodejs_eventloop_lag_p99_seconds \d/);
  t.notMatch(text, /33612345678|Personne/, 'nobody is named');
});

t.test("a carrier's failures and a detector's verdicts are counted by trunk", async (t) => {
  const self = await served(t);
  self.arrive();
  play(self, 'the caller keys');
  const [first] = self.network.rung;
  const call = self.network.callers.get('caller-1')?.call ?? '';
  const at = self.clock.now();
  const refused = { cause: 'congestion', whose: 'carrier' } as const;
  self.network.emit({ type: 'call', call, event: { type: 'leg-ended', at, leg: first?.leg ?? '', hangup: refused } });
  const second = self.network.rung[1]?.leg ?? '';
  t.equal(self.network.rung[1]?.trunk, 'b', 'the same phone by the other trunk');
  const heard = { type: 'leg-heard', at, leg: second, verdict: 'machine', strong: true, ms: 900, because: '' } as const;
  self.network.emit({ type: 'call', call, event: { type: 'leg-answered', at, leg: second } });
  self.network.emit({ type: 'call', call, event: heard });
  hangUp(self);
  for (const record of self.ended) self.metrics.ended(record);
  const text = await page(self);
  t.equal(value(text, 'vigie_trunk_failures_total{trunk="a",cause="congestion"}'), 1);
  t.equal(value(text, 'vigie_trunk_failures_total{trunk="b",cause="congestion"}'), undefined);
  t.equal(value(text, 'vigie_voicemail_verdicts_total{verdict="machine"}'), 1);
});

t.test('a database locked by another program: calls go on, it is told, and nothing is lost', async (t) => {
  const self = await served(t);
  self.arrive();
  play(self, 'the caller keys');
  const release = lock(self);
  play(self, 'the key is pressed');
  t.ok(self.network.callers.get('caller-1')?.bridged, 'they talk');
  hangUp(self);
  self.arrive('caller-2');
  t.equal(self.board.calls().length, 1, 'a second caller is served');
  self.clock.advance(30_000);
  t.match(await get(self, '/readyz'), { status: 503, body: { ready: false, savingFailsSince: /^2026-11-21T02:00/ } });
  let text = await page(self);
  t.equal(value(text, 'vigie_saving_fails_seconds'), 30);
  t.equal(value(text, 'vigie_calls_unsaved'), 2);
  t.equal(self.store.journal.waiting(10).length, 0, 'nothing reached the disk');
  release();
  self.clock.advance(1000);
  t.match(await get(self, '/readyz'), { status: 200, body: { ready: true } });
  text = await page(self);
  t.equal(value(text, 'vigie_saving_fails_seconds'), 0);
  t.equal(value(text, 'vigie_calls_unsaved'), 0);
  await self.store.ship();
  t.match((await self.store.ledger.list()).calls, [{ outcome: 'talked', who: 'p1' }], 'the call of then is on record');
  t.match(await self.store.ledger.warnings(), [{ subject: 'saving', message: /2 call\(s\) went on unsaved for 31 s/ }]);
  const [live] = self.store.journal.live();
  t.equal(live?.channel, 'caller-2', 'and the one that goes on would survive a restart');
  const rows = self.store.journal.timers().filter((row) => row.call === live?.id);
  t.equal(rows.length, self.board.timersRunning, 'with its timers');
});

t.test('a disk that is nearly full: no message is recorded, and the caller is not left in silence', async (t) => {
  class Full extends Switchboard {
    constructor(ports: Ports) {
      super({ ...ports, room: () => false });
    }
  }
  for (const [board, records] of [
    [Switchboard, true],
    [Full, false],
  ] as const) {
    const self = await served(t, board);
    self.config.people = people(0);
    self.arrive();
    play(self, 'the caller keys');
    // The words before the message have been heard, as often as there are any.
    for (let plays = 0; plays < 3; plays++) {
      const one = self.network.callers.get('caller-1');
      if (one?.hears !== 'play') break;
      const event = { type: 'playback-finished', playback: one.effect, at: self.clock.now() } as const;
      self.network.emit({ type: 'call', call: one.call ?? '', event });
    }
    const recorded = self.network.performed.some(({ type }) => type === 'record');
    t.equal(recorded, records, records ? 'with room a message is recorded' : 'without room none is begun');
    if (!records) t.notOk(self.network.callers.get('caller-1')?.hears === 'record');
  }
});
