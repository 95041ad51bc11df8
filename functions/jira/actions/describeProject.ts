import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { folded } from '../../../shared/filter/label.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { quoted } from '../../../shared/text.ts';
import { nameText, projectId } from '../api/inputs.ts';
import type { Jira } from '../api/jira.ts';
import type { IssueField, IssueType } from '../api/wire.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const parts = ['types', 'components', 'versions', 'priorities', 'linkTypes'] as const;

const field = z.object({
  name: heading('The name of the field.'),
  allowedValues: z.array(z.string()).optional().describe('The allowed values, for a field that has a list of them.'),
});

const issueType = z.object({
  name: heading('The name of the type, which createIssue takes as issueType.'),
  description: z.string().optional().describe('The description of the type.'),
  isSubtask: z.boolean().optional().describe('True when an issue of this type must have a parent.'),
  statuses: z.array(z.string()).optional().describe('The statuses that its issues go through.'),
  requiredFields: z.array(field).describe('The required fields of a new issue of this type.'),
  otherFields: z.array(z.string()).optional().describe('The names of its optional fields.'),
  optionalFields: z.array(field).optional().describe('Its optional fields, where one type is asked for.'),
});

const described = z.string().optional().describe('Its description.');
const day = z.string().optional();

export default jira.action({
  name: 'describeProject',
  formerly: { name: 'listIssueTypes' },
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'Describe a project',
  description:
    'Tells what a Jira project is made of: its issue types with their statuses and fields, or its components with their leads, versions, priorities or link types. ' +
    'Use it before createIssue or a filter when names are not known. What createIssue has no input for goes into its additionalFields by name.',
  input: z.object({
    projectId,
    part: z.enum(parts).default('types').describe('What to tell; types unless given.'),
    issueType: nameText.optional().describe('One type alone, with the allowed values of all its fields.'),
  }),
  output: z.object({
    projectId: id('The project, as it was given.'),
    issueTypes: z.array(issueType).optional().describe('The issue types.'),
    components: z
      .array(
        z.object({
          name: heading('The name of the component.'),
          description: described,
          lead: z.string().optional().describe('The name of its lead.'),
        }),
      )
      .optional()
      .describe('The components.'),
    versions: z
      .array(
        z.object({
          name: heading('The name of the version.'),
          description: described,
          isReleased: z.boolean().describe('True when it is released.'),
          isArchived: z.boolean().optional().describe('True when it is archived.'),
          startDate: day.describe('The day on which work on it starts.'),
          releaseDate: day.describe('The day on which it was or will be released.'),
        }),
      )
      .optional()
      .describe('The versions.'),
    priorities: z
      .array(z.object({ name: heading('The name of the priority.'), description: described }))
      .optional()
      .describe('The priorities, the highest first.'),
    linkTypes: z
      .array(
        z.object({
          name: heading('The name of the link type.'),
          outward: z.string().describe('What an issue does to the one it is linked to, such as blocks.'),
          inward: z.string().describe('The other way round, such as is blocked by.'),
        }),
      )
      .optional()
      .describe('The types of links between issues.'),
    url: link('The address of the project in the browser.'),
  }),
  // The fields of each type are asked for by themselves.
  requests: 100,
  example: { projectId: 'ATLAS' },
  async run({ projectId, part, issueType }, { jira }) {
    const [told, { key }] = await Promise.all([
      describe(part, projectId, issueType, jira),
      // The address of a project's page needs its key.
      /^\d+$/.test(projectId) ? jira.getProject(projectId) : { key: projectId },
    ]);
    return { projectId, ...told, url: jira.browseUrl(key) };
  },
});

async function describe(
  part: (typeof parts)[number],
  projectId: string,
  typeName: string | undefined,
  { metadata }: Jira,
) {
  switch (part) {
    case 'types':
      return { issueTypes: await typesOf(projectId, typeName, metadata) };
    case 'components':
      return {
        components: (await metadata.components(projectId)).map(({ name, description, lead }) => ({
          name,
          ...(description && { description }),
          ...(lead?.displayName && { lead: lead.displayName }),
        })),
      };
    case 'versions':
      return {
        versions: (await metadata.versions(projectId)).map(
          ({ name, description, released, archived, startDate, releaseDate }) => ({
            name,
            ...(description && { description }),
            isReleased: released === true,
            ...(archived && { isArchived: true }),
            ...(startDate && { startDate }),
            ...(releaseDate && { releaseDate }),
          }),
        ),
      };
    case 'priorities': {
      const id = /^\d+$/.test(projectId) ? projectId : await metadata.projectId(projectId);
      return {
        priorities: (await metadata.priorities(id)).map(({ name, description }) => ({
          name,
          ...(description && { description }),
        })),
      };
    }
    case 'linkTypes':
      return {
        linkTypes: (await metadata.linkTypes()).map(({ name, outward, inward }) => ({ name, outward, inward })),
      };
  }
}

async function typesOf(projectId: string, typeName: string | undefined, metadata: Jira['metadata']) {
  const lookUps = [metadata.issueTypes(projectId), metadata.statuses(projectId)] as const;
  // They are shared with the calls that follow: one that still fails would be theirs, though Jira has recovered.
  await Promise.allSettled(lookUps);
  const [all, statuses] = await Promise.all(lookUps);
  const types = typeName === undefined ? all : [typeCalled(typeName, all)];
  return Promise.all(
    types.map(async ({ id, name, description, subtask }) => {
      const fields = (await metadata.createFields(projectId, id)).filter(
        field => field.id !== 'project' && field.id !== 'issuetype',
      );
      const others = fields.filter(field => !isRequired(field));
      const own = statuses.get(id);
      return {
        name,
        ...(description && { description }),
        ...(subtask && { isSubtask: true }),
        ...(own && { statuses: own }),
        requiredFields: fields.filter(isRequired).map(withValues),
        ...(typeName === undefined
          ? { otherFields: others.map(({ name }) => name) }
          : { optionalFields: others.map(withValues) }),
      };
    }),
  );
}

function typeCalled(name: string, types: readonly IssueType[]): IssueType {
  const found = types.find(type => type.name === name) ?? types.find(type => folded(type.name) === folded(name));
  if (found) return found;
  const names = types.map(type => type.name);
  const near = nearNames(name, names);
  const told = (near.length > 0 ? near : names).map(quoted).join(', ');
  throw new Failure('not_found', `The project has no issue type ${quoted(name)}. It has ${told}.`);
}

const isRequired = ({ required, hasDefaultValue }: IssueField) => required && !hasDefaultValue;

function withValues({ name, allowedValues }: IssueField) {
  return {
    name,
    ...(allowedValues && {
      allowedValues: allowedValues.map(({ name, value, id }) => name ?? value ?? id ?? ''),
    }),
  };
}
