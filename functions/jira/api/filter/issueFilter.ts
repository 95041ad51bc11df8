import { Failure, type FieldError, invalidInput } from '../../../../shared/failure.ts';
import type { Condition, Test, Value } from '../../../../shared/filter/condition.ts';
import type { Order } from '../../../../shared/filter/inputs.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { isNone } from '../inputs.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import { allOf, anyOf, inProject, Jql, jql, minutesFromNow, words } from '../jql.ts';
import { plainClause } from '../metadata.ts';
import type { People } from '../people.ts';
import {
  type Around,
  type CompiledCondition,
  conditionJql,
  type FieldCondition,
  isSprintWord,
  onField,
} from './conditionJql.ts';
import { type LinkFilter, linkJql } from './linkFilter.ts';
import { estimates, type SearchField } from './searchField.ts';

/** Which issues are meant, by the inputs of an action that finds, counts or changes some. */
export interface IssueFilters {
  projectId?: string | undefined;
  text?: string | undefined;
  /** Names, separated by commas; `not done` for every status that is not of the category Done. */
  status?: string | undefined;
  /** People, separated by commas: names, e-mail addresses, `me`, `none`. */
  assignee?: string | undefined;
  issueType?: string | undefined;
  priority?: string | undefined;
  label?: string | undefined;
  /** Names, or IDs; `active`, `next`, `backlog`, `none`. */
  sprint?: string | undefined;
  /** Keys; `none`. */
  parent?: string | undefined;
  fixVersion?: string | undefined;
  component?: string | undefined;
  reporter?: string | undefined;
  linked?: LinkFilter | undefined;
  /** The condition of a saved filter. */
  saved?: Jql | undefined;
  where?: readonly Condition[] | undefined;
  missing?: readonly string[] | undefined;
  openOnly?: boolean | undefined;
  overdue?: boolean | undefined;
  /** Moments that were read already. */
  createdSince?: Date | undefined;
  resolvedSince?: Date | undefined;
  updatedSince?: Date | undefined;
  unchangedSince?: Date | undefined;
  statusUnchangedSince?: Date | undefined;
  /** A day, such as `2026-11-30`. */
  dueBefore?: string | undefined;
}

/** Filters in JQL. */
export interface IssueQuery {
  /** One condition for each filter. */
  conditions: Jql[];
  /** The fields that `passes` looks at. */
  fields: string[];
  /** Whether an issue that the JQL finds is one that is meant: JQL is not exact to the second. */
  passes(issue: Issue): boolean;
  /** Conditions whose values Jira knows a list of. */
  checked: FieldCondition[];
  /** What the user should know of how a filter was taken, in sentences. */
  notes: string[];
  /** True where most of what the JQL finds may not pass. */
  isSparse: boolean;
}

interface Site {
  jira: Pick<Jira, 'metadata' | 'people'>;
}

/** System fields that inputs of their own name, so that they need no look-up. */
const system = {
  status: systemField('status', 'Status', 'choice', { isAlwaysSet: true }),
  issueType: systemField('issuetype', 'Issue Type', 'choice', { isAlwaysSet: true }),
  priority: systemField('priority', 'Priority', 'choice', { isOrdered: true }),
  assignee: systemField('assignee', 'Assignee', 'person'),
  label: systemField('labels', 'Labels', 'choice', { isList: true }),
  sprint: systemField('sprint', 'Sprint', 'sprint', { isList: true }),
  parent: systemField('parent', 'Parent', 'issue'),
  fixVersion: systemField('fixVersion', 'Fix versions', 'choice', { isList: true, isOrdered: true }),
  component: systemField('component', 'Components', 'choice', { isList: true }),
  reporter: systemField('reporter', 'Reporter', 'person'),
  created: systemField('created', 'Created', 'moment', { isAlwaysSet: true }),
  resolutiondate: systemField('resolutiondate', 'Resolved', 'moment'),
  updated: systemField('updated', 'Updated', 'moment', { isAlwaysSet: true }),
};

