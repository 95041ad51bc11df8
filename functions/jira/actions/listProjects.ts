import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, link } from '../../../shared/schema/meaning.ts';
import { shortText } from '../api/inputs.ts';
import { offsetOf } from '../api/offset.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const project = z.object({
  key: z.string().describe('The key of the project, which other actions take as projectId.'),
  name: heading('The name of the project.'),
  description: z.string().optional().describe('The description of the project.'),
  lead: z.string().optional().describe('The name of the project lead.'),
  url: link('The address of the project in the browser.'),
});

export default jira.action({
  name: 'listProjects',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'List projects',
  description:
    'Lists the Jira projects that this service can see, by key, with their names, leads and links. ' +
    'Use it when the user names a project and its key is not known, or asks which projects there are. ' +
    'For the state of a project use getProjectSummary; for its issues use searchIssues.',
  input: z.object({
    term: shortText.optional().describe('A part of the name or the key. All projects unless given.'),
  }),
  output: z.object({ projects: z.array(project).describe('The projects, by key.') }),
  example: { term: 'Atlas' },
  paged: true,
  async run({ term }, { jira, page: { limit, cursor } }) {
    const startAt = offsetOf(cursor);
    const { projects, isLast } = await jira.listProjects({ term, startAt, limit });
    return page({
      items: projects.map(({ key, name, description, lead }) => ({
        key,
        name,
        ...(description && { description }),
        ...(lead?.displayName && { lead: lead.displayName }),
        url: jira.browseUrl(key),
      })),
      nextCursor: isLast ? undefined : String(startAt + projects.length),
      answer: shown => ({ projects: shown }),
    });
  },
});
