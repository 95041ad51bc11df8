import * as z from 'zod';
import { defineAction } from '../../../shared/action/defineAction.ts';
import { issueKey, shortText } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';

export default defineAction({
  name: 'assignIssue',
  system: 'jira',
  access: 'write',
  title: 'Assign an issue',
  description:
    'Assigns a Jira issue to a person or to nobody, and returns the issue as it is then. ' +
    'Use it when the user asks to hand an issue to somebody, to take it themselves, or to take it from somebody. ' +
    'To change other fields use updateIssue.',
  input: z.object({
    issueKey,
    assignee: shortText.describe(
      'Who is to do it: a name, an e-mail address, or me for the user who asks; none for nobody.',
    ),
  }),
  output: writtenIssue,
  example: { issueKey: 'ATLAS-12', assignee: 'Li Wei' },
  async run({ issueKey, assignee }, { jira }) {
    return toWrittenIssue(await jira.assignIssue(issueKey, assignee), jira.browseUrl);
  },
});
