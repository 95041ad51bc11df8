import { createHash } from 'node:crypto';
import { deleteComment, getComment, getComments, getCommentsByIds } from 'jira.js/cloud';
import { Failure } from '../../../shared/failure.ts';
import { adfToMarkdown, shownMarkdown } from './adf/adfToMarkdown.ts';
import { ASKED_BY, type AskedBy, isAskedBy } from './askedBy.ts';
import type { JiraClient } from './client.ts';
import type { Audience } from './inputs.ts';
import { audienceOf, dateOf, type Issue } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { People } from './people.ts';
import { toRichText } from './richText.ts';
import { type CommentAnswer, commentPageSchema, commentSchema, commentsByIdSchema } from './wire.ts';

/** A comment that the user who asks may change, because they asked for it or wrote it in Jira themselves. */
export interface OwnComment {
  id: string;
  issueKey: string;
  createdAt: Date | undefined;
  audience: Audience | undefined;
  /** True where it is for a role or a group alone: its text is then told to nobody. */
  isRestricted: boolean;
  /** In Markdown; undefined where it is not told. */
  text: string | undefined;
  /** Another one after every change of it. */
  version: string;
  /** What the user should know of it, in sentences. */
  notes: string[];
}

export interface EditedComment {
  comment: OwnComment;
  /** What Jira made of the text, in Markdown; undefined where it is not told. */
  after: string | undefined;
  notes: string[];
}

export interface OwnComments {
  /**
   * A comment of the user's that is to be deleted, by its ID or the latest one. @throws Failure `not_found`; `forbidden` for somebody else's, and
   * where nothing tells whose it is
   */
  find(issueKey: string, commentId: string | undefined): Promise<OwnComment>;
  /** Replaces its text; who may read it and what apps keep with it stays. @throws Failure as `find`, and Jira's refusals */
  edit(issueKey: string, commentId: string | undefined, markdown: string): Promise<EditedComment>;
  /** @throws Failure as Jira's */
  remove(comment: { issueKey: string; commentId: string }): Promise<void>;
}

interface OwnCommentParts {
  client: JiraClient;
  people: People;
  /** What marks a comment of the user's; undefined where no person is verified, or none is marked. */
  mark: AskedBy | undefined;
  /** Whether the user signed in at Jira themselves, so that their own comments are those that Jira has for theirs. */
  isCallers: boolean;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): JiraClient;
  /** The issue with its project's type. @throws Failure */
  getIssue(issueKey: string): Promise<Issue>;
}

/** How many comments are looked through at a time for the latest one of a user's, and how often. */
const PAGE = 50;
const MAX_PAGES = 4;
/** The characters of a comment that are told; Jira takes fewer in one. */
const MAX_MARKDOWN = 65_536;

