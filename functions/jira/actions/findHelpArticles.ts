import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, link } from '../../../shared/schema/meaning.ts';
import { shortText } from '../api/inputs.ts';
import { deskName } from '../api/serviceDesk/inputs.ts';
import { readsDesks } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'findHelpArticles',
  toolset: 'jira-service',
  access: 'read',
  needs: readsDesks(),
  title: 'Find help articles',
  description:
    'Finds articles of the knowledge base of Jira service desks that fit some words, the best first. ' +
    'Use it to suggest an article that answers a request: give the few words that matter of it, not its whole text, and try others where nothing is found. For like requests use searchIssues.',
  input: z.object({
    term: shortText.describe('The words to look for, such as reset vpn password.'),
    projectId: deskName.optional().describe('Only of this service desk: its project key, such as ABC, or its name.'),
  }),
  output: z.object({
    articles: z
      .array(
        z.object({
          title: heading('Its title.'),
          excerpt: z.string().optional().describe('The part of it that fits, as plain text.'),
          url: link('Its address in the browser.').optional(),
        }),
      )
      .describe('The articles, the best first.'),
  }),
  example: { term: 'vpn password' },
  paged: true,
  async run({ term, projectId }, { jira, page: { limit, cursor } }) {
    const { articles, nextCursor } = await jira.findArticles(term, { projectId, limit, cursor });
    return page({ items: articles, nextCursor, answer: shown => ({ articles: shown }) });
  },
});
