// What the journal hands over to the ledger: the records made by the call room, each once. Knows no SQL.
import type { AlertRecord, FinishedCall, WarningRecord } from '../domain/call/record.ts';

export type { AlertRecord, DeliverRecord, FinishedCall, LegRecord, WarningRecord } from '../domain/call/record.ts';

export type Shipment =
  | { kind: 'call'; body: FinishedCall }
  | { kind: 'warning'; body: WarningRecord }
  | { kind: 'alert'; body: AlertRecord };
