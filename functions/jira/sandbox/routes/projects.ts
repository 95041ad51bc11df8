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
  type View,
} from '../represent.ts';
import { type Call, list, page, type Route, route } from '../router.ts';
import { findProject, personById, typesOf } from '../site.ts';

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
        issueTypes: typesOf(site, project).map(type => showIssueType(call, type)),
        versions: project.versions.map(version => showVersion(call, project, version)),
        assigneeType: 'UNASSIGNED',
        roles: {},
      },
    };
  }),
  route('GET', 'project/{projectIdOrKey}/statuses', call => {
    const project = projectInPath(call);
    const statuses = call.site.statuses.map(status => showStatus(call, status));
    return {
      json: typesOf(call.site, project).map(type => {
        const { self, id, name, subtask } = showIssueType(call, type);
        return { self, id, name, subtask, statuses };
      }),
    };
  }),
  route('GET', 'project/{projectIdOrKey}/components', call => {
    const project = projectInPath(call);
    return {
      json: project.components.map(component => {
        const lead = personById(call.site, component.leadId);
        return {
          ...showComponent(call, component),
          ...(lead && { lead: showPerson(call, lead) }),
          project: project.key,
          projectId: Number(project.id),
        };
      }),
    };
  }),
  route('GET', 'project/{projectIdOrKey}/versions', call => {
    const project = projectInPath(call);
    return { json: project.versions.map(version => showVersion(call, project, version)) };
  }),
];

/** The project that the path names. @throws {JiraError} 404 */
function projectInPath({ site, params }: Call): Project {
  const idOrKey = params.projectIdOrKey ?? '';
  const project = findProject(site, idOrKey);
  if (project) return project;
  const what = /^\d+$/.test(idOrKey) ? 'id' : 'key';
  throw notFound(`No project could be found with ${what} '${idOrKey}'.`);
}

function showProject(view: View, project: Project, expand: string[]) {
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
  };
}

function matchingProjects({ site, query }: Call): Project[] {
  const wanted = query.get('query')?.toLowerCase() ?? '';
  const orderBy = query.get('orderBy') ?? 'key';
  if (!/^[+-]?key$/.test(orderBy)) throw badRequest(`The order by value '${orderBy}' is invalid.`);
  const sign = orderBy.startsWith('-') ? -1 : 1;
  return site.projects
    .filter(({ key, name }) => name.toLowerCase().includes(wanted) || key.toLowerCase().includes(wanted))
    .sort((left, right) => sign * left.key.localeCompare(right.key));
}
