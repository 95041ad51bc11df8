import type { Client } from 'jira.js/core';
import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { JiraClient } from './client.ts';
import { jqlTokens, orderStart } from './jqlTokens.ts';

/**
 * The one place where a policy's projects are enforced: every request to Jira goes through here. Queries are narrowed,
 * answers are filtered by project (an issue that was moved is also found by its old key), and a request that has no rule
 * here is refused.
 */

type Options = Parameters<Client['sendRequest']>[0];

/** Projects by key, in upper case. */
export type AllowedProjects = ReadonlySet<string>;

interface Exchange {
  options: Options;
  /** What the path's groups matched. */
  parts: string[];
  send(options: Options): Promise<unknown>;
}

interface Rule {
  method: string;
  path: RegExp;
  handle(exchange: Exchange, guard: Guard): Promise<unknown>;
}

interface Guard {
  isOpen(projectKey: string | undefined): boolean;
  /** The same by a numeric ID, for which it asks once. */
  isOpenId(projectId: string): Promise<boolean>;
  /** @throws Failure `forbidden` */
  requireProject(projectIdOrKey: string): Promise<void>;
  /**
   * @returns the issue's own key, by which the request goes on, so that it reaches the very issue that was looked at
   * @throws Failure `forbidden` when the issue, by whatever key, is in a project that is closed
   */
  requireIssue(issueIdOrKey: string): Promise<string>;
  /** The query, for open projects alone. */
  narrow(jql: unknown): string;
  /** An issue without what leads to issues that are closed; undefined where it is closed itself. */
  shown(issue: unknown): unknown;
}

const issueKey = '([\\w-]+)';

