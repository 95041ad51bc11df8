import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { applied, type Edit, filterReferences, MAX_DEPTH, withoutOrder } from '../asker.ts';
import type { SearchField } from '../filter/searchField.ts';
import { type JqlClause, jqlOutline } from '../jqlClauses.ts';
import { jqlTokens } from '../jqlTokens.ts';
import {
  issueFields,
  issueKeyForm,
  takesIssue,
  takesOthers,
  takesProjects,
  withoutClosedOrder,
  withoutUnknownValues,
} from '../openQuery.ts';
import { findFilter } from '../savedFilters.ts';
import type { Guard } from './guard.ts';
import { type LinkCondition, linkCondition } from './linkCondition.ts';
import { mustHold } from './mustHold.ts';
import { shownTypes } from './portalFields.ts';
import { type WorkCondition, workCondition } from './workCondition.ts';

/**
 * Queries of callers, which Jira answers as the service's account. A condition on an issue only narrows what is shown of those that
 * the caller may browse. What must not happen is that it tells of something else: of a restricted comment or worklog, which Jira
 * matches for the service's account; of an issue, a project, a version that the caller may not see, by whether Jira takes its name.
 *
 * - `text ~` is asked of all texts but comments, and `comment ~` is refused.
 * - Customers find their requests only by what they see of them.
 * - Work is found by who logged it and when, and an issue is shown where work that may be shown is so.
 * - An issue that is named must be one that may be browsed; any other is refused in the words that Jira has for none.
 * - A saved filter is replaced by its conditions, which are then looked at as well.
 * - Any other value that Jira says there is not is one that no issue has, as a value of hidden projects is.
 */
export interface CheckedQuery {
  text: string;
  /** Its own conditions, for projects that it names. */
  projects: readonly string[];
  /** What an issue must have among its worklogs that may be shown; undefined where the query does not ask. */
  work: WorkCondition | undefined;
  /** What an issue must have among its links, where some are left out; undefined where the query does not ask. */
  links: LinkCondition | undefined;
  /** True where it asks who watches or voted, which not everybody may see of an issue. */
  asksWatchers: boolean;
  /** What it asks of requests that their customers do not see: then they find none of theirs by it. */
  beyondPortal: readonly string[];
  /** Where it looks through texts of which customers see some: the query that looks through those alone, and has no order. */
  onPortal: string | undefined;
}

/** @throws Failure `invalid_input` for what cannot be checked, or names what may not be seen */
export async function checkedQuery(given: string, guard: Guard): Promise<CheckedQuery> {
  const query = await withoutFilters(given, guard, 0);
  const outline = outlineOf(query);
  await requireKnownFields([...outline.clauses.map(({ field }) => field), ...outline.orderedBy], guard);
  await requireBrowsable(outline.clauses, guard);
  const work = workCondition(outline.clauses, clause => mustHold(clause, query));
  requireNoComments(outline.clauses);
  const withTexts = async (texts: readonly string[]) => {
    const searchable = lookingThrough(texts, query, outline.clauses);
    return withoutClosedOrder(searchable, outlineOf(searchable).clauses, () => versionsOf(query, guard));
  };
  const asksTexts = outline.clauses.some(isOfTexts);
  return {
    text: await withTexts(asksTexts ? await textFields(guard) : []),
    beyondPortal: await beyondPortal(outline.clauses, guard),
    onPortal: asksTexts ? withoutOrder(await withTexts(portalTexts)) : undefined,
    projects: projectsIn(outline.clauses),
    work,
    links: linkCondition(outline.clauses, clause => mustHold(clause, query)),
    asksWatchers: outline.clauses.some(
      ({ field, operands }) =>
        ['watcher', 'voter'].includes(field.toLowerCase()) && operands.some(({ value }) => value !== guard.accountId),
    ),
  };
}

function outlineOf(query: string) {
  const tokens = jqlTokens(query);
  const outline = tokens && jqlOutline(query, tokens);
  if (outline) return outline;
  throw refused(
    'It cannot be read as JQL. Write it as conditions, field operator value, that AND, OR and NOT join, with every quotation mark and parenthesis closed.',
  );
}

