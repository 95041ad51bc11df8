import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { noIssue } from '../closed.ts';
import { isOpenFilter, namedInFilter } from '../openFilter.ts';
import { projectOfKey } from '../openQuery.ts';
import { askedFields } from './askedFields.ts';
import { type Guard, ifNone, lacks, type SeenProject } from './guard.ts';
import { notChecked } from './notChecked.ts';
import { isPublic, shownComment, shownWorklogs } from './restrictedTexts.ts';
import { bodyOf, type Exchange, issueName, type Options, ofIssue, type Rule, rule } from './rule.ts';
import { shownCount, shownPage } from './search.ts';
import {
  commentSchema,
  commentsSchema,
  type History,
  historySchema,
  keysInHistories,
  type ShownIssue,
  shownHistory,
  shownIssues,
  shownProjects,
  worklogsSchema,
} from './shownIssues.ts';

/** What is read of Jira, but for boards and service desks. */
export const reads: readonly Rule[] = [
  rule('POST', '/search/jql', ({ options, send }, guard) =>
    shownPage(bodyOf(options), guard, body => send({ ...options, body })),
  ),
  // Jira's own count would count what may not be seen.
  rule('POST', '/search/approximate-count', async ({ options }, guard) => ({
    count: await shownCount(bodyOf(options).jql, guard, body => guard.lookUp('/rest/api/3/search/jql', body)),
  })),
  rule('POST', '/issue/bulkfetch', async ({ options, send }, guard) => {
    const body = bodyOf(options);
    const asked = askedFields(listed.parse(body.fields));
    const answer = bulkIssues.parse(await send({ ...options, body: { ...body, fields: asked.fields } }));
    const shown = await shownIssues(answer.issues ?? [], guard);
    return { ...answer, issues: await withTransitions(shown.map(asked.strip), guard) };
  }),
  rule('GET', `/issue/${issueName}`, async ({ options, parts: [name = ''], send }, guard) => {
    const { searchParams = {} } = options;
    const asked = askedFields(listed.parse(searchParams.fields));
    const answer = await send({
      ...options,
      searchParams: { ...searchParams, fields: asked.fields.join(',') },
    }).catch(ifNone);
    const whole = asked.fields.includes('attachment') || asked.fields.includes('*all');
    const [issue] =
      answer === undefined ? [] : await shownIssues([whole ? await withAllTexts(answer, guard) : answer], guard);
    if (!issue) throw noIssue(name);
    const [shown] = await withTransitions([asked.strip(issue)], guard);
    return shown;
  }),
  rule('GET', `/issue/${issueName}/changelog`, async ({ options, parts: [name = ''], send }, guard) => {
    const { id, key, isAsCustomer } = await guard.requireIssue(name);
    // A portal shows no history.
    if (isAsCustomer) return { values: [], total: 0, isLast: true };
    const answer = changelogAnswer.parse(await send(ofIssue(options, key)));
    return { ...answer, values: await shownHistories(answer.values, [id], guard) };
  }),
  rule('POST', '/changelog/bulkfetch', async ({ options, send }, guard) => {
    const body = bulkRequest.parse(bodyOf(options));
    const names = body.issueIdsOrKeys.filter(each => guard.memory.issues.get(each) === undefined);
    for (const each of names) await guard.requireIssue(each);
    const hidden = body.issueIdsOrKeys.filter(each => guard.memory.issues.get(each) === 'hidden');
    if (hidden[0] !== undefined) throw noIssue(hidden[0]);
    const given = bulkLogs.parse(await send(options));
    const ofRequests = ({ issueId }: { issueId: string }) => guard.isAsCustomer(issueId);
    const answer = { ...given, issueChangeLogs: given.issueChangeLogs.filter(each => !ofRequests(each)) };
    const histories = answer.issueChangeLogs.flatMap(({ changeHistories }) => changeHistories);
    const shown = await shownHistories(
      histories,
      answer.issueChangeLogs.map(({ issueId }) => issueId),
      guard,
    );
    const byHistory = new Map(histories.map((history, at) => [history, shown[at] ?? {}]));
    const logs = answer.issueChangeLogs.map(({ changeHistories, ...log }) => ({
      ...log,
      changeHistories: changeHistories.map(history => byHistory.get(history)),
    }));
    return { ...answer, issueChangeLogs: logs };
  }),
  rule('GET', `/issue/${issueName}/comment`, async ({ options, parts: [name = ''], send }, guard) => {
    const issue = await guard.requireIssue(name);
    const own = ofIssue(options, issue.key);
    const answer = issue.isAsCustomer ? await allPublic(own, send) : commentsSchema.parse(await send(own));
    const comments = (answer.comments ?? []).map(shownComment);
    for (const { id, visibility } of comments) if (visibility == null) guard.memory.comments.set(String(id), issue.id);
    return { ...answer, comments };
  }),
  rule('GET', `/issue/${issueName}/comment/(\\d+)`, async ({ options, parts: [name = '', id = ''], send }, guard) => {
    const issue = await guard.requireIssue(name);
    const comment = commentSchema.parse(
      (await send(ofIssue(options, issue.key)).catch(ifNone)) ?? { visibility: 'none' },
    );
    if (comment.visibility != null || (issue.isAsCustomer && !isPublic(comment))) throw noComment(issue.key, id);
    guard.memory.comments.set(id, issue.id);
    return comment;
  }),
  rule('POST', '/comment/list', async ({ options, send }, guard) => {
    const { ids } = commentIds.parse(bodyOf(options));
    if (!ids.every(id => guard.memory.comments.has(id))) throw notChecked();
    const answer = commentValues.parse(await send(options));
    return { ...answer, values: answer.values.filter(({ visibility }) => visibility == null) };
  }),
  rule('GET', `/issue/${issueName}/worklog`, async ({ options, parts: [name = ''], send }, guard) => {
    const issue = await guard.requireIssue(name);
    return shownWorklogs(worklogsSchema.parse(await send(ofIssue(options, issue.key))), issue.isAsCustomer);
  }),
  rule('GET', `/issue/${issueName}/watchers`, async ({ options, parts: [name = ''], send }, guard) => {
    const { id, key, isAsCustomer } = await guard.requireIssue(name);
    const isShown = !isAsCustomer && (await guard.holdsOn('VIEW_VOTERS_AND_WATCHERS', [id])).has(id);
    const answer = watchersAnswer.parse(await send(ofIssue(options, key)));
    // As Jira answers who may not see whom it is that watches.
    return isShown
      ? answer
      : { ...answer, watchers: answer.watchers?.filter(({ accountId }) => accountId === guard.accountId) ?? [] };
  }),
  rule('GET', `/issue/${issueName}/remotelink`, async ({ options, parts: [name = ''], send }, guard) => {
    const { key, isAsCustomer } = await guard.requireIssue(name);
    return isAsCustomer ? [] : send(ofIssue(options, key));
  }),
  rule('GET', `/issue/${issueName}/transitions`, async ({ options, parts: [name = ''], send }, guard) => {
    const { id, key, isAsCustomer } = await guard.requireIssue(name);
    if (isAsCustomer || !(await guard.holdsOn('TRANSITION_ISSUES', [id])).has(id)) return { transitions: [] };
    const answer = transitionsAnswer.parse(await send(ofIssue(options, key)));
    return {
      ...answer,
      transitions: answer.transitions.map(({ fields, ...each }) => ({
        ...each,
        ...(fields && { fields: givable(fields) }),
      })),
    };
  }),
  rule('GET', `/issue/${issueName}/editmeta`, async ({ options, parts: [name = ''], send }, guard) => {
    const { id, key, isAsCustomer } = await guard.requireIssue(name);
    if (isAsCustomer || !(await guard.holdsOn('EDIT_ISSUES', [id])).has(id)) return { fields: {} };
    const answer = editAnswer.parse(await send(ofIssue(options, key)));
    return { ...answer, fields: givable(answer.fields) };
  }),
  rule('GET', `/issue/createmeta/${issueName}/issuetypes`, async ({ options, parts: [name = ''], send }, guard) => {
    await requireInside(await guard.requireProject(name));
    return send(options);
  }),
  rule(
    'GET',
    `/issue/createmeta/${issueName}/issuetypes/\\d+`,
    async ({ options, parts: [name = ''], send }, guard) => {
      const project = await guard.requireProject(name);
      await guard.requireIn('CREATE_ISSUES', project);
      const answer = createAnswer.parse(await send(options));
      return { ...answer, fields: answer.fields.filter(({ fieldId }) => !notChosen.has(fieldId)) };
    },
  ),
  rule('GET', '/project/search', async ({ options, send }, guard) => {
    const { searchParams = {} } = options;
    const page = pageRequest.parse(searchParams);
    const shown: z.output<typeof project>[] = [];
    for (let read = 0; read < MAX_PAGES; read += 1) {
      const range = { startAt: read * PROJECTS_PAGE, maxResults: PROJECTS_PAGE };
      const { values, isLast } = projectsAnswer.parse(
        await send({ ...options, searchParams: { ...searchParams, ...range } }),
      );
      const open = await guard.mayBrowseProjects(values.map(({ id }) => id));
      shown.push(...values.filter(({ id }) => open.has(id)));
      if (isLast ?? values.length < PROJECTS_PAGE) break;
    }
    const end = page.startAt + page.maxResults;
    return { values: shown.slice(page.startAt, end), total: shown.length, isLast: shown.length <= end };
  }),
  rule('GET', `/project/${issueName}`, async ({ options, parts: [name = ''], send }, guard) => {
    await guard.requireProject(name);
    return send(options);
  }),
  rule(
    'GET',
    `/project/${issueName}/(?:statuses|components|versions)`,
    async ({ options, parts: [name = ''], send }, guard) => {
      await requireInside(await guard.requireProject(name));
      return send(options);
    },
  ),
  rule('GET', `/project/${issueName}/version`, async ({ options, parts: [name = ''], send }, guard) => {
    await requireInside(await guard.requireProject(name));
    const answer = versionsAnswer.parse(await send(options));
    const isCounted = answer.values.some(({ issuesStatusForFixVersion: count }) => count != null);
    const counts = isCounted
      ? await countsOf(
          answer.values.map(({ id }) => id),
          guard,
        )
      : undefined;
    return {
      ...answer,
      values: answer.values.map(({ issuesStatusForFixVersion: _, ...version }) => ({
        ...version,
        ...(counts && { issuesStatusForFixVersion: counts.get(version.id) ?? noIssues }),
      })),
    };
  }),
  rule('GET', '/version/(\\d+)', async ({ options, send }, guard) => {
    const version = versionAnswer.parse((await send(options).catch(ifNone)) ?? {});
    await requireInside(await guard.requireProject(String(version.projectId ?? '')));
    return version;
  }),
  rule('GET', '/version/(\\d+)/unresolvedIssueCount', async ({ parts: [id = ''] }, guard) => {
    const version = versionAnswer.parse((await guard.ask(`/rest/api/3/version/${id}`).catch(ifNone)) ?? {});
    await requireInside(await guard.requireProject(String(version.projectId ?? '')));
    const search = (body: Record<string, unknown>) => guard.lookUp('/rest/api/3/search/jql', body);
    return { issuesUnresolvedCount: await shownCount(`fixVersion = ${id} AND resolution IS EMPTY`, guard, search) };
  }),
  rule('GET', '/user/assignable/search', async ({ options, send }, guard) => {
    const { issueKey: key, project: of } = options.searchParams ?? {};
    if (typeof key === 'string') {
      const issue = await guard.requireIssue(key);
      if (issue.isAsCustomer) throw lacks('SERVICEDESK_AGENT', `on ${issue.key}`);
      const found = await send({ ...options, searchParams: { ...options.searchParams, issueKey: issue.key } });
      return shownPeople(found, guard, async () => (await guard.holdsOn('ASSIGN_ISSUES', [issue.id])).has(issue.id));
    }
    const project = await guard.requireProject(String(of ?? ''));
    await requireInside(project);
    return shownPeople(await send(options), guard, () => guard.holdsIn('ASSIGN_ISSUES', project));
  }),
  rule('GET', '/user/search', async ({ options, send }, guard) =>
    shownPeople(await send(options), guard, async () => false),
  ),
  ...['/field', '/status', '/issuetype'].map(path =>
    rule('GET', path, async ({ options, send }, guard) => {
      const all = scopedAnswer.parse(await send(options));
      const open = await guard.mayBrowseProjects(all.flatMap(({ scope }) => scope?.project?.id ?? []));
      return all.filter(({ scope }) => !scope?.project || open.has(scope.project.id));
    }),
  ),
  rule('GET', '/priority/search', async ({ options, send }, guard) => {
    for (const id of listed.parse(options.searchParams?.projectId)) await guard.requireProject(id);
    return send(options);
  }),
  rule('GET', '/filter/\\d+', async ({ options, send }, guard) => {
    const filter = await send(options).catch(ifNone);
    if (filter === undefined || !(await isShownFilter(filter, guard))) throw noFilter();
    return filter;
  }),
  rule('GET', '/filter/search', async ({ options, send }, guard) => {
    const { searchParams = {} } = options;
    const expand = [...new Set([...listed.parse(searchParams.expand), 'jql', 'owner', 'sharePermissions'])].join(',');
    // The total would count the others as well. Null keeps the place of one, so that paging goes on.
    const { total: _, ...answer } = filtersAnswer.parse(
      await send({ ...options, searchParams: { ...searchParams, expand } }),
    );
    const values = await Promise.all(
      answer.values.map(async each => ((await isShownFilter(each, guard)) ? each : null)),
    );
    return { ...answer, values };
  }),
  rule('GET', '/jql/autocompletedata/suggestions', async ({ options, send }, guard) => {
    const { fieldName } = suggestionQuery.parse(options.searchParams ?? {});
    const name = fieldName.toLowerCase().replaceAll('"', '');
    const isTeam = async () =>
      (await guard.fields()).some(
        ({ kind, id, label, clause }) =>
          kind === 'team' && [id, label, clause].some(each => each?.toLowerCase().replaceAll('"', '') === name),
      );
    // Those of others are values of issues, of which some may be hidden.
    if (['priority', 'resolution', 'statuscategory'].includes(name) || (await isTeam())) return send(options);
    throw notChecked();
  }),
  rule('GET', '/jql/autocompletedata', async ({ options, send }, guard) => {
    const answer = referenceAnswer.parse(await send(options));
    const hidden = await guard.hiddenFields();
    const isHidden = (name: string | null | undefined) => hidden.has((name ?? '').replaceAll('"', '').toLowerCase());
    const visibleFieldNames = answer.visibleFieldNames.filter(each => !isHidden(each.value) && !isHidden(each.cfid));
    return { ...answer, visibleFieldNames };
  }),
  // These tell about the site, not about a project.
  ...['/issueLinkType', '/configuration', '/myself'].map(path =>
    rule('GET', path, ({ options, send }) => send(options)),
  ),
];

