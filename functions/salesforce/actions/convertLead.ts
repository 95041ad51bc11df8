import * as z from 'zod';
import { allowDuplicate, searchText } from '../api/inputs.ts';
import {
  conversionData,
  convertPlanned,
  lookAtConversions,
  MAX_OPPORTUNITY_NAME,
  planConversion,
} from '../api/leadConversion.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'convertLead',
  toolset: 'salesforce-data',
  effect: 'changes',
  idempotent: false,
  needs: uses('ConvertLeads', 'read Lead', 'read Account', 'read Contact'),
  title: 'Convert a lead',
  description:
    "Converts a Salesforce lead into an account, a contact and an opportunity, as this service's Salesforce user, for good. " +
    'Use it when a lead is qualified: the first call shows what would be made, the second, with its confirmationToken, makes it. For other changes of a lead use updateRecord.',
  input: z.object({
    lead: searchText.meta({ description: 'The lead: its ID or its name, such as Sarah Chen.', mayMatchSeveral: true }),
    account: searchText.optional().meta({
      description:
        'An account to join: its ID or name; new for a new one. Unless given, a new one, if none has the name.',
      mayMatchSeveral: true,
    }),
    contact: searchText
      .optional()
      .describe('A contact of that account to join: its ID or name; new for a new one, which is usual.'),
    opportunity: searchText
      .max(MAX_OPPORTUNITY_NAME)
      .optional()
      .describe('The name of the new opportunity; none for none. Unless given, the name of the company.'),
    status: searchText
      .optional()
      .describe('The status of the lead then, where the org has several for converted ones.'),
    owner: searchText
      .optional()
      .describe("The owner of what is made: a name, an e-mail address, or me. Unless given, the lead's."),
    allowDuplicate,
  }),
  data: conversionData,
  requests: 60,
  example: { lead: 'Kwame Mensah', opportunity: 'Accra Solar – pilot' },
  plan: ({ lead, account, contact, opportunity, status, owner, allowDuplicate = false }, { salesforce }) =>
    planConversion(salesforce, { lead, account, contact, opportunity, status, owner, allowDuplicate }),
  batches: { looked: 1, size: 1, atOnce: 1 },
  look: (items, { salesforce }, known) => lookAtConversions(salesforce, items, known),
  performAll: (items, { salesforce }) => convertPlanned(salesforce, items),
});
