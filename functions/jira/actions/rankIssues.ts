import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { key, summary } from '../../../shared/schema/meaning.ts';
import type { Place } from '../api/backlog.ts';
import { issueKey, issueKeys, projectId } from '../api/inputs.ts';
import { placedIssue, placedSummary } from '../api/placedIssue.ts';
import { ranks } from '../needs.ts';
import { jira } from '../system.ts';

/** As many keys as a list has room for. */
const MAX_ISSUES = 200;

export default jira.action({
  name: 'rankIssues',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: ranks,
  title: 'Rank issues',
  description:
    'Ranks Jira issues above or below another one, or at the top or bottom of the backlog, in the order given, as the account signed in to Jira. ' +
    'Use it when the user says what comes first. To move issues to a sprint use moveToSprint; for their order as it is use searchIssues.',
  input: z.object({
    issueKeys: issueKeys(MAX_ISSUES),
    aboveIssue: issueKey.optional().describe('The key of the issue above which they go.'),
    belowIssue: issueKey.optional().describe('The key of the issue below which they go.'),
    position: z.enum(['top', 'bottom']).optional().describe('The end of the backlog to which they go.'),
    projectId: projectId
      .optional()
      .describe('With position: the project of the backlog; that of the first issue unless given.'),
  }),
  output: z.object({
    summary: summary('How many issues were ranked, and where.'),
    besideIssue: key('The issue beside which they are now.').optional(),
    issues: z.array(placedIssue.omit({ from: true })).describe('What came of each issue, in their new order.'),
  }),
  requests: 60,
  example: { issueKeys: 'ATLAS-16', position: 'top' },
  async run({ issueKeys, aboveIssue, belowIssue, position, projectId }, { jira }) {
    const [first = ''] = issueKeys;
    const places: Place[] = [
      ...(aboveIssue === undefined ? [] : [{ before: aboveIssue }]),
      ...(belowIssue === undefined ? [] : [{ after: belowIssue }]),
      ...(position === undefined
        ? []
        : [{ end: position, projectId: projectId ?? first.slice(0, first.lastIndexOf('-')) }]),
    ];
    const [place, another] = places;
    if (!place || another) {
      const message = `Give ${place ? 'only ' : ''}one of aboveIssue, belowIssue and position.`;
      throw invalidInput([{ field: aboveIssue === undefined ? 'position' : 'aboveIssue', message }]);
    }
    const itself = issueKeys.find(each => each === aboveIssue || each === belowIssue);
    if (itself !== undefined) {
      const field = itself === aboveIssue ? 'aboveIssue' : 'belowIssue';
      throw invalidInput([{ field, message: `${itself} is among the issues that are to be ranked.` }]);
    }
    const { issues, beside } = await jira.backlog.rank(issueKeys, place);
    const isAbove = 'before' in place || ('end' in place && place.end === 'top');
    const end = position === undefined ? '' : `, at the ${position} of the backlog`;
    const where =
      beside === undefined ? 'alone in the backlog' : `ranked ${isAbove ? 'above' : 'below'} ${beside}${end}`;
    return { summary: placedSummary(issues, where), ...(beside && { besideIssue: beside }), issues };
  },
});
