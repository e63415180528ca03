// What every room of the line is built from: what the house has, one clock, one queue of refused writes, one inbox, one who leads.
import { systemClock } from '../base/clock.ts';
import { randomIds } from '../base/ids.ts';
import { personWith } from '../domain/alert/contacts.ts';
import { OptOuts } from '../domain/message/opt-outs.ts';
import { Inbox } from '../engine/inbox.ts';
import { Leader } from '../engine/leader.ts';
import { Saving } from '../engine/saving.ts';
import { openSenderLock } from '../store/alerts.ts';
import type { Built } from './build.ts';

export type Parts = Built & {
  /** Signs links and codes. */
  secret: string;
  saving: Saving;
  inbox: Inbox;
  leader: Leader;
  optOuts: OptOuts;
};

export const clock = systemClock;
export const newIds = () => randomIds(clock.now);

export function openParts(built: Built, secret: string): Parts {
  const { settings, store, config, log } = built;
  const ids = newIds();
  const recovered = (message: string) =>
    store.journal.warn({ id: ids.next('w'), at: clock.now(), subject: 'saving', message });
  const saving = new Saving({ clock, log, recovered });
  const inbox = new Inbox({ clock, log, saving, store: store.inbox });
  const leader = new Leader({ clock, log, lock: openSenderLock(settings.database), inbox });
  const isOurs = (number: string) => personWith(config.reading().plannings, number) !== undefined;
  return { ...built, secret, saving, inbox, leader, optOuts: new OptOuts(store.stops, log, isOurs) };
}