export function openOwnComments({
  client,
  people,
  mark,
  isCallers,
  readBackClient,
  getIssue,
}: OwnCommentParts): OwnComments {
  /** The comments with what apps keep with them, which Jira tells in a list by IDs alone. */
  const withProperties = async (ids: readonly string[]): Promise<readonly CommentAnswer[]> => {
    if (ids.length === 0) return [];
    const answer = await getCommentsByIds(client, { ids: ids.map(Number), expand: 'properties' });
    const { values } = parseAnswer(commentsByIdSchema, answer);
    const byId = new Map(values.map(comment => [comment.id, comment]));
    return ids.flatMap(id => byId.get(id) ?? []);
  };

  /** Whose it is: the user's, somebody else's by its mark or its author; `unknown` where it was written before that was kept, or in Jira. */
  const ownerOf = async (comment: CommentAnswer): Promise<'user' | 'other' | 'author' | 'unknown'> => {
    if (isCallers) {
      const caller = await people.findCaller();
      return caller && caller.accountId === comment.author?.accountId ? 'user' : 'author';
    }
    const property = comment.properties.find(({ key }) => key === ASKED_BY);
    if (property) return mark && isAskedBy(property.value, mark) ? 'user' : 'other';
    const caller = mark && (await people.findCaller());
    return caller && caller.accountId === comment.author?.accountId ? 'user' : 'unknown';
  };

  const byId = async (issueKey: string, commentId: string): Promise<{ issue: Issue; found: CommentAnswer }> => {
    const [issue] = await Promise.all([
      getIssue(issueKey),
      getComment(client, { issueIdOrKey: issueKey, id: commentId }).catch(error => {
        throw isMissing(error) ? noSuchComment(issueKey, commentId, error) : error;
      }),
    ]);
    const [found] = await withProperties([commentId]);
    if (!found) throw noSuchComment(issueKey, commentId);
    const owner = await ownerOf(found);
    if (owner === 'user') return { issue, found };
    // A comment that is not shown must not be told of either.
    if (found.visibility) throw noSuchComment(issueKey, commentId);
    if (owner === 'author') throw writtenBy(issueKey, found);
    throw owner === 'other' ? somebodyElses(issueKey, commentId) : nobodyKnown(issueKey, found);
  };

  const latest = async (issueKey: string): Promise<{ issue: Issue; found: CommentAnswer }> => {
    const issue = await getIssue(issueKey);
    let isMore = true;
    for (let page = 0; page < MAX_PAGES && isMore; page += 1) {
      const startAt = page * PAGE;
      const answer = await getComments(client, {
        issueIdOrKey: issue.key,
        orderBy: '-created',
        startAt,
        maxResults: PAGE,
      });
      const { comments, total } = parseAnswer(commentPageSchema, answer);
      for (const comment of await withProperties(comments.map(({ id }) => id))) {
        if ((await ownerOf(comment)) === 'user') return { issue, found: comment };
      }
      isMore = comments.length > 0 && total > startAt + comments.length;
    }
    const which = isMore ? `the latest ${PAGE * MAX_PAGES} comments` : 'the comments';
    throw new Failure(
      'not_found',
      `None of ${which} of ${issueKey} is known to be the user's. Ask which one is meant, and give its commentId from listComments.`,
    );
  };

  const read = (issueKey: string, commentId: string | undefined) =>
    commentId === undefined ? latest(issueKey) : byId(issueKey, commentId);

  /** What Jira has now, where it can be had soon. */
  const lookAgain = async (issueKey: string, commentId: string) =>
    parseAnswer(commentSchema, await getComment(readBackClient(), { issueIdOrKey: issueKey, id: commentId }));

  return {
    async find(issueKey, commentId) {
      const { issue, found } = await read(issueKey, commentId);
      await client.rehearse?.({ method: 'DELETE', url: `/rest/api/3/issue/${issue.key}/comment/${found.id}` });
      return toOwnComment(issue, found);
    },

    async edit(issueKey, commentId, markdown) {
      const { issue, found } = await read(issueKey, commentId);
      const body = await toRichText(markdown, people, found.body);
      const comment = toOwnComment(issue, found);
      const wanted = textOf(body);
      const told = (text: string) => (comment.isRestricted ? undefined : text);
      if (textOf(found.body) === wanted) {
        return {
          comment,
          after: told(shownOf(body)),
          notes: [...comment.notes, 'It reads so already: nothing was changed.'],
        };
      }
      const { visibility, properties, parentId } = found;
      const answer = await client
        .sendRequest<unknown>({
          url: `/rest/api/3/issue/${issue.key}/comment/${found.id}`,
          method: 'PUT',
          body: {
            body,
            // What Jira is not told again may be lost. An answer in a thread has the restriction of the whole thread.
            ...(visibility && !parentId && { visibility }),
            ...(properties.length > 0 && { properties }),
          },
        })
        .catch(async error => {
          if (!isUnsure(error)) throw withoutPermission(error, 'change');
          const now = await lookAgain(issue.key, found.id).catch(() => undefined);
          if (textOf(now?.body) !== wanted) throw error;
          return now;
        });
      const changed = parseAnswer(commentSchema, answer);
      return {
        comment,
        after: told(shownOf(changed.body === undefined ? body : changed.body)),
        notes: [...comment.notes, ...differences(found, changed, issue), ...people.notes],
      };
    },

    async remove({ issueKey, commentId }) {
      await deleteComment(client, { issueIdOrKey: issueKey, id: commentId }).catch(async error => {
        // Whoever removed it, there is nothing left to remove.
        if (isMissing(error)) return;
        if (!isUnsure(error)) throw withoutPermission(error, 'delete');
        const isGone = await lookAgain(issueKey, commentId).then(() => false, isMissing);
        if (!isGone) throw error;
      });
    },
  };
}

