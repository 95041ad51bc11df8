import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Mark, Marks } from '../canaries/marks.ts';

/** People of the Jira sandbox by the first part of their addresses, of which each sees something that another does not. */
export type JiraUser = 'li.wei' | 'zoe.obrien' | 'carla';

export const addressOf: Readonly<Record<JiraUser, string>> = {
  'li.wei': 'li.wei@example.com',
  'zoe.obrien': 'zoe.obrien@example.com',
  carla: 'carla@client.example',
};

const SERVICE = 'agent@example.com';

/** Who may browse a project; the service project everybody may, customers included, as in Jira's own scheme for it. */
const browsers: Readonly<Record<string, readonly JiraUser[]>> = {
  ATLAS: ['li.wei'],
  BEACON: ['zoe.obrien'],
  COMET: ['li.wei', 'zoe.obrien'],
  DELTA: ['li.wei', 'zoe.obrien'],
};

/** Who alone may see an issue of the project that both share: every third is li.wei's, every third zoe.obrien's. */
function clearedFor(key: string): readonly JiraUser[] | undefined {
  if (!key.startsWith('COMET-')) return undefined;
  return ([undefined, ['li.wei'], ['zoe.obrien']] as const)[Number(key.slice('COMET-'.length)) % 3];
}

/** In a service project, who has made a request or takes part in it; its agents see all. */
const agents: readonly JiraUser[] = ['li.wei'];

/** Where marks stand. */
const ofSecret = (key: string) => `secret ${key}`;
const ofRestricted = (key: string) => `restricted ${key}`;
const ofRequest = (key: string) => `request ${key}`;
const ofInternal = (key: string) => `internal ${key}`;

const comment = z.looseObject({ body: z.unknown(), public: z.boolean().optional() });
const issueData = z.looseObject({
  key: z.string(),
  summary: z.string(),
  reporter: z.string(),
  comments: z.array(comment).default([]),
  worklogs: z.array(z.looseObject({})).default([]),
  attachments: z.array(z.looseObject({ filename: z.string() })).default([]),
  request: z.looseObject({ participants: z.array(z.string()).default([]) }).optional(),
});
type IssueData = z.output<typeof issueData>;
const issuesData = z.array(issueData);
const filtersData = z.array(z.looseObject({ jql: z.string() }));
const projectsData = z.array(z.looseObject({ key: z.string() }));

/**
 * Gives people different rights in data that `plantJira` has written: projects that one of them may browse, issues that
 * security keeps from one, comments and worklogs for a role, requests of one customer alone, and saved filters.
 */
export async function grantInJira(folder: string, marks: Marks, way: Way): Promise<Map<string, readonly JiraUser[]>> {
  const change = async <Schema extends z.ZodType>(
    file: string,
    schema: Schema,
    changed: (data: z.output<Schema>) => unknown,
  ) => {
    const path = join(folder, file);
    await writeFile(path, JSON.stringify(changed(schema.parse(JSON.parse(await readFile(path, 'utf8'))))));
  };

  /** Who may see which of the requests. */
  const partiesOf = new Map<string, readonly JiraUser[]>();

  await change('projects.json', projectsData, projects =>
    projects.map(project => {
      const named = browsers[project.key];
      return {
        ...project,
        roles: { Leads: [SERVICE, addressOf['li.wei']], Administrators: [SERVICE] },
        permissions: named
          ? { BROWSE_PROJECTS: [SERVICE, ...named.map(user => addressOf[user])] }
          : { SERVICEDESK_AGENT: [SERVICE, ...agents.map(user => addressOf[user])] },
      };
    }),
  );
  // Jira shows a saved filter, and what it looks for, to all whom it is shared with, whatever else they may see.
  if (way === 'own sign-in') {
    await change('filters.json', filtersData, filters =>
      filters.map(filter => ({
        ...filter,
        shared: users
          .filter(user => !closedInJira(user, way, marks, partiesOf).some(({ text }) => filter.jql.includes(text)))
          .map(user => addressOf[user]),
      })),
    );
  }
  await change('issues.json', issuesData, issues => issues.map(issue => restricted(secured(issue, marks), marks)));
  await change('requests.json', issuesData, requests =>
    requests.map(request => {
      const people = [request.reporter, ...(request.request?.participants ?? [])];
      const parties = users.filter(user => people.includes(addressOf[user]));
      partiesOf.set(request.key, parties);
      return asRequest(request, marks);
    }),
  );
  return partiesOf;
}

