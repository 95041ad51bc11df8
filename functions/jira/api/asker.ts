import { type Failure, invalidInput } from '../../../shared/failure.ts';
import { Jql } from './jql.ts';
import { type JqlCall, type JqlToken, jqlCalls, jqlTokens, orderStart } from './jqlTokens.ts';

/**
 * Queries that mean their asker, such as `currentUser()`. Jira would take them to mean the account of this service, so
 * they are rewritten for the account of the user, or refused.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-functions/
 */

/** How a function is written for an account. The others have no form that names a person. */
const forAccount: ReadonlyMap<string, (account: string) => string> = new Map(
  Object.entries({
    currentuser: account => account,
    projectsleadbyuser: account => `projectsLeadByUser(${account})`,
    componentsleadbyuser: account => `componentsLeadByUser(${account})`,
    myapproval: account => `approver(${account})`,
    mypending: account => `pendingBy(${account})`,
  }),
);

/** Functions that stand for issues: `issue in watchedIssues()` is `watcher = …`. */
const fieldFor: ReadonlyMap<string, string> = new Map(
  Object.entries({ watchedissues: 'watcher', votedissues: 'voter' }),
);

/** What to use instead of a function that cannot be rewritten. */
const instead: ReadonlyMap<string, string> = new Map(
  Object.entries({
    currentuser: 'the name of the person, such as assignee = "Ana Ruiz", or the input assignee',
    projectsleadbyuser: 'projectsLeadByUser("name")',
    componentsleadbyuser: 'componentsLeadByUser("name")',
    myapproval: 'approver("name")',
    mypending: 'pendingBy("name")',
    watchedissues: 'watcher = "name"',
    votedissues: 'voter = "name"',
    issuehistory: 'updated >= -7d, or keys',
    lastlogin: 'a date, such as updated >= -1d',
    currentlogin: 'a date, such as updated >= -1d',
    projectswhereuserhaspermission: 'project in (KEY, KEY)',
    projectswhereuserhasrole: 'project in (KEY, KEY)',
  }),
);

/** Functions that name a person when they are given an argument. */
const takesPerson = new Set(['projectsleadbyuser', 'componentsleadbyuser']);

const filterFields = new Set(['filter', 'request', 'savedfilter', 'searchrequest']);
/** How many saved filters may be nested. */
export const MAX_DEPTH = 5;

export interface AskerParts {
  /** The account of the user who asks; undefined where it is not known. */
  findAccount(): Promise<string | undefined>;
  /** The query of a saved filter, by its ID or name. @throws Failure `not_found` */
  readFilter(idOrName: string): Promise<string>;
}

/**
 * Rewrites a query so that it means the asking user wherever it means its asker, also in saved filters.
 * @throws Failure `invalid_input` that says what to use, where the user is not known or the query has no such form
 */
export async function forAsker(query: string, parts: AskerParts, depth = 0): Promise<string> {
  const tokens = jqlTokens(query);
  // Jira refuses a query that is not valid JQL, and says why.
  if (!tokens) return query;
  const edits: Edit[] = [];
  for (const call of jqlCalls(tokens)) {
    if (!isOfAsker(call)) continue;
    edits.push(await rewritten(call, tokens, parts));
  }
  for (const reference of filterReferences(tokens)) {
    const replacement = await expanded(reference.filters, parts, depth);
    const { start, end, isNegated } = reference;
    if (replacement) edits.push({ start, end, text: isNegated ? `NOT ${replacement}` : replacement });
  }
  return applied(query, edits);
}

const isOfAsker = ({ name, hasArguments }: JqlCall) => instead.has(name) && !(takesPerson.has(name) && hasArguments);

/** Whether a query itself means its asker; what its saved filters mean is not looked at. */
export function meansAsker(query: string): boolean {
  return [...jqlCalls(jqlTokens(query) ?? [])].some(isOfAsker);
}

export interface Edit {
  start: number;
  end: number;
  text: string;
}

async function rewritten(call: JqlCall, tokens: readonly JqlToken[], parts: AskerParts): Promise<Edit> {
  const write = forAccount.get(call.name);
  const field = fieldFor.get(call.name);
  const clause = field === undefined ? undefined : issueClause(call, tokens);
  if (!write && !clause) throw refusal(call, tokens);
  const accountId = await parts.findAccount();
  if (accountId === undefined) throw refusal(call, tokens);
  const account = JSON.stringify(accountId);
  if (write) return { start: call.start, end: call.end, text: write(account) };
  return {
    start: clause?.start ?? call.start,
    end: call.end,
    text: clause?.isNegated ? `NOT (${field} = ${account})` : `${field} = ${account}`,
  };
}