function systemField(
  id: string,
  label: string,
  kind: SearchField['kind'],
  more: Partial<SearchField> = {},
): SearchField {
  const nothing = { isList: false, isAlwaysSet: false, isOrdered: false, custom: undefined, projectId: undefined };
  return { id, label, kind, clause: id, ...nothing, ...more };
}

/**
 * Compiles filters. It costs a request for the site's fields, which are cached, where `where` or `missing` names some, and one
 * for each person.
 * @throws Failure `invalid_input`, `ambiguous` or `not_found` for a label, a value or a person
 */
export async function issueQuery(filters: IssueFilters, site: Site, around: Around): Promise<IssueQuery> {
  const { projectId, text, where = [], missing = [], openOnly, overdue, dueBefore } = filters;
  const { status, issueType, priority, label, updatedSince, unchangedSince, createdSince, resolvedSince } = filters;
  const isLabelled = where.length + missing.length > 0;
  const fields = isLabelled ? await fieldsFor(projectId, site) : [];
  const [assignees, reporters] = await Promise.all(
    [filters.assignee, filters.reporter].map(async names =>
      names === undefined ? undefined : peopleList(names, around.people),
    ),
  );

  const named = (
    input: keyof typeof system,
    values: readonly string[] | undefined,
    { orEmpty = false } = {},
  ): FieldCondition[] =>
    values && values.length > 0
      ? [{ field: system[input], test: { kind: 'oneOf', values, orEmpty }, isNot: false, input }]
      : [];
  const namedOf = (input: keyof typeof system, text: string | undefined) =>
    named(input, text === undefined ? undefined : nameList(text));
  /** The same where `none` stands for an empty field. */
  const namedOrNone = (input: keyof typeof system, text: string | undefined): FieldCondition[] => {
    const names = text === undefined ? [] : nameList(text);
    const values = names.filter(name => !isNone(name));
    if (values.length > 0) return named(input, values, { orEmpty: values.length < names.length });
    return names.length > 0 ? [{ field: system[input], test: { kind: 'empty' }, isNot: false, input }] : [];
  };
  const statuses = status === undefined ? [] : nameList(status);
  const own = [
    ...namedOf('issueType', issueType),
    ...namedOf('priority', priority),
    ...namedOf('sprint', filters.sprint),
    ...namedOrNone('label', label),
    ...namedOrNone('parent', filters.parent),
    ...namedOrNone('fixVersion', filters.fixVersion),
    ...namedOrNone('component', filters.component),
    ...named('assignee', assignees),
    ...named('reporter', reporters),
    ...where.map(condition =>
      onField(condition, fieldCalled(condition.label, fields, { input: 'where', hint }), 'where'),
    ),
  ];
  requireFewPeople(own);
  const namedStatuses = named(
    'status',
    statuses.filter(name => !isNotDone(name)),
  );
  const between = async (
    input: string,
    field: 'updated' | 'created' | 'resolutiondate',
    bounds: { from?: Date; to?: Date },
  ) => {
    const compiled = await conditionJql(
      {
        field: system[field],
        test: {
          kind: 'between',
          ...(bounds.from && { from: bounds.from.toISOString() }),
          ...(bounds.to && { to: bounds.to.toISOString() }),
        },
        isNot: false,
        input,
      },
      around,
    );
    return { field, compiled };
  };
  const [ofStatus, others, times, links] = await Promise.all([
    Promise.all(namedStatuses.map(condition => conditionJql(condition, around))),
    Promise.all(own.map(async condition => ({ condition, compiled: await conditionJql(condition, around) }))),
    Promise.all([
      ...(updatedSince ? [between('updatedSince', 'updated', { from: updatedSince })] : []),
      ...(unchangedSince ? [between('unchangedFor', 'updated', { to: unchangedSince })] : []),
      ...(createdSince ? [between('createdSince', 'created', { from: createdSince })] : []),
      ...(resolvedSince ? [between('resolvedSince', 'resolutiondate', { from: resolvedSince })] : []),
    ]),
    filters.linked === undefined ? undefined : linkJql(filters.linked, site.jira.metadata),
  ]);
  const statusParts = [
    ...ofStatus.map(compiled => compiled.jql),
    ...(statuses.some(isNotDone) ? [jql`statusCategory != Done`] : []),
  ];
  const checks: CompiledCondition[] = [...others, ...times].map(({ compiled }) => compiled);
  if (links) checks.push(links);
  const empty = missing.map(name => isMissing(name, fields));
  const today = overdue ? await around.moments.day('today') : undefined;
  const conditions = [
    projectId && inProject(projectId),
    filters.saved,
    text && jql`text ~ ${words(text)}`,
    statusParts.length > 0 && anyOf(statusParts),
    (openOnly || overdue) && jql`statusCategory != Done`,
    today && jql`due < ${today}`,
    dueBefore && jql`due < ${dueBefore}`,
    filters.statusUnchangedSince && inStatusSince(filters.statusUnchangedSince, around),
    ...checks.map(compiled => compiled.jql),
    ...empty.map(compiled => compiled.jql),
  ].filter(condition => condition instanceof Jql);
  const looking = others.filter(({ compiled }) => compiled.passes).map(({ condition }) => condition.field.id);
  return {
    conditions,
    fields: [...new Set([...looking, ...times.map(({ field }) => field), ...(links?.passes ? ['issuelinks'] : [])])],
    passes: issue => checks.every(({ passes }) => passes?.(issue) ?? true),
    checked: [...namedStatuses, ...own],
    notes: empty.flatMap(({ note }) => note ?? []),
    isSparse: links?.passes !== undefined,
  };
}

