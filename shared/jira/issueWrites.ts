import { addComment, addWorklog, createIssue, doTransition, editIssue, linkIssues } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure } from '../failure.ts';
import { isNone } from './inputs.ts';
import { type IssueInput, jiraTimestamp, refusal, requireFields, toFields, withInputNames } from './issueFields.ts';
import { issueRowFields } from './issueRow.ts';
import type { Metadata } from './metadata.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { People } from './people.ts';
import { toRichText } from './richText.ts';
import {
  createdSchema,
  type Issue,
  type IssueType,
  issueSchema,
  type LinkType,
  type Worklog,
  worklogSchema,
  writtenCommentSchema,
} from './wire.ts';

/** What changes issues. Each answers with the issue as it is then, as far as a row tells it. */
export interface IssueWrites {
  createIssue(input: IssueInput & { projectId: string; issueType: string }): Promise<Issue>;
  updateIssue(issueKey: string, changes: IssueInput): Promise<Issue>;
  /** `none` takes the issue from whoever has it. */
  assignIssue(issueKey: string, assignee: string): Promise<Issue>;
  /** @throws Failure `invalid_input` that names the ways there are, or `conflict` when the issue is there already */
  transitionIssue(
    issueKey: string,
    to: { status: string; resolution?: string | undefined; comment?: string | undefined },
  ): Promise<Issue>;
  addComment(issueKey: string, comment: string): Promise<{ commentId: string; issue: Issue }>;
  /** Links so that `issueKey` <phrase> `otherKey` holds: `blocks`, `is blocked by`. */
  linkIssues(issueKey: string, phrase: string, otherKey: string): Promise<{ phrase: string; issue: Issue }>;
  logWork(
    issueKey: string,
    work: { timeSpent: string; started?: Date | undefined; comment?: string | undefined },
  ): Promise<{ worklog: Worklog; issue: Issue }>;
}

