import { issueTypes, statuses } from '../catalogue.ts';
import { badRequest, notFound } from '../jiraError.ts';
import type { Project } from '../model.ts';
import {
  avatars,
  showComponent,
  showIssueType,
  showPerson,
  showProjectReference,
  showStatus,
  showVersion,
  timestamp,
  type View,
} from '../represent.ts';
import { type Call, list, page, type Route, route } from '../router.ts';
import { findProject, personById } from '../site.ts';

export const projectRoutes: Route[] = [
  route('GET', 'project/search', call => {
    const expand = list(call.query.getAll('expand'));
    return page(
      call,
      matchingProjects(call).map(project => showProject(call, project, expand)),
      'project/search',
    );
  }),
  route('GET', 'project/{projectIdOrKey}', call => {
    const project = projectInPath(call);
    const { site } = call;
    const lead = personById(site, project.leadId);
    return {
      json: {
        ...showProject(call, project, ['description', 'url']),
        ...(lead && { lead: showPerson(call, lead) }),
        components: project.components.map(component => showComponent(call, component)),
        issueTypes: typesOf(project).map(type => showIssueType(call, type)),
        versions: project.versions.map(version => showVersion(call, project, version)),
        assigneeType: 'UNASSIGNED',
        roles: {},
      },
    };
  }),
  route('GET', 'project/{projectIdOrKey}/statuses', call => ({
    json: typesOf(projectInPath(call)).map(type => ({
      self: `${call.base}/rest/api/3/issuetype/${type.id}`,
      id: type.id,
      name: type.name,
      subtask: type.level === -1,
      statuses: statuses.map(status => showStatus(call, status)),
    })),
  })),
];

/** The project in the path, or Jira's 404. */
function projectInPath({ site, params }: Call): Project {
  const idOrKey = params.projectIdOrKey ?? '';
  const project = findProject(site, idOrKey);
  if (project) return project;
  const what = /^\d+$/.test(idOrKey) ? 'id' : 'key';
  throw notFound(`No project could be found with ${what} '${idOrKey}'.`);
}

/** The issue types that a project has. */
export const typesOf = (project: Project) => issueTypes.filter(({ id }) => project.typeIds.includes(id));

function showProject(view: View, project: Project, expand: string[]) {
  const issues = view.site.issues.filter(issue => issue.projectId === project.id);
  const lead = personById(view.site, project.leadId);
  return {
    expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
    ...showProjectReference(view, project),
    avatarUrls: avatars(view, project.key),
    style: 'classic',
    isPrivate: false,
    properties: {},
    ...(expand.includes('description') && { description: project.description }),
    ...(expand.includes('url') && { url: `https://example.com/${project.key.toLowerCase()}` }),
    ...(expand.includes('lead') && lead && { lead: showPerson(view, lead) }),
    ...(expand.includes('issueTypes') && { issueTypes: typesOf(project).map(type => showIssueType(view, type)) }),
    ...(expand.includes('insight') && {
      insight: {
        totalIssueCount: issues.length,
        lastIssueUpdateTime: timestamp(view.site, Math.max(...issues.map(({ updated }) => updated))),
      },
    }),
  };
}

function matchingProjects({ site, query }: Call): Project[] {
  const wanted = query.get('query')?.toLowerCase() ?? '';
  const keys = list(query.getAll('keys'));
  const ids = list(query.getAll('id'));
  const projects = site.projects.filter(
    ({ id, key, name }) =>
      (name.toLowerCase().includes(wanted) || key.toLowerCase().includes(wanted)) &&
      (keys.length === 0 || keys.includes(key)) &&
      (ids.length === 0 || ids.includes(id)),
  );
  return projects.sort(projectOrder(site, query.get('orderBy') ?? 'key'));
}

function projectOrder(site: Call['site'], orderBy: string): (left: Project, right: Project) => number {
  const sign = orderBy.startsWith('-') ? -1 : 1;
  const lastUpdate = ({ id }: Project) =>
    Math.max(0, ...site.issues.filter(({ projectId }) => projectId === id).map(({ updated }) => updated));
  const count = ({ id }: Project) => site.issues.filter(({ projectId }) => projectId === id).length;
  switch (orderBy.replace(/^[+-]/, '')) {
    case 'key':
      return (left, right) => sign * left.key.localeCompare(right.key);
    case 'name':
    case 'category':
    case 'owner':
      return (left, right) => sign * left.name.localeCompare(right.name);
    case 'lastIssueUpdatedDate':
      return (left, right) => sign * (lastUpdate(left) - lastUpdate(right));
    case 'issueCount':
      return (left, right) => sign * (count(left) - count(right));
    case 'archivedDate':
    case 'deletedDate':
      return () => 0;
    default:
      throw badRequest(`The order by value '${orderBy}' is invalid.`);
  }
}
