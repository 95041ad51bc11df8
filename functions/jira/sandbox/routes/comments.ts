import * as z from 'zod';
import { addComment } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { JiraError } from '../jiraError.ts';
import { showComment } from '../represent.ts';
import { act, integer, issueInPath, parseBody, type Route, route } from '../router.ts';

export const commentRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    const startAt = integer(call, 'startAt', 0);
    const maxResults = integer(call, 'maxResults', 100, 5000);
    const isDescending = call.query.get('orderBy') === '-created';
    const comments = isDescending ? issue.comments.toReversed() : issue.comments;
    return {
      json: {
        startAt,
        maxResults,
        total: comments.length,
        comments: comments.slice(startAt, startAt + maxResults).map(comment => showComment(call, issue, comment)),
      },
    };
  }),
  route('POST', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    if (issue.frozen) throw new JiraError(403, 'You do not have permission to comment on this issue.');
    const { body } = parseBody(call, z.looseObject({ body: z.unknown() }));
    const comment = addComment(call.site, issue, checkedComment(body), act(call));
    return { status: 201, json: showComment(call, issue, comment) };
  }),
];