/** Whoever may not browse users finds nobody but themselves, unless they may assign issues there. */
async function shownPeople(answer: unknown, guard: Guard, mayAssign: () => Promise<boolean>): Promise<unknown> {
  const people = peopleAnswer.parse(answer);
  if (people.every(({ accountId }) => accountId === guard.accountId)) return people;
  if ((await guard.holdsGlobally('USER_PICKER')) || (await mayAssign())) return people;
  return people.filter(({ accountId }) => accountId === guard.accountId);
}

/** A service project shows those who are no agents its name and their requests. @throws Failure `forbidden` */
async function requireInside({ key, isAsCustomer }: SeenProject): Promise<void> {
  if (isAsCustomer) throw lacks('SERVICEDESK_AGENT', `in ${key}`);
}

/** Fields whose choices are those of the service's account. */
const notChosen = new Set(['security', 'parent', 'issuelinks', 'reporter']);

const givable = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([id]) => id !== 'security'));

/** The transitions of those issues that the account may move at all: what else a workflow asks, Jira does not tell. */
async function withTransitions(issues: readonly ShownIssue[], guard: Guard): Promise<ShownIssue[]> {
  const asked = issues.filter(({ transitions }) => transitions !== undefined);
  if (asked.length === 0) return [...issues];
  const open = await guard.holdsOn(
    'TRANSITION_ISSUES',
    asked.map(({ id }) => id),
  );
  return issues.map(issue =>
    issue.transitions === undefined || (open.has(issue.id) && !guard.isAsCustomer(issue.id))
      ? issue
      : { ...issue, transitions: [] },
  );
}

