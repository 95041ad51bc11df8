import type { Environment } from './setting.ts';

/**
 * Whether this is a developer's machine. Core Tools and this project's local host call themselves Development; the platform
 * names its instance and its site.
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings#azure_functions_environment
 */
export function runsLocally(env: Environment): boolean {
  const { AZURE_FUNCTIONS_ENVIRONMENT, WEBSITE_INSTANCE_ID, WEBSITE_SITE_NAME } = env;
  return AZURE_FUNCTIONS_ENVIRONMENT === 'Development' && !WEBSITE_INSTANCE_ID && !WEBSITE_SITE_NAME;
}
