import { Failure, type FailureCode, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { fieldTimes, resolveDay } from '../../../shared/time/inputs.ts';
import { plainValue } from '../../../shared/time/typedValue.ts';
import type { Clock } from '../../../shared/time/when.ts';
import { isNone, listOf } from './inputs.ts';
import type { Assignable, People } from './people.ts';
import { toRichText } from './richText.ts';
import type { IssueField, User } from './wire.ts';

/** The fields to set on an issue, as a caller gives them. `none` clears a field, and so does null in `additionalFields`. */
export interface IssueInput {
  summary?: string | undefined;
  description?: string | undefined;
  assignee?: string | undefined;
  priority?: string | undefined;
  labels?: string | undefined;
  dueDate?: string | undefined;
  parent?: string | undefined;
  additionalFields?: Record<string, unknown> | undefined;
}

interface Surroundings {
  people: People;
  clock: Clock;
  /** Where the assignee must be assignable. */
  assignable: Assignable;
  /** The fields that can be set; where it is empty, only those whose values need no check can be. */
  screen: readonly IssueField[];
  /** True for a new issue, which must be given every required field. */
  isNew?: boolean;
}

/** The fields that have an input of their own, by field ID. */
const ownInputs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    project: 'projectId',
    issuetype: 'issueType',
    summary: 'summary',
    description: 'description',
    assignee: 'assignee',
    priority: 'priority',
    labels: 'labels',
    duedate: 'dueDate',
    parent: 'parent',
  }),
);

/** How many allowed values, or fields, a message lists. */
const MAX_LISTED = 40;

/** An error in one value, which is reported together with all others. */
class ValueProblem extends Error {}

/**
 * The `fields` of a request that creates or changes an issue.
 * @throws Failure `invalid_input` that names every invalid field and its allowed values; `not_found` or `ambiguous` for people
 */
export async function toFields(input: IssueInput, around: Surroundings): Promise<Record<string, unknown>> {
  const { people, clock, assignable, screen, isNew = false } = around;
  const { summary, description, assignee, priority, labels, dueDate, parent, additionalFields = {} } = input;
  const errors: FieldError[] = [];
  const codes = new Set<FailureCode>();
  const collect = async <Value>(field: string, value: () => Value | Promise<Value>): Promise<Value | undefined> => {
    try {
      return await value();
    } catch (error) {
      if (error instanceof Failure && isAboutPeople(error)) codes.add(error.code);
      else if (error instanceof ValueProblem) codes.add('invalid_input');
      else throw error;
      errors.push({ field, message: error.message });
      return undefined;
    }
  };
  const given = new Set<string>();

  const [richText, assigned, chosenPriority, dueDay, ...others] = await Promise.all([
    description === undefined || isNone(description) ? null : toRichText(description, people),
    assignee === undefined || isNone(assignee) ? null : collect('assignee', () => people.find(assignee, assignable)),
    priority === undefined ? null : collect('priority', () => choose(fieldCalled('priority', screen), priority)),
    dueDate === undefined || isNone(dueDate) ? null : resolveDay(dueDate, clock, 'dueDate'),
    ...Object.entries(additionalFields).map(async ([name, value]) => {
      const field = await collect('additionalFields', () => additionalField(name, screen, given));
      return field && [field.id, await collect('additionalFields', () => toValue(field, plainValue(value), around))];
    }),
  ]);

  const fields = {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description: richText }),
    ...(assignee !== undefined && { assignee: assigned && { accountId: assigned.accountId } }),
    ...(priority !== undefined && { priority: chosenPriority }),
    ...(labels !== undefined && { labels: isNone(labels) ? [] : listOf(labels) }),
    ...(dueDate !== undefined && { duedate: dueDay }),
    ...(parent !== undefined && { parent: { key: parent } }),
    ...Object.fromEntries(others.filter(entry => entry !== undefined)),
  };
  const missing = isNew ? missingFields(screen, fields) : [];
  if (errors.length === 0 && missing.length === 0) return fields;
  const refusal = invalidInput([...errors, ...missing]);
  const [code, another] = missing.length > 0 ? [] : codes;
  // The code is that of the people only where nothing else is wrong.
  throw code && !another ? new Failure(code, refusal.message, { errors }) : refusal;
}

