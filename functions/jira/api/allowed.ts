import type { Client } from 'jira.js/core';
import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { JiraClient } from './client.ts';
import { closed, noIssue } from './closed.ts';
import { jqlOutline } from './jqlClauses.ts';
import { jqlTokens, orderStart } from './jqlTokens.ts';
import { isOpenFilter } from './openFilter.ts';
import { issueKeyForm, projectOfKey, requireOpenQuery, withoutClosedOrder, withoutUnknownValues } from './openQuery.ts';

/**
 * The one place where a policy's projects are enforced: every request to Jira goes through here. Queries are narrowed,
 * answers are filtered by project (an issue that was moved is also found by its old key), what is closed is answered as what
 * there is not, and a request that has no rule here is refused.
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
  /** Whether a board is in a project that is open. */
  isOpenBoard(boardId: string): Promise<boolean>;
  /** @throws Failure `forbidden` when the sprint is of a board of a project that is closed, or there is none */
  requireSprint(sprintId: string): Promise<void>;
  /** @throws Failure unless each of the issues was shown, or is open. */
  requireShown(moved: z.output<typeof movedIssues>): Promise<void>;
  /** @throws Failure `forbidden` */
  requireProject(projectIdOrKey: string): Promise<void>;
  /**
   * @returns the issue's own key, by which the request goes on, so that it reaches the very issue that was looked at
   * @throws Failure `forbidden` when the issue, by whatever key, is in a project that is closed, or there is none; `not_found`
   * where the key is one of an open project
   */
  requireIssue(issueIdOrKey: string): Promise<string>;
  /** Takes note of the comments in an answer of an open issue: a comment does not tell its issue, and so not its project. */
  show(answer: unknown): void;
  isShown(commentId: string): boolean;
  /** @throws Failure `forbidden` when the service desk is that of a project that is closed */
  requireDesk(serviceDeskId: string): Promise<void>;
  /**
   * Sends a query for open projects alone.
   * @throws Failure `forbidden` where it names what is closed, or there is not
   */
  search(jql: unknown, send: (jql: string) => Promise<unknown>): Promise<unknown>;
  /** Whether a custom field, by its ID or its name in JQL, holds an issue. */
  holdsIssue(field: string): Promise<boolean>;
  /** Whether it holds a sprint. */
  holdsSprint(field: string): Promise<boolean>;
  /** The same of the teams of an organisation. */
  isTeam(field: string): Promise<boolean>;
  /**
   * The values that open projects have in a system field, by its name in JQL in small letters; undefined where they
   * cannot be told.
   */
  openValues(field: string): Promise<readonly Value[] | undefined>;
  /** What looking at an issue answers, for an issue that there is not the same as for one that is closed. */
  seen<Answer>(issueIdOrKey: string, looking: Promise<Answer | undefined>): Promise<Answer>;
  /** Whether an issue was answered to this call, by its ID; it was then in a project that is open. */
  isShownIssue(issueId: string): boolean;
  /** An issue without what leads to issues that are closed; undefined where it is closed itself. */
  shown(issue: unknown): unknown;
}

const issueKey = '([\\w-]+)';

