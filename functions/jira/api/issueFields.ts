import * as z from 'zod';
import { Failure, type FailureCode, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { quoted } from '../../../shared/text.ts';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import { quoteOf } from './adf/quoteOf.ts';
import { calledSo, folded, type Labels, listed, meantBy, toldApart } from './choosing.ts';
import type { ChangedField } from './fieldChanges.ts';
import {
  allowedText,
  choose,
  heldNow,
  isAboutPeople,
  isList,
  isNamed,
  isRichText,
  type TimeTracking,
  toEstimate,
  toItems,
  toValue,
  type ValueParts,
  ValueProblem,
} from './fieldValue.ts';
import { isNone, listOf, namesInJson, type TextChange } from './inputs.ts';
import type { Assignable } from './people.ts';
import { type RichText, toRichText } from './richText.ts';
import type { SprintFieldCalled } from './sprintMove.ts';
import type { IssueField } from './wire.ts';

/** The fields to set on an issue, as a caller gives them. `none` clears a field, and so does null in `additionalFields`. */
export interface IssueInput {
  summary?: string | undefined;
  description?: TextChange | undefined;
  /** Of a new issue: a plain text that stands below its description as a quote. */
  quote?: string | undefined;
  assignee?: string | undefined;
  priority?: string | undefined;
  /** Replaces all labels. */
  labels?: string | undefined;
  addLabels?: string | undefined;
  removeLabels?: string | undefined;
  addComponents?: string | undefined;
  removeComponents?: string | undefined;
  addFixVersions?: string | undefined;
  removeFixVersions?: string | undefined;
  dueDate?: string | undefined;
  parent?: string | undefined;
  /** Of a transition. */
  resolution?: string | undefined;
  additionalFields?: Record<string, unknown> | undefined;
}

interface Surroundings extends ValueParts {
  /** Where the assignee must be assignable. */
  assignable: Assignable;
  /** The fields that can be set; where it is empty, only those whose values need no check can be. */
  screen: readonly IssueField[];
  /** The name of the transition whose screen it is, if it is one's. */
  transition?: string;
  /** True for a new issue, which must be given every required field. */
  isNew?: boolean;
  /** The sprint field where it is not on the screen, if the issue can be put into a sprint by a move. */
  sprintOffScreen?: SprintFieldCalled;
}

/** What Jira is asked to change: values that replace others, and operations on those that are there, both by field ID. */
export interface IssueChange {
  fields: Record<string, unknown>;
  update: Record<string, Operation[]>;
  /** The fields that are changed, by the names that people know. */
  changed: ChangedField[];
  /** The IDs of those that a text was appended to. */
  appended: string[];
  /** The one that is not on the screen: the sprint, which is set by a move. */
  moved?: IssueField;
}

/** https://developer.atlassian.com/server/jira/platform/updating-an-issue-via-the-jira-rest-apis-6848604/ */
type Operation = { set: unknown } | { add: unknown } | { remove: unknown };

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

/** What the fields with an input of their own are called. */
const ownNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    summary: 'Summary',
    description: 'Description',
    assignee: 'Assignee',
    priority: 'Priority',
    labels: 'Labels',
    components: 'Components',
    fixVersions: 'Fix versions',
    duedate: 'Due date',
    parent: 'Parent',
    resolution: 'Resolution',
    timetracking: 'Time tracking',
  }),
);

/** The parts of time tracking, which people take for fields. */
const estimates: ReadonlyMap<string, keyof TimeTracking> = new Map([
  ['original estimate', 'originalEstimate'],
  ['timeoriginalestimate', 'originalEstimate'],
  ['timeestimate', 'remainingEstimate'],
  ['originalestimate', 'originalEstimate'],
  ['remaining estimate', 'remainingEstimate'],
  ['remainingestimate', 'remainingEstimate'],
]);

function withQuote(document: RichText, quote: string | undefined): RichText {
  return quote === undefined ? document : { ...document, content: [...document.content, quoteOf(quote)] };
}

/**
 * What Jira is asked to change in an issue, or to make a new one of.
 * @throws Failure `invalid_input` that names every invalid field and its allowed values; `not_found` or `ambiguous` for
 * people, and for names that several things have
 */
