import * as z from 'zod';
import { key, link } from '../../../shared/schema/meaning.ts';
import { issueKey, nameText } from '../api/inputs.ts';
import { shownApproval } from '../api/serviceDesk/requestDetails.ts';
import { writesDesks } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'answerRequestApproval',
  toolset: 'jira-service',
  callers: 'users',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: writesDesks({ scopes: ['read:jira-user'] }),
  title: 'Answer an approval of a request',
  description:
    'Approves or declines a request of a Jira service desk in the name of the user who asks, who must be its approver, and only where this service acts in Jira as that very user; else it says where to do it. ' +
    'Use it when the user has confirmed the decision. For what waits for whom use getRequest.',
  input: z.object({
    issueKey,
    decision: z.enum(['approve', 'decline']).describe('What the user decides.'),
    approval: nameText.optional().describe('The name of the approval, where several wait for the user.'),
  }),
  output: shownApproval.extend({
    issueKey: key('The key of the request.'),
    url: link('Its address in the browser.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  example: { issueKey: 'HELP-4', decision: 'approve' },
  run: ({ issueKey, decision, approval: name }, { jira }) => jira.answerApproval(issueKey, { decision, name }),
});
