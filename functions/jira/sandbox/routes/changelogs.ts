import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../../../shared/parseJson.ts';
import { badRequest } from '../jiraError.ts';
import type { History } from '../model.ts';
import { showHistory } from '../represent.ts';
import { parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';

const bulkBody = z.strictObject({
  issueIdsOrKeys: z.array(z.string()).min(1).max(1000),
  fieldIds: z.array(z.string()).max(10).optional(),
  maxResults: z.number().int().min(1).max(10_000).default(1000),
  nextPageToken: z.string().nullish(),
});

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post */
export const changelogRoutes: Route[] = [
  route('POST', 'changelog/bulkfetch', call => {
    const { issueIdsOrKeys, fieldIds = [], maxResults, nextPageToken } = parseBody(call, bulkBody);
    const query = createHash('sha256')
      .update(JSON.stringify([issueIdsOrKeys, fieldIds]))
      .digest('base64url');
    const start = nextPageToken ? startIn(nextPageToken, query) : 0;
    const issues = issueIdsOrKeys.flatMap(idOrKey => findIssue(call.site, idOrKey) ?? []);
    const entries = [...new Set(issues)]
      .flatMap(({ id: issueId, histories }) =>
        histories.flatMap(history => {
          const items = history.items.filter(({ fieldId }) => fieldIds.length === 0 || fieldIds.includes(fieldId));
          return items.length > 0 ? [{ issueId, history: { ...history, items } }] : [];
        }),
      )
      .sort((one, other) => one.history.created - other.history.created || Number(one.issueId) - Number(other.issueId));
    const byIssue = new Map<string, History[]>();
    for (const { issueId, history } of entries.slice(start, start + maxResults)) {
      byIssue.set(issueId, [...(byIssue.get(issueId) ?? []), history]);
    }
    const isLast = start + maxResults >= entries.length;
    return {
      json: {
        issueChangeLogs: [...byIssue].map(([issueId, histories]) => ({
          issueId,
          changeHistories: histories.map(history => showHistory(call, history)),
        })),
        nextPageToken: isLast ? null : tokenFor(query, start + maxResults),
      },
    };
  }),
];

const token = z.object({ query: z.string(), start: z.number().int() });

const tokenFor = (query: string, start: number): string =>
  Buffer.from(JSON.stringify({ query, start })).toString('base64url');

function startIn(text: string, query: string): number {
  const parsed = token.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success || parsed.data.query !== query) throw badRequest('The provided next page token is invalid.');
  return parsed.data.start;
}
