import * as z from 'zod';
import { checkedComment } from '../checkedComment.ts';
import { commentProperties, isInternal } from '../commentProperties.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import type { Comment, Issue } from '../model.ts';
import { showComment } from '../represent.ts';
import { readableComments, restrictionFor, visibilityBody } from '../rights.ts';
import { act, type Call, issueInPath, list, may, parseBody, type Route, route } from '../router.ts';
import { projectOf } from '../site.ts';

const changedComment = z.looseObject({
  body: z.unknown(),
  visibility: visibilityBody,
  properties: commentProperties,
});

/** Changes and removals of comments, and the properties that apps keep with them. */
export const commentChangeRoutes: Route[] = [
  route('PUT', 'issue/{issueIdOrKey}/comment/{commentId}', call => {
    const { issue, comment } = commentInPath(call);
    if (issue.frozen || !isMine(call, 'EDIT', issue, comment))
      throw new JiraError(400, 'You do not have the permission to edit this comment.');
    const { body, visibility, properties } = parseBody(call, changedComment);
    const restricted = restrictionFor(call.site, issue, visibility);
    comment.body = checkedComment(body);
    comment.edited = act(call);
    // A comment that is changed without its restriction loses it.
    delete comment.role;
    delete comment.group;
    Object.assign(comment, restricted);
    keep(call, issue, comment, properties);
    issue.updated = call.site.now();
    return { json: showComment(call, issue, comment) };
  }),
  route('DELETE', 'issue/{issueIdOrKey}/comment/{commentId}', call => {
    const { issue, comment } = commentInPath(call);
    if (issue.frozen || !isMine(call, 'DELETE', issue, comment))
      throw new JiraError(400, 'You do not have the permission to delete this comment.');
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    issue.updated = call.site.now();
    return { status: 204 };
  }),
  route('POST', 'comment/list', call => {
    const { ids } = parseBody(call, z.looseObject({ ids: z.array(z.number().int()) }));
    if (ids.length > 1000) throw badRequest('The number of comment IDs must not exceed 1000.');
    const withProperties = list(call.query.getAll('expand')).includes('properties');
    const values = ids.flatMap(id => {
      const found = findComment(call, String(id));
      if (!found) return [];
      const { issue, comment } = found;
      const shown = showComment(call, issue, comment);
      return [{ ...shown, ...(withProperties && { properties: propertiesOf(comment) }) }];
    });
    return { json: { isLast: true, maxResults: 1_048_576, startAt: 0, total: values.length, values } };
  }),
  route('GET', 'comment/{commentId}/properties/{propertyKey}', call => {
    const { comment } = anyComment(call);
    const found = propertiesOf(comment).find(({ key }) => key === call.params.propertyKey);
    if (!found) throw notFound(`The property with key '${call.params.propertyKey}' does not exist.`);
    return { json: found };
  }),
  route('PUT', 'comment/{commentId}/properties/{propertyKey}', call => {
    const { issue, comment } = anyComment(call);
    const { propertyKey = '' } = call.params;
    if (!isMine(call, 'EDIT', issue, comment)) {
      throw new JiraError(403, 'You do not have the permission to edit this comment.');
    }
    if (call.body === undefined) throw badRequest('The property value must not be empty.');
    const isNew = !(propertyKey in (comment.properties ?? {}));
    keep(call, issue, comment, { [propertyKey]: call.body });
    return { status: isNew ? 201 : 200, json: {} };
  }),
];

/** Whether the viewer may edit or delete a comment: any, or their own. */
const isMine = (call: Call, what: 'EDIT' | 'DELETE', issue: Issue, { authorId }: Comment): boolean =>
  may(call, `${what}_ALL_COMMENTS`, issue) ||
  (authorId === call.viewer.accountId && may(call, `${what}_OWN_COMMENTS`, issue));

/** Properties that are not given stay as they are. */
function keep({ site }: Call, issue: Issue, comment: Comment, properties: Record<string, unknown>): void {
  comment.properties = { ...comment.properties, ...properties };
  if (!('sd.public.comment' in properties)) return;
  comment.isPublic = !isInternal(properties) || projectOf(site, issue).type !== 'service_desk';
}

function propertiesOf({ properties = {} }: Comment): { key: string; value: unknown }[] {
  return Object.entries(properties).map(([key, value]) => ({ key, value }));
}

function commentInPath(call: Call): { issue: Issue; comment: Comment } {
  const issue = issueInPath(call);
  const comment = readableComments(call.site, issue).find(({ id }) => id === call.params.commentId);
  if (!comment) throw notFound(`Can not find a comment for the id: ${call.params.commentId}.`);
  return { issue, comment };
}

function anyComment(call: Call): { issue: Issue; comment: Comment } {
  const found = findComment(call, call.params.commentId ?? '');
  if (!found) throw notFound(`Can not find a comment for the id: ${call.params.commentId}.`);
  return found;
}

function findComment({ site }: Call, id: string): { issue: Issue; comment: Comment } | undefined {
  for (const issue of site.issues) {
    const comment = readableComments(site, issue).find(each => each.id === id);
    if (comment) return { issue, comment };
  }
  return undefined;
}
