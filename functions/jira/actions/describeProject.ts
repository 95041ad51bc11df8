import * as z from 'zod';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { projectId } from '../api/inputs.ts';
import { jira } from '../system.ts';

const field = z.object({
  name: heading('The name of the field.'),
  allowedValues: z.array(z.string()).optional().describe('The allowed values, for a field that has a list of them.'),
});

const issueType = z.object({
  name: heading('The name of the type, which createIssue takes as issueType.'),
  description: z.string().optional().describe('The description of the type.'),
  isSubtask: z.boolean().optional().describe('True when an issue of this type must have a parent.'),
  requiredFields: z.array(field).describe('The required fields of a new issue of this type.'),
  otherFields: z.array(z.string()).describe('The names of its optional fields.'),
});

/** Lists of versions or components can be very long. */
const MAX_VALUES = 50;

export default jira.action({
  name: 'describeProject',
  formerly: { name: 'listIssueTypes' },
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'List the issue types of a project',
  description:
    'Lists the issue types of a Jira project, with the required and optional fields of each. ' +
    'Use it before createIssue when the type or its fields are not known. Fields that createIssue has no input for go into its additionalFields, by the names returned here.',
  input: z.object({ projectId }),
  output: z.object({
    projectId: id('The project, as it was given.'),
    issueTypes: z.array(issueType).describe('The issue types.'),
    url: link('The address of the project in the browser.'),
  }),
  // The fields of each type are asked for by themselves.
  requests: 100,
  example: { projectId: 'ATLAS' },
  async run({ projectId }, { jira }) {
    const [types, { key }] = await Promise.all([
      jira.metadata.issueTypes(projectId),
      // The address of a project's page needs its key.
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
