import * as z from 'zod';
import { issueKey, person } from '../api/inputs.ts';
import { ifAny, toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereNamed, writes } from '../needs.ts';
import { jira } from '../system.ts';

/** Of those who watch. */
const MAX_NAMED = 20;

export default jira.action({
  name: 'watchIssue',
  toolset: 'jira',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: writes({ permissions: ['MANAGE_WATCHERS'], ...whereNamed }),
  title: 'Watch an issue',
  description:
    'Makes the user, or somebody else, watch a Jira issue, or stop it. Jira itself then notifies them, mostly by e-mail, of what happens to it. ' +
    'Use it when the user wants to be told when an issue is done or changes: this service sends nothing later by itself. To see what changed use getIssueHistory.',
  input: z.object({
    issueKey,
    person: person.default('me').describe('Who is to watch it: me for the user, a name, or an e-mail address.'),
    watching: z.boolean().default(true).describe('False to stop watching.'),
  }),
  output: writtenIssue.pick({ issueKey: true, title: true, status: true, note: true, url: true }).extend({
    person: z.string().describe('Whom it is about.'),
    watching: z.boolean().describe('Whether they watch it now.'),
    already: z.boolean().optional().describe('Whether it was so before; absent where Jira does not tell.'),
    watchCount: z.int().optional().describe('How many watch it now.'),
    watchers: z.array(z.string()).optional().describe('Who they are, up to 20, as far as Jira tells.'),
  }),
  example: { issueKey: 'ATLAS-12', person: 'Li Wei' },
  async run({ issueKey, person: who, watching }, { jira }) {
    const { issue, person, already, count, watchers } = await jira.watch(issueKey, {
      person: who,
      isWatching: watching,
    });
    return {
      ...toWrittenIssue(issue, jira.browseUrl),
      person,
      watching,
      already,
      watchCount: count,
      watchers: ifAny(watchers.slice(0, MAX_NAMED)),
    };
  },
});
