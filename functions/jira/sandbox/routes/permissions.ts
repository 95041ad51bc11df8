import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { badFields, badRequest, JiraError, notFound } from '../jiraError.ts';
import { globalPermissions, projectPermissions } from '../permissions.ts';
import { holds, holdsGlobally, mayOn } from '../rights.ts';
import { type Call, list, parseBody, type Route, route } from '../router.ts';
import { findIssue, findProject, personById } from '../site.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/ */
export const permissionRoutes: Route[] = [
  route('GET', 'mypermissions', mine),
  route('POST', 'permissions/check', check),
];

/** In a project or an issue that is named, which the viewer must see; without one, in any project. */
function mine(call: Call): SandboxReply {
  const { query, site, whole, viewer } = call;
  const keys = list([query.get('permissions') ?? '']);
  if (keys.length === 0) throw badRequest("The 'permissions' query parameter is required.");
  const unknown = keys.filter(key => !projectPermissions.has(key) && !globalPermissions.has(key));
  if (unknown.length > 0) throw badRequest(`Unrecognized permission(s): ${unknown.join(', ')}`);
  const [issueName, projectName] = [
    query.get('issueId') ?? query.get('issueKey'),
    query.get('projectId') ?? query.get('projectKey'),
  ];
  const issue = issueName === null ? undefined : findIssue(site, issueName);
  if (issueName !== null && !issue) throw notFound('Issue does not exist or you do not have permission to see it.');
  const project = projectName === null ? undefined : findProject(site, projectName);
  if (projectName !== null && !project) throw notFound(`No project could be found with key '${projectName}'.`);
  const has = (key: string): boolean => {
    if (globalPermissions.has(key)) return holdsGlobally(whole, viewer.accountId, key);
    if (issue) return mayOn(whole, viewer.accountId, key, issue);
    const projects = project ? [project] : whole.projects;
    return projects.some(each => holds(whole, viewer.accountId, key, each));
  };
  const told = keys.map((key, at) => {
    const type = globalPermissions.has(key) ? 'GLOBAL' : 'PROJECT';
    return [key, { id: String(at + 10), key, name: key, type, havePermission: has(key) }];
  });
  return { json: { permissions: Object.fromEntries(told) } };
}

const MOST_CHECKED = 1000;

const ids = z.array(z.number().int()).nullish();

const checkBody = z.strictObject({
  accountId: z.string().nullish(),
  globalPermissions: z.array(z.string()).nullish(),
  projectPermissions: z
    .array(z.strictObject({ permissions: z.array(z.string()), projects: ids, issues: ids }))
    .nullish(),
});

/** IDs of nothing are ignored, and what is not granted is left out. */
function check(call: Call): SandboxReply {
  const { whole, viewer } = call;
  const body = parseBody(call, checkBody);
  const accountId = body.accountId ?? viewer.accountId;
  if (accountId !== viewer.accountId && !holdsGlobally(whole, viewer.accountId, 'ADMINISTER')) {
    throw new JiraError(403, 'Only Jira administrators can perform this operation.');
  }
  if (!personById(whole, accountId)) throw badRequest(`The user with account ID '${accountId}' does not exist.`);
  const wanted = (body.projectPermissions ?? []).map(({ permissions, projects, issues }) => ({
    permissions: permissions.filter(Boolean),
    projects: projects ?? [],
    issues: issues ?? [],
  }));
  const isNone = wanted.length === 0 || wanted.some(({ permissions }) => permissions.length === 0);
  if (body.projectPermissions && isNone) {
    throw badRequest('At least one project permission must be provided.');
  }
  const global = body.globalPermissions ?? [];
  const unknown = [
    ...global.filter(key => !globalPermissions.has(key)),
    ...wanted.flatMap(({ permissions }) => permissions.filter(key => !projectPermissions.has(key))),
  ];
  if (unknown.length > 0) throw badFields(Object.fromEntries(unknown.map(key => [key, 'Unrecognized permission'])));
  for (const kind of ['projects', 'issues'] as const) {
    const asked = new Set(wanted.flatMap(each => each[kind]));
    if (asked.size > MOST_CHECKED) throw badRequest(`A maximum of ${MOST_CHECKED} ${kind} can be checked at once.`);
  }
  return {
    json: {
      globalPermissions: global.filter(key => holdsGlobally(whole, accountId, key)),
      projectPermissions: wanted.flatMap(({ permissions, projects, issues }) =>
        permissions.flatMap(permission => {
          const grants = {
            permission,
            issues: issues.filter(id => {
              const issue = whole.issues.find(each => each.id === String(id));
              return issue && mayOn(whole, accountId, permission, issue);
            }),
            projects: projects.filter(id => {
              const project = whole.projects.find(each => each.id === String(id));
              return project && holds(whole, accountId, permission, project);
            }),
          };
          return grants.issues.length + grants.projects.length > 0 ? [grants] : [];
        }),
      ),
    },
  };
}
