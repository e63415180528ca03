// What most stories come to: somebody picks up, presses the key, and the two talk.
import type { Caller } from './network.ts';
import type { Ring } from './phone.ts';

/** Until they hear each other. */
export async function areJoined(caller: Caller, ring: Ring): Promise<void> {
  await ring.answers();
  await ring.hears("Pour prendre l'appel");
  await ring.presses('1');
  await caller.isTalkingTo(ring);
}

/** Until both have rung off. */
export async function theyTalk(caller: Caller, ring: Ring): Promise<void> {
  await areJoined(caller, ring);
  await caller.hangsUp();
  await ring.isHungUp();
}
