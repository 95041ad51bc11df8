import type { JiraClient } from '../client.ts';
import { type GuardParts, openGuard } from './guard.ts';
import { notChecked } from './notChecked.ts';
import { planning } from './planning.ts';
import { reads } from './reads.ts';
import type { Options, Rule } from './rule.ts';
import { serviceDesk } from './serviceDesk.ts';
import { writes } from './writes.ts';

/**
 * The one place where the answers of the service's account are limited to what the account of a caller may see, and its changes
 * to what that account may do. Every request to Jira goes through here, and one that has no rule is refused.
 */
const rules: readonly Rule[] = [...reads, ...planning, ...writes, ...serviceDesk];

/** The same client, as the account of a caller may use it. */
export function limitedTo(parts: GuardParts): JiraClient {
  const { client } = parts;
  const guard = openGuard(parts, () => limited);
  const limited: JiraClient = {
    ...client,
    async sendRequest<T>(options: Options): Promise<T> {
      const { method = 'GET', url } = options;
      for (const { method: expected, path, handle } of rules) {
        const match = method === expected ? path.exec(url) : null;
        if (!match) continue;
        const send = (sent: Options) => client.sendRequest<unknown>(sent);
        return (await handle({ options, parts: match.slice(1), send }, guard)) as T;
      }
      throw notChecked();
    },
    async readAttachment(attachmentId, range) {
      if (!guard.memory.files.has(attachmentId)) throw notChecked();
      return client.readAttachment(attachmentId, range);
    },
  };
  return limited;
}
