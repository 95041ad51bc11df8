import type { CustomFieldFile } from './dataFiles.ts';
import type { Named, Option } from './model.ts';
import type { Site } from './site.ts';

/** Decides how a field is stored, shown, written, searched and logged. */
type FieldKind =
  | 'string'
  | 'adf'
  | 'number'
  | 'date'
  | 'labels'
  | 'user'
  | 'priority'
  | 'resolution'
  | 'status'
  | 'issuetype'
  | 'project'
  | 'parent'
  | 'component'
  | 'version'
  | 'option'
  | 'optionList'
  | 'optionWithChild'
  | 'team'
  | 'timetracking'
  | 'sprint'
  | 'requestType'
  | 'organizations'
  | 'people'
  | 'approvals'
  | 'sla'
  | 'readOnly';

export interface Field {
  id: string;
  name: string;
  kind: FieldKind;
  schema: { type: string; items?: string; system?: string; custom?: string; customId?: number };
  /** Its names in JQL. */
  clauseNames: string[];
  /** Its name in the changelog, where that is not its id. */
  logName?: string;
  /** The choices of a custom field that has any. */
  options?: readonly Option[];
  /** The names of the issue types on whose screens a custom field is. */
  issueTypes?: readonly string[];
  /** The names of the transitions that ask for it, and go no other way. */
  requiredBy?: readonly string[];
}

const system = (
  id: string,
  name: string,
  kind: FieldKind,
  schema: { type: string; items?: string },
  more: Partial<Pick<Field, 'clauseNames' | 'logName'>> = {},
): Field => ({
  id,
  name,
  kind,
  schema: { ...schema, system: id },
  clauseNames: [id],
  ...more,
});

const serviceDesk = (name: string) => `com.atlassian.servicedesk:${name}`;

const plugin = (name: string) => `com.atlassian.jira.plugin.system.customfieldtypes:${name}`;

const customFieldTypes: Record<CustomFieldFile['type'], Pick<Field, 'kind' | 'schema'>> = {
  number: { kind: 'number', schema: { type: 'number', custom: plugin('float') } },
  sprint: { kind: 'sprint', schema: { type: 'array', items: 'json', custom: 'com.pyxis.greenhopper.jira:gh-sprint' } },
  select: { kind: 'option', schema: { type: 'option', custom: plugin('select') } },
  multiselect: { kind: 'optionList', schema: { type: 'array', items: 'option', custom: plugin('multiselect') } },
  cascading: { kind: 'optionWithChild', schema: { type: 'option-with-child', custom: plugin('cascadingselect') } },
  team: { kind: 'team', schema: { type: 'team', custom: plugin('atlassian-team') } },
  date: { kind: 'date', schema: { type: 'date', custom: plugin('datepicker') } },
  user: { kind: 'user', schema: { type: 'user', custom: plugin('userpicker') } },
  requestType: { kind: 'requestType', schema: { type: 'sd-customerrequesttype', custom: serviceDesk('vp-origin') } },
  organizations: {
    kind: 'organizations',
    schema: { type: 'array', items: 'sd-customerorganization', custom: serviceDesk('sd-customer-organizations') },
  },
  people: { kind: 'people', schema: { type: 'array', items: 'user', custom: serviceDesk('sd-request-participants') } },
  approvals: {
    kind: 'approvals',
    schema: { type: 'sd-approvals', custom: 'com.atlassian.servicedesk.approvals-plugin:sd-approvals' },
  },
  sla: { kind: 'sla', schema: { type: 'sd-servicelevelagreement', custom: serviceDesk('sd-sla-field') } },
  paragraph: { kind: 'adf', schema: { type: 'string', custom: plugin('textarea') } },
};

export function customField({ id: customId, name, type, options, issueTypes, requiredBy }: CustomFieldFile): Field {
  const { kind, schema } = customFieldTypes[type];
  return {
    id: `customfield_${customId}`,
    name,
    kind,
    schema: { ...schema, customId },
    clauseNames: [`cf[${customId}]`, name],
    logName: name,
    issueTypes,
    requiredBy,
    ...(options && { options }),
  };
}

