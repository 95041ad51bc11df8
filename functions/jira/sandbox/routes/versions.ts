import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { editIssue } from '../changes.ts';
import { badFields, badRequest, JiraError, notFound } from '../jiraError.ts';
import type { Issue, Project, Version } from '../model.ts';
import { showVersion } from '../represent.ts';
import { act, type Call, list, mayIn, page, parseBody, type Route, route } from '../router.ts';
import { findProject, type Site, statusOf } from '../site.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions/ */
export const versionRoutes: Route[] = [
  route('GET', 'project/{projectIdOrKey}/version', call => {
    const project = findProject(call.site, call.params.projectIdOrKey ?? '');
    if (!project) throw notFound(`No project could be found with key '${call.params.projectIdOrKey}'.`);
    const states = list(call.query.getAll('status'));
    const unknown = states.find(state => !['released', 'unreleased', 'archived'].includes(state));
    if (unknown !== undefined) throw badRequest(`The status value '${unknown}' is invalid.`);
    const versions = project.versions.filter(version => states.length === 0 || states.includes(stateOf(version)));
    const isCounted = list(call.query.getAll('expand')).includes('issuesstatus');
    return page(
      call,
      ordered(versions, call.query.get('orderBy') ?? 'sequence').map(version => ({
        ...showVersion(call, project, version),
        ...(isCounted && { issuesStatusForFixVersion: countsOf(call.site, version) }),
      })),
      `project/${project.key}/version`,
    );
  }),
  route('POST', 'version', createVersion),
  route('GET', 'version/{id}', call => {
    const { project, version } = versionInPath(call);
    return { json: showVersion(call, project, version) };
  }),
  route('PUT', 'version/{id}', updateVersion),
  route('GET', 'version/{id}/unresolvedIssueCount', call => {
    const { version } = versionInPath(call);
    const issues = issuesOf(call.site, version);
    return {
      json: {
        self: `${call.base}/rest/api/3/version/${version.id}`,
        issuesCount: issues.length,
        issuesUnresolvedCount: issues.filter(isUnresolved).length,
      },
    };
  }),
];

const written = z.looseObject({
  name: z.string().optional(),
  description: z.string().optional(),
  // Null takes the day away.
  startDate: z.iso.date().nullish(),
  releaseDate: z.iso.date().nullish(),
  released: z.boolean().optional(),
  archived: z.boolean().optional(),
});

const createBody = written.extend({ projectId: z.int().optional(), project: z.string().optional() });
const updateBody = written.extend({ moveUnfixedIssuesTo: z.string().optional() });

function createVersion(call: Call): SandboxReply {
  const { projectId, project: key, ...body } = parseBody(call, createBody);
  const project = findProject(call.site, String(projectId ?? key ?? ''));
  if (!project || !mayIn(call, 'ADMINISTER_PROJECTS', project)) {
    throw notFound(`No project could be found with id '${projectId}'.`);
  }
  const name = body.name?.trim() ?? '';
  checkName(project, name);
  const version = withDays({ id: call.site.nextId(), name, released: false, archived: false }, body);
  if (body.description) version.description = body.description;
  version.released = body.released ?? false;
  version.archived = body.archived ?? false;
  project.versions.push(version);
  return { status: 201, json: showVersion(call, project, version) };
}

