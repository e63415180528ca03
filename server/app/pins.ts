// PINs of this line: what is asked when a technician keys theirs, and how they learn that somebody guesses at it.
import { systemClock } from '../base/clock.ts';
import { pinNotice } from '../engine/technician/pin-notice.ts';
import { openPins, type Pins } from '../engine/technician/pins.ts';
import type { Parts } from './parts.ts';

export const linePins = ({ store, config, log, secret }: Parts, lastCaller: () => Promise<string>): Pins =>
  openPins({
    store,
    config,
    log,
    secret,
    lastCaller,
    tell: (person, shut) => {
      const notice = pinNotice(config.reading().plannings, person, shut, systemClock.now());
      if (notice) store.deliveries.add(notice);
      else log.warn({ person: person.id }, 'a technician who is shut out can be told neither by SMS nor by mail');
    },
  });
