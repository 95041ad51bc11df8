import * as z from 'zod';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import type { Issue } from '../model.ts';
import { showPersonById } from '../represent.ts';
import { type Call, issueInPath, may, type Route, route } from '../router.ts';
import { personById } from '../site.ts';

export const watcherRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}/watchers', call => {
    const issue = issueInPath(call);
    const { watcherIds = [] } = issue;
    const isListed = may(call, 'VIEW_VOTERS_AND_WATCHERS', issue);
    const seen = watcherIds.filter(id => isListed || id === call.viewer.accountId);
    return {
      json: {
        self: `${call.base}/rest/api/3/issue/${issue.key}/watchers`,
        isWatching: watcherIds.includes(call.viewer.accountId),
        watchCount: watcherIds.length,
        watchers: seen.map(id => showPersonById(call, id)),
      },
    };
  }),
  route('POST', 'issue/{issueIdOrKey}/watchers', call => {
    const issue = issueInPath(call);
    // The body is a JSON string; without one, the account that calls is meant.
    const { data: accountId, success } = z.string().optional().safeParse(call.body);
    if (!success) throw badRequest('Invalid request payload. Refer to the REST API documentation and try again.');
    const id = watcher(call, issue, accountId ?? call.viewer.accountId);
    issue.watcherIds = [...new Set([...(issue.watcherIds ?? []), id])];
    return { status: 204 };
  }),
  route('DELETE', 'issue/{issueIdOrKey}/watchers', call => {
    const issue = issueInPath(call);
    const accountId = call.query.get('accountId');
    if (accountId === null) throw badRequest('accountId must be provided.');
    const id = watcher(call, issue, accountId);
    issue.watcherIds = (issue.watcherIds ?? []).filter(each => each !== id);
    return { status: 204 };
  }),
];

/** @throws {JiraError} 404 for an account that is not there, 403 where the list may not be managed */
function watcher(call: Call, issue: Issue, accountId: string): string {
  if (!personById(call.site, accountId)) throw notFound(`User '${accountId}' does not exist.`);
  const isManaged = !issue.frozen && may(call, 'MANAGE_WATCHERS', issue);
  if (!isManaged && accountId !== call.viewer.accountId) {
    throw new JiraError(403, 'You do not have permission to manage the watcher list.');
  }
  return accountId;
}
