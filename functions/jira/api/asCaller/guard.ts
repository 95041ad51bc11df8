import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import type { JiraClient } from '../client.ts';
import { noIssue } from '../closed.ts';
import { type SearchField, toSearchFields } from '../filter/searchField.ts';
import { SERVICE_PROJECT } from '../issue.ts';
import { projectOfKey } from '../openQuery.ts';
import { siteFieldsSchema } from '../wire.ts';

/**
 * What the account of a caller may see and do, as Jira tells it of another account: by the numeric IDs of issues and projects,
 * 1,000 at a time. What Jira does not grant is denied.
 */
export interface PermissionCheck {
  /** By permission the IDs of the issues on which the account has it. */
  (accountId: string, permissions: readonly string[], issueIds: readonly number[]): Promise<Grants>;
  /** The same of projects. */
  projects(accountId: string, permissions: readonly string[], projectIds: readonly number[]): Promise<Grants>;
  /** Whether the account has a permission that belongs to no project. */
  globally(accountId: string, permission: string): Promise<boolean>;
}

export type Grants = ReadonlyMap<string, ReadonlySet<number>>;

/** An issue that may be shown, or not. */
export interface Candidate {
  id: string;
  key: string;
  /** Where they are known. */
  projectType?: string | undefined;
  reporterId?: string | undefined;
}

/** An issue that the account may browse. */
interface SeenIssue {
  id: string;
  /** Its own key, also where it was asked for by an old one. */
  key: string;
  projectId: string;
  projectKey: string;
  isInServiceProject: boolean;
  /** In a service project, who is no agent sees of their own requests what a customer sees. */
  isAsCustomer: boolean;
}

export interface SeenProject {
  id: string;
  key: string;
  isServiceProject: boolean;
  /** Whether the account is no agent of it, though it is a service project. */
  isAsCustomer: boolean;
}

/** What was found out during one call, and is kept no longer: rights may change at any time. */
export interface Memory {
  /** By ID, whether an issue may be browsed; and if so, how. */
  issues: Map<string, 'hidden' | 'shown' | 'customer'>;
  /** The IDs of issues by their keys, in upper case. */
  ids: Map<string, string>;
  seen: Map<string, SeenIssue>;
  /** By ID, of projects. */
  projects: Map<string, 'hidden' | 'shown' | 'customer'>;
  projectsByName: Map<string, Promise<SeenProject | undefined>>;
  /** Issues of whose links some were left out. */
  cutLinks: Set<string>;
  /** Files and comments that were shown: neither tells its issue. */
  files: Set<string>;
  comments: Map<string, string>;
  boards: Map<string, Promise<boolean>>;
  /** By permission and ID, whether it is held on an issue. */
  held: Map<string, boolean>;
  /** The same in a project. */
  heldIn: Map<string, Promise<boolean>>;
  /** The same of permissions that belong to no project. */
  heldGlobally: Map<string, Promise<boolean>>;
  /** By key in upper case, the types of projects that issues have told. */
  projectTypes: Map<string, string>;
  browsableProjects?: Promise<ReadonlySet<string>>;
  serviceProjects?: Promise<ReadonlySet<string>>;
  fields?: Promise<readonly SearchField[]>;
  hiddenFields?: Promise<ReadonlySet<string>>;
}

export function newMemory(): Memory {
  return {
    issues: new Map(),
    ids: new Map(),
    seen: new Map(),
    projects: new Map(),
    projectsByName: new Map(),
    held: new Map(),
    cutLinks: new Set(),
    projectTypes: new Map(),
    heldIn: new Map(),
    heldGlobally: new Map(),
    files: new Set(),
    comments: new Map(),
    boards: new Map(),
  };
}

