import { notFound } from '../jiraError.ts';
import type { Sprint } from '../model.ts';
import { showSprint } from '../represent.ts';
import { type Call, type Route, route } from '../router.ts';

/** Below `/rest/agile/1.0`: https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/ */
export const sprintRoutes: Route[] = [
  route('GET', 'sprint/{sprintId}', call => ({ json: showSprint(call, sprintInPath(call)) })),
];

function sprintInPath({ site, params }: Call): Sprint {
  const sprint = site.sprints.find(({ id }) => id === params.sprintId);
  if (!sprint) throw notFound('Sprint does not exist or you do not have permission to view it.');
  return sprint;
}
