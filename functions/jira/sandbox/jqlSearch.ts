import { plainText } from './adf.ts';
import { parseDuration, timesOf } from './estimates.ts';
import { choicesOf, type Field, fieldByClauseName } from './fields.ts';
import { badRequest } from './jiraError.ts';
import { type Clause, describe, type JqlQuery, type Operand, type Operator, parseJql } from './jql.ts';
import { dayOf, evaluateDateFunction, parseJqlDate } from './jqlDates.ts';
import { historyTest } from './jqlHistory.ts';
import { requestTest } from './jqlRequests.ts';
import { textMatcher } from './jqlText.ts';
import type { Issue, Named, Sprint } from './model.ts';
import { readableComments, shownWorklogs } from './rights.ts';
import { findIssue, issueById, linksOf, personById, projectOf, rankOf, type Site, statusOf } from './site.ts';
import { statusCategories } from './statusCategories.ts';

type Test = (issue: Issue) => boolean;
type Scalar = string | number;
type Comparison = '<' | '<=' | '>' | '>=';

/** How a search handles a JQL field. */
interface Searchable {
  /** Its name in errors. */
  name: string;
  /** The values that an issue has; none is `empty`. */
  read(issue: Issue): Scalar[];
  /** The values that an operand's text means; none when there is no such thing. */
  resolve(text: string): Scalar[];
  /** What sorting and `<` compare; by default the values themselves. */
  rank?: (value: Scalar) => Scalar;
  operators: readonly Operator[];
  defaultDirection: 'asc' | 'desc';
  /** For `~`: the issue's texts. */
  texts?: (issue: Issue) => string[];
  isDate?: boolean;
  /** A value, in lower case, that means `empty`. */
  emptyName?: string;
}

const categories = Object.values(statusCategories);

const equality = ['=', '!=', 'in', 'not in', 'is', 'is not'] as const;
const ordering = [...equality, '<', '<=', '>', '>='] as const;
const matching = ['~', '!~', 'is', 'is not'] as const;

/**
 * The issues that a query finds, in its order; without one, the newest first.
 * @throws {JiraError} 400 with Jira's message about what is wrong with the query
 */
export function searchIssues(site: Site, jql: string): Issue[] {
  const { where, orderBy } = parseJql(jql);
  if (!where) {
    throw badRequest('Unbounded JQL queries are not allowed here. Please add a search restriction to your query.');
  }
  const test = compile(site, where, false);
  return site.issues.filter(test).sort(comparator(site, orderBy));
}

/** Negates each condition instead of the whole, as Jira does: `not a = b` leaves out empty values just as `a != b` does. */
function compile(site: Site, clause: Clause, isNegated: boolean): Test {
  if (clause.kind === 'not') return compile(site, clause.clause, !isNegated);
  if (clause.kind === 'history') {
    const test = historyTest(site, clause);
    return issue => test(issue) !== (clause.isNegated !== isNegated);
  }
  if (clause.kind === 'terminal') {
    const saved = savedFilterTest(site, clause, isNegated);
    return saved ?? compileTerminal(site, clause, isNegated);
  }
  const tests = clause.clauses.map(part => compile(site, part, isNegated));
  return (clause.kind === 'and') === isNegated
    ? issue => tests.some(test => test(issue))
    : issue => tests.every(test => test(issue));
}

const opposite: Record<Operator, Operator> = {
  '=': '!=',
  '!=': '=',
  '~': '!~',
  '!~': '~',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  in: 'not in',
  'not in': 'in',
  is: 'is not',
  'is not': 'is',
};

type Terminal = Extract<Clause, { kind: 'terminal' }>;

function compileTerminal(site: Site, clause: Terminal, isNegated: boolean): Test {
  const requestField = fieldByClauseName(site, clause.field);
  if (requestField?.kind === 'sla' || requestField?.kind === 'approvals') {
    return requestTest(site, requestField, clause, isNegated ? opposite[clause.operator] : clause.operator);
  }
  const field = searchable(site, clause.field);
  if (!field.operators.includes(clause.operator)) {
    throw badRequest(`The operator '${clause.operator}' is not supported by the '${clause.field}' field.`);
  }
  const operator = isNegated ? opposite[clause.operator] : clause.operator;
  switch (operator) {
    case 'is':
    case 'is not':
      if (clause.operand.kind === 'empty') return emptiness(field, operator === 'is');
      throw badRequest(
        `The operator '${clause.operator}' only supports the 'EMPTY' value, not '${describe(clause.operand)}'.`,
      );
    case '~':
    case '!~':
      return compileText(field, operator, clause.operand);
    default:
      return compileValues(site, field, operator, clause);
  }
}

