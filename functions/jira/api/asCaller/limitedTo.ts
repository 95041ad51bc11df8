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
  const handled = async (options: Options, send: (sent: Options) => Promise<unknown>): Promise<unknown> => {
    const { method = 'GET', url } = options;
    for (const { method: expected, path, handle } of rules) {
      const match = method === expected ? path.exec(url) : null;
      if (match) return handle({ options, parts: match.slice(1), send }, guard);
    }
    throw notChecked();
  };
  const limited: JiraClient = {
    ...client,
    sendRequest: async <T>(options: Options) =>
      (await handled(options, sent => client.sendRequest<unknown>(sent))) as T,
    // The rules look things up by themselves, and send the change alone.
    async rehearse(options) {
      await handled(options, async () => undefined);
    },
    async readAttachment(attachmentId, range) {
      if (!guard.memory.files.has(attachmentId)) throw notChecked();
      return client.readAttachment(attachmentId, range);
    },
  };
  return limited;
}
