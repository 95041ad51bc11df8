import type { Addition } from './readOnlyQuery.ts';
import type { Salesforce } from './salesforce.ts';
import { type SelectItem, type SoqlOutline, soqlOutline } from './soqlOutline.ts';
import { currencyField } from './visibleFields.ts';

/** How the amounts of a statement's answer are to be read. */
export interface SoqlMoney {
  /** The currencies of the amounts that it selects. */
  additions: Addition[];
  /** What is to be known of its amounts. */
  remarks: string[];
  /** Of all amounts, in an org with one currency. */
  currency: string | undefined;
}

/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_querying_currency_fields.htm */
export async function moneyIn(salesforce: Salesforce, outline: SoqlOutline): Promise<SoqlMoney> {
  const { isMulti, sole, ofUser } = await salesforce.currencies();
  // Where the org does not tell, its objects do: they have the field in an org with several currencies alone.
  const isTold = isMulti ?? (await fieldsOf(salesforce, outline.objectType)).some(({ name }) => name === currencyField);
  const isCounted = outline.items.every(({ kind, tokens }) => kind === 'field' || tokens.some(isCount));
  if (!isTold) {
    // What is counted by group is no amount.
    return { additions: [], remarks: [], currency: outline.clauses.has('group') && isCounted ? undefined : sole };
  }
  const isAmount = amountsFrom(salesforce, outline.objectType, outline.alias);
  const remarks: string[] = [];

  const isGrouped = outline.clauses.has('group');
  const totals = await Promise.all(outline.items.map(item => totalsAmount(item, isAmount)));
  if (totals.includes(true)) {
    const corporate = await salesforce.corporateCurrency();
    const into = corporate ? `${corporate}, the corporate currency` : "the org's corporate currency";
    remarks.push(`Totals of amounts are converted into ${into}, at the org's rates.`);
  }
  if (outline.items.some(({ tokens }) => tokens.some(({ value }) => /^convertcurrency$/i.test(value)))) {
    const of = ofUser ? `, ${ofUser}` : '';
    remarks.push(`convertCurrency() gives amounts in the currency of the Salesforce user of this service${of}.`);
  }
  const bare = await bareBound(outline, isAmount);
  if (bare) {
    remarks.push(
      `${bare.text} compares bare numbers, whatever the currency; ${bare.path} ${bare.operator} EUR${bare.number} would compare what amounts are worth.`,
    );
  }
  const additions = isGrouped || totals.includes(true) ? [] : await currenciesFor(salesforce, outline, isAmount);
  return { additions, remarks, currency: undefined };
}

type IsAmount = (path: string) => Promise<boolean>;

/** Tells whether a path from an object leads to an amount of money. */
function amountsFrom(salesforce: Salesforce, objectType: string, alias: string | undefined): IsAmount {
  return async path => {
    const [first = '', ...others] = path.split('.');
    const isOwn = others.length > 0 && [objectType.toLowerCase(), alias].includes(first.toLowerCase());
    const steps = isOwn ? others : [first, ...others];
    let at = objectType;
    for (const step of steps.slice(0, -1)) {
      const fields = await fieldsOf(salesforce, at);
      const lookup = fields.find(({ relationshipName }) => same(relationshipName, step));
      const [target, ...more] = lookup?.referenceTo ?? [];
      if (target === undefined || more.length > 0) return false;
      at = target;
    }
    const last = steps.at(-1) ?? '';
    return (await fieldsOf(salesforce, at)).some(({ name, type }) => type === 'currency' && same(name, last));
  };
}

const same = (one: string | null | undefined, other: string) => one?.toLowerCase() === other.toLowerCase();

/** None where it cannot be told what an object is made of: Salesforce says what is wrong with the statement. */
const fieldsOf = (salesforce: Salesforce, objectType: string) =>
  salesforce.describe(objectType).then(
    ({ fields }) => fields,
    () => [],
  );

const counts = new Set(['count', 'count_distinct']);
const isCount = ({ value }: { value: string }) => counts.has(value.toLowerCase());
const totalNames = new Set(['sum', 'avg', 'min', 'max', ...counts]);

async function totalsAmount({ tokens }: SelectItem, isAmount: IsAmount): Promise<boolean> {
  const at = tokens.findIndex(
    ({ value }, place) => totalNames.has(value.toLowerCase()) && tokens[place + 1]?.value === '(',
  );
  const name = tokens[at]?.value.toLowerCase() ?? '';
  const parameter = tokens[at + 2];
  return at >= 0 && !counts.has(name) && parameter?.kind === 'word' && isAmount(parameter.value);
}

/** A bound without a currency on an amount: `Amount > 5000`. */
async function bareBound({ tokens, listEnd }: SoqlOutline, isAmount: IsAmount) {
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || token.start < listEnd) continue;
    let end = at + 1;
    while (/^[<>=!]$/.test(tokens[end]?.value ?? '')) end += 1;
    const number = tokens[end];
    if (end === at + 1 || number?.kind !== 'number' || Number(number.value) === 0 || !(await isAmount(token.value)))
      continue;
    const operator = tokens
      .slice(at + 1, end)
      .map(({ value }) => value)
      .join('');
    return { path: token.value, operator, number: number.value, text: `${token.value} ${operator} ${number.value}` };
  }
  return undefined;
}

/** The currency of each amount that is selected, of children, too. */
async function currenciesFor(salesforce: Salesforce, outline: SoqlOutline, isAmount: IsAmount): Promise<Addition[]> {
  const own = outline.items.filter(({ kind }) => kind === 'field').map(({ text }) => text);
  const selected = new Set(own.map(path => path.toLowerCase()));
  const amounts = await Promise.all(own.map(isAmount));
  const wanted = own
    .filter((_, at) => amounts[at])
    .map(path => path.slice(0, path.lastIndexOf('.') + 1) + currencyField);
  const missing = [...new Set(wanted)].filter(path => !selected.has(path.toLowerCase()));
  const children = outline.items.filter(({ kind }) => kind === 'subquery');
  const ofChildren = await Promise.all(
    children.map(item => currenciesOfChildren(salesforce, outline.objectType, item)),
  );
  return [...missing.map(path => ({ at: outline.listEnd, text: `, ${path}` })), ...ofChildren.flat()];
}

async function currenciesOfChildren(
  salesforce: Salesforce,
  parent: string,
  { tokens }: SelectItem,
): Promise<Addition[]> {
  const inner = tokens.slice(1, -1);
  const start = inner[0]?.start ?? 0;
  const text = inner.reduce((all, { value, start: at }) => all.padEnd(at - start) + value, '');
  const outline = soqlOutline(text);
  if (!outline) return [];
  const object = await salesforce.describe(parent).catch(() => undefined);
  const child = object?.childRelationships.find(({ relationshipName }) => same(relationshipName, outline.objectType));
  if (!child) return [];
  const isAmount = amountsFrom(salesforce, child.childSObject, outline.alias);
  const additions = await currenciesFor(salesforce, { ...outline, objectType: child.childSObject }, isAmount);
  return additions.map(addition => ({ ...addition, at: addition.at + start }));
}
