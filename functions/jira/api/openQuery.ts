import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { closed } from './closed.ts';
import { type JqlClause, type JqlOperand, jqlOutline } from './jqlClauses.ts';
import { jqlTokens } from './jqlTokens.ts';

/**
 * Queries of callers to whom a policy opens some projects alone. What they find is narrowed to those, but whether Jira takes a
 * query tells by itself whether there is what it names. So what it names must be open, or is taken as what no issue has.
 */

/** What is known of the open projects. */
interface OpenProjects {
  isOpen(projectKey: string): boolean;
  /** @throws Failure `forbidden` or `not_found` */
  requireIssue(issueIdOrKey: string): Promise<unknown>;
  /** The IDs and the names, in small letters, of the projects that are open. */
  idsAndNames(): Promise<ReadonlySet<string>>;
  /** Whether a custom field, by its name in JQL, holds an issue. */
  holdsIssue(field: string): Promise<boolean>;
}

/** Fields whose values are issues. */
export const issueFields = new Set([
  'issue',
  'issuekey',
  'key',
  'id',
  'workitem',
  'workitemkey',
  'parent',
  'parentepic',
]);

/** Functions whose arguments name projects. */
export const takesProjects = new Set([
  'releasedversions',
  'unreleasedversions',
  'latestreleasedversion',
  'earliestunreleasedversion',
]);
/** Functions whose first argument names an issue. */
export const takesIssue = new Set([
  'linkedissues',
  'portfoliochildissuesof',
  'childissuesof',
  'subtasksof',
  'parentissuesof',
]);
/** Functions whose arguments are people, groups, moments, options or things of other systems, which are no project's alone. */
export const takesOthers =
  /^(?:(?:start|end)of(?:day|week|month|year)|membersof|updatedby|approver|pendingby|(?:projects|components)leadbyuser|projectswhereuserhas(?:permission|role)|cascadeoption|choiceoption|remaining|elapsed|organizationmembers|(?:issues|workitems)withremotelinksbyglobalid|customerdetail|organizationdetail)$/;

export const issueKeyForm = /^[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17}$/i;
const numeric = /^\d{1,18}$/;

/** Each costs a request. */
const MAX_ISSUES = 10;

/**
 * Sees to it that what a query names is open. It costs a request for each issue that has the key of no open project, and one for
 * the projects where one is named otherwise than by its key.
 * @throws Failure `forbidden` for a project or an issue that is closed or none; `invalid_input` for what cannot be checked
 */
export async function requireOpenQuery(clauses: readonly JqlClause[], open: OpenProjects): Promise<void> {
  const issues = new Set<string>();
  const projects = new Set<string>();
  for (const clause of clauses) {
    const field = clause.field.toLowerCase();
    for (const { kind, value, args } of [...clause.operands, ...clause.predicates]) {
      if (kind === 'call') {
        for (const [at, argument] of args.entries()) {
          const called = value.toLowerCase();
          if (takesProjects.has(called)) projects.add(argument);
          else if (takesIssue.has(called)) at === 0 && issues.add(argument);
          else if (!takesOthers.test(called)) throw unknownCall(value);
        }
      } else if (clause.operator.startsWith('is') || clause.operator.includes('~')) {
        // A text that is looked for, or EMPTY, names nothing.
      } else if (field === 'project') projects.add(value);
      else if (issueFields.has(field)) {
        if (!/^(?:empty|null)$/i.test(value)) issues.add(value);
      } else if (issueKeyForm.test(value) || numeric.test(value)) {
        const isOwnKey = open.isOpen(projectOfKey(value));
        if (!isOwnKey && mayHoldIssue(field) && (await open.holdsIssue(field))) issues.add(value);
      }
    }
  }
  const isOneOfSeveral = projects.size + issues.size > 1;
  const refused = (kind: string, name: string) => (isOneOfSeveral ? closed(`the ${kind} ${quoted(name)}`) : closed());
  for (const project of projects) {
    if (open.isOpen(project) || (await open.idsAndNames()).has(project.toLowerCase())) continue;
    throw refused('project', project);
  }
  const others = [...issues].filter(issue => !open.isOpen(projectOfKey(issue)));
  if (others.length > MAX_ISSUES) {
    const message = `It names more than ${MAX_ISSUES} issues that have the key of no open project. Leave them out.`;
    throw invalidInput([{ field: 'jql', message }]);
  }
  for (const issue of others) {
    if (!issueKeyForm.test(issue) && !numeric.test(issue)) throw refused('issue', issue);
    await open.requireIssue(issue).catch(error => {
      throw error instanceof Failure && error.code === 'forbidden' ? refused('issue', issue) : error;
    });
  }
}

