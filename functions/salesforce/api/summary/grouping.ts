import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { dayAt } from '../../../../shared/time/timeZone.ts';
import { type RecordField, recordFields } from '../filter/recordField.ts';
import type { Salesforce } from '../salesforce.ts';
import { names, type Soql, soql } from '../soql.ts';
import type { ObjectDescription } from '../wire.ts';
import { type Calendar, dayIn, type Unit, units } from './calendar.ts';

/** A group that records are in. */
export interface GroupName {
  /** What tells it from other groups: names alone may be those of several records. */
  key: string;
  name: string;
}

export const none: GroupName = { key: '', name: 'none' };

/** By what records are grouped. */
export interface Grouping {
  label: string;
  /** What stands in SELECT and in GROUP BY. */
  columns: readonly Soql[];
  /** The group that the values of these columns mean. */
  ofColumns(values: readonly unknown[]): GroupName;
  /** The paths that tell the group of a record, and the group that their values mean. */
  paths: readonly string[];
  ofRecord(values: readonly unknown[]): GroupName;
  /** Of a process such as that of stages: the places of the groups, by their keys. */
  rank?: ReadonlyMap<string, number> | undefined;
  /** Of spans of time: which, and whether it takes a zone to tell them. */
  series?: { unit: Unit; isOfMoments: boolean } | undefined;
}

/** Against what groupings are read. */
export interface GroupingParts {
  salesforce: Salesforce;
  object: ObjectDescription;
  calendar: Calendar;
  timeZone: string;
  /** The field whose time is meant where none is named. */
  dateField: string | undefined;
}

/** A field of an object, or of one that a lookup leads to. */
interface FoundField {
  field: RecordField;
  /** The lookup that leads to it, as a path; undefined for a field of the object itself. */
  through: string | undefined;
  label: string;
}

const unitNames: ReadonlyMap<string, Unit> = new Map(
  units.flatMap((unit): [string, Unit][] => [
    [unit, unit],
    [`${unit}s`, unit],
    [unit === 'day' ? 'daily' : `${unit}ly`, unit],
    ...(['quarter', 'year'].includes(unit) ? ([[`fiscal ${unit}`, unit]] satisfies [string, Unit][]) : []),
  ]),
);
/** The longer first, as `calendar year of …` begins with none of the shorter. */
const longerFirst = [...unitNames].toSorted(([one], [other]) => other.length - one.length);
const between = /^(?:of|by|per|the) /;

/** What texts mean, each once: one field may be given by two names. @throws Failure `invalid_input` or `ambiguous` */
export async function groupingsOf(texts: readonly string[], parts: GroupingParts): Promise<Grouping[]> {
  const found = await Promise.all(texts.map(text => groupingOf(text, parts)));
  return [...new Map(found.map(grouping => [`${grouping.label} ${grouping.paths.join(' ')}`, grouping])).values()];
}

/**
 * What a text means: the label of a field, also of what a lookup leads to (`Account Region`, `Account.Region__c`, `account's owner`,
 * `Region of the account`), or a unit of time with a field of dates (`month of Close Date`).
 * @throws Failure `invalid_input` or `ambiguous`
 */
async function groupingOf(text: string, parts: GroupingParts): Promise<Grouping> {
  const own = recordFields(parts.object);
  const isLabel = own.some(({ label, id }) => [label, id].some(name => folded(name) === folded(text)));
  const time = isLabel ? undefined : readTime(text);
  if (time) {
    return seriesOf(await timeField(time.what, parts), time.unit, parts);
  }
  const found = await foundField(text, parts);
  const { type } = found.field.description;
  // Days alone are too many to read.
  return type === 'date' || type === 'datetime' ? seriesOf(found, 'month', parts) : byField(found);
}

function readTime(text: string): { unit: Unit; what: string } | undefined {
  const words = text
    .toLowerCase()
    .split(/[\s_]+/)
    .join(' ')
    .trim();
  for (const [name, unit] of longerFirst) {
    if (words === name) return { unit, what: '' };
    if (words.startsWith(`${name} `)) return { unit, what: withoutBetween(words.slice(name.length + 1)) };
    if (words.endsWith(` ${name}`)) return { unit, what: withoutBetween(words.slice(0, -name.length - 1)) };
  }
  return undefined;
}

function withoutBetween(words: string): string {
  let rest = words;
  while (between.test(rest)) rest = rest.replace(between, '');
  return rest.replace(/ (?:by|per)$/, '');
}