export async function toChange(input: IssueInput, around: Surroundings): Promise<IssueChange> {
  const { people, times, assignable, screen, current, isNew = false } = around;
  const {
    summary,
    description,
    quote,
    assignee,
    priority,
    labels,
    dueDate,
    parent,
    resolution,
    additionalFields = {},
  } = input;
  const errors: FieldError[] = [];
  const codes = new Set<FailureCode>();
  const collect = async <Value>(field: string, value: () => Value | Promise<Value>): Promise<Value | undefined> => {
    try {
      return await value();
    } catch (error) {
      if (error instanceof Failure && isAboutPeople(error)) codes.add(error.code);
      else if (error instanceof ValueProblem) codes.add(error.code);
      else throw error;
      errors.push({ field, message: error.message });
      return undefined;
    }
  };
  const givenBy = new Map(
    [...(isNew ? ['project', 'issuetype'] : []), ...replaced(input)].map((id): [string, string] => [
      id,
      ownInputs.get(id) ?? id,
    ]),
  );
  const tracking: TimeTracking = {};

  const [richText, assigned, chosenPriority, chosenResolution, dueDay, ...others] = await Promise.all([
    typeof description !== 'string' || isNone(description)
      ? null
      : heldNow('description', current).then(async held =>
          withQuote(await toRichText(description, people, held), quote),
        ),
    assignee === undefined || isNone(assignee) ? null : collect('assignee', () => people.find(assignee, assignable)),
    priority === undefined ? null : collect('priority', () => choose(fieldCalled('priority', screen), priority)),
    resolution === undefined ? null : collect('resolution', () => resolutionOn(screen, resolution)),
    dueDate === undefined || isNone(dueDate) ? null : times.day(dueDate),
    ...asks(input).map(({ input: name, fieldId, ask }) =>
      collect(name, async () => {
        const field = screen.find(({ id }) => id === fieldId) ?? anywhere.find(({ id }) => id === fieldId);
        if (!field) throw new ValueProblem(`${ownNames.get(fieldId) ?? fieldId} cannot be set here.`);
        return carriedOut(takenOnce(field, name, givenBy), ask, around);
      }),
    ),
    ...Object.entries(additionalFields).map(([name, given]) =>
      collect('additionalFields', async () => {
        const estimate = estimateCalled(name, screen);
        if (estimate) {
          tracking[estimate] = toEstimate({ name }, given);
          return undefined;
        }
        const sprint = await sprintCalled(name, around);
        const field = takenOnce(sprint ?? (await fieldMeant(name, around)), 'additionalFields', givenBy);
        const carried = await carriedOut(field, asked(field, unquoted(field, given)), around);
        return sprint && !screen.includes(sprint) ? { ...carried, moved: sprint } : carried;
      }),
    ),
  ]);

  const change: IssueChange = {
    fields: {
      ...(summary !== undefined && { summary }),
      ...(typeof description === 'string' && { description: richText }),
      ...(assignee !== undefined && { assignee: assigned && { accountId: assigned.accountId } }),
      ...(priority !== undefined && { priority: chosenPriority }),
      ...(resolution !== undefined && { resolution: chosenResolution }),
      ...(labels !== undefined && { labels: isNone(labels) ? [] : listOf(labels) }),
      ...(dueDate !== undefined && { duedate: dueDay }),
      ...(parent !== undefined && !isNone(parent) && { parent: { key: parent } }),
    },
    update: { ...(parent !== undefined && isNone(parent) && { parent: noParent }) },
    changed: [],
    appended: [],
  };
  for (const other of others) {
    if (!other) continue;
    if ('value' in other) change.fields[other.id] = other.value;
    else change.update[other.id] = other.operations;
    if ('isAppended' in other) change.appended.push(other.id);
    if ('moved' in other) change.moved = other.moved;
  }
  if (Object.keys(tracking).length > 0) {
    change.fields.timetracking = { ...tracked.safeParse(change.fields.timetracking).data, ...tracking };
  }
  if (isNew) leaveOutCleared(change);
  const ids = [...Object.keys(change.fields), ...Object.keys(change.update)];
  change.changed = ids.map(id => ({
    id,
    name:
      [...screen, ...(change.moved ? [change.moved] : [])].find(each => each.id === id)?.name ?? ownNames.get(id) ?? id,
    ...(id === 'timetracking' && { parts: Object.keys(tracked.safeParse(change.fields.timetracking).data ?? {}) }),
  }));

  const missing = isNew ? missingFields(screen, new Set(ids)) : [];
  if (errors.length === 0 && missing.length === 0) return change;
  const refusal = invalidInput([...errors, ...missing]);
  const [code, another] = missing.length > 0 ? [] : codes;
  // The code is that of what was looked up only where nothing else is wrong.
  throw code && !another ? new Failure(code, refusal.message, { errors }) : refusal;
}

