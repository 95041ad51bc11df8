import * as z from 'zod';
import { withLineBreaks } from '../../../shared/escapedTwice.ts';
import { id, link } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { recordForms, recordText } from '../api/inputs.ts';
import { objectOf } from '../api/readRecord.ts';
import { recordNamed } from '../api/recordNamed.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { MAX_MENTIONED, usersMentioned } from '../api/service/mentioned.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/connect_requests_feed_item_input.htm */
const MAX_POST = 10_000;

export default salesforce.action({
  name: 'postToFeed',
  toolset: 'salesforce-service',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses(),
  title: 'Post to the feed of a record',
  description:
    "Posts to the Chatter feed of a Salesforce record, for colleagues alone, as this service's Salesforce user; Salesforce notifies who is mentioned. " +
    'Use it to let a colleague know, such as the owner of an account, whom getCase tells. For a task with a due date use logActivity; for a comment on a case use addCaseComment.',
  input: z.object({
    recordId: recordText.describe(`The record ${recordForms}.`),
    comment: z
      .string()
      .trim()
      .min(1, 'It must not be blank.')
      .max(MAX_POST)
      .transform(withLineBreaks)
      .describe('The post, as plain text.'),
    mention: z.string().trim().max(LIST_TEXT).optional().meta({
      description: 'Who is to be notified, separated by commas: names, e-mail addresses, or me for the user who asks.',
      mayMatchSeveral: true,
    }),
  }),
  output: z.object({
    postId: id('The ID of the post.'),
    recordId: id('The ID of the record.'),
    mentioned: z.array(z.string()).describe('Who is notified.'),
    note: z.string().optional().describe('What to tell the user besides.'),
    url: link('The address of the record in Salesforce.'),
  }),
  // Each who is mentioned is looked up.
  requests: 10 + 2 * MAX_MENTIONED,
  example: { recordId: '500Sx0000000001IAA', comment: 'This case was escalated.', mention: 'Li Wei' },
  async run({ recordId: text, comment, mention = '' }, { salesforce }) {
    const named = mention.split(/[,;\n]/).flatMap(name => name.trim() || []);
    const [{ recordId, objectType }, users] = await Promise.all([
      recordMeant(salesforce, text),
      usersMentioned(salesforce, named),
    ]);
    const { postId, isInternal } = await salesforce.post({
      recordId,
      text: comment,
      mentions: users.map(({ id }) => id),
    });
    return {
      postId,
      recordId,
      mentioned: users.map(({ name }) => name),
      ...(!isInternal && {
        note: 'Salesforce did not confirm that the post is for colleagues alone: customers who see the record in a portal may read it. Tell the user.',
      }),
      url: salesforce.recordUrl(objectType, recordId),
    };
  },
});

async function recordMeant(salesforce: Salesforce, text: string) {
  const recordId = await recordNamed(salesforce, text, { input: 'recordId' });
  return { recordId, objectType: await objectOf(salesforce, recordId) };
}
