import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type SandboxReply,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

const secret = 'Zk7q+W/2pL9x_Vb4-Ty8=Rn3&Hm6 Dc5';
const accessToken = `00D8c000001XyZa!AQ4AQ${'Gh3kLm9PqRs7TuVw'.repeat(4)}.xyz_END`;
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** How an upstream, or a proxy before it, may repeat a text. */
const forms: [string, (text: string) => string][] = [
  ['as it is', text => text],
  ['as a URL', encodeURIComponent],
  ['as a URL in lower case', text => encodeURIComponent(text).replace(/%../g, code => code.toLowerCase())],
  ['as a form', text => new URLSearchParams({ text }).toString()],
  ['as JSON', text => JSON.stringify({ text }).replaceAll('/', '\\/')],
  ['as HTML', text => text.replaceAll('&', '&amp;').replaceAll('/', '&#x2F;').replaceAll('=', '&#61;')],
  ['in base64', text => base64(text)],
  ['in base64 among others', text => base64(`ab${text}`)],
  ['in base64url', text => Buffer.from(`a${text}`).toString('base64url')],
  ['cut off', text => text.slice(0, -9)],
];

/** What was sent as a proof of who asks. */
function proofs({ headers, body }: SandboxRequest): string[] {
  const { authorization = '' } = headers;
  const isForm = headers['content-type']?.includes('urlencoded');
  const sent: Record<string, string> = isForm
    ? Object.fromEntries(new URLSearchParams(body))
    : body.startsWith('{"grant_type')
      ? JSON.parse(body)
      : {};
  return [authorization, sent.client_secret ?? '', sent.assertion ?? ''].filter(Boolean);
}

let upstream: SandboxServer;
let app: RunningApp;
let form = (text: string) => text;
/** Where the upstream refuses, and repeats what it was sent. */
let refuses: 'sign-in' | 'requests' | 'parts' = 'requests';
let sent: string[] = [];

function answer(incoming: SandboxRequest): SandboxReply {
  const isSignIn = incoming.path.endsWith('/token');
  sent.push(...proofs(incoming), incoming.body);
  if (isSignIn && refuses !== 'sign-in') {
    return { json: { access_token: accessToken, instance_url: upstream.url, expires_in: 3600 } };
  }
  const said = [...proofs(incoming), incoming.body].filter(Boolean).map(text => `Refused: ${form(text)}`);
  if (isSignIn) return { status: 400, json: { error: 'invalid_grant', error_description: said.join(' ') } };
  // Makes the app sign in once more.
  if (refuses === 'sign-in') return { status: 401, json: said };
  const refusals = said.map(message => ({ errorCode: 'BAD_HEADER', message, fields: [message] }));
  if (refuses === 'parts' && incoming.path.endsWith('/composite')) {
    const parts: unknown[] = JSON.parse(incoming.body).compositeRequest;
    return { json: { compositeResponse: parts.map(() => ({ httpStatusCode: 400, body: refusals })) } };
  }
  if (incoming.path.startsWith('/services')) return { status: 400, json: refusals };
  return { status: 400, json: { errorMessages: said, errors: Object.fromEntries(said.map(text => [text, text])) } };
}

beforeAll(async () => {
  upstream = await startSandboxServer(answer);
});
afterAll(() => upstream.close());

const jira = () => ({ JIRA_BASE_URL: upstream.url, JIRA_TOKEN_URL: `${upstream.url}/oauth/token` });
const salesforce = () => ({ SALESFORCE_LOGIN_URL: upstream.url, SALESFORCE_CLIENT_ID: 'client' });

const systems: [string, 'jira' | 'salesforce', () => Record<string, string>][] = [
  ['an API token', 'jira', () => ({ ...jira(), JIRA_EMAIL: 'agent@example.com', JIRA_API_TOKEN: secret })],
  [
    'a client secret of Jira',
    'jira',
    () => ({ ...jira(), JIRA_AUTH: 'service-account', JIRA_CLIENT_ID: 'client', JIRA_CLIENT_SECRET: secret }),
  ],
  [
    'a client secret of Salesforce',
    'salesforce',
    () => ({ ...salesforce(), SALESFORCE_AUTH: 'client-credentials', SALESFORCE_CLIENT_SECRET: secret }),
  ],
  [
    'a private key',
    'salesforce',
    () => ({
      ...salesforce(),
      SALESFORCE_AUTH: 'jwt-bearer',
      SALESFORCE_USERNAME: 'agent@example.com',
      SALESFORCE_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
    }),
  ],
];