interface WriteParts {
  client: Client;
  people: People;
  metadata: Metadata;
  /** @throws Failure */
  getIssue(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** The same shortly before the call's time is over; an issue without fields when Jira does not tell any more. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

export function issueWrites({ client, people, metadata, getIssue, readBack }: WriteParts): IssueWrites {
  const row = (issueKey: string) => readBack(issueKey, issueRowFields);

  return {
    async createIssue({ projectId, issueType, ...input }) {
      const type = typeCalled(issueType, await metadata.issueTypes(projectId), projectId);
      const screen = await metadata.createFields(projectId, type.id);
      const fields = {
        ...(await toFields(input, { people, screen, assignable: { project: projectId } })),
        project: /^\d+$/.test(projectId) ? { id: projectId } : { key: projectId },
        issuetype: { id: type.id },
      };
      requireFields(screen, fields);
      const answer = await createIssue(client, { fields }).catch(error => {
        throw withInputNames(error, screen);
      });
      return row(parseAnswer(createdSchema, answer).key);
    },

    async updateIssue(issueKey, changes) {
      const needsScreen = changes.priority !== undefined || changes.additionalFields !== undefined;
      const screen = needsScreen ? await metadata.editFields(issueKey) : [];
      const fields = await toFields(changes, { people, screen, assignable: { issueKey } });
      const answer: unknown = await editIssue(client, { issueIdOrKey: issueKey, fields, returnIssue: true }).catch(
        error => {
          throw withInputNames(error, screen);
        },
      );
      // Jira gives the changed issue with its answer, so that it need not be asked for.
      const { success, data } = issueSchema.safeParse(answer);
      return success ? data : row(issueKey);
    },

    async assignIssue(issueKey, assignee) {
      const person = isNone(assignee) ? undefined : await people.find(assignee, { issueKey });
      // Without an account ID Jira takes the issue from whoever has it; jira.js's type does not know null.
      await client.sendRequest({
        url: `/rest/api/3/issue/${issueKey}/assignee`,
        method: 'PUT',
        body: { accountId: person?.accountId ?? null },
      });
      return row(issueKey);
    },

    async transitionIssue(issueKey, { status, resolution, comment }) {
      const [issue, body] = await Promise.all([
        getIssue(issueKey, { fields: ['status'], expand: 'transitions' }),
        comment === undefined ? undefined : toRichText(comment, people),
      ]);
      const transition = transitionTo(status, issue);
      // A transition without a screen would drop the comment.
      const commentsAlong = body !== undefined && transition.hasScreen === true;
      await doTransition(client, {
        issueIdOrKey: issueKey,
        transition: { id: transition.id },
        ...(resolution !== undefined && { fields: { resolution: { name: resolution } } }),
        ...(commentsAlong && { update: { comment: [{ add: { body } }] } }),
      }).catch(error => {
        throw withTransitionInputs(error);
      });
      if (body !== undefined && !commentsAlong) {
        await addComment(client, { issueIdOrKey: issueKey, body }).catch(error => {
          throw halfDone(error, `${issueKey} is ${transition.to.name} now, but the comment was not added`);
        });
      }
      return row(issueKey);
    },

    async addComment(issueKey, comment) {
      const body = await toRichText(comment, people);
      const { id } = parseAnswer(writtenCommentSchema, await addComment(client, { issueIdOrKey: issueKey, body }));
      return { commentId: id, issue: await row(issueKey) };
    },

    async linkIssues(issueKey, phrase, otherKey) {
      const { type, isInward } = linkCalled(phrase, await metadata.linkTypes());
      // Jira calls the issue that does something to the other the inward one.
      const [inward, outward] = isInward ? [otherKey, issueKey] : [issueKey, otherKey];
      await linkIssues(client, {
        type: { name: type.name },
        inwardIssue: { key: inward },
        outwardIssue: { key: outward },
      });
      const issue = await readBack(issueKey, [...issueRowFields, 'issuelinks']);
      return { phrase: isInward ? type.inward : type.outward, issue };
    },

    async logWork(issueKey, { timeSpent, started, comment }) {
      const body = comment === undefined ? undefined : await toRichText(comment, people);
      const answer = await addWorklog(client, {
        issueIdOrKey: issueKey,
        timeSpent,
        ...(started && { started: jiraTimestamp(started) }),
        ...(body && { comment: body }),
      });
      const worklog = parseAnswer(worklogSchema, answer);
      return { worklog, issue: await readBack(issueKey, [...issueRowFields, 'timetracking']) };
    },
  };
}

function typeCalled(name: string, types: readonly IssueType[], projectId: string): IssueType {
  const wanted = name.toLowerCase();
  const found = types.find(type => type.name.toLowerCase() === wanted) ?? types.find(({ id }) => id === name);
  if (found) return found;
  const names = types.map(type => type.name).join(', ');
  throw refusal([{ field: 'issueType', message: `${projectId} has no such type. It takes ${names}.` }]);
}

type Transition = NonNullable<Issue['transitions']>[number];

/** By the status that it leads to, or else by its own name. */
function transitionTo(status: string, { key, fields, transitions }: Issue): Transition {
  const possible = transitions ?? [];
  const wanted = status.toLowerCase();
  const found =
    possible.find(({ to }) => to.name.toLowerCase() === wanted) ??
    possible.find(({ name }) => name.toLowerCase() === wanted);
  if (found) return found;
  const now = fields.status?.name ?? 'where it is';
  if (now.toLowerCase() === wanted) throw new Failure('conflict', `${key} is ${now} already, so nothing was changed.`);
  const ways = possible.map(({ name, to }) => (name === to.name ? name : `${to.name} (by "${name}")`));
  const message = `${key} is ${now} and cannot go there. ${ways.length > 0 ? `From there it can go to ${ways.join(', ')}.` : 'From there it can go nowhere.'}`;
  throw refusal([{ field: 'status', message }]);
}

function withTransitionInputs(error: unknown): unknown {
  if (!(error instanceof Failure) || !error.errors) return error;
  return refusal(
    error.errors.map(({ field, message }) => ({ field: field === 'resolution' ? field : 'status', message })),
  );
}

function halfDone(error: unknown, what: string): unknown {
  if (!(error instanceof Failure)) return error;
  return new Failure(error.code, `${what}: ${error.message}`, { retryable: false, cause: error });
}

/** Both of a link type's phrases name it, and so does its own name, which is read from the first issue to the second. */
function linkCalled(phrase: string, types: readonly LinkType[]): { type: LinkType; isInward: boolean } {
  const wanted = phrase.toLowerCase();
  const outward =
    types.find(type => type.outward.toLowerCase() === wanted) ??
    types.find(({ name }) => name.toLowerCase() === wanted);
  if (outward) return { type: outward, isInward: false };
  const inward = types.find(type => type.inward.toLowerCase() === wanted);
  if (inward) return { type: inward, isInward: true };
  const phrases = [...new Set(types.flatMap(type => [type.outward, type.inward]))].join(', ');
  throw refusal([{ field: 'linkType', message: `There is no such link. It takes ${phrases}.` }]);
}
