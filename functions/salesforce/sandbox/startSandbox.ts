import type {
  Fault,
  SandboxReply,
  SandboxRequest,
  SandboxServer,
  SandboxServerOptions,
} from '../../../shared/sandbox/sandboxServer.ts';
import { startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { answerApi } from './api.ts';
import { type ApiContext, dailyLimit } from './apiCall.ts';
import { fillOrg } from './data.ts';
import { jsonParserError, notFound, outages, Refusal } from './errors.ts';
import { createOrg, type Row } from './org.ts';
import { createQueryPages } from './queryPages.ts';
import { findObject } from './schema.ts';
import { clientId, clientSecret, createSessions, type Sessions, userInfo } from './sessions.ts';

export interface SalesforceSandboxOptions extends SandboxServerOptions {
  /** The clock that the records' dates, date literals and token lifetimes follow. */
  now?: () => Date;
  /** Records a page at most, for trying paging with few records; 2,000 unless told. */
  largestPage?: number;
}

export interface SalesforceSandbox extends SandboxServer {
  /** The app's settings for this sandbox, with the client-credentials grant. */
  settings: Record<string, string>;
  /** The same for the JWT bearer grant, as the integration user. */
  jwtSettings(): Record<string, string>;
  expireSessions: Sessions['expire'];
  rotateSecret: Sessions['rotateSecret'];
  registerPublicKey: Sessions['registerPublicKey'];
  privateKey: Sessions['privateKey'];
  /** Lets the next data requests, or those that `on` describes, be refused with one of Salesforce's own error codes. */
  refuseNext(errorCode: keyof typeof outages, on?: Pick<Fault, 'method' | 'path' | 'times'>): void;
  /** The records of an object as they are now, deleted ones left out. */
  records(objectType: string): Row[];
}

const oldestVersion = 40;
/** The newest that `/services/data` lists; newer ones are served all the same. */
const newestVersion = 67;

/**
 * Speaks the Salesforce REST API over a believable small org, in memory.
 * Follows https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/.
 */
export async function startSandbox(options: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const org = createOrg(options.now ?? (() => new Date()));
  fillOrg(org);
  const sessions = createSessions(org);
  let calls = 0;
  const context: ApiContext = { org, pages: createQueryPages(options.largestPage), used: () => calls };

  const answer = async (request: SandboxRequest): Promise<SandboxReply> => {
    const { method, path } = request;
    if (path === '/services/oauth2/token' && method === 'POST') return sessions.token(request, server.url);
    if (/^\/services\/data\/?$/.test(path)) return { json: versions() };
    if (path === '/services/oauth2/userinfo' || path.startsWith('/id/')) {
      return { json: userInfo(org, sessions.viewerOf(request), server.url) };
    }
    const [, base, version, rest = ''] = /^(\/services\/data\/v(\d+)\.0)(?:\/(.*))?$/.exec(path) ?? [];
    if (base === undefined || Number(version) < oldestVersion) throw notFound();
    const viewer = sessions.viewerOf(request);
    calls += 1;
    const { query, headers } = request;
    const { status, body } = answerApi(
      { method, path: rest, query, headers, body: parseBody(request), base, viewer },
      context,
    );
    return body === undefined ? { status } : { status, json: body };
  };

  const server = await startSandboxServer(async request => {
    try {
      const reply = await answer(request);
      const usage = { 'sforce-limit-info': `api-usage=${calls}/${dailyLimit}` };
      return request.path.startsWith('/services/data/v') ? { ...reply, headers: usage } : reply;
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, json: error.body };
      throw error;
    }
  }, options);

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
      SALESFORCE_USERNAME: 'integration@example.com',
      SALESFORCE_PRIVATE_KEY: sessions.privateKey(),
    }),
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
      const object = findObject(objectType);
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

const versions = () =>
  Array.from({ length: newestVersion - oldestVersion + 1 }, (_unused, at) => ({
    label: `Release ${oldestVersion + at}`,
    url: `/services/data/v${oldestVersion + at}.0`,
    version: `${oldestVersion + at}.0`,
  }));
