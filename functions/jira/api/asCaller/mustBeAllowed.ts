import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { issueKeyForm } from '../openQuery.ts';
import { fieldTypes } from './fieldTypes.ts';
import type { Guard } from './guard.ts';
import { ifNone } from './guard.ts';

type SeenIssue = Awaited<ReturnType<Guard['requireIssue']>>;

/**
 * The issue, where its account may do what these permissions allow. Jira is asked for all of them at once.
 * @throws Failure `not_found` for an issue that it may not browse, `forbidden` that names what is missing
 */
export async function requireAllowed(name: string, permissions: readonly string[], guard: Guard): Promise<SeenIssue> {
  const issue = await guard.requireIssue(name);
  if (issue.isAsCustomer) throw customersOnly(issue.key);
  await Promise.all(permissions.map(permission => guard.requireOn(permission, issue)));
  return issue;
}

/** The permission that Jira asks for a field, besides that for the change itself. */
const permissionFor: ReadonlyMap<string, string> = new Map([
  ['assignee', 'ASSIGN_ISSUES'],
  ['comment', 'ADD_COMMENTS'],
  ['duedate', 'SCHEDULE_ISSUES'],
  ['fixVersions', 'RESOLVE_ISSUES'],
  ['reporter', 'MODIFY_REPORTER'],
  ['security', 'SET_ISSUE_SECURITY'],
]);

/** What is changed by routes of its own, for which Jira asks more. */
const elsewhere = new Set(['attachment', 'issuelinks', 'project', 'worklog']);

const scheduling = /:gh-(?:sprint|lexo-rank)$/;
const holdingIssue = /:(?:gh-epic-link|jpo-custom-field-parent)$|^issuelink$/;

const reference = z.looseObject({ key: z.string().nullish(), id: z.string().nullish() });
const operations = z.array(z.record(z.string(), z.unknown())).catch([]);
const changeSchema = z.looseObject({
  fields: z.record(z.string(), z.unknown()).nullish(),
  update: z.record(z.string(), z.unknown()).nullish(),
  transition: z.unknown().optional(),
});

/**
 * The permissions that Jira asks for the fields that a new, changed or moved issue has set. What they name must be there for
 * the account, too: a parent, an epic, a sprint.
 * @throws Failure `not_found` for what it may not browse, `forbidden` for what cannot be checked
 */
export async function permissionsForFields(
  body: unknown,
  guard: Guard,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<string[]> {
  const change = changeSchema.parse(body);
  const values = new Map<string, unknown[]>();
  const add = (id: string, set: readonly unknown[]) => values.set(id, [...(values.get(id) ?? []), ...set]);
  for (const [id, value] of Object.entries(change.fields ?? {})) add(id, [value]);
  for (const [id, list] of Object.entries(change.update ?? {})) {
    add(
      id,
      operations.parse(list).flatMap(each => Object.values(each)),
    );
  }
  const permissions = new Set<string>();
  for (const [id, set] of values) {
    if (elsewhere.has(id) && !(isNew && id === 'project')) throw notChecked(`set ${id}`);
    const isOwn = isNew && id === 'reporter' && set.every(value => isAccount(value, guard.accountId));
    const permission = permissionFor.get(id);
    if (permission !== undefined && !isOwn) permissions.add(permission);
    if (id === 'comment' && set.some(isRestricted)) throw notChecked('restrict a comment to a role or a group');
    if (id === 'parent') await requireNamed(set, guard);
    if (id.startsWith('customfield_')) {
      const type = await typeOfCustom(id, set, guard);
      if (scheduling.test(type)) permissions.add('SCHEDULE_ISSUES');
      if (/:gh-sprint$/.test(type)) for (const sprint of set.flat()) await requireSprint(sprint, guard);
      if (holdingIssue.test(type)) await requireNamed(set, guard);
    }
  }
  return [...permissions];
}

function isAccount(value: unknown, accountId: string): boolean {
  const { data } = z.looseObject({ accountId: z.string() }).safeParse(value);
  return data?.accountId === accountId;
}

export function isRestricted(comment: unknown): boolean {
  return z.looseObject({ visibility: z.unknown() }).safeParse(comment).data?.visibility != null;
}

async function requireNamed(values: readonly unknown[], guard: Guard): Promise<void> {
  for (const value of values.flat()) {
    const { data } = reference.safeParse(value);
    const name = typeof value === 'string' ? value : (data?.key ?? data?.id);
    if (name) await guard.requireIssue(name);
  }
}

/** The type of a custom field, which is asked for only where its value may name a sprint or an issue. */
async function typeOfCustom(id: string, values: readonly unknown[], guard: Guard): Promise<string> {
  const mayName = values.flat().some(value => {
    const { data } = reference.safeParse(value);
    return typeof value === 'number' || data?.key != null || (typeof value === 'string' && mayBeName.test(value));
  });
  // A sprint is taken away by null.
  if (!mayName && !values.includes(null)) return '';
  return (await fieldTypes(guard)).get(id) ?? '';
}

/** A key, or a number written as a text. */
const mayBeName = new RegExp(`${issueKeyForm.source}|^\\d{1,18}$`, 'i');

const sprintSchema = z.looseObject({ originBoardId: z.number().nullish() });
/** @throws Failure `not_found` for a sprint of a board of a project that may not be browsed, and for none */
export async function requireSprint(sprint: unknown, guard: Guard): Promise<number | undefined> {
  if (sprint === null || sprint === undefined) return undefined;
  const { data } = z.looseObject({ id: z.number() }).safeParse(sprint);
  const id = String(data?.id ?? sprint);
  const answer = /^\d{1,15}$/.test(id) ? await guard.ask(`/rest/agile/1.0/sprint/${id}`).catch(ifNone) : undefined;
  const board = sprintSchema.safeParse(answer).data?.originBoardId;
  if (board == null || !(await guard.isShownBoard(String(board)))) throw noSprint(id);
  return board;
}

function noSprint(id: string): Failure {
  return new Failure(
    'not_found',
    `There is no sprint ${id} that this service may see. listSprints tells those there are.`,
  );
}

/** Of a request, by whom it may be changed. */
export function customersOnly(issueKey: string): Failure {
  return new Failure(
    'forbidden',
    `${issueKey} is a request of a service project where the user is a customer and no agent. Customers comment on their requests, publicly, and attach files to them; all else its agents do. Say so to the user; trying again will not help.`,
  );
}

/** @param what such as `restrict a comment to a role` */
export function notChecked(what: string): Failure {
  return new Failure(
    'forbidden',
    `This service acts with the rights of the user, and Jira does not tell whether the user may ${what}. Nothing was changed. Say so to the user, who can do it in Jira itself; trying again will not help.`,
  );
}