export interface Guard {
  accountId: string;
  memory: Memory;
  /** Asks Jira with the account of the service. */
  ask(url: string, searchParams?: Record<string, unknown>): Promise<unknown>;
  /** Asks what a body asks, which changes nothing. */
  lookUp(url: string, body: Record<string, unknown>): Promise<unknown>;
  /** The IDs of those issues that the account may browse: one request for each 1,000 that are not known yet. */
  mayBrowse(issues: readonly Candidate[]): Promise<ReadonlySet<string>>;
  /** Those of the keys, in upper case, that are the keys of issues that it may browse. */
  browsableKeys(keys: Iterable<string>): Promise<ReadonlySet<string>>;
  /** Whether it sees of an issue that it may browse what a customer sees. */
  isAsCustomer(issueId: string): boolean;
  /** @throws Failure `not_found`, also for an issue that it may not browse */
  requireIssue(issueIdOrKey: string): Promise<SeenIssue>;
  /** Those of the issues on which it has a permission. */
  holdsOn(permission: string, issueIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws Failure `forbidden` that names the permission */
  requireOn(permission: string, issue: Pick<SeenIssue, 'id' | 'key'>): Promise<void>;
  /** The IDs of those projects that it may browse. */
  mayBrowseProjects(projectIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws Failure `not_found`, also for a project that it may not browse */
  requireProject(projectIdOrKey: string): Promise<SeenProject>;
  /** Whether it may browse a project, by its key or ID; false for what is none. */
  isShownProject(projectIdOrKey: string): Promise<boolean>;
  /** Whether it has a permission in a project. */
  holdsIn(permission: string, project: Pick<SeenProject, 'id'>): Promise<boolean>;
  /** Whether it has one that belongs to no project. */
  holdsGlobally(permission: string): Promise<boolean>;
  /** @throws Failure `forbidden` that names the permission */
  requireIn(permission: string, project: Pick<SeenProject, 'id' | 'key'>): Promise<void>;
  /** The keys, in upper case, of the projects that it may browse. */
  browsableProjects(): Promise<ReadonlySet<string>>;
  /** The client that is limited by this guard. */
  limited(): JiraClient;
  /** Whether a board is kept in a project that it may browse, or by itself. */
  isShownBoard(boardId: string): Promise<boolean>;
  /** The fields of the site, without those of projects that it may not browse. */
  fields(): Promise<readonly SearchField[]>;
  /** The IDs and the names in JQL, in small letters, of the fields of those projects alone. */
  hiddenFields(): Promise<ReadonlySet<string>>;
  /** The versions of a project; none where it may not be browsed. */
  versions(projectIdOrKey: string): Promise<readonly { id: string; name: string }[]>;
}

const BROWSE = 'BROWSE_PROJECTS';
const AGENT = 'SERVICEDESK_AGENT';

/** The most that Jira gives, or takes, of each at once. */
const PROJECTS_PAGE = 100;
const MAX_PROJECTS = 2_000;
const MAX_KEYS = 100;
/** A list of service projects that does not end is no list of them all. */
const MAX_PAGES = 50;
/** Keys of issues that are named in texts: more of them are taken for hidden. */
const MAX_NAMED = 500;
/** Old keys of issues that were moved are asked for one by one. */
const MAX_OLD = 5;
/** For that many Jira can be told to look at the issues themselves, and not at its index. */
const MAX_RECONCILED = 50;
const MAX_IN_QUERY = 1_000;

const numeric = /^\d{1,15}$/;

export interface GuardParts {
  client: JiraClient;
  accountId: string;
  check: PermissionCheck;
  memory?: Memory;
  /** The fields of the site that the caller may know, where they are kept. */
  fields?: () => Promise<readonly SearchField[]>;
}

export function openGuard(
  { client, accountId, check, memory = newMemory(), fields: known }: GuardParts,
  limited: () => JiraClient,
): Guard {
  const ask = (url: string, searchParams: Record<string, unknown> = {}) =>
    client.sendRequest<unknown>({ url, method: 'GET', searchParams });
  const lookUp = (url: string, body: Record<string, unknown>) =>
    client.sendRequest<unknown>({ url, method: 'POST', body });

  const read = (url: string, searchParams: Record<string, unknown> = {}) =>
    limited().sendRequest<unknown>({ url, method: 'GET', searchParams });
  const fields = () => {
    memory.fields ??=
      known?.() ?? read('/rest/api/3/field').then(answer => toSearchFields(siteFieldsSchema.parse(answer)));
    return memory.fields;
  };

  /** The keys of all service projects, in upper case. */
  const serviceProjects = () => {
    memory.serviceProjects ??= allServiceProjects(ask);
    return memory.serviceProjects;
  };

  const isInServiceProject = async ({ projectType, key }: Candidate) => {
    const project = projectOfKey(key).toUpperCase();
    const type = projectType ?? memory.projectTypes.get(project);
    return type === undefined ? (await serviceProjects()).has(project) : type === SERVICE_PROJECT;
  };

  /** Those of which the account is reporter or participant. */
  const ownRequests = async (issues: readonly Candidate[]): Promise<ReadonlySet<string>> => {
    const own = new Set(issues.filter(({ reporterId }) => reporterId === accountId).map(({ id }) => id));
    const others = issues.filter(({ id }) => !own.has(id)).map(({ id }) => id);
    if (others.length === 0) return own;
    const participants = (await fields()).find(({ custom }) => custom?.endsWith(':sd-request-participants'))?.clause;
    const account = JSON.stringify(accountId);
    const isTheirs = ['reporter', ...(participants === undefined ? [] : [participants])]
      .map(clause => `${clause} = ${account}`)
      .join(' OR ');
    for (let from = 0; from < others.length; from += MAX_IN_QUERY) {
      const part = others.slice(from, from + MAX_IN_QUERY);
      const answer = await lookUp('/rest/api/3/search/jql', {
        jql: `id in (${part.join(', ')}) AND (${isTheirs})`,
        fields: ['key'],
        maxResults: MAX_IN_QUERY,
        ...(part.length <= MAX_RECONCILED && { reconcileIssues: part.map(Number) }),
      });
      for (const { id } of foundAnswer.parse(answer).issues ?? []) if (part.includes(id)) own.add(id);
    }
    return own;
  };

  const mayBrowse: Guard['mayBrowse'] = async issues => {
    for (const { id, key, projectType } of issues) {
      memory.ids.set(key.toUpperCase(), id);
      if (projectType !== undefined) memory.projectTypes.set(projectOfKey(key).toUpperCase(), projectType);
    }
    // One that is told as a relative of another tells less of itself.
    const byId = new Map(issues.toReversed().map(issue => [issue.id, issue]));
    const unknown = [...byId.values()].filter(({ id }) => numeric.test(id) && !memory.issues.has(id)).toReversed();
    if (unknown.length > 0) {
      const ids = unknown.map(({ id }) => Number(id));
      const grants = await check(accountId, [BROWSE, AGENT], ids);
      const has = (permission: string, { id }: Candidate) => grants.get(permission)?.has(Number(id)) === true;
      const asked: Candidate[] = [];
      for (const issue of unknown) {
        if (!has(BROWSE, issue)) memory.issues.set(issue.id, 'hidden');
        else if (has(AGENT, issue)) memory.issues.set(issue.id, 'shown');
        else if (await isInServiceProject(issue)) asked.push(issue);
        else memory.issues.set(issue.id, 'shown');
      }
      // Every customer of a portal may browse its project.
      const own = await ownRequests(asked);
      for (const { id } of asked) memory.issues.set(id, own.has(id) ? 'customer' : 'hidden');
    }
    return new Set(issues.map(({ id }) => id).filter(id => (memory.issues.get(id) ?? 'hidden') !== 'hidden'));
  };

  const browsableKeys: Guard['browsableKeys'] = async named => {
    const keys = [...new Set([...named].map(key => key.toUpperCase()))].slice(0, MAX_NAMED);
    const unknown = keys.filter(key => !memory.ids.has(key));
    const found: Candidate[] = [];
    for (let from = 0; from < unknown.length; from += MAX_KEYS) {
      const part = unknown.slice(from, from + MAX_KEYS);
      const answer = await lookUp('/rest/api/3/issue/bulkfetch', {
        issueIdsOrKeys: part,
        fields: ['project', 'reporter'],
      });
      found.push(...(foundAnswer.parse(answer).issues ?? []).map(candidateOf));
    }
    const byKey = new Map([
      ...keys.flatMap(key => {
        const id = memory.ids.get(key);
        return id === undefined ? [] : [[key, { id, key }] as const];
      }),
      ...found.map(issue => [issue.key.toUpperCase(), issue] as const),
    ]);
    for (const key of keys.filter(each => !byKey.has(each)).slice(0, MAX_OLD)) {
      const answer = await ask(`/rest/api/3/issue/${key}`, { fields: 'project,reporter' }).catch(ifNone);
      const issue = foundIssue.safeParse(answer).data;
      if (issue) byKey.set(key, candidateOf(issue));
    }
    const shown = await mayBrowse([...byKey.values()]);
    for (const [key, { id }] of byKey) memory.ids.set(key, id);
    return new Set([...byKey].flatMap(([key, { id }]) => (shown.has(id) ? [key] : [])));
  };

  const holdsOn: Guard['holdsOn'] = async (permission, issueIds) => {
    const nameOf = (id: string) => `${permission} ${id}`;
    const unknown = issueIds.filter(id => numeric.test(id) && !memory.held.has(nameOf(id)));
    if (unknown.length > 0) {
      const granted = (await check(accountId, [permission], unknown.map(Number))).get(permission);
      for (const id of unknown) memory.held.set(nameOf(id), granted?.has(Number(id)) === true);
    }
    return new Set(issueIds.filter(id => memory.held.get(nameOf(id)) === true));
  };

  const mayBrowseProjects: Guard['mayBrowseProjects'] = async projectIds => {
    const unknown = projectIds.filter(id => numeric.test(id) && !memory.projects.has(id));
    if (unknown.length > 0) {
      const grants = await check.projects(accountId, [BROWSE, AGENT], unknown.map(Number));
      for (const id of unknown) {
        const has = (permission: string) => grants.get(permission)?.has(Number(id)) === true;
        memory.projects.set(id, !has(BROWSE) ? 'hidden' : has(AGENT) ? 'shown' : 'customer');
      }
    }
    return new Set(projectIds.filter(id => (memory.projects.get(id) ?? 'hidden') !== 'hidden'));
  };

  const isShownLocation = async (at: BoardLocation): Promise<boolean> => {
    if (at?.projectId == null) return at?.userAccountId === accountId;
    const id = String(at.projectId);
    return (await mayBrowseProjects([id])).has(id);
  };

  const lookUpProject = async (projectIdOrKey: string): Promise<SeenProject | undefined> => {
    const answer = /^[\w-]+$/.test(projectIdOrKey)
      ? await ask(`/rest/api/3/project/${projectIdOrKey}`).catch(ifNone)
      : undefined;
    const project = projectAnswer.safeParse(answer).data;
    if (!project || !(await mayBrowseProjects([project.id])).has(project.id)) return undefined;
    const isServiceProject = project.projectTypeKey === SERVICE_PROJECT;
    const isAsCustomer = isServiceProject && memory.projects.get(project.id) === 'customer';
    return { id: project.id, key: project.key, isServiceProject, isAsCustomer };
  };

  const projectCalled = (projectIdOrKey: string): Promise<SeenProject | undefined> => {
    const name = projectIdOrKey.toUpperCase();
    const known = memory.projectsByName.get(name) ?? lookUpProject(projectIdOrKey);
    memory.projectsByName.set(name, known);
    return known;
  };

  const holdsIn: Guard['holdsIn'] = (permission, { id }) => {
    const name = `${permission} ${id}`;
    const known =
      memory.heldIn.get(name) ??
      check
        .projects(accountId, [permission], [Number(id)])
        .then(grants => grants.get(permission)?.has(Number(id)) === true);
    memory.heldIn.set(name, known);
    return known;
  };

  return {
    accountId,
    memory,
    ask,
    lookUp,
    fields,
    mayBrowse,
    browsableKeys,
    isAsCustomer: issueId => memory.issues.get(issueId) !== 'shown',
    async requireIssue(issueIdOrKey) {
      const known = memory.seen.get(issueIdOrKey.toUpperCase());
      if (known) return known;
      const answer = await ask(`/rest/api/3/issue/${issueIdOrKey}`, { fields: 'project,reporter' }).catch(ifNone);
      const found = foundIssue.safeParse(answer).data;
      const candidate = found && candidateOf(found);
      const project = found?.fields?.project;
      if (!candidate || !project || !(await mayBrowse([candidate])).has(candidate.id)) throw noIssue(issueIdOrKey);
      const seen = {
        id: candidate.id,
        key: candidate.key,
        projectId: project.id ?? '',
        projectKey: project.key,
        isInServiceProject: project.projectTypeKey === SERVICE_PROJECT,
        isAsCustomer: memory.issues.get(candidate.id) === 'customer',
      };
      for (const name of [issueIdOrKey, seen.key, seen.id]) memory.seen.set(name.toUpperCase(), seen);
      return seen;
    },
    holdsOn,
    async requireOn(permission, { id, key }) {
      if (!(await holdsOn(permission, [id])).has(id)) throw lacks(permission, `on ${key}`);
    },
    mayBrowseProjects,
    async requireProject(projectIdOrKey) {
      const project = await projectCalled(projectIdOrKey);
      if (!project) throw noProject(projectIdOrKey);
      return project;
    },
    limited,
    browsableProjects() {
      memory.browsableProjects ??= read('/rest/api/3/project/search', { startAt: 0, maxResults: MAX_PROJECTS }).then(
        answer => new Set(projectPage.parse(answer).values.map(({ key }) => key.toUpperCase())),
      );
      return memory.browsableProjects;
    },
    isShownBoard(boardId) {
      const known =
        memory.boards.get(boardId) ??
        ask(`/rest/agile/1.0/board/${boardId}`)
          .catch(ifNone)
          .then(answer => {
            const found = boardAnswer.safeParse(answer).data;
            return found !== undefined && isShownLocation(found.location);
          });
      memory.boards.set(boardId, known);
      return known;
    },
    hiddenFields() {
      memory.hiddenFields ??= ask('/rest/api/3/field').then(async answer => {
        const all = siteFieldsSchema.parse(answer);
        const open = await mayBrowseProjects(all.flatMap(({ scope }) => scope?.project?.id ?? []));
        const isHidden = ({ scope }: (typeof all)[number]) => scope?.project != null && !open.has(scope.project.id);
        const names = (those: typeof all) =>
          those.flatMap(({ id, name, clauseNames }) => [id, name, ...clauseNames].map(each => each.toLowerCase()));
        const shown = new Set(names(all.filter(each => !isHidden(each))));
        return new Set(names(all.filter(isHidden)).filter(each => !shown.has(each)));
      });
      return memory.hiddenFields;
    },
    async versions(projectIdOrKey) {
      if (!/^[\w-]+$/.test(projectIdOrKey)) return [];
      const answer = await read(`/rest/api/3/project/${projectIdOrKey}/versions`).catch(ifNone);
      return namedList.safeParse(answer).data ?? [];
    },
    isShownProject: async projectIdOrKey => (await projectCalled(projectIdOrKey)) !== undefined,
    holdsIn,
    holdsGlobally(permission) {
      const known = memory.heldGlobally.get(permission) ?? check.globally(accountId, permission);
      memory.heldGlobally.set(permission, known);
      return known;
    },
    async requireIn(permission, { id, key }) {
      if (!(await holdsIn(permission, { id }))) throw lacks(permission, `in ${key}`);
    },
  };
}

async function allServiceProjects(ask: Guard['ask']): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const range = { startAt: page * PROJECTS_PAGE, maxResults: PROJECTS_PAGE };
    const answer = await ask('/rest/api/3/project/search', { typeKey: SERVICE_PROJECT, ...range });
    const { values, isLast } = projectPage.parse(answer);
    for (const { key, projectTypeKey } of values) {
      if ((projectTypeKey ?? SERVICE_PROJECT) === SERVICE_PROJECT) keys.add(key.toUpperCase());
    }
    if (isLast ?? values.length < PROJECTS_PAGE) return keys;
  }
  throw new Failure(
    'upstream_error',
    'Jira lists more service projects than can be read. Narrow the call to one project.',
  );
}

