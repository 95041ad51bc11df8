import { type PageRequest, page } from '../../../shared/action/page.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { fieldCalled } from '../../../shared/filter/label.ts';
import { beginning } from '../../../shared/text.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { isClosedHere, isHidden } from './answerFailure.ts';
import { counted } from './counted.ts';
import { happeningCalled, historyOf, namesInHistory, openInHistory } from './fieldHistory.ts';
import { recordFields } from './filter/recordField.ts';
import { findingActions } from './findingActions.ts';
import { foreignToken } from './listPage.ts';
import { nameFieldOf } from './objectNames.ts';
import { nameFieldIn, plainValue } from './recordChanges.ts';
import { isRecordId, longRecordId, objectOfId } from './recordId.ts';
import { isoTime, valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { names, type Soql, soql } from './soql.ts';
import { currencyField } from './visibleFields.ts';
import { type FieldDescription, garbled, type ObjectDescription, type SalesforceRecord } from './wire.ts';

/** How much is read at once: what is saved together has a row for each field, and two for a lookup. */
const MAX_ROWS = 2000;
const ROWS_EACH = 20;
/** Long values are cut to this many characters. */
const MAX_VALUE = 300;

/** How long Salesforce keeps it: https://help.salesforce.com/s/articleView?id=xcloud.tracking_field_history.htm */
const kept =
  'Salesforce records changes only of the fields that an administrator has set to be tracked, and keeps them for 18 to 24 months.';

interface Wanted {
  object: ObjectDescription;
  recordId: string;
  /** Labels of the fields; empty for all. */
  labels: readonly string[];
}

interface Change {
  field: string;
  from?: string;
  to?: string;
  note?: string;
}

/** What one person saved at one time. */
interface Saved {
  /** As Salesforce has it. */
  at: string;
  by: string | undefined;
  rows: SalesforceRecord[];
}

/**
 * The changes of a record, the latest first. It costs one request, and one more for the names of what lookups led to where
 * Salesforce has only the IDs.
 * @throws Failure `not_found` for the record, `invalid_input` for a label and where the object has no history
 */
export async function readHistory(
  salesforce: Salesforce,
  { limit, cursor, isFirst }: PageRequest,
  { object, recordId, labels }: Wanted,
) {
  const { historyType, parentField } = historyOf(object.name);
  const wanted = labels.map(label => {
    const hint = `describeObject lists those of ${object.name}.`;
    return fieldCalled(label, recordFields(object), { input: 'field', hint }).description;
  });
  const from = readCursor(cursor);
  const size = Math.min(MAX_ROWS, ROWS_EACH * (limit + 5));
  const hasCurrency = object.fields.some(({ name }) => name === currencyField);
  const nameField = nameFieldIn(object);
  const parent = soql`SELECT ${names(...new Set(['Id', nameField ?? 'Id', ...(hasCurrency ? [currencyField] : [])]))} FROM ${names(object.name)} WHERE Id = ${recordId}`;
  const statement = (fields: readonly string[]): Soql => {
    // What a policy checks stands first, as one condition of a plain chain.
    const only = fields.length > 0 ? [soql`Field IN ${fields}`] : [];
    const until = from ? [soql`CreatedDate <= ${new Date(from.at)}`] : [];
    const conditions = [...only, soql`${names(parentField)} = ${recordId}`, ...until];
    return soql`SELECT Id, Field, OldValue, NewValue, CreatedDate, CreatedBy.Name FROM ${names(historyType)} WHERE ${chain(conditions)} ORDER BY CreatedDate DESC, Id DESC LIMIT ${size}`;
  };
  const ask = (fields: readonly string[]) => salesforce.queryTogether([parent, statement(fields)]);
  let [record, rows] = await ask(wanted.flatMap(namesInHistory));
  // Under a policy a history is open for the fields that are.
  if (rows instanceof Failure && isClosedHere(rows) && wanted.length === 0) {
    [record, rows] = await ask(openInHistory(object.fields));
  }
  if (record instanceof Failure) throw record;
  const [own] = record ?? [];
  if (!own) {
    throw new Failure(
      'not_found',
      `There is no ${object.label} ${recordId} that this service may see. Find it by name, with ${findingActions([object.name])}, or check objectType.`,
    );
  }
  if (rows instanceof Failure) {
    if (!isHidden(rows) || isClosedHere(rows)) throw rows;
    const message = `Salesforce has no field history of the object ${object.label}: an administrator has not turned it on, or the user of this service may not see it.`;
    throw invalidInput([{ field: 'recordId', message }]);
  }

  const all = rows ?? [];
  const isWhole = all.length < size;
  const saved = behind(grouped(all, isWhole), from);
  const shown = saved.slice(0, limit);
  const [timeZone, orgCurrency, called] = await Promise.all([
    salesforce.timeZone(),
    hasAmount(object, shown) && !hasCurrency ? salesforce.currencies().then(({ sole }) => sole) : undefined,
    namesOf(salesforce, shown),
  ]);
  const currency = typeof own[currencyField] === 'string' ? own[currencyField] : orgCurrency;
  const items = shown.map(({ at, by, rows }) => ({
    at: clockAt(new Date(at), timeZone),
    ...(by !== undefined && { by }),
    changes: changesIn(rows, object, { currency, called }),
  }));
  const cursorAfter = (count: number) => writeCursor(from, saved, count);
  const name = nameField === undefined ? undefined : own[nameField];
  return page({
    items,
    nextCursor: isWhole && saved.length <= limit ? undefined : cursorAfter(shown.length),
    cursorAfter,
    answer: (history, more) => ({
      summary: summarize(history.length, { labels: wanted.map(labelFor), isFirst, more }),
      objectType: object.name,
      recordId,
      ...(typeof name === 'string' && { name }),
      url: salesforce.recordUrl(object.name, recordId),
      history,
    }),
  });
}

/** Conditions one after another, without parentheses. */
const chain = (conditions: readonly Soql[]): Soql =>
  conditions.reduce((all, condition) => soql`${all} AND ${condition}`);

interface Cursor {
  /** The time of what was told last. */
  at: string;
  /** How much of that time was told. */
  told: number;
}

function readCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  const [, at = '', told] = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)\+(\d{1,4})$/.exec(cursor) ?? [];
  if (told === undefined || isoTime(at) === undefined) throw foreignToken();
  return { at, told: Number(told) };
}

