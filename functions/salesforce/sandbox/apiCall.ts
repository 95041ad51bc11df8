import type { Viewer } from './access.ts';
import type { Org } from './org.ts';
import type { QueryPages } from './queryPages.ts';

/** One call of the REST API, from the wire or from inside a composite request. */
export interface ApiCall {
  method: string;
  /** What follows `/services/data/vNN.0/`, percent-encoding untouched. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  /** The parsed JSON body; undefined where there was none. */
  body: unknown;
  /** `/services/data/vNN.0` */
  base: string;
  viewer: Viewer;
}

export interface ApiAnswer {
  status: number;
  /** Undefined for 204. */
  body: unknown;
}

export interface ApiContext {
  org: Org;
  pages: QueryPages;
  /** How many calls of the day's limit are used. */
  used(): number;
}

export const dailyLimit = 15_000;
