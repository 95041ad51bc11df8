import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { badFields, JiraError, notFound } from '../jiraError.ts';
import type { RemoteLink } from '../model.ts';
import { type Call, issueInPath, may, parseBody, type Route, route } from '../router.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/ */
export const remoteLinkRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}/remotelink', call => {
    const issue = issueInPath(call);
    const { remoteLinks = [] } = issue;
    const globalId = call.query.get('globalId');
    if (globalId === null) return { json: remoteLinks.map(link => showRemoteLink(call, issue.key, link)) };
    const found = remoteLinks.find(link => link.globalId === globalId);
    if (!found) throw notFound(`The remote issue link with the global ID '${globalId}' does not exist.`);
    return { json: showRemoteLink(call, issue.key, found) };
  }),
  route('POST', 'issue/{issueIdOrKey}/remotelink', saveRemoteLink),
];

const icon = z.looseObject({ url16x16: z.url().optional(), title: z.string().optional(), link: z.url().optional() });

const remoteLinkBody = z.strictObject({
  globalId: z.string().optional(),
  relationship: z.string().optional(),
  application: z.looseObject({ type: z.string().optional(), name: z.string().optional() }).optional(),
  object: z.looseObject({
    url: z.string(),
    title: z.string(),
    summary: z.string().optional(),
    icon: icon.optional(),
    status: z.looseObject({ resolved: z.boolean().optional(), icon: icon.optional() }).optional(),
  }),
});

/** A link with a global ID that the issue has is changed, whole. */
function saveRemoteLink(call: Call): SandboxReply {
  const issue = issueInPath(call);
  if (issue.frozen || !may(call, 'LINK_ISSUES', issue))
    throw new JiraError(403, 'You do not have permission to link issues in this project.');
  const body = parseBody(call, remoteLinkBody);
  const { globalId, object } = body;
  if ((globalId?.length ?? 0) > 255) throw badFields({ globalId: 'The globalId must be at most 255 characters.' });
  if (!URL.canParse(object.url)) throw badFields({ url: `'${object.url}' is not a valid URL.` });
  if (object.title.trim() === '') throw badFields({ title: "'title' is required." });
  if (object.title.length > 255) throw badFields({ title: "'title' must be at most 255 characters." });
  const others = issue.remoteLinks ?? [];
  const known = globalId === undefined ? undefined : others.find(link => link.globalId === globalId);
  const link: RemoteLink = { ...body, globalId, id: known?.id ?? call.site.nextId() };
  issue.remoteLinks = known ? others.map(each => (each === known ? link : each)) : [...others, link];
  return { status: known ? 200 : 201, json: { id: Number(link.id), self: addressOf(call, issue.key, link) } };
}

function showRemoteLink(call: Call, issueKey: string, { id, ...link }: RemoteLink) {
  return { id: Number(id), self: addressOf(call, issueKey, { id }), ...link };
}

function addressOf({ base }: Call, issueKey: string, { id }: Pick<RemoteLink, 'id'>): string {
  return `${base}/rest/api/3/issue/${issueKey}/remotelink/${id}`;
}
