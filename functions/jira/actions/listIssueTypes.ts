import * as z from 'zod';
import { heading, id, link } from '../../../shared/action/meaning.ts';
import { projectId } from '../api/inputs.ts';
import { jira } from '../system.ts';

const field = z.object({
  name: heading('The name of the field.'),
  allowedValues: z.array(z.string()).optional().describe('The values it takes, where there is a list of them.'),
});

const issueType = z.object({
  name: heading('The name of the type, which createIssue takes as issueType.'),
  description: z.string().optional().describe('What the type is for.'),
  isSubtask: z.boolean().optional().describe('True when an issue of this type must have a parent.'),
  requiredFields: z.array(field).describe('The fields that a new issue of this type must be given.'),
  otherFields: z.array(z.string()).describe('The names of the fields that it may be given.'),
});

/** A list of versions or components can be very long. */
const MAX_VALUES = 50;

export default jira.action({
  name: 'listIssueTypes',
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'List the issue types of a project',
  description:
    'Lists the types that a new issue of a Jira project can have, with the fields that each must and may be given. ' +
    'Use it before createIssue when the type or its fields are not known: what has no input of its own there goes into its additionalFields, by the names told here.',
  input: z.object({ projectId }),
  output: z.object({
    projectId: id('The project, as it was given.'),
    issueTypes: z.array(issueType).describe('The types.'),
    url: link('Where to open the project.'),
  }),
  example: { projectId: 'ATLAS' },
  async run({ projectId }, { jira }) {
    const [types, { key }] = await Promise.all([
      jira.metadata.issueTypes(projectId),
      // Only its key leads to a project's page.
      /^\d+$/.test(projectId) ? jira.getProject(projectId) : { key: projectId },
    ]);
    const issueTypes = await Promise.all(
      types.map(async ({ id, name, description, subtask }) => {
        const fields = (await jira.metadata.createFields(projectId, id)).filter(
          field => field.id !== 'project' && field.id !== 'issuetype',
        );
        const isRequired = (field: (typeof fields)[number]) => field.required && !field.hasDefaultValue;
        return {
          name,
          ...(description && { description }),
          ...(subtask && { isSubtask: true }),
          requiredFields: fields.filter(isRequired).map(({ name, allowedValues }) => ({
            name,
            ...(allowedValues && {
              allowedValues: allowedValues.slice(0, MAX_VALUES).map(({ name, value, id }) => name ?? value ?? id ?? ''),
            }),
          })),
          otherFields: fields.filter(field => !isRequired(field)).map(({ name }) => name),
        };
      }),
    );
    return { projectId, issueTypes, url: jira.browseUrl(key) };
  },
});
