import { options, priorities, resolutions, sprints } from './catalogue.ts';
import type { Named } from './model.ts';

/** How a field is stored, shown, written, searched and logged. */
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
  | 'sprint'
  | 'readOnly';

export interface Field {
  id: string;
  name: string;
  kind: FieldKind;
  schema: { type: string; items?: string; system?: string; custom?: string; customId?: number };
  /** What JQL calls it. */
  clauseNames: string[];
  navigable: boolean;
  /** What the changelog calls it, where that is not its id. */
  logName?: string;
}

const system = (
  id: string,
  name: string,
  kind: FieldKind,
  schema: { type: string; items?: string },
  more: Partial<Pick<Field, 'clauseNames' | 'navigable' | 'logName'>> = {},
): Field => ({
  id,
  name,
  kind,
  schema: { ...schema, system: id },
  clauseNames: [id],
  navigable: true,
  ...more,
});

const custom = (
  customId: number,
  name: string,
  kind: FieldKind,
  type: string,
  pluginKey: string,
  items?: string,
): Field => ({
  id: `customfield_${customId}`,
  name,
  kind,
  schema: { type, ...(items === undefined ? {} : { items }), custom: pluginKey, customId },
  clauseNames: [`cf[${customId}]`, name],
  navigable: true,
  logName: name,
});

const customType = (name: string) => `com.atlassian.jira.plugin.system.customfieldtypes:${name}`;

/** Every field of the site, in the order in which Jira's screens show them. */
export const fields: Field[] = [
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
  system(
    'attachment',
    'Attachment',
    'readOnly',
    { type: 'array', items: 'attachment' },
    { clauseNames: [], navigable: false },
  ),
  system('timetracking', 'Time tracking', 'readOnly', { type: 'timetracking' }, { clauseNames: [], navigable: false }),
  system('comment', 'Comment', 'readOnly', { type: 'comments-page' }, { navigable: false }),
  system('worklog', 'Log Work', 'readOnly', { type: 'array', items: 'worklog' }, { clauseNames: [], navigable: false }),
  custom(10016, 'Story Points', 'number', 'number', customType('float')),
  custom(10020, 'Sprint', 'sprint', 'array', 'com.pyxis.greenhopper.jira:gh-sprint', 'json'),
  custom(10030, 'Severity', 'option', 'option', customType('select')),
  custom(10031, 'Team', 'option', 'option', customType('select')),
  custom(10032, 'Go-live date', 'date', 'date', customType('datepicker')),
  custom(10033, 'Reviewer', 'user', 'user', customType('userpicker')),
  custom(10034, 'Affected platforms', 'optionList', 'array', customType('multiselect'), 'option'),
  custom(10035, 'Acceptance criteria', 'adf', 'string', customType('textarea')),
];

const byId = new Map(fields.map(field => [field.id, field]));

export const fieldById = (id: string): Field | undefined => byId.get(id);

/** The field that a JQL clause names, by id, clause name or display name, whatever the case. */
export function fieldByClauseName(name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return fields.find(
    field =>
      field.clauseNames.some(clause => clause.toLowerCase() === wanted) || (field.schema.custom && field.id === wanted),
  );
}

/** The choices of a field that has the same ones everywhere. */
export function choicesOf(field: Field): Named[] | undefined {
  if (field.kind === 'priority') return priorities;
  if (field.kind === 'resolution') return resolutions;
  if (field.kind === 'sprint') return sprints;
  return options[field.id];
}
