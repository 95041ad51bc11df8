import { addComment, getComments, getProject } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { AskedBy } from './askedBy.ts';
import type { Audience } from './inputs.ts';
import { audienceOf, type Comments, type Issue, readComments, SERVICE_PROJECT } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { RichText } from './richText.ts';
import { wikiText } from './wikiText.ts';
import { projectSchema, writtenCommentSchema } from './wire.ts';

export interface WrittenComment {
  id: string;
  /** What Jira made of it; undefined outside of service projects, and where Jira did not tell. */
  audience: Audience | undefined;
  /** What the user should know about it, in sentences. */
  notes: string[];
}

export type CommentWrites = ReturnType<typeof openComments>;

interface CommentParts {
  client: Client;
  /** Kept with each comment; undefined where no person is verified. */
  mark: AskedBy | undefined;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
}

/** Writes comments, in service projects by the service desk's own route, which alone takes who may read them. */
export function openComments({ client, mark, readBackClient }: CommentParts) {
  const properties = mark && [mark];

  /**
   * The service desk's routes take no properties, so one is set behind them. It never throws: the comment is written.
   * @returns what is to be said where that failed
   */
  const markAfterwards = async (id: string): Promise<string[]> => {
    if (!mark) return [];
    const url = `/rest/api/3/comment/${id}/properties/${mark.key}`;
    return client.sendRequest({ url, method: 'PUT', body: mark.value }).then(
      () => [],
      () => [
        'It could not be kept who asked for the comment, so that editComment and deleteComment will not take it for theirs.',
      ],
    );
  };

  return {
    markAfterwards,

    /**
     * The issue, for sure in a service project or not.
     * @throws Failure `invalid_input` where the audience is missing, or means nothing
     */
    async checkAudience(
      given: Issue,
      audience: Audience | undefined,
      what: 'comment' | 'file' = 'comment',
    ): Promise<Issue> {
      const issue = await withProjectType(given, client);
      const { key, isInServiceProject } = issue;
      const read = what === 'file' ? 'seen' : 'read';
      if (isInServiceProject && audience === undefined) {
        const message = `${key} is in a service project, so say who ${what === 'file' ? 'sees the file' : 'reads the comment'}: public is ${read} by the customer and everybody the request is shared with, internal only by the agents of the project. Ask the user if it is not clear.`;
        throw invalidInput([{ field: 'audience', message }]);
      }
      if (!isInServiceProject && audience === 'internal') {
        const message = `${key} is not in a service project, where alone ${what}s can be internal: everybody who sees the issue would ${what === 'file' ? 'see' : 'read'} it. Nothing was written.`;
        throw invalidInput([{ field: 'audience', message }]);
      }
      return issue;
    },

    async add({ key, isInServiceProject }: Issue, body: RichText, audience: Audience | undefined) {
      if (!isInServiceProject) {
        const answer = await addComment(client, { issueIdOrKey: key, body, ...(properties && { properties }) });
        const { id } = parseAnswer(writtenCommentSchema, answer);
        return { id, audience: undefined, notes: [] } satisfies WrittenComment;
      }
      const isPublic = audience === 'public';
      const answer = await client
        .sendRequest<unknown>({
          url: `/rest/servicedeskapi/request/${key}/comment`,
          method: 'POST',
          body: { body: wikiText(body, 'comment'), public: isPublic },
        })
        .catch(error => {
          if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
          // Jira may make a note public of an account that is no agent there, and says not found then, too.
          if (!isPublic) throw noRequest(key, error);
          return addComment(client, { issueIdOrKey: key, body, ...(properties && { properties }) });
        });
      const { id } = parseAnswer(writtenCommentSchema, answer);
      const [readBy, unmarked] = await Promise.all([readAudience(key, id), markAfterwards(id)]);
      const comment = checked(id, audience, readBy);
      return { ...comment, notes: [...comment.notes, ...unmarked] };
    },
  };

  /** What Jira made of a comment; undefined where that cannot be read. It never throws: the comment is written. */
  async function readAudience(key: string, id: string): Promise<Audience | undefined> {
    try {
      const url = `/rest/api/3/issue/${key}/comment/${id}`;
      const answer = await readBackClient().sendRequest<unknown>({ url, method: 'GET' });
      return audienceOf(parseAnswer(writtenCommentSchema, answer).jsdPublic, true);
    } catch {
      return undefined;
    }
  }
}

/** What Jira does not say of an issue's project, the project itself says; where it does not, customers may read it. */
export async function withProjectType(issue: Issue, client: Client): Promise<Issue> {
  if (issue.project?.projectTypeKey) return issue;
  const projectIdOrKey = issue.project?.key ?? issue.key.slice(0, issue.key.lastIndexOf('-'));
  const type = await getProject(client, { projectIdOrKey }).then(
    answer => parseAnswer(projectSchema, answer).projectTypeKey,
    error => {
      if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden')) return undefined;
      throw error;
    },
  );
  return { ...issue, isInServiceProject: type ? type === SERVICE_PROJECT : issue.project !== undefined };
}

function noRequest(key: string, cause: Failure): Failure {
  const message = `The service desk knows no request ${key}, so that nothing there can be kept from customers: either ${key} is no customer's request, or the account signed in to Jira is no agent of the project. Nothing was written. If everybody who sees the issue may read the comment, give audience public.`;
  return new Failure('conflict', message, { cause });
}

function checked(id: string, wanted: Audience | undefined, audience: Audience | undefined): WrittenComment {
  if (audience === wanted) return { id, audience, notes: [] };
  const told =
    audience === undefined
      ? `The comment was added as ${wanted}, but Jira did not confirm who can read it. Check it with getIssue.`
      : `Jira made the comment ${audience}, not ${wanted}${audience === 'public' ? ': the customer can read it' : ''}. Tell the user at once.`;
  return { id, audience, notes: [told] };
}

export type CommentOrder = 'newest' | 'oldest';

export interface CommentPage extends Comments {
  /** How many there are on the issue, restricted ones included. */
  all: number;
  /** Where the next page begins; undefined at the end. */
  next: string | undefined;
}

/**
 * A page of an issue's comments. Newest first, a page is told by how many older comments there are, so that one that is
 * added in the meantime shifts nothing.
 */
export async function listComments(
  client: Client,
  issueKey: string,
  page: { order: CommentOrder; at: number | undefined; limit: number; isInServiceProject: boolean },
): Promise<CommentPage> {
  const { order, at, limit, isInServiceProject } = page;
  const isFirst = at === undefined;
  const backwards = order === 'newest';
  const startAt = isFirst ? 0 : backwards ? Math.max(0, at - limit) : at;
  const answer = await getComments(client, {
    issueIdOrKey: issueKey,
    startAt,
    maxResults: backwards && !isFirst ? Math.max(1, at - startAt) : limit,
    orderBy: backwards && isFirst ? '-created' : 'created',
  });
  const { total, given, ...comments } = readComments(answer, isInServiceProject);
  const left = backwards ? (isFirst ? total - given : startAt) : total - startAt - given;
  const next = backwards ? left : startAt + given;
  return {
    ...comments,
    items: backwards && !isFirst ? comments.items.toReversed() : comments.items,
    all: total,
    next: left > 0 && given > 0 ? String(next) : undefined,
  };
}
