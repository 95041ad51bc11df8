import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import {
  type SandboxReply,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../../../shared/sandbox/sandboxServer.ts';
import { apis } from './apis.ts';
import { buildSite } from './buildSite.ts';
import { type Credentials, createGatekeeper, type Gatekeeper, unauthorized } from './credentials.ts';
import { readDataFiles } from './dataFiles.ts';
import { JiraError } from './jiraError.ts';
import type { Person } from './model.ts';
import { readFiles, type UploadedFile } from './multipart.ts';
import { answerPage } from './pages.ts';
import { seenBy } from './rights.ts';
import { type Call, findRoute } from './router.ts';
import { answerMedia } from './routes/attachments.ts';
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
  /** That of the site at the gateway; where two sandboxes are two sites, each wants its own. */
  cloudId?: string;
}

export interface JiraSandbox
  extends SandboxServer,
    Pick<Gatekeeper, 'rotateApiToken' | 'rotateClientSecret' | 'revokeTokens' | 'tokenOf' | 'apiTokenOf'> {
  /** The application settings with which the app calls this sandbox. */
  settings: { JIRA_BASE_URL: string; JIRA_EMAIL: string; JIRA_API_TOKEN: string };
  /** The same API is served at `<url>/ex/jira/<cloudId>`, where bearer tokens from `<url>/oauth/token` work. */
  cloudId: string;
  /** What the sandbox holds, as it is now. */
  site: Site;
}

/** The cloud ID of a sandbox that is given no other. */
const defaultCloudId = '11111111-2222-4333-8444-555555555555';

/**
 * Serves the part of the Jira Cloud REST API, version 3, that the actions call, over a small site in memory.
 * @throws Error that names each fault in the data
 */
export async function startSandbox({
  port = 0,
  now = () => new Date(),
  data,
  auth = {},
  cloudId = defaultCloudId,
}: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const { pathOf, ...files } = await readDataFiles(data);
  // What a site has of the files it may change.
  const newSite = () => buildSite({ ...structuredClone(files), pathOf }, () => now().getTime());
  const site = newSite();
  const gatekeeper = createGatekeeper(
    {
      email: site.account.email,
      apiToken: 'sandbox-token',
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      ...auth,
    },
    { now: site.now, cloudId, url: () => server.url },
  );
  const server: SandboxServer = await startSandboxServer(
    async request => {
      if (request.path === '/oauth/token' && request.method === 'POST') return gatekeeper.issueToken(request);
      if (request.path === '/_sandbox/tokens' && request.method === 'POST') return tokensFor(request);
      if (request.path === '/oauth/token/accessible-resources') return gatekeeper.accessibleResources(request);
      const media = answerMedia(site, request);
      if (media) return media;
      const page = answerPage(site, request);
      if (page) return page;
      const [, prefix = '', cloud, path = request.path] = /^(\/ex\/jira\/([^/]+))(\/.*)$/.exec(request.path) ?? [];
      const entry = cloud === undefined ? gatekeeper.enterSite(request) : gatekeeper.enterGateway(request, cloud, path);
      if ('refused' in entry) return entry.refused;
      // Credentials of its own, which a sandbox may be given, belong to its account.
      const viewer = entry.email === gatekeeper.credentials.email ? site.account : personCalled(site, entry.email);
      if (!viewer.active) return unauthorized[cloud === undefined ? 'site' : 'gateway'];
      return answer({ site, viewer, request, prefix, path, files: await readFiles(request) });
    },
    // In place, because whoever holds the site looks at it as it is then.
    { port, reset: () => void Object.assign(site, newSite()) },
  );
  const tokensFor = ({ body }: SandboxRequest): SandboxReply => {
    const asked = tokensBody.safeParse(parseJson(body));
    if (!asked.success) return { status: 400, json: { error: z.prettifyError(asked.error) } };
    const { email, ...options } = asked.data;
    if (!site.people.some(each => each.email === email))
      return { status: 404, json: { error: `There is no ${email}` } };
    return { json: { accessToken: gatekeeper.tokenOf(email, options), apiToken: gatekeeper.apiTokenOf(email) } };
  };
  /** @throws Error for an address that nobody has */
  const known = (email: string) => personCalled(site, email).email;

  return {
    ...server,
    settings: {
      JIRA_BASE_URL: server.url,
      JIRA_EMAIL: gatekeeper.credentials.email,
      JIRA_API_TOKEN: gatekeeper.credentials.apiToken,
    },
    cloudId,
    site,
    tokenOf: (email, options) => gatekeeper.tokenOf(known(email), options),
    apiTokenOf: email => gatekeeper.apiTokenOf(known(email)),
    rotateApiToken: gatekeeper.rotateApiToken,
    rotateClientSecret: gatekeeper.rotateClientSecret,
    revokeTokens: gatekeeper.revokeTokens,
  };
}

/** `POST /_sandbox/tokens`: whose tokens, and what the access token is good for. */
const tokensBody = z.strictObject({
  email: z.string(),
  scopes: z.array(z.string()).exactOptional(),
  site: z.string().exactOptional(),
  audience: z.string().exactOptional(),
  lifeSeconds: z.number().exactOptional(),
});

function personCalled({ people }: Site, email: string): Person {
  const person = people.find(each => each.email === email);
  if (!person) throw new Error(`Nobody in the sandbox has the address ${email}`);
  return person;
}

interface Arrival {
  site: Site;
  viewer: Person;
  request: SandboxRequest;
  /** The part of the path before that of the site's own. */
  prefix: string;
  path: string;
  files: UploadedFile[];
}

function answer({ site, viewer, request, prefix, path, files }: Arrival): SandboxReply {
  try {
    const api = apis.find(({ base }) => base.test(path));
    const [, below] = api?.base.exec(path) ?? [];
    if (!api || below === undefined)
      return { status: 404, text: '<html><body>Oops, you&#39;ve found a dead link.</body></html>' };
    const { handler, params } = findRoute(api.routes, request.method, below);
    const call: Call = {
      site: seenBy(site, viewer),
      whole: site,
      viewer,
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
    if (path.startsWith('/rest/servicedeskapi/')) return deskError(error);
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
