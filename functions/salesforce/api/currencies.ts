import * as z from 'zod';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import { UpstreamStatus } from '../../../shared/upstream/failures.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { querySchema } from './wire.ts';

/** In which currencies the amounts of an org are, as its records or the org itself tell. */
export interface OrgCurrencies {
  /** Whether each record has a currency of its own, its CurrencyIsoCode; undefined where the org does not tell. */
  isMulti: boolean | undefined;
  /** Of an org with one currency: its ISO code. */
  sole?: string | undefined;
  /** Of an org with several: the one that the Salesforce user of the call has chosen. */
  ofUser?: string | undefined;
}

/** What is known of an org's currencies to one call. */
export interface Currencies {
  /** Costs a request when it is not known yet. */
  currencies(): Promise<OrgCurrencies>;
  /** What `currencies` has told this call. */
  known(): OrgCurrencies;
  /** Salesforce has said that records have no currency of their own. */
  noneOfRecords(): void;
  /** The currency that totals are in where an org has several; undefined where the user may not see it. */
  corporate(): Promise<string | undefined>;
}

const TOLD_MS = 60 * 60_000;
const UNTOLD_MS = 5 * 60_000;
const MAX_KNOWN = 200;
const TIMEOUT_MS = 5_000;

const isoCode = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .nullish()
  .catch(undefined)
  .transform(code => code ?? undefined);

/** https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/connect_responses_organization.htm */
const organizationSchema = z.object({
  features: z.object({ multiCurrency: z.boolean(), defaultCurrencyIsoCode: isoCode }),
  userSettings: z.object({ userDefaultCurrencyIsoCode: isoCode }).nullish().catch(undefined),
});

const corporateStatement = 'SELECT IsoCode FROM CurrencyType WHERE IsCorporate = TRUE LIMIT 1';

/** What is asked here tells of nothing that a policy could close. */
export function openCurrencies(
  { seenBy, now }: KeptBy,
  ask: (call: Call, path: string) => Promise<UpstreamAnswer>,
): (call: Call) => Currencies {
  const organizations = createCache<string, OrgCurrencies>({
    until: ({ isMulti }) => now() + (isMulti === undefined ? UNTOLD_MS : TOLD_MS),
    maxEntries: MAX_KNOWN,
    now,
  });
  const corporates = createCache<string, string | undefined>({
    until: code => now() + (code === undefined ? UNTOLD_MS : TOLD_MS),
    maxEntries: MAX_KNOWN,
    now,
  });
  /** Views of the org of which a refusal has told that records have no currency, and until when that is believed. */
  const refused = new Map<string, number>();

  return call => {
    let seen: OrgCurrencies = { isMulti: undefined };
    const tell = async (path: string): Promise<unknown> => {
      try {
        const { status, body } = await ask(shareable(call, TIMEOUT_MS, now()), path);
        return status < 400 ? parseJson(body) : undefined;
      } catch (error) {
        // Who cannot sign in or reach Salesforce cannot read the records either; a fault of this resource costs nobody those.
        if (error instanceof Failure && error.cause instanceof UpstreamStatus) return undefined;
        throw error;
      }
    };
    return {
      async currencies() {
        const view = seenBy(call);
        const told = await organizations.get(view, async () => toCurrencies(await tell('/connect/organization')), call);
        seen = told.isMulti === undefined && (refused.get(view) ?? 0) > now() ? { isMulti: false } : told;
        return seen;
      },
      known: () => seen,
      noneOfRecords() {
        seen = { ...seen, isMulti: false };
        if (refused.size >= MAX_KNOWN) refused.clear();
        refused.set(seenBy(call), now() + TOLD_MS);
      },
      corporate: () =>
        corporates.get(
          seenBy(call),
          async () => toIsoCode(await tell(`/query?q=${encodeURIComponent(corporateStatement)}`)),
          call,
        ),
    };
  };
}

function toCurrencies(body: unknown): OrgCurrencies {
  const { data } = organizationSchema.safeParse(body);
  if (!data) return { isMulti: undefined };
  const { multiCurrency, defaultCurrencyIsoCode } = data.features;
  return multiCurrency
    ? { isMulti: true, ofUser: data.userSettings?.userDefaultCurrencyIsoCode }
    : { isMulti: false, sole: defaultCurrencyIsoCode };
}

function toIsoCode(body: unknown): string | undefined {
  return isoCode.parse(querySchema.safeParse(body).data?.records[0]?.IsoCode);
}
