import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import type { FieldTimes } from '../../../shared/time/inputs.ts';
import { plainValue } from '../../../shared/time/typedValue.ts';
import { folded, type Labels, listed, meantBy, severalSentence, toldApart } from './choosing.ts';
import { durationOf } from './duration.ts';
import { isNone, listOf } from './inputs.ts';
import type { People } from './people.ts';
import type { Planning, Sprint } from './planning.ts';
import { toRichText } from './richText.ts';
import type { IssueField, User } from './wire.ts';

/** Who and what the values of fields are looked up among. */
export interface ValueParts {
  people: People;
  planning: Planning;
  times: FieldTimes;
  /** The project, by key or ID, whose sprints and teams may be named. */
  project: string;
  /** The value that a field has now. @throws Failure */
  current?: (fieldId: string) => Promise<unknown>;
}

/** An error in one value, which is reported together with all others. */
export class ValueProblem extends Error {
  readonly code: 'invalid_input' | 'ambiguous';

  constructor(message: string, code: ValueProblem['code'] = 'invalid_input') {
    super(message);
    this.code = code;
  }
}

/** The forms in which Jira writes a value as an object; what else is in it, such as its address, says nothing more. */
const jiraForm = z.object({
  id: z.union([z.string(), z.int().transform(String)]).optional(),
  value: z.union([z.string(), z.number().transform(String)]).optional(),
  name: z.string().optional(),
  key: z.string().optional(),
  accountId: z.string().optional(),
  emailAddress: z.string().optional(),
  displayName: z.string().optional(),
  child: z.unknown().optional(),
});

type JiraForm = z.output<typeof jiraForm>;

const isObject = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/**
 * A value in the shape that Jira takes for the field's type, from what a person would write, or from the form in which Jira
 * itself writes it: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
 * @throws ValueProblem, or Failure about people
 */
export async function toValue(field: IssueField, given: unknown, parts: ValueParts): Promise<unknown> {
  const { type } = field.schema;
  if (clears(field, given)) {
    if (type === 'timetracking') return { originalEstimate: noEstimate, remainingEstimate: noEstimate };
    return type === 'array' && !isSprint(field) ? [] : null;
  }
  // A sprint is written as a number, although it is read as a list.
  if (isSprint(field)) return toSprint(field, onlyOne(field, given), parts);
  if (type !== 'array') return toSingleValue(field, type, onlyOne(field, given), parts);
  return toItems(field, given, parts);
}

/** The items of a field that is a list. */
export async function toItems(field: IssueField, given: unknown, parts: ValueParts): Promise<unknown[]> {
  const list = Array.isArray(given) ? given : typeof given === 'string' ? await namesIn(field, given, parts) : [given];
  const items = await Promise.all(list.map(item => toSingleValue(field, field.schema.items ?? 'string', item, parts)));
  return [...new Map(items.map(item => [JSON.stringify(item), item])).values()];
}

export const isList = (field: IssueField) => field.schema.type === 'array' && !isSprint(field);

/** True for a text in which people write paragraphs. */
export const isRichText = ({ id, schema }: IssueField) =>
  id === 'environment' || id === 'description' || schema.custom?.endsWith(':textarea') === true;

export const isSprint = ({ schema }: IssueField) => schema.custom?.endsWith(':gh-sprint') === true;

const isTeam = ({ schema }: IssueField) =>
  schema.type === 'team' || /:(atlassian-team|rm-teams-custom-field-team)$/.test(schema.custom ?? '');

/** True for null, and for `none` unless it is an allowed value of the field or its text. */
function clears(field: IssueField, given: unknown): boolean {
  if (given === null) return true;
  return (
    field.schema.type !== 'string' &&
    typeof given === 'string' &&
    isNone(given.trim()) &&
    !isNamed(given, field.allowedValues)
  );
}

/** The value of a field that takes one; a list of one stands for it. */
function onlyOne(field: IssueField, given: unknown): unknown {
  if (!Array.isArray(given) || field.schema.type === 'option-with-child') return given;
  if (given.length === 1) return given[0];
  throw new ValueProblem(`${quoted(field.name)} takes one value, not ${given.length}.`);
}

