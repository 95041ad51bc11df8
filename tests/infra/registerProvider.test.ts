import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeAzd, runHook } from './fakeAzd.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** Azure Resource Manager, which gives one state after another for as long as there are any. */
async function run(values: Record<string, string>, states: string[]) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    const registrationState = states.length > 1 ? states.shift() : states[0];
    response.writeHead(registrationState ? 200 : 403).end(JSON.stringify({ registrationState }));
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const azd = fakeAzd(values);
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
    azd.remove,
  );
  const env = { AZURE_RESOURCE_MANAGER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  return { requests, ...(await runHook('register-provider.ts', { azd, env })) };
}

const privateNetwork = { PRIVATE_NETWORK: 'true', AZURE_SUBSCRIPTION_ID: 'one' };
const provider = '/subscriptions/one/providers/Microsoft.App';

describe('register-provider', () => {
  it('registers what the subnet of the app is delegated to, and waits for it', async () => {
    const { code, requests } = await run(privateNetwork, ['NotRegistered', 'Registering', 'Registered']);
    expect(code).toBe(0);
    expect(requests).toEqual([`GET ${provider}`, `POST ${provider}/register`, `GET ${provider}`]);
  });

  it('leaves alone what is registered', async () => {
    const { code, output, requests } = await run(privateNetwork, ['Registered']);
    expect({ code, output, requests }).toEqual({ code: 0, output: '', requests: [`GET ${provider}`] });
  });

  it('does nothing without a private network', async () => {
    expect(await run({ AZURE_SUBSCRIPTION_ID: 'one' }, [])).toEqual({ code: 0, output: '', requests: [] });
  });

  it('stops the deployment where it may not, and where no subscription is chosen', async () => {
    expect(await run(privateNetwork, [])).toMatchObject({ code: 1, output: expect.stringContaining('answered 403') });
    expect(await run({ PRIVATE_NETWORK: 'true' }, [])).toMatchObject({
      code: 1,
      output: 'Choose the subscription first: azd env set AZURE_SUBSCRIPTION_ID <id>.\n',
    });
  });
});