/** A change of status is in the history; that an issue was created in a status is not. */
function inStatusSince(moment: Date, { now }: Pick<Around, 'now'>): Jql {
  const at = minutesFromNow(Math.ceil((moment.getTime() - now.getTime()) / 60_000));
  return jql`created <= ${at} AND NOT status CHANGED AFTER ${at}`;
}

/** Each costs a request. */
const MAX_PEOPLE = 15;

/** One condition alone is bounded where it is compiled. */
function requireFewPeople(conditions: readonly FieldCondition[]): void {
  const ofPeople = conditions.filter(({ field, test }) => field.kind === 'person' && test.kind === 'oneOf');
  const people = new Set(ofPeople.flatMap(({ test }) => valuesOf(test)));
  const [one, other] = ofPeople;
  if (!one || !other || people.size <= MAX_PEOPLE) return;
  const labels = ofPeople.map(({ field }) => quoted(field.label)).join(', ');
  const message = `${labels} take at most ${MAX_PEOPLE} people together, and have ${people.size}. Ask in several calls.`;
  throw invalidInput([{ field: other.input, message }]);
}

const hint = 'describeProject lists the fields of a type.';

const isNotDone = (status: string) => folded(status) === 'notdone';

/** The fields of the site that issues of a project may have; of all where no project is given. */
export async function fieldsFor(projectId: string | undefined, { jira }: Site): Promise<SearchField[]> {
  const fields = await jira.metadata.fields();
  if (projectId === undefined || !fields.some(field => field.projectId)) return fields;
  const id = /^\d+$/.test(projectId) ? projectId : await jira.metadata.projectId(projectId);
  return fields.filter(field => field.projectId === undefined || field.projectId === id);
}

/** People's names, separated by commas; a name may have a comma itself, as in `Ruiz, Ana`. */
async function peopleList(text: string, people: Pick<People, 'find'>): Promise<string[]> {
  const names = nameList(text);
  if (names.length < 2 || text.includes('"')) return names;
  try {
    return [(await people.find(text)).accountId];
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return names;
    throw error;
  }
}

function isMissing(label: string, fields: readonly SearchField[]): { jql: Jql; note?: string } {
  const isEstimate = folded(label) === 'estimate' && !fields.some(field => folded(field.label) === 'estimate');
  const meant = isEstimate ? estimates(fields) : [fieldCalled(label, fields, { input: 'missing', hint })];
  const searched = meant.filter(({ clause }) => clause !== undefined);
  if (searched.length > 0) {
    const condition = allOf(searched.map(({ clause = '' }) => jql`${new Jql(clause)} IS EMPTY`));
    if (!isEstimate) return { jql: condition };
    const names = searched.map(field => quoted(field.label));
    const note =
      names.length > 1
        ? `Without an estimate are those in which all of ${names.join(', ')} are empty; for one of them give missing its name.`
        : `The estimate is ${names.join()}.`;
    return { jql: condition, note };
  }
  throw invalidInput([{ field: 'missing', message: `Jira cannot search by ${quoted(label)}.` }]);
}