/** What people call the owner of a record, where no field is called so. */
const owners = new Set([
  'rep',
  'salesrep',
  'salesperson',
  'seller',
  'accountexecutive',
  'agent',
  'queue',
  'assignee',
  'assignedto',
  'person',
]);

/** @throws Failure `invalid_input` or `ambiguous` */
async function foundField(text: string, parts: GroupingParts): Promise<FoundField> {
  const { salesforce, object } = parts;
  const own = recordFields(object);
  const field = optional(() => called(text, own, object.name));
  if (field) return opened({ field, through: undefined, label: field.label }, parts);
  const owner = own.find(({ id }) => id === 'OwnerId');
  if (owner && owners.has(folded(text))) return opened({ field: owner, through: undefined, label: owner.label }, parts);

  const leading = own.filter(({ description }) => description.relationshipName);
  const itself = leading.find(lookup => restsOf(text, lookup).some(rest => folded(rest) === 'name'));
  if (itself) return opened({ field: itself, through: undefined, label: itself.label }, parts);
  const lookups = leading.filter(({ description }) => description.referenceTo.length === 1);
  const fieldsOf = ({ description }: RecordField) =>
    salesforce.describe(description.referenceTo[0] ?? '').then(recordFields, (error: unknown) => {
      // An object that is closed or hidden has no fields.
      if (error instanceof Failure && !error.retryable) return [];
      throw error;
    });
  const through = (lookup: RecordField, at: RecordField): FoundField => {
    const what = lookup.label.replace(/ ID$/i, '');
    // The name of what a lookup leads to is the lookup itself.
    if (at.description.nameField) return { field: lookup, through: undefined, label: what };
    return {
      field: at,
      through: lookup.description.relationshipName ?? undefined,
      label: at.label.startsWith(`${what} `) ? at.label : `${what} ${at.label}`,
    };
  };
  for (const lookup of lookups) {
    for (const rest of restsOf(text, lookup)) {
      const fields = await fieldsOf(lookup);
      const at = optional(() => called(rest, fields, lookup.description.referenceTo[0] ?? ''));
      if (at) return opened(through(lookup, at), parts);
    }
  }
  // A field that only what a lookup leads to has, such as the region of an opportunity's account.
  const isOfAll = (at: RecordField) => ofEveryObject.has(at.id) || at.description.nameField;
  const records = lookups.filter(({ description }) => description.referenceTo[0] !== 'User').slice(0, MAX_LOOKUPS);
  const found = await Promise.all(
    records.map(async lookup => {
      const at = (await fieldsOf(lookup)).find(each => isCalled(each, text));
      return at && !isOfAll(at) ? [through(lookup, at)] : [];
    }),
  );
  const [only, ...others] = found.flat();
  if (only && others.length === 0) return opened(only, parts);
  if (only) {
    const all = [only, ...others].map(({ label }) => quoted(label)).join(', ');
    throw new Failure('ambiguous', `groupBy: ${quoted(text)} may be ${all}. Give one of these.`);
  }
  // Says which fields there are.
  const sole = called(text, own, object.name, field => field.description.groupable);
  return opened({ field: sole, through: undefined, label: sole.label }, parts);
}

/** Fields of every object: who asks for one by itself means the object's own, also where that cannot be used. */
const ofEveryObject = new Set([
  'Id',
  'OwnerId',
  'RecordTypeId',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'LastActivityDate',
  'IsDeleted',
]);

/** How many objects are looked into for a field that is not the object's own. */
const MAX_LOOKUPS = 8;

const called = (
  text: string,
  fields: readonly RecordField[],
  objectType: string,
  mayBegin: (field: RecordField) => boolean = () => false,
) => fieldCalled(text, fields, { input: 'groupBy', hint: `describeObject lists those of ${objectType}.`, mayBegin });

const isCalled = ({ id, label, also = [] }: RecordField, text: string) =>
  [id, label, ...also].some(name => folded(name) === folded(text));