/** System fields hold other things; an epic stands in a custom field. */
const systemNumbers = new Set(['labels', 'filter', 'savedfilter', 'request', 'searchrequest', 'priority', 'status']);
const mayHoldIssue = (field: string) => !systemNumbers.has(field);

/** The project of a key: it is what stands before the last hyphen. */
export function projectOfKey(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('-')));
}

function unknownCall(name: string) {
  const message = `${name}() with an argument cannot be used here, because a policy restricts the projects. Say what is meant with fields instead.`;
  return invalidInput([{ field: 'jql', message }]);
}

/** Of a value that is written wrong; the others of these say that there is no such value. */
const aboutForm = /\b(?:invalid|not valid|not supported|does not support|format)\b/i;

/**
 * The same query where a value that Jira says there is not is one that no issue has: as it is with a value of closed projects.
 * @param said What Jira said of the query.
 * @returns undefined where Jira refused it for something else
 */
export function withoutUnknownValues(query: string, said: string): string | undefined {
  if (aboutForm.test(said)) return undefined;
  const told = said.toLowerCase();
  const isTold = (value: string) => ["'", '"'].some(mark => told.includes(mark + value.toLowerCase() + mark));
  const clauses = jqlOutline(query, jqlTokens(query) ?? [])?.clauses ?? [];
  const known = without(query, clauses, ({ kind, value, args }) => (kind === 'call' ? args : [value]).some(isTold));
  return known === query ? undefined : known;
}

const isOrdering = (operator: string) => operator.startsWith('<') || operator.startsWith('>');

/**
 * The same query where a version of closed projects, which others would be compared with, is one that there is not.
 * @param openValues The values of open projects in a field; undefined where they are not known.
 */
export async function withoutClosedOrder(
  query: string,
  clauses: readonly JqlClause[],
  openValues: (field: string) => Promise<readonly { id?: string | null | undefined; name: string }[] | undefined>,
): Promise<string> {
  const closedOnes = new Set<JqlOperand>();
  for (const { field, operator, operands } of clauses) {
    if (!isOrdering(operator) || !versions.has(field.toLowerCase())) continue;
    const values = await openValues(field.toLowerCase());
    for (const operand of operands) {
      const wanted = operand.value.toLowerCase();
      if (!values?.some(({ id, name }) => id === wanted || name.toLowerCase() === wanted)) closedOnes.add(operand);
    }
  }
  return without(query, clauses, operand => closedOnes.has(operand));
}

const versions = new Set(['fixversion', 'fixversions', 'affectedversion', 'versions']);

function without(query: string, clauses: readonly JqlClause[], isUnknown: (operand: JqlOperand) => boolean): string {
  let written = '';
  let from = 0;
  for (const clause of clauses) {
    const { operands, predicates, start, end } = clause;
    if (![...operands, ...predicates].some(isUnknown)) continue;
    const known = predicates.some(isUnknown) ? [] : operands.filter(operand => !isUnknown(operand));
    written += query.slice(from, start) + (withKnown(query, clause, known) ?? asNone(clause));
    from = end;
  }
  return written + query.slice(from);
}

/** The condition with what is left of its list. */
function withKnown(query: string, clause: JqlClause, known: readonly JqlOperand[]): string | undefined {
  const [first, last] = [clause.operands[0], clause.operands.at(-1)];
  if (!clause.operator.endsWith('in') || known.length === 0 || !first || !last) return undefined;
  const list = known.map(({ start, end }) => query.slice(start, end)).join(', ');
  return query.slice(clause.start, first.start) + list + query.slice(last.end, clause.end);
}

/** What the condition finds with a value that no issue has: nothing, or where it excludes it, all that have another. */
function asNone({ fieldText, operator, isNegated }: JqlClause): string {
  const excludes = operator === '!=' || operator.includes('not');
  if (isOrdering(operator) || excludes === isNegated) return isNegated ? 'issuekey IS NOT EMPTY' : 'issuekey IS EMPTY';
  return `${fieldText} ${isNegated ? 'IS EMPTY' : 'IS NOT EMPTY'}`;
}
