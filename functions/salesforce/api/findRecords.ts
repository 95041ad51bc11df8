import { type Page, type PageRequest, page } from '../../../shared/action/page.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { isClosedHere, isUnknownObject } from './answerFailure.ts';
import { counted, matching, type Noun } from './counted.ts';
import type { RecordField } from './filter/recordField.ts';
import type { RecordFilter } from './filter/recordFilter.ts';
import type { NotShown } from './notShown.ts';
import { plainValue } from './recordChanges.ts';
import type { RecordShape } from './recordShape.ts';
import { valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, containing, containingDigits, names, type Soql, soql } from './soql.ts';
import { currencyField, withVisibleFields } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

interface Search<Item, Output> {
  shape: RecordShape<Item>;
  noun: Noun;
  /** The conditions by input name; undefined for an input that was not given. */
  where: Record<string, Soql | undefined>;
  orderBy: Soql;
  /** Text that the summary has after the count, such as `, worth 240,000 USD`. */
  aside?(items: Item[]): string;
  /** A condition of which the summary tells where nothing but it leaves nothing, and what no record then does. */
  decisive?: { input: string; lacks: string } | undefined;
  /** What may help where nothing was found. */
  ifNone?(): Promise<string | undefined>;
  /** A sentence that the summary ends with. */
  remark?: string | undefined;
  /** What an item has besides the fields of its record, by the record's ID. */
  besides?: ((recordIds: readonly string[]) => Promise<ReadonlyMap<string, object>>) | undefined;
  /** Filters and columns of the caller's own. */
  filter?: RecordFilter | undefined;
  answer(summary: string, items: Item[]): Output;
}

/**
 * Returns a page of the records of one object that meet all conditions. It costs one request.
 * @throws Failure `invalid_input` when neither a condition nor an order is given
 */
export async function findRecords<Item, Output>(
  { salesforce, page: request }: { salesforce: Salesforce; page: PageRequest },
  {
    shape,
    noun,
    where,
    orderBy,
    aside = () => '',
    decisive,
    ifNone,
    remark,
    besides,
    filter,
    answer,
  }: Search<Item, Output>,
): Promise<Page<Output & NotShown>> {
  const all = { ...where, ...filter?.conditions };
  const conditions = Object.values(all).filter(condition => condition !== undefined);
  // The largest or the latest of all is a question; all of them in no order is none.
  if (conditions.length === 0 && !filter?.orderBy) {
    const inputs = Object.keys(all).map(name => (name === 'openOnly' ? 'openOnly=true' : name));
    const message = `Give at least one of ${inputs.join(', ')}, or orderBy.`;
    throw invalidInput([{ field: '', message }]);
  }
  const { objectType } = shape;
  const columns = filter?.columns;
  const own = salesforce.recordTypes.asked(objectType, shape.fields);
  const fields = [...new Set([...own, ...columnPaths(columns ?? [])])];
  const notShown: string[] = [...(filter?.notShown ?? [])];
  const ask = (conditions: readonly Soql[]) =>
    withVisibleFields(
      salesforce,
      { [objectType]: fields },
      select =>
        salesforce.list(
          soql`SELECT ${select(objectType)} FROM ${names(objectType)}${whereAll(conditions)} ORDER BY ${filter?.orderBy ?? orderBy}`,
          request,
        ),
      field => {
        if (!salesforce.recordTypes.noneOf(objectType, field)) notShown.push(field);
      },
    ).catch((error: unknown) => {
      throw isUnknownObject(error) ? notSeen(noun) : ofInput(error, all);
    });
  let found = await ask(conditions);
  let asked = all;
  if (found.records.length === 0 && request.cursor === undefined) {
    const others = await filter?.ofFoundNothing();
    const again = Object.values({ ...all, ...others }).filter(condition => condition !== undefined);
    const isOther = whereAll(again).text !== whereAll(conditions).text;
    if (isOther) found = await ask(again);
    asked = { ...all, ...others };
  }
  const isNone = found.records.length === 0 && request.cursor === undefined;
  const none = isNone && decisive && asked[decisive.input] ? await withoutOne(asked, decisive, ask) : undefined;
  const { records, nextCursor } = found;
  const hasRichText = columns?.some(({ description }) => description.htmlFormatted) ?? false;
  const richText = hasRichText ? (await import('./richText.ts')).htmlToMarkdown : (text: string) => text;
  const more = await besides?.(records.map(({ Id }) => String(Id)));
  const whole = new Map<Item, Item>();
  for (const record of records) {
    const item = shape.read(record, salesforce);
    const shown = columns ? withColumns(record, columns, { shape, salesforce, richText }) : item;
    whole.set({ ...shown, ...more?.get(String(record.Id)) }, item);
  }
  const help = isNone ? await ifNone?.() : undefined;
  const remarks = [...new Set([remark, ...(filter?.remarks ?? []), help])];
  return page({
    items: [...whole.keys()],
    nextCursor,
    answer(items, more) {
      const worth = aside(items.flatMap(item => whole.get(item) ?? []));
      const summary =
        none === undefined
          ? summarize(items.length, noun, worth, { more, isFirst: request.isFirst })
          : tellNone(none, noun, decisive?.lacks ?? '');
      return {
        ...answer([summary, ...remarks].filter(Boolean).join(' '), items),
        ...(notShown.length > 0 && { notShown: [...new Set(notShown)] }),
      };
    },
  });
}

const whereAll = (conditions: readonly Soql[]) =>
  conditions.length === 0 ? soql`` : soql` WHERE ${allOf(conditions)}`;