function toOwnComment(issue: Issue, found: CommentAnswer): OwnComment {
  const { id, body, created, updated, author, updateAuthor, visibility, jsdPublic } = found;
  const isEditedByOther = updateAuthor?.accountId && author?.accountId && updateAuthor.accountId !== author.accountId;
  return {
    id,
    issueKey: issue.key,
    createdAt: dateOf(created),
    audience: audienceOf(jsdPublic, issue.isInServiceProject),
    isRestricted: Boolean(visibility),
    text: visibility ? undefined : shownOf(body),
    version: createHash('sha256')
      .update(JSON.stringify([updated, body, visibility ?? null, jsdPublic ?? null]))
      .digest('base64url'),
    notes: [
      ...(isEditedByOther
        ? [`${updateAuthor.displayName ?? 'Somebody else'} had edited it since it was written. Tell the user.`]
        : []),
      ...(visibility ? ['It is restricted to a role or a group, which stays so; what it said is not shown here.'] : []),
    ],
  };
}

/** What must be said where Jira changed who may read it. */
function differences(before: CommentAnswer, after: CommentAnswer, issue: Issue): string[] {
  const isFreed = before.visibility && !after.visibility;
  const [from, to] = [before, after].map(({ jsdPublic }) => audienceOf(jsdPublic, issue.isInServiceProject));
  return [
    ...(isFreed
      ? ['Jira took its restriction away: everybody who sees the issue can read it. Tell the user at once.']
      : []),
    ...(to !== undefined && from !== to
      ? [`Jira made it ${to}; it was ${from ?? 'not marked'}. Tell the user at once.`]
      : []),
  ];
}

/** As people read it. */
function shownOf(body: unknown): string {
  return shownMarkdown(body, { left: MAX_MARKDOWN }).trim();
}

function textOf(body: unknown): string {
  return adfToMarkdown(body, { left: MAX_MARKDOWN }).trim();
}

const isMissing = (error: unknown) => error instanceof Failure && error.code === 'not_found';

const isUnsure = (error: unknown) =>
  error instanceof Failure &&
  (error.code === 'upstream_timeout' || error.code === 'upstream_error') &&
  !error.nothingDone;

/** Jira refuses with 400 what the account may not do to a comment. */
function withoutPermission(error: unknown, what: 'change' | 'delete'): unknown {
  if (!(error instanceof Failure) || error.code !== 'invalid_input' || !/permission/i.test(error.message)) return error;
  const message = `The account signed in to Jira may not ${what} comments there: it needs the permission for its own ones at least. Say so to the user.`;
  return new Failure('forbidden', message, { cause: error });
}

function noSuchComment(issueKey: string, commentId: string, cause?: unknown): Failure {
  const message = `${issueKey} has no comment ${commentId} that may be shown: it may have been deleted already. listComments tells those that are there.`;
  return new Failure('not_found', message, { cause });
}

function somebodyElses(issueKey: string, commentId: string): Failure {
  return new Failure(
    'forbidden',
    `Comment ${commentId} of ${issueKey} was asked for by somebody else, and only they may have it changed or deleted here. Say so to the user; trying again will not help.`,
  );
}

function writtenBy(issueKey: string, { id, author }: CommentAnswer): Failure {
  const by = author?.displayName ? ` by ${author.displayName}` : ' by somebody else';
  return new Failure(
    'forbidden',
    `Comment ${id} of ${issueKey} was written${by}, and only the user's own are changed or deleted here. Say so to the user; trying again will not help.`,
  );
}

function nobodyKnown(issueKey: string, { id, author }: CommentAnswer): Failure {
  const by = author?.displayName ? ` by ${author.displayName}` : '';
  return new Failure(
    'forbidden',
    `Comment ${id} of ${issueKey} was written${by} without a mark of who asked for it, as in Jira itself or by an earlier version of this service, and that is not known to be the user's own account in Jira. So it is not changed here; say so to the user, who may do it in Jira.`,
  );
}
