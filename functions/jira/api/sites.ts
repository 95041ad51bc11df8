import type { OpenSystem } from '../../../shared/action/defineSystem.ts';
import type { Call } from '../../../shared/call.ts';
import { Failure, type FailureCode, invalidInput } from '../../../shared/failure.ts';
import { type JiraParts, jiraSites } from '../settings.ts';
import { listed } from './choosing.ts';
import { type Jira, openJira } from './jira.ts';

/** What one site says of a token that another one may take. */
const elsewhere: ReadonlySet<FailureCode> = new Set(['unauthenticated', 'forbidden', 'not_found']);

/** Opens each site that the settings name. Nothing that one of them has answered is used for another. */
export async function openSites(parts: JiraParts): Promise<OpenSystem<Jira>> {
  const isLimited = parts.settings.JIRA_RUN_AS === 'caller';
  const limits = isLimited ? (await import('./asCaller/runAsCaller.ts')).runAsCaller : undefined;
  const sites = jiraSites(parts.settings).map(({ name, baseUrl, cloudId }) => ({
    name,
    jira: openJira(
      { ...parts, settings: { ...parts.settings, JIRA_BASE_URL: baseUrl, JIRA_CLOUD_ID: cloudId } },
      limits,
    ),
  }));
  const named = (call: Call) => sites.filter(({ name }) => call.site === undefined || name === call.site);
  const siteOf = (call: Call) => {
    const [site, another] = named(call);
    if (site && !another) return site.jira;
    const message = `Say which site of Jira is meant: ${listed(sites.map(({ name }) => name))}.`;
    throw invalidInput([{ field: 'site', message }]);
  };

  return {
    for: call => siteOf(call).for(call),
    // A service account is of one site.
    signIn: sites[0]?.jira.signIn,
    timeZone: async call => siteOf(call).timeZone(call),
    async check(call) {
      const told = await Promise.all(sites.map(({ jira }) => jira.check(call)));
      return [...new Set(told)].join(', ');
    },
    lacks: (call, permissions) => siteOf(call).lacks(call, permissions),
    async whoIs(call) {
      let refusal: Failure | undefined;
      const asked = named(call);
      // Each may be asked, and once more where it did not answer.
      const { maxRequests } = call;
      const look = { ...call, maxRequests: Math.max(maxRequests, 2 * asked.length) };
      for (const { jira } of asked) {
        try {
          return await jira.whoIs(look);
        } catch (error) {
          if (!(error instanceof Failure) || !elsewhere.has(error.code)) throw error;
          // That a token is dead is said of one, too, that is only of another site.
          if (refusal === undefined || refusal.code === 'unauthenticated') refusal = error;
        }
      }
      throw refusal ?? new Failure('invalid_input', 'There is no such site of Jira.');
    },
  };
}
