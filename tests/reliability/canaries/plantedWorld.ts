import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox as startJira } from '../../../functions/jira/sandbox/startSandbox.ts';
import { startSandbox as startSalesforce } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { startAzurite } from '../../support/azurite.ts';

/** Sandboxes with marks in what is closed to somebody, and the tables in which the app keeps what it knows of calls. */
export async function plantedWorld(plant: {
  jira(folder: string): Promise<void>;
  salesforce(folder: string): Promise<void>;
}) {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'));
  const folders = { jira: join(folder, 'jira'), salesforce: join(folder, 'salesforce') };
  await plant.jira(folders.jira);
  await plant.salesforce(folders.salesforce);
  const jira = await startJira({ data: folders.jira });
  const salesforce = await startSalesforce({ data: folders.salesforce });
  await rm(folder, { recursive: true });
  const azurite = await startAzurite();
  await azurite.createTable('audit');
  return {
    jira,
    salesforce,
    settings: {
      ...azurite.settings,
      AUDIT_TABLE_ENDPOINT: azurite.settings.LEDGER_TABLE_ENDPOINT ?? '',
      SIGNING_KEY: 'k'.repeat(43),
      ACTION_TIMEOUT_MS: '30000',
    },
    /** What stands in the tables, by their names for people. */
    kept: async () => ({
      'the audit': await azurite.readTable('audit'),
      'the ledger': await azurite.readTable('ledger'),
    }),
    async close() {
      await Promise.all([jira.close(), salesforce.close(), azurite.stop()]);
    },
  };
}
