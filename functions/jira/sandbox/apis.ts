import type { Route } from './router.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { boardRoutes } from './routes/boards.ts';
import { changelogRoutes } from './routes/changelogs.ts';
import { commentChangeRoutes } from './routes/commentChanges.ts';
import { commentRoutes } from './routes/comments.ts';
import { createMetaRoutes } from './routes/createMeta.ts';
import { fieldRoutes } from './routes/fields.ts';
import { filterRoutes } from './routes/filters.ts';
import { issueRoutes } from './routes/issues.ts';
import { bulkIssueRoutes } from './routes/issuesInBulk.ts';
import { linkRoutes } from './routes/links.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { planningRoutes } from './routes/planning.ts';
import { projectRoutes } from './routes/projects.ts';
import { remoteLinkRoutes } from './routes/remoteLinks.ts';
import { requestRoutes } from './routes/requests.ts';
import { searchRoutes } from './routes/search.ts';
import { serviceDeskRoutes } from './routes/serviceDesks.ts';
import { sprintRoutes } from './routes/sprints.ts';
import { requestFileRoutes, uploadRoutes } from './routes/uploads.ts';
import { userRoutes } from './routes/users.ts';
import { versionRoutes } from './routes/versions.ts';
import { watcherRoutes } from './routes/watchers.ts';
import { worklogRoutes } from './routes/worklogs.ts';

const routes: Route[] = [
  ...searchRoutes,
  ...createMetaRoutes,
  ...fieldRoutes,
  ...bulkIssueRoutes,
  ...filterRoutes,
  ...issueRoutes,
  ...changelogRoutes,
  ...attachmentRoutes,
  ...uploadRoutes,
  ...commentRoutes,
  ...commentChangeRoutes,
  ...watcherRoutes,
  ...worklogRoutes,
  ...linkRoutes,
  ...remoteLinkRoutes,
  ...projectRoutes,
  ...versionRoutes,
  ...userRoutes,
  ...permissionRoutes,
];

/** The APIs of a site, by the paths that they are below. */
export const apis: readonly { base: RegExp; root: string; routes: Route[] }[] = [
  { base: /^\/rest\/api\/(?:3|latest)\/(.+)$/, root: '/rest/api/3', routes },
  {
    base: /^\/rest\/agile\/1\.0\/(.+)$/,
    root: '/rest/agile/1.0',
    routes: [...boardRoutes, ...sprintRoutes, ...planningRoutes],
  },
  {
    base: /^\/rest\/servicedeskapi\/(.+)$/,
    root: '/rest/servicedeskapi',
    routes: [...serviceDeskRoutes, ...requestRoutes, ...requestFileRoutes],
  },
];
