// With PRIVATE_NETWORK=true: registers Microsoft.App for the subscription. The app's subnet is delegated to it, but no
// resource of it is deployed, so Azure does not register it by itself.
import { setTimeout } from 'node:timers/promises';
import { azdToken, readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';

/** Clouds of their own have another: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure */
const MANAGEMENT_URL = process.env.AZURE_RESOURCE_MANAGER_URL ?? 'https://management.azure.com';

const PAUSE_MS = 3_000;
const TRIES = 100;

await runHook(async () => {
  const { PRIVATE_NETWORK: privateNetwork, AZURE_SUBSCRIPTION_ID: subscription } = await readAzdValues();
  if (privateNetwork !== 'true') return;
  if (!subscription) throw new Error('Choose the subscription first: azd env set AZURE_SUBSCRIPTION_ID <id>.');

  const provider = `${MANAGEMENT_URL}/subscriptions/${subscription}/providers/Microsoft.App`;
  if ((await state('GET', provider)) === 'Registered') return;
  console.log('Registering Microsoft.App for the subscription…');
  await state('POST', `${provider}/register`);
  for (let tries = 0; (await state('GET', provider)) !== 'Registered'; tries++) {
    if (tries === TRIES) throw new Error('Microsoft.App is still being registered. Run the same again in a while.');
    await setTimeout(PAUSE_MS);
  }
});

/** https://learn.microsoft.com/rest/api/resources/providers */
async function state(method: 'GET' | 'POST', url: string): Promise<string> {
  const response = await fetch(`${url}?api-version=2021-04-01`, {
    method,
    headers: { authorization: `Bearer ${await azdToken(`${MANAGEMENT_URL}/.default`)}` },
  });
  if (!response.ok) throw new Error(`Azure answered ${response.status} to ${method} ${url}. ${await response.text()}`);
  return ((await response.json()) as { registrationState: string }).registrationState;
}
