import type { Starter } from '../../tools/new/starter.ts';

/** What `npm run new -- jira <action>` starts from. */
export const starter: Starter = {
  imports: { '../api/inputs.ts': ['projectId'] },
  returns: 'the key and the name of a Jira project',
  instead: 'For what changed lately in it use getProjectUpdates.',
  input: '{ projectId }',
  output: `{
    key: z.string().describe('The key of the project.'),
    name: z.string().describe('The name of the project.'),
  }`,
  example: "{ projectId: 'ATLAS' }",
  run: `async ({ projectId }, { jira }) => {
    const { key, name } = await jira.getProject(projectId);
    return { key, name };
  }`,
};
