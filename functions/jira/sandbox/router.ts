import type * as z from 'zod';
import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { badRequest, JiraError, notFound } from './jiraError.ts';
import type { Act, Issue, Person, Project } from './model.ts';
import type { UploadedFile } from './multipart.ts';
import type { View } from './represent.ts';
import { holds, mayOn } from './rights.ts';
import { findIssue, type Site } from './site.ts';

/** A request as its route's handler gets it. */
export interface Call extends View {
  /** The whole site, which changes are made in; `site` is what the viewer sees of it. */
  whole: Site;
  /** The account that calls. */
  viewer: Person;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: SandboxRequest['headers'];
  /** The JSON body; `undefined` without one, and for a form. */
  body: unknown;
  /** The files of a form. */
  files: UploadedFile[];
}

export type Handler = (call: Call) => SandboxReply;

export interface Route {
  method: string;
  /** The path below `/rest/api/3`; `{name}` stands for any segment. */
  pattern: string;
  handler: Handler;
}

export const route = (method: string, pattern: string, handler: Handler): Route => ({ method, pattern, handler });

/** The route of a path below `/rest/api/3`, and the values of its `{…}` segments. */
export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): { handler: Handler; params: Record<string, string> } {
  const segments = path.split('/').map(decode);
  const matches = routes.flatMap(({ pattern, ...rest }) => {
    const params = match(pattern.split('/'), segments);
    return params ? [{ ...rest, params }] : [];
  });
  const found = matches.find(each => each.method === method);
  if (found) return found;
  if (matches.length > 0) throw new JiraError(405, `Method ${method} is not allowed for ${path}.`);
  throw notFound(`null for uri: ${path}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`'${segment}' is not a valid path segment.`);
  }
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

/** @throws {JiraError} 400 when the body does not have the shape */
export function parseBody<T extends z.ZodType>({ body }: Call, shape: T): z.infer<T> {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw badRequest('Invalid request payload. Refer to the REST API documentation and try again.');
  return parsed.data;
}

/** An integer from the query, limited to 0 … `max`. @throws {JiraError} 400 when it is none */
export function integer({ query }: Call, name: string, byDefault: number, max = Number.MAX_SAFE_INTEGER): number {
  const given = query.get(name);
  if (given === null || given === '') return byDefault;
  if (!/^-?\d+$/.test(given)) {
    throw badRequest(`Failed to convert value '${given}' for the parameter '${name}' to an integer.`);
  }
  return Math.min(Math.max(0, Number(given)), max);
}

/** The items of a list parameter, which may be repeated, comma-separated, or both. */
export const list = (values: string[]): string[] =>
  values
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(Boolean);

/** A page of a list, in the shape of most of Jira's lists. */
export function page<T>(call: Call, items: T[], path: string, size = 50): SandboxReply {
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', size, 100);
  const values = items.slice(startAt, startAt + maxResults);
  const isLast = startAt + values.length >= items.length;
  const self = (start: number) => `${call.base}/rest/api/3/${path}?startAt=${start}&maxResults=${maxResults}`;
  return {
    json: {
      self: self(startAt),
      ...(isLast ? {} : { nextPage: self(startAt + maxResults) }),
      maxResults,
      startAt,
      total: items.length,
      isLast,
      values,
    },
  };
}

/** The issue that the path names. @throws {JiraError} 404 */
export function issueInPath({ site, params }: Call): Issue {
  const issue = findIssue(site, params.issueIdOrKey ?? '');
  if (!issue) throw notFound('Issue does not exist or you do not have permission to see it.');
  return issue;
}

/** Whether the viewer has a permission on an issue. */
export const may = ({ whole, viewer }: Call, permission: string, issue: Issue): boolean =>
  mayOn(whole, viewer.accountId, permission, issue);

/** Whether the viewer has a permission in a project. */
export const mayIn = ({ whole, viewer }: Call, permission: string, project: Project): boolean =>
  holds(whole, viewer.accountId, permission, project);

/** The issue that the path names, if it may be changed by who has the permission. @throws {JiraError} 404, 403 */
export function changeableIssueInPath(call: Call, permission: string): Issue {
  const issue = issueInPath(call);
  if (issue.frozen || !may(call, permission, issue)) {
    const what = permission === 'ASSIGN_ISSUES' ? 'assign' : 'edit';
    throw new JiraError(403, `You do not have permission to ${what} issues in this project.`);
  }
  return issue;
}

/** Who changes something and when: the account that calls, now. */
export const act = ({ viewer, site }: Call): Act => ({ by: viewer.accountId, at: site.now() });
