// What stays of a call once it is over: the words shared by the journal (which hands it over) and the ledger (which keeps it).
// Knows no SQL; instants are milliseconds since 1970 UTC.
import type { Instant } from '../base/clock.ts';
import type { Target } from '../telephony/effect.ts';
import type { Verdict } from '../telephony/event.ts';
import type { Cause, Whose } from '../telephony/hangup.ts';
import type { CallId, EffectId, LegId, PersonId, PhoneNumber, TrunkId, Values } from '../telephony/names.ts';

/** Every call ends in exactly one of these; `lost` is only for calls that died with their carrier or with us. */
export type Outcome = 'talked' | 'message' | 'told' | 'hung-up' | 'lost';

/** One step of the caller's way through the flow. */
export type VisitRecord = { at: Instant; flow: string; node: string; kind: string; keyed?: string; note?: string };

/** One attempt to reach one phone over one trunk. */
export type LegRecord = {
  leg: LegId;
  person: PersonId;
  name: string;
  number: PhoneNumber;
  trunk: TrunkId;
  startedAt: Instant;
  /** How long the phone really rang; 0 when it never did. */
  rangMs: number;
  answeredAt?: Instant;
  /** When the confirming key was pressed: set on the one leg that got the caller. */
  takenAt?: Instant;
  endedAt: Instant;
  cause: Cause;
  whose: Whose;
  detail?: string;
  verdict?: Verdict;
};

/** A call that is over. */
export type FinishedCall = {
  id: CallId;
  carrier: string;
  called: PhoneNumber;
  /** Empty when hidden. */
  caller: PhoneNumber;
  startedAt: Instant;
  answeredAt?: Instant;
  endedAt: Instant;
  outcome: Outcome;
  /** Who talked to the caller. */
  who?: PersonId;
  talkSeconds?: number;
  flowVersion: string;
  planningVersion?: string;
  path: VisitRecord[];
  legs: LegRecord[];
  values: Values;
  /** File of the message left, relative to the recordings' folder or absolute. */
  recording?: string;
  notes: string[];
};

/** Something an admin should see. `id` is the effect's: the same warning told twice is kept once. */
export type WarningRecord = { id: EffectId; at: Instant; call?: CallId; subject: string; message: string };

/** A call nobody took, as it was raised. */
export type AlertRecord = { id: EffectId; at: Instant; call?: CallId; reason: string; target?: Target };

/** What the journal hands over to the ledger, once each. */
export type Shipment =
  | { kind: 'call'; body: FinishedCall }
  | { kind: 'warning'; body: WarningRecord }
  | { kind: 'alert'; body: AlertRecord };
