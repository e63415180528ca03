// The calls of this line, built from the settings: what people edit, what a technician may ask, and the room on the disk.
import type { CallListeners } from '../engine/calls/listeners.ts';
import { Switchboard } from '../engine/calls/switchboard.ts';
import type { Placer } from '../engine/placed-calls/placer.ts';
import { openTechnician, withTechnician } from '../engine/technician/technician.ts';
import type { Room } from '../store/disk-space.ts';
import type { Known } from './network-parts.ts';
import { clock, newIds, type Parts } from './parts.ts';
import { linePins } from './pins.ts';

export function openCalls(parts: Parts, room: Room, listeners: CallListeners): Switchboard {
  const { store, config, log, saving, settings } = parts;
  const technician = openTechnician({ store, config, log });
  const pins = linePins(parts, technician.lastCaller);
  return new Switchboard({
    clock,
    ids: newIds(),
    log,
    journal: store.journal,
    saving,
    config: withTechnician(config, pins, technician),
    settings: { listenMs: settings.listenMs, silentMs: settings.silentMs },
    room: room.enough,
    listeners,
  });
}

/** What a network is told when it asks whose a channel is. */
export const knownCalls = ({ store }: Parts, switchboard: Switchboard, placer: Placer): Known => ({
  calls: { all: () => switchboard.calls(), one: (id) => switchboard.call(id) },
  own: { all: placer.live, one: placer.one },
  past: (most) => store.channels.ended('twilio', most),
});