/** How many records match without one condition; undefined where there is no other. One request. */
async function withoutOne(
  { ...all }: Record<string, Soql | undefined>,
  { input }: { input: string },
  ask: (conditions: readonly Soql[]) => Promise<{ records: readonly unknown[]; nextCursor: string | undefined }>,
): Promise<{ count: number; isMore: boolean } | undefined> {
  all[input] = undefined;
  const others = Object.values(all).filter(condition => condition !== undefined);
  if (others.length === 0) return undefined;
  const { records, nextCursor } = await ask(others);
  return { count: records.length, isMore: nextCursor !== undefined };
}

/** `2 accounts match, but none has a renewal that ends within that time.` */
function tellNone({ count, isMore }: { count: number; isMore: boolean }, noun: Noun, lacks: string): string {
  if (count === 0) return `No ${noun[0]} matches, whether or not it ${lacks}.`;
  if (isMore) return `${count} or more ${noun[1]} match, but none ${lacks}.`;
  if (count === 1) return `1 ${noun[0]} matches, but it is none that ${lacks}.`;
  return `${counted(count, noun)} match, but none ${lacks}.`;
}

/** What must be read of records to show these columns. */
function columnPaths(columns: readonly RecordField[]): string[] {
  const hasAmount = columns.some(isAmount);
  return [...columns.map(({ path }) => path), ...(hasAmount ? [currencyField] : [])];
}

/** An item of what names and identifies the record, and of the columns: in their own places, or by their labels. */
function withColumns<Item>(
  record: SalesforceRecord,
  columns: readonly RecordField[],
  { shape, salesforce, richText }: { shape: RecordShape<Item>; salesforce: Salesforce; richText(html: string): string },
): Item {
  const isPlaced = ({ path }: RecordField) => shape.places.some(place => place.path === path);
  const own = shape.places.filter(
    ({ path, isAlways }) =>
      isAlways ||
      columns.some(column => column.path === path || (path === currencyField && isAmount(column) && isPlaced(column))),
  );
  const code = record[currencyField];
  const currency = typeof code === 'string' ? code : salesforce.soleCurrency();
  const shown = columns
    .filter(column => !isPlaced(column))
    .flatMap(({ label, path, id, description }) => {
      const at = valueAt(record, path);
      const value = path === id ? plainValue(description, at, currency) : typeof at === 'string' ? at : undefined;
      if (value) return [{ name: label, value: description.htmlFormatted ? richText(value) : value }];
      // What is asked for and empty is told, so that nobody takes it for hidden.
      return at === null || at === undefined || at === '' ? [{ name: label, value: 'none' }] : [];
    });
  return {
    ...shape.read(record, salesforce, new Set(own.map(({ name }) => name))),
    ...(shown.length > 0 && { columns: shown }),
  };
}

const isAmount = ({ description }: RecordField) => description.type === 'currency';

/** The condition for an input; undefined when the input was not given. */
export function ifGiven<Value>(value: Value | undefined, condition: (value: Value) => Soql): Soql | undefined {
  return value === undefined ? undefined : condition(value);
}

/** Records whose account has a name that contains the text. */
export function ofAccount(name: string): Soql {
  return soql`Account.Name LIKE ${containing(name)}`;
}

/** Records with this phone number. Only the last seven digits are compared, because prefixes and grouping vary. */
export function hasPhone(phone: string, ...fields: [string, ...string[]]): Soql {
  const digits = phone.replace(/\D/g, '').slice(-7);
  if (digits.length < 4) {
    throw invalidInput([{ field: 'phone', message: 'It must have at least four digits.' }]);
  }
  const [first, ...others] = fields.map(field => soql`${names(field)} LIKE ${containingDigits(digits)}`);
  return others.reduce((either, other) => soql`${either} OR ${other}`, first as Soql);
}

/** A refusal of a field that a policy closes, with the inputs that filter by it: a condition is never left out. */
function ofInput(error: unknown, conditions: Readonly<Record<string, Soql | undefined>>): unknown {
  if (!(error instanceof Failure) || !isClosedHere(error)) return error;
  const field = / the field (\w+) of /.exec(error.message)?.[1];
  if (field === undefined) return error;
  const inputs = Object.entries(conditions).filter(([, soql]) => soql?.text.split(/\W+/).includes(field));
  if (inputs.length === 0) return error;
  const names = inputs.map(([name]) => name).join(' and ');
  return new Failure('forbidden', `${names} cannot be used here. ${error.message}`, { cause: error.cause });
}

function notSeen([, many]: Noun): Failure {
  return new Failure(
    'forbidden',
    `The Salesforce user that this service runs as may not see ${many}. Say so to the user; a Salesforce administrator can give access.`,
  );
}

/** `3 accounts match.` or, for a page of several, `The first 25 accounts that match; there are more on the next page.` */
export function summarize(
  count: number,
  noun: Noun,
  aside: string,
  { more, isFirst }: { more: boolean; isFirst: boolean },
): string {
  const [one, many] = noun;
  if (count === 0) return isFirst ? `No ${one} matches.` : `No more ${many} match.`;
  if (!more) return `${matching(count, isFirst ? noun : [`more ${one}`, `more ${many}`])}${aside}.`;
  const which = count === 1 ? one : counted(count, noun);
  // What a page is worth must not be taken for what all are worth.
  const ofPage = aside && ` (${count === 1 ? 'this one' : `these ${count}`} alone: ${aside.replace(/^[,:]? /, '')})`;
  return `The ${isFirst ? 'first' : 'next'} ${which} that ${count === 1 ? 'matches' : 'match'}${ofPage}; there are more on the next page.`;
}
