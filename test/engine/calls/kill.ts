// Rules 1 and 7 at the switchboard: the server dies at every point of a call, a new one takes over, and nobody notices.
import { flowSet } from '../../domain/call/house.ts';
import { act, type Board, type Rig, rig } from './rig.ts';

/** `unsaved`: an event happens while no server runs. `unperformed`: saved, and dead before anything was done. `performed`: dead just after. */
export type Death = { how: 'unsaved' | 'unperformed' | 'performed'; at: number };
export const deaths: Death[] = (['unsaved', 'unperformed', 'performed'] as const).flatMap((how) =>
  [0, 1, 2, 3, 4].map((at) => ({ how, at })),
);

/** One call with one death in it. @returns what went wrong, one sentence each. */
export async function diesAt(board: Board, { how, at }: Death): Promise<string[]> {
  const wrong: string[] = [];
  let performs = 0;
  const self: Rig = await rig(board, {
    beforePerform: (call, effects) => {
      const row = self.store.journal.live().find((one) => one.id === call);
      const saved = row ? (JSON.parse(row.state) as { effects: number }).effects : -1;
      const highest = Math.max(...effects.map(({ id }) => Number(id.slice(id.lastIndexOf('e') + 1))));
      if (saved < highest) wrong.push(`${effects.map((one) => one.type).join()} performed before it was saved`);
      const dies = how !== 'unsaved' && performs++ === at;
      if (dies) queueMicrotask(() => self.network.disconnect());
      return !(dies && how === 'unperformed');
    },
  });
  self.arrive();
  for (let acts = 0; acts < 40; acts++) {
    await Promise.resolve();
    if (how === 'unsaved' && acts === at) self.network.disconnect();
    const did = act(self);
    await Promise.resolve();
    if (!self.network.connected) await self.restart();
    if ([...self.network.callers.values()].some((one) => one.bridged)) break;
    if (!did) self.clock.advance(6_000);
  }
  wrong.push(...(await verdict(self)));
  await self.end();
  return wrong;
}

/** They talk, nobody was rung twice, and the call's one record says so. */
async function verdict(self: Rig): Promise<string[]> {
  const wrong: string[] = [];
  const [caller] = self.network.callers.values();
  if (!caller?.bridged) return ['the caller was left alone'];
  if (self.network.rung.length !== 1) wrong.push(`rung ${self.network.rung.length} times`);
  await self.restart();
  if (self.network.performed.filter((one) => one.type === 'bridge').length > 2) wrong.push('joined again and again');
  const at = self.clock.now();
  const [leg] = self.network.legs.keys();
  self.network.legs.clear();
  const hangup = { cause: 'normal', whose: 'callee' } as const;
  self.network.emit({
    type: 'call',
    call: caller.call ?? '',
    event: { type: 'leg-ended', leg: leg ?? '', hangup, at },
  });
  const records = self.store.journal.waiting(10).filter(({ shipment }) => shipment.kind === 'call');
  const outcomes = records.map(({ shipment }) => ('outcome' in shipment.body ? shipment.body.outcome : ''));
  if (outcomes.join() !== 'talked') wrong.push(`recorded as ${outcomes.join() || 'nothing'}`);
  if (self.network.callers.size > 0) wrong.push('the caller was not hung up');
  if (self.store.journal.live().length + self.store.journal.timers().length > 0) wrong.push('rows were left behind');
  return wrong;
}

/** Another flow is published in the middle of a call, with or without a restart: the caller stays in the one they began with. */
export async function reloads(board: Board, restart: boolean): Promise<string[]> {
  const self = await rig(board);
  self.arrive();
  const old = self.config.flows;
  const front = structuredClone(old.flows.front);
  if (!front) return ['no flow'];
  front.nodes.menu = { kind: 'hangup', reason: 'normal' };
  self.config.flows = { ...flowSet(), version: 'v2', flows: { front } };
  if (restart) await self.restart();
  act(self, '1');
  const [call] = self.board.calls();
  const wrong = call?.phase === 'hunt' && call.version === old.version ? [] : ['the reload moved the caller'];
  await self.end();
  return wrong;
}
