import * as z from 'zod';
import type { SandboxReply } from '../../sandboxServer.ts';
import { badRequest, JiraError } from '../jiraError.ts';
import { parseJql } from '../jql.ts';
import { checkedSearch, searchIssues } from '../jqlSearch.ts';
import { chosenFields, showIssue } from '../represent.ts';
import { type Call, integer, list, parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';

/** Searches show no more comments and worklogs of an issue than this, and no more of its changes than that. */
const listLimit = 20;
const historyLimit = 40;

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

export function searchRoutes(): Route[] {
  const cursors = new Map<string, Cursor>();
  return [
    route('POST', 'search/jql', call => search(call, parseBody(call, searchBody), cursors)),
    route('GET', 'search/jql', call => {
      const { query } = call;
      return search(
        call,
        {
          jql: query.get('jql') ?? undefined,
          fields: list(query.getAll('fields')),
          expand: query.get('expand') ?? undefined,
          maxResults: integer(call, 'maxResults', 50),
          nextPageToken: query.get('nextPageToken'),
        },
        cursors,
      );
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
}

const gone = (): never => {
  throw new JiraError(
    410,
    'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
  );
};

/** What a page token stands for: what was found when the first page was asked for, so that no page moves. */
interface Cursor {
  jql: string;
  issueIds: string[];
}

function search(
  call: Call,
  { jql = '', fields = [], expand = '', maxResults = 50, nextPageToken }: Search,
  cursors: Map<string, Cursor>,
): SandboxReply {
  const { site } = call;
  const size = Math.min(Math.max(1, maxResults), 5000);
  const { cursorId, cursor, start } = nextPageToken
    ? resume(nextPageToken, jql, cursors)
    : { cursorId: site.nextId(), cursor: { jql, issueIds: searchIssues(site, jql).map(({ id }) => id) }, start: 0 };
  const end = start + size;
  const isLast = end >= cursor.issueIds.length;
  if (!isLast) cursors.set(cursorId, cursor);

  const isIdOnly = list(fields).every(field => field === 'id') && expand === '';
  const options = { fields: chosenFields(fields, undefined), expand: list([expand]), listLimit, historyLimit };
  const issues = cursor.issueIds.slice(start, end).flatMap(id => {
    const issue = findIssue(site, id);
    if (!issue) return [];
    if (isIdOnly) return [{ id }];
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
      ...(isLast ? {} : { nextPageToken: tokenFor(cursorId, end) }),
      isLast,
    },
  };
}

const tokenFor = (cursorId: string, start: number) => Buffer.from(`${cursorId} ${start}`).toString('base64url');

function resume(token: string, jql: string, cursors: Map<string, Cursor>) {
  const [cursorId = '', start] = Buffer.from(token, 'base64url').toString().split(' ');
  const cursor = cursors.get(cursorId);
  if (!cursor || cursor.jql !== jql || !/^\d+$/.test(start ?? '')) {
    throw badRequest('The provided next page token is invalid or has expired.');
  }
  return { cursorId, cursor, start: Number(start) };
}

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