/** Every request that is made of Jira, and how it is kept within the projects that are open. */
const rules: readonly Rule[] = [
  rule('POST', '/search/jql', async ({ options, send }, { narrow, shown }) => {
    const body = bodyOf(options);
    const answer = await send({
      ...options,
      body: { ...body, jql: narrow(body.jql), fields: withProject(body.fields) },
    });
    const { issues, ...others } = searchAnswer.parse(answer);
    return { ...others, issues: issues.map(shown).filter(issue => issue !== undefined) };
  }),
  rule('POST', '/search/approximate-count', ({ options, send }, { narrow }) => {
    const body = bodyOf(options);
    return send({ ...options, body: { ...body, jql: narrow(body.jql) } });
  }),
  rule('GET', `/issue/${issueKey}`, async ({ options, send }, { shown }) => {
    const { searchParams = {} } = options;
    const answer = await send({
      ...options,
      searchParams: { ...searchParams, fields: withProject(searchParams.fields) },
    });
    const issue = shown(answer);
    if (issue === undefined) throw closed();
    return issue;
  }),
  rule('GET', `/issue/${issueKey}/changelog`, async ({ options, parts, send }, { requireIssue, isOpen }) => {
    const own = ofIssue(options, await requireIssue(parts[0] ?? ''));
    const answer = changelogAnswer.parse(await send(own));
    return { ...answer, values: answer.values.map(history => withoutClosedItems(history, isOpen)) };
  }),
  ...['GET', 'POST', 'PUT'].map(method =>
    rule(
      method,
      `/issue/${issueKey}/(?:transitions|editmeta|comment(?:/\\d+)?|worklog|assignee)`,
      async ({ options, parts, send }, guard) => {
        const own = ofIssue(options, await guard.requireIssue(parts[0] ?? ''));
        // A transition sets fields, too.
        if (options.url.endsWith('/transitions')) await requireWritten(options, guard);
        return send(own);
      },
    ),
  ),
  {
    method: 'POST',
    path: new RegExp(`^/rest/servicedeskapi/request/${issueKey}/comment$`),
    async handle({ options, parts, send }, { requireIssue }) {
      await requireIssue(parts[0] ?? '');
      return send(options);
    },
  },
  rule('PUT', `/issue/${issueKey}`, async ({ options, parts, send }, guard) => {
    const own = ofIssue(options, await guard.requireIssue(parts[0] ?? ''));
    await requireWritten(options, guard);
    const answer = await send(own);
    // It may be the updated issue, and its parent of another project.
    return anyObject.safeParse(answer).success ? guard.shown(answer) : answer;
  }),
  rule('POST', '/issue', async ({ options, send }, guard) => {
    const project = writtenIssue.parse(bodyOf(options)).fields?.project;
    await guard.requireProject(project?.key ?? project?.id ?? '');
    await requireWritten(options, guard);
    return send(options);
  }),
  rule('POST', '/issue/bulk', async ({ options, send }, guard) => {
    for (const issue of writtenIssues.parse(bodyOf(options)).issueUpdates) {
      const project = issue.fields?.project;
      await guard.requireProject(project?.key ?? project?.id ?? '');
      await requireWritten({ ...options, body: issue }, guard);
    }
    return send(options);
  }),
  rule('POST', '/issue/bulkfetch', async ({ options, send }, { shown }) => {
    const body = bodyOf(options);
    const answer = searchAnswer.parse(await send({ ...options, body: { ...body, fields: withProject(body.fields) } }));
    return { ...answer, issues: answer.issues.map(shown).filter(issue => issue !== undefined) };
  }),
  rule('POST', '/issueLink', async ({ options, send }, { requireIssue }) => {
    const { inwardIssue, outwardIssue } = writtenLink.parse(bodyOf(options));
    for (const { key, id } of [inwardIssue, outwardIssue]) await requireIssue(key ?? id ?? '');
    return send(options);
  }),
  rule('GET', '/project/search', async ({ options, send }, { isOpen }) => {
    const answer = projectsAnswer.parse(await send(options));
    // The total would count closed projects as well.
    const { total: _, ...others } = answer;
    return { ...others, values: answer.values.filter(({ key }) => isOpen(key)) };
  }),
  rule('GET', '/project/([\\w-]+)', async ({ options, parts: [idOrKey = ''], send }, { isOpen }) => {
    // Whether there is a project of that key is not asked, so that it is not told.
    if (!/^\d+$/.test(idOrKey) && !isOpen(idOrKey)) throw closed();
    const answer = project.parse(await send(options));
    if (!isOpen(answer.key)) throw closed();
    return answer;
  }),
  rule(
    'GET',
    '/issue/createmeta/([\\w-]+)/issuetypes(?:/\\d+)?',
    async ({ options, parts, send }, { requireProject }) => {
      await requireProject(parts[0] ?? '');
      return send(options);
    },
  ),
  rule('GET', '/user/assignable/search', async ({ options, send }, { requireIssue, requireProject }) => {
    const { issueKey: key, project: of } = options.searchParams ?? {};
    if (typeof key === 'string') await requireIssue(key);
    else if (typeof of === 'string') await requireProject(of);
    else throw closed();
    return send(options);
  }),
  {
    method: 'GET',
    path: /^\/rest\/agile\/1\.0\/board$/,
    async handle({ options, send }, { requireProject, isOpen }) {
      const { projectKeyOrId: of } = options.searchParams ?? {};
      if (typeof of !== 'string') throw closed();
      await requireProject(of);
      const { total: _, ...others } = boardsAnswer.parse(await send(options));
      // Boards of other projects show issues of this one, too.
      return { ...others, values: others.values.filter(({ location }) => isOpen(location?.projectKey ?? undefined)) };
    },
  },
  {
    method: 'GET',
    path: /^\/rest\/agile\/1\.0\/board\/(\d+)\/(?:sprint|configuration)$/,
    async handle({ options, parts, send }, { isOpen }) {
      const answer = board.parse(await send({ url: `/rest/agile/1.0/board/${parts[0]}`, method: 'GET' }));
      if (!isOpen(answer.location?.projectKey ?? undefined)) throw closed();
      return send(options);
    },
  },
  rule(
    'GET',
    '/project/([\\w-]+)/(?:statuses|components|versions)',
    async ({ options, parts, send }, { requireProject }) => {
      await requireProject(parts[0] ?? '');
      return send(options);
    },
  ),
  rule('GET', '/field', async ({ options, send }, { isOpenId }) => {
    const fields = fieldsAnswer.parse(await send(options));
    const open = await Promise.all(
      fields.map(async ({ scope }) => !scope?.project || (await isOpenId(scope.project.id))),
    );
    return fields.filter((_, index) => open[index]);
  }),
  // These tell about the site, not about a project.
  ...[
    '/user/search',
    '/issueLinkType',
    '/configuration',
    '/myself',
    '/filter/\\d+',
    '/filter/search',
    '/priority/search',
  ].map(path => rule('GET', path, ({ options, send }) => send(options))),
];

