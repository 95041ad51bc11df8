import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { startSandbox as startJira } from '../../functions/jira/sandbox/startSandbox.ts';
import { startSandbox as startSalesforce } from '../../functions/salesforce/sandbox/startSandbox.ts';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { startVault, type Vault } from '../support/vault.ts';

/** Near enough for the network to be seen, and far enough from what the app itself does. */
export const VENDOR_MS = 5;

interface Vendor {
  /** `https://127.0.0.1:<port>` */
  url: string;
  /** Each request so far: `POST /rest/api/3/search/jql`. */
  requests: string[];
  close(): Promise<void>;
}

export interface Vendors {
  jira: Vendor;
  salesforce: Vendor;
  vault: Vault;
  /** The bytes of Jira's last search: as the app asked for it, and with all fields. */
  searchBytes(): Promise<{ asked: number; full: number }>;
  /** What points an app at all of them, its secrets in the vault. */
  settings: Record<string, string>;
  /** The same for an app that has no vault. */
  withoutVault: Record<string, string>;
  close(): Promise<void>;
}

/** Jira and Salesforce over TLS, a few milliseconds away, with a vault and an identity endpoint before them. */
export async function startVendors(): Promise<Vendors> {
  const certificate = await makeCertificate();
  const [ofJira, ofSalesforce] = await Promise.all([startJira(), startSalesforce()]);
  const [jira, salesforce] = await Promise.all([ofJira, ofSalesforce].map(({ url }) => startVendor(url, certificate)));
  if (!jira || !salesforce) throw new Error('A vendor did not start.');
  const { JIRA_API_TOKEN = '', ...jiraSettings } = ofJira.settings;
  const { SALESFORCE_CLIENT_SECRET = '', ...salesforceSettings } = ofSalesforce.settings;
  const vault = await startVault(
    {
      'jira-api-token': JIRA_API_TOKEN,
      'salesforce-client-secret': SALESFORCE_CLIENT_SECRET,
      'signing-key': 'a-key-of-the-benchmark-that-signs-page-tokens',
    },
    certificate,
  );
  const systems = {
    ...jiraSettings,
    ...salesforceSettings,
    JIRA_BASE_URL: jira.url,
    SALESFORCE_LOGIN_URL: salesforce.url,
  };
  return {
    jira,
    salesforce,
    vault,
    settings: { ...systems, ...vault.settings },
    withoutVault: {
      ...systems,
      JIRA_API_TOKEN,
      SALESFORCE_CLIENT_SECRET,
      NODE_EXTRA_CA_CERTS: certificate.file,
    },
    async searchBytes() {
      const { request } = ofJira.exchanges.findLast(({ request: { path } }) => path.endsWith('/search/jql')) ?? {};
      if (!request) throw new Error('Jira was not searched.');
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const sizes = [JSON.parse(request.body).fields, ['*all']].map(async fields => {
        const response = await fetch(ofJira.url + request.path, {
          method: 'POST',
          headers: { authorization, 'content-type': type },
          body: JSON.stringify({ ...JSON.parse(request.body), fields }),
        });
        return (await response.arrayBuffer()).byteLength;
      });
      const [asked = 0, full = 0] = await Promise.all(sizes);
      return { asked, full };
    },
    async close() {
      await Promise.all([jira.close(), salesforce.close(), ofJira.close(), ofSalesforce.close()]);
      await vault.close();
    },
  };
}

const search = z.object({ fields: z.array(z.string()) });

/** A search of Jira names the fields that it wants in its body, and each app has its own. */
function fieldsIn(body: string): string {
  if (!body.startsWith('{')) return '';
  const { data } = search.safeParse(JSON.parse(body));
  return data?.fields.join() ?? '';
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answers as this sandbox did to the first request of the same method, path, query and fields, so that later ones cost no work. */
async function startVendor(sandbox: string, { cert, key }: Certificate): Promise<Vendor> {
  const requests: string[] = [];
  const known = new Map<string, Promise<Answer>>();
  let url = '';

  const ask = async (method: string, path: string, headers: Record<string, string>, body: string): Promise<Answer> => {
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await fetch(sandbox + path, { method, headers, ...(hasBody && { body }) });
    return {
      status: response.status,
      headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
      body: (await response.text()).replaceAll(sandbox, url),
    };
  };

  const server = createServer({ cert, key }, async (incoming, response) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = await text(incoming);
    requests.push(`${method} ${path}`);
    const name = `${method} ${path} ${fieldsIn(body)}`;
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const answer = known.get(name) ?? ask(method, path, { authorization, 'content-type': type }, body);
    known.set(name, answer);
    const [{ status, headers: answered, body: answerBody }] = await Promise.all([answer, setTimeout(VENDOR_MS)]);
    response.writeHead(status, answered);
    response.end(answerBody);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
