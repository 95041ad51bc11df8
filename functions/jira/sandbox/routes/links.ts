import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { addComment, addLink } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import { showLinkType } from '../represent.ts';
import { act, type Call, may, parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';

export const linkRoutes: Route[] = [
  route('GET', 'issueLinkType', call => ({
    json: { issueLinkTypes: call.site.linkTypes.map(type => showLinkType(call, type)) },
  })),
  route('POST', 'issueLink', linkIssues),
];

const end = z.looseObject({ id: z.string().optional(), key: z.string().optional() });

const linkBody = z.strictObject({
  type: z.looseObject({ id: z.string().optional(), name: z.string().optional() }),
  inwardIssue: end,
  outwardIssue: end,
  comment: z.looseObject({ body: z.unknown() }).optional(),
});

/** The inward issue of the request is the one that "blocks"; the outward one "is blocked". */
function linkIssues(call: Call): SandboxReply {
  const body = parseBody(call, linkBody);
  const wanted = body.type.id ?? body.type.name;
  const type = call.site.linkTypes.find(({ id, name }) => id === body.type.id || name === body.type.name);
  if (!type) throw notFound(`No issue link type with name '${wanted}' found.`);
  const [source, target] = [body.inwardIssue, body.outwardIssue].map(({ id, key }) => {
    const issue = findIssue(call.site, id ?? key ?? '');
    if (!issue) throw notFound('Issue does not exist or you do not have permission to see it.');
    return issue;
  });
  if (!source || !target || source === target) throw badRequest('You cannot link an issue to itself.');
  const unlinkable = [source, target].find(issue => !may(call, 'LINK_ISSUES', issue));
  if (unlinkable) throw notFound(`No Link Issue Permission for issue '${unlinkable.key}'`);
  if (source.frozen) throw new JiraError(403, 'No Link Issue Permission for issue.');
  if (body.comment && !may(call, 'ADD_COMMENTS', source)) {
    throw badRequest('You do not have permission to comment on this issue.');
  }
  const comment = body.comment && checkedComment(body.comment.body);
  addLink(call.whole, type, source, target, act(call));
  if (comment) addComment(call.whole, source, comment, act(call));
  return { status: 201 };
}
