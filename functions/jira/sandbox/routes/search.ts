import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../../../shared/parseJson.ts';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { badRequest, JiraError } from '../jiraError.ts';
import { parseJql } from '../jql.ts';
import { checkedSearch, searchIssues } from '../jqlSearch.ts';
import { chosenFields, showIssue } from '../represent.ts';
import { type Call, integer, list, parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';

/** Searches show no more comments and worklogs of an issue than this, and no more of its changes than that. */
const listLimit = 20;
const historyLimit = 40;

/** The most issues on a page: thousands as long as only ids and keys are asked for. */
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
  route('GET', 'search/jql', call => {
    const { query } = call;
    return search(call, {
      jql: query.get('jql') ?? undefined,
      fields: list(query.getAll('fields')),
      expand: query.get('expand') ?? undefined,
      maxResults: integer(call, 'maxResults', 50),
      nextPageToken: query.get('nextPageToken'),
    });
  }),
  route('POST', 'search/approximate-count', call => {
    const { jql } = parseBody(call, z.strictObject({ jql: z.string() }));
    return { json: { count: searchIssues(call.site, jql).length } };
  }),
  route('POST', 'jql/parse', call => {
    const { queries } = parseBody(call, z.strictObject({ queries: z.array(z.string()).min(1) }));
    return { json: { queries: queries.map(query => parseAndCheck(call, query)) } };
  }),
  ...['GET', 'POST'].map(method => route(method, 'search', gone)),
];

function gone(): never {
  throw new JiraError(
    410,
    'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
  );
}

function search(
  call: Call,
  { jql = '', fields = [], expand = '', maxResults = 50, nextPageToken }: Search,
): SandboxReply {
  const { site } = call;
  const asked = list(fields);
  const isLight = expand === '' && asked.every(field => field === 'id' || field === 'key');
  const size = Math.min(Math.max(1, maxResults), isLight ? pageSize.light : pageSize.full);
  const issueIds = nextPageToken ? idsOf(nextPageToken, jql) : searchIssues(site, jql).map(({ id }) => id);
  const rest = issueIds.slice(size);

  const options = { fields: chosenFields(asked, undefined), expand: list([expand]), listLimit, historyLimit };
  const issues = issueIds.slice(0, size).flatMap(id => {
    const issue = findIssue(site, id);
    if (!issue) return [];
    if (isLight && !asked.includes('key')) return [{ id }];
    const { names: _names, schema: _schema, ...shown } = showIssue(call, issue, options);
    return [shown];
  });
  return {
    json: {
      ...(options.expand.includes('names') && {
        names: Object.fromEntries(options.fields.map(field => [field.id, field.name])),
      }),
      ...(options.expand.includes('schema') && {
        schema: Object.fromEntries(options.fields.map(field => [field.id, field.schema])),
      }),
      issues,
      ...(rest.length > 0 && { nextPageToken: tokenFor(jql, rest) }),
      isLast: rest.length === 0,
    },
  };
}

/** A token holds what is still to come as it was found at first, so that nothing is lost or repeated between pages. */
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

function parseAndCheck(call: Call, query: string) {
  try {
    const parsed = parseJql(query);
    if (call.query.get('validation') !== 'none') checkedSearch(call.site, parsed);
    return { query };
  } catch (error) {
    if (!(error instanceof JiraError)) throw error;
    return { query, errors: error.errorMessages };
  }
}