const refused = (message: string) => invalidInput([{ field: 'jql', message }]);

/** In Jira's own words, for what there is not. */
const inJirasWords = (said: string) => new Failure('invalid_input', `Jira refused it: ${said}`);

/** Saved filters are replaced by what they find. */
async function withoutFilters(query: string, guard: Guard, depth: number): Promise<string> {
  const tokens = jqlTokens(query);
  if (!tokens) return query;
  const edits: Edit[] = [];
  for (const { filters, start, end, isNegated } of filterReferences(tokens)) {
    if (depth >= MAX_DEPTH)
      throw refused('The saved filter nests other filters too deeply. Give its conditions instead.');
    const parts: string[] = [];
    for (const filter of filters) {
      const { jql } = await findFilter(guard.limited(), filter);
      parts.push(`(${withoutOrder(await withoutFilters(jql, guard, depth + 1))})`);
    }
    edits.push({ start, end, text: `${isNegated ? 'NOT ' : ''}(${parts.join(' OR ')})` });
  }
  return applied(query, edits);
}

/** Fields of projects that may not be browsed are refused as fields that there are not. */
async function requireKnownFields(named: readonly string[], guard: Guard): Promise<void> {
  const custom = named.filter(name => !systemFields.has(name.toLowerCase()));
  if (custom.length === 0) return;
  const open = new Set(
    (await guard.fields()).flatMap(({ id, label, clause = '' }) =>
      [id, label, clause.replaceAll('"', '')].map(text => text.toLowerCase()),
    ),
  );
  const asked = custom.filter(name => !open.has(withoutType(name).toLowerCase()));
  if (asked.length === 0) return;
  const hidden = await guard.hiddenFields();
  for (const name of asked) {
    if (!hidden.has(withoutType(name).toLowerCase())) continue;
    throw inJirasWords(`Field '${name}' does not exist or you do not have permission to view it.`);
  }
}

/** Jira tells fields of one name apart by their types: `Epic Link[Epic Link]`. */
const withoutType = (field: string) => (field.startsWith('cf[') ? field : field.replace(/\[[^[\]]{0,100}\]$/, ''));

/** Fields of no project, as queries name them. */
const systemFields = new Set(
  (
    'project key issuekey issue id text textfields parent status statuscategory assignee reporter creator created updated due duedate ' +
    'resolved resolution resolutiondate priority labels component fixversion affectedversion summary description comment ' +
    'issuetype type rank watcher voter worklogauthor worklogdate worklogcomment environment sprint issuelinktype'
  ).split(' '),
);

const MAX_ISSUES = 100;
const numeric = /^\d{1,18}$/;

/** @throws Failure `invalid_input` where a query names an issue that may not be browsed, in the words for one that there is not */
async function requireBrowsable(clauses: readonly JqlClause[], guard: Guard): Promise<void> {
  const named = new Map<string, string>();
  for (const { field, fieldText, operator, operands, predicates } of clauses) {
    const isIssue = issueFields.has(field.toLowerCase()) || (await holdsIssue(field, guard));
    for (const { kind, value, args } of [...operands, ...predicates]) {
      if (kind === 'call') {
        const called = value.toLowerCase();
        const [first] = args;
        if (takesIssue.has(called) && first !== undefined) named.set(first, fieldText);
        else if (
          args.length > 0 &&
          !takesIssue.has(called) &&
          !takesProjects.has(called) &&
          !takesOthers.test(called)
        ) {
          throw refused(`${value}() with an argument cannot be used here. Say what is meant with fields instead.`);
        }
      } else if (isIssue && !operator.startsWith('is') && !/^(?:empty|null)$/i.test(value)) named.set(value, fieldText);
    }
  }
  if (named.size > MAX_ISSUES) throw refused(`It names more than ${MAX_ISSUES} issues. Leave some out.`);
  const keys = await guard.browsableKeys([...named.keys()].filter(name => issueKeyForm.test(name)));
  for (const [name, field] of named) {
    if (keys.has(name.toUpperCase())) continue;
    const isShown = numeric.test(name) && (await guard.requireIssue(name).then(() => true, isNone));
    if (!isShown) throw inJirasWords(`An issue with key '${name}' does not exist for field '${field}'.`);
  }
}