const isAboutPeople = ({ code }: Failure) => code === 'not_found' || code === 'ambiguous';

/** The required fields that a new issue was not given. */
function missingFields(screen: readonly IssueField[], fields: Record<string, unknown>): FieldError[] {
  const missing = screen.filter(
    ({ id, required, hasDefaultValue }) =>
      required && !hasDefaultValue && !Object.hasOwn(fields, id) && id !== 'project' && id !== 'issuetype',
  );
  return missing.map(field => {
    const input = ownInputs.get(field.id);
    const where = input
      ? 'It is required here'
      : `The field "${field.name}" is required here: give it in additionalFields`;
    return { field: input ?? 'additionalFields', message: `${where}.${allowedText(field)}` };
  });
}

/** The same failure with the names of our inputs in place of Jira's field IDs. */
export function withInputNames(error: unknown, screen: readonly IssueField[]): unknown {
  if (!(error instanceof Failure) || error.code !== 'invalid_input' || !error.errors) return error;
  return invalidInput(
    error.errors.map(({ field, message }) => {
      if (field === '') return { field, message };
      const input = ownInputs.get(field);
      if (input) return { field: input, message };
      const name = screen.find(({ id }) => id === field)?.name ?? field;
      return { field: 'additionalFields', message: `"${name}": ${message}` };
    }),
  );
}

function fieldCalled(name: string, screen: readonly IssueField[]): IssueField {
  const wanted = name.trim().toLowerCase();
  const byId = screen.find(({ id }) => id.toLowerCase() === wanted);
  if (byId) return byId;
  const [field, other] = screen.filter(each => each.name.toLowerCase() === wanted);
  if (!field) {
    const names = screen.filter(({ id }) => !ownInputs.has(id)).map(each => each.name);
    throw new ValueProblem(
      `There is no field ${quoted(name)} here. ${names.length > 0 ? `The fields are ${listed(names)}.` : 'There are no additional fields.'}`,
    );
  }
  if (other) {
    const ids = screen.filter(each => each.name.toLowerCase() === wanted).map(({ id }) => id);
    throw new ValueProblem(`Several fields are called ${quoted(name)}. Name one by its ID: ${listed(ids)}.`);
  }
  return field;
}

/** Adds the field to `given`, which holds the fields that were given before. */
function additionalField(name: string, screen: readonly IssueField[], given: Set<string>): IssueField {
  const field = fieldCalled(name, screen);
  const input = ownInputs.get(field.id);
  if (input) throw new ValueProblem(`${quoted(name)} has an input of its own: ${input}.`);
  if (given.has(field.id)) throw new ValueProblem(`${quoted(field.name)} is given more than once.`);
  given.add(field.id);
  return field;
}

/** A value in the shape that Jira takes for the field's type: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ */
async function toValue(field: IssueField, given: unknown, around: Surroundings): Promise<unknown> {
  const { type, items, custom } = field.schema;
  if (given === null || clears(field, given)) return type === 'array' ? [] : null;
  // A sprint is written as a number, although it is read as a list.
  if (custom?.endsWith(':gh-sprint')) return toNumber(field, given);
  if (type !== 'array') return toSingleValue(field, type, given, around);
  const list = Array.isArray(given) ? given : isAllowed(field, given) ? [given] : listOf(textOf(field, given));
  return Promise.all(list.map(item => toSingleValue(field, items ?? 'string', item, around)));
}

/** True for `none`, unless it is an allowed value of the field. */
const clears = (field: IssueField, given: unknown) =>
  field.schema.type !== 'string' && typeof given === 'string' && isNone(given.trim()) && !isAllowed(field, given);

const isAllowed = ({ allowedValues }: IssueField, given: unknown) =>
  typeof given === 'string' && allowedValues?.some(each => isCalled(each, given.trim()));

