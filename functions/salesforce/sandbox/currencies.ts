import type { CurrencyData, ObjectFile, RecordData } from './dataFiles.ts';
import type { FieldValue, Row } from './org.ts';

/** The currencies of an org. With more than one, each record has its own: its CurrencyIsoCode. */
export interface Currencies {
  isMulti: boolean;
  /** The ISO code of the currency that totals are in, and in an org with one currency all amounts. */
  corporate: string;
  isKnown(isoCode: string): boolean;
  /** An amount in one currency as an amount in another. */
  convert(amount: number, from: FieldValue | undefined, to: FieldValue | undefined): number;
}

export function createCurrencies(data: readonly CurrencyData[]): Currencies {
  const rates = new Map(data.map(({ isoCode, rate }) => [isoCode, rate]));
  const rateOf = (isoCode: FieldValue | undefined) => rates.get(String(isoCode ?? corporate)) ?? 1;
  const corporate = data.find(each => each.corporate)?.isoCode ?? '';
  return {
    isMulti: data.length > 1,
    corporate,
    isKnown: isoCode => rates.has(isoCode),
    convert: (amount, from, to) => (amount / rateOf(from)) * rateOf(to),
  };
}

/** The currency of the amounts of a record. */
export const currencyOf = ({ CurrencyIsoCode }: Row, { corporate }: Currencies): string =>
  typeof CurrencyIsoCode === 'string' ? CurrencyIsoCode : corporate;

const setBySystem = { createable: false, updateable: false, defaultedOnCreate: true } as const;

/** The object files of an org with several currencies: each object has CurrencyIsoCode, and CurrencyType lists them. */
export function withCurrencies(
  objects: ReadonlyMap<string, ObjectFile>,
  data: readonly CurrencyData[],
): ReadonlyMap<string, ObjectFile> {
  if (data.length < 2) return objects;
  const { corporate } = createCurrencies(data);
  const isoCode = (name: string, label: string) => ({
    name,
    label,
    type: 'picklist' as const,
    values: data.map(each => each.isoCode),
    restrictedPicklist: true,
    defaultValue: corporate,
  });
  const currencyType: ObjectFile = {
    label: 'Currency Type',
    labelPlural: 'Currency Types',
    keyPrefix: '01L',
    fields: [
      isoCode('IsoCode', 'Currency ISO Code'),
      { ...setBySystem, name: 'ConversionRate', label: 'Conversion Rate', type: 'double' },
      { ...setBySystem, name: 'IsActive', label: 'Active', type: 'boolean' },
      { ...setBySystem, name: 'IsCorporate', label: 'Corporate Currency', type: 'boolean' },
    ],
  };
  const withCode = [...objects].map(([name, file]): [string, ObjectFile] => [
    name,
    {
      ...file,
      fields: [
        ...file.fields,
        isoCode('CurrencyIsoCode', 'Currency ISO Code'),
        ...(name === 'User' ? [isoCode('DefaultCurrencyIsoCode', 'Default Currency ISO Code')] : []),
      ],
    },
  ]);
  return new Map([...withCode, ['CurrencyType', currencyType]]);
}

/** The records of CurrencyType. */
export const currencyRecords = (data: readonly CurrencyData[]): RecordData[] =>
  data.length < 2
    ? []
    : data.map(({ isoCode, rate, corporate = false }) => ({
        IsoCode: isoCode,
        ConversionRate: rate,
        IsActive: true,
        IsCorporate: corporate,
      }));
