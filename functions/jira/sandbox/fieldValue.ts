import { isDocument, plainText } from './adf.ts';
import { parseDuration } from './estimates.ts';
import { choicesOf, type Field } from './fields.ts';
import type { FieldValue, IssueType, Named, Project, TimeTracking } from './model.ts';
import { isAssignableIn } from './rights.ts';
import { findIssue, personById, type Site, typeOf, typesOf } from './site.ts';

/** The issue that values are written to, as far as its fields depend on it. */
export interface Target {
  project: Project;
  type: IssueType;
}

/** A value that Jira accepts, or the message with which it refuses it. */
export type Parsed = { value: FieldValue } | { problem: string };

const longText = 32_767;
const tooLong = (limit: string) => `The entered text is too long. It exceeds the allowed limit of ${limit} characters.`;

/** Checks a field's value in a request, and turns it into the value that an issue holds. */
export function parseFieldValue(site: Site, { project, type }: Target, field: Field, raw: unknown): Parsed {
  if (raw === null || raw === undefined) return isClearable(field) ? { value: emptyValue(field) } : required(field);
  switch (field.kind) {
    case 'string':
      return parseSummary(raw);
    case 'adf': {
      if (!isDocument(raw)) {
        return { problem: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)' };
      }
      return plainText(raw).length > longText ? { problem: tooLong('32,767') } : { value: raw };
    }
    case 'number':
      return typeof raw === 'number' ? { value: raw } : { problem: 'Operation value must be a number' };
    case 'date':
      return isDay(raw) ? { value: raw } : { problem: `Error parsing date string: ${raw}` };
    case 'labels':
      return parseLabels(raw);
    case 'user':
      return parseUser(site, project, field, raw);
    case 'parent':
      return parseParent(site, type, raw);
    case 'issuetype':
      return parseChoice(field, typesOf(site, project), raw);
    case 'component':
      return parseChoices(field, project.components, raw);
    case 'version':
      return parseChoices(field, project.versions, raw);
    case 'organizations':
      // Jira takes the organisations of a request as bare numbers.
      return Array.isArray(raw) && raw.every(id => choicesOf(site, field)?.some(each => each.id === String(id)))
        ? { value: raw.map(String) }
        : { problem: 'Specify the IDs of organizations.' };
    case 'optionList':
      return parseChoices(field, choicesOf(site, field) ?? [], raw);
    case 'optionWithChild':
      return parseCascade(field, raw);
    case 'team':
      return choicesOf(site, field)?.some(({ id }) => id === raw)
        ? { value: String(raw) }
        : { problem: `${field.name}: specify the ID of a team.` };
    case 'timetracking':
      return parseTimeTracking(raw);
    case 'sprint':
      // Jira takes the sprint of an issue as a bare number.
      return choicesOf(site, field)?.some(({ id }) => id === String(raw))
        ? { value: [String(raw)] }
        : { problem: 'Number value expected as the Sprint id.' };
    case 'priority':
    case 'resolution':
    case 'option':
      return parseChoice(field, choicesOf(site, field) ?? [], raw);
    default:
      return { problem: notOnScreen(field.id) };
  }
}

export const notOnScreen = (fieldId: string) =>
  `Field '${fieldId}' cannot be set. It is not on the appropriate screen, or unknown.`;

/** Jira's message about a field that must have a value. */
export const required = (field: Field) => ({
  problem: field.id === 'summary' ? 'You must specify a summary of the issue.' : `${field.name} is required.`,
});

const isClearable = (field: Field) =>
  !['summary', 'issuetype', 'reporter', 'priority', 'resolution', 'parent'].includes(field.id);

const emptyValue = (field: Field): FieldValue => (field.schema.type === 'array' ? [] : null);

function parseSummary(raw: unknown): Parsed {
  if (typeof raw !== 'string') return { problem: 'Operation value must be a string' };
  if (raw.trim() === '') return { problem: 'You must specify a summary of the issue.' };
  if (/[\r\n]/.test(raw)) return { problem: 'The summary is invalid because it contains newline characters.' };
  if (raw.length > 255) return { problem: 'Summary must be less than 255 characters.' };
  return { value: raw.trim() };
}

