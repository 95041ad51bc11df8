import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { projectId } from '../api/inputs.ts';
import { toVersionRow, versionRow } from '../api/versionRow.ts';
import { versionStates } from '../api/versions.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'listVersions',
  toolset: 'jira-planning',
  access: 'read',
  needs: reads(),
  title: 'List versions',
  description:
    'Lists the versions (releases) of a Jira project with their dates and how many of their issues are left: unreleased ones by date, then released ones, latest first. ' +
    'Use it to see which releases are coming, overdue or done. For the issues of one use searchIssues; to move issues to another updateIssues.',
  input: z.object({
    projectId,
    state: z
      .enum(versionStates)
      .optional()
      .describe('Versions of one state. Unless given, unreleased and released ones, but no archived ones.'),
  }),
  output: z.object({ versions: z.array(versionRow).describe('The versions.') }),
  example: { projectId: 'ATLAS' },
  paged: true,
  async run({ projectId, state }, { jira: { versions }, page: { limit, cursor } }) {
    const entries = await versions.list(projectId, state, { limit, cursor });
    const rows = await Promise.all(
      entries.map(async ({ version }) => toVersionRow(version, await versions.url(projectId, version))),
    );
    return page({
      items: rows,
      nextCursor: entries.at(-1)?.after,
      cursorAfter: count => entries[count - 1]?.after ?? '',
      answer: shown => ({ versions: shown }),
    });
  },
});
