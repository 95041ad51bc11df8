import * as z from 'zod';
import { heading, id } from '../../../../shared/schema/meaning.ts';
import { notShown } from '../notShown.ts';
import { field, recordShape } from '../recordShape.ts';
import { audience } from './inputs.ts';
import { milestone } from './milestones.ts';

/** A case itself. */
export const caseShape = recordShape('Case', {
  caseId: field.id('The ID of the case.'),
  caseNumber: field.text('CaseNumber', 'Its number.'),
  subject: field.heading('Subject', 'What it is about.'),
  description: field.text('Description', 'What was reported.'),
  status: field.text('Status', 'Its status.'),
  priority: field.text('Priority', 'Its priority.'),
  type: field.text('Type', 'Its type.'),
  reason: field.text('Reason', 'Its reason.'),
  origin: field.text('Origin', 'How it came in.'),
  isClosed: field.boolean('IsClosed', 'True when it is closed.'),
  isEscalated: field.boolean('IsEscalated', 'True when it is escalated.'),
  openedAt: field.time('CreatedDate', "When it was opened, ISO 8601, by the asking user's clock."),
  closedAt: field.time('ClosedDate', "When it was closed, ISO 8601, by the asking user's clock."),
  owner: field.text('Owner.Name', 'The owner: a person or a queue.'),
  contact: field.text('Contact.Name', 'The contact who reported it.'),
  contactId: field.reference('ContactId', 'The ID of the contact.'),
  contactEmail: field.text('Contact.Email', "The contact's e-mail address."),
  contactPhone: field.text('Contact.Phone', "The contact's phone number."),
  suppliedEmail: field.text('SuppliedEmail', 'The e-mail address that was given where it was reported.'),
  account: field.text('Account.Name', 'The account.'),
  accountId: field.reference('AccountId', 'The ID of the account.'),
  accountOwner: field.text('Account.Owner.Name', 'The owner of the account.'),
  accountOwnerEmail: field.text('Account.Owner.Email', "The account owner's e-mail address."),
  url: field.link('The address of the case in Salesforce.'),
});

/** A right to support. https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_entitlement.htm */
export const entitlement = z.object({
  name: heading('Its name.').optional(),
  type: z.string().optional().describe('Its type, such as Phone Support.'),
  isActive: z.boolean().optional().describe('True while it can be used.'),
  status: z.string().optional().describe('Its status, such as Active or Expired.'),
  startDate: z.string().optional().describe('The first day of it.'),
  endDate: z.string().optional().describe('The last day of it.'),
  ofCase: z.boolean().optional().describe('True for the one that the case is handled under.'),
});

export const comment = z.object({
  audience: audience
    .optional()
    .describe('Who reads it: public for the customer as well, internal for colleagues alone.'),
  author: heading('Who wrote it.').optional(),
  writtenAt: z.string().optional().describe("When, ISO 8601, by the asking user's clock."),
  text: z.string().optional().describe('The comment.'),
});

const file = z.object({
  fileId: id('The ID of the file.').optional(),
  name: heading('Its name.').optional(),
  size: z.number().optional().describe('Its size in bytes.'),
  addedAt: z.string().optional().describe("When it was added, ISO 8601, by the asking user's clock."),
});

export const email = z.object({
  emailId: id('Its ID: the recordId of its files.').optional(),
  direction: z
    .enum(['incoming', 'outgoing', 'draft'])
    .describe('Incoming from the customer, outgoing to them, or a draft that was not sent.'),
  subject: heading('Its subject.').optional(),
  from: z.string().optional().describe('Who sent it.'),
  to: z.string().optional().describe('To whom.'),
  cc: z.string().optional().describe('Who else got it.'),
  sentAt: z.string().optional().describe("When, ISO 8601, by the asking user's clock."),
  text: z.string().optional().describe('What it says, without the mails that it answers.'),
  quoteLeftOut: z.boolean().optional().describe('True where mails that it answers were left out.'),
  hasFiles: z.boolean().optional().describe('True where files are attached to it.'),
  files: z
    .array(file.pick({ fileId: true, name: true }))
    .optional()
    .describe('Those files.'),
});

/** A case with all that belongs to it. */
export const caseDetails = caseShape.output.extend({
  otherFields: z
    .array(z.object({ label: heading('The label of the field.'), value: z.string().describe('Its value, as text.') }))
    .optional()
    .describe('The filled fields that this Salesforce org has added.'),
  entitlements: z
    .array(entitlement)
    .optional()
    .describe("The case's entitlement, and then those of its account, the active ones first."),
  milestones: z.array(milestone).optional().describe('Its milestones; those that run first, by what is due first.'),
  comments: z.array(comment).optional().describe('Its comments, newest first.'),
  emails: z.array(email).optional().describe('Its e-mails, newest first.'),
  files: z.array(file).optional().describe('Its files, newest first.'),
  leftOut: z.array(z.string()).optional().describe('What there is more than is shown, and how to get at it.'),
  notShown,
});
