import * as z from 'zod';
import { key, link } from '../../../shared/action/meaning.ts';
import { issueKey, shortText } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'linkIssues',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Link two issues',
  description:
    'Links two Jira issues, and returns the first one as it is then. ' +
    'Use it when the user says that one issue blocks, duplicates, or relates to another. ' +
    'To make an issue a part of an epic or of another issue use updateIssue with parent.',
  input: z.object({
    issueKey: issueKey.describe('The key of the first issue, such as ATLAS-12.'),
    linkType: shortText.describe(
      'How the first issue relates to the second, as Jira says it: blocks, is blocked by, duplicates, relates to.',
    ),
    targetIssueKey: issueKey.describe('The key of the second issue, such as ATLAS-16.'),
  }),
  output: writtenIssue.extend({
    linkType: z.string().describe('How the first issue relates to the second now.'),
    targetIssueKey: key('The key of the second issue.'),
    targetUrl: link('Where to open the second issue.'),
  }),
  example: { issueKey: 'ATLAS-12', linkType: 'blocks', targetIssueKey: 'ATLAS-16' },
  async run({ issueKey, linkType, targetIssueKey }, { jira }) {
    const { phrase, issue } = await jira.linkIssues(issueKey, linkType, targetIssueKey);
    return {
      ...toWrittenIssue(issue, jira.browseUrl),
      linkType: phrase,
      targetIssueKey,
      targetUrl: jira.browseUrl(targetIssueKey),
    };
  },
});
