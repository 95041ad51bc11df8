import type {
  Fault,
  SandboxReply,
  SandboxRequest,
  SandboxServer,
  SandboxServerOptions,
} from '../../../shared/sandbox/sandboxServer.ts';
import { startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { readDataFiles } from './dataFiles.ts';
import { jsonParserError, notFound, outages, Refusal } from './errors.ts';
import { fillOrg } from './fillOrg.ts';
import type { Row } from './org.ts';
import { answerPage } from './pages.ts';
import { createQueryPages } from './queryPages.ts';
import { answerBy } from './router.ts';
import { analyticsRoutes } from './routes/analytics.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { collectionRoutes } from './routes/collections.ts';
import { compositeRoutes } from './routes/composite.ts';
import { compositeGraphRoutes } from './routes/compositeGraph.ts';
import { fileRoutes } from './routes/files.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { layoutRoutes } from './routes/layouts.ts';
import { organizationRoutes } from './routes/organization.ts';
import { outboxRoutes } from './routes/outbox.ts';
import { queryRoutes } from './routes/query.ts';
import { searchRoutes } from './routes/search.ts';
import { answerSoap } from './routes/soap.ts';
import { sobjectRoutes } from './routes/sobjects.ts';
import { clientId, clientSecret, createSessions, type Sessions } from './sessions.ts';

export interface SalesforceSandboxOptions extends SandboxServerOptions {
  /** The clock of the records' dates, of date literals and of token lifetimes. */
  now?: () => Date;
  /** A folder with data as in `data/`, see README.md; a file that is missing there is taken from `data/`. */
  data?: string;
  /** The most records of a page, 2,000 by default: a small number lets a test of paging do with few records. */
  largestPage?: number;
}

export interface SalesforceSandbox extends SandboxServer {
  /** The application settings that point the app at this sandbox, with the client credentials grant. */
  settings: Record<string, string>;
  /** The same with the JWT bearer grant, as the integration user. */
  jwtSettings(): Record<string, string>;
  /** The same with each user's own sign-in, by their tokens. */
  callerSettings: Record<string, string>;
  tokenOf: Sessions['tokenOf'];
  revoke: Sessions['revoke'];
  expireSessions: Sessions['expire'];
  rotateSecret: Sessions['rotateSecret'];
  registerPublicKey: Sessions['registerPublicKey'];
  privateKey: Sessions['privateKey'];
  /** Refuses the next data requests, or those that `on` describes, with one of Salesforce's error codes. */
  refuseNext(errorCode: keyof typeof outages, on?: Pick<Fault, 'method' | 'path' | 'times'>): void;
  /** The records of an object as they are now, without deleted ones. */
  records(objectType: string): Row[];
}

const oldestVersion = 40;
const newestVersion = 67;
/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm */
const versions = Array.from({ length: newestVersion - oldestVersion + 1 }, (_, at) => ({
  label: `Version ${oldestVersion + at}`,
  url: `/services/data/v${oldestVersion + at}.0`,
  version: `${oldestVersion + at}.0`,
}));
const dailyLimit = 15_000;

const answerApi = answerBy([
  ...sobjectRoutes,
  ...queryRoutes,
  ...searchRoutes,
  ...compositeRoutes,
  ...organizationRoutes,
  ...collectionRoutes,
  ...layoutRoutes,
  ...compositeGraphRoutes,
  ...approvalRoutes,
  ...knowledgeRoutes,
  ...outboxRoutes,
  ...fileRoutes,
  ...analyticsRoutes,
]);

/**
 * Serves the part of the Salesforce REST API that the actions call, over a small org in memory.
 * Follows https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/.
 */
export async function startSandbox(options: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const filled = fillOrg(await readDataFiles(options.data), options.now ?? (() => new Date()));
  const { org, integrationUser } = filled;
  const sessions = createSessions(filled);
  const pages = createQueryPages(options.largestPage);
  let calls = 0;

  const answer = async (request: SandboxRequest): Promise<SandboxReply> => {
    const { method, path } = request;
    const page = answerPage(org, request);
    if (page) return page;
    if (path === '/services/oauth2/token' && method === 'POST') return sessions.token(request, server.url);
    const identity = sessions.identity(request, server.url);
    if (identity) return identity;
    if (path === '/services/data' && method === 'GET') return { json: versions };
    if (/^\/services\/Soap\/u\/\d+\.0$/.test(path) && method === 'POST') {
      calls += 1;
      const viewerOf = (sessionId: string) =>
        sessions.viewerOf({ ...request, headers: { authorization: `Bearer ${sessionId}` } });
      return answerSoap(request, { org, viewerOf });
    }
    const [, base, version, rest = ''] = /^(\/services\/data\/v(\d+)\.0)(?:\/(.*))?$/.exec(path) ?? [];
    if (base === undefined || Number(version) < oldestVersion || Number(version) > newestVersion) throw notFound();
    const viewer = sessions.viewerOf(request);
    calls += 1;
    const { query, headers } = request;
    const { status, body, bytes } = answerApi({
      method,
      path: rest,
      params: {},
      query,
      headers,
      body: parseBody(request),
      base,
      viewer,
      org,
      pages,
      answer: answerApi,
    });
    if (bytes) return { status, bytes, headers: { 'content-type': 'application/octet-stream' } };
    return body === undefined ? { status } : { status, json: body };
  };

  const server = await startSandboxServer(
    async request => {
      try {
        const reply = await answer(request);
        const usage = { 'sforce-limit-info': `api-usage=${calls}/${dailyLimit}` };
        return request.path.startsWith('/services/data/v')
          ? { ...reply, headers: { ...reply.headers, ...usage } }
          : reply;
      } catch (error) {
        if (error instanceof Refusal) return { status: error.status, json: error.body };
        throw error;
      }
    },
    { ...options, reset: org.savepoint() },
  );

  return {
    ...server,
    settings: {
      SALESFORCE_LOGIN_URL: server.url,
      SALESFORCE_CLIENT_ID: clientId,
      SALESFORCE_CLIENT_SECRET: clientSecret,
    },
    jwtSettings: () => ({
      SALESFORCE_LOGIN_URL: server.url,
      SALESFORCE_AUTH: 'jwt-bearer',
      SALESFORCE_CLIENT_ID: clientId,
      SALESFORCE_USERNAME: String(org.find(integrationUser)?.row.Username),
      SALESFORCE_PRIVATE_KEY: sessions.privateKey(),
    }),
    callerSettings: { SALESFORCE_LOGIN_URL: server.url, SALESFORCE_AUTH: 'caller' },
    tokenOf: sessions.tokenOf,
    revoke: sessions.revoke,
    expireSessions: sessions.expire,
    rotateSecret: sessions.rotateSecret,
    registerPublicKey: sessions.registerPublicKey,
    privateKey: sessions.privateKey,
    refuseNext(errorCode, on = {}) {
      const { status, message } = outages[errorCode];
      const headers = { 'content-type': 'application/json;charset=UTF-8' };
      server.fail({ path: '^/services/data/', ...on, status, headers, body: JSON.stringify([{ message, errorCode }]) });
    },
    records(objectType) {
      const object = org.schema.find(objectType);
      return object ? org.rows(object).filter(row => !row.IsDeleted) : [];
    },
  };
}

function parseBody({ body }: SandboxRequest): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch (error) {
    throw jsonParserError(`${error instanceof Error ? error.message : error} at [line:1, column:1]`);
  }
}
