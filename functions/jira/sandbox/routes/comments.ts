import * as z from 'zod';
import { addComment } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { commentProperties, isInternal } from '../commentProperties.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import { showComment } from '../represent.ts';
import { readableComments, restrictionFor, visibilityBody } from '../rights.ts';
import { act, integer, issueInPath, may, parseBody, type Route, route } from '../router.ts';
import { projectOf } from '../site.ts';

const platformComment = z.looseObject({
  body: z.unknown(),
  visibility: visibilityBody,
  properties: commentProperties,
});

export const commentRoutes: Route[] = [
  route('POST', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    if (issue.frozen || !may(call, 'ADD_COMMENTS', issue))
      throw new JiraError(403, 'You do not have permission to comment on this issue.');
    const { body, visibility, properties } = parseBody(call, platformComment);
    const isPublic = !isInternal(properties) || projectOf(call.site, issue).type !== 'service_desk';
    const comment = addComment(call.whole, issue, checkedComment(body), act(call), {
      isPublic,
      properties,
      ...restrictionFor(call.site, issue, visibility),
    });
    return { status: 201, json: showComment(call, issue, comment) };
  }),
  route('GET', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    const order = call.query.get('orderBy') ?? 'created';
    if (!/^[+-]?created$/.test(order)) throw badRequest(`The order '${order}' is not supported.`);
    const readable = readableComments(call.site, issue);
    const all = order.startsWith('-') ? readable.toReversed() : readable;
    const startAt = integer(call, 'startAt', 0);
    const maxResults = integer(call, 'maxResults', 100, 5000);
    const shown = all.slice(startAt, startAt + maxResults).map(comment => showComment(call, issue, comment));
    return { json: { startAt, maxResults, total: all.length, comments: shown } };
  }),
  route('GET', 'issue/{issueIdOrKey}/comment/{commentId}', call => {
    const issue = issueInPath(call);
    const comment = readableComments(call.site, issue).find(({ id }) => id === call.params.commentId);
    if (!comment) throw notFound(`Can not find a comment for the id: ${call.params.commentId}.`);
    return { json: showComment(call, issue, comment) };
  }),
];