/** What a text says of what a lookup leads to, after the lookup's name or before it. */
function restsOf(text: string, { id, label, also = [] }: RecordField): string[] {
  const rests = [id, label, ...also].flatMap(name => {
    const [whole, start] = [folded(text), folded(name)];
    const after = whole.startsWith(start) ? whole.slice(start.length).replace(/^(?:['’]s|\.|:|>)/, '') : '';
    const before = [`of${start}`, `ofthe${start}`].find(end => whole.endsWith(end));
    return [after, before ? whole.slice(0, -before.length) : ''];
  });
  return [...new Set(rests.filter(Boolean))];
}

function optional<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid_input') return undefined;
    throw error;
  }
}

/** @throws Failure `invalid_input` where a policy closes what the field's path leads to */
async function opened(found: FoundField, { salesforce, object }: GroupingParts): Promise<FoundField> {
  const paths = pathsOf(found);
  const open = await salesforce.openPaths(object.name, paths);
  if (open.length === paths.length) return found;
  throw wrong(`There is no field ${quoted(found.label)} that can be used here.`);
}

/** The ID and the name of what a lookup leads to, or the field itself. */
function pathsOf({ field: { id, path }, through }: FoundField): string[] {
  const from = through === undefined ? '' : `${through}.`;
  return [...new Set([id, path])].map(each => from + each);
}

function byField(found: FoundField): Grouping {
  const { field, label } = found;
  const { groupable, type, picklistValues, name: id } = field.description;
  if (!groupable) {
    const isNumber = ['int', 'double', 'currency', 'percent'].includes(type);
    throw wrong(
      `Salesforce cannot group by ${quoted(label)}.${isNumber ? ' Give it as a measure.' : ' Group by a picklist, a checkbox, a short text, a lookup or a date.'}`,
    );
  }
  const labels = new Map(picklistValues.map(({ value, label: shown }) => [value, shown ?? value]));
  const paths = pathsOf(found);
  const group = ([first, last = first]: readonly unknown[]): GroupName => {
    if (first === null || first === undefined || first === '') return none;
    const key = String(first);
    if (type === 'boolean') return { key, name: `${label}: ${first === true ? 'yes' : 'no'}` };
    // A lookup may lead to a record that the user may not see.
    return { key, name: labels.get(key) ?? (typeof last === 'string' && last !== '' ? last : key) };
  };
  return {
    label: type === 'reference' ? label.replace(/ ID$/i, '') : label,
    columns: paths.map(path => names(path)),
    ofColumns: group,
    paths,
    ofRecord: group,
    rank: inOrder.has(id) ? new Map(picklistValues.map(({ value }, at) => [value, at])) : undefined,
  };
}

/** Picklists whose values follow one another. */
const inOrder = new Set(['StageName', 'ForecastCategoryName']);

/** Words that people say of a time in place of the label of its field. */
const timesCalled: Readonly<Record<string, readonly string[]>> = {
  creation: ['CreatedDate'],
  created: ['CreatedDate'],
  opening: ['CreatedDate'],
  opened: ['CreatedDate'],
  closing: ['CloseDate', 'ClosedDate'],
  closed: ['CloseDate', 'ClosedDate'],
  close: ['CloseDate', 'ClosedDate'],
};

async function timeField(what: string, parts: GroupingParts): Promise<FoundField> {
  const ids = what === '' ? [parts.dateField] : (timesCalled[what] ?? []);
  const field = recordFields(parts.object).find(({ id }) => ids.includes(id));
  if (field) return opened({ field, through: undefined, label: field.label }, parts);
  if (what === '') throw wrong('Give the label of the date, such as month of Created Date.');
  return foundField(what, parts);
}

function seriesOf(found: FoundField, unit: Unit, { calendar, timeZone }: GroupingParts): Grouping {
  const { field, label } = found;
  const { type, groupable } = field.description;
  const isOfMoments = type === 'datetime';
  if (type !== 'date' && !isOfMoments)
    throw wrong(`${quoted(label)} has no days. Give ${quoted(label)} alone, or a field of dates.`);
  if (!isOfMoments && !groupable) throw wrong(`Salesforce cannot group by ${quoted(label)}.`);
  const [path = ''] = pathsOf(found);
  const at = isOfMoments ? soql`convertTimezone(${names(path)})` : names(path);
  const isOfMonths = calendar.isOfMonths(unit);
  const columns = isOfMonths
    ? [soql`CALENDAR_YEAR(${at})`, soql`CALENDAR_MONTH(${at})`]
    : [isOfMoments ? soql`DAY_ONLY(${at})` : at];
  const group = (day: string | undefined): GroupName => {
    if (day === undefined) return none;
    const { from, name } = calendar.span(unit, day);
    return { key: from, name };
  };
  return {
    label: `${unit} of ${label}`,
    columns,
    ofColumns([first, month]) {
      if (first === null || first === undefined) return none;
      return group(isOfMonths ? dayIn(Number(first), Number(month)) : String(first).slice(0, 10));
    },
    paths: [path],
    ofRecord([value]) {
      if (typeof value !== 'string') return none;
      return group(isOfMoments ? dayAt(new Date(value), timeZone) : value);
    },
    series: { unit, isOfMoments },
  };
}

function wrong(message: string): Failure {
  return invalidInput([{ field: 'groupBy', message }]);
}
