// Which events of a leg matter to a detector. Called after the call has heard of each: a leg that it joined or ended at once is not listened to.
import type { CallEvent } from '../../../domain/telephony/event.ts';
import type { Detector } from '../media.ts';
import type { Channel } from '../registry.ts';

/** @param heard what becomes of the verdicts */
export function follow(detector: Detector, leg: Channel, event: CallEvent, heard: (event: CallEvent) => void): void {
  switch (event.type) {
    case 'leg-answered':
      if (!leg.joined && !leg.endedByUs && !leg.over) detector.attach(leg.id, heard);
      break;
    case 'leg-prompt-started':
      detector.plays(leg.id, leg.media ?? []);
      break;
    case 'leg-prompt-finished':
      detector.plays(leg.id, []);
      break;
    case 'leg-ended':
      detector.detach(leg.id);
  }
}