/** The names in a text with commas between them: of a name that has commas itself, the longest that the field takes. */
async function namesIn({ allowedValues = [], schema }: IssueField, text: string, parts: ValueParts): Promise<string[]> {
  // People may be called `Ruiz, Ana`.
  if (schema.items === 'user' && text.includes(',') && (await isPerson(text, parts.people))) return [text];
  const names = new Set((allowedValues ?? []).map(each => folded(labelOf(each)).replace(/ ?, ?/g, ',')));
  // Quotation marks hold a name together, unless they belong to one.
  if (text.includes('"') && ![...names].some(name => name.includes('"'))) return listOf(text);
  const longest = Math.max(1, ...[...names].map(name => name.split(',').length));
  const pieces = text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
  const found: string[] = [];
  for (let at = 0; at < pieces.length; ) {
    let length = Math.min(longest, pieces.length - at);
    while (length > 1 && !names.has(folded(pieces.slice(at, at + length).join(',')).replace(/ ?, ?/g, ',')))
      length -= 1;
    found.push(pieces.slice(at, at + length).join(', '));
    at += length;
  }
  return [...new Set(found)];
}

async function toSingleValue(field: IssueField, type: string, typed: unknown, parts: ValueParts): Promise<unknown> {
  const given = plainValue(typed);
  const { schema } = field;
  if (type === 'option-with-child') return chooseWithChild(field, given);
  if (type === 'timetracking') return toTimeTracking(field, given);
  if (field.allowedValues && type !== 'user') return choose(field, given);
  if (isTeam(field)) return toTeam(field, given, parts);
  switch (type) {
    case 'number':
      return toNumber(field, given);
    case 'date':
      return toDay(field, given, parts);
    case 'datetime':
      return toMoment(field, given, parts);
    case 'user':
      return toPerson(field, given, parts.people);
    case 'group':
      return isObject(given) ? given : { name: textOf(field, given) };
    case 'issuelink':
      return toIssueReference(field, given);
    case 'option':
      return isObject(given) ? given : { value: textOf(field, given) };
    case 'version':
    case 'component':
    case 'priority':
    case 'resolution':
    case 'securitylevel':
      return isObject(given) ? given : { name: textOf(field, given) };
    case 'project':
      return isObject(given) ? given : { key: textOf(field, given).toUpperCase() };
    case 'string':
      return toText(field, given, parts);
    default:
      return isObject(given) && schema.custom?.endsWith(':gh-epic-link') ? formOf(field, given).key : given;
  }
}

function toIssueReference(field: IssueField, given: unknown): { key: string } | { id: string } {
  const { id, key } = isObject(given) ? formOf(field, given) : { id: undefined, key: given };
  return id !== undefined && key === undefined ? { id } : { key: textOf(field, key).toUpperCase() };
}

async function toText(field: IssueField, given: unknown, { people, current }: ValueParts): Promise<unknown> {
  if (!isRichText(field)) return textOf(field, given);
  const isDocument = isObject(given) && 'type' in given && given.type === 'doc';
  return isDocument ? given : toRichText(textOf(field, given), people, await heldNow(field.id, current));
}

/** The value that a field has; undefined where that is not known. */
export async function heldNow(fieldId: string, current: ValueParts['current']): Promise<unknown> {
  try {
    return await current?.(fieldId);
  } catch (error) {
    if (error instanceof Failure || error instanceof ValueProblem) return undefined;
    throw error;
  }
}

/** A person by name or address, or by the account ID as Jira writes it, which needs no look-up. */
async function toPerson(field: IssueField, given: unknown, people: People): Promise<{ accountId: string }> {
  const form = isObject(given) ? formOf(field, given) : undefined;
  const accountId = form?.accountId ?? form?.id;
  if (accountId !== undefined) return { accountId };
  const person = textOf(field, form ? (form.emailAddress ?? form.displayName ?? form.name) : given);
  return { accountId: (await personFor(field, person, people)).accountId };
}

