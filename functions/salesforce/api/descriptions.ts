import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { describeGlobalSchema, describeSchema, type ObjectDescription, type ObjectSummary, read } from './wire.ts';

const DESCRIBE_MS = 5 * 60_000;
const MAX_DESCRIBED = 200;
const DESCRIBE_TIMEOUT_MS = 10_000;

/** What objects are made of as a call's Salesforce user sees them, whatever a policy closes; kept for five minutes. */
interface Descriptions {
  /** @throws Failure `not_found` */
  describe(objectType: string): Promise<ObjectDescription>;
  describeAll(): Promise<ObjectSummary[]>;
}

export function openDescriptions(
  { seenBy, now }: KeptBy,
  ask: (call: Call, path: string) => Promise<UpstreamAnswer>,
): (call: Call) => Descriptions {
  const life = { until: () => now() + DESCRIBE_MS, maxEntries: MAX_DESCRIBED, now };
  const descriptions = createCache<string, ObjectDescription>(life);
  const summaries = createCache<string, ObjectSummary[]>(life);

  return call => {
    // What a user sees of an object depends on the user. What is closed is taken out of it for each call anew.
    const keyOf = (name: string) => `${seenBy(call)} ${name.toLowerCase()}`;
    const tell = async (path: string) => {
      const { body } = await ask(shareable(call, DESCRIBE_TIMEOUT_MS, now()), path);
      return parseJson(body);
    };
    return {
      describe: objectType =>
        descriptions.get(
          keyOf(objectType),
          async () => read(describeSchema, await tell(`/sobjects/${objectType}/describe`)),
          call,
        ),
      describeAll: () =>
        summaries.get(keyOf(''), async () => read(describeGlobalSchema, await tell('/sobjects')).sobjects, call),
    };
  };
}
