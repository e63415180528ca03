// Conferences: who is in, when it starts, and that it ends when one leaves whose leaving ends it.
import { sid } from './sid.ts';

export type Member = {
  who: string;
  /** Its CallSid. */
  call: string;
  startsOnEnter: boolean;
  endsOnExit: boolean;
  /** The room began: the music stops. */
  started(): void;
  /** The room is closed. */
  closed(): void;
};

export class Room {
  readonly sid = sid('CF');
  readonly name: string;
  readonly members = new Set<Member>();
  started = false;

  constructor(name: string) {
    this.name = name;
  }

  /** False when it is full. */
  enter(member: Member, most: number): boolean {
    if (this.members.size >= most) return false;
    this.members.add(member);
    // One alone waits with music, whoever they are.
    this.started ||= this.members.size > 1 && [...this.members].some((one) => one.startsOnEnter);
    if (this.started) for (const one of this.members) one.started();
    return true;
  }

  leave(member: Member): void {
    if (!this.members.delete(member)) return;
    if (!member.endsOnExit && this.members.size > 0) return;
    this.started = false;
    const rest = [...this.members];
    this.members.clear();
    for (const one of rest) one.closed();
  }
}
