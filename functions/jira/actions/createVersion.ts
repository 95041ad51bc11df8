import * as z from 'zod';
import { dayText } from '../../../shared/time/inputs.ts';
import { markdown, projectId, shortText } from '../api/inputs.ts';
import { toVersionRow, versionRow } from '../api/versionRow.ts';
import { administers } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'createVersion',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'adds',
  idempotent: true,
  needs: administers(),
  title: 'Create a version',
  description:
    'Creates an unreleased version of a Jira project, as the account signed in to Jira, and returns it. ' +
    'Use it when the user wants a new release to plan for. To release, archive, rename or date one that is there use updateVersion.',
  input: z.object({
    projectId,
    name: shortText.describe('The name of the version, such as 2.5.'),
    startDate: dayText.optional().describe('The day on which work on it starts, such as 2026-11-15.'),
    releaseDate: dayText.optional().describe('The day on which it is to be released, such as 2026-11-30.'),
    description: markdown.optional().describe('What the version is about, as plain text.'),
  }),
  output: versionRow.omit({ isOverdue: true, issuesLeft: true, issues: true }),
  example: { projectId: 'ATLAS', name: '2.6', releaseDate: '2027-02-26' },
  async run({ projectId, ...given }, { jira: { versions } }) {
    const { version, notes } = await versions.create(projectId, given);
    const row = toVersionRow(version, await versions.url(projectId, version));
    return { ...row, ...(notes.length > 0 && { note: notes.join(' ') }) };
  },
});
