import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificate, makeCertificate } from './certificate.ts';

const IDENTITY_HEADER = 'identity-header-of-this-test';
const CLIENT_ID = '00000000-0000-0000-0000-00000000c11d';

export interface Vault {
  /** Settings that point an app at this vault and this identity. */
  settings: Record<string, string>;
  secrets: Map<string, string>;
  /** `secret name` for each read that was answered or refused with a token; challenges are not counted. */
  reads: string[];
  challenges: number;
  /** How long a token lives that the identity endpoint gives. */
  tokenSeconds: number;
  tokenRequests: number;
  /** When set, every read is answered with this status. */
  failWith: number | undefined;
  /** When set, reads with a token are never answered. */
  hang: boolean;
  /** How many of the next token requests go wrong, and how. */
  identityFault: { kind: 'hang' | 'reset'; times: number };
  close(): Promise<void>;
}

/**
 * Plays Key Vault over https, challenge included, and App Service's managed identity endpoint.
 * https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 * @param given a certificate for it, which other servers may have, too: an app trusts one alone; it is removed at the end
 */
export async function startVault(secrets: Record<string, string>, given?: Certificate): Promise<Vault> {
  const certificate = given ?? (await makeCertificate());
  const tokens = new Set<string>();

  const identityServer = createHttpServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://identity');
    const allowed =
      request.headers['x-identity-header'] === IDENTITY_HEADER &&
      url.searchParams.get('resource')?.startsWith('https://vault.azure.net') &&
      url.searchParams.get('api-version') === '2019-08-01' &&
      url.searchParams.get('client_id') === CLIENT_ID;
    vault.tokenRequests += 1;
    if (vault.identityFault.times > 0) {
      vault.identityFault.times -= 1;
      if (vault.identityFault.kind === 'reset') request.socket.destroy();
      return;
    }
    const token = `vault-token-${vault.tokenRequests}`;
    if (allowed) tokens.add(token);
    response.writeHead(allowed ? 200 : 400, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        allowed
          ? {
              access_token: token,
              expires_on: String(Math.floor(Date.now() / 1000) + vault.tokenSeconds),
              resource: 'https://vault.azure.net',
              token_type: 'Bearer',
              client_id: CLIENT_ID,
            }
          : { error: 'invalid_request' },
      ),
    );
  });

  const vaultServer = createHttpsServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (!token || !tokens.has(token)) {
      vault.challenges += 1;
      const challenge =
        'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001", resource="https://vault.azure.net"';
      return answer(401, { error: { code: 'Unauthorized' } }, { 'www-authenticate': challenge });
    }
    const name = /^\/secrets\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '';
    vault.reads.push(name);
    if (vault.hang) return;
    if (vault.failWith) return answer(vault.failWith, { error: { code: 'Failed', message: 'on demand' } });
    const value = vault.secrets.get(name);
    if (value === undefined) return answer(404, { error: { code: 'SecretNotFound', message: `no ${name}` } });
    answer(200, {
      value,
      id: `https://${request.headers.host}/secrets/${name}/0123456789abcdef`,
      attributes: { enabled: true },
    });
  });

  const [identityPort, vaultPort] = await Promise.all([listen(identityServer), listen(vaultServer)]);
  const vault: Vault = {
    settings: {
      KEY_VAULT_URI: `https://127.0.0.1:${vaultPort}`,
      AZURE_CLIENT_ID: CLIENT_ID,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${identityPort}/msi/token`,
      IDENTITY_HEADER,
      NODE_EXTRA_CA_CERTS: certificate.file,
    },
    secrets: new Map(Object.entries(secrets)),
    reads: [],
    challenges: 0,
    tokenSeconds: 86_400,
    tokenRequests: 0,
    failWith: undefined,
    hang: false,
    identityFault: { kind: 'hang', times: 0 },
    close: () => closeAll([identityServer, vaultServer], certificate),
  };
  return vault;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closeAll(servers: Server[], certificate: Certificate): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
  await certificate.remove();
}
