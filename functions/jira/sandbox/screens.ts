import { issueTypes } from './catalogue.ts';
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

/** A field on a screen: what may be set there, and what must. */
export interface ScreenField {
  field: Field;
  required: boolean;
  /** Left out, it gets a value of its own. */
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
];

const custom: Record<string, string[]> = {
  Epic: ['customfield_10031', 'customfield_10032'],
  Story: [
    'parent',
    'customfield_10016',
    'customfield_10020',
    'customfield_10031',
    'customfield_10033',
    'customfield_10035',
  ],
  Task: ['parent', 'customfield_10016', 'customfield_10020', 'customfield_10031', 'customfield_10033'],
  Bug: [
    'parent',
    'customfield_10016',
    'customfield_10020',
    'customfield_10030',
    'customfield_10033',
    'customfield_10034',
  ],
  'Sub-task': ['parent', 'customfield_10033'],
};

/** The fields that a new issue of a type may have. */
export function createScreen({ project, type }: Target): ScreenField[] {
  const ids = [
    ...always,
    ...(project.components.length > 0 ? ['components'] : []),
    ...(project.versions.length > 0 ? ['fixVersions'] : []),
    ...(custom[type.name] ?? []),
  ];
  const mustHave = ['project', 'issuetype', 'summary', 'reporter', ...(project.required[type.name] ?? [])];
  if (type.level === -1) mustHave.push('parent');
  return ids.flatMap(id => {
    const field = fieldById(id);
    return field
      ? [{ field, required: mustHave.includes(id), hasDefaultValue: ['reporter', 'priority'].includes(id) }]
      : [];
  });
}

/** The fields of an issue that may be changed: all of them, save the project it is in. */
export const editScreen = (target: Target): ScreenField[] =>
  createScreen(target).filter(({ field }) => field.id !== 'project');

/** The fields that a transition asks for. */
export const transitionScreen = ({ fields }: Transition): ScreenField[] =>
  fields.flatMap(id => {
    const field = fieldById(id);
    return field ? [{ field, required: id === 'resolution', hasDefaultValue: id === 'resolution' }] : [];
  });

/** A screen's field as create and edit metadata show it. */
export function showScreenField(view: View, target: Target, { field, required, hasDefaultValue }: ScreenField) {
  const allowedValues = allowedValuesOf(view, target, field);
  const isArray = field.schema.type === 'array';
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
    operations: isArray && field.kind !== 'sprint' ? ['add', 'set', 'remove'] : ['set'],
    ...(allowedValues && { allowedValues }),
  };
}

function allowedValuesOf(view: View, { project, type }: Target, field: Field): unknown[] | undefined {
  switch (field.kind) {
    case 'project':
      return [showProjectReference(view, project)];
    case 'issuetype':
      return issueTypes.filter(({ id }) => id === type.id).map(each => showIssueType(view, each));
    case 'priority':
      return choicesOf(field)?.map(each => showPriority(view, each));
    case 'resolution':
      return choicesOf(field)?.map(each => showResolution(view, each));
    case 'component':
      return project.components.map(each => showComponent(view, each));
    case 'version':
      return project.versions.map(each => showVersion(view, project, each));
    case 'option':
    case 'optionList':
      return choicesOf(field)?.map(each => showOption(view, each));
    default:
      return undefined;
  }
}
