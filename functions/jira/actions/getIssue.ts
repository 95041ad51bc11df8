import * as z from 'zod';
import { pace } from '../../../shared/pace.ts';
import { readChildren, unreadChildren } from '../api/children.ts';
import { issueKey } from '../api/inputs.ts';
import { issueDetails, issueDetailsFields, toIssueDetails } from '../api/issueDetails.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'getIssue',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'Get an issue',
  description:
    'Returns one Jira issue in full: description, people, links, what is left of an epic, files, all other fields, latest comments. ' +
    'Use it to read an issue whose key is known, or before changing it. ' +
    'To find an issue use searchIssues; for who changed what getIssueHistory; for customers who wait for it getCustomersOfIssue.',
  input: z.object({ issueKey }),
  output: issueDetails,
  example: { issueKey: 'ATLAS-12' },
  async run({ issueKey }, { jira, signal }) {
    const issue = await jira.getIssue(issueKey, { fields: issueDetailsFields, expand: 'names,schema' });
    const children = await readChildren(issue, jira).catch(unreadChildren);
    return toIssueDetails(issue, children, jira, pace(signal));
  },
});