/** What is not there, or not for the account of the service, is not for the caller either. */
export function ifNone(error: unknown): undefined {
  if (error instanceof Failure && ['not_found', 'forbidden', 'invalid_input'].includes(error.code)) return undefined;
  throw error;
}

/** One that may not be browsed is answered as one that there is not. */
export function noProject(projectIdOrKey: string): Failure {
  return new Failure(
    'not_found',
    `There is no Jira project ${projectIdOrKey} that this service may see. Check its key.`,
  );
}

/** @param where such as `on ABC-12` */
export function lacks(permission: string, where: string): Failure {
  return new Failure(
    'forbidden',
    `The account of the user in Jira has not the permission ${permission} ${where}, which Jira asks for. Say so to the user; trying again will not help.`,
  );
}

function candidateOf({ id, key, fields }: z.output<typeof foundIssue>): Candidate {
  return {
    id,
    key,
    projectType: fields?.project?.projectTypeKey ?? undefined,
    reporterId: fields?.reporter?.accountId ?? undefined,
  };
}

const text = z.string().nullish().catch(undefined);
const foundIssue = z.looseObject({
  id: z.string(),
  key: z.string(),
  fields: z
    .looseObject({
      project: z.looseObject({ id: text, key: z.string(), projectTypeKey: text }).nullish().catch(undefined),
      reporter: z.looseObject({ accountId: text }).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
const foundAnswer = z.looseObject({ issues: z.array(foundIssue).nullish() });
const projectAnswer = z.looseObject({ id: z.string(), key: z.string(), projectTypeKey: text });
const projectPage = z.looseObject({
  values: z.array(z.looseObject({ key: z.string(), projectTypeKey: text })),
  isLast: z.boolean().nullish().catch(undefined),
});
const namedList = z.array(z.looseObject({ id: z.string(), name: z.string() }));
const location = z
  .looseObject({
    projectId: z.union([z.number(), z.string()]).nullish(),
    userAccountId: text,
  })
  .nullish();
export type BoardLocation = z.output<typeof location>;
export const boardAnswer = z.looseObject({ location });
