import { type Call, shareable } from '../../../shared/call.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { soql } from './soql.ts';
import { querySchema } from './wire.ts';

/** A group may be in groups, and those in others; deeper ones are not looked into. */
const MAX_DEPTH = 3;
const TIMEOUT_MS = 5_000;

/**
 * The IDs of the queues and public groups that a user is in, also through other groups; not those that a role brings them
 * into. Who is in which group is closed to agents: of this, an answer may tell only what waits for the user who asks.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_groupmember.htm
 * @param ask is not held to a policy
 */
export async function groupsOf(
  userId: string,
  call: Call,
  now: number,
  ask: (call: Call, path: string) => Promise<UpstreamAnswer>,
): Promise<string[]> {
  const found = new Set<string>();
  let members = [userId];
  for (let depth = 0; depth < MAX_DEPTH && members.length > 0; depth += 1) {
    const { text } = soql`SELECT GroupId FROM GroupMember WHERE UserOrGroupId IN ${members} LIMIT 200`;
    const { status, body } = await ask(shareable(call, TIMEOUT_MS, now), `/query?q=${encodeURIComponent(text)}`);
    // Who may not see groups is told of none.
    const records = status < 400 ? (querySchema.safeParse(parseJson(body)).data?.records ?? []) : [];
    const ids = records.flatMap(({ GroupId }) => (typeof GroupId === 'string' ? [GroupId] : []));
    members = ids.filter(id => !found.has(id));
    for (const id of members) found.add(id);
  }
  return [...found];
}
