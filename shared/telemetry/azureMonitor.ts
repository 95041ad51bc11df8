import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { azureCredential } from '../azureCredential.ts';
import type { Environment } from '../settings/setting.ts';
import type { Exporters } from './exporting.ts';

/**
 * Sends to Application Insights as the app's identity, which is let in where its keys are turned off. What cannot be sent is
 * dropped, and not kept on the instance's disk.
 */
export function azureMonitor(connectionString: string, clientId: string | undefined, env: Environment): Exporters {
  const options = {
    connectionString,
    disableOfflineStorage: true,
    // Without the platform's identity nobody is signed in, as where a developer's Application Insights takes its key.
    ...(env.IDENTITY_ENDPOINT && { credential: tokensOf(clientId, env) }),
  };
  return { spans: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) };
}

function tokensOf(clientId: string | undefined, env: Environment) {
  const credential = azureCredential(clientId, env);
  return { getToken: (scopes: string | string[]) => credential.getToken(scopes) };
}