/** The fields that every site has, in the order in which Jira's screens show them. */
export const systemFields: readonly Field[] = [
  system('project', 'Project', 'project', { type: 'project' }),
  system('issuetype', 'Issue Type', 'issuetype', { type: 'issuetype' }, { clauseNames: ['issuetype', 'type'] }),
  system('summary', 'Summary', 'string', { type: 'string' }),
  system('description', 'Description', 'adf', { type: 'string' }),
  system('status', 'Status', 'status', { type: 'status' }),
  system('statusCategory', 'Status Category', 'readOnly', { type: 'statusCategory' }),
  system('resolution', 'Resolution', 'resolution', { type: 'resolution' }),
  system('priority', 'Priority', 'priority', { type: 'priority' }),
  system('assignee', 'Assignee', 'user', { type: 'user' }),
  system('reporter', 'Reporter', 'user', { type: 'user' }),
  system('creator', 'Creator', 'readOnly', { type: 'user' }),
  system('labels', 'Labels', 'labels', { type: 'array', items: 'string' }),
  system('parent', 'Parent', 'parent', { type: 'issuelink' }, { logName: 'IssueParentAssociation' }),
  system('duedate', 'Due date', 'date', { type: 'date' }, { clauseNames: ['due', 'duedate'] }),
  system(
    'components',
    'Components',
    'component',
    { type: 'array', items: 'component' },
    { clauseNames: ['component'], logName: 'Component' },
  ),
  system(
    'fixVersions',
    'Fix versions',
    'version',
    { type: 'array', items: 'version' },
    { clauseNames: ['fixVersion'], logName: 'Fix Version' },
  ),
  system('created', 'Created', 'readOnly', { type: 'datetime' }, { clauseNames: ['created', 'createdDate'] }),
  system('updated', 'Updated', 'readOnly', { type: 'datetime' }, { clauseNames: ['updated', 'updatedDate'] }),
  system(
    'resolutiondate',
    'Resolved',
    'readOnly',
    { type: 'datetime' },
    { clauseNames: ['resolutiondate', 'resolved'] },
  ),
  system('subtasks', 'Sub-tasks', 'readOnly', { type: 'array', items: 'issuelinks' }, { clauseNames: [] }),
  system('issuelinks', 'Linked Issues', 'readOnly', { type: 'array', items: 'issuelinks' }, { clauseNames: [] }),
  system('attachment', 'Attachment', 'readOnly', { type: 'array', items: 'attachment' }, { clauseNames: [] }),
  system(
    'timeoriginalestimate',
    'Original Estimate',
    'readOnly',
    { type: 'number' },
    { clauseNames: ['originalEstimate', 'timeoriginalestimate'] },
  ),
  system(
    'timeestimate',
    'Remaining Estimate',
    'readOnly',
    { type: 'number' },
    { clauseNames: ['remainingEstimate', 'timeestimate'] },
  ),
  system('timespent', 'Time Spent', 'readOnly', { type: 'number' }),
  system('timetracking', 'Time tracking', 'timetracking', { type: 'timetracking' }, { clauseNames: [] }),
  system('comment', 'Comment', 'readOnly', { type: 'comments-page' }),
  system('watches', 'Watchers', 'readOnly', { type: 'watches' }, { clauseNames: ['watchers'] }),
  system('votes', 'Votes', 'readOnly', { type: 'votes' }),
  system('worklog', 'Log Work', 'readOnly', { type: 'array', items: 'worklog' }, { clauseNames: [] }),
];

export const fieldById = (site: Site, id: string): Field | undefined => site.fields.find(field => field.id === id);

/** The field that a JQL clause names, by id, clause name or display name, whatever the case. */
export function fieldByClauseName(site: Site, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return site.fields.find(
    field =>
      field.clauseNames.some(clause => clause.toLowerCase() === wanted) || (field.schema.custom && field.id === wanted),
  );
}

/** The choices of a field that has the same ones everywhere. */
export function choicesOf(site: Site, field: Field): readonly Named[] | undefined {
  if (field.kind === 'priority') return site.priorities;
  if (field.kind === 'resolution') return site.resolutions;
  if (field.kind === 'sprint') return site.sprints;
  if (field.kind === 'organizations') return site.organizations;
  if (field.kind === 'requestType') return site.desks.flatMap(({ requestTypes }) => requestTypes);
  return field.options;
}