const tracked = z.record(z.string(), z.string());

/** A new issue has no estimate that could be cleared, and no sprint that it could be moved out of. */
function leaveOutCleared({ fields, moved }: IssueChange): void {
  const { data: estimates } = tracked.safeParse(fields.timetracking);
  if (estimates) {
    const given = Object.entries(estimates).filter(([, text]) => text !== '');
    if (given.length > 0) fields.timetracking = Object.fromEntries(given);
    else delete fields.timetracking;
  }
  if (moved && fields[moved.id] === null) delete fields[moved.id];
}

/** Jira removes a parent by an operation of its own, not by null. */
const noParent: Operation[] = [{ set: { none: true } }];

/** The IDs of the fields whose values inputs replace. */
function replaced(input: IssueInput): string[] {
  const { summary, description, assignee, priority, labels, dueDate, parent, resolution } = input;
  const given = { summary, assignee, priority, labels, duedate: dueDate, parent, resolution };
  return [
    ...Object.entries(given).flatMap(([id, value]) => (value === undefined ? [] : [id])),
    ...(typeof description === 'string' ? ['description'] : []),
  ];
}

/** The IDs of the fields that inputs of their own change. */
export function ownFieldIds(input: IssueInput): string[] {
  return [...new Set([...replaced(input), ...asks(input).map(({ fieldId }) => fieldId)])];
}

/** What is asked of a field: another value, items that are added or removed, or a text that is appended. */
interface Ask {
  set?: unknown;
  add?: unknown;
  remove?: unknown;
  append?: unknown;
}

/** The inputs that change a part of a field. */
function asks(input: IssueInput): { input: string; fieldId: string; ask: Ask }[] {
  const lists = [
    { fieldId: 'labels', name: 'Labels', add: input.addLabels, remove: input.removeLabels },
    { fieldId: 'components', name: 'Components', add: input.addComponents, remove: input.removeComponents },
    { fieldId: 'fixVersions', name: 'FixVersions', add: input.addFixVersions, remove: input.removeFixVersions },
  ];
  const names = (text: string) => namesInJson(text) ?? text;
  return [
    ...lists
      .filter(({ add, remove }) => add !== undefined || remove !== undefined)
      .map(({ fieldId, name, add, remove }) => ({
        input: `${add === undefined ? 'remove' : 'add'}${name}`,
        fieldId,
        ask: { ...(add !== undefined && { add: names(add) }), ...(remove !== undefined && { remove: names(remove) }) },
      })),
    ...(typeof input.description === 'object'
      ? [{ input: 'description', fieldId: 'description', ask: input.description }]
      : []),
  ];
}

/** Fields that are the same on every screen, so that none needs to be read for them. */
const anywhere: readonly IssueField[] = [
  { id: 'labels', name: 'Labels', required: false, schema: { type: 'array', items: 'string' } },
  { id: 'description', name: 'Description', required: false, schema: { type: 'string' } },
];

const others = (fields: readonly IssueField[], screen: readonly IssueField[]) =>
  fields.filter(field => screen.every(({ id }) => id !== field.id));

const verbs = new Set(['set', 'add', 'remove', 'append']);

