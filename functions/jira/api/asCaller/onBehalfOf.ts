import type { Call } from '../../../../shared/call.ts';
import { Failure } from '../../../../shared/failure.ts';
import type { JiraClient } from '../client.ts';
import { bodyOf, type Options } from './rule.ts';

/**
 * Says in an issue's history for whom the service's account changed it. Edits and transitions can carry that; a new issue, a
 * comment, logged work, a link, a file, a watcher, a rank and a move between sprints cannot:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
 */

/** Who is behind a change. */
interface Person {
  accountId: string;
  displayName?: string | null | undefined;
}

const anIssue = '/rest/api/3/issue/[\\w-]+';
const edit = new RegExp(`^${anIssue}$`);
const transition = new RegExp(`^${anIssue}/transitions$`);
const assignment = new RegExp(`^(${anIssue})/assignee$`);

/** The same client, whose changes say for whom they were made. */
export function onBehalfOf(
  { accountId, displayName }: Person,
  client: JiraClient,
  { correlationId }: Pick<Call, 'correlationId'>,
): JiraClient {
  const name = displayName ?? accountId;
  const historyMetadata = {
    type: 'connector:on-behalf-of',
    description: `For ${name}`,
    activityDescription: `on behalf of ${name}`,
    actor: { id: accountId, displayName: name, type: 'atlassian-account' },
    generator: { id: 'connector', type: 'application' },
    cause: { id: correlationId, type: 'correlation-id' },
  };
  const send = async <T>({ schema: _, ...options }: Options) => (await client.sendRequest(options)) as T;
  const told = (options: Options): Options => ({ ...options, body: { ...bodyOf(options), historyMetadata } });

  return {
    ...client,
    async sendRequest<T>(options: Options): Promise<T> {
      const { method = 'GET', url } = options;
      if ((method === 'PUT' && edit.test(url)) || (method === 'POST' && transition.test(url))) {
        return send<T>(told(options));
      }
      const [, issue] = (method === 'PUT' && assignment.exec(url)) || [];
      if (issue === undefined) return send<T>(options);
      const { accountId: assignee = null } = bodyOf(options);
      const fields = { assignee: assignee === null ? null : { accountId: assignee } };
      return send<T>(told({ method, url: issue, body: { fields } })).catch(error => {
        // Only where its edit screen has the assignee can an edit set it.
        if (error instanceof Failure && (error.code === 'invalid_input' || error.code === 'forbidden')) {
          return send<T>(options);
        }
        throw error;
      });
    },
  };
}