const issueFields = new Set(['issue', 'issuekey', 'key', 'id']);

/** The beginning of `issue in f()` or `issue not in f()`. */
function issueClause(
  { index }: JqlCall,
  tokens: readonly JqlToken[],
): { start: number; isNegated: boolean } | undefined {
  const isWord = (at: number, word: string) => tokens[at]?.kind === 'word' && tokens[at]?.value.toLowerCase() === word;
  if (!isWord(index - 1, 'in')) return undefined;
  const isNegated = isWord(index - 2, 'not');
  const field = tokens[index - (isNegated ? 3 : 2)];
  if (!field || field.kind === 'sign' || !issueFields.has(field.value.toLowerCase())) return undefined;
  return { start: field.start, isNegated };
}

function refusal({ name, index }: JqlCall, tokens: readonly JqlToken[]): Failure {
  const message = `${tokens[index]?.value}() would mean the account of this service, not the user. Use ${instead.get(name)} instead.`;
  return invalidInput([{ field: 'jql', message }]);
}

interface FilterReference {
  filters: string[];
  start: number;
  end: number;
}

/** `filter = X`, `filter in (X, Y)`, and their negations. */
export function* filterReferences(tokens: readonly JqlToken[]): Generator<FilterReference & { isNegated: boolean }> {
  // What is part of a reference is no reference itself, and is read once.
  let read = 0;
  for (const [index, token] of tokens.entries()) {
    if (index < read || token.kind === 'sign' || !filterFields.has(token.value.toLowerCase())) continue;
    let at = index + 1;
    const next = () => tokens[at];
    let isNegated = false;
    if (next()?.value === '!' || next()?.value.toLowerCase() === 'not') {
      isNegated = true;
      at += 1;
    }
    const operator = next();
    if (operator?.value !== '=' && operator?.value.toLowerCase() !== 'in') continue;
    at += 1;
    const filters: string[] = [];
    let end = next()?.end ?? token.end;
    if (operator.value === '=') {
      filters.push(next()?.value ?? '');
    } else {
      for (at += 1; at < tokens.length && next()?.value !== ')'; at += 1) {
        if (next()?.kind !== 'sign') filters.push(next()?.value ?? '');
      }
      end = next()?.end ?? end;
    }
    read = at;
    yield { filters, start: token.start, end, isNegated };
  }
}

/** The filters' own queries, where one of them means its asker. */
async function expanded(filters: readonly string[], parts: AskerParts, depth: number): Promise<string | undefined> {
  if (depth >= MAX_DEPTH) {
    const message = 'The saved filter nests other filters too deeply. Give its conditions here instead.';
    throw invalidInput([{ field: 'jql', message }]);
  }
  const queries = await Promise.all(
    filters.map(async filter => {
      const query = await parts.readFilter(filter);
      return { query, forUser: await forAsker(query, parts, depth + 1) };
    }),
  );
  if (queries.every(({ query, forUser }) => query === forUser)) return undefined;
  return `(${queries.map(({ forUser }) => `(${withoutOrder(forUser)})`).join(' OR ')})`;
}

/** The conditions of a query. One without any finds every issue. */
export function withoutOrder(query: string): string {
  return query.slice(0, orderStart(jqlTokens(query) ?? [], query)).trim() || 'issuekey IS NOT EMPTY';
}

/** What stands behind the ORDER BY of a query. */
export function orderOf(query: string): Jql | undefined {
  const order = query
    .slice(orderStart(jqlTokens(query) ?? [], query))
    .replace(/^order\s+by\b/i, '')
    .trim();
  return order === '' ? undefined : new Jql(order);
}

/** A query with parts of it written otherwise. */
export function applied(query: string, edits: readonly Edit[]): string {
  let written = '';
  let from = 0;
  for (const { start, end, text } of edits.toSorted((one, other) => one.start - other.start)) {
    // One that lies within another is part of what that one replaces.
    if (start < from) continue;
    written += query.slice(from, start) + text;
    from = end;
  }
  return written + query.slice(from);
}