/** Fields that issues are sorted by without a look-up, and the direction that people mean. */
const orders: Readonly<Record<string, readonly [clause: string, direction: 'ASC' | 'DESC']>> = {
  updated: ['updated', 'DESC'],
  created: ['created', 'DESC'],
  resolved: ['resolved', 'DESC'],
  priority: ['priority', 'DESC'],
  due: ['due', 'ASC'],
  duedate: ['due', 'ASC'],
  rank: ['Rank', 'ASC'],
  key: ['key', 'ASC'],
  status: ['status', 'ASC'],
  assignee: ['assignee', 'ASC'],
};

/** What stands behind ORDER BY, which may be known already. Issues that are equal in it come newest key first. */
export async function issueOrder(
  order: readonly Order[] | Jql | undefined,
  projectId: string | undefined,
  site: Site,
): Promise<Jql> {
  if (order instanceof Jql) return order;
  if (!order || order.length === 0) return new Jql('updated DESC, key DESC');
  const isKnown = ({ label }: Order) => Object.hasOwn(orders, folded(label));
  const fields = order.every(isKnown) ? [] : await fieldsFor(projectId, site);
  const unsortable = order.every(isKnown) ? new Set<string>() : await site.jira.metadata.unsortable();
  const parts = order.map(each => {
    const known = isKnown(each) ? orders[folded(each.label)] : undefined;
    const field = known ? undefined : fieldCalled(each.label, fields, { input: 'orderBy', hint });
    const clause = known?.[0] ?? field?.clause;
    if (clause === undefined) {
      throw notSorted(field ?? each, fields, unsortable);
    }
    if (field && unsortable.has(plainClause(clause).toLowerCase())) throw notSorted(field, fields, unsortable);
    const direction = each.direction?.toUpperCase() ?? known?.[1] ?? (field?.kind === 'moment' ? 'DESC' : 'ASC');
    return { clause, text: `${clause} ${direction}` };
  });
  const isByKey = parts.some(({ clause }) => clause === 'key');
  return new Jql([...parts.map(({ text }) => text), ...(isByKey ? [] : ['key DESC'])].join(', '));
}

const MAX_SORTABLE = 8;

/** Names the fields that come near and that Jira sorts by, and those that are asked for most often. */
function notSorted(
  { label }: { label: string },
  fields: readonly SearchField[],
  unsortable: ReadonlySet<string>,
): Failure {
  const sortable = fields
    .filter(({ clause }) => clause !== undefined && !unsortable.has(plainClause(clause).toLowerCase()))
    .map(field => field.label);
  const names = [
    ...new Set([...nearNames(label, sortable), ...Object.keys(orders).filter(name => name !== 'duedate')]),
  ].slice(0, MAX_SORTABLE);
  const message = `Jira cannot sort by ${quoted(label)}. It can by ${names.map(quoted).join(', ')} and others.`;
  return invalidInput([{ field: 'orderBy', message }]);
}

/** The fields that labels mean, to show them. */
export async function issueColumns(
  labels: readonly string[] | undefined,
  projectId: string | undefined,
  site: Site,
): Promise<SearchField[]> {
  if (!labels || labels.length === 0) return [];
  const fields = await fieldsFor(projectId, site);
  const meant = [...new Set(labels.map(label => fieldCalled(label, fields, { input: 'columns', hint })))];
  const notShown = meant.find(({ countedBy }) => countedBy !== undefined);
  if (!notShown) return meant;
  const { label, countedBy = '' } = notShown;
  const message = `Jira does not show ${quoted(label)} in lists: ${quoted(countedBy)} shows how many there are, and where finds issues by one, {${JSON.stringify(label)}: "Ana Ruiz"}.`;
  throw invalidInput([{ field: 'columns', message }]);
}

const MAX_CHECKED = 10;
const MAX_LISTED = 12;

