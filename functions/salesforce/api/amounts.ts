import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import type { OrgCurrencies } from './currencies.ts';
import type { Salesforce } from './salesforce.ts';
import { Soql, soql } from './soql.ts';

/** `240,000 USD`; without a currency where it is not known. */
export function money(amount: number, currency: string | undefined): string {
  const figures = amount.toLocaleString('en-US', { maximumFractionDigits: 6 });
  return currency ? `${figures} ${currency}` : figures;
}

interface Amounts {
  amount?: number | undefined;
  currency?: string | undefined;
}

export interface Total {
  amount: number;
  /** Undefined where the org has one currency and does not tell which. */
  currency: string | undefined;
  /** Of how many amounts it is the sum. */
  count: number;
}

/** The output that has totals. */
export const totals = z.array(
  z.object({
    currency: z.string().optional().describe('The ISO code of the currency.'),
    amount: z.number().describe('The sum.'),
    count: z.number().describe('Of how many amounts.'),
  }),
);

/** Sums of the amounts of each currency, the one of most amounts first. Amounts of an unknown currency are added only in an org with one. */
export function totalsOf(rows: readonly Amounts[], { isMulti }: OrgCurrencies): Total[] {
  const sums = new Map<string | undefined, Total>();
  for (const { amount, currency } of rows) {
    if (amount === undefined || (currency === undefined && isMulti !== false)) continue;
    const total = sums.get(currency) ?? { currency, amount: 0, count: 0 };
    sums.set(currency, { ...total, amount: exact(total.amount + amount), count: total.count + 1 });
  }
  return [...sums.values()].sort(
    (one, other) => other.count - one.count || (one.currency ?? '').localeCompare(other.currency ?? ''),
  );
}

/** Without what adding binary fractions leaves: 0.1 + 0.2 is 0.3. */
const exact = (sum: number) => Number(sum.toFixed(6));

/** ` worth 100,000 EUR and 5,000 USD`; empty where nothing is worth anything. `bound` goes before the figures. */
export function worth(all: readonly Total[], bound = ''): string {
  const parts = all.filter(({ amount }) => amount !== 0).map(({ amount, currency }) => money(amount, currency));
  if (parts.length === 0) return '';
  const last = parts.pop();
  return ` worth ${bound}${parts.length > 0 ? `${parts.join(', ')} and ` : ''}${last}`;
}

interface Deal extends Amounts {
  isClosed?: boolean | undefined;
  isWon?: boolean | undefined;
}

const states: readonly (readonly [name: string, is: (deal: Deal) => boolean])[] = [
  ['open', ({ isClosed }) => isClosed === false],
  ['won', ({ isWon }) => isWon === true],
  ['lost', ({ isClosed, isWon }) => isClosed === true && isWon === false],
];

/**
 * What deals are worth, with a comma before it: `, worth 100,000 EUR` where all are open, else `, open worth 100,000 EUR, lost worth
 * 5,000 EUR`. What is won or lost is never added to what may be. Where it is not shown which is which, it says so.
 */
export function worthByState(deals: readonly Deal[], currencies: OrgCurrencies): string {
  if (deals.every(({ isClosed }) => isClosed === false)) {
    const value = worth(totalsOf(deals, currencies));
    return value && `,${value}`;
  }
  const parts = states.flatMap(([name, is]) => {
    const value = worth(totalsOf(deals.filter(is), currencies));
    return value ? [`, ${name}${value}`] : [];
  });
  const others = worth(
    totalsOf(
      deals.filter(deal => !states.some(([, is]) => is(deal))),
      currencies,
    ),
  );
  return [...parts, ...(others ? [`, open or closed${others}`] : [])].join('');
}

const amountPattern = /^(?:([a-z]{3})\s*)?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,6})?(?: ?([km]))?(?:\s*([a-z]{3}))?$/i;
const thousands: Readonly<Record<string, number>> = { k: 1_000, m: 1_000_000 };

interface Bound {
  amount: number;
  currency: string | undefined;
}

/** An amount that others are compared with: `5000`, `5,000.50`, `50k`, `1.5m EUR`, `EUR 5000`. */
export const amountText = z
  .string()
  .trim()
  .max(40)
  .transform((text, context): Bound => {
    const [, before, whole = '', fraction = '', scale = '', after] = amountPattern.exec(text) ?? [];
    if (whole === '' || (before && after)) {
      context.addIssue('It must be an amount such as 5000, or one with a currency such as 5000 EUR.');
      return z.NEVER;
    }
    return {
      amount: exact(Number(whole.replaceAll(',', '') + fraction) * (thousands[scale.toLowerCase()] ?? 1)),
      currency: (before ?? after)?.toUpperCase(),
    };
  });

/**
 * An amount as SOQL compares it. Without a currency SOQL compares bare numbers, whatever the currency of each record, so
 * that an org with several gets its corporate one; `remark` then says so.
 * @throws Failure `invalid_input` for a currency that the org does not have
 */
export async function amountBound(
  salesforce: Salesforce,
  field: string,
  { amount, currency }: Bound,
): Promise<{ literal: Soql; remark?: string }> {
  const { isMulti, sole } = await salesforce.currencies();
  const { text } = soql`${amount}`;
  const bare = { literal: new Soql(text) };
  if (isMulti === false) {
    if (currency === undefined || currency === sole || sole === undefined) return bare;
    const message = `All amounts of this Salesforce are in ${sole}. Give the amount in ${sole}.`;
    throw invalidInput([{ field, message }]);
  }
  if (currency !== undefined) return { literal: new Soql(currency + text) };
  if (isMulti === undefined) return bare;
  const corporate = await salesforce.corporateCurrency();
  if (corporate === undefined) {
    const message = `The amounts of this Salesforce are in several currencies. Give one with it, such as ${text} EUR.`;
    throw invalidInput([{ field, message }]);
  }
  return {
    literal: new Soql(corporate + text),
    remark: `Amounts in other currencies are compared with ${money(amount, corporate)} at the org's rates.`,
  };
}
