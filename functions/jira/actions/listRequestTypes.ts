import * as z from 'zod';
import { heading, key } from '../../../shared/schema/meaning.ts';
import { deskName, requestTypeName } from '../api/serviceDesk/inputs.ts';
import type { IssueField } from '../api/wire.ts';
import { readsDesks } from '../needs.ts';
import { jira } from '../system.ts';

/** The fields of each are asked for by themselves. */
const MAX_WITH_FIELDS = 10;

const field = z.object({
  name: heading('The name of the field, as the portal has it.'),
  allowedValues: z.array(z.string()).optional().describe('The allowed values, for a field that has a list of them.'),
});

export default jira.action({
  name: 'listRequestTypes',
  toolset: 'jira-service',
  access: 'read',
  needs: readsDesks(),
  title: 'List request types',
  description:
    'Lists what can be requested of a Jira service desk: the names of its request types, what each is for, and the fields that it asks for. ' +
    'Use it before createRequest, or when the user asks what they can request and what they need for it.',
  input: z.object({
    projectId: deskName.optional(),
    requestType: requestTypeName.optional().describe('One type alone, with the allowed values of all its fields.'),
  }),
  output: z.object({
    desk: heading('The name of the service desk.'),
    projectKey: key('The key of its project.'),
    requestTypes: z
      .array(
        z.object({
          name: heading('The name of the request type, which createRequest takes as requestType.'),
          description: z.string().optional().describe('What it is for.'),
          requiredFields: z.array(field).optional().describe('The fields that a request of this type must have.'),
          otherFields: z.array(z.string()).optional().describe('The names of its optional fields.'),
          optionalFields: z.array(field).optional().describe('Its optional fields, where one type is asked for.'),
        }),
      )
      .describe('The request types.'),
    note: z.string().optional().describe('What is left out.'),
  }),
  // Desks and types in pages, and the fields of ten types.
  requests: 30,
  example: { projectId: 'HELP', requestType: 'Hardware' },
  async run({ projectId, requestType }, { jira: { desks } }) {
    const desk = await desks.desk(projectId);
    const types =
      requestType === undefined ? await desks.requestTypes(desk) : [await desks.requestType(desk, requestType)];
    const hasFields = types.length <= MAX_WITH_FIELDS;
    return {
      desk: desk.name,
      projectKey: desk.projectKey,
      requestTypes: await Promise.all(
        types.map(async type => ({
          name: type.name,
          description: type.description,
          ...(hasFields && toldFields(await desks.fields(desk, type), requestType !== undefined)),
        })),
      ),
      ...(!hasFields && { note: 'They are many: name one as requestType for its fields.' }),
    };
  },
});

function toldFields(fields: readonly IssueField[], isWhole: boolean) {
  const others = fields.filter(each => !isRequired(each));
  return {
    requiredFields: fields.filter(isRequired).map(withValues),
    ...(isWhole ? { optionalFields: others.map(withValues) } : { otherFields: others.map(({ name }) => name) }),
  };
}

const isRequired = ({ required, hasDefaultValue }: IssueField) => required && !hasDefaultValue;

const withValues = ({ name, allowedValues }: IssueField) => ({
  name,
  ...(allowedValues && { allowedValues: allowedValues.map(({ name: value, id }) => value ?? id ?? '') }),
});
