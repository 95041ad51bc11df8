import * as z from 'zod';
import type { OrgCurrencies } from './currencies.ts';

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
