import * as z from 'zod';
import { key, link } from '../../../shared/schema/meaning.ts';
import { issueKey, nameText } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'linkIssues',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['LINK_ISSUES'] }),
  title: 'Link two issues',
  description:
    'Links two Jira issues, and returns the first one; no action removes a link. ' +
    'Use it when the user says that one issue blocks, duplicates, or relates to another. ' +
    'To put an issue under an epic or another parent use updateIssue with parent.',
  input: z.object({
    issueKey: issueKey.describe('The key of the first issue, such as ABC-12.'),
    linkType: nameText.describe(
      'How the first issue relates to the second: blocks, is blocked by, duplicates, relates to.',
    ),
    targetIssueKey: issueKey.describe('The key of the second issue, such as ABC-16.'),
  }),
  output: writtenIssue.pick({ issueKey: true, title: true, status: true, note: true, url: true }).extend({
    linkType: z.string().describe('How the first issue relates to the second.'),
    targetIssueKey: key('The key of the second issue.'),
    targetUrl: link('The address of the second issue in the browser.'),
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
