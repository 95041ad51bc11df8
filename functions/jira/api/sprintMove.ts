import { moveIssuesToBacklog, moveIssuesToSprintAndRank } from 'jira.js/agile';
import type { Client } from 'jira.js/core';
import { Failure } from '../../../shared/failure.ts';
import { folded } from './choosing.ts';
import { ValueProblem } from './fieldValue.ts';
import type { Metadata } from './metadata.ts';
import { refusedFor } from './refusedFor.ts';
import type { IssueField } from './wire.ts';

/** The field that holds the sprints of issues, by what a caller calls it. */
export type SprintFieldCalled = (name: string) => Promise<IssueField | undefined>;

/**
 * The sprint field of a site, for issues on whose screen it is not: they are put into a sprint by a move.
 * @param level of the issue in the hierarchy; undefined where it is not known
 */
export function sprintFieldOf(metadata: Metadata, level: () => Promise<number | undefined>): SprintFieldCalled {
  return async name => {
    const field = (await metadata.fields()).find(({ kind }) => kind === 'sprint');
    if (!field?.custom || ![field.label, field.id, 'Sprint'].some(each => folded(each) === folded(name)))
      return undefined;
    if (((await level()) ?? 0) < 0) {
      throw new ValueProblem('A sub-task is in the sprint of its parent, so put the parent into the sprint.');
    }
    const schema = { type: 'array', items: 'json', custom: field.custom };
    return { id: field.id, name: field.label, required: false, schema };
  };
}

/**
 * Puts an issue into a sprint, or for null into the backlog, whatever is on its screen.
 * @throws Failure that names the permission which is missing
 */
export async function moveIssue(client: Client, issueKey: string, sprintId: unknown): Promise<void> {
  const issues = [issueKey];
  try {
    if (sprintId === null) await moveIssuesToBacklog(client, { issues });
    else await moveIssuesToSprintAndRank(client, { sprintId: Number(sprintId), issues });
  } catch (error) {
    const where = 'the project of the issue';
    throw refusedFor(error, { permission: 'Schedule issues', where, inputs: { issues: 'issueKey' } });
  }
}

/** The failure for an issue whose fields were changed, and that was then not put into the sprint. */
export function notMoved(error: unknown, issueKey: string): unknown {
  if (!(error instanceof Failure)) return error;
  const { code, message, retryAfterSeconds } = error;
  const isUnsure = code === 'upstream_timeout' || code === 'upstream_error';
  const told = isUnsure ? 'Jira did not confirm its move to the sprint' : 'it was not put into the sprint';
  const advice = 'For that use moveToSprint; do not repeat this call.';
  return new Failure(code, `The other fields of ${issueKey} were changed, but ${told}: ${message} ${advice}`, {
    retryable: false,
    halfDone: true,
    cause: error,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