function isNone(error: unknown): false {
  if (error instanceof Failure && error.code === 'not_found') return false;
  throw error;
}

async function holdsIssue(field: string, guard: Guard): Promise<boolean> {
  if (systemFields.has(field.toLowerCase())) return false;
  const wanted = withoutType(field).toLowerCase();
  return (await guard.fields()).some(
    each =>
      (each.kind === 'issue' || /:(?:gh-epic-link|jpo-custom-field-parent)$/.test(each.custom ?? '')) &&
      isCalled(each, wanted),
  );
}

/** Fields of texts that are looked through where `text` is named. */
const MAX_TEXT_FIELDS = 25;
const portalTexts = ['summary', 'description'];

const isOfTexts = ({ field }: JqlClause) => ['text', 'textfields'].includes(field.toLowerCase());

/** @throws Failure `invalid_input` for what Jira answers by comments, whether or not they are restricted */
function requireNoComments(clauses: readonly JqlClause[]): void {
  const isUpdater = ({ kind, value }: JqlClause['operands'][number]) =>
    kind === 'call' && value.toLowerCase() === 'updatedby';
  for (const { field, operands } of clauses) {
    if (field.toLowerCase() === 'comment') {
      throw refused(
        'Comments cannot be searched here: Jira would also find those that are restricted to others. Search the other texts with text, and read the comments of an issue with listComments.',
      );
    }
    if (operands.some(isUpdater)) {
      throw refused(
        'updatedBy() cannot be used here: Jira would also find comments that are restricted to others. Use updated, and getIssueHistory for who changed an issue.',
      );
    }
  }
}

/** The fields of texts, as queries name them. */
async function textFields(guard: Guard): Promise<string[]> {
  const others = (await guard.fields())
    .filter(({ id, clause, custom }) => clause !== undefined && (id === 'environment' || isText.test(custom ?? '')))
    .map(({ clause = '' }) => clause);
  return [...new Set([...portalTexts, ...others])].slice(0, MAX_TEXT_FIELDS);
}

/** The same query, where `text` is these fields, and no comments. @throws Failure `invalid_input` */
function lookingThrough(texts: readonly string[], query: string, clauses: readonly JqlClause[]): string {
  const edits: Edit[] = [];
  for (const { operator, operands, start, end } of clauses.filter(isOfTexts)) {
    const [operand] = operands;
    if (operand?.kind !== 'value' || !['~', '!~'].includes(operator)) {
      throw refused('text takes ~ or !~ and the words to look for.');
    }
    const words = query.slice(operand.start, operand.end);
    const text =
      operator === '~'
        ? texts.map(each => `${each} ~ ${words}`).join(' OR ')
        : texts.map(each => `(${each} !~ ${words} OR ${each} IS EMPTY)`).join(' AND ');
    edits.push({ start, end, text: `(${text})` });
  }
  return applied(query, edits);
}

/** Others of texts are compared as a whole. */
const isText = /:text(?:field|area)$/;

/** What every portal shows of a request, as queries name it. */
const portalNames = new Set([
  ...['project', 'key', 'issuekey', 'issue', 'id', 'workitem', 'workitemkey', 'issuetype', 'type', 'worktype'],
  ...['summary', 'description', 'status', 'statuscategory', 'reporter', 'resolution'],
  ...['created', 'createddate', 'updated', 'updateddate', 'resolved', 'resolutiondate'],
]);

