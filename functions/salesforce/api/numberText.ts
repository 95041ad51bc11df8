/** A number as JSON or a text has it, or why it is none that is clear. */
export type ReadNumber = { value: number } | { problem: string };

/** `-1234.5`, as JSON has it. */
const plain = /^[+-]?\d{1,18}(\.\d{1,18})?(e[+-]?\d{1,2})?$/i;
/** `1,234,567.89` and `1.234.567,89`, with one sign between thousands and another one before decimals. */
const grouped = /^[+-]?\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d{1,18})?$/;
/** `1,5` */
const decimalComma = /^[+-]?\d{1,18},\d{1,18}$/;
const currencySign = /^[\p{Sc}A-Z]{1,4}\s*(?=[\d+-])|(?<=\d)\s*(?:\p{Sc}|[A-Z]{3})$/u;

const factors: ReadonlyMap<string, number> = new Map([
  ...['k', 'thousand'].map((word): [string, number] => [word, 1e3]),
  ...['m', 'mn', 'mln', 'mio', 'million', 'millions'].map((word): [string, number] => [word, 1e6]),
  ...['b', 'bn', 'billion', 'billions'].map((word): [string, number] => [word, 1e9]),
]);
/** More digits behind the point are of no use to any field. */
const DECIMALS = 6;

/** `80k`, `1.5 million`; undefined for what has no such word behind it. */
function inWords(given: string, type: string): ReadNumber | undefined {
  const text = given.trim();
  const word = text.length <= 40 && type !== 'percent' ? /^[^a-z]*\d[^a-z\d]*([a-z]+)$/i.exec(text)?.[1] : undefined;
  const factor = word === undefined ? undefined : factors.get(word.toLowerCase());
  if (word === undefined || factor === undefined) return undefined;
  // 1.234k may be 1,234 or more than a million, as may 1,234k.
  const rest = text.slice(0, -word.length).trim();
  const number = /[.,]\d{3}$/.test(rest)
    ? { problem: 'It is not clear which number that is: write it as 50000 or 50000.5.' }
    : readNumber(rest, { type: 'double', decimals: DECIMALS });
  return 'value' in number ? { value: Number((number.value * factor).toFixed(DECIMALS)) } : number;
}

/**
 * A number as people write it: `50000`, `50,000`, `1.234,50`, `80k`, `1.5 million`, `60 %` for a percentage. One that may be read in two ways is
 * refused, as is one with a currency, which is the record's and not the number's. `decimals` is how many the field keeps.
 */
export function readNumber(
  given: unknown,
  { type, decimals }: { type: string; decimals: number | undefined },
): ReadNumber {
  const isWhole = type === 'int';
  const wanted = isWhole ? 'It must be a whole number.' : 'It must be a number.';
  const checked = (value: number): ReadNumber => {
    const fits = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
    return fits ? { value } : { problem: wanted };
  };
  if (typeof given === 'number') return checked(given);
  if (typeof given !== 'string') return { problem: wanted };
  const scaled = inWords(given, type);
  if (scaled !== undefined) return 'value' in scaled ? checked(scaled.value) : scaled;
  const text = type === 'percent' ? given.trim().replace(/\s?%$/, '') : given.trim();
  const unclear = { problem: 'It is not clear which number that is: write it as 50000 or 50000.5.' };
  if (plain.test(text)) {
    // In much of Europe 50.000 is fifty thousand; a field of whole or of two decimals has no use for three.
    const wantsNoThree = isWhole || (type === 'currency' && (decimals ?? 2) < 3);
    return wantsNoThree && /^[+-]?\d{1,3}\.\d{3}$/.test(text) ? unclear : checked(Number(text));
  }
  const [, separator, point] = grouped.exec(text) ?? [];
  if (separator !== undefined) {
    if (separator === point) return unclear;
    // 1.234 alone is plain; 1.234.567 has thousands, and 1,234 may have decimals where a field keeps as many.
    if (point === undefined && separator === ',' && /^[^,]*,\d{3}$/.test(text) && (decimals ?? 2) > 2) return unclear;
    const whole = point === undefined ? text : text.slice(0, text.lastIndexOf(point));
    const fraction = point === undefined ? '' : `.${text.slice(text.lastIndexOf(point) + 1)}`;
    return checked(Number(whole.replaceAll(separator, '') + fraction));
  }
  if (decimalComma.test(text)) return checked(Number(text.replace(',', '.')));
  if (currencySign.test(text)) {
    return {
      problem:
        'Give the number alone, such as 50000: it is in the currency of the record, which CurrencyIsoCode sets where there are several.',
    };
  }
  return /\d/.test(text) ? { problem: `${wanted} Write it in digits, such as 50000.` } : { problem: wanted };
}
