// Calls that the line places by itself, built from the settings, and the sound that must be there before they ring.
import { existsSync } from 'node:fs';
import type { Prompt } from '../domain/telephony/prompt.ts';
import { planFor } from '../domain/trunk/by-carrier.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { Placer } from '../engine/placed-calls/placer.ts';
import { clock, newIds, type Parts } from './parts.ts';

/** A caller's name for a call that is spoken, and the message that was left: there before the person is rung. */
const speakWithinMs = 10_000;
const lookAgainMs = 250;

export const openPlacer = (
  { settings, store, prompts, config, log, saving }: Parts,
  switchboard: Switchboard,
): Placer =>
  new Placer({
    clock,
    log,
    saving,
    store: store.placedCalls,
    ids: newIds(),
    context: ({ name, listens }) => ({
      trunks: { plan: planFor(name, config.trunks()), health: switchboard.trunkHealth() },
      listenMs: listens ? settings.listenMs : 0,
      silentMs: settings.silentMs,
    }),
    prepare: (wanted) => Promise.all([prompts.urisLater(wanted, speakWithinMs), recordingsOf(wanted)]),
  });

/** A message may still be on its way from the network that recorded it: nobody is woken to hear none. */
const recordingsOf = (wanted: readonly Prompt[]): Promise<unknown> =>
  Promise.all(wanted.flatMap((prompt) => (prompt.kind === 'file' ? [untilThere(prompt.path)] : [])));

async function untilThere(file: string): Promise<void> {
  const end = clock.now() + speakWithinMs;
  while (!existsSync(file) && clock.now() < end) await new Promise<void>((go) => clock.after(lookAgainMs, go));
}
