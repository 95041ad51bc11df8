import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { dayText } from '../../../shared/time/inputs.ts';
import { fieldChange } from '../api/fieldChanges.ts';
import { clearable, markdown, nameText, projectId, shortText } from '../api/inputs.ts';
import { ifAny } from '../api/issueRow.ts';
import { toVersionRow, versionName, versionRow } from '../api/versionRow.ts';
import { administers } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'updateVersion',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: administers(),
  title: 'Release or change a version',
  description:
    'Releases a version of a Jira project, or archives, renames or dates it, as the account signed in to Jira, and returns what changed and how many issues moved. ' +
    'Use it when the user says that a version is released, or where its open issues go then. For a new one use createVersion.',
  input: z.object({
    projectId,
    version: versionName.describe('The name of the version, such as 2.4.'),
    state: z
      .enum(['released', 'unreleased', 'archived', 'restored'])
      .optional()
      .describe('Its new state: released or, to take that back, unreleased; archived or, to take that back, restored.'),
    openIssuesTo: nameText
      .optional()
      .describe(
        'With state released: the name of the version that its unresolved issues go to, or stay, which leaves them, as does nothing given.',
      ),
    newName: shortText.optional().describe('Its new name.'),
    startDate: clearable(dayText, 'The day on which work on it starts, such as 2026-11-15; none removes it.'),
    releaseDate: clearable(
      dayText,
      'The day on which it was or will be released; none removes it. With state released and nothing given: today, unless the day that it has is past.',
    ),
    description: clearable(markdown, 'Its description, as plain text; none removes it.'),
  }),
  output: versionRow.omit({ isOverdue: true, issuesLeft: true, issues: true }).extend({
    changes: z.array(fieldChange).optional().describe('What was changed: each field with its value before and now.'),
    issuesMoved: z.int().optional().describe('How many unresolved issues went to the other version.'),
  }),
  example: { projectId: 'ATLAS', version: '2.5', releaseDate: '2027-02-26' },
  async run({ projectId, version: name, newName, openIssuesTo, ...given }, { jira: { versions } }) {
    if ([newName, ...Object.values(given)].every(change => change === undefined)) {
      const message =
        openIssuesTo === undefined
          ? 'Give at least one thing to change besides projectId and version.'
          : 'Open issues are moved while a version is released: give released. To move them otherwise use updateIssues with addFixVersions and removeFixVersions.';
      throw invalidInput([{ field: 'state', message }]);
    }
    const changes = { ...given, openIssuesTo, name: newName };
    const { version, changes: made, moved, notes } = await versions.update(projectId, name, changes);
    return {
      ...toVersionRow(version, await versions.url(projectId, version)),
      changes: ifAny(made),
      issuesMoved: moved,
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});