/** The most comments, and worklogs, that are read of an issue. */
const MAX_TEXTS = 5_000;

/** An issue with all of its comments and worklogs, of which Jira shows the first: each may tell whose a file is. */
async function withAllTexts(answer: unknown, guard: Guard): Promise<unknown> {
  const { data } = issueWithTexts.safeParse(answer);
  if (!data?.fields.attachment?.length) return answer;
  const { comment, worklog } = data.fields;
  const isCut = (total: number | null | undefined, list: readonly unknown[] | null | undefined) =>
    (total ?? 0) > (list?.length ?? 0);
  const all = (what: string) => guard.ask(`/rest/api/3/issue/${data.id}/${what}`, { maxResults: MAX_TEXTS });
  return {
    ...data,
    fields: {
      ...data.fields,
      ...(isCut(comment?.total, comment?.comments) && { comment: await all('comment') }),
      ...(isCut(worklog?.total, worklog?.worklogs) && { worklog: await all('worklog') }),
    },
  };
}

/** A page of the comments that customers may read, as if there were no others. */
async function allPublic(options: Options, send: Exchange['send']): Promise<z.output<typeof commentsSchema>> {
  const { startAt, maxResults } = pageRequest.parse(options.searchParams ?? {});
  const own: z.output<typeof commentSchema>[] = [];
  for (let read = 0, isLast = false; !isLast && read < MAX_TEXTS; ) {
    const searchParams = { ...options.searchParams, startAt: read, maxResults: MAX_TEXTS };
    const { comments, total } = commentsSchema.parse(await send({ ...options, searchParams }));
    own.push(...(comments ?? []).filter(isPublic));
    read += comments?.length ?? 0;
    isLast = !comments?.length || read >= (total ?? 0);
  }
  return { startAt, maxResults, total: own.length, comments: own.slice(startAt, startAt + maxResults) };
}