function parseLabels(raw: unknown): Parsed {
  if (!Array.isArray(raw)) return { problem: 'data was not an array' };
  for (const label of raw) {
    if (typeof label !== 'string') return { problem: 'string expected at index 0' };
    if (/\s/.test(label)) return { problem: `The label '${label}' contains spaces which is invalid.` };
    if (label.length > 255) return { problem: `The label '${label}' exceeds the maximum length of 255 characters.` };
  }
  return { value: [...new Set(raw.map(String))] };
}

function parseUser(site: Site, project: Project, field: Field, raw: unknown): Parsed {
  const accountId = property(raw, 'accountId') ?? property(raw, 'id');
  if (accountId === undefined) return { problem: 'Operation value must be an object with an accountId' };
  const person = personById(site, accountId);
  if (!person) return { problem: `Specify a valid value for ${field.name.toLowerCase()}` };
  if (field.id === 'assignee' && !isAssignableIn(site, project, person)) {
    return { problem: `User '${accountId}' cannot be assigned issues.` };
  }
  return { value: person.accountId };
}

function parseParent(site: Site, type: IssueType, raw: unknown): Parsed {
  // Only { "set": { "none": true } } takes an issue out of its parent.
  if (typeof raw === 'object' && raw !== null && Reflect.get(raw, 'none') === true) return { value: null };
  const parent = findIssue(site, property(raw, 'key') ?? property(raw, 'id') ?? '');
  if (!parent) return { problem: 'Could not find issue by id or key.' };
  if (typeOf(site, parent).level !== type.level + 1) {
    return { problem: 'Given parent issue does not belong to appropriate hierarchy.' };
  }
  return { value: parent.id };
}

/** A choice by its id, or by its name, which is called `value` for options. */
function parseChoice(field: Field, choices: readonly Named[], raw: unknown): Parsed {
  const [id, name] = [property(raw, 'id'), property(raw, 'name') ?? property(raw, 'value')];
  const found = choices.find(choice => (id === undefined ? choice.name === name : choice.id === id));
  if (found) return { value: found.id };
  if (field.kind === 'option' || field.kind === 'optionList') {
    return {
      problem: id === undefined ? `Specify a valid 'id' or 'name' for ${field.name}` : `Option id '${id}' is not valid`,
    };
  }
  return { problem: `The ${field.name.toLowerCase()} selected is invalid.` };
}

function parseChoices(field: Field, choices: readonly Named[], raw: unknown): Parsed {
  if (!Array.isArray(raw)) return { problem: 'data was not an array' };
  const parsed = raw.map(each => parseChoice(field, choices, each));
  const failed = parsed.find(each => 'problem' in each);
  return failed ?? { value: parsed.flatMap(each => ('value' in each ? [String(each.value)] : [])) };
}

/** `{ "id": "1", "child": { "id": "2" } }`, or the same with values. */
function parseCascade(field: Field, raw: unknown): Parsed {
  const parsed = parseChoice({ ...field, kind: 'option' }, field.options ?? [], raw);
  if ('problem' in parsed) return parsed;
  const parent = field.options?.find(({ id }) => id === parsed.value);
  const rawChild: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'child') : undefined;
  if (!parent || rawChild === undefined || rawChild === null) return { value: [String(parsed.value)] };
  const child = parseChoice({ ...field, kind: 'option' }, parent.children ?? [], rawChild);
  return 'problem' in child ? child : { value: [parent.id, String(child.value)] };
}

function parseTimeTracking(raw: unknown): Parsed {
  const value: Partial<TimeTracking> = {};
  for (const [name, part] of [
    ['originalEstimate', 'original'],
    ['remainingEstimate', 'remaining'],
  ] as const) {
    const text = property(raw, name);
    if (text === undefined) continue;
    // An empty text clears it.
    const seconds = text === '' ? null : parseDuration(text);
    if (seconds === undefined) return { problem: 'The time estimate is not in the correct format.' };
    value[part] = seconds;
  }
  return Object.keys(value).length > 0 ? { value } : { problem: 'The time estimate is not in the correct format.' };
}

function isDay(raw: unknown): raw is string {
  if (typeof raw !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(raw)) return false;
  const date = new Date(`${raw}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(raw);
}

function property(raw: unknown, name: string): string | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const value: unknown = Reflect.get(raw, name);
  return typeof value === 'string' ? value : undefined;
}
