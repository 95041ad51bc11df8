import * as z from 'zod';
import { paragraph } from '../adf.ts';
import { addComment } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { JiraError, notFound } from '../jiraError.ts';
import { showComment, showPersonById } from '../represent.ts';
import { act, issueInPath, parseBody, type Route, route } from '../router.ts';
import { projectOf } from '../site.ts';

export const commentRoutes: Route[] = [
  route('POST', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    if (issue.frozen) throw new JiraError(403, 'You do not have permission to comment on this issue.');
    const { body } = parseBody(call, z.looseObject({ body: z.unknown() }));
    const comment = addComment(call.site, issue, checkedComment(body), act(call));
    return { status: 201, json: showComment(call, issue, comment) };
  }),
  route('GET', 'issue/{issueIdOrKey}/comment/{commentId}', call => {
    const issue = issueInPath(call);
    const comment = issue.comments.find(({ id }) => id === call.params.commentId);
    if (!comment) throw notFound(`Can not find a comment for the id: ${call.params.commentId}.`);
    return { json: showComment(call, issue, comment) };
  }),
];

/** Below `/rest/servicedeskapi`: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
export const serviceDeskRoutes: Route[] = [
  route('POST', 'request/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    if (projectOf(call.site, issue).type !== 'service_desk') throw notFound('The request does not exist.');
    if (issue.frozen) throw new JiraError(403, 'You do not have permission to comment on this issue.');
    const { body, public: isPublic } = parseBody(call, z.looseObject({ body: z.string(), public: z.boolean() }));
    const comment = addComment(call.site, issue, checkedComment(paragraph(body)), act(call), { isPublic });
    return {
      status: 201,
      json: {
        id: comment.id,
        body,
        public: isPublic,
        author: showPersonById(call, comment.authorId),
        created: { iso8601: new Date(comment.created).toISOString() },
      },
    };
  }),
];
