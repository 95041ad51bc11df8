import * as z from 'zod';
import { heading, key, link } from '../../../shared/schema/meaning.ts';
import { issueKey, nameList } from '../api/inputs.ts';
import { writesDesks } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'addParticipants',
  toolset: 'jira-service',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: writesDesks({
    permissions: ['USER_PICKER'],
    scopes: ['read:jira-user'],
    also: [
      {
        when: 'for organisations',
        permissions: ['EDIT_ISSUES'],
        scopes: ['write:jira-work', 'manage:servicedesk-customer'],
      },
    ],
  }),
  title: 'Share a request with others',
  description:
    'Adds people, and organisations of customers, to a request of a Jira service desk: they see it in the portal with its public comments, and are notified from then on. ' +
    'Use it when somebody else should follow a request. Tell the user first who would see it. For an issue that is no request use watchIssue.',
  input: z.object({
    issueKey,
    people: nameList.optional().describe('Names or e-mail addresses, separated by commas.'),
    organizations: nameList
      .optional()
      .describe(
        'Names of organisations of the desk, separated by commas; theirs for the one that each of the people belongs to.',
      ),
  }),
  output: z.object({
    issueKey: key('The key of the request.'),
    title: heading('Its summary.').optional(),
    added: z.array(z.string()).describe('Who was added.'),
    already: z.array(z.string()).optional().describe('Who had it already.'),
    participants: z.array(z.string()).optional().describe('Everybody who follows it now.'),
    organizations: z.array(z.string()).optional().describe('The organisations that it is shared with now.'),
    url: link('Its address in the browser.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  // Each person and each organisation is looked up.
  requests: 80,
  example: { issueKey: 'HELP-4', people: 'Maria Keller' },
  run: ({ issueKey, people, organizations }, { jira }) => jira.addParticipants(issueKey, { people, organizations }),
});
