import { badRequest } from '../jiraError.ts';
import type { Project } from '../model.ts';
import { showIssueType } from '../represent.ts';
import { type Call, integer, mayIn, type Route, route } from '../router.ts';
import { createScreen, showScreenField } from '../screens.ts';
import { findProject, typesOf } from '../site.ts';

export const createMetaRoutes: Route[] = [
  route('GET', 'issue/createmeta/{projectIdOrKey}/issuetypes', call => {
    const all = typesOf(call.site, projectToCreateIn(call)).map(type => showIssueType(call, type));
    return { json: window(call, 'issueTypes', all) };
  }),
  route('GET', 'issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}', call => {
    const project = projectToCreateIn(call);
    const type = typesOf(call.site, project).find(({ id }) => id === call.params.issueTypeId);
    if (!type) throw badRequest('The issue type selected is invalid.');
    const all = createScreen(call.site, { project, type }).map(each => ({
      ...showScreenField(call, { project, type }, each),
      fieldId: each.field.id,
    }));
    return { json: window(call, 'fields', all) };
  }),
];

function projectToCreateIn(call: Call): Project {
  const key = call.params.projectIdOrKey ?? '';
  const project = findProject(call.site, key);
  if (!project || !mayIn(call, 'CREATE_ISSUES', project)) {
    throw badRequest(`No project could be found with key '${key}'.`);
  }
  return project;
}

/** A page of create metadata; the property with its list is called after the content. */
function window<T extends string>(call: Call, name: T, all: unknown[]) {
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', 50, 200);
  return { maxResults, startAt, total: all.length, [name]: all.slice(startAt, startAt + maxResults) };
}