async function isPerson(text: string, people: People): Promise<boolean> {
  return people.find(text.trim()).then(
    () => true,
    error => {
      if (error instanceof Failure && isAboutPeople(error)) return false;
      throw error;
    },
  );
}

async function personFor({ name }: IssueField, person: string, people: People): Promise<User> {
  return people.find(person).catch(error => {
    if (!(error instanceof Failure) || !isAboutPeople(error)) throw error;
    throw new Failure(error.code, `${quoted(name)}: ${error.message}`, { cause: error });
  });
}

export const isAboutPeople = ({ code }: Failure) => code === 'not_found' || code === 'ambiguous';

async function toSprint(field: IssueField, given: unknown, { planning, project }: ValueParts): Promise<number> {
  const { id, name } = isObject(given) ? formOf(field, given) : { id: undefined, name: textOf(field, given) };
  const wanted = id === undefined ? textOf(field, name) : String(toNumber(field, id));
  const isId = /^\d{1,15}$/.test(wanted);
  // A number is mostly a part of a name, and the sprint of that ID may be one of another team.
  const byId = async () => (isId ? planning.sprint(project, Number(wanted)) : undefined);
  const sprints = await planning.sprints(project).catch(async error => {
    const sprint = await byId();
    if (sprint) return [sprint];
    throw error;
  });
  const sprint = only(field, wanted, sprints, sprintLabels) ?? (await byId());
  if (sprint) return sprint.id;
  const known =
    sprints.length > 0
      ? `The sprints that are not closed are ${listed(sprints.map(each => each.name))}.`
      : 'No board of the project has a sprint that is not closed.';
  throw new ValueProblem(
    `There is no sprint ${quoted(wanted)} to set as ${quoted(field.name)}. ${known} A closed one is given by its ID.`,
  );
}

async function toTeam(field: IssueField, given: unknown, { planning, project }: ValueParts): Promise<string> {
  const { id, name } = isObject(given) ? formOf(field, given) : { id: undefined, name: given };
  if (id !== undefined) return id;
  const wanted = textOf(field, name);
  if (/^[\da-f]{8}-[\da-f-]{27}/i.test(wanted)) return wanted;
  const teams = await planning.teams(project, field, wanted);
  const team = only(field, wanted, teams, teamLabels);
  if (team) return team.id;
  const known = teams.length > 0 ? ` They have ${listed(teams.map(each => each.name))}.` : '';
  throw new ValueProblem(
    `Jira suggests no team ${quoted(wanted)}, and none of the issues of the project that changed last has it.${known} Any team is also given by its ID, the last part of the address of its page.`,
  );
}

const inSeconds = z
  .number()
  .nonnegative()
  .transform(seconds => `${Math.round(seconds / 60)}m`)
  .nullish();

/** What is given of the two; null where one of them clears. */
const eitherOf = (text: unknown, seconds: unknown) => text ?? seconds ?? (text === undefined ? seconds : text);

const timeTracking = z
  .object({
    originalEstimate: z.unknown(),
    remainingEstimate: z.unknown(),
    originalEstimateSeconds: inSeconds,
    remainingEstimateSeconds: inSeconds,
  })
  .partial()
  .transform(({ originalEstimate, remainingEstimate, originalEstimateSeconds, remainingEstimateSeconds }) => ({
    originalEstimate: eitherOf(originalEstimate, originalEstimateSeconds),
    remainingEstimate: eitherOf(remainingEstimate, remainingEstimateSeconds),
  }));

/** The parts of time tracking that can be set. */
export type TimeTracking = Partial<Record<'originalEstimate' | 'remainingEstimate', string>>;

function toTimeTracking(field: IssueField, given: unknown): TimeTracking {
  const { originalEstimate, remainingEstimate } = isObject(given)
    ? (timeTracking.safeParse(given).data ?? {})
    : { originalEstimate: given, remainingEstimate: undefined };
  const parts = {
    ...(originalEstimate !== undefined && { originalEstimate: toEstimate(field, originalEstimate) }),
    ...(remainingEstimate !== undefined && { remainingEstimate: toEstimate(field, remainingEstimate) }),
  };
  if (Object.keys(parts).length > 0) return parts;
  throw new ValueProblem(`${quoted(field.name)} takes {"originalEstimate": "1h 30m", "remainingEstimate": "1h"}.`);
}