function noComment(issueKey: string, commentId: string): Failure {
  return new Failure('not_found', `${issueKey} has no comment ${commentId} that the user may see.`);
}

function noFilter(): Failure {
  return new Failure('not_found', 'There is no such filter in Jira that the user may see.');
}

/**
 * Whether somebody may see a filter: it is theirs, or is shared with everybody who signs in, with them, or with a project that
 * they may browse; and it names nothing that they may not see. Who is in a group or has a role, Jira does not tell.
 */
async function isShownFilter(filter: unknown, guard: Guard): Promise<boolean> {
  const { owner, sharePermissions, jql } = sharedFilter.parse(filter);
  const isOwn = owner?.accountId === guard.accountId;
  return (isOwn || (await isShared(sharePermissions ?? [], guard))) && (await isOpenToCaller(jql ?? '', isOwn, guard));
}

async function isShared(shares: readonly Share[], guard: Guard): Promise<boolean> {
  for (const { type, project: of, role, user } of shares) {
    if (['global', 'loggedin', 'authenticated'].includes(type)) return true;
    if (type === 'user' && user?.accountId === guard.accountId) return true;
    if (type === 'project' && role == null && of && (await guard.mayBrowseProjects([of.id])).has(of.id)) return true;
  }
  return false;
}

async function isOpenToCaller(query: string, isOwn: boolean, guard: Guard): Promise<boolean> {
  const { issues, projects } = namedInFilter(query);
  const browsable = await guard.browsableKeys(issues);
  if (!issues.every(key => browsable.has(key.toUpperCase()))) return false;
  const named = await Promise.all(projects.map(async name => ((await guard.isShownProject(name)) ? [name] : [])));
  const shown = new Set([...named.flat(), ...issues.map(projectOfKey)].map(name => name.toUpperCase()));
  // Whoever wrote it knows what it says, of other things than projects.
  if (isOwn) return projects.every(name => shown.has(name.toUpperCase()));
  return isOpenFilter(query, name => shown.has(name.toUpperCase()));
}

