import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../../../shared/parseJson.ts';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { badRequest } from '../jiraError.ts';
import { searchIssues } from '../jqlSearch.ts';
import { chosenFields, showIssue } from '../represent.ts';
import { type Call, list, parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';

/** The most comments, and the most changes, that a search shows of an issue. */
const listLimit = 20;
const historyLimit = 40;

/** The most issues on a page: `light` when only ids and keys are asked for. */
const pageSize = { light: 5000, full: 100 };

const searchBody = z.strictObject({
  jql: z.string().optional(),
  fields: z.array(z.string()).optional(),
  expand: z.string().optional(),
  maxResults: z.number().int().optional(),
  nextPageToken: z.string().nullish(),
  properties: z.array(z.string()).max(5).optional(),
  fieldsByKeys: z.boolean().optional(),
  reconcileIssues: z.array(z.number().int()).max(50).optional(),
});

type Search = z.infer<typeof searchBody>;

export const searchRoutes: Route[] = [
  route('POST', 'search/jql', call => search(call, parseBody(call, searchBody))),
  route('POST', 'search/approximate-count', call => {
    const { jql } = parseBody(call, z.strictObject({ jql: z.string() }));
    return { json: { count: searchIssues(call.site, jql).length } };
  }),
];

function search(
  call: Call,
  { jql = '', fields = [], expand = '', maxResults = 50, nextPageToken, properties }: Search,
): SandboxReply {
  const { site } = call;
  const asked = list(fields);
  const isLight = expand === '' && !properties && asked.every(field => field === 'id' || field === 'key');
  const size = Math.min(Math.max(1, maxResults), isLight ? pageSize.light : pageSize.full);
  const issueIds = nextPageToken ? idsOf(nextPageToken, jql) : searchIssues(site, jql).map(({ id }) => id);
  const rest = issueIds.slice(size);

  const options = { fields: chosenFields(site, asked), expand: list([expand]), listLimit, historyLimit, properties };
  const issues = issueIds.slice(0, size).flatMap(id => {
    const issue = findIssue(site, id);
    if (!issue) return [];
    if (isLight && !asked.includes('key')) return [{ id }];
    return [showIssue(call, issue, options)];
  });
  return {
    json: {
      issues,
      ...(rest.length > 0 && { nextPageToken: tokenFor(jql, rest) }),
      isLast: rest.length === 0,
    },
  };
}

/** A page token holds the remaining issues as the first request found them, so that no issue is lost or repeated. */
const tokenFor = (jql: string, issueIds: string[]): string =>
  Buffer.from(JSON.stringify({ query: digest(jql), issueIds })).toString('base64url');

const token = z.object({ query: z.string(), issueIds: z.array(z.string()) });

function idsOf(text: string, jql: string): string[] {
  const parsed = token.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success || parsed.data.query !== digest(jql)) {
    throw badRequest('The provided next page token is invalid or has expired.');
  }
  return parsed.data.issueIds;
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 8);