/** The fields of which a query asks something that customers do not see of their requests. */
async function beyondPortal(clauses: readonly JqlClause[], guard: Guard): Promise<string[]> {
  const isOfIssues = ({ field }: JqlClause) => issueFields.has(field.toLowerCase());
  const isPast = ({ operator }: JqlClause) => operator.startsWith('was') || operator.startsWith('changed');
  const asked = clauses.filter(clause => {
    // Links and children are asked for by functions.
    if (isPast(clause) || (isOfIssues(clause) && clause.operands.some(({ kind }) => kind === 'call'))) return true;
    // What is not in a text is found also by those that customers do not see.
    if (isOfTexts(clause)) return clause.isNegated || clause.operator !== '~';
    return !portalNames.has(clause.field.toLowerCase());
  });
  const isSystem = ({ field }: JqlClause) => systemFields.has(field.toLowerCase());
  const custom = asked.some(clause => !isSystem(clause)) ? await guard.fields() : [];
  const isShown = ({ field }: JqlClause) =>
    custom.some(each => shownTypes.test(each.custom ?? '') && isCalled(each, withoutType(field).toLowerCase()));
  return asked.filter(clause => isPast(clause) || isSystem(clause) || !isShown(clause)).map(({ field }) => field);
}

function isCalled({ id, label, clause = '' }: SearchField, name: string): boolean {
  return [id, label, clause.replaceAll('"', '')].some(each => each.toLowerCase() === name);
}

function projectsIn(clauses: readonly JqlClause[]): string[] {
  return clauses.flatMap(({ field, operator, operands }) => {
    const values = operands.flatMap(({ kind, value, args }) =>
      kind === 'call' ? (takesProjects.has(value.toLowerCase()) ? args : []) : [value],
    );
    const isProject = field.toLowerCase() === 'project' && !operator.startsWith('is');
    return isProject || operands.some(({ kind }) => kind === 'call') ? values : [];
  });
}

/** How many projects' versions are looked at to tell whether one that others are compared with is theirs. */
const MAX_PROJECTS = 12;

/** The versions of the projects to which a query is narrowed; undefined where it is not. */
async function versionsOf(query: string, guard: Guard) {
  const { clauses } = outlineOf(query);
  const narrowing = clauses.find(
    clause =>
      clause.field.toLowerCase() === 'project' && ['=', 'in'].includes(clause.operator) && mustHold(clause, query),
  );
  if (!narrowing || narrowing.operands.length > MAX_PROJECTS) return undefined;
  const found = await Promise.all(narrowing.operands.map(({ value }) => guard.versions(value)));
  return found.flat();
}

/** Jira mostly tells at once of all values that there are not. */
const MAX_ATTEMPTS = 6;

type Body = Record<string, unknown>;

/**
 * Sends a query, in which a value that there is not is one that no issue has. Its pages must all be asked for by one text, which
 * is found out by its first.
 */
export function knownQuery(
  query: string,
  send: (query: string, body: Body) => Promise<unknown>,
): (body: Body) => Promise<unknown> {
  let known = query;
  const ask = async (body: Body): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(known, body);
      } catch (error) {
        const other = attempt < MAX_ATTEMPTS ? withoutUnknown(known, error) : undefined;
        if (other === undefined) throw error;
        known = other;
      }
    }
  };
  return async body => {
    if (body.nextPageToken === undefined || known !== query) return ask(body);
    try {
      return await send(known, body);
    } catch (error) {
      if (!(error instanceof Failure) || !['invalid_input', 'not_found'].includes(error.code)) throw error;
      const { nextPageToken: _, ...first } = body;
      await ask({ ...first, fields: ['key'], maxResults: 1 });
      if (known === query) throw error;
      return send(known, body);
    }
  };
}

/** Undefined where Jira refused it for something else. */
function withoutUnknown(query: string, error: unknown): string | undefined {
  if (!(error instanceof Failure)) return undefined;
  const [, project] = /^There is no Jira project (.+) that this service may see\./.exec(error.message) ?? [];
  if (project !== undefined) return withoutUnknownValues(query, `'${project}'`);
  return error.code === 'invalid_input' ? withoutUnknownValues(query, error.message) : undefined;
}