const calls = {
  jira: [
    ['getIssue', { issueKey: 'ABC-1' }],
    ['searchIssues', { jql: 'project = ABC' }],
    ['addComment', { issueKey: 'ABC-1', comment: 'Hello' }],
    ['createIssue', { projectId: 'ABC', issueType: 'Task', summary: 'A task' }],
    ['transitionIssue', { issueKey: 'ABC-1', status: 'Done' }],
  ],
  salesforce: [
    ['getRecord', { objectType: 'Account', recordId: '001Sx0000000001IAA' }],
    ['findAccounts', { name: 'Contoso' }],
    ['getAccountOverview', { accountId: '001Sx0000000001IAA' }],
    ['logActivity', { recordId: '001Sx0000000001IAA', subject: 'Called' }],
  ],
} as const;
const changes = new Set<string>(['addComment', 'createIssue', 'transitionIssue', 'logActivity']);

/** Everything that the app tells of these calls. */
async function toldOf(system: 'jira' | 'salesforce'): Promise<string> {
  const told: unknown[] = [];
  const before = app.logs().length;
  for (const [name, input] of calls[system]) {
    const url = `${app.url}/api/${system}/${name}`;
    // At the same time, so that one of them is told what befell a look-up that the other one made.
    const answers = [{}, { 'x-error-mode': 'inline' }].map(headers =>
      changes.has(name)
        ? request(url, { json: { ...input, repeat: true }, headers })
        : request(`${url}?${new URLSearchParams(input)}`, { headers }),
    );
    told.push(...(await Promise.all(answers)).map(({ body }) => body));
    const { body } = await request(`${app.url}/api/mcp/x/all`, {
      json: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } },
      headers: { accept: 'application/json, text/event-stream' },
    });
    told.push(body);
  }
  told.push((await request(`${app.url}/api/health/ready`)).body);
  return JSON.stringify(told) + app.logs().slice(before);
}

/** Every way in which twelve characters in a row of a credential may be read in a text. */
function leaks(text: string, credentials: Iterable<string>): string[] {
  const readings = [
    text,
    decodeURIComponent(text.replace(/%(?![0-9a-fA-F]{2})/g, '%25')),
    text.replaceAll('\\', ''),
    ...[...text.matchAll(/[\w+/-]{16,}/g)].flatMap(([run]) =>
      [0, 1, 2, 3].map(from => Buffer.from(run.slice(from), 'base64').toString('latin1')),
    ),
  ];
  const found = new Set<string>();
  for (const credential of credentials) {
    for (let at = 0; at + 12 <= credential.length; at += 1) {
      const part = credential.slice(at, at + 12);
      if (readings.some(reading => reading.includes(part))) found.add(part);
    }
  }
  return [...found];
}

describe.each(systems)('an upstream that repeats %s', (_, system, env) => {
  beforeAll(async () => {
    app = await startApp({ env: env() });
  });
  afterAll(() => app.stop());

  const places = ['sign-in', 'requests', 'parts'] as const;
  it.each(forms.flatMap(([name, apply]) => places.map(place => [name, place, apply] as const)))(
    '%s, at %s, finds it nowhere in what is told',
    async (_, place, apply) => {
      [form, refuses, sent] = [apply, place, []];
      const told = await toldOf(system);
      const body = privateKey.replace(/-----[A-Z ]+-----|\n/g, '');
      const basic = base64(`agent@example.com:${secret}`);
      const assertions = sent.filter(text => /^eyJ[\w.-]+$/.test(text));
      expect(leaks(told, [secret, basic, accessToken, body, ...assertions])).toEqual([]);
      // What else the upstream says is told.
      if (place === 'requests') expect(told).toContain('Refused: ');
    },
  );
});