function rule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/api/3${path}$`), handle };
}

/** The same client, restricted to these projects. */
export function restrictedTo(allowed: AllowedProjects, client: JiraClient): JiraClient {
  /** The files of the issues that it has shown: a file does not tell its issue, and so not its project. */
  const files = new Set<string>();
  const isOpen = (key: string | undefined) => key !== undefined && allowed.has(key.toUpperCase());
  const ask = (url: string, searchParams: Record<string, string>) =>
    client.sendRequest<unknown>({ url, method: 'GET', searchParams });

  const keysById = new Map<string, Promise<string | undefined>>();
  const keyOf = (projectId: string) => {
    const key =
      keysById.get(projectId) ??
      ask(`/rest/api/3/project/${projectId}`, {}).then(
        answer => project.parse(answer).key,
        (error: unknown) => {
          if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden')) return undefined;
          throw error;
        },
      );
    keysById.set(projectId, key);
    return key;
  };

  const guard: Guard = {
    isOpen,
    isOpenId: async projectId => /^\d+$/.test(projectId) && isOpen(await keyOf(projectId)),
    async requireProject(projectIdOrKey) {
      if (isOpen(projectIdOrKey)) return;
      // A numeric ID names a project, too.
      const isId = /^\d+$/.test(projectIdOrKey);
      if (!isId || !isOpen(project.parse(await ask(`/rest/api/3/project/${projectIdOrKey}`, {})).key)) throw closed();
    },
    async requireIssue(issueIdOrKey) {
      const answer = anyIssue.parse(await ask(`/rest/api/3/issue/${issueIdOrKey}`, { fields: 'project' }));
      if (!isOpen(answer.fields.project?.key)) throw closed();
      return answer.key ?? issueIdOrKey;
    },
    narrow(jql) {
      const query = typeof jql === 'string' ? jql : '';
      const tokens = jqlTokens(query);
      if (!tokens) {
        const message = 'It is not valid JQL: a quotation mark or a parenthesis is not closed.';
        throw invalidInput([{ field: 'jql', message }]);
      }
      const order = orderStart(tokens, query);
      const conditions = query.slice(0, order).trim();
      const projects = `project in (${[...allowed].map(key => JSON.stringify(key)).join(', ')})`;
      return `${conditions ? `(${conditions}) AND ` : ''}${projects} ${query.slice(order)}`.trim();
    },
    shown(issue) {
      const { fields, changelog, ...others } = anyIssue.parse(issue);
      if (!isOpen(fields.project?.key)) return undefined;
      for (const id of fileIds(fields.attachment)) files.add(id);
      const shown = withoutClosedIssues(fields, isOpen);
      return {
        ...others,
        fields: shown,
        closedIssues: neighbours(fields) - neighbours(shown),
        ...(changelog && {
          changelog: {
            ...changelog,
            histories: changelog.histories.map(history => withoutClosedItems(history, isOpen)),
          },
        }),
      };
    },
  };

  return {
    ...client,
    async sendRequest<T>(options: Options): Promise<T> {
      const { method = 'GET', url } = options;
      for (const { method: expected, path, handle } of rules) {
        const match = method === expected ? path.exec(url) : null;
        if (!match) continue;
        const send = (sent: Options) => client.sendRequest<unknown>(sent);
        return (await handle({ options, parts: match.slice(1), send }, guard)) as T;
      }
      throw closed();
    },
    async readAttachment(attachmentId, range) {
      if (!files.has(attachmentId)) throw closed();
      return client.readAttachment(attachmentId, range);
    },
  };
}

function closed(): Failure {
  return new Failure(
    'forbidden',
    "A policy of this service's administrator does not open this project of Jira. Say so to the user; trying again will not help.",
  );
}

/** What a new or changed issue refers to must be open as well. */
async function requireWritten(options: Options, { requireIssue, requireProject }: Guard): Promise<void> {
  const { fields } = writtenIssue.parse(bodyOf(options));
  const parent = fields?.parent?.key ?? fields?.parent?.id;
  if (parent !== undefined) await requireIssue(parent);
  const moved = fields?.project?.key ?? fields?.project?.id;
  if (moved !== undefined) await requireProject(moved);
  // An epic may be given in a field of its own, which its ID does not tell; a key of no issue is any other text.
  for (const value of Object.values(fields ?? {})) {
    if (typeof value !== 'string' || !/^[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17}$/i.test(value)) continue;
    await requireIssue(value).catch(error => {
      if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
    });
  }
}

/** The project of a key: it is what stands before the last hyphen. */
function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}

function withoutClosedIssues(fields: Fields, isOpen: Guard['isOpen']): Fields {
  const isShown = (other: z.output<typeof reference> | null | undefined) => !other?.key || isOpen(projectOf(other.key));
  const { parent, subtasks, issuelinks, ...others } = fields;
  return {
    ...Object.fromEntries(
      Object.entries(others).filter(([id, value]) => !id.startsWith('customfield_') || !isClosedKey(value, isOpen)),
    ),
    ...(parent !== undefined && isShown(parent) && { parent }),
    ...(subtasks && { subtasks: subtasks.filter(isShown) }),
    ...(issuelinks && {
      issuelinks: issuelinks.filter(({ inwardIssue, outwardIssue }) => isShown(inwardIssue) && isShown(outwardIssue)),
    }),
  };
}

/** How many issues the fields of an issue lead to. */
function neighbours({ parent, subtasks, issuelinks }: Fields): number {
  return (parent?.key ? 1 : 0) + (subtasks?.length ?? 0) + (issuelinks?.length ?? 0);
}

/** Whether a field holds nothing but the key of an issue that is closed, as a custom field for the epic does. */
function isClosedKey(value: unknown, isOpen: Guard['isOpen']): boolean {
  return typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17}$/.test(value) && !isOpen(projectOf(value));
}

/** Fields whose history names other issues, or the project that the issue was in before. */
const referring = new Set(['link', 'parent', 'issueparentassociation', 'epic link', 'epic child', 'key', 'project']);

function withoutClosedItems(history: History, isOpen: Guard['isOpen']): History {
  const isShown = ({ field, fromString, toString: to }: z.output<typeof historyItem>) => {
    if (!referring.has(field?.toLowerCase() ?? '')) return true;
    const keys = `${fromString ?? ''} ${to ?? ''}`.match(/\b[A-Z][A-Z0-9_]{1,254}-\d{1,18}\b/g);
    return keys?.every(key => isOpen(projectOf(key))) ?? false;
  };
  return { ...history, ...(history.items && { items: history.items.filter(isShown) }) };
}

/** The same request, for the issue with this key. */
function ofIssue(options: Options, key: string): Options {
  return { ...options, url: options.url.replace(/(\/issue\/)[^/]+/, `$1${key}`) };
}

function bodyOf({ body }: Options): Record<string, unknown> {
  return anyObject.parse(body ?? {});
}

/** The fields that are asked for, always with the project. */
function withProject(fields: unknown): string[] {
  const wanted = typeof fields === 'string' ? fields.split(',') : z.array(z.string()).catch([]).parse(fields);
  return wanted.includes('project') ? wanted : [...wanted, 'project'];
}

/** The IDs of the files that an issue lists; what is not listed as documented is no file of it. */
function fileIds(attachments: unknown): string[] {
  const listed = z.array(z.unknown()).safeParse(attachments).data ?? [];
  return listed.flatMap(each => z.looseObject({ id: z.string() }).safeParse(each).data?.id ?? []);
}

const anyObject = z.looseObject({});
const project = z.looseObject({ key: z.string() });
const projectsAnswer = z.looseObject({ values: z.array(project) });
const fieldsAnswer = z.array(
  z.looseObject({ scope: z.looseObject({ project: z.looseObject({ id: z.string() }).nullish() }).nullish() }),
);
const reference = z.looseObject({ key: z.string().nullish() });
const fieldsSchema = z.looseObject({
  project: z.looseObject({ key: z.string() }).nullish(),
  parent: reference.nullish(),
  subtasks: z.array(reference).nullish(),
  issuelinks: z.array(z.looseObject({ inwardIssue: reference.nullish(), outwardIssue: reference.nullish() })).nullish(),
});
type Fields = z.output<typeof fieldsSchema>;
const historyItem = z.looseObject({
  field: z.string().nullish(),
  fromString: z.string().nullish(),
  toString: z.string().nullish(),
});
const historySchema = z.looseObject({ items: z.array(historyItem).nullish() });
type History = z.output<typeof historySchema>;
const changelogAnswer = z.looseObject({ values: z.array(historySchema) });
const anyIssue = z.looseObject({
  key: z
    .string()
    .regex(/^[\w-]+$/)
    .nullish(),
  fields: fieldsSchema.catch({}),
  changelog: z.looseObject({ histories: z.array(historySchema) }).nullish(),
});
const searchAnswer = z.looseObject({
  issues: z
    .array(z.unknown())
    .nullish()
    .transform(issues => issues ?? []),
});
const board = z.looseObject({ location: z.looseObject({ projectKey: z.string().nullish() }).nullish() });
const boardsAnswer = z.looseObject({ values: z.array(board) });
const named = z.looseObject({ key: z.string().optional(), id: z.string().optional() });
const writtenIssue = z.looseObject({
  fields: z.looseObject({ project: named.optional(), parent: named.nullish() }).optional(),
});
const writtenIssues = z.looseObject({ issueUpdates: z.array(writtenIssue) });
const writtenLink = z.looseObject({ inwardIssue: named, outwardIssue: named });