const filterFields = new Set(['filter', 'request', 'savedfilter', 'searchrequest']);

/** `filter = X`: the issues that a saved filter finds. */
function savedFilterTest(site: Site, { field, operator, operand }: Terminal, isNegated: boolean): Test | undefined {
  if (!filterFields.has(field.toLowerCase())) return undefined;
  const items = operand.kind === 'list' ? operand.items : [operand];
  const tests = items.map(item => {
    const text = describe(item);
    const filter = site.filters.find(each => isNamed(each, text));
    if (!filter) throw badRequest(`The value '${text}' does not exist for the field '${field}'.`);
    const { where } = parseJql(filter.jql);
    return where ? compile(site, where, false) : () => true;
  });
  const isWanted = (operator === '=' || operator === 'in') !== isNegated;
  return issue => tests.some(test => test(issue)) === isWanted;
}

function compileText(field: Searchable, operator: '~' | '!~', operand: Operand): Test {
  if (operand.kind === 'empty') return emptiness(field, operator === '~');
  if (operand.kind !== 'value' || operand.text.trim() === '') {
    throw badRequest(`The field '${field.name}' does not support searching for an empty string.`);
  }
  const matches = textMatcher(operand.text, field.name);
  const texts = field.texts ?? (() => []);
  return operator === '~'
    ? issue => texts(issue).some(matches)
    : issue => texts(issue).length > 0 && !texts(issue).some(matches);
}

function compileValues(
  site: Site,
  field: Searchable,
  operator: '=' | '!=' | 'in' | 'not in' | Comparison,
  { operand, operator: written }: Terminal,
): Test {
  if (operand.kind === 'list' && written !== 'in' && written !== 'not in') {
    throw badRequest(
      `Operator '${written}' does not support the list value '${describe(operand)}' for field '${field.name}'.`,
    );
  }
  const items = operand.kind === 'list' ? operand.items : [operand];
  const values = items.flatMap(item => (isEmpty(field, item) ? [] : valuesOf(site, field, item)));
  const includesEmpty = items.some(item => isEmpty(field, item));
  const hasOne = (own: Scalar[]) => own.some(value => values.includes(value));

  switch (operator) {
    case '=':
    case 'in':
      return issue => {
        const own = field.read(issue);
        return own.length === 0 ? includesEmpty : hasOne(own);
      };
    case '!=':
    case 'not in':
      return issue => {
        const own = field.read(issue);
        return own.length > 0 && !hasOne(own);
      };
    default: {
      const rank = field.rank ?? (value => value);
      const [bound] = values.map(rank);
      return issue => bound !== undefined && field.read(issue).some(value => isOrdered(rank(value), operator, bound));
    }
  }
}

const isEmpty = (field: Searchable, operand: Operand): boolean =>
  operand.kind === 'empty' || (operand.kind === 'value' && operand.text.toLowerCase() === field.emptyName);

function emptiness(field: Searchable, isWanted: boolean): Test {
  const values = field.texts ?? field.read;
  return issue => (values(issue).length === 0) === isWanted;
}

function isOrdered(left: Scalar, operator: Comparison, right: Scalar): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  return left >= right;
}

function valuesOf(site: Site, field: Searchable, operand: Operand): Scalar[] {
  const values = operand.kind === 'function' ? resultOf(site, field, operand) : field.resolve(describe(operand));
  // A function may give nothing: no sprint is active, an issue has no links.
  if (values.length > 0 || operand.kind === 'function') return values;
  throw badRequest(`The value '${describe(operand)}' does not exist for the field '${field.name}'.`);
}

const sprintStates: Readonly<Record<string, Sprint['state']>> = {
  opensprints: 'active',
  futuresprints: 'future',
  closedsprints: 'closed',
};

