import { type JqlClause, jqlOutline } from './jqlClauses.ts';
import { type JqlToken, jqlTokens, orderStart } from './jqlTokens.ts';
import { projectOfKey } from './openQuery.ts';

/** Fields whose values are those of the whole site, and so tell of no project. */
const ofSite = new Set([
  ...['assignee', 'reporter', 'creator', 'watcher', 'voter'],
  ...['status', 'statuscategory', 'resolution', 'priority', 'type', 'issuetype', 'worktype'],
  ...['created', 'createddate', 'updated', 'updateddate', 'resolved', 'resolutiondate', 'due', 'duedate'],
]);

/** Another filter, of which this one does not tell what it names. */
const otherFilters = new Set(['filter', 'request', 'savedfilter', 'searchrequest']);

/**
 * Whether the query of a saved filter speaks of open projects alone, so that a caller who may see only those may see it: it
 * has one of them as a condition that must hold, and names no other project and no issue of another one; or it names nothing
 * that belongs to a project.
 */
export function isOpenFilter(query: string, isOpen: (projectKey: string) => boolean): boolean {
  const tokens = jqlTokens(query);
  const clauses = tokens && jqlOutline(query, tokens)?.clauses;
  if (!clauses) return false;
  const keys = tokens.flatMap(({ kind, value }) => (kind === 'sign' ? [] : issueKeysIn(value)));
  if (!keys.every(key => isOpen(projectOfKey(key)))) return false;

  const fields = clauses.map(({ field }) => field.toLowerCase());
  if (fields.some(field => otherFilters.has(field))) return false;
  const projects = clauses.filter((_, at) => fields[at] === 'project');
  const isOpenProject = ({ operands }: JqlClause) =>
    operands.every(({ kind, value }) => kind === 'value' && isOpen(value));
  if (!projects.every(isOpenProject)) return false;
  if (fields.every(field => ofSite.has(field))) return true;
  const conditions = tokens.filter(({ start }) => start < orderStart(tokens, query));
  return projects.some(
    clause => !clause.isNegated && ['=', 'in'].includes(clause.operator) && mustHold(clause, conditions),
  );
}

/** The issues that the query of a saved filter names wherever, by their keys, and the projects by whatever. */
export function namedInFilter(query: string): { issues: string[]; projects: string[] } {
  const tokens = jqlTokens(query) ?? [];
  const clauses = jqlOutline(query, tokens)?.clauses ?? [];
  const ofProjects = clauses.filter(({ field }) => field.toLowerCase() === 'project');
  return {
    issues: tokens.flatMap(({ kind, value }) => (kind === 'sign' ? [] : issueKeysIn(value))),
    projects: ofProjects.flatMap(({ operands }) =>
      operands.flatMap(({ kind, value }) => (kind === 'value' ? [value] : [])),
    ),
  };
}

function issueKeysIn(text: string): string[] {
  return text.match(/\b[A-Za-z][A-Za-z0-9_]{1,254}-\d{1,18}\b/g) ?? [];
}

/** Whether a condition stands outside of all parentheses, and no OR does. */
function mustHold({ start }: JqlClause, tokens: readonly JqlToken[]): boolean {
  let depth = 0;
  let isInside = false;
  for (const token of tokens) {
    if (token.start === start) isInside = depth > 0;
    if (token.kind === 'sign' && token.value === '(') depth += 1;
    if (token.kind === 'sign' && token.value === ')') depth -= 1;
    const isOr = (token.kind === 'word' && token.value.toLowerCase() === 'or') || isSign(token, '|');
    if (depth === 0 && isOr) return false;
  }
  return !isInside;
}

const isSign = ({ kind, value }: JqlToken, sign: string) => kind === 'sign' && value === sign;
