import { Failure, invalidInput } from '../../../../shared/failure.ts';
import type { Test, Value } from '../../../../shared/filter/condition.ts';
import { folded } from '../../../../shared/filter/label.ts';
import type { Moments } from '../../../../shared/filter/moments.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { amountBound, amountText } from '../amounts.ts';
import { findOwners, type Owner, ownerChoice } from '../owners.ts';
import { isIdOf, isRecordId } from '../recordId.ts';
import { recordTypeCalled } from '../recordTypes.ts';
import type { Salesforce } from '../salesforce.ts';
import { anyOf, containing, day, list, names, type Soql, soql } from '../soql.ts';
import { lastActivity, type RecordField } from './recordField.ts';

/** A condition on a field of an object. */
export interface FieldCondition {
  field: RecordField;
  test: Test;
  isNot: boolean;
  /** The input that it was given in, for messages. */
  input: string;
}

/** What conditions are compiled with. */
export interface Around {
  salesforce: Salesforce;
  objectType: string;
  moments: Moments;
}

/** A condition in SOQL, and what the user should know of how it compares. */
export interface CompiledCondition {
  soql: Soql;
  remark?: string | undefined;
}

const numbers = new Set(['int', 'double', 'percent', 'long']);
const unsearchable = new Set(['address', 'location', 'base64', 'complexvalue', 'anyType', 'json', 'encryptedstring']);

/** @throws Failure `invalid_input` for a value that the field cannot have; `not_found` or `ambiguous` for a person */
export async function conditionSoql(condition: FieldCondition, around: Around): Promise<CompiledCondition> {
  const { field, test, isNot } = condition;
  const { type, name, filterable } = field.description;
  if (!filterable || unsearchable.has(type)) throw wrong(condition, 'cannot be searched by in Salesforce.');
  const column = names(name);
  const isEmpty = soql`${column} = NULL`;
  const isSet = soql`${column} != NULL`;
  switch (test.kind) {
    case 'empty':
      // A checkbox is never empty, and neither is an owner: what a queue has nobody has taken.
      if (type === 'boolean') return { soql: soql`${column} = ${isNot}` };
      if (mayBeQueues(field)) return { soql: isNot ? soql`(NOT ${ownedByQueue})` : ownedByQueue };
      return { soql: isNot ? isSet : isEmpty };
    case 'contains': {
      const found = containsSoql(condition, test.text);
      return { soql: isNot ? anyOf([soql`(NOT ${found})`, isEmpty]) : found };
    }
    case 'between': {
      const { from, to, remark } = await boundsOf(condition, test, around);
      const bounds = isNot
        ? [...(from ? [soql`${column} < ${from}`] : []), ...(to ? [soql`${column} > ${to}`] : []), isEmpty]
        : [...(from ? [soql`${column} >= ${from}`] : []), ...(to ? [soql`${column} <= ${to}`] : [])];
      const isSilent = !isNot && !from && condition.field.description.nillable && ['date', 'datetime'].includes(type);
      const remarks = [remark, isSilent && emptyLeftOut(field)].filter(Boolean);
      return { soql: isNot ? anyOf(bounds) : bothOf(bounds), remark: remarks.join(' ') || undefined };
    }
    case 'oneOf': {
      const { soql: found, remark } = await oneOfSoql(condition, test.values, around);
      if (type === 'boolean') return { soql: isNot ? soql`(NOT ${found})` : found, remark };
      if (isNot)
        return {
          soql: test.orEmpty ? bothOf([soql`(NOT ${found})`, isSet]) : anyOf([soql`(NOT ${found})`, isEmpty]),
          remark,
        };
      return { soql: test.orEmpty ? anyOf([found, isEmpty]) : found, remark };
    }
  }
}

/** Who asks for those before a day may mean those without one as well. */
function emptyLeftOut({ id, label }: RecordField): string {
  const also = id === lastActivity ? '; unchangedFor finds both, where nothing was edited either' : '';
  return `Records whose ${quoted(label)} is empty are not among these: missing ${quoted(label)} finds them${also}.`;
}

/** Conditions that hold together, as one that can stand beside others. */
function bothOf(conditions: readonly Soql[]): Soql {
  const [first, ...others] = conditions;
  if (!first) throw new Failure('internal', 'A query was built from no conditions.');
  return others.length === 0 ? first : soql`(${list(conditions, ' AND ')})`;
}

