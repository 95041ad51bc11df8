/** What is known of one write. Durations are milliseconds from the moment at which the row was written. */
export interface LedgerRow {
  /** The one call that carries the write out. */
  owner: string;
  /** `running` until it is over, `done` when it was made, `unknown` when it cannot be told whether it was. */
  state: 'running' | 'done' | 'unknown';
  /** What the write answered, sealed; a `done` row without it had an answer too large to be kept. */
  result?: Uint8Array;
  /** How long the call may still run. A row that is `running` after that has lost its owner. */
  runsForMs: number;
  /** How long the row counts. After that the same write is a new one. */
  keptForMs: number;
}

/** A row, with the version of it that was read. */
export interface HeldRow extends LedgerRow {
  version: string;
  /** Milliseconds since it was written, by the clock of the store: instances' own clocks may differ. */
  ageMs: number;
}

/** Where the ledger is kept. What is written has a new version. Whatever goes wrong is thrown as a Failure. */
export interface LedgerStore {
  /** Puts the row where there is none, in one atomic step; undefined when there is one. */
  insert(key: string, row: LedgerRow): Promise<string | undefined>;
  read(key: string): Promise<HeldRow | undefined>;
  /** Puts a row in place of the version that is known; undefined when that is no longer what is there. */
  replace(key: string, row: LedgerRow, version: string): Promise<string | undefined>;
  /** Takes away the version that is known, and nothing newer. */
  remove(key: string, version: string): Promise<void>;
}
