import { issueTypes, priorities, resolutions, statuses } from '../catalogue.ts';
import { fields } from '../fields.ts';
import { badRequest, notFound } from '../jiraError.ts';
import type { Project } from '../model.ts';
import { showIssueType, showPriority, showResolution, showStatus } from '../represent.ts';
import { type Call, integer, page, type Route, route } from '../router.ts';
import { createScreen, showScreenField } from '../screens.ts';
import { findProject } from '../site.ts';
import { typesOf } from './projects.ts';

export const metadataRoutes: Route[] = [
  route('GET', 'field', () => ({
    json: fields.map(field => ({
      id: field.id,
      key: field.id,
      name: field.name,
      custom: field.schema.custom !== undefined,
      orderable: field.kind !== 'readOnly',
      navigable: field.navigable,
      searchable: field.clauseNames.length > 0,
      clauseNames: field.clauseNames,
      schema: field.schema,
    })),
  })),
  route('GET', 'priority', call => ({ json: priorities.map(priority => showPriority(call, priority)) })),
  route('GET', 'priority/search', call => {
    const all = priorities.map(each => ({ ...showPriority(call, each), isDefault: each.name === 'Medium' }));
    return page(call, all, 'priority/search');
  }),
  route('GET', 'resolution', call => ({ json: resolutions.map(resolution => showResolution(call, resolution)) })),
  route('GET', 'resolution/search', call => {
    const all = resolutions.map(each => ({ ...showResolution(call, each), default: each.name === 'Done' }));
    return page(call, all, 'resolution/search');
  }),
  route('GET', 'status', call => ({ json: statuses.map(status => showStatus(call, status)) })),
  route('GET', 'issuetype', call => ({ json: issueTypes.map(type => showIssueType(call, type)) })),
  route('GET', 'issuetype/project', call => {
    const project = findProject(call.site, call.query.get('projectId') ?? '');
    if (!project) throw notFound('No project could be found with the given id.');
    return { json: typesOf(project).map(type => showIssueType(call, type)) };
  }),
  route('GET', 'issue/createmeta/{projectIdOrKey}/issuetypes', call => {
    const all = typesOf(projectToCreateIn(call)).map(type => showIssueType(call, type));
    return { json: window(call, 'issueTypes', all) };
  }),
  route('GET', 'issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}', call => {
    const project = projectToCreateIn(call);
    const type = typesOf(project).find(({ id }) => id === call.params.issueTypeId);
    if (!type) throw badRequest('The issue type selected is invalid.');
    const all = createScreen({ project, type }).map(each => ({
      ...showScreenField(call, { project, type }, each),
      fieldId: each.field.id,
    }));
    return { json: window(call, 'fields', all) };
  }),
  route('GET', 'label', call => {
    const labels = call.site.issues.flatMap(({ values }) => [values.labels ?? []].flat().map(String));
    return page(call, [...new Set(labels)].sort(), 'label', 1000);
  }),
];

function projectToCreateIn({ site, params }: Call): Project {
  const project = findProject(site, params.projectIdOrKey ?? '');
  if (!project) throw badRequest(`No project could be found with key '${params.projectIdOrKey}'.`);
  return project;
}

/** A page of create metadata, which names its list after what is in it. */
function window<T extends string>(call: Call, name: T, all: unknown[]) {
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', 50, 200);
  return { maxResults, startAt, total: all.length, [name]: all.slice(startAt, startAt + maxResults) };
}
