// Calls go on by the flows that they began with, whichever server published them; a set that cannot be read costs no caller the line.
// The rows of test/engine/calls/flows/ were written by the servers of their format; `WRITE=1` writes those of today's.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { flowSetFormat } from '../../../server/domain/flow/saved.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import { Switchboard } from '../../../server/engine/calls/switchboard.ts';
import { flowSet } from '../../domain/call/house.ts';
import { hasAllFormats, hasShape, keptAt, writeKept } from '../kept.ts';
import { act, type Rig, rig } from './rig.ts';

type Published = { version: string; body: string };
const folder = 'test/engine/calls/flows';
const today = flowSetFormat.format;
const sets: Record<string, FlowSet> = { dial: flowSet(), spoken: flowSet({ kind: 'spoken' }) };
const publishedNow = (set: FlowSet): Published => ({ version: set.version, body: flowSetFormat.write(set) });

/** No key means anything. */
function edited(): FlowSet {
  const set = flowSet();
  const menu = set.flows.front?.nodes.menu;
  if (menu) Object.assign(menu, { keys: {} });
  return { ...set, version: 'v2' };
}

/** A caller at the menu of a set that lies in the journal as given; the flows are edited, and another server takes over. */
async function atTheMenu({ version, body }: Published): Promise<Rig> {
  const self = await rig(Switchboard);
  self.arrive();
  const db = new Sqlite(join(self.folder, 'vigie.db'));
  db.prepare('UPDATE publications SET body = ? WHERE version = ?').run(body, version);
  db.close();
  self.config.flows = edited();
  await self.restart();
  return self;
}

const warnings = (self: Rig) =>
  self.store.journal.waiting(10).flatMap(({ shipment }) => (shipment.kind === 'warning' ? [shipment.body] : []));

t.test('a set of every format is read, and its call goes on by it', async (t) => {
  if (process.env.WRITE)
    for (const [name, set] of Object.entries(sets)) writeKept(folder, today, name, publishedNow(set));
  for (const format of hasAllFormats(t, folder, today)) {
    for (const [name, set] of Object.entries(sets)) {
      const { version, body } = keptAt<Published>(folder, format, name);
      t.same(flowSetFormat.read(version, body), { ok: true, value: set }, `format ${format}, ${name}`);
    }
    const self = await atTheMenu(keptAt<Published>(folder, format, 'dial'));
    act(self);
    t.equal(self.network.rung.length, 1, `format ${format}: the key means what it meant when the call began`);
    t.same(warnings(self), []);
    await self.end();
  }
});

t.test('a set that cannot be read: its call goes on by today’s, which is told once', async (t) => {
  const { body } = publishedNow(flowSet());
  const broken: Record<string, string> = {
    'a newer server': body.replace(/"format":\d+/, '"format":999'),
    'half a row': body.slice(0, body.length / 2),
    'no flows': JSON.stringify({ ...flowSet(), flows: null }),
    'another set': body.replace('"version":"v1"', '"version":"v3"'),
  };
  for (const [what, changed] of Object.entries(broken)) {
    const self = await atTheMenu({ version: 'v1', body: changed });
    t.equal(self.board.calls().length, 1, `${what}: the caller stays`);
    act(self);
    t.equal(self.network.rung.length, 0, 'the key means what it means today');
    t.match(warnings(self), [{ subject: 'flows', message: /v1 go on by today’s/ }]);
    t.equal(warnings(self).length, 1);
    t.equal(self.store.journal.publication('v1'), changed, 'the row stays for whoever can read it');
    await self.end();
  }
});

t.test('what today’s server publishes has the shape of the rows kept for its format', async (t) => {
  for (const [name, set] of Object.entries(sets))
    hasShape(t, publishedNow(set).body, keptAt<Published>(folder, today, name).body, name);
});
