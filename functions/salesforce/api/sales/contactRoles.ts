import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { isHidden } from '../answerFailure.ts';
import { field, recordShape } from '../recordShape.ts';
import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';

const contactRole = recordShape('OpportunityContactRole', {
  recordId: field.id(
    'The ID of the role, by which updateRecord changes Role and Primary, and deleteRecord takes it away.',
  ),
  contact: field.heading('Contact.Name', 'The contact.'),
  contactId: field.reference('ContactId', 'The ID of the contact.'),
  title: field.text('Contact.Title', 'The job title.'),
  role: field.text('Role', 'The role, such as Decision Maker.'),
  isPrimary: field.boolean('IsPrimary', 'True for the primary contact, of which there is one.'),
});

/** More contacts no deal has. */
const MAX_ROLES = 50;

export const contactRolesOutput = z
  .array(contactRole.output)
  .optional()
  .describe(
    'Of an opportunity: its contacts with their roles, the primary one first. createRecord with objectType OpportunityContactRole and the fields Opportunity, Contact, Role and Primary adds one.',
  );

/** The contacts of an opportunity, in one request; undefined where this user may not see them. @throws Failure */
export async function contactRolesOf(salesforce: Salesforce, opportunityId: string) {
  try {
    return await withVisibleFields(salesforce, { OpportunityContactRole: contactRole.fields }, async select => {
      const found = await salesforce.query(
        soql`SELECT ${select('OpportunityContactRole')} FROM OpportunityContactRole WHERE OpportunityId = ${opportunityId} ORDER BY IsPrimary DESC, Id LIMIT ${MAX_ROLES}`,
      );
      return found.map(record => contactRole.read(record, salesforce));
    });
  } catch (error) {
    if (error instanceof Failure && isHidden(error)) return undefined;
    throw error;
  }
}
