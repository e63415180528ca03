// What the durable runner and the inbox need from the store.

/** A saved value as its row says it. */
export type Row = { id: string; state: string };

export type InboxRow = { k: number; kind: string; body: string };

/** Local, synchronous; each is one transaction, committed on return. */
export interface InboxStore {
  /** @returns the row's number; a later row's is higher */
  post(kind: string, body: string): number;
  /** Rows after row `k`, oldest first. */
  inbox(k: number, limit: number): InboxRow[];
  taken(k: number): void;
}

/** Exactly one process sends: whoever holds this lock. The system takes it back when the process dies, however it dies. */
export interface SenderLock {
  /** True while we hold it; asks again each time we do not. */
  held(): boolean;
  release(): void;
}
