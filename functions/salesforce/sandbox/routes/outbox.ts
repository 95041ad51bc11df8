import * as z from 'zod';
import { canSeeRow, lacks } from '../access.ts';
import { badRequest, jsonParserError, noAccess, notFound } from '../errors.ts';
import type { Located } from '../org.ts';
import { type ApiAnswer, type ApiCall, ok, type Route, route } from '../router.ts';
import type { ObjectDefinition } from '../schema.ts';

/** What Salesforce sends to people. In the sandbox it goes nowhere, and is logged as Salesforce logs it. */
export const outboxRoutes: Route[] = [
  route('POST', 'actions/standard/emailSimple', sendEmail),
  route('POST', 'chatter/feed-elements', post),
];

/** https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_obj_email_simple.htm */
const emailBody = z.strictObject({
  inputs: z
    .array(
      z.strictObject({
        recipientAddresses: z.string(),
        ccAddresses: z.string().optional(),
        emailSubject: z.string(),
        emailBody: z.string(),
        sendRichBody: z.boolean().default(false),
        senderType: z.enum(['CurrentUser', 'OrgWideEmailAddress']).default('CurrentUser'),
        senderAddress: z.string().optional(),
        relatedRecordId: z.string().optional(),
        logEmailOnSend: z.boolean().default(false),
        addThreadingTokenToSubject: z.boolean().default(false),
        addThreadingTokenToBody: z.boolean().default(false),
      }),
    )
    .length(1),
});

const actionResult = (errors: { statusCode: string; message: string; fields: string[] }[]) => ({
  actionName: 'emailSimple',
  errors: errors.length > 0 ? errors : null,
  isSuccess: errors.length === 0,
  outputValues: null,
});

function sendEmail({ body, org, viewer }: ApiCall): ApiAnswer {
  const { data, error } = emailBody.safeParse(body);
  const [email] = data?.inputs ?? [];
  if (!email) throw jsonParserError(error ? z.prettifyError(error) : 'inputs');
  const refused = (statusCode: string, message: string) => ({
    status: 400,
    body: [actionResult([{ statusCode, message, fields: [] }])],
  });
  if (lacks(viewer, 'EmailSingle')) throw noAccess();
  const [to = [], cc = []] = [email.recipientAddresses, email.ccAddresses].map(text =>
    (text ?? '').split(',').flatMap(address => address.trim() || []),
  );
  const wrong = [...to, ...cc].find(address => !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(address));
  if (wrong !== undefined) return refused('INVALID_EMAIL_ADDRESS', `Email address is invalid: ${wrong}`);
  const own = org.schema.find('OrgWideEmailAddress');
  const isOwn = own && org.rows(own).some(({ Address }) => Address === email.senderAddress);
  if (email.senderType === 'OrgWideEmailAddress' && !isOwn) {
    return refused('INVALID_EMAIL_ADDRESS', `Not a verified organization-wide address: ${email.senderAddress}`);
  }
  const related = email.relatedRecordId === undefined ? undefined : org.find(email.relatedRecordId);
  if (email.logEmailOnSend) {
    if (!related || !canSeeRow(org, viewer, related)) {
      return refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    }
    const token = `thread::${related.row.Id.slice(-9)}::`;
    const sender = org.find(viewer.Id)?.row;
    const log = objectOf(org.schema.find('EmailMessage'));
    org.insert(
      log,
      {
        ParentId: related.row.Id,
        Subject: email.addThreadingTokenToSubject ? `${email.emailSubject} ${token}` : email.emailSubject,
        [email.sendRichBody ? 'HtmlBody' : 'TextBody']: email.addThreadingTokenToBody
          ? `${email.emailBody}\n${token}`
          : email.emailBody,
        FromAddress: email.senderAddress ?? sender?.Email ?? null,
        FromName: email.senderAddress ?? sender?.Name ?? null,
        ToAddress: to.join('; '),
        CcAddress: cc.length > 0 ? cc.join('; ') : null,
        Incoming: false,
        Status: '3',
        MessageDate: org.now().toISOString().replace('Z', '+0000'),
      },
      viewer.Id,
    );
  }
  return ok([actionResult([])]);
}

/** https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/connect_requests_feed_item_input.htm */
const postBody = z.strictObject({
  feedElementType: z.literal('FeedItem'),
  subjectId: z.string(),
  visibility: z.enum(['AllUsers', 'InternalUsers']).default('AllUsers'),
  body: z.strictObject({
    messageSegments: z
      .array(
        z.union([
          z.strictObject({ type: z.literal('Text'), text: z.string() }),
          z.strictObject({ type: z.literal('Mention'), id: z.string() }),
        ]),
      )
      .min(1),
  }),
});

function post({ body, org, viewer }: ApiCall): ApiAnswer {
  const { data, error } = postBody.safeParse(body);
  if (!data) throw jsonParserError(z.prettifyError(error));
  const { subjectId, visibility } = data;
  const subject = org.find(subjectId);
  if (!subject || !canSeeRow(org, viewer, subject)) throw notFound();
  const text = data.body.messageSegments
    .map(segment => (segment.type === 'Text' ? segment.text : `@${mentioned(org.find(segment.id))}`))
    .join('');
  const row = org.insert(
    objectOf(org.schema.find('FeedItem')),
    { ParentId: subject.row.Id, Body: text, Type: 'TextPost', Visibility: visibility },
    viewer.Id,
  );
  return { status: 201, body: { id: row.Id, feedElementType: 'FeedItem', visibility, body: { text } } };
}

function mentioned(located: Located | undefined) {
  if (located?.object.name === 'User' && located.row.IsActive) return located.row.Name;
  throw badRequest('Invalid mention');
}

function objectOf(object: ObjectDefinition | undefined): ObjectDefinition {
  if (object) return object;
  throw notFound();
}
