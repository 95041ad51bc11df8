import { invalidQueryLocator } from './errors.ts';
import { recordId } from './recordId.ts';
import type { QueryRecord, QueryResult } from './soql.ts';

/** Serves long results in pages, with locators such as `01g…-2000`. */
export interface QueryPages {
  first(result: QueryResult, base: string, options: string | undefined): QueryPage;
  next(locator: string, base: string): QueryPage;
}

interface QueryPage extends QueryResult {
  done: boolean;
  nextRecordsUrl?: string;
}

interface Cursor {
  records: QueryRecord[];
  batchSize: number;
}

const largestBatch = 2000;
const smallestBatch = 200;

/** `largestPage` makes pages smaller than Salesforce's, so that a test of paging needs few records. */
export function createQueryPages(largestPage = largestBatch): QueryPages {
  const cursors = new Map<string, Cursor>();

  const page = (id: string, { records, batchSize }: Cursor, from: number, base: string): QueryPage => {
    const to = from + batchSize;
    const done = to >= records.length;
    return {
      totalSize: records.length,
      done,
      ...(done ? {} : { nextRecordsUrl: `${base}/query/${id}-${to}` }),
      records: records.slice(from, to),
    };
  };

  return {
    first(result, base, options) {
      const batchSize = Math.min(largestPage, batchSizeOf(options));
      if (result.records.length <= batchSize)
        return { totalSize: result.totalSize, done: true, records: result.records };
      const id = recordId('01g', cursors.size + 1);
      const cursor = { records: result.records, batchSize };
      cursors.set(id, cursor);
      return page(id, cursor, 0, base);
    },
    next(locator, base) {
      const [id = '', from] = locator.split('-');
      const cursor = cursors.get(id);
      if (!cursor || !/^\d+$/.test(from ?? '') || Number(from) >= cursor.records.length) throw invalidQueryLocator();
      return page(id, cursor, Number(from), base);
    },
  };
}

/** `Sforce-Query-Options: batchSize=500`, limited to between 200 and 2,000. */
function batchSizeOf(options: string | undefined): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(options ?? '')?.[1];
  return asked === undefined ? largestBatch : Math.min(largestBatch, Math.max(smallestBatch, Number(asked)));
}
