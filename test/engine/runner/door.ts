// A machine that is heard of after its end: what nobody knows any more goes where such things go, whether it came in the middle of a turn or
// the disk still owes its last word. What it hears from outside is told apart from what the house answers.
import { silentLog } from '../../../server/base/log.ts';
import type { Machine, TimerEvent } from '../../../server/engine/machine.ts';
import { HandClock } from '../../base/hand-clock.ts';
import type { Engine } from './life.ts';

type Door = { id: string; knocks: number; shut: boolean };
type DoorEvent = { at: number } & ({ type: 'knock' | 'echo' | 'shut' | 'bang' } | { type: 'timer'; name: string });
type DoorEffect = { type: 'open' | 'ask' };
type Visit = { unknown: string[]; heard: string[]; performed: number; wrong: string[] };

const at = 0;

function doorMachine(visit: Visit, said: (event: DoorEvent) => void): Machine<Door, DoorEvent, DoorEffect> {
  let inTurn = false;
  return {
    kind: 'door',
    id: ({ id }) => id,
    isOver: ({ shut }) => shut,
    step: (door, event) => {
      if (inTurn) visit.wrong.push('a step in the middle of a turn');
      if (door.shut) visit.wrong.push(`a door that is shut hears ${event.type}`);
      if (event.type === 'shut') return { value: { ...door, shut: true }, effects: [] };
      if (event.type !== 'knock') return { value: { ...door }, effects: [] };
      return { value: { ...door, knocks: door.knocks + 1 }, effects: [{ type: 'ask' }, { type: 'open' }] };
    },
    inside: (_door, { type }) => (type === 'ask' ? { events: [{ type: 'echo', at }] } : undefined),
    read: () => ({ ok: false, problems: [] }),
    save: ({ value }) => {
      if (value.shut) throw new Error('this row is refused');
    },
    heard: (_door, { type }: DoorEvent | TimerEvent) => {
      visit.heard.push(type);
      if (type === 'bang' || (type === 'timer' && visit.heard.filter((one) => one === type).length === 1))
        throw new Error('planted');
    },
    unknown: (id, { type }) => {
      visit.unknown.push(`${id} ${type}`);
      throw new Error('planted');
    },
    failed: () => ({ says: 'it stays as it was' }),
    perform: (_door, effects) => {
      inTurn = true;
      for (const { type } of effects) {
        visit.performed++;
        if (type !== 'open') continue;
        said({ type: 'shut', at });
        said({ type: 'knock', at });
      }
      inTurn = false;
    },
  };
}

/** @returns what somebody would have to complain of */
export function knocks({ Runner, Saving }: Engine): string[] {
  const visit: Visit = { unknown: [], heard: [], performed: 0, wrong: [] };
  const clock = new HandClock();
  const parts = { clock, log: silentLog };
  const saving = new Saving({ ...parts, recovered: () => {} });
  const machine = doorMachine(visit, (event) => void runner.event('d', event));
  const runner = new Runner(machine, { ...parts, saving });
  runner.begin('d', at, () => ({ value: { id: 'd', knocks: 0, shut: false }, effects: [] }));
  const banged = runner.event('d', { type: 'bang', at });
  runner.event('d', { type: 'timer', name: 'creak', at });
  clock.advance(60_000);
  runner.event('d', { type: 'knock', at });
  const late = runner.event('d', { type: 'knock', at });
  runner.event('nobody', { type: 'knock', at });
  const found: [string, unknown, unknown][] = [
    ['what becomes of an event that may not be heard', banged, 'failed'],
    ['heard from outside, the timer that threw a second time', visit.heard.join(), 'bang,timer,timer,knock,shut'],
    ['performed', visit.performed, 1],
    ['the last word waits for the disk', runner.unsaved().length, 1],
    ['found once it is shut', runner.find('d'), undefined],
    ['what becomes of a late knock', late, 'unknown'],
    ['heard of nobody', visit.unknown.join(), 'd knock,d knock,nobody knock'],
  ];
  return [
    ...visit.wrong,
    ...found.flatMap(([what, is, wanted]) => (is === wanted ? [] : [`${what}: ${String(is)}, not ${String(wanted)}`])),
  ];
}