function updateVersion(call: Call): SandboxReply {
  const { project, version } = versionInPath(call);
  const body = parseBody(call, updateBody);
  if (!mayIn(call, 'ADMINISTER_PROJECTS', project)) {
    throw badRequest('You must have global or project administrator rights in order to modify versions.');
  }
  const { name, description, released, archived, moveUnfixedIssuesTo } = body;
  if (name !== undefined) checkName(project, name.trim(), version);
  const { startDate: _, releaseDate: __, ...others } = version;
  const days = withDays({ ...others, ...daysOf(version) }, body);
  const target =
    moveUnfixedIssuesTo === undefined
      ? undefined
      : project.versions.find(({ id }) => id === moveUnfixedIssuesTo.split('/').at(-1));
  if (moveUnfixedIssuesTo !== undefined && (!target || target === version)) {
    throw badFields({ moveUnfixedIssuesTo: 'The version to move the issues to does not exist.' });
  }
  // A version that is released already is released no more, and nothing is moved.
  if (released === true && !version.released && target) {
    // Those too that its mover may not see.
    for (const issue of issuesOf(call.whole, version).filter(isUnresolved)) {
      const others = [issue.values.fixVersions].flat().filter(id => id !== version.id && id !== target.id);
      editIssue(call.whole, issue, { fixVersions: [...others.map(String), target.id] }, act(call));
    }
  }
  delete version.startDate;
  delete version.releaseDate;
  Object.assign(version, daysOf(days));
  if (name !== undefined) version.name = name.trim();
  if (description !== undefined) version.description = description;
  if (released !== undefined) version.released = released;
  if (archived !== undefined) version.archived = archived;
  return { json: showVersion(call, project, version) };
}

function versionInPath({ site, params }: Call): { project: Project; version: Version } {
  for (const project of site.projects) {
    const version = project.versions.find(({ id }) => id === params.id);
    if (version) return { project, version };
  }
  throw notFound(`Could not find version for id '${params.id}'`);
}

function checkName({ versions }: Project, name: string, self?: Version): void {
  if (name === '') throw badFields({ name: 'You must specify a valid version name' });
  if (name.length > 255) throw new JiraError(400, [], { name: 'The version name must not exceed 255 characters.' });
  if (versions.some(each => each !== self && each.name.toLowerCase() === name.toLowerCase())) {
    throw badFields({ name: 'A version with this name already exists in this project.' });
  }
}

type Days = Pick<Version, 'startDate' | 'releaseDate'>;

const daysOf = ({ startDate, releaseDate }: Days): Days => ({
  ...(startDate !== undefined && { startDate }),
  ...(releaseDate !== undefined && { releaseDate }),
});

/** The version with the days that are given. @throws {JiraError} 400 where it would end before it starts */
function withDays(version: Version, given: Partial<Record<'startDate' | 'releaseDate', string | null | undefined>>) {
  const changed = { ...version };
  for (const day of ['startDate', 'releaseDate'] as const) {
    const value = given[day];
    if (value === null) delete changed[day];
    else if (value !== undefined) changed[day] = value;
  }
  const { startDate, releaseDate } = changed;
  if (startDate !== undefined && releaseDate !== undefined && startDate > releaseDate) {
    throw badFields({ releaseDate: 'The version start date must be before the release date.' });
  }
  return changed;
}

const stateOf = ({ released, archived }: Version) => (archived ? 'archived' : released ? 'released' : 'unreleased');

const issuesOf = (site: Site, { id }: Version): Issue[] =>
  site.issues.filter(({ values: { fixVersions } }) => Array.isArray(fixVersions) && fixVersions.includes(id));

const isUnresolved = ({ values }: Issue) => (values.resolution ?? null) === null;

function countsOf(site: Site, version: Version) {
  const categories = issuesOf(site, version).map(issue => statusOf(site, issue).category.key);
  const count = (key: string) => categories.filter(each => each === key).length;
  return { unmapped: 0, toDo: count('new'), inProgress: count('indeterminate'), done: count('done') };
}

function ordered(versions: readonly Version[], orderBy: string): Version[] {
  const sign = orderBy.startsWith('-') ? -1 : 1;
  switch (orderBy.replace(/^[+-]/, '')) {
    case 'sequence':
      return sign === 1 ? [...versions] : versions.toReversed();
    case 'name':
      return versions.toSorted((one, other) => sign * one.name.localeCompare(other.name));
    case 'releaseDate': {
      // Those without a day are last, whatever the order.
      const dated = versions.filter(({ releaseDate }) => releaseDate !== undefined);
      const undated = versions.filter(({ releaseDate }) => releaseDate === undefined);
      const compare = (one: Version, other: Version) =>
        sign * (one.releaseDate ?? '').localeCompare(other.releaseDate ?? '');
      return [...dated.toSorted(compare), ...undated];
    }
    default:
      throw badRequest(`The order by value '${orderBy}' is invalid.`);
  }
}