/** Every request that is made of Jira, and how it is kept within the projects that are open. */
const rules: readonly Rule[] = [
  rule('POST', '/search/jql', async ({ options, send }, { search, shown }) => {
    const body = bodyOf(options);
    const answer = await search(body.jql, jql =>
      send({ ...options, body: { ...body, jql, fields: withProject(body.fields) } }),
    );
    const { issues, ...others } = searchAnswer.parse(answer);
    return { ...others, issues: issues.map(shown).filter(issue => issue !== undefined) };
  }),
  rule('POST', '/search/approximate-count', ({ options, send }, { search }) => {
    const body = bodyOf(options);
    return search(body.jql, jql => send({ ...options, body: { ...body, jql } }));
  }),
  rule('GET', `/issue/${issueKey}`, async ({ options, parts: [key = ''], send }, { seen, shown }) => {
    const { searchParams = {} } = options;
    return seen(
      key,
      send({ ...options, searchParams: { ...searchParams, fields: withProject(searchParams.fields) } }).then(shown),
    );
  }),
  rule('GET', `/issue/${issueKey}/changelog`, async ({ options, parts, send }, { requireIssue, isOpen }) => {
    const own = ofIssue(options, await requireIssue(parts[0] ?? ''));
    const answer = changelogAnswer.parse(await send(own));
    return { ...answer, values: answer.values.map(history => withoutClosedItems(history, isOpen)) };
  }),
  ...['GET', 'POST', 'PUT', 'DELETE'].map(method =>
    rule(
      method,
      `/issue/${issueKey}/(?:transitions|editmeta|comment(?:/\\d+)?|worklog|assignee|watchers|attachments|remotelink)`,
      async ({ options, parts, send }, guard) => {
        const own = ofIssue(options, await guard.requireIssue(parts[0] ?? ''));
        // A transition sets fields, too.
        if (options.url.endsWith('/transitions')) await requireWritten(options, guard);
        const answer = await send(own);
        if (/\/comment(?:\/\d+)?$/.test(options.url)) guard.show(answer);
        return answer;
      },
    ),
  ),
  {
    method: 'POST',
    path: new RegExp(`^/rest/servicedeskapi/request/${issueKey}/(?:comment|attachment)$`),
    async handle({ options, parts, send }, { requireIssue, show }) {
      await requireIssue(parts[0] ?? '');
      const answer = await send(options);
      show(answer);
      return answer;
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/rest/servicedeskapi/request/${issueKey}$`),
    async handle({ options, parts, send }, { requireIssue }) {
      await requireIssue(parts[0] ?? '');
      return send(options);
    },
  },
  {
    method: 'POST',
    path: /^\/rest\/servicedeskapi\/servicedesk\/(\d+)\/attachTemporaryFile$/,
    async handle({ options, parts: [id = ''], send }, { requireDesk }) {
      await requireDesk(id);
      return send(options);
    },
  },
  rule('POST', '/comment/list', ({ options, send }, { isShown }) => {
    if (!listedComments.parse(bodyOf(options)).ids.every(isShown)) throw closed();
    return send(options);
  }),
  rule('PUT', '/comment/(\\d+)/properties/[\\w-]+', async ({ options, parts: [id = ''], send }, { isShown }) => {
    if (!isShown(id)) throw closed();
    return send(options);
  }),
  deskRule('GET', '', async ({ options, send }, { isOpen }) => {
    // The layer of a caller's rights below may have left the size out.
    const { size: _, ...others } = desksAnswer.parse(await send(options));
    return { ...others, values: others.values.filter(({ projectKey }) => isOpen(projectKey ?? undefined)) };
  }),
  deskRule(
    'GET',
    '/(\\d+)/(?:queue|requesttype(?:/\\d+/field)?|organization|knowledgebase/article)',
    async ({ options, parts, send }, { requireDesk }) => {
      await requireDesk(parts[0] ?? '');
      return send(options);
    },
  ),
  {
    method: 'POST',
    path: /^\/rest\/servicedeskapi\/request$/,
    async handle({ options, send }, { requireDesk }) {
      await requireDesk(z.string().catch('').parse(bodyOf(options).serviceDeskId));
      return send(options);
    },
  },
  ...['GET', 'POST'].map(method => ({
    method,
    path: new RegExp(`^/rest/servicedeskapi/request/${issueKey}/(?:participant|approval(?:/\\d+)?)$`),
    async handle({ options, parts, send }: Exchange, { requireIssue }: Guard) {
      await requireIssue(parts[0] ?? '');
      return send(options);
    },
  })),
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
    const isId = /^\d+$/.test(idOrKey);
    if (!isId && !isOpen(idOrKey)) throw closed();
    const answer = project.safeParse(isId ? await unlessNone(send(options)) : await send(options)).data;
    if (!isOpen(answer?.key)) throw closed();
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
      if (of !== undefined) await requireProject(String(of));
      const { total: _, ...others } = boardsAnswer.parse(await send(options));
      // Boards of other projects show issues of this one, too.
      return { ...others, values: others.values.filter(({ location }) => isOpen(location?.projectKey ?? undefined)) };
    },
  },
  {
    method: 'GET',
    path: /^\/rest\/agile\/1\.0\/board\/(\d+)(?:\/configuration)?$/,
    async handle({ options, parts, send }, { isOpenBoard }) {
      if (!(await isOpenBoard(parts[0] ?? ''))) throw closed();
      return send(options);
    },
  },
  {
    method: 'GET',
    path: /^\/rest\/agile\/1\.0\/board\/(\d+)\/sprint$/,
    async handle({ options, parts: [id = ''], send }, { isOpenBoard }) {
      if (!(await isOpenBoard(id))) throw closed();
      const answer = sprintsAnswer.parse(await send(options));
      // A board shows the sprints of others, too, where one of its issues is in them.
      const open = await Promise.all(
        answer.values.map(({ originBoardId: of }) => !of || String(of) === id || isOpenBoard(String(of))),
      );
      return { ...answer, values: answer.values.filter((_, index) => open[index]) };
    },
  },
  {
    method: 'GET',
    path: /^\/rest\/agile\/1\.0\/board\/(\d+)\/project$/,
    async handle({ options, parts: [id = ''], send }, { isOpenBoard, isOpen }) {
      if (!(await isOpenBoard(id))) throw closed();
      const { total: _, ...others } = projectsAnswer.parse(await send(options));
      return { ...others, values: others.values.filter(({ key }) => isOpen(key)) };
    },
  },
  {
    method: 'POST',
    path: /^\/rest\/agile\/1\.0\/sprint$/,
    async handle({ options, send }, { isOpenBoard }) {
      if (!(await isOpenBoard(String(anySprint.parse(bodyOf(options)).originBoardId)))) throw closed();
      return send(options);
    },
  },
  ...['GET', 'POST'].map(
    (method): Rule => ({
      method,
      path: /^\/rest\/agile\/1\.0\/sprint\/(\d+)(?:\/issue)?$/,
      async handle({ options, parts: [id = ''], send }, { requireSprint, requireShown }) {
        await requireSprint(id);
        if (options.url.endsWith('/issue')) await requireShown(movedIssues.parse(bodyOf(options)));
        return send(options);
      },
    }),
  ),
  ...['POST /backlog/issue', 'PUT /issue/rank'].map((route): Rule => {
    const [method = '', path = ''] = route.split(' ');
    return {
      method,
      path: new RegExp(`^/rest/agile/1\\.0${path}$`),
      async handle({ options, send }, { requireShown }) {
        await requireShown(movedIssues.parse(bodyOf(options)));
        return send(options);
      },
    };
  }),
  rule(
    'GET',
    '/project/([\\w-]+)/(?:statuses|components|versions?)',
    async ({ options, parts, send }, { requireProject }) => {
      await requireProject(parts[0] ?? '');
      return send(options);
    },
  ),
  rule('POST', '/version', async ({ options, send }, { requireProject }) => {
    await requireProject(String(writtenVersion.parse(bodyOf(options)).projectId));
    return send(options);
  }),
  ...['GET', 'PUT'].map(method =>
    rule(method, '/version/(\\d+)(?:/unresolvedIssueCount)?', async ({ options, parts, send }, { requireProject }) => {
      const version = await send({ url: `/rest/api/3/version/${parts[0]}`, method: 'GET' });
      await requireProject(String(writtenVersion.parse(version).projectId));
      return send(options);
    }),
  ),
  rule('POST', '/changelog/bulkfetch', async ({ options, send }, { isOpen, isShownIssue }) => {
    const { issueIdsOrKeys } = bulkRequest.parse(bodyOf(options));
    if (!issueIdsOrKeys.every(isShownIssue)) throw closed();
    const answer = bulkAnswer.parse(await send(options));
    const logs = answer.issueChangeLogs.map(({ changeHistories, ...log }) => ({
      ...log,
      changeHistories: changeHistories.map(history => withoutClosedItems(history, isOpen)),
    }));
    return { ...answer, issueChangeLogs: logs };
  }),
  rule('GET', '/field', async ({ options, send }, { isOpenId }) => {
    const fields = fieldsAnswer.parse(await send(options));
    const open = await Promise.all(
      fields.map(async ({ scope }) => !scope?.project || (await isOpenId(scope.project.id))),
    );
    return fields.filter((_, index) => open[index]);
  }),
  rule('GET', '/filter/\\d+', async ({ options, send }, { isOpen }) => {
    const filter = savedFilter.parse(await send(options));
    if (!isOpenFilter(filter.jql ?? '', isOpen)) throw closed();
    return filter;
  }),
  rule('GET', '/filter/search', async ({ options, send }, { isOpen }) => {
    // The total would count closed filters as well. Null keeps the place of one, so that paging goes on.
    const { total: _, ...answer } = filtersAnswer.parse(await send(options));
    return { ...answer, values: answer.values.map(each => (isOpenFilter(each.jql ?? '', isOpen) ? each : null)) };
  }),
  rule('GET', '/jql/autocompletedata/suggestions', async ({ options, send }, { openValues, isTeam }) => {
    const { fieldName, fieldValue } = suggestionQuery.parse(options.searchParams ?? {});
    const field = fieldName.toLowerCase();
    // Teams are the organisation's.
    if (['priority', 'resolution', 'statuscategory'].includes(field) || (await isTeam(field))) return send(options);
    const values = await openValues(field);
    if (!values) throw closed();
    const names = [...new Set(values.map(({ name }) => name))];
    const begun = names.filter(name => name.toLowerCase().startsWith(fieldValue.toLowerCase()));
    return { results: begun.slice(0, MAX_SUGGESTIONS).map(value => ({ value, displayName: value })) };
  }),
  // These tell about the site, not about a project.
  ...[
    '/user/search',
    '/issueLinkType',
    '/configuration',
    '/myself',
    '/priority/search',
    '/status',
    '/issuetype',
    '/jql/autocompletedata',
  ].map(path => rule('GET', path, ({ options, send }) => send(options))),
];

function rule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/api/3${path}$`), handle };
}

