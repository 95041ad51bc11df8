import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { SalesforceParts } from '../settings.ts';

const versionsSchema = z.array(z.object({ version: z.string() })).min(1);

/** Whether an org offers the version of the API in the settings; asked when something was not found, and once where it does. */
export function openVersions({ settings, upstream }: Pick<SalesforceParts, 'settings' | 'upstream'>) {
  const offers = new Set<string>();

  /**
   * The versions that an org offers, which it tells anybody; undefined where it tells none.
   * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
   * @throws Failure where it cannot be asked
   */
  const read = async (instanceUrl: string, call: Call): Promise<string[] | undefined> => {
    const request = { method: 'GET', url: `${instanceUrl}/services/data`, headers: {}, safe: true };
    const answer = await upstream.send({ ...request, address: 'SALESFORCE_LOGIN_URL' }, call);
    return versionsSchema.safeParse(parseJson(answer.body)).data?.map(({ version }) => version);
  };

  return {
    read,
    async isOffered(instanceUrl: string, call: Call): Promise<boolean> {
      if (offers.has(instanceUrl)) return true;
      const offered = await read(instanceUrl, call).catch(error => {
        if (error instanceof Failure) return undefined;
        throw error;
      });
      const isOffered = !offered || offered.includes(settings.SALESFORCE_API_VERSION);
      if (isOffered) offers.add(instanceUrl);
      return isOffered;
    },
  };
}
