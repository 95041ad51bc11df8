import { addWorklog, createIssue, doTransition, editIssue, linkIssues } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { openComments, type WrittenComment } from './comments.ts';
import { type Audience, isNone } from './inputs.ts';
import { findIssue, type Issue, type Transition } from './issue.ts';
import { allowedText, type IssueInput, jiraTimestamp, toFields, withInputNames } from './issueFields.ts';
import { issueRowFields } from './issueRow.ts';
import type { Metadata } from './metadata.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { People } from './people.ts';
import { toRichText } from './richText.ts';
import { createdSchema, type IssueField, type IssueType, type LinkType, type Worklog, worklogSchema } from './wire.ts';

/** The writes on issues. Each returns the updated issue, with the fields of a row. */
export interface IssueWrites {
  createIssue(input: IssueInput & { projectId: string; issueType: string }): Promise<Issue>;
  updateIssue(issueKey: string, changes: IssueInput): Promise<Issue>;
  /** `none` unassigns the issue. */
  assignIssue(issueKey: string, assignee: string): Promise<Issue>;
  /** @throws Failure `invalid_input` that names the possible transitions, or `conflict` when the issue has that status already */
  transitionIssue(
    issueKey: string,
    to: {
      status: string;
      resolution?: string | undefined;
      comment?: string | undefined;
      audience?: Audience | undefined;
    },
  ): Promise<{ issue: Issue; comment?: WrittenComment }>;
  /** @throws Failure `invalid_input` when a service project is not told who reads the comment, or another project is */
  addComment(
    issueKey: string,
    comment: string,
    audience: Audience | undefined,
  ): Promise<{ issue: Issue; comment: WrittenComment }>;
  /** Links so that `issueKey` <phrase> `otherKey` holds: `blocks`, `is blocked by`. */
  linkIssues(issueKey: string, phrase: string, otherKey: string): Promise<{ phrase: string; issue: Issue }>;
  logWork(
    issueKey: string,
    work: { timeSpent: string; started: Date; comment?: string | undefined },
  ): Promise<{ worklog: Worklog; issue: Issue }>;
}

