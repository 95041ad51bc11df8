import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A refusal that the vault answers with before it works. */
interface Refusal {
  status: number;
  /** Key Vault's own word for why. */
  reason: string;
}

export interface FakeVault extends AsyncDisposable {
  uri: string;
  secrets: Map<string, string>;
  requests: string[];
  tokens: Set<string | undefined>;
}

/** A Key Vault on loopback: lists names a page of one at a time, takes new values, and first gives \`refusals\`. */
export async function startFakeVault(options: { secrets?: Record<string, string>; refusals?: Refusal[] } = {}) {
  const secrets = new Map(Object.entries(options.secrets ?? {}));
  const refusals = [...(options.refusals ?? [])];
  const requests: string[] = [];
  const tokens = new Set<string | undefined>();

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://vault');
    requests.push(`${request.method} ${url.pathname}`);
    tokens.add(request.headers.authorization);
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const refusal = refusals.shift();
    if (refusal) {
      const { status, reason } = refusal;
      return answer(status, { error: { code: 'Forbidden', message: 'Refused.', innererror: { code: reason } } });
    }
    const [, collection, name = ''] = url.pathname.split('/');
    if (collection !== 'secrets' || !url.searchParams.get('api-version')) return answer(400, {});
    if (request.method === 'PUT') {
      const { value } = (await json(request)) as { value: string };
      secrets.set(name, value);
      return answer(200, { id: `${vault.uri}/secrets/${name}/1` });
    }
    const names = [...secrets.keys()];
    const index = Number(url.searchParams.get('page') ?? 0);
    const more = index + 1 < names.length;
    return answer(200, {
      value: names.slice(index, index + 1).map(known => ({ id: `${vault.uri}/secrets/${known}` })),
      nextLink: more ? `${vault.uri}/secrets?api-version=7.4&page=${index + 1}` : null,
    });
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const vault: FakeVault = {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    requests,
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(closed => server.close(closed));
    },
  };
  return vault;
}