const noIssues = { toDo: 0, inProgress: 0, done: 0, unmapped: 0 };
const countNames: Readonly<Record<string, keyof typeof noIssues>> = {
  new: 'toDo',
  indeterminate: 'inProgress',
  done: 'done',
};

/** How many pages of issues are counted by their versions. */
const MAX_COUNTED_PAGES = 20;

/** How many issues of each of these versions may be seen, by the category of their status; undefined where they are too many. */
async function countsOf(
  versionIds: readonly string[],
  guard: Guard,
): Promise<Map<string, typeof noIssues> | undefined> {
  const counts = new Map<string, typeof noIssues>();
  if (versionIds.length === 0) return counts;
  let nextPageToken: string | undefined;
  for (let read = 0; read < MAX_COUNTED_PAGES; read += 1) {
    const request = {
      jql: `fixVersion in (${versionIds.join(', ')})`,
      fields: ['fixVersions', 'status'],
      maxResults: 100,
      nextPageToken,
    };
    const page = await shownPage(request, guard, body => guard.lookUp('/rest/api/3/search/jql', body));
    for (const { fields } of page.issues) {
      const { fixVersions, status } = versionFields.parse(fields);
      for (const { id } of fixVersions) {
        const count = counts.get(id) ?? { ...noIssues };
        count[countNames[status?.statusCategory?.key ?? ''] ?? 'unmapped'] += 1;
        counts.set(id, count);
      }
    }
    nextPageToken = page.nextPageToken;
    if (nextPageToken === undefined) return counts;
  }
  return undefined;
}