/**
 * What is wrong with the values of conditions, by the values that Jira suggests for their fields. It costs two requests a value
 * at most, so it is asked only where a search was refused or found nothing.
 */
export async function wrongValues(checked: readonly FieldCondition[], { jira }: Site): Promise<FieldError[]> {
  const all = checked.flatMap(({ field, test, input }) =>
    isListed(field)
      ? valuesOf(test)
          .filter(value => !isSpecial(field, value))
          .map(value => ({ field, input, value: String(value) }))
      : [],
  );
  const problems = await Promise.all(
    all.slice(0, MAX_CHECKED).map(async ({ field, input, value }) => {
      const told = await nearValues(field, value, jira);
      return told ? [{ field: input, message: `${quoted(field.label)} has no value ${quoted(value)}. ${told}` }] : [];
    }),
  );
  return problems.flat();
}

/** Every value that a field is compared with. */
function valuesOf(test: Test): readonly Value[] {
  switch (test.kind) {
    case 'oneOf':
      return test.values;
    case 'between':
      return [test.from, test.to].filter(value => value !== undefined);
    case 'contains':
      return [test.text];
    case 'empty':
      return [];
  }
}

/**
 * Why nobody is found of whom a condition speaks; undefined where everybody is. Jira finds people who have left by their names, so
 * that only a search that it refused tells.
 */
export async function unknownPerson(checked: readonly FieldCondition[], { jira }: Site): Promise<Failure | undefined> {
  for (const { field, test } of checked) {
    if (field.kind !== 'person') continue;
    for (const value of valuesOf(test)) {
      if (isNone(String(value))) continue;
      const problem = await jira.people.find(String(value)).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (problem instanceof Failure && problem.code === 'not_found') {
        return new Failure('not_found', `${quoted(field.label)}: ${problem.message}`, { cause: problem });
      }
    }
  }
  return undefined;
}

/** Whether a field's values are a list that somebody keeps; labels come and go as people write them. */
function isListed({ kind, id, isList, custom }: SearchField): boolean {
  const isLabels = id === 'labels' || /:labels$/.test(custom ?? '');
  const isUrl = /:url$/.test(custom ?? '');
  return !isLabels && !isUrl && (kind === 'choice' || kind === 'cascade' || (kind === 'sprint' && isList));
}

/** A word that means sprints by their state, or the ID of a value. */
function isSpecial({ kind }: SearchField, value: Value): boolean {
  return /^\d{5,}$/.test(String(value)) || (kind === 'sprint' && isSprintWord(value));
}

/**
 * Conditions that find issues even where one of their values is none: of several values the others do, and what is negated
 * finds all.
 */
export function mayHideWrong({ test, isNot }: FieldCondition): boolean {
  return isNot || test.kind === 'between' || (test.kind === 'oneOf' && (test.orEmpty || test.values.length > 1));
}

/** As many values as Jira suggests at the most, of which the one that is sought may be none. */
const MAX_SUGGESTED = 15;

/** A sentence with the values that come near; undefined where the field has the value, or where Jira does not tell. */
async function nearValues(field: SearchField, value: string, { metadata }: Site['jira']): Promise<string | undefined> {
  const [sought = ''] = field.kind === 'cascade' ? value.split(' / ', 1) : [value];
  const clause = field.clause ?? field.id;
  const isSame = (name: string) => folded(name) === folded(sought);
  try {
    const found = await metadata.suggestions(plainClause(clause), sought);
    const alike = found.map(({ name }) => name);
    if (alike.some(isSame) || found.some(({ value: inJql }) => isSame(plainClause(inJql)))) return undefined;
    // A sprint may be told with its board, and of many that begin so the very one may be left out.
    if (alike.length >= (field.kind === 'sprint' ? 1 : MAX_SUGGESTED)) return undefined;
    const all = (await metadata.suggestions(plainClause(clause), '')).map(({ name }) => name);
    if (all.some(isSame) || all.length + alike.length === 0) return undefined;
    const near = nearNames(sought, [...alike, ...all]);
    if (near.length > 0) return `The nearest are ${near.map(quoted).join(', ')}.`;
    return `Some of its values are ${all.slice(0, MAX_LISTED).map(quoted).join(', ')}.`;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
