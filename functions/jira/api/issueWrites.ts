import { addWorklog, createIssue, doTransition, editIssue, linkIssues } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import type { Clock } from '../../../shared/time/when.ts';
import { unlessMade } from '../../../shared/upstream/unlessMade.ts';
import type { AskedBy } from './askedBy.ts';
import type { JiraClient } from './client.ts';
import { openComments, type WrittenComment } from './comments.ts';
import { minutesOf } from './duration.ts';
import { type FieldChange, fieldChanges, type WrittenIssue } from './fieldChanges.ts';
import { jiraTimestamp } from './fieldValue.ts';
import { isHeld } from './heldValue.ts';
import { type Audience, isNone } from './inputs.ts';
import { findIssue, type Issue, newIssue, type Transition, unreadIssue } from './issue.ts';
import { appendsTo, type IssueChange, type IssueInput, ownFieldIds, toChange, withInputNames } from './issueFields.ts';
import { issueRowFields } from './issueRow.ts';
import { obviousType, typeCalled } from './issueTypes.ts';
import { type LinkPhrase, linkCalled } from './linkTypes.ts';
import type { Metadata } from './metadata.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { People } from './people.ts';
import type { Planning } from './planning.ts';
import { editOf, transitionOf } from './rehearsed.ts';
import { toRichText } from './richText.ts';
import { moveIssue, notMoved, sprintFieldOf } from './sprintMove.ts';
import { transitionTo, withTransitionInputs } from './transitions.ts';
import { createdSchema, type Worklog, worklogSchema } from './wire.ts';

/** The writes on issues. Each returns the updated issue, and what of it was changed. */
export interface IssueWrites {
  /** Without a type, the issue gets the one that is obvious in its project. */
  createIssue(
    input: IssueInput & { projectId: string; issueType?: string | undefined; link?: LinkInput | undefined },
  ): Promise<WrittenIssue>;
  updateIssue(issueKey: string, changes: IssueInput): Promise<WrittenIssue>;
  /** `none` unassigns the issue. */
  assignIssue(issueKey: string, assignee: string): Promise<WrittenIssue>;
  /** @throws Failure `invalid_input` that names the possible transitions, or `conflict` when the issue has that status already */
  transitionIssue(
    issueKey: string,
    to: {
      status: string;
      resolution?: string | undefined;
      additionalFields?: Record<string, unknown> | undefined;
      comment?: string | undefined;
      audience?: Audience | undefined;
    },
  ): Promise<WrittenIssue & { comment?: WrittenComment }>;
  /** @throws Failure `invalid_input` when a service project is not told who reads the comment, or another project is */
  addComment(
    issueKey: string,
    comment: string,
    audience: Audience | undefined,
  ): Promise<{ issue: Issue; comment: WrittenComment }>;
  /** Links so that `issueKey` <phrase> `otherKey` holds: `blocks`, `is blocked by`. */
  linkIssues(issueKey: string, phrase: string, otherKey: string): Promise<{ phrase: string; issue: Issue }>;
  /** The minutes of a time such as `1d 4h`, as long as a day of work is on this site. */
  minutesOf(duration: string): Promise<number>;
  logWork(
    issueKey: string,
    work: { timeSpent: string; started: Date; comment?: string | undefined },
  ): Promise<{ worklog: Worklog; issue: Issue }>;
}

/** How a new issue relates to one that is there: `blocks`, `relates to`. */
interface LinkInput {
  phrase: string;
  issueKey: string;
}