async function oneOfSoql(
  condition: FieldCondition,
  values: readonly Value[],
  around: Around,
): Promise<CompiledCondition> {
  const { field } = condition;
  const { type, name } = field.description;
  const column = names(name);
  switch (type) {
    case 'reference':
      return { soql: await referenceSoql(condition, values, around) };
    case 'boolean':
      return {
        soql: anyOf([...new Set(values.map(value => flag(condition, value)))].map(value => soql`${column} = ${value}`)),
      };
    case 'multipicklist':
      return { soql: soql`${column} INCLUDES ${values.map(value => choiceOf(condition, value))}` };
    case 'date':
      return { soql: soql`${column} IN ${await Promise.all(values.map(value => dayOf(condition, value, around)))}` };
    case 'datetime': {
      const days = await Promise.all(
        values.map(async value =>
          bothOf([
            soql`${column} >= ${await momentOf(condition, value, around.moments.first)}`,
            soql`${column} <= ${await momentOf(condition, value, around.moments.last)}`,
          ]),
        ),
      );
      return { soql: anyOf(days) };
    }
    case 'currency': {
      const bounds = await Promise.all(values.map(value => amountOf(condition, value, around)));
      return {
        soql: anyOf(bounds.map(({ literal }) => soql`${column} = ${literal}`)),
        remark: bounds.find(({ remark }) => remark)?.remark,
      };
    }
    case 'picklist':
      return { soql: soql`${column} IN ${values.map(value => choiceOf(condition, value))}` };
    case 'id':
      return { soql: soql`${column} IN ${values.map(value => idOf(condition, value))}` };
    default:
      return numbers.has(type)
        ? { soql: soql`${column} IN ${values.map(value => numberOf(condition, value))}` }
        : { soql: soql`${column} IN ${values.map(String)}` };
  }
}

function containsSoql(condition: FieldCondition, text: string): Soql {
  const { field } = condition;
  const { type, name } = field.description;
  if (type === 'reference') return soql`${names(field.path)} LIKE ${containing(text)}`;
  if (type === 'multipicklist') return soql`${names(name)} INCLUDES ${[choiceOf(condition, text)]}`;
  const isText = !numbers.has(type) && !['boolean', 'currency', 'date', 'datetime', 'id', 'time'].includes(type);
  if (!isText) throw wrong(condition, 'takes no "contains": give a value, a list of values, or {"from": …, "to": …}.');
  return soql`${names(name)} LIKE ${containing(text)}`;
}

/** Whether it is the owner of records that queues may own. */
export const mayBeQueues = ({ id, description }: RecordField): boolean =>
  id === 'OwnerId' && description.referenceTo.includes('Group');

/** A queue's records, whose owner is of this type to some versions of the API, and an object of that name to others. */
export const ownedByQueue = soql`Owner.Type IN ${['Queue', 'Group']}`;

/** Records that a lookup leads to: by ID, by whole name, or for people as an owner is found. */
async function referenceSoql(condition: FieldCondition, values: readonly Value[], around: Around): Promise<Soql> {
  const { field } = condition;
  const { name, referenceTo } = field.description;
  const areOwners = referenceTo.includes('User');
  if (referenceTo.includes('RecordType')) {
    const object = await around.salesforce.describe(around.objectType);
    return soql`${names(name)} IN ${values.map(value => recordTypeCalled(object, String(value), condition.input).recordTypeId)}`;
  }
  const isNone = (text: string) => areOwners && text.toLowerCase() === 'none';
  const texts = values.map(String).filter(text => !isNone(text));
  const nobody = name === 'OwnerId' ? ownedByQueue : soql`${names(name)} = NULL`;
  const ids = texts.filter(text => isIdOf(referenceTo, text));
  const given = texts.filter(text => !isIdOf(referenceTo, text));
  if (areOwners && given.length > MAX_LOOKED_UP) {
    throw wrong(condition, `takes at most ${MAX_LOOKED_UP} names at a time.`);
  }
  const owners = areOwners
    ? await Promise.all(
        given.map(text => ownerCalled(around.salesforce, text, condition.input, referenceTo.includes('Group'))),
      )
    : [];
  const all = [...ids, ...owners.map(({ id }) => id)];
  return anyOf([
    ...(values.some(value => isNone(String(value))) ? [nobody] : []),
    ...(all.length > 0 ? [soql`${names(name)} IN ${all}`] : []),
    ...(given.length > 0 && !areOwners ? [soql`${names(field.path)} IN ${given}`] : []),
  ]);
}

/**
 * The user or queue that a name means: the one that is called so, else the one whose name has it in it.
 * @throws Failure `not_found`, or `ambiguous` with the choices
 */
export async function ownerCalled(
  salesforce: Salesforce,
  person: string,
  input: string,
  mayBeQueue: boolean,
): Promise<Owner> {
  const found = await findOwners(salesforce, person, { kinds: mayBeQueue ? ['user', 'queue'] : ['user'] });
  const exact = found.filter(({ isExact }) => isExact);
  const meant = exact.length > 0 ? exact : found;
  const [owner, ...others] = meant;
  if (owner && others.length === 0) return owner;
  if (!owner) {
    throw new Failure(
      'not_found',
      `${input}: No user${mayBeQueue ? ' or queue' : ''} of Salesforce matches ${quoted(person)}. Check the name, or give the e-mail address.`,
    );
  }
  const choices = meant.slice(0, MAX_CHOICES).map(ownerChoice).join('; ');
  const more = meant.length > MAX_CHOICES ? '; and others' : '';
  throw new Failure(
    'ambiguous',
    `${input}: Several match ${quoted(person)}: ${choices}${more}. Ask the user which one is meant, and give the e-mail address or the ID.`,
  );
}