function writeCursor(from: Cursor | undefined, saved: readonly Saved[], count: number): string {
  const at = saved[count - 1]?.at ?? from?.at ?? '';
  const told = saved.slice(0, count).filter(each => each.at === at).length;
  return `${at}+${told + (from?.at === at ? from.told : 0)}`;
}

/** Without what was told before. */
function behind(saved: readonly Saved[], from: Cursor | undefined): Saved[] {
  const told = from ? saved.filter(({ at }) => at === from.at).slice(0, from.told) : [];
  return saved.filter(each => !told.includes(each));
}

/** What was saved together. Of the last time of a list that goes on, not all may have been read. */
function grouped(rows: readonly SalesforceRecord[], isWhole: boolean): Saved[] {
  const groups = new Map<string, Saved>();
  for (const row of rows) {
    const at = typeof row.CreatedDate === 'string' ? isoTime(row.CreatedDate) : undefined;
    if (at === undefined) throw garbled();
    const name = valueAt(row, 'CreatedBy.Name');
    const by = typeof name === 'string' ? name : undefined;
    const key = `${at} ${by}`;
    const group = groups.get(key) ?? { at, by, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const last = all.at(-1)?.at;
  const isOneTime = all[0]?.at === last;
  return isWhole || isOneTime ? all : all.filter(({ at }) => at !== last);
}

const labelFor = ({ label, type }: FieldDescription) => (type === 'reference' ? label.replace(/ ID$/, '') : label);

/** A lookup has a row with the IDs beside the one with the names, which is left out. */
function changesIn(
  rows: readonly SalesforceRecord[],
  object: ObjectDescription,
  { currency, called }: { currency: string | undefined; called: ReadonlyMap<string, string> },
): Change[] {
  return rows
    .filter(row => !hasNames(row, rows))
    .map(row => {
      const name = String(row.Field);
      const field = fieldOf(object, name);
      const shown = (value: unknown) => {
        const text = typeof value === 'string' && isRecordId(value) ? called.get(longRecordId(value)) : undefined;
        const plain = text ?? (field ? plainValue(field, value, currency) : textOf(value));
        return plain === undefined ? undefined : beginning(plain, MAX_VALUE);
      };
      const [from, to] = [shown(row.OldValue), shown(row.NewValue)];
      const isSilent = from === undefined && to === undefined && happeningCalled(name) === undefined;
      return {
        field: field ? labelFor(field) : (happeningCalled(name) ?? name),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(isSilent && { note: 'Salesforce does not keep the values of this field.' }),
      };
    });
}

const textOf = (value: unknown) => (value === null || value === undefined || value === '' ? undefined : String(value));

const isIdOrNone = (value: unknown) =>
  value === null || value === undefined || (typeof value === 'string' && isRecordId(value) && /\d/.test(value));

/** Whether a row has the IDs of a lookup of which another one has the names. */
function hasNames(row: SalesforceRecord, rows: readonly SalesforceRecord[]): boolean {
  const isOfIds = (each: SalesforceRecord) => isIdOrNone(each.OldValue) && isIdOrNone(each.NewValue);
  const twins = rows.filter(other => other !== row && other.Field === row.Field);
  return isOfIds(row) && twins.some(other => !isOfIds(other));
}

function fieldOf({ fields }: ObjectDescription, name: string): FieldDescription | undefined {
  return fields.find(field => field.name === name) ?? fields.find(field => namesInHistory(field).includes(name));
}

function hasAmount(object: ObjectDescription, saved: readonly Saved[]): boolean {
  return saved.some(({ rows }) => rows.some(row => fieldOf(object, String(row.Field))?.type === 'currency'));
}

/** Salesforce takes so many queries in one request. */
const MAX_OBJECTS = 5;
const MAX_IDS = 200;

/** The names of what lookups led to, by ID; those that cannot be asked for are left out. */
async function namesOf(salesforce: Salesforce, saved: readonly Saved[]): Promise<ReadonlyMap<string, string>> {
  const values = saved.flatMap(({ rows }) =>
    rows.filter(row => !hasNames(row, rows)).flatMap(row => [row.OldValue, row.NewValue]),
  );
  const ids = new Set(
    values.filter(value => typeof value === 'string' && isIdOrNone(value)).map(id => longRecordId(String(id))),
  );
  const byObject = Map.groupBy(ids, id => objectOfId(id) ?? '');
  byObject.delete('');
  const asked = [...byObject].slice(0, MAX_OBJECTS);
  if (asked.length === 0) return new Map();
  const answers = await salesforce.queryTogether(
    asked.map(([objectType, some]) => {
      const column = names(nameFieldOf(objectType) ?? 'Name');
      return soql`SELECT Id, ${column} FROM ${names(objectType)} WHERE Id IN ${some.slice(0, MAX_IDS)}`;
    }),
  );
  const found = answers.flatMap((answer, at) => {
    if (answer instanceof Failure) return [];
    const column = nameFieldOf(asked[at]?.[0] ?? '') ?? 'Name';
    return answer.flatMap(({ Id, [column]: name }): [string, string][] =>
      typeof Id === 'string' && typeof name === 'string' ? [[Id, name]] : [],
    );
  });
  return new Map(found);
}

function summarize(
  count: number,
  { labels, isFirst, more }: { labels: readonly string[]; isFirst: boolean; more: boolean },
): string {
  const of = labels.length > 0 ? ` of ${labels.join(' and ')}` : '';
  if (count === 0 && isFirst) return `No change${of} is recorded. ${kept}`;
  if (more) return `The ${isFirst ? 'latest' : 'next'} ${counted(count, ['change', 'changes'])}${of}; there are more.`;
  return `${counted(count, isFirst ? ['change', 'changes'] : ['more change', 'more changes'])}${of}. ${kept}`;
}
