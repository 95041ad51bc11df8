import * as z from 'zod';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { writtenText } from '../api/inputs.ts';
import { addCaseComment, MAX_COMMENT } from '../api/service/caseComments.ts';
import { findCase } from '../api/service/caseMeant.ts';
import { audience, caseId } from '../api/service/inputs.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'addCaseComment',
  toolset: 'salesforce-service',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('read Case', 'create CaseComment'),
  title: 'Add a comment to a case',
  description:
    "Adds a comment to a Salesforce case, as this service's Salesforce user, and tells who can read it. " +
    'Use it for a note to colleagues or an answer in the customer portal. To e-mail the customer use sendCaseEmail; to change the case use updateRecord.',
  input: z.object({
    caseId: caseId.describe('The case: its number, such as 00001026, or its ID.'),
    comment: writtenText(MAX_COMMENT).describe('The comment, as plain text.'),
    audience,
  }),
  output: z.object({
    caseId: id('The ID of the case.'),
    caseNumber: z.string().optional().describe('Its number.'),
    subject: heading('What the case is about.').optional(),
    commentId: id('The ID of the comment.'),
    audience: audience
      .optional()
      .describe('Who reads it as Salesforce has it: public for the customer as well, internal for colleagues alone.'),
    note: z.string().optional().describe('What to tell the user besides.'),
    url: link('The address of the case in Salesforce.'),
  }),
  example: { caseId: '00001001', comment: 'The replacement was shipped.', audience: 'internal' },
  async run({ caseId, comment, audience }, { salesforce }) {
    const { id, number, subject, url } = await findCase(salesforce, caseId);
    const written = await addCaseComment(salesforce, id, comment, audience);
    return {
      caseId: id,
      ...(number && { caseNumber: number }),
      ...(subject && { subject }),
      commentId: written.commentId,
      ...(written.audience && { audience: written.audience }),
      ...(written.notes.length > 0 && { note: written.notes.join(' ') }),
      url,
    };
  },
});
