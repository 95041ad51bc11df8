import { getIssueWatchers, removeWatcher } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { Issue } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import { kindOf, type People } from './people.ts';
import { type User, type Watchers, watchersSchema } from './wire.ts';

/** What came of letting somebody watch an issue, or not. */
export interface Watching {
  issue: Issue;
  person: string;
  /** Whether it was so before; undefined where Jira does not tell all who watch. */
  already: boolean | undefined;
  /** How many watch it now; undefined where that could not be read. */
  count: number | undefined;
  /** Who they are, as far as Jira tells. */
  watchers: string[];
}

interface WatchingParts {
  client: Client;
  people: People;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  /** The issue as it is then. It never throws. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

/** @throws Failure `forbidden` where the account may not manage who watches; `not_found`, `ambiguous`, `invalid_input` */
export async function watch(
  issueKey: string,
  { person, isWatching }: { person: string; isWatching: boolean },
  { client, people, readBackClient, readBack }: WatchingParts,
): Promise<Watching> {
  const watchersOf = async (through: Client) =>
    parseAnswer(watchersSchema, await getIssueWatchers(through, { issueIdOrKey: issueKey }));
  const [user, before] = await Promise.all([people.find(person), watchersOf(client)]);
  if (isWatching) refuseWhoCannot(user, person);
  const already = isAlready(before, user, isWatching);
  if (!already) {
    const change = isWatching
      ? client.sendRequest({
          url: `/rest/api/3/issue/${issueKey}/watchers`,
          method: 'POST',
          // A JSON text by itself, which jira.js's type does not allow.
          body: user.accountId,
        })
      : removeWatcher(client, { issueIdOrKey: issueKey, accountId: user.accountId });
    await change.catch(error => {
      throw refusal(error, issueKey, user.displayName ?? person);
    });
  }
  const [issue, after] = await Promise.all([
    readBack(issueKey, ['summary', 'status']),
    already ? before : watchersOf(readBackClient()).catch(() => undefined),
  ]);
  const known = before.watchers.find(({ accountId }) => accountId === user.accountId);
  return {
    issue,
    person: user.displayName ?? known?.displayName ?? user.accountId,
    already,
    count: after?.watchCount,
    watchers: (after?.watchers ?? []).map(({ displayName, accountId }) => displayName ?? accountId),
  };
}

/** Jira may tell fewer than there are: without a permission only whether the account itself is among them. */
function isAlready({ watchers, watchCount }: Watchers, { accountId }: User, isWatching: boolean): boolean | undefined {
  const isListed = watchers.some(watcher => watcher.accountId === accountId);
  if (!isListed && watchers.length < watchCount) return undefined;
  return isListed === isWatching;
}

function refuseWhoCannot(user: User, person: string): void {
  const kind = kindOf(user);
  if (kind === undefined) return;
  const why = {
    left: 'has left',
    app: 'is an app',
    customer: 'is a customer, who is told of their own requests and those that are shared with them',
  };
  const message = `${user.displayName ?? person} ${why[kind]} and cannot watch issues. Ask the user for somebody else.`;
  throw invalidInput([{ field: 'person', message }]);
}

function refusal(error: unknown, issueKey: string, name: string): unknown {
  // A refusal of this service's own has no answer of Jira's for its cause.
  if (!(error instanceof Failure) || error.cause === undefined) return error;
  if (error.code === 'forbidden') {
    const message = `The account signed in to Jira may not say who watches ${issueKey}: it needs the permission Manage watchers there. Say so to the user, who can watch it in Jira themselves.`;
    return new Failure('forbidden', message, { cause: error });
  }
  // The issue itself was seen just now.
  if (error.code !== 'not_found' && error.code !== 'invalid_input') return error;
  const message = `Jira does not let ${name} watch ${issueKey}: they may not see it, or have no account there any more.`;
  return new Failure('not_found', message, { cause: error });
}