/** Jira clears an estimate by an empty text, and ignores null. */
export const noEstimate = '';

/** An estimate as Jira takes it; null, and `none`, clear it. */
export function toEstimate({ name }: Pick<IssueField, 'name'>, given: unknown): string {
  if (given === null || (typeof given === 'string' && isNone(given.trim()))) return noEstimate;
  if (given === 0 || given === '0') return '0m';
  const duration = typeof given === 'string' ? durationOf(given) : undefined;
  if (duration !== undefined) return duration;
  throw new ValueProblem(`${quoted(name)} takes a time with its unit, such as 1h 30m, 45m or 2d; null clears it.`);
}

function formOf({ name }: IssueField, given: object): JiraForm {
  const { data } = jiraForm.safeParse(given);
  if (data) return data;
  throw new ValueProblem(`${quoted(name)} does not take that object. Give a name, or {"id": "…"}.`);
}

function textOf({ name }: IssueField, given: unknown): string {
  if (typeof given === 'string') return given.trim();
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  throw new ValueProblem(`${quoted(name)} takes a text, not ${Array.isArray(given) ? 'a list' : 'an object'}.`);
}

function toNumber(field: IssueField, given: unknown): number {
  const number = Number(textOf(field, given) || Number.NaN);
  if (Number.isFinite(number)) return number;
  throw new ValueProblem(`${quoted(field.name)} takes a number; null clears it.`);
}

async function toDay(field: IssueField, given: unknown, { times }: ValueParts): Promise<string> {
  const day = await times.day(textOf(field, given));
  if (day !== undefined) return day;
  throw new ValueProblem(`${quoted(field.name)} takes a day such as 2026-11-30.`);
}

async function toMoment(field: IssueField, given: unknown, { times }: ValueParts): Promise<string> {
  const moment = await times.moment(textOf(field, given));
  if (moment) return jiraTimestamp(moment);
  throw new ValueProblem(`${quoted(field.name)} takes a date-time such as 2026-11-30T09:00:00Z.`);
}

/** A moment in the format that Jira takes. */
export function jiraTimestamp(moment: Date): string {
  return moment.toISOString().replace('Z', '+0000');
}

type AllowedValue = NonNullable<IssueField['allowedValues']>[number];

/** True where one of the values is called so. */
export const isNamed = (text: string, values: IssueField['allowedValues']) =>
  values?.some(value => folded(labelOf(value)) === folded(text)) ?? false;

const labelOf = ({ name, value, key, id }: AllowedValue) => name ?? value ?? key ?? id ?? '';

/** One of the values that a field takes. */
export function choose(field: IssueField, given: unknown): { id: string } {
  return { id: idOf(choice(field, field.allowedValues ?? [], given)) };
}

function choice(field: IssueField, allowed: readonly AllowedValue[], given: unknown): AllowedValue {
  if (!isObject(given)) return choiceCalled(field, allowed, textOf(field, given));
  const { id, value, name, key } = formOf(field, given);
  if (id === undefined) return choiceCalled(field, allowed, textOf(field, value ?? name ?? key));
  const found = allowed.find(each => each.id === id);
  if (found) return found;
  throw noSuchValue(field, allowed, id);
}

/** Found by its name, or else by its ID or key. */
function choiceCalled(field: IssueField, allowed: readonly AllowedValue[], text: string): AllowedValue {
  const found =
    only(field, text, allowed, valueLabels) ?? allowed.find(({ key }) => folded(key ?? '') === folded(text));
  if (found) return found;
  throw noSuchValue(field, allowed, text);
}

