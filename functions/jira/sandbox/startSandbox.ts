import { parseJson } from '../../../shared/parseJson.ts';
import {
  type SandboxReply,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../../../shared/sandbox/sandboxServer.ts';
import { buildSite } from './buildSite.ts';
import { type Credentials, createGatekeeper, type Gatekeeper } from './credentials.ts';
import { readDataFiles } from './dataFiles.ts';
import { JiraError } from './jiraError.ts';
import { readFiles, type UploadedFile } from './multipart.ts';
import { type Call, findRoute, type Route } from './router.ts';
import { answerMedia, attachmentRoutes } from './routes/attachments.ts';
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
import type { Site } from './site.ts';

export interface JiraSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** The clock; relative times in the data count from what it says at the start. */
  now?: () => Date;
  /** A folder with data as in `data/`, see README.md; a file that is missing there is taken from `data/`. */
  data?: string;
  /** Credentials other than the default ones. */
  auth?: Partial<Credentials>;
}

export interface JiraSandbox
  extends SandboxServer,
    Pick<Gatekeeper, 'rotateApiToken' | 'rotateClientSecret' | 'revokeTokens'> {
  /** The application settings with which the app calls this sandbox. */
  settings: { JIRA_BASE_URL: string; JIRA_EMAIL: string; JIRA_API_TOKEN: string };
  /** The same API is served at `<url>/ex/jira/<cloudId>`, where bearer tokens from `<url>/oauth/token` work. */
  cloudId: string;
  /** What the sandbox holds, as it is now. */
  site: Site;
}

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
];

/** The APIs of a site, by the paths that they are below. */
const apis: readonly { base: RegExp; routes: Route[] }[] = [
  { base: /^\/rest\/api\/(?:3|latest)\/(.+)$/, routes },
  { base: /^\/rest\/agile\/1\.0\/(.+)$/, routes: [...boardRoutes, ...sprintRoutes, ...planningRoutes] },
  { base: /^\/rest\/servicedeskapi\/(.+)$/, routes: [...serviceDeskRoutes, ...requestRoutes, ...requestFileRoutes] },
];

const cloudId = '11111111-2222-4333-8444-555555555555';

/**
 * Serves the part of the Jira Cloud REST API, version 3, that the actions call, over a small site in memory.
 * @throws Error that names each fault in the data
 */
export async function startSandbox({
  port = 0,
  now = () => new Date(),
  data,
  auth = {},
}: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const site = buildSite(await readDataFiles(data), () => now().getTime());
  const gatekeeper = createGatekeeper(
    {
      email: site.me.email,
      apiToken: 'sandbox-token',
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      ...auth,
    },
    site.now,
  );
  const server = await startSandboxServer(
    async request => {
      if (request.path === '/oauth/token' && request.method === 'POST') return gatekeeper.issueToken(request);
      const media = answerMedia(site, request);
      if (media) return media;
      const gateway = `/ex/jira/${cloudId}`;
      const door = request.path.startsWith(`${gateway}/`) ? 'gateway' : 'site';
      if (!gatekeeper.admits(request, door)) return unauthorized[door];
      const prefix = door === 'gateway' ? gateway : '';
      return answer(site, request, prefix, await readFiles(request));
    },
    { port },
  );

  return {
    ...server,
    settings: {
      JIRA_BASE_URL: server.url,
      JIRA_EMAIL: gatekeeper.credentials.email,
      JIRA_API_TOKEN: gatekeeper.credentials.apiToken,
    },
    cloudId,
    site,
    rotateApiToken: gatekeeper.rotateApiToken,
    rotateClientSecret: gatekeeper.rotateClientSecret,
    revokeTokens: gatekeeper.revokeTokens,
  };
}

/** The site answers in plain text, the gateway in JSON. */
const unauthorized: Record<'site' | 'gateway', SandboxReply> = {
  site: {
    status: 401,
    headers: {
      'www-authenticate': 'OAuth realm="https%3A%2F%2Fsandbox"',
      'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
    },
    text: 'Client must be authenticated to access this resource.',
  },
  gateway: { status: 401, json: { code: 401, message: 'Unauthorized' } },
};

function answer(site: Site, request: SandboxRequest, prefix: string, files: UploadedFile[]): SandboxReply {
  try {
    const path = request.path.slice(prefix.length);
    const api = apis.find(({ base }) => base.test(path));
    const [, below] = api?.base.exec(path) ?? [];
    if (!api || below === undefined)
      return { status: 404, text: '<html><body>Oops, you&#39;ve found a dead link.</body></html>' };
    const { handler, params } = findRoute(api.routes, request.method, below);
    const call: Call = {
      site,
      base: `http://${request.headers.host}${prefix}`,
      params,
      query: request.query,
      headers: request.headers,
      body: request.body === '' || request.bytes ? undefined : parseBody(request.body),
      files,
    };
    return handler(call);
  } catch (error) {
    if (!(error instanceof JiraError)) throw error;
    if (request.path.slice(prefix.length).startsWith('/rest/servicedeskapi/')) return deskError(error);
    return { status: error.status, json: { errorMessages: error.errorMessages, errors: error.errors } };
  }
}

/** https://developer.atlassian.com/cloud/jira/service-desk/rest/intro/#status-codes */
const deskError = ({ status, message }: JiraError): SandboxReply => ({
  status,
  json: { errorMessage: message, i18nErrorMessage: { i18nKey: 'sd.sandbox.error', parameters: [] } },
});

function parseBody(body: string): unknown {
  const value = parseJson(body);
  if (value !== undefined) return value;
  throw new JiraError(400, 'There was an error parsing JSON. Check that your request body is valid.');
}