const users = Object.keys(addressOf) as JiraUser[];

/** An issue that security keeps from somebody has a mark in all its texts; its files go with it. */
function secured(issue: IssueData, marks: Marks): IssueData {
  const cleared = clearedFor(issue.key);
  if (!cleared) return issue;
  const mark = marks.of(ofSecret(issue.key));
  return {
    ...issue,
    summary: `${issue.summary} ${mark}`,
    security: [SERVICE, ...cleared.map(user => addressOf[user])],
    comments: issue.comments.map(each => ({ ...each, body: `Said of it: ${mark}` })),
    attachments: issue.attachments.map(file => ({ ...file, filename: `${mark} ${file.filename}` })),
  };
}

/** An issue that both may see has a comment and a worklog that only the project's leads may read. */
function restricted(issue: IssueData, marks: Marks): IssueData {
  if (!/^(COMET|DELTA)-/.test(issue.key) || clearedFor(issue.key)) return issue;
  const mark = marks.of(ofRestricted(issue.key));
  const visibility = { type: 'role', value: 'Leads' };
  return {
    ...issue,
    comments: [...issue.comments, { at: '-1h', by: SERVICE, body: `For leads alone: ${mark}`, visibility }],
    worklogs: [
      ...issue.worklogs,
      { at: '-1h', by: SERVICE, started: '-1h', minutes: 7, comment: `For leads alone: ${mark}`, visibility },
    ],
  };
}

function asRequest(request: IssueData, marks: Marks): IssueData {
  const mark = marks.of(ofRequest(request.key));
  return {
    ...request,
    summary: `${request.summary} ${mark}`,
    comments: request.comments.map(each => ({
      ...each,
      body: `Said of it: ${each.public === false ? marks.of(ofInternal(request.key)) : mark}`,
    })),
  };
}

/**
 * How Jira is asked. With their own sign-ins Jira itself decides, which shows everything of a service project over its
 * platform's API to whoever may browse it; with a credential of the service, the app does, and shows nobody what it
 * cannot ask about.
 */
export type Way = 'own sign-in' | 'service credential';

/** The marks that somebody must not be shown. */
export function closedInJira(
  user: JiraUser | undefined,
  way: Way,
  marks: Marks,
  partiesOf: ReadonlyMap<string, readonly JiraUser[]>,
): Mark[] {
  const isClosed = (where: string): boolean => {
    const [kind, key = ''] = where.split(' ');
    const isAgent = user !== undefined && agents.includes(user);
    const isParty = user !== undefined && (partiesOf.get(key)?.includes(user) ?? false);
    switch (kind) {
      case 'project':
        return user === undefined || !(browsers[key]?.includes(user) ?? true);
      case 'secret':
        return user === undefined || !clearedFor(key)?.includes(user);
      case 'restricted':
        return way === 'service credential' || user !== 'li.wei';
      case 'request':
        return user === undefined || (way === 'service credential' && !isAgent && !isParty);
      case 'internal':
        return user === undefined || (way === 'service credential' && !isAgent);
      default:
        return false;
    }
  };
  return marks.all().filter(({ where }) => isClosed(where));
}

/** Keys of issues that somebody must not be told. */
export function closedKeys(user: JiraUser | undefined, issueKeys: readonly string[]): RegExp {
  const hidden = issueKeys.filter(key => {
    const project = key.slice(0, key.lastIndexOf('-'));
    return (
      user === undefined || !(browsers[project]?.includes(user) ?? true) || clearedFor(key)?.includes(user) === false
    );
  });
  return hidden.length === 0 ? /(?!)/g : new RegExp(`\\b(?:${hidden.join('|')})\\b`, 'gi');
}
