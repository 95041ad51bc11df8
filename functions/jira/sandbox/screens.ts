import { choicesOf, type Field, fieldById } from './fields.ts';
import type { Target } from './fieldValue.ts';
import type { Transition } from './model.ts';
import {
  showComponent,
  showIssueType,
  showOption,
  showPriority,
  showProjectReference,
  showResolution,
  showVersion,
  type View,
} from './represent.ts';
import { iHold } from './rights.ts';
import type { Site } from './site.ts';

/** A field that may be set on a screen, and whether it must be. */
export interface ScreenField {
  field: Field;
  required: boolean;
  /** Whether Jira fills it in when a request leaves it out. */
  hasDefaultValue: boolean;
}

const always = [
  'project',
  'issuetype',
  'summary',
  'description',
  'priority',
  'assignee',
  'reporter',
  'labels',
  'duedate',
  'timetracking',
];

/** The fields that a new issue of a type may have. */
export function createScreen(site: Site, { project, type }: Target): ScreenField[] {
  const isDesk = project.type === 'service_desk';
  const ids = [
    ...always,
    ...(project.components.length > 0 ? ['components'] : []),
    ...(project.versions.length > 0 ? ['fixVersions'] : []),
    ...(type.level < 1 ? ['parent'] : []),
    ...site.fields
      .filter(({ issueTypes, kind }) => issueTypes?.includes(type.name) || (isDesk && kind === 'organizations'))
      .map(({ id }) => id),
  ];
  const mustHave = ['project', 'issuetype', 'summary', 'reporter', ...(project.required[type.name] ?? [])];
  if (type.level === -1) mustHave.push('parent');
  return ids
    .filter(id => isMine(site, project, id))
    .flatMap(id => {
      const field = fieldById(site, id);
      return field
        ? [{ field, required: mustHave.includes(id), hasDefaultValue: ['reporter', 'priority'].includes(id) }]
        : [];
    });
}

/** Fields that are on nobody's screen who has not the permission. */
function isMine(site: Site, project: Target['project'], id: string): boolean {
  const needed = fieldById(site, id)?.kind === 'sprint' ? 'SCHEDULE_ISSUES' : permissionOf[id];
  return needed === undefined || iHold(site, needed, project);
}

/** https://support.atlassian.com/jira-cloud-administration/docs/permissions-for-company-managed-projects/ */
const permissionOf: Readonly<Record<string, string>> = {
  assignee: 'ASSIGN_ISSUES',
  reporter: 'MODIFY_REPORTER',
  duedate: 'SCHEDULE_ISSUES',
  fixVersions: 'RESOLVE_ISSUES',
};

/** The fields of an issue that may be changed: all but its project. */
export const editScreen = (site: Site, target: Target): ScreenField[] =>
  createScreen(site, target).filter(({ field }) => field.id !== 'project');

/** The fields that a transition asks for. */
export const transitionScreen = (site: Site, { fields, required }: Transition): ScreenField[] =>
  fields.flatMap(id => {
    const field = fieldById(site, id);
    return field
      ? [{ field, required: id === 'resolution' || required.includes(id), hasDefaultValue: id === 'resolution' }]
      : [];
  });

/** A screen's field as create and edit metadata show it. */
export function showScreenField(view: View, target: Target, { field, required, hasDefaultValue }: ScreenField) {
  const allowedValues = allowedValuesOf(view, target, field);
  return {
    required,
    schema: field.schema,
    name: field.name,
    key: field.id,
    ...(field.kind === 'user' && {
      autoCompleteUrl: `${view.base}/rest/api/3/user/assignable/search?project=${target.project.key}&query=`,
    }),
    ...(field.kind === 'labels' && { autoCompleteUrl: `${view.base}/rest/api/1.0/labels/suggest?query=` }),
    hasDefaultValue,
    operations: operationsOf(field),
    ...(allowedValues && { allowedValues }),
  };
}

function operationsOf({ kind, schema }: Field): string[] {
  if (kind === 'timetracking') return ['set', 'edit'];
  return schema.type === 'array' && kind !== 'sprint' ? ['add', 'set', 'remove'] : ['set'];
}

function allowedValuesOf(view: View, { project, type }: Target, field: Field): unknown[] | undefined {
  switch (field.kind) {
    case 'project':
      return [showProjectReference(view, project)];
    case 'issuetype':
      return [showIssueType(view, type)];
    case 'priority':
      return choicesOf(view.site, field)?.map(each => showPriority(view, each));
    case 'resolution':
      return choicesOf(view.site, field)?.map(each => showResolution(view, each));
    case 'component':
      return project.components.map(each => showComponent(view, each));
    case 'version':
      return project.versions.map(each => showVersion(view, project, each));
    case 'option':
    case 'optionList':
    case 'optionWithChild':
      return choicesOf(view.site, field)?.map(each => showOption(view, each));
    default:
      return undefined;
  }
}
