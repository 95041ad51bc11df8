import * as z from 'zod';
import { pace } from '../../../shared/pace.ts';
import { issueKey } from '../api/inputs.ts';
import { issueDetailsFields } from '../api/issueDetails.ts';
import { requestDetails, requireRequest, toRequestDetails } from '../api/serviceDesk/requestDetails.ts';
import { requestFieldsOf } from '../api/serviceDesk/requestRow.ts';
import { readsDesks } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'getRequest',
  toolset: 'jira-service',
  access: 'read',
  needs: readsDesks(),
  title: 'Get a request',
  description:
    'Returns one request of a Jira service desk in full: type, status, SLAs with the time left, customer, participants, organisations, approvals, description, fields, attachments, and its latest comments, each public or internal. ' +
    'Use it for a known request; the customer must not see what is internal. For issues of other projects use getIssue.',
  input: z.object({ issueKey }),
  output: requestDetails,
  example: { issueKey: 'HELP-2' },
  async run({ issueKey }, { jira, signal }) {
    const [issue, fields] = await Promise.all([
      jira.getIssue(issueKey, { fields: issueDetailsFields, expand: 'names,schema' }),
      jira.metadata.fields(),
    ]);
    requireRequest(issue, 'Use getIssue.');
    return toRequestDetails(issue, requestFieldsOf(fields), jira, pace(signal));
  },
});
