import type * as z from 'zod';
import type { commentsSchema, worklogsSchema } from './shownIssues.ts';

/**
 * Comments and worklogs that are restricted to a role or a group: Jira tells nobody whether another account has that role, so
 * nothing of them is shown but that there are some. Of a request, customers get what is public and do not learn that there is more.
 */

type Comments = z.output<typeof commentsSchema>;
type Worklogs = z.output<typeof worklogsSchema>;

/** What is told of a restricted text, so that it is counted. */
const restricted = { type: 'role' } as const;

export function shownComments(answer: Comments, isAsCustomer: boolean): Comments {
  const { comments, total, ...others } = answer;
  if (!comments) return others;
  if (!isAsCustomer) return { ...others, total, comments: comments.map(shownComment) };
  const own = comments.filter(isPublic);
  const isWhole = (total ?? comments.length) <= comments.length;
  return { ...others, comments: own, ...(isWhole && { total: own.length }) };
}

type Comment = NonNullable<Comments['comments']>[number];

export const isPublic = ({ visibility, jsdPublic }: Comment) => visibility == null && jsdPublic === true;

export function shownComment(comment: Comment): Comment {
  const { id, visibility, created, updated } = comment;
  return visibility == null ? comment : { id, created, updated, visibility: restricted };
}

export function shownWorklogs(answer: Worklogs, isAsCustomer: boolean): Worklogs {
  const { worklogs, total, ...others } = answer;
  // What agents log is no customer's.
  if (isAsCustomer) return { ...others, total: 0, worklogs: [] };
  const shown = worklogs?.map(({ visibility, ...worklog }) =>
    visibility == null
      ? worklog
      : {
          id: worklog.id,
          created: worklog.created,
          started: worklog.started,
          timeSpentSeconds: 0,
          visibility: restricted,
        },
  );
  return { ...others, total, worklogs: shown };
}
