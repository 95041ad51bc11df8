import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { issueKeys, nameText, projectId } from '../api/inputs.ts';
import { inSprint, placedIssue, placedSummary } from '../api/placedIssue.ts';
import { board as boardName } from '../api/shownSprint.ts';
import { BACKLOG } from '../api/sprintWrites.ts';
import { movesToSprints } from '../needs.ts';
import { jira } from '../system.ts';

/** As many keys as a list has room for. */
const MAX_ISSUES = 200;

export default jira.action({
  name: 'moveToSprint',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: movesToSprints,
  title: 'Move issues to a sprint',
  description:
    'Moves Jira issues to a sprint or to the backlog, as the account signed in to Jira, and tells what came of each and where it was. ' +
    'Use it to plan a sprint, or for unfinished issues. To close a sprint use updateSprint; for the order of issues use rankIssues.',
  input: z.object({
    issueKeys: issueKeys(MAX_ISSUES),
    sprint: nameText.meta({
      description: 'Where to: active, next, backlog, or the name of a sprint.',
      names: 'sprint',
      mayMatchSeveral: true,
    }),
    projectId: projectId
      .optional()
      .describe('The project whose board has the sprint; that of the first issue unless given.'),
    board: boardName,
  }),
  output: z.object({
    summary: summary('How many issues are there now.'),
    sprint: z.string().describe('The name of the sprint, or backlog.'),
    issues: z.array(placedIssue).describe('What came of each issue.'),
  }),
  // Ten keys that Jira does not know are looked up one by one; the others by the hundred, and moved by fifty.
  requests: 60,
  example: { issueKeys: 'ATLAS-3,ATLAS-16', sprint: 'next' },
  async run({ issueKeys, sprint: wanted, projectId, board: boardWanted }, { jira }) {
    if (wanted.toLowerCase() === BACKLOG) {
      const issues = await jira.backlog.move(issueKeys, 'backlog');
      return { summary: placedSummary(issues, 'in the backlog'), sprint: BACKLOG, issues };
    }
    const board = await jira.boards.find({ projectId: projectId ?? projectOf(issueKeys), board: boardWanted });
    const sprint = await jira.sprints.find(board, wanted);
    const issues = await jira.backlog.move(issueKeys, { board, sprint });
    return { summary: placedSummary(issues, inSprint(sprint.name)), sprint: sprint.name, issues };
  },
});

/** The key of the first issue's project. */
function projectOf([first = '']: readonly string[]): string {
  return first.slice(0, first.lastIndexOf('-'));
}
