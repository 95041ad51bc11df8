/** What is known of one write. Times are milliseconds since the epoch, by the clock of who wrote the row. */
export interface LedgerRow {
  /** The one call that carries the write out. */
  owner: string;
  /** `running` until it is over, `done` when it was made, `unknown` when nobody can tell whether it was. */
  state: 'running' | 'done' | 'unknown';
  /** What the write answered, as JSON; a `done` row without it had an answer too large to be kept. */
  result?: string;
  /** When the call is over whatever happens. A row that still runs then has lost its owner. */
  deadline: number;
  /** From when on the same write is a new one. */
  expiresAt: number;
}

/** A row, with the version of it that was read. */
export interface HeldRow extends LedgerRow {
  version: string;
}

/** Where the ledger is kept. What is written has a new version. Whatever goes wrong is thrown as a Failure. */
export interface LedgerStore {
  /** Puts the row where there is none, in one atomic step; undefined when there is one. */
  insert(fingerprint: string, row: LedgerRow): Promise<string | undefined>;
  read(fingerprint: string): Promise<HeldRow | undefined>;
  /** Puts a row in place of the version that is known; undefined when that is no longer what is there. */
  replace(fingerprint: string, row: LedgerRow, version: string): Promise<string | undefined>;
  /** Takes away the version that is known, and nothing newer. */
  remove(fingerprint: string, version: string): Promise<void>;
}