/** The one thing that a text means; undefined where there is none. @throws ValueProblem `ambiguous` */
function only<Thing>(
  { name }: IssueField,
  text: string,
  things: readonly Thing[],
  labels: Labels<Thing>,
): Thing | undefined {
  const found = meantBy(things, text, labels);
  if (found.length < 2) return found[0];
  const choices = found.map(each => toldApart(each, labels));
  throw new ValueProblem(`${quoted(name)}: ${severalSentence(text, choices)}`, 'ambiguous');
}

const valueLabels: Labels<AllowedValue> = { name: labelOf, id: ({ id }) => id };

const teamLabels: Labels<{ id: string; name: string }> = { name: ({ name }) => name, id: ({ id }) => id };

const sprintLabels: Labels<Sprint> = {
  name: ({ name }) => name,
  id: ({ id }) => String(id),
  told: ({ id, name, board }) => `${name} of ${board} (ID ${id})`,
};

function noSuchValue(field: IssueField, allowed: readonly AllowedValue[], text: string): ValueProblem {
  return new ValueProblem(
    `${quoted(field.name)} cannot be ${quoted(text)}.${allowedText({ ...field, allowedValues: [...allowed] })}`,
  );
}

/** An option and one of its child options: `Europe / Spain`, or as Jira writes it. */
function chooseWithChild(field: IssueField, given: unknown) {
  const allowed = field.allowedValues ?? [];
  const withChild = (parent: AllowedValue, child: unknown) => ({
    id: idOf(parent),
    ...(child !== undefined && child !== null && { child: { id: idOf(choice(field, parent.children ?? [], child)) } }),
  });
  if (isObject(given)) return withChild(choice(field, allowed, given), formOf(field, given).child);
  if (Array.isArray(given)) {
    const [parent, child, ...others] = given;
    if (others.length > 0)
      throw new ValueProblem(`${quoted(field.name)} takes an option and one of its child options.`);
    return withChild(choice(field, allowed, parent), child);
  }
  const text = textOf(field, given);
  // A slash may be part of a name, so whole names are compared: of options, and of each with its child options.
  const paths = allowed.flatMap((parent): OptionPath[] => [
    { parent, child: undefined },
    ...(parent.children ?? []).map(child => ({ parent, child })),
  ]);
  const found = only(field, withoutGaps(text), paths, pathLabels);
  if (found) return { id: idOf(found.parent), ...(found.child && { child: { id: idOf(found.child) } }) };
  const before = allowed.filter(parent => withoutGaps(text).startsWith(`${withoutGaps(labelOf(parent))}/`));
  const [parent, another] = before;
  if (!parent || another) throw noSuchValue(field, allowed, text);
  const rest = withoutGaps(text).slice(withoutGaps(labelOf(parent)).length + 1);
  throw noSuchValue(field, parent.children ?? [], rest);
}

interface OptionPath {
  parent: AllowedValue;
  child: AllowedValue | undefined;
}

/** A path of names whatever the spaces around its slashes and arrows. */
const withoutGaps = (path: string) => path.replace(/\s{0,9}(?:\/|->|>)\s{0,9}/g, '/');

const pathLabels: Labels<OptionPath> = {
  name: ({ parent, child }) => withoutGaps(child ? `${labelOf(parent)}/${labelOf(child)}` : labelOf(parent)),
  id: ({ parent, child }) => (child ?? parent).id,
  told: ({ parent, child }) =>
    `${child ? `${labelOf(parent)} / ${labelOf(child)}` : labelOf(parent)} (ID ${(child ?? parent).id})`,
};

function idOf({ id }: AllowedValue): string {
  if (id) return id;
  throw new ValueProblem('Jira gives that value no ID, so it cannot be set.');
}

/** The names of the values that a field takes, where they are known. */
export function allowedNames({ allowedValues }: IssueField): string | undefined {
  return allowedValues && allowedValues.length > 0 ? listed(allowedValues.map(labelOf)) : undefined;
}

/** A sentence that lists the allowed values of a field, where they are known. */
export function allowedText(field: IssueField): string {
  const names = allowedNames(field);
  return names ? ` It takes ${names}.` : '';
}
