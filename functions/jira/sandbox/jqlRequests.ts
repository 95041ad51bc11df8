import { parseDuration } from './estimates.ts';
import type { Field } from './fields.ts';
import { badRequest } from './jiraError.ts';
import { type Clause, describe, type Operator } from './jql.ts';
import type { Issue } from './model.ts';
import { deskOf, finalDecision } from './requests.ts';
import { personById, type Site } from './site.ts';
import { clockOf, type SlaClock } from './slaClock.ts';

type Terminal = Extract<Clause, { kind: 'terminal' }>;
type Test = (issue: Issue) => boolean;

/**
 * A condition on an SLA or on approvals, which only functions can be compared with.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-functions/
 * @throws {JiraError} 400 for any other
 */
export function requestTest(
  site: Site,
  field: Field,
  { operand, operator: written, field: name }: Terminal,
  operator: Operator,
): Test {
  if (operand.kind !== 'function') {
    if (operand.kind === 'empty' && (operator === 'is' || operator === 'is not')) {
      const isWanted = operator === 'is';
      return issue =>
        (field.kind === 'approvals' ? issue.approvals.length === 0 : !clock(site, field, issue)) === isWanted;
    }
    throw badRequest(
      `The field '${name}' does not support the value '${describe(operand)}'. Use one of its functions.`,
    );
  }
  const call = operand.name.toLowerCase();
  const test =
    field.kind === 'sla'
      ? slaTest(site, field, call, operand.args, operator)
      : approvalTest(site, call, operand.args, operator);
  if (test) return test;
  throw badRequest(
    `The operator '${written}' is not supported by the function '${describe(operand)}' for the field '${name}'.`,
  );
}

function clock(site: Site, field: Field, issue: Issue): SlaClock | undefined {
  const sla = deskOf(site, issue)?.slas.find(({ fieldId }) => fieldId === field.id);
  return sla && clockOf(site, issue, sla);
}

const states: Readonly<Record<string, (clock: SlaClock) => boolean>> = {
  breached: ({ isBreached }) => isBreached,
  everbreached: ({ isBreached }) => isBreached,
  completed: ({ stop }) => stop !== undefined,
  running: ({ stop, isPaused }) => stop === undefined && !isPaused,
  paused: ({ isPaused }) => isPaused,
  withincalendarhours: ({ stop }) => stop === undefined,
};

/** A request without that SLA is found by none of them, and by a span only while the clock has not stopped. */
function slaTest(site: Site, field: Field, call: string, args: string[], operator: Operator): Test | undefined {
  const state = states[call];
  if (state) {
    if (operator !== '=' && operator !== '!=') return undefined;
    return issue => {
      const found = clock(site, field, issue);
      return found !== undefined && state(found) === (operator === '=');
    };
  }
  const [span = ''] = args;
  const seconds = parseDuration(span);
  if ((call !== 'remaining' && call !== 'elapsed') || seconds === undefined) return undefined;
  const compare = {
    '<': (one: number, other: number) => one < other,
    '<=': (one: number, other: number) => one <= other,
    '>': (one: number, other: number) => one > other,
    '>=': (one: number, other: number) => one >= other,
  }[String(operator)];
  if (!compare) return undefined;
  return issue => {
    const found = clock(site, field, issue);
    return found !== undefined && found.stop === undefined && compare(found[call], seconds * 1000);
  };
}

function approvalTest(site: Site, call: string, args: string[], operator: Operator): Test | undefined {
  if (operator !== '=') return undefined;
  const asked = args.map(arg => {
    const person = site.people.find(({ accountId, email, displayName }) =>
      [accountId, email, displayName].includes(arg),
    );
    if (!person) throw badRequest(`The user '${arg}' does not exist.`);
    return person.accountId;
  });
  const isOneOf = (accountIds: string[], isPending: boolean) => (issue: Issue) =>
    issue.approvals.some(
      approval =>
        (!isPending || finalDecision(approval) === 'pending') &&
        approval.approvers.some(
          ({ accountId, decision }) => accountIds.includes(accountId) && (!isPending || decision === 'pending'),
        ),
    );
  const mine = [personById(site, site.me.accountId)?.accountId ?? ''];
  switch (call) {
    case 'approved':
      return ({ approvals }) => approvals.length > 0 && approvals.every(each => finalDecision(each) === 'approved');
    case 'pending':
      return ({ approvals }) => approvals.some(each => finalDecision(each) === 'pending');
    case 'approver':
      return isOneOf(asked, false);
    case 'pendingby':
      return isOneOf(asked, true);
    case 'myapproval':
      return isOneOf(mine, false);
    case 'mypending':
      return isOneOf(mine, true);
    default:
      return undefined;
  }
}