const typeFunctions: Readonly<Record<string, (level: number) => boolean>> = {
  standardissuetypes: level => level >= 0,
  subtaskissuetypes: level => level < 0,
};

function resultOf(site: Site, field: Searchable, call: Extract<Operand, { kind: 'function' }>): Scalar[] {
  if (call.name.toLowerCase() === 'currentuser') return field.resolve(site.me.accountId);
  const state = sprintStates[call.name.toLowerCase()];
  if (call.name.toLowerCase() === 'linkedissues') return linkedIssues(site, call.args);
  if (call.name.toLowerCase() === 'issueswithremotelinksbyglobalid') return remotelyLinked(site, call.args);
  const isOfLevel = typeFunctions[call.name.toLowerCase()];
  if (isOfLevel) return site.issueTypes.filter(({ level }) => isOfLevel(level)).map(({ id }) => id);
  if (state) return site.sprints.filter(sprint => sprint.state === state).map(({ id }) => id);
  const moment = evaluateDateFunction(site, call.name, call.args);
  if (moment === undefined) throw badRequest(`Unable to find JQL function '${describe(call)}'.`);
  return field.isDate ? [moment] : field.resolve(dayOf(site, moment));
}

/** `linkedIssues(key)`, and `linkedIssues(key, "is blocked by")`. */
function linkedIssues(site: Site, [key = '', ...phrases]: string[]): string[] {
  const issue = findIssue(site, key);
  if (!issue) throw badRequest(`Issue '${key}' could not be found in function 'linkedIssues'.`);
  const wanted = phrases.map(phrase => phrase.toLowerCase());
  return linksOf(site, issue).flatMap(link => {
    const type = site.linkTypes.find(({ id }) => id === link.typeId);
    const isOutward = link.sourceId === issue.id;
    const phrase = (isOutward ? type?.outward : type?.inward)?.toLowerCase() ?? '';
    if (wanted.length > 0 && !wanted.includes(phrase)) return [];
    return [isOutward ? link.targetId : link.sourceId];
  });
}

/** The issues that have a remote link with any of these global IDs. */
function remotelyLinked(site: Site, globalIds: readonly string[]): Scalar[] {
  if (globalIds.length < 1 || globalIds.length > 100) {
    throw badRequest(
      `Function 'issuesWithRemoteLinksByGlobalId' expected between '1' and '100' arguments but received '${globalIds.length}'.`,
    );
  }
  const wanted = new Set<string | undefined>(globalIds);
  return site.issues
    .filter(({ remoteLinks = [] }) => remoteLinks.some(({ globalId }) => wanted.has(globalId)))
    .map(({ id }) => id);
}

/** `issueLinkType = "is blocked by"`: the side of a link on which an issue stands. */
function linkTypes(site: Site, name: string): Searchable {
  return {
    name,
    read: issue => linksOf(site, issue).map(link => `${link.typeId} ${link.sourceId === issue.id ? 'out' : 'in'}`),
    resolve: text => {
      const wanted = text.toLowerCase();
      return site.linkTypes.flatMap(({ id, inward, outward }) => [
        ...(outward.toLowerCase() === wanted ? [`${id} out`] : []),
        ...(inward.toLowerCase() === wanted ? [`${id} in`] : []),
      ]);
    },
    operators: equality,
    defaultDirection: 'asc',
  };
}

/** Fields that a query cannot be ordered by. */
export const unsortable: ReadonlySet<string> = new Set([
  'comment',
  'text',
  'issuelinktype',
  'watcher',
  'voter',
  'worklogauthor',
  'worklogdate',
]);

function comparator(site: Site, orderBy: JqlQuery['orderBy']): (left: Issue, right: Issue) => number {
  if (orderBy.length > 7) throw badRequest('The maximum number of fields allowed in the order by clause is 7.');
  const sorts = orderBy.map(({ field: name, direction }) => {
    const field = searchable(site, name);
    if (unsortable.has(name.toLowerCase())) throw badRequest(`Not able to sort using field '${name}'.`);
    const rank = field.rank ?? (value => value);
    const sign = (direction ?? field.defaultDirection) === 'asc' ? 1 : -1;
    const key = (issue: Issue): Scalar | undefined => {
      const [first] = field.texts?.(issue) ?? field.read(issue);
      return first === undefined ? undefined : rank(first);
    };
    return (left: Issue, right: Issue) => sign * compareScalars(key(left), key(right));
  });
  return (left, right) => {
    for (const sort of sorts) {
      const order = sort(left, right);
      if (order !== 0) return order;
    }
    return Number(right.id) - Number(left.id);
  };
}