interface WriteParts {
  client: JiraClient;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  people: People;
  /** Kept with each comment; undefined where no person is verified. */
  mark: AskedBy | undefined;
  planning: Planning;
  metadata: Metadata;
  clock: Clock;
  /** @throws Failure */
  getIssue(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** Reads an issue before it is changed; it does not take long. @throws Failure */
  readBefore(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** Reads the updated issue; an unread issue where that fails or takes long. It never throws: the change is made. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

/** All fields that a write may change, where it is not known yet which of them it will. */
const anyField = ['*all', '-comment', '-worklog', '-attachment', '-issuelinks', '-subtasks'];

/** What a move changes, and what it may change by itself. */
const statusField = { id: 'status', name: 'Status' };
const movedFields = [statusField, { id: 'resolution', name: 'Resolution' }, { id: 'assignee', name: 'Assignee' }];

const setByTheMove = ({ field, to }: FieldChange) =>
  to === undefined ? `The move emptied ${field} by itself.` : `The move set ${field} to ${to} by itself.`;

export function issueWrites({
  client,
  readBackClient,
  people,
  mark,
  planning,
  metadata,
  clock,
  getIssue,
  readBefore,
  readBack,
}: WriteParts): IssueWrites {
  const row = (issueKey: string) => readBack(issueKey, issueRowFields);
  const rowAnd = (issueKey: string, ids: readonly string[]) =>
    readBack(issueKey, [...new Set([...issueRowFields, ...ids])]);
  const comments = openComments({ client, mark, readBackClient });
  const times = fieldTimes(clock);

  /** What is set on a transition's screen, which is read only where something is to be. */
  const screenChange = async (
    transition: Transition,
    {
      issue,
      resolution,
      additionalFields = {},
    }: {
      issue: Issue;
      resolution: string | undefined;
      additionalFields: Record<string, unknown> | undefined;
    },
  ): Promise<IssueChange> => {
    if (resolution === undefined && Object.keys(additionalFields).length === 0) {
      return { fields: {}, update: {}, changed: [], appended: [] };
    }
    const screen = await metadata.transitionFields(issue.key, transition.id);
    const around = {
      people,
      planning,
      times,
      project: projectOf(issue.key),
      screen,
      assignable: { issueKey: issue.key },
    };
    return toChange(
      { additionalFields, resolution },
      { ...around, current: async fieldId => issue.values[fieldId], transition: transition.name },
    );
  };

  const makeLink = async (issueKey: string, { type, isInward }: LinkPhrase, otherKey: string): Promise<void> => {
    // In Jira, the issue that blocks, duplicates or the like is the inward one.
    const [inward, outward] = isInward ? [otherKey, issueKey] : [issueKey, otherKey];
    await linkIssues(client, {
      type: type.id ? { id: type.id } : { name: type.name },
      inwardIssue: { key: inward },
      outwardIssue: { key: outward },
    }).catch(error => {
      throw error instanceof Failure && error.code === 'not_found' ? neitherOr(issueKey, otherKey, error) : error;
    });
  };

  /** What links a new issue, once it is there, to one that is seen to be. */
  const linkTo = async ({ phrase, issueKey }: LinkInput) => {
    const [other, types] = await Promise.all([getIssue(issueKey, { fields: ['summary'] }), metadata.linkTypes()]);
    const link = linkCalled(phrase, types);
    return { told: `${link.phrase} ${other.key}`, from: (key: string) => makeLink(key, link, other.key) };
  };

  /** The level of an issue's type in the hierarchy: 1 holds those of level 0. */
  const levelOf = async (issueKey: string | undefined) =>
    issueKey === undefined ? undefined : (await getIssue(issueKey, { fields: ['issuetype'] })).hierarchyLevel;

  /** Puts an issue whose other fields are written into a sprint, and reads it again. @throws Failure */
  const moveTo = (
    { id, to }: SprintSet,
    { issueKey, isEdited, fieldIds }: { issueKey: string; isEdited: boolean; fieldIds: readonly string[] },
  ) =>
    unlessMade(
      'Jira',
      async () => {
        await moveIssue(client, issueKey, to);
        return rowAnd(issueKey, fieldIds);
      },
      async () => {
        const now = await rowAnd(issueKey, fieldIds);
        return !now.isUnread && isHeld(to, now.values[id]) ? now : undefined;
      },
    ).catch(error => {
      throw isEdited ? notMoved(error, issueKey) : error;
    });

  /** What Jira says of a transition, in the names of our inputs. */
  const inInputNames = async (error: unknown, issueKey: string, transition: Transition): Promise<unknown> => {
    if (!(error instanceof Failure) || !error.errors) return error;
    // The errors are told even where the names of the fields cannot be read.
    const screen = await metadata.transitionFields(issueKey, transition.id).catch(() => []);
    return withTransitionInputs(error.errors, transition, screen);
  };

  return {
    async createIssue({ projectId, issueType, link: linked, ...input }) {
      // What could keep it from being linked is met before it is created.
      const linkable = linked && linkTo(linked);
      linkable?.catch(() => undefined);
      const types = await metadata.issueTypes(projectId);
      const type =
        issueType === undefined
          ? obviousType(types, projectId, await levelOf(input.parent))
          : typeCalled(issueType, types, projectId);
      const around = {
        people,
        planning,
        times,
        project: projectId,
        assignable: { project: projectId },
        isNew: true,
        sprintOffScreen: sprintFieldOf(metadata, async () => type.hierarchyLevel ?? (type.subtask ? -1 : 0)),
      };
      const { screen, change } = await metadata.withCreateFields(projectId, type.id, async screen => ({
        screen,
        change: await toChange(input, { ...around, screen }),
      }));
      const { fields, changed, moved: sprintField } = change;
      const { sprint, others: written } = withoutSprint(fields, sprintField?.id);
      const link = await linkable;
      const answer = await createIssue(client, {
        fields: {
          ...written,
          project: /^\d+$/.test(projectId) ? { id: projectId } : { key: projectId },
          issuetype: { id: type.id },
        },
      }).catch(error => {
        throw withInputNames(error, screen);
      });
      const { key } = parseAnswer(createdSchema, answer);
      const unlinked = link && (await link.from(key).then(() => undefined, notLinked));
      const unmoved = sprint && (await moveIssue(client, key, sprint.to).then(() => undefined, notInSprint));
      const issue = await rowAnd(
        key,
        changed.map(({ id }) => id),
      );
      const isUnmoved =
        unmoved !== undefined && (issue.isUnread || !isHeld(sprint?.to, issue.values[sprint?.id ?? '']));
      const set = changed.filter(({ id }) => fields[id] !== null && !(isUnmoved && id === sprint?.id));
      const { changes, ...others } = fieldChanges(newIssue(key), issue, set);
      const inRow = new Set(changed.filter(({ id }) => issueRowFields.includes(id)).map(({ name }) => name));
      return {
        issue,
        changes: [
          ...changes.filter(({ field }) => !inRow.has(field)),
          ...(link && !unlinked ? [{ field: 'Link', to: link.told }] : []),
        ],
        ...others,
        fieldIds: issueRowFields,
        notes: [...(unlinked ? [unlinked] : []), ...(isUnmoved ? [unmoved] : []), ...people.notes],
      };
    },

    async updateIssue(issueKey, input) {
      const needsScreen = [
        input.priority,
        input.additionalFields,
        input.addComponents,
        input.removeComponents,
        input.addFixVersions,
        input.removeFixVersions,
      ].some(given => given !== undefined);
      // Read before the change, at the same time as all else that the change needs.
      const before = readBefore(issueKey, {
        fields: input.additionalFields ? anyField : ['summary', 'status', ...ownFieldIds(input)],
        ...(appendsTo(input) && { expand: 'changelog' }),
      });
      const unread = before.catch(() => unreadIssue(issueKey));
      const screen = needsScreen ? await metadata.editFields(issueKey) : [];
      // Nothing is on the screen of who may not edit, which is then the cause.
      if (needsScreen && screen.length === 0) await client.rehearse?.(editOf(issueKey));
      const change = await toChange(input, {
        people,
        planning,
        times,
        project: projectOf(issueKey),
        screen,
        assignable: { issueKey },
        current: async fieldId => (await before).values[fieldId],
        sprintOffScreen: sprintFieldOf(metadata, async () => (await unread).hierarchyLevel),
      });
      const { update, changed, appended } = change;
      const { sprint, others: fields } = withoutSprint(change.fields, change.moved?.id);
      const isEdited = Object.keys(fields).length + Object.keys(update).length > 0;
      const old = await unread;
      const edit = () =>
        editIssue(client, {
          issueIdOrKey: issueKey,
          ...(Object.keys(fields).length > 0 && { fields }),
          ...(Object.keys(update).length > 0 && { update }),
          returnIssue: true,
          ...(appended.length > 0 && { expand: 'changelog' }),
        }).catch(error => {
          throw withInputNames(error, screen);
        });
      const answer: unknown = isEdited ? await edit() : undefined;
      const fieldIds = changed.map(({ id }) => id);
      const isToMove = sprint && (old.isUnread || !isHeld(sprint.to, old.values[sprint.id]));
      const moved = isToMove ? await moveTo(sprint, { issueKey, isEdited, fieldIds }) : undefined;
      // With `returnIssue` Jira answers with the updated issue, which saves a request.
      const read = moved?.made ?? findIssue(answer) ?? (await rowAnd(issueKey, fieldIds));
      // Jira may leave out what was not changed.
      const issue = { ...read, summary: read.summary ?? old.summary, status: read.status ?? old.status };
      const lost = changed.filter(({ id }) => appended.includes(id)).flatMap(field => overwritten(field, old, issue));
      return {
        issue,
        ...fieldChanges(old, issue, changed),
        fieldIds,
        notes: [...(moved?.notes ?? []), ...people.notes, ...lost],
      };
    },

    async assignIssue(issueKey, assignee) {
      const [before, person] = await Promise.all([
        readBefore(issueKey, { fields: ['assignee'] }).catch(() => unreadIssue(issueKey)),
        isNone(assignee) ? undefined : people.find(assignee, { issueKey }),
      ]);
      // The account ID null unassigns the issue; jira.js's type does not allow it.
      await client.sendRequest({
        url: `/rest/api/3/issue/${issueKey}/assignee`,
        method: 'PUT',
        body: { accountId: person?.accountId ?? null },
      });
      const issue = await readBack(issueKey, ['summary', 'status', 'assignee']);
      const changes = fieldChanges(before, issue, [{ id: 'assignee', name: 'Assignee' }]);
      return { issue, ...changes, fieldIds: ['assignee'], notes: [] };
    },

    async transitionIssue(issueKey, { status, resolution, additionalFields, comment, audience }) {
      const [issue, body] = await Promise.all([
        getIssue(issueKey, {
          fields: additionalFields ? anyField : ['project', ...movedFields.map(({ id }) => id)],
          expand: 'transitions',
        }),
        comment === undefined ? undefined : toRichText(comment, people),
      ]);
      // None is told to whom Jira gives none for want of a permission, which is then the cause.
      if (issue.transitions.length === 0) await client.rehearse?.(transitionOf(issue.key, ''));
      const transition = transitionTo(status, issue);
      if (comment === undefined && audience !== undefined) {
        throw invalidInput([{ field: 'audience', message: 'It says who reads the comment, and there is no comment.' }]);
      }
      const place = comment === undefined ? issue : await comments.checkAudience(issue, audience);
      const { fields, update, changed } = await screenChange(transition, { issue, resolution, additionalFields });
      // A transition's own comment is public, so in a service project it is written, as what it is to be, before the move.
      const first =
        body !== undefined && place.isInServiceProject ? await comments.add(place, body, audience) : undefined;
      // Jira drops a comment that is sent with a transition without a screen.
      const commentInTransition = body !== undefined && !first && transition.hasScreen === true;
      if (commentInTransition) update.comment = [{ add: { body, ...(mark && { properties: [mark] }) } }];
      await doTransition(client, {
        issueIdOrKey: issueKey,
        transition: { id: transition.id },
        ...(Object.keys(fields).length > 0 && { fields }),
        ...(Object.keys(update).length > 0 && { update }),
      }).catch(async error => {
        const told = await inInputNames(error, issueKey, transition);
        throw first ? withoutMove(told, issueKey, transition.to.name, first) : told;
      });
      if (body !== undefined && !first && !commentInTransition) {
        await comments.add(place, body, undefined).catch(error => {
          throw withoutComment(error, `${issueKey} was moved to ${transition.to.name}`);
        });
      }
      const touched = [...movedFields, ...changed.filter(({ id }) => movedFields.every(each => each.id !== id))];
      const moved = await readBack(issueKey, ['summary', ...touched.map(({ id }) => id)]);
      const changes = fieldChanges(issue, moved, [statusField, ...changed]);
      const { changes: besides } = fieldChanges(
        issue,
        moved,
        touched.filter(({ id }) => id !== 'status' && changed.every(each => each.id !== id)),
      );
      return {
        issue: moved,
        ...changes,
        changes: [...changes.changes, ...besides],
        fieldIds: touched.map(({ id }) => id),
        notes: [...(first?.notes ?? []), ...people.notes, ...besides.map(setByTheMove)],
        ...(first && { comment: first }),
      };
    },

    async addComment(issueKey, comment, audience) {
      const issue = await comments.checkAudience(await getIssue(issueKey, { fields: ['project'] }), audience);
      const written = await comments.add(issue, await toRichText(comment, people), audience);
      return { comment: written, issue: await row(issueKey) };
    },

    async linkIssues(issueKey, phrase, otherKey) {
      const link = linkCalled(phrase, await metadata.linkTypes());
      await makeLink(issueKey, link, otherKey);
      return { phrase: link.phrase, issue: await readBack(issueKey, ['summary', 'status']) };
    },

    async minutesOf(duration) {
      const usual = { hoursPerDay: 8, daysPerWeek: 5 };
      const isInDays = /[wd]/.test(duration);
      return minutesOf(duration, isInDays ? await metadata.workingTime().catch(() => usual) : usual);
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
      return { worklog, issue: await readBack(issueKey, ['summary', 'status', 'timetracking']) };
    },
  };
}

/** The sprint that an issue is to be put into by a move: its ID, or null for none. */
interface SprintSet {
  /** The ID of the field. */
  id: string;
  to: unknown;
}

/** Parts what is set by a move from the other fields. */
function withoutSprint(
  fields: Readonly<Record<string, unknown>>,
  id: string | undefined,
): { sprint?: SprintSet; others: Record<string, unknown> } {
  if (id === undefined || !(id in fields)) return { others: fields };
  const { [id]: to, ...others } = fields;
  return { sprint: { id, to }, others };
}

/** What is to be said of a new issue that was not put into its sprint: it must not be created again. */
function notInSprint(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `It was created, but Jira did not confirm its sprint: ${error.message} Put it there with moveToSprint; do not create it again.`;
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

/** What is to be said of a new issue that was not linked: it must not be created again. */
function notLinked(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `It was created, but Jira did not confirm its link: ${error.message} Link it with linkIssues; do not create it again.`;
}

function neitherOr(issueKey: string, otherKey: string, cause: Failure): Failure {
  const message = `${issueKey} or ${otherKey} does not exist, or this service may not see it. Check both keys.`;
  return new Failure('not_found', message, { cause });
}

/** What is to be said where somebody else changed a text between its reading and the writing of what was appended to it. */
function overwritten({ id, name }: { id: string; name: string }, before: Issue, after: Issue): string[] {
  const known = new Set(before.changelog.histories.map(history => history.id));
  const since = after.changelog.histories.filter(
    history => !known.has(history.id) && history.changes.some(({ fieldId }) => fieldId === id),
  );
  // The latest one is this change; Jira tells the latest first.
  const [, ...others] = since.toSorted((one, other) => other.at.getTime() - one.at.getTime());
  if (before.isUnread || others.length === 0) return [];
  const who = [...new Set(others.map(({ by }) => by ?? 'somebody'))].join(', ');
  return [
    `${who} changed ${quoted(name)} while this was appended, and that change was overwritten. Read it with getIssueHistory, and tell the user.`,
  ];
}

/** The key of an issue's project. */
function projectOf(issueKey: string): string {
  return issueKey.slice(0, issueKey.lastIndexOf('-'));
}