/** How many projects are asked for at once, and how many times. */
const PROJECTS_PAGE = 100;
const MAX_PAGES = 20;

/** Histories of issues that may be browsed, without what they tell of others. */
async function shownHistories(
  histories: readonly History[],
  issueIds: readonly string[],
  guard: Guard,
): Promise<History[]> {
  const [browsable, projects, files] = await Promise.all([
    guard.browsableKeys(keysInHistories(histories)),
    shownProjects(histories, guard),
    hasFiles(histories) ? shownFiles(issueIds, guard) : new Set<string>(),
  ]);
  return histories.map(history =>
    shownHistory(history, {
      isShown: key => browsable.has(key.toUpperCase()),
      isShownProject: name => projects.has(name.toUpperCase()),
      isShownFile: id => files.has(id),
    }),
  );
}

const hasFiles = (histories: readonly History[]) =>
  histories.some(({ items }) => items?.some(({ field }) => field?.toLowerCase() === 'attachment'));

/** The IDs of those files of issues that may be shown. Of many issues they are not looked for, and none is told. */
async function shownFiles(issueIds: readonly string[], guard: Guard): Promise<ReadonlySet<string>> {
  if (issueIds.length > 1) return new Set();
  const fields = askedFields(['attachment']).fields.join(',');
  const answers = await Promise.all(issueIds.map(id => guard.ask(`/rest/api/3/issue/${id}`, { fields })));
  const shown = await shownIssues(answers, guard);
  return new Set(shown.flatMap(({ fields: of }) => filesAnswer.parse(of).attachment.map(({ id }) => id)));
}