/** What a text holds as JSON, unless it is the name of a value of the field, or the field is a text. */
function unquoted({ schema, allowedValues }: IssueField, given: unknown): unknown {
  const text = typeof given === 'string' && schema.type !== 'string' ? given.trim() : '';
  if (!/^[{[]/.test(text) || isNamed(text, allowedValues)) return given;
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : given;
}

/** True where a text is appended to. */
export function appendsTo({ description, additionalFields = {} }: IssueInput): boolean {
  return [description, ...Object.values(additionalFields)]
    .flat()
    .some(given => typeof given === 'object' && given !== null && 'append' in given);
}

/** What a value in `additionalFields` asks for: `{ "add": […], "remove": […] }` and the like, Jira's own list of such, or a value. */
function asked({ name }: IssueField, given: unknown): Ask {
  const isAsk = (each: unknown) =>
    typeof each === 'object' &&
    each !== null &&
    !Array.isArray(each) &&
    Object.keys(each).length > 0 &&
    Object.keys(each).every(key => verbs.has(key));
  if (isAsk(given)) return { ...Object(given) };
  if (!Array.isArray(given) || given.length === 0 || !given.every(isAsk)) return { set: given };
  const ask: Record<string, unknown> = {};
  for (const [verb, value] of given.flatMap(each => Object.entries(each))) {
    if (verb === 'add' || verb === 'remove') ask[verb] = [ask[verb] ?? [], value].flat();
    else if (verb in ask) throw new ValueProblem(`${quoted(name)} is given more than once.`);
    else ask[verb] = value;
  }
  return ask;
}

type Carried = { id: string; value: unknown; isAppended?: true } | { id: string; operations: Operation[] };

/** @throws ValueProblem, or Failure about people */
async function carriedOut(field: IssueField, ask: Ask, around: Surroundings): Promise<Carried> {
  const { id, name } = field;
  const isPart = ask.add !== undefined || ask.remove !== undefined;
  if ([isPart, 'set' in ask, ask.append !== undefined].filter(Boolean).length !== 1) {
    throw new ValueProblem(`${quoted(name)} is either replaced, or added to and removed from, or appended to.`);
  }
  if (ask.append !== undefined) return { id, value: await appended(field, ask.append, around), isAppended: true };
  if (!isPart) {
    if (id === 'parent' && (ask.set === null || (typeof ask.set === 'string' && isNone(ask.set.trim()))))
      return { id, operations: noParent };
    return { id, value: await toValue(field, ask.set, around) };
  }
  if (!isList(field))
    throw new ValueProblem(
      `${quoted(name)} has one value, so nothing can be added to it or removed from it. Give the new value.`,
    );
  const [added, removed] = await Promise.all(
    [ask.add, ask.remove].map(items => (items === undefined ? [] : toItems(field, items, around))),
  );
  const keys = new Set(added?.map(item => JSON.stringify(item)));
  if (removed?.some(item => keys.has(JSON.stringify(item)))) {
    throw new ValueProblem(`${quoted(name)}: the same value is both added and removed.`);
  }
  // A new issue has nothing yet that could be removed.
  if (around.isNew) return { id, value: added };
  if (field.operations && !field.operations.includes('add')) {
    throw new ValueProblem(`Jira can only replace ${quoted(name)} as a whole. Give all of its values.`);
  }
  return { id, operations: [...(added ?? []).map(add => ({ add })), ...(removed ?? []).map(remove => ({ remove }))] };
}

/** The text of a field with another one below it, unless it ends with that already, as after an answer that was lost. */
async function appended(field: IssueField, added: unknown, around: Surroundings): Promise<unknown> {
  if (field.schema.type !== 'string')
    throw new ValueProblem(`${quoted(field.name)} is no text that could be appended to.`);
  // Whom what is added mentions is notified, whatever the text above it has.
  const { current, ...others } = around;
  const addition = await toValue(field, added, others);
  const before = around.isNew ? null : await current?.(field.id);
  if (!isRichText(field)) {
    if (typeof before !== 'string' || !before) return addition;
    return before.endsWith(String(addition)) ? before : `${before} ${addition}`;
  }
  const document = documentParts.safeParse(before).data;
  if (!document) return addition;
  const [text, more] = [document, addition].map(each => `\n${adfToMarkdown(each, { left: MAX_DOCUMENT }).trim()}`);
  if (text?.endsWith(more ?? '')) return document;
  return { ...document, content: [...document.content, ...documentParts.parse(addition).content] };
}

/** The characters of a document that are looked at. */
const MAX_DOCUMENT = 65_536;

const documentParts = z.looseObject({ type: z.literal('doc'), content: z.array(z.unknown()) });

/** The required fields that a new issue was not given. */
function missingFields(screen: readonly IssueField[], given: ReadonlySet<string>): FieldError[] {
  const missing = screen.filter(
    ({ id, required, hasDefaultValue }) =>
      required && !hasDefaultValue && !given.has(id) && id !== 'project' && id !== 'issuetype',
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

/** A field by its name, or else by its ID; by any name of story points, the one that the project's boards estimate by. */
async function fieldMeant(name: string, { screen, transition, planning, project }: Surroundings): Promise<IssueField> {
  const [field, another] = fieldsCalled(name, screen);
  if (!storyPoints.has(folded(name)) || (field && !another)) return fieldCalled(name, screen, transition);
  const alike = screen.filter(each => storyPoints.has(folded(each.name)));
  const estimated = await planning.estimationFields(project);
  const ofBoards = screen.filter(({ id }) => estimated.has(id));
  const [only, ...others] = ofBoards.length > 0 ? ofBoards : alike;
  return only && others.length === 0 ? only : fieldCalled(name, screen, transition);
}

/** What people, company-managed and team-managed projects call the estimate of a board. */
const storyPoints = new Set(['story points', 'story point estimate', 'story point', 'points', 'story points estimate']);

const fieldLabels: Labels<IssueField> = { name: ({ name }) => name, id: ({ id }) => id };

/** The sprint field, where the screen has none of that name. */
async function sprintCalled(name: string, { screen, sprintOffScreen }: Surroundings): Promise<IssueField | undefined> {
  // Without any field on the screen the issue cannot be changed at all.
  if (!sprintOffScreen || screen.length === 0 || storyPoints.has(folded(name))) return undefined;
  if (fieldsCalled(name, [...screen, ...anywhere]).length > 0) return undefined;
  if (screen.some(({ id }) => folded(id) === folded(name))) return undefined;
  const sprint = await sprintOffScreen(name);
  return screen.find(({ id }) => id === sprint?.id) ?? sprint;
}

/** `Environment` may be the name of another field than `environment`. */
function fieldsCalled(name: string, screen: readonly IssueField[]): IssueField[] {
  const byId = screen.find(({ id }) => id === name.trim());
  const found = meantBy(screen, name, fieldLabels);
  // What is written as an ID is one, unless another field is called just that.
  return byId ? [byId, ...found.filter(each => each !== byId && each.name === name.trim())] : found;
}

function fieldCalled(name: string, screen: readonly IssueField[], transition?: string): IssueField {
  // Jira says itself where one of these cannot be set.
  const found = fieldsCalled(name, transition === undefined ? [...screen, ...others(anywhere, screen)] : screen);
  if (found.length > 1) {
    const choices = found.map(each => toldApart(each, fieldLabels));
    const message = `Several fields are called ${quoted(name)}: ${listed(choices)}. Nothing was done. Name one by its ID.`;
    throw new ValueProblem(message, 'ambiguous');
  }
  const field = found[0] ?? screen.find(({ id }) => folded(id) === folded(name));
  if (field) return field;
  const names = screen.filter(({ id }) => transition !== undefined || !ownInputs.has(id)).map(each => each.name);
  const known = names.length > 0 ? `The fields are ${listed(names)}.` : 'There are no additional fields.';
  if (transition === undefined)
    throw new ValueProblem(
      `There is no field ${quoted(name)} here. ${known} Do not put its value into a field that means something else: what is for people to read, such as an environment, belongs in the description; leave out anything else, and tell the user.`,
    );
  throw new ValueProblem(
    `The screen of the transition ${quoted(transition)} has no field ${quoted(name)}. ${known} Set others with updateIssue, before or after the move.`,
  );
}

/** Jira says itself that a screen has no resolution. */
function resolutionOn(screen: readonly IssueField[], resolution: string): { id: string } | { name: string } {
  const field = screen.find(({ id }) => id === 'resolution');
  return field?.allowedValues ? choose(field, resolution) : { name: resolution };
}

/** The part of time tracking that a name means, unless it is the name of a field. */
function estimateCalled(name: string, screen: readonly IssueField[]): keyof TimeTracking | undefined {
  const estimate = estimates.get(folded(name));
  const isThere = screen.some(({ id }) => id === 'timetracking');
  return estimate && isThere && calledSo(screen, name, each => each.name).length === 0 ? estimate : undefined;
}

/** The field; `givenBy` holds by which inputs others were given before. @throws ValueProblem where it is given again */
function takenOnce(field: IssueField, input: string, givenBy: Map<string, string>): IssueField {
  const earlier = givenBy.get(field.id);
  if (earlier !== undefined) {
    const told =
      earlier === input ? 'is given more than once' : `is given by ${earlier} and by ${input}; give one of them`;
    throw new ValueProblem(`${quoted(field.name)} ${told}.`);
  }
  givenBy.set(field.id, input);
  return field;
}