/** Nothing comes after everything. */
function compareScalars(left: Scalar | undefined, right: Scalar | undefined): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  if (typeof left === 'string' && typeof right === 'string') return left.localeCompare(right, 'en');
  return Number(left) - Number(right);
}

function searchable(site: Site, name: string): Searchable {
  const wanted = name.toLowerCase();
  if (['key', 'issuekey', 'issue', 'id', 'workitem', 'workitemkey'].includes(wanted)) return keys(site, name);
  if (wanted === 'rank') return { ...keys(site, name), rank: id => rankOf(issueById(site, id)) };
  if (wanted === 'issuelinktype') return linkTypes(site, name);
  if (wanted === 'text') return textField(name, issue => [...allTexts(site, issue)]);
  if (wanted === 'comment')
    return textField(name, issue => readableComments(site, issue).map(({ body }) => plainText(body)));
  if (wanted === 'worklogauthor')
    return people(site, name, issue => shownWorklogs(site, issue).map(({ authorId }) => authorId));
  if (wanted === 'worklogdate')
    return days(site, name, issue => shownWorklogs(site, issue).map(({ started }) => dayOf(site, started)));
  if (wanted === 'watcher') return people(site, name, ({ watcherIds = [] }) => watcherIds);
  if (wanted === 'voter') return people(site, name, () => []);
  const field = fieldByClauseName(site, name);
  if (!field) throw badRequest(`Field '${name}' does not exist or you do not have permission to view it.`);
  return searchableField(site, name, field);
}

function searchableField(site: Site, name: string, field: Field): Searchable {
  const read = (issue: Issue): Scalar[] => scalars(issue.values[field.id] ?? null);
  const choices = (list: readonly Named[], readIds = read): Searchable => ({
    name,
    read: readIds,
    resolve: text => list.filter(each => isNamed(each, text)).map(({ id }) => id),
    rank: id => list.findIndex(each => each.id === id),
    operators: equality,
    defaultDirection: 'asc',
  });

  switch (field.id) {
    case 'project':
      return {
        ...choices(site.projects, issue => [issue.projectId]),
        resolve: text =>
          site.projects
            .filter(each => isNamed(each, text) || isNamed({ id: '', name: each.key }, text))
            .map(({ id }) => id),
        rank: id => site.projects.find(each => each.id === id)?.name ?? '',
      };
    case 'statusCategory':
      return {
        ...choices(categories, issue => [statusOf(site, issue).category.id]),
        resolve: text =>
          categories.filter(each => isNamed(each, text) || each.key === text.toLowerCase()).map(({ id }) => id),
      };
    case 'status':
      return choices(site.statuses);
    case 'issuetype':
      return choices(site.issueTypes);
    case 'resolution':
      return { ...choices(site.resolutions), emptyName: 'unresolved' };
    case 'priority':
      return {
        ...choices(site.priorities),
        rank: id => -site.priorities.findIndex(each => each.id === id),
        operators: ordering,
        defaultDirection: 'desc',
      };
    case 'creator':
      return people(site, name, issue => [issue.creatorId]);
    case 'parent':
      return { ...keys(site, name), read };
    case 'created':
    case 'updated':
      return moments(site, name, issue => [issue[field.id === 'created' ? 'created' : 'updated']]);
    case 'watches':
    case 'votes':
      return {
        name,
        read: ({ watcherIds = [] }) => [field.id === 'watches' ? watcherIds.length : 0],
        resolve: text => (/^\d+$/.test(text) ? [Number(text)] : []),
        operators: ordering,
        defaultDirection: 'desc',
      };
    case 'resolutiondate':
      return moments(site, name, issue => (issue.resolved === undefined ? [] : [issue.resolved]));
    case 'timeoriginalestimate':
    case 'timeestimate':
    case 'timespent':
      return {
        name,
        read: issue => [timesOf(issue)[field.id] ?? []].flat(),
        resolve: text => [parseDuration(text) ?? []].flat(),
        operators: ordering,
        defaultDirection: 'desc',
      };
    case 'components':
      return choices(site.projects.flatMap(({ components }) => components));
    case 'fixVersions':
      return { ...choices(site.projects.flatMap(({ versions }) => versions)), operators: ordering };
  }
  switch (field.kind) {
    case 'user':
    case 'people':
      return people(site, name, read);
    case 'requestType':
      return { ...choices(choicesOf(site, field) ?? []), resolve: text => requestTypesCalled(site, text) };
    case 'string':
    case 'adf':
      return textField(name, issue => textsOf(issue.values[field.id]));
    case 'labels':
      return {
        name,
        read: issue => read(issue).map(label => String(label).toLowerCase()),
        resolve: text => [text.toLowerCase()],
        operators: equality,
        defaultDirection: 'asc',
      };
    case 'date':
      return days(site, name, read);
    case 'number':
      return {
        name,
        read,
        resolve: text => (text.trim() !== '' && Number.isFinite(Number(text)) ? [Number(text)] : []),
        operators: ordering,
        defaultDirection: 'desc',
      };
    default:
      return choices(choicesOf(site, field) ?? []);
  }
}