/** In a query string a list is given as one text, too. */
const listed = z.union([z.string().transform(text => text.split(',')), z.array(z.string())]).catch([]);

const changelogAnswer = z.looseObject({ values: z.array(historySchema) });
const filesAnswer = z.looseObject({ attachment: z.array(z.looseObject({ id: z.string() })).catch([]) });
const project = z.looseObject({ id: z.string(), key: z.string() });
const projectsAnswer = z.looseObject({ values: z.array(project), isLast: z.boolean().nullish() });
const pageRequest = z.looseObject({ startAt: z.coerce.number().catch(0), maxResults: z.coerce.number().catch(50) });
const anyId = z.union([z.string(), z.number().transform(String)]);
const bulkIssues = z.looseObject({ issues: z.array(z.unknown()).nullish() });
const bulkRequest = z.looseObject({ issueIdsOrKeys: z.array(z.string()) });
const bulkLogs = z.looseObject({
  issueChangeLogs: z.array(z.looseObject({ issueId: z.string(), changeHistories: z.array(historySchema) })),
});
const commentIds = z.object({ ids: z.array(anyId) });
const commentValues = z.looseObject({ values: z.array(commentSchema) });
const watchersAnswer = z.looseObject({
  watchers: z.array(z.looseObject({ accountId: z.string().nullish() })).nullish(),
});
const peopleAnswer = z.array(z.looseObject({ accountId: z.string().nullish() }));
const referenceAnswer = z.looseObject({
  visibleFieldNames: z.array(z.looseObject({ value: z.string(), cfid: z.string().nullish() })),
});
const anyFields = z.record(z.string(), z.unknown());
const transitionsAnswer = z.looseObject({ transitions: z.array(z.looseObject({ fields: anyFields.nullish() })) });
const editAnswer = z.looseObject({ fields: anyFields });
const createAnswer = z.looseObject({ fields: z.array(z.looseObject({ fieldId: z.string() })) });
const versionAnswer = z.looseObject({ projectId: z.number().nullish() });
const versionsAnswer = z.looseObject({
  values: z.array(z.looseObject({ id: z.string(), issuesStatusForFixVersion: z.unknown() })),
});
const versionFields = z.looseObject({
  fixVersions: z.array(z.looseObject({ id: z.string() })).catch([]),
  status: z
    .looseObject({ statusCategory: z.looseObject({ key: z.string().nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});
const scopedAnswer = z.array(
  z.looseObject({ scope: z.looseObject({ project: z.looseObject({ id: z.string() }).nullish() }).nullish() }),
);
const filtersAnswer = z.looseObject({ values: z.array(z.unknown()) });
const share = z.looseObject({
  type: z.string(),
  project: z.looseObject({ id: z.string() }).nullish(),
  role: z.unknown().optional(),
  user: z.looseObject({ accountId: z.string().nullish() }).nullish(),
});
type Share = z.output<typeof share>;
const sharedFilter = z.looseObject({
  jql: z.string().nullish(),
  owner: z.looseObject({ accountId: z.string().nullish() }).nullish(),
  sharePermissions: z.array(share).nullish(),
});
const suggestionQuery = z.looseObject({ fieldName: z.string().catch('') });
const someTexts = z.looseObject({
  total: z.number().nullish(),
  comments: z.array(z.unknown()).nullish(),
  worklogs: z.array(z.unknown()).nullish(),
});
const issueWithTexts = z.looseObject({
  id: z.string(),
  fields: z.looseObject({
    attachment: z.array(z.unknown()).nullish(),
    comment: someTexts.nullish(),
    worklog: someTexts.nullish(),
  }),
});