const MAX_CHOICES = 10;
/** Each costs a request. */
const MAX_LOOKED_UP = 15;
const MAX_NEAR = 12;

/** The value of a picklist that was given, by value or label. Past values are in records, too. */
export function choiceOf(condition: Pick<FieldCondition, 'field' | 'input'>, given: Value): string {
  const { picklistValues } = condition.field.description;
  const text = String(given);
  // Some standard picklists have no values in the description.
  if (picklistValues.length === 0) return text;
  const found =
    picklistValues.find(({ value }) => value === text) ??
    picklistValues.find(({ value, label }) => [value, label ?? ''].some(name => folded(name) === folded(text)));
  if (found) return found.value;
  const all = picklistValues.map(({ value, label }) => label ?? value);
  const near = nearNames(text, all);
  const told = (near.length > 0 ? near : all.slice(0, MAX_NEAR)).map(quoted).join(', ');
  const those =
    near.length > 0 ? 'The nearest are' : all.length > MAX_NEAR ? 'Some of its values are' : 'Its values are';
  throw wrong(condition, `has no value ${quoted(text)}. ${those} ${told}.`);
}

function flag(condition: FieldCondition, value: Value): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  throw wrong(condition, `takes true or false, not ${quoted(String(value))}.`);
}

function idOf(condition: FieldCondition, value: Value): string {
  if (isRecordId(String(value))) return String(value);
  throw wrong(condition, `takes a record ID, not ${quoted(String(value))}.`);
}

function numberOf(condition: FieldCondition, value: Value): number {
  const number = typeof value === 'string' ? Number(value.replace(/,(?=\d{3}\b)/g, '').replace(/ ?%$/, '')) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrong(condition, `takes a number, not ${quoted(String(value))}.`);
}

async function amountOf(condition: FieldCondition, value: Value, { salesforce }: Around) {
  if (typeof value === 'number' && value < 0) return { literal: soql`${value}` };
  const { data } = amountText.safeParse(typeof value === 'number' ? plainNumber(value) : String(value));
  if (data) return amountBound(salesforce, condition.input, data);
  throw wrong(
    condition,
    `takes an amount such as 5000, or one with a currency such as "5000 EUR", not ${quoted(String(value))}.`,
  );
}

function plainNumber(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 6 });
}

async function dayOf(condition: FieldCondition, value: Value, { moments }: Around): Promise<Soql> {
  const found = typeof value === 'string' ? await moments.day(value) : undefined;
  if (found !== undefined) return day(found);
  throw wrong(condition, `takes a day such as 2026-11-30, not ${quoted(String(value))}.`);
}

async function momentOf(
  condition: FieldCondition,
  value: Value,
  at: (text: string) => Promise<Date | undefined>,
): Promise<Date> {
  const moment = typeof value === 'string' ? await at(value) : undefined;
  if (moment) return moment;
  throw wrong(condition, `takes a day, a date-time, or a span back such as 7d, not ${quoted(String(value))}.`);
}

async function boundsOf(
  condition: FieldCondition,
  { from, to }: Extract<Test, { kind: 'between' }>,
  around: Around,
): Promise<{ from: Soql | undefined; to: Soql | undefined; remark?: string | undefined }> {
  const { type } = condition.field.description;
  const bound = async (value: Value | undefined, isFirst: boolean) => {
    if (value === undefined) return undefined;
    if (type === 'currency') return amountOf(condition, value, around);
    if (type === 'date') return { literal: await dayOf(condition, value, around) };
    if (type === 'datetime') {
      const { first, last } = around.moments;
      return { literal: soql`${await momentOf(condition, value, isFirst ? first : last)}` };
    }
    if (numbers.has(type)) return { literal: soql`${numberOf(condition, value)}` };
    throw wrong(
      condition,
      'has no order, so it takes no "from" and "to": give one of its values, or several as a list.',
    );
  };
  const [low, high] = await Promise.all([bound(from, true), bound(to, false)]);
  const remarks = [low, high].flatMap(each => (each && 'remark' in each && each.remark ? [each.remark] : []));
  return { from: low?.literal, to: high?.literal, remark: remarks[0] };
}

function wrong({ field, input }: Pick<FieldCondition, 'field' | 'input'>, problem: string): Failure {
  return invalidInput([{ field: input, message: `${quoted(field.label)} ${problem}` }]);
}