/** Those of a name in any desk, or by name and project: `Get IT help (HELP)`. */
const requestTypesCalled = ({ desks, projects }: Site, text: string): string[] =>
  desks.flatMap(({ projectId, requestTypes }) => {
    const key = projects.find(({ id }) => id === projectId)?.key;
    return requestTypes
      .filter(({ name }) => [name, `${name} (${key})`].some(each => each.toLowerCase() === text.toLowerCase()))
      .map(({ id }) => id);
  });

function keys(site: Site, name: string): Searchable {
  return {
    name,
    read: issue => [issue.id],
    resolve: text => {
      const issue = findIssue(site, text);
      if (!issue) throw badRequest(`An issue with key '${text}' does not exist for field '${name}'.`);
      return [issue.id];
    },
    rank: id => {
      const issue = findIssue(site, String(id));
      return issue ? `${projectOf(site, issue).key} ${issue.key.split('-')[1]?.padStart(9, '0')}` : '';
    },
    operators: ordering,
    defaultDirection: 'asc',
  };
}

function people(site: Site, name: string, read: Searchable['read']): Searchable {
  return {
    name,
    read,
    resolve: text => {
      const wanted = text.toLowerCase();
      const byId = site.people.filter(({ accountId, email }) => accountId === text || email === wanted);
      const byName = site.people.filter(({ displayName }) => displayName.toLowerCase() === wanted);
      return (byId.length > 0 ? byId : byName).map(({ accountId }) => accountId);
    },
    rank: accountId => personById(site, accountId)?.displayName ?? '',
    operators: equality,
    defaultDirection: 'asc',
  };
}

const moments = (site: Site, name: string, read: Searchable['read']): Searchable => ({
  name,
  read,
  resolve: text => [parseJqlDate(site, text, name)],
  operators: ordering,
  defaultDirection: 'desc',
  isDate: true,
});

/** Fields that hold a calendar day: a moment means the day that it falls on. */
const days = (site: Site, name: string, read: Searchable['read']): Searchable => ({
  name,
  read,
  resolve: text => [dayOf(site, parseJqlDate(site, text, name))],
  operators: ordering,
  defaultDirection: 'desc',
});

const textField = (name: string, texts: (issue: Issue) => string[]): Searchable => ({
  name,
  read: () => [],
  resolve: text => [text],
  texts,
  operators: matching,
  defaultDirection: 'asc',
});

const isNamed = ({ id, name }: Named, text: string) => id === text || name.toLowerCase() === text.toLowerCase();

const scalars = (value: Issue['values'][string]): Scalar[] => {
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return [];
  return [value].flat();
};

function textsOf(value: Issue['values'][string] | undefined): string[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [String(value)];
  return 'type' in value ? [plainText(value)] : [];
}

/** What `text ~` looks through: every text field, and the comments. */
function* allTexts(site: Site, issue: Issue): Generator<string> {
  for (const { id, kind } of site.fields) {
    if (kind === 'string' || kind === 'adf') yield* textsOf(issue.values[id]);
  }
  for (const { body } of readableComments(site, issue)) yield plainText(body);
}