function deskRule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/servicedeskapi/servicedesk${path}$`), handle };
}

/** A value of a field. */
interface Value {
  id?: string | null | undefined;
  name: string;
}

/** Where more projects are open, what costs a request for each of them is not told. */
const MAX_NAMED = 12;

/**
 * The same client, restricted to these projects.
 * @param openFields Names in small letters of fields that are known to be open, so that they are not asked for.
 */
export function restrictedTo(
  allowed: AllowedProjects,
  client: JiraClient,
  openFields: () => Promise<ReadonlySet<string>> = async () => new Set(),
): JiraClient {
  /** The files of the issues that it has shown: a file does not tell its issue, and so not its project. */
  const files = new Set<string>();
  /** The issues that it has shown, by their own keys. */
  const shownKeys = new Set<string>();
  const comments = new Set<string>();
  const issues = new Set<string>();
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

  const boards = new Map<string, Promise<boolean>>();
  const isOpenBoard = (boardId: string) => {
    const known =
      boards.get(boardId) ??
      unlessNone(ask(`/rest/agile/1.0/board/${boardId}`, {})).then(answer =>
        isOpen(board.safeParse(answer).data?.location?.projectKey ?? undefined),
      );
    boards.set(boardId, known);
    return known;
  };

  /** Only projects that are named otherwise than by their keys are asked for. */
  let names: Promise<ReadonlySet<string>> | undefined;
  const idsAndNames = async () => {
    const answers = [...allowed].slice(0, MAX_NAMED).map(key => unlessNone(ask(`/rest/api/3/project/${key}`, {})));
    const projects = (await Promise.all(answers)).flatMap(answer => project.safeParse(answer).data ?? []);
    return new Set(
      projects
        .filter(({ key }) => isOpen(key))
        .flatMap(({ id, name }) => [id ?? '', name?.toLowerCase() ?? ''])
        .filter(Boolean),
    );
  };

  let fields: Promise<z.output<typeof fieldsAnswer>> | undefined;
  /** Whether a field, by its ID or its name in JQL, is of a type. Where the fields cannot be read, it may be. */
  const isOfType = async (field: string, isIt: (type: string) => boolean) => {
    fields ??= ask('/rest/api/3/field', {}).then(answer => fieldsAnswer.parse(answer));
    const wanted = withoutType(field).toLowerCase();
    try {
      return (await fields).some(
        ({ id, name, clauseNames, schema }) =>
          [schema?.custom, schema?.type].some(type => isIt(type ?? '')) &&
          [id, name, ...(clauseNames ?? [])].some(text => text.toLowerCase() === wanted),
      );
    } catch (error) {
      if (error instanceof Failure && error.retryable) throw error;
      return true;
    }
  };

  /**
   * Fields of closed projects alone are refused in Jira's own words for a field that there is not.
   * @throws Failure `invalid_input`
   */
  const requireOpenFields = async (named: readonly string[]) => {
    const custom = named.filter(name => !systemFields.has(name.toLowerCase()));
    if (custom.length === 0) return;
    const open = await openFields();
    const asked = custom.filter(name => !open.has(withoutType(name).toLowerCase()));
    if (asked.length === 0) return;
    fields ??= ask('/rest/api/3/field', {}).then(answer => fieldsAnswer.parse(answer));
    const all = await Promise.all(
      (await fields).map(async ({ scope, id, name, clauseNames }) => ({
        isShown: !scope?.project || (await guard.isOpenId(scope.project.id)),
        names: [id, name, ...(clauseNames ?? [])].map(text => text.toLowerCase()),
      })),
    );
    for (const name of asked) {
      const called = all.filter(({ names }) => names.includes(withoutType(name).toLowerCase()));
      if (called.length > 0 && called.every(({ isShown }) => !isShown)) {
        const said = `Field '${name}' does not exist or you do not have permission to view it.`;
        throw new Failure('invalid_input', `Jira refused it: ${said}`);
      }
    }
  };

  const valuesByField = new Map<string, Promise<readonly Value[]>>();
  const valuesOf = async (part: 'components' | 'versions' | 'statuses') => {
    const answers = await Promise.all(
      [...allowed].map(key => unlessNone(ask(`/rest/api/3/project/${key}/${part}`, {}))),
    );
    return answers.flatMap(answer => namedList.safeParse(answer ?? []).data ?? []);
  };

  const guard: Guard = {
    isOpen,
    isOpenBoard,
    async requireSprint(sprintId) {
      const sprint = anySprint.safeParse(await unlessNone(ask(`/rest/agile/1.0/sprint/${sprintId}`, {}))).data;
      if (!sprint || !(await isOpenBoard(String(sprint.originBoardId)))) throw closed();
    },
    async requireShown({ issues, rankBeforeIssue, rankAfterIssue }) {
      for (const key of [...issues, rankBeforeIssue, rankAfterIssue]) {
        if (key !== undefined && !shownKeys.has(key.toUpperCase())) await guard.requireIssue(key);
      }
    },
    isShownIssue: issueId => issues.has(issueId),
    isOpenId: async projectId => /^\d+$/.test(projectId) && isOpen(await keyOf(projectId)),
    async requireProject(projectIdOrKey) {
      // A numeric ID names a project, too.
      if (!isOpen(projectIdOrKey) && !(await guard.isOpenId(projectIdOrKey))) throw closed();
    },
    async requireIssue(issueIdOrKey) {
      const looking = ask(`/rest/api/3/issue/${issueIdOrKey}`, { fields: 'project' });
      const issue = await guard.seen(
        issueIdOrKey,
        looking.then(found => {
          const answer = anyIssue.parse(found);
          return isOpen(answer.fields.project?.key) ? answer : undefined;
        }),
      );
      return issue.key ?? issueIdOrKey;
    },
    async requireDesk(serviceDeskId) {
      if (!/^\d+$/.test(serviceDeskId)) throw closed();
      const answer = desk.parse(await ask(`/rest/servicedeskapi/servicedesk/${serviceDeskId}`, {}));
      if (!isOpen(answer.projectKey ?? undefined)) throw closed();
    },
    async seen(issueIdOrKey, looking) {
      const isOwnKey = isOpen(projectOfKey(issueIdOrKey));
      // Of an issue that may be seen, Jira itself may forbid what is asked.
      const answer = await (isOwnKey ? unlessMissing(looking) : unlessNone(looking));
      if (answer !== undefined) return answer;
      throw isOwnKey ? noIssue(issueIdOrKey) : closed();
    },
    holdsIssue: field => isOfType(field, type => holdingIssue.test(type)),
    holdsSprint: field => isOfType(field, type => /:gh-sprint$/.test(type)),
    isTeam: field => isOfType(field, type => /:atlassian-team$|^team$/.test(type)),
    async openValues(field) {
      const part = partOf.get(field);
      if (!part || allowed.size > MAX_NAMED) return undefined;
      const isStatus = field === 'status';
      const values =
        valuesByField.get(field) ??
        valuesOf(part).then(all => {
          const named = isStatus ? all.flatMap(({ statuses }) => statuses ?? []) : all;
          return named.map(({ id, name }) => ({ id, name }));
        });
      valuesByField.set(field, values);
      return values;
    },
    async search(jql, send) {
      const query = typeof jql === 'string' ? jql : '';
      const tokens = jqlTokens(query);
      if (!tokens) {
        const message = 'It is not valid JQL: a quotation mark or a parenthesis is not closed.';
        throw invalidInput([{ field: 'jql', message }]);
      }
      const outline = jqlOutline(query, tokens);
      if (!outline) throw invalidInput([{ field: 'jql', message: notOutlined }]);
      await requireOpenFields([...outline.clauses.map(({ field }) => field), ...outline.orderedBy]);
      await requireOpenQuery(outline.clauses, {
        isOpen,
        requireIssue: guard.requireIssue,
        idsAndNames: () => {
          names ??= idsAndNames();
          return names;
        },
        holdsIssue: guard.holdsIssue,
      });
      const ordered = await withoutClosedOrder(query, outline.clauses, guard.openValues);
      return sendKnown(ordered, jqlText => send(narrowed(jqlText, allowed)));
    },
    show(answer) {
      for (const id of commentIds(answer)) comments.add(id);
    },
    isShown: commentId => comments.has(commentId),
    shown(issue) {
      const { fields, changelog, ...others } = anyIssue.parse(issue);
      if (!isOpen(fields.project?.key)) return undefined;
      for (const id of fileIds(fields.attachment)) files.add(id);
      if (others.key) shownKeys.add(others.key.toUpperCase());
      if (typeof others.id === 'string') issues.add(others.id);
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

/** Jira tells fields of one name apart by their types: `Epic Link[Epic Link]`. */
const withoutType = (field: string) => (field.startsWith('cf[') ? field : field.replace(/\[[^[\]]{0,100}\]$/, ''));

/** Nothing where there is no such thing. */
async function unlessMissing<Answer>(looking: Promise<Answer>): Promise<Answer | undefined> {
  return looking.catch(error => {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  });
}

/** Nothing where Jira itself does not let it be seen, for whatever reason: each would tell that it is there. */
async function unlessNone<Answer>(looking: Promise<Answer>): Promise<Answer | undefined> {
  return looking.catch(error => {
    if (error instanceof Failure && ['not_found', 'forbidden', 'invalid_input'].includes(error.code)) return undefined;
    throw error;
  });
}

const notOutlined =
  'Write it as conditions, field operator value, that AND, OR and NOT join: a policy restricts the projects, and in another form it cannot be checked.';

/** The same query, for these projects alone. */
export function narrowed(query: string, allowed: AllowedProjects): string {
  const order = orderStart(jqlTokens(query) ?? [], query);
  const conditions = query.slice(0, order).trim();
  const projects = `project in (${[...allowed].map(key => JSON.stringify(key)).join(', ')})`;
  return `${conditions ? `(${conditions}) AND ` : ''}${projects} ${query.slice(order)}`.trim();
}

/** Jira mostly tells at once of all values that there are not. */
const MAX_ATTEMPTS = 6;

/** Sends a query. What is no value of anything is found no more than a value of what is closed. */
async function sendKnown(query: string, send: (query: string) => Promise<unknown>, attempt = 1): Promise<unknown> {
  try {
    return await send(query);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid_input' || attempt === MAX_ATTEMPTS) throw error;
    const known = withoutUnknownValues(query, error.message);
    if (known === undefined) throw error;
    return sendKnown(known, send, attempt + 1);
  }
}

/** What a new or changed issue refers to must be open as well. */
async function requireWritten(
  options: Options,
  { requireIssue, requireProject, requireSprint, holdsIssue, holdsSprint }: Guard,
): Promise<void> {
  const { fields } = writtenIssue.parse(bodyOf(options));
  const parent = fields?.parent?.key ?? fields?.parent?.id;
  if (parent !== undefined) await requireIssue(parent);
  const moved = fields?.project?.key ?? fields?.project?.id;
  if (moved !== undefined) await requireProject(moved);
  // An epic may be given in a field of its own, which its ID does not tell; elsewhere such a key is a text.
  for (const [id, value] of Object.entries(fields ?? {})) {
    if (typeof value === 'number' && id.startsWith('customfield_') && (await holdsSprint(id))) {
      await requireSprint(String(value));
    }
    if (typeof value !== 'string' || !issueKeyForm.test(value) || !id.startsWith('customfield_')) continue;
    if (await holdsIssue(id)) await requireIssue(value);
  }
}

function withoutClosedIssues(fields: Fields, isOpen: Guard['isOpen']): Fields {
  const isShown = (other: z.output<typeof reference> | null | undefined) =>
    !other?.key || isOpen(projectOfKey(other.key));
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
  return (
    typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17}$/.test(value) && !isOpen(projectOfKey(value))
  );
}

/** Fields whose history names other issues, or the project that the issue was in before. */
const referring = new Set(['link', 'parent', 'issueparentassociation', 'epic link', 'epic child', 'key', 'project']);

function withoutClosedItems(history: History, isOpen: Guard['isOpen']): History {
  const isShown = ({ field, fromString, toString: to }: z.output<typeof historyItem>) => {
    if (!referring.has(field?.toLowerCase() ?? '')) return true;
    const keys = `${fromString ?? ''} ${to ?? ''}`.match(/\b[A-Z][A-Z0-9_]{1,254}-\d{1,18}\b/g);
    return keys?.every(key => isOpen(projectOfKey(key))) ?? false;
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

/** The ID of a comment that was read or written, or those of a list of them. */
function commentIds(answer: unknown): string[] {
  const listed = z.looseObject({ comments: z.array(z.unknown()) }).safeParse(answer).data?.comments ?? [
    z.looseObject({ comment: z.unknown() }).safeParse(answer).data?.comment ?? answer,
  ];
  return listed.flatMap(each => anyId.safeParse(each).data?.id ?? []);
}

const anyId = z.looseObject({ id: z.union([z.string(), z.number().transform(String)]) });
const listedComments = z.object({ ids: z.array(z.union([z.string(), z.number().transform(String)])) });
const anyObject = z.looseObject({});
const savedFilter = z.looseObject({ jql: z.string().nullish() });
const filtersAnswer = z.looseObject({ values: z.array(savedFilter) });
const project = z.looseObject({ key: z.string(), id: z.string().nullish(), name: z.string().nullish() });
const projectsAnswer = z.looseObject({ values: z.array(project) });
const fieldsAnswer = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    clauseNames: z.array(z.string()).nullish(),
    schema: z.looseObject({ type: z.string().nullish(), custom: z.string().nullish() }).nullish(),
    scope: z.looseObject({ project: z.looseObject({ id: z.string() }).nullish() }).nullish(),
  }),
);
/** Fields of no project, as queries name them. */
const systemFields = new Set(
  (
    'project key issuekey issue id parent status statuscategory assignee reporter creator created updated due duedate ' +
    'resolved resolution resolutiondate priority labels component fixversion summary description text comment issuetype type rank'
  ).split(' '),
);
/** Types of fields that hold the key of an epic or of another parent. */
const holdingIssue = /:(?:gh-epic-link|jpo-custom-field-parent)$|^issuelink$/;
/** Where the values of system fields that belong to projects are listed: the last part of a path. */
const partOf = new Map<string, 'components' | 'versions' | 'statuses'>([
  ['component', 'components'],
  ['components', 'components'],
  ...['fixversion', 'fixversions', 'affectedversion', 'versions'].map(name => [name, 'versions'] as const),
  ...['status', 'issuetype', 'type', 'worktype'].map(name => [name, 'statuses'] as const),
]);
const withName = z.looseObject({ id: z.string().nullish(), name: z.string() });
const namedList = z.array(withName.extend({ statuses: z.array(withName).nullish() }));
const suggestionQuery = z.looseObject({ fieldName: z.string().catch(''), fieldValue: z.string().catch('') });
const MAX_SUGGESTIONS = 15;
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
const bulkRequest = z.looseObject({ issueIdsOrKeys: z.array(z.string()) });
const bulkAnswer = z.looseObject({
  issueChangeLogs: z.array(z.looseObject({ changeHistories: z.array(historySchema) })),
});
const searchAnswer = z.looseObject({
  issues: z
    .array(z.unknown())
    .nullish()
    .transform(issues => issues ?? []),
});
const desk = z.looseObject({ projectKey: z.string().nullish() });
const desksAnswer = z.looseObject({ values: z.array(desk) });
const board = z.looseObject({ location: z.looseObject({ projectKey: z.string().nullish() }).nullish() });
const sprintsAnswer = z.looseObject({ values: z.array(z.looseObject({ originBoardId: z.number().nullish() })) });
const boardsAnswer = z.looseObject({ values: z.array(board) });
const named = z.looseObject({ key: z.string().optional(), id: z.string().optional() });
const writtenIssue = z.looseObject({
  fields: z.looseObject({ project: named.optional(), parent: named.nullish() }).optional(),
});
const anySprint = z.looseObject({ originBoardId: z.number().nullish() });
const issueName = z.string().regex(/^[\w-]+$/);
const movedIssues = z.looseObject({
  issues: z.array(issueName),
  rankBeforeIssue: issueName.optional(),
  rankAfterIssue: issueName.optional(),
});
const writtenIssues = z.looseObject({ issueUpdates: z.array(writtenIssue) });
const writtenVersion = z.looseObject({ projectId: z.number() });
const writtenLink = z.looseObject({ inwardIssue: named, outwardIssue: named });
