import * as z from 'zod';
import { heading } from '../../../shared/schema/meaning.ts';
import { issueInputs, nameList, person } from '../api/inputs.ts';
import { deskName, requestTypeName } from '../api/serviceDesk/inputs.ts';
import { requestRow } from '../api/serviceDesk/requestRow.ts';
import { whereNamed, writesDesks } from '../needs.ts';
import { jira } from '../system.ts';

const { summary, description, additionalFields } = issueInputs;

export default jira.action({
  name: 'createRequest',
  toolset: 'jira-service',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writesDesks({ permissions: ['CREATE_ISSUES'], ...whereNamed }),
  title: 'Make a request',
  description:
    'Makes a request in a Jira service desk, as its portal does, and returns it. Its customer is who onBehalfOf names; without that, the account signed in to Jira. ' +
    'Use it when the user asks a service desk for something, or an agent does so for a customer; listRequestTypes tells the types and fields. For other issues use createIssue.',
  input: z.object({
    projectId: deskName.optional(),
    requestType: requestTypeName,
    summary: summary.optional(),
    description: description.optional(),
    additionalFields: additionalFields
      .optional()
      .describe(
        'Other fields of the request type by their names, a JSON object as a string, such as {"Device": "Laptop"}. What is missing or wrong is told with its choices.',
      ),
    onBehalfOf: person.optional().describe('The customer: a name or an e-mail address; me for the user who asks.'),
    participants: nameList
      .optional()
      .describe('Others who follow it and are notified: names or e-mail addresses, separated by commas.'),
  }),
  output: requestRow.extend({
    desk: heading('The name of the service desk.'),
    participants: z.array(z.string()).optional().describe('Others who follow it.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  // A text may mention twenty people, fields and participants may name more, and each is looked up.
  requests: 80,
  example: {
    projectId: 'HELP',
    requestType: 'Hardware',
    summary: 'A new laptop',
    additionalFields: '{"Device": "Laptop"}',
    onBehalfOf: 'Maria Keller',
  },
  run: (input, { jira }) => jira.createRequest(input),
});
