import type { Connection } from 'jsforce/lib/connection.js';
import * as z from 'zod';
import { lostWrite } from '../../../../shared/failure.ts';
import { partFailure } from '../answerFailure.ts';
import { longRecordId } from '../recordId.ts';

/** An e-mail about a record, which is logged there. */
interface OutgoingEmail {
  recordId: string;
  to: readonly string[];
  /** Who gets a copy. */
  cc?: readonly string[] | undefined;
  /** One of the org's own addresses; unless given, that of the user who sends. */
  from?: string | undefined;
  subject: string;
  html: string;
}

/** A post to the feed of a record, for colleagues alone. */
interface FeedPost {
  recordId: string;
  text: string;
  /** The IDs of the users who are notified. */
  mentions: readonly string[];
}

export interface Outbox {
  /** @throws Failure what Salesforce refuses */
  sendEmail(email: OutgoingEmail): Promise<void>;
  /** `isInternal` where Salesforce confirms that only colleagues read it. @throws Failure what Salesforce refuses */
  post(post: FeedPost): Promise<{ postId: string; isInternal: boolean }>;
}

const sent = z.array(z.object({ isSuccess: z.boolean() }).loose()).min(1);
const posted = z.object({ id: z.string(), visibility: z.string().nullish() });

/** What recipients, and those in copy, are called from which version of the API on; before that nobody is in copy. */
const recipientNames = [
  { since: 65, to: 'recipientAddresses', cc: 'ccAddresses' },
  { since: 62, to: 'emailAddresses', cc: 'ccRecipientAddressList' },
] as const;

function recipientInputs(version: number, to: readonly string[], cc: readonly string[]): Record<string, string> {
  const names = recipientNames.find(({ since }) => version >= since);
  if (!names) return { emailAddresses: [...to, ...cc].join(',') };
  return { [names.to]: to.join(','), ...(cc.length > 0 && { [names.cc]: cc.join(',') }) };
}

/** What Salesforce sends to people. */
export function openOutbox(connection: Connection): Outbox {
  return {
    /** https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_email_simple.htm */
    async sendEmail({ recordId, to, cc = [], from, subject, html }) {
      const answer = await connection.requestPost('/actions/standard/emailSimple', {
        inputs: [
          {
            ...recipientInputs(Number(connection.version), to, cc),
            emailSubject: subject,
            emailBody: html,
            sendRichBody: true,
            ...(from ? { senderType: 'OrgWideEmailAddress', senderAddress: from } : { senderType: 'CurrentUser' }),
            relatedRecordId: recordId,
            logEmailOnSend: true,
            addThreadingTokenToSubject: true,
            addThreadingTokenToBody: true,
          },
        ],
      });
      const { data } = sent.safeParse(answer);
      if (!data) throw lostWrite('Salesforce');
      const failed = data.find(({ isSuccess }) => !isSuccess);
      if (failed) throw partFailure({ status: 400, body: failed }, undefined);
    },

    /** https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/quickreference_post_comment_or_feed_item_with_mention.htm */
    async post({ recordId, text, mentions }) {
      const answer = await connection.requestPost('/chatter/feed-elements', {
        feedElementType: 'FeedItem',
        subjectId: recordId,
        visibility: 'InternalUsers',
        body: {
          messageSegments: [
            // No blank is added between the parts.
            ...mentions.flatMap(id => [
              { type: 'Mention', id },
              { type: 'Text', text: ' ' },
            ]),
            { type: 'Text', text },
          ],
        },
      });
      const { data } = posted.safeParse(answer);
      if (!data) throw lostWrite('Salesforce');
      return { postId: longRecordId(data.id), isInternal: data.visibility === 'InternalUsers' };
    },
  };
}