interface WriteParts {
  client: Client;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  people: People;
  metadata: Metadata;
  /** @throws Failure */
  getIssue(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** Reads the updated issue; an unread issue where that fails or takes long. It never throws: the change is made. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

export function issueWrites({ client, readBackClient, people, metadata, getIssue, readBack }: WriteParts): IssueWrites {
  const row = (issueKey: string) => readBack(issueKey, issueRowFields);
  const comments = openComments({ client, people, readBackClient });

  return {
    async createIssue({ projectId, issueType, ...input }) {
      const type = typeCalled(issueType, await metadata.issueTypes(projectId), projectId);
      const screen = await metadata.createFields(projectId, type.id);
      const fields = {
        ...(await toFields(input, { people, screen, assignable: { project: projectId }, isNew: true })),
        project: /^\d+$/.test(projectId) ? { id: projectId } : { key: projectId },
        issuetype: { id: type.id },
      };
      const answer = await createIssue(client, { fields }).catch(error => {
        throw withInputNames(error, screen);
      });
      return row(parseAnswer(createdSchema, answer).key);
    },

    async updateIssue(issueKey, { parent, ...others }) {
      // Jira removes a parent by an operation of its own, not by null.
      const leavesParent = parent !== undefined && isNone(parent);
      const changes = leavesParent ? others : { ...others, parent };
      const needsScreen = changes.priority !== undefined || changes.additionalFields !== undefined;
      const screen = needsScreen ? await metadata.editFields(issueKey) : [];
      const fields = await toFields(changes, { people, screen, assignable: { issueKey } });
      const answer: unknown = await editIssue(client, {
        issueIdOrKey: issueKey,
        fields,
        ...(leavesParent && { update: { parent: [{ set: { none: true } }] } }),
        returnIssue: true,
      }).catch(error => {
        throw withInputNames(error, screen);
      });
      // With `returnIssue` Jira answers with the updated issue, which saves a request.
      return findIssue(answer) ?? row(issueKey);
    },

    async assignIssue(issueKey, assignee) {
      const person = isNone(assignee) ? undefined : await people.find(assignee, { issueKey });
      // The account ID null unassigns the issue; jira.js's type does not allow it.
      await client.sendRequest({
        url: `/rest/api/3/issue/${issueKey}/assignee`,
        method: 'PUT',
        body: { accountId: person?.accountId ?? null },
      });
      return row(issueKey);
    },

    async transitionIssue(issueKey, { status, resolution, comment, audience }) {
      const [issue, body] = await Promise.all([
        getIssue(issueKey, { fields: ['status', 'project'], expand: 'transitions' }),
        comment === undefined ? undefined : toRichText(comment, people),
      ]);
      const transition = transitionTo(status, issue);
      if (comment === undefined && audience !== undefined) {
        throw invalidInput([{ field: 'audience', message: 'It says who reads the comment, and there is no comment.' }]);
      }
      const place = comment === undefined ? issue : await comments.checkAudience(issue, audience);
      // A transition's own comment is public, so in a service project it is written, as what it is to be, before the move.
      const first =
        comment !== undefined && place.isInServiceProject ? await comments.add(place, comment, audience) : undefined;
      // Jira drops a comment that is sent with a transition without a screen.
      const commentInTransition = body !== undefined && !first && transition.hasScreen === true;
      await doTransition(client, {
        issueIdOrKey: issueKey,
        transition: { id: transition.id },
        ...(resolution !== undefined && { fields: { resolution: { name: resolution } } }),
        ...(commentInTransition && { update: { comment: [{ add: { body } }] } }),
      }).catch(async error => {
        if (first) throw withoutMove(error, issueKey, transition.to.name, first);
        if (!(error instanceof Failure) || !error.errors) throw error;
        // The errors are told even where the names of the fields cannot be read.
        const screen = await metadata.transitionFields(issueKey, transition.id).catch(() => []);
        throw withTransitionInputs(error.errors, screen);
      });
      if (comment !== undefined && !first && !commentInTransition) {
        await comments.add(place, comment, undefined).catch(error => {
          throw withoutComment(error, `${issueKey} was moved to ${transition.to.name}`);
        });
      }
      return { issue: await row(issueKey), ...(first && { comment: first }) };
    },

    async addComment(issueKey, comment, audience) {
      const issue = await comments.checkAudience(await getIssue(issueKey, { fields: ['project'] }), audience);
      const written = await comments.add(issue, comment, audience);
      return { comment: written, issue: await row(issueKey) };
    },

    async linkIssues(issueKey, phrase, otherKey) {
      const { type, isInward } = linkCalled(phrase, await metadata.linkTypes());
      // In Jira, the issue that blocks, duplicates or the like is the inward one.
      const [inward, outward] = isInward ? [otherKey, issueKey] : [issueKey, otherKey];
      await linkIssues(client, {
        type: { name: type.name },
        inwardIssue: { key: inward },
        outwardIssue: { key: outward },
      }).catch(error => {
        throw error instanceof Failure && error.code === 'not_found' ? neitherOr(issueKey, otherKey, error) : error;
      });
      return { phrase: isInward ? type.inward : type.outward, issue: await row(issueKey) };
    },

    async logWork(issueKey, { timeSpent, started, comment }) {
      const body = comment === undefined ? undefined : await toRichText(comment, people);
      const answer = await addWorklog(client, {
        issueIdOrKey: issueKey,
        timeSpent,
        started: jiraTimestamp(started),
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
  if (types.length === 0) {
    throw new Failure('forbidden', `This service's account may not create issues of any type in ${projectId}.`);
  }
  const names = types.map(type => type.name).join(', ');
  throw invalidInput([{ field: 'issueType', message: `${projectId} has no such issue type. It has ${names}.` }]);
}

/** Found by the status it leads to, or else by its own name. */
function transitionTo(status: string, { key, transitions, ...issue }: Issue): Transition {
  const wanted = status.toLowerCase();
  const found =
    transitions.find(({ to }) => to.name.toLowerCase() === wanted) ??
    transitions.find(({ name }) => name.toLowerCase() === wanted);
  if (found) return found;
  const current = issue.status ?? 'unknown';
  if (current.toLowerCase() === wanted) {
    throw new Failure('conflict', `${key} already has the status ${current}, so nothing was changed.`);
  }
  const possible = transitions.map(({ name, to }) => (name === to.name ? name : `${to.name} (by "${name}")`));
  const message = `${key} has the status ${current}, and no transition leads from there to ${quoted(status)}. ${possible.length > 0 ? `Possible are ${possible.join(', ')}.` : 'No transition is possible.'}`;
  throw invalidInput([{ field: 'status', message }]);
}

function withTransitionInputs(errors: readonly FieldError[], screen: readonly IssueField[]): Failure {
  return invalidInput(
    errors.map(({ field, message }) => {
      const onScreen = screen.find(({ id }) => id === field);
      const told = `${message}${onScreen ? allowedText(onScreen) : ''}`;
      if (field === '' || field === 'comment' || field === 'resolution') return { field, message: told };
      return { field: 'status', message: `The transition requires "${onScreen?.name ?? field}": ${told}` };
    }),
  );
}

/** The failure for a comment that was not added after the transition was made: the transition must not be repeated. */
function withoutComment(error: unknown, moved: string): unknown {
  if (!(error instanceof Failure)) return error;
  const { code, retryAfterSeconds, message } = error;
  const options = { retryable: false, halfDone: true, cause: error };
  if (code === 'upstream_timeout' || code === 'upstream_error') {
    const advice = 'Check with getIssue whether the comment was added; if not, add it with addComment.';
    return new Failure(code, `${moved}, but Jira did not confirm the comment. ${advice}`, options);
  }
  const why = message.replace(/ Try again [^.]{0,80}\.$/, '');
  const when = retryAfterSeconds === undefined ? '' : ` in ${retryAfterSeconds} seconds`;
  const advice = `Add it with addComment${when}; do not repeat this call.`;
  return new Failure(code, `${moved}, but the comment was not added: ${why} ${advice}`, {
    ...options,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** The failure for a move that was not made after its comment was written: the comment must not be repeated. */
function withoutMove(error: unknown, issueKey: string, status: string, { audience }: WrittenComment): unknown {
  if (!(error instanceof Failure)) return error;
  const isUnsure = error.code === 'upstream_timeout' || error.code === 'upstream_error';
  const told = isUnsure ? 'did not confirm the move' : 'did not make the move';
  return new Failure(
    error.code,
    `The ${audience ?? 'new'} comment was added to ${issueKey}, but Jira ${told} to ${status}: ${error.message} Move it by transitionIssue without the comment; do not repeat this call.`,
    { retryable: false, halfDone: true, cause: error },
  );
}

function neitherOr(issueKey: string, otherKey: string, cause: Failure): Failure {
  const message = `${issueKey} or ${otherKey} does not exist, or this service may not see it. Check both keys.`;
  return new Failure('not_found', message, { cause });
}

/** Found by either phrase of a link type, or by its name, which means its outward phrase. */
function linkCalled(phrase: string, types: readonly LinkType[]): { type: LinkType; isInward: boolean } {
  const wanted = phrase.toLowerCase();
  const outward =
    types.find(type => type.outward.toLowerCase() === wanted) ??
    types.find(({ name }) => name.toLowerCase() === wanted);
  if (outward) return { type: outward, isInward: false };
  const inward = types.find(type => type.inward.toLowerCase() === wanted);
  if (inward) return { type: inward, isInward: true };
  const phrases = [...new Set(types.flatMap(type => [type.outward, type.inward]))].join(', ');
  throw invalidInput([{ field: 'linkType', message: `There is no such link type. The link types are ${phrases}.` }]);
}
