import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { makeCertificate } from './certificate.ts';

const require = createRequire(import.meta.url);
const IDENTITY_HEADER = 'identity-header-of-this-test';
const CLIENT_ID = '00000000-0000-0000-0000-00000000c11d';

export interface Azurite {
  /** Settings that let an app keep its ledger here, signed in by its managed identity. */
  settings: Record<string, string>;
  /** Makes a table, as a deployment does. */
  createTable(name: string): Promise<void>;
  /** Everything that a table holds, as the service sends it. */
  readTable(name: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Runs Azurite's table service over https, where it takes bearer tokens, and plays App Service's managed identity.
 * https://learn.microsoft.com/azure/storage/common/storage-use-azurite#oauth-configuration
 */
export async function startAzurite(): Promise<Azurite> {
  const certificate = await makeCertificate();
  const folder = dirname(certificate.file);
  const keyFile = join(folder, 'key.pem');
  await writeFile(keyFile, certificate.key);

  // Azurite does not tell which port it was given.
  const port = await freePort();
  const script = require.resolve('azurite/dist/src/table/main.js');
  const flags = ['--tableHost', '127.0.0.1', '--tablePort', String(port), '--inMemoryPersistence', '--oauth', 'basic'];
  const child = spawn(
    process.execPath,
    [script, ...flags, '--cert', certificate.file, '--key', keyFile, '--disableTelemetry'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await new Promise<void>((ready, failed) => {
    let output = '';
    const read = (chunk: string) => {
      output += chunk;
      if (output.includes('successfully started')) ready();
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('close', () => failed(new Error(`Azurite ended before it was ready:\n${output}`)));
  });

  const identity = createServer((request, response) => {
    const isKnown = request.headers['x-identity-header'] === IDENTITY_HEADER;
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? storageToken() : { error: 'invalid_request' }));
  });
  await new Promise<void>(listening => identity.listen(0, '127.0.0.1', listening));

  const endpoint = `https://127.0.0.1:${port}/devstoreaccount1`;
  // The certificate is the test's own, and this process need not know who signed it.
  const trusting = { ca: certificate.cert };
  const ask = (path: string, { method = 'GET', body }: { method?: string; body?: string } = {}) =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${storageToken().access_token}`,
        accept: 'application/json;odata=nometadata',
        'content-type': 'application/json',
        'x-ms-version': '2019-02-02',
      };
      const sent = httpsRequest(`${endpoint}/${path}`, { ...trusting, method, headers }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      });
      sent.on('error', reject).end(body);
    });

  return {
    settings: {
      LEDGER_TABLE_ENDPOINT: endpoint,
      AZURE_CLIENT_ID: CLIENT_ID,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${(identity.address() as AddressInfo).port}/msi/token`,
      IDENTITY_HEADER,
      NODE_EXTRA_CA_CERTS: certificate.file,
    },
    async createTable(name) {
      await ask('Tables', { method: 'POST', body: JSON.stringify({ TableName: name }) });
    },
    readTable: name => ask(`${name}()`),
    async stop() {
      identity.closeAllConnections();
      await new Promise(closed => identity.close(closed));
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      await certificate.remove();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise(closed => server.close(closed));
  return port;
}

/** Azurite reads a token's claims, not its signature. */
function storageToken() {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/00000000-0000-0000-0000-000000000001/',
    iat: now - 60,
    nbf: now - 60,
    exp: now + 86_400,
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return {
    access_token: `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.${encode({ sig: 1 })}`,
    expires_on: String(claims.exp),
    resource: 'https://storage.azure.com',
    token_type: 'Bearer',
    client_id: CLIENT_ID,
  };
}