async function toSingleValue(
  field: IssueField,
  type: string,
  given: unknown,
  { people, clock }: Surroundings,
): Promise<unknown> {
  if (type === 'option-with-child') return chooseWithChild(field, textOf(field, given));
  if (field.allowedValues) return choose(field, textOf(field, given));
  switch (type) {
    case 'number':
      return toNumber(field, given);
    case 'date':
      return toDay(field, given, clock);
    case 'datetime':
      return toMoment(field, given, clock);
    case 'user':
      return { accountId: (await personFor(field, textOf(field, given), people)).accountId };
    case 'group':
      return { name: textOf(field, given) };
    case 'issuelink':
      return { key: textOf(field, given).toUpperCase() };
    case 'string':
      return isRichText(field) ? toRichText(textOf(field, given), people) : textOf(field, given);
    default:
      return given;
  }
}

async function personFor({ name }: IssueField, person: string, people: People): Promise<User> {
  return people.find(person).catch(error => {
    if (!(error instanceof Failure) || !isAboutPeople(error)) throw error;
    throw new Failure(error.code, `${quoted(name)}: ${error.message}`, { cause: error });
  });
}

const isRichText = ({ id, schema }: IssueField) =>
  id === 'environment' || schema.custom?.endsWith(':textarea') === true;

function textOf({ name }: IssueField, given: unknown): string {
  if (typeof given === 'string') return given.trim();
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  throw new ValueProblem(`${quoted(name)} takes a text, not ${Array.isArray(given) ? 'a list' : 'an object'}.`);
}

function toNumber(field: IssueField, given: unknown): number {
  const number = Number(textOf(field, given) || Number.NaN);
  if (Number.isFinite(number)) return number;
  throw new ValueProblem(`${quoted(field.name)} takes a number.`);
}

async function toDay(field: IssueField, given: unknown, clock: Clock): Promise<string> {
  const text = textOf(field, given);
  const day = await fieldTimes(clock).day(text);
  if (day) return day;
  throw new ValueProblem(`${quoted(field.name)} takes a day such as 2026-11-30.`);
}

async function toMoment(field: IssueField, given: unknown, clock: Clock): Promise<string> {
  const text = textOf(field, given);
  const moment = await fieldTimes(clock).moment(text);
  if (moment) return jiraTimestamp(moment);
  throw new ValueProblem(`${quoted(field.name)} takes a date-time such as 2026-11-30T09:00:00Z.`);
}

/** A moment in the format that Jira takes. */
export function jiraTimestamp(moment: Date): string {
  return moment.toISOString().replace('Z', '+0000');
}

type AllowedValue = NonNullable<IssueField['allowedValues']>[number];

const labelOf = ({ name, value, key, id }: AllowedValue) => name ?? value ?? key ?? id ?? '';

const isCalled = (value: AllowedValue, text: string) => labelOf(value).toLowerCase() === text.toLowerCase();

function choose(field: IssueField, text: string): { id: string } {
  return { id: idOf(choice(field.allowedValues ?? [], text, field)) };
}

/** `Europe / Spain` is an option and one of its child options. */
function chooseWithChild(field: IssueField, text: string) {
  const [parentText = '', childText] = text.split('/', 2).map(part => part.trim());
  const parent = choice(field.allowedValues ?? [], parentText, field);
  if (!childText) return { id: idOf(parent) };
  const children = parent.children ?? [];
  return { id: idOf(parent), child: { id: idOf(choice(children, childText, field)) } };
}

function choice(allowed: readonly AllowedValue[], text: string, field: IssueField): AllowedValue {
  const found =
    allowed.find(each => isCalled(each, text)) ??
    allowed.find(({ id, key }) => id === text || key?.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new ValueProblem(
    `${quoted(field.name)} cannot be ${quoted(text)}.${allowedText({ ...field, allowedValues: [...allowed] })}`,
  );
}

function idOf({ id }: AllowedValue): string {
  if (id) return id;
  throw new ValueProblem('Jira gives that value no ID, so it cannot be set.');
}

/** A sentence that lists the allowed values of a field, where they are known. */
export function allowedText({ allowedValues }: IssueField): string {
  return allowedValues && allowedValues.length > 0 ? ` It takes ${listed(allowedValues.map(labelOf))}.` : '';
}

function listed(names: readonly string[]): string {
  // A name with a comma in it would look like two names.
  const shown = names
    .slice(0, MAX_LISTED)
    .map(name => (name.includes(',') ? `"${name}"` : name))
    .join(', ');
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} others` : shown;
}
