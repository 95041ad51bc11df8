import type { Labelled } from '../../../../shared/filter/label.ts';
import type { SiteField } from '../wire.ts';
import type { FunctionKind } from './functionCondition.ts';

/** How JQL compares a field. https://support.atlassian.com/jira-software-cloud/docs/jql-fields/ */
type FieldKind =
  | FunctionKind
  /** Words, by `~` alone. */
  | 'text'
  | 'number'
  /** A day of the calendar. */
  | 'day'
  /** A date-time. */
  | 'moment'
  /** A span of working time. */
  | 'duration'
  | 'person'
  | 'sprint'
  /** An option that has child options. */
  | 'cascade'
  /** A team of people, which JQL knows by its ID. */
  | 'team'
  /** An issue, by its key. */
  | 'issue'
  /** A value by its name: an option, a status, a version, a label and the like. */
  | 'choice';

/** A field of the site, as a filter and a column see it. */
export interface SearchField extends Labelled {
  kind: FieldKind;
  /** Its name in JQL; undefined for a field that JQL cannot search. */
  clause: string | undefined;
  /** True where an issue may have several values in it. */
  isList: boolean;
  /** True where every issue has a value, so that none is empty. */
  isAlwaysSet: boolean;
  /** True where its values have an order, by which they are compared. */
  isOrdered: boolean;
  /** The type of a custom field, which tells how its values are shown. */
  custom: string | undefined;
  /** The ID of the project that alone has the field. */
  projectId: string | undefined;
  /** Of what issues are found by and Jira does not show: the label of the field that tells how many there are. */
  countedBy?: string | undefined;
}

/** What people call system fields besides the names that the site gives them. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  issuetype: ['type', 'work type', 'issue type'],
  duedate: ['due', 'due date', 'deadline'],
  fixVersions: ['fix version', 'fix versions', 'version', 'release'],
  versions: ['affects version', 'affected version'],
  components: ['component'],
  labels: ['label'],
  parent: ['epic', 'parent key'],
  timeoriginalestimate: ['original estimate'],
  timeestimate: ['remaining estimate'],
  timespent: ['time spent'],
  resolutiondate: ['resolved', 'resolved at', 'resolution date'],
  created: ['created at', 'opened'],
  updated: ['updated at', 'last updated'],
  statusCategory: ['status category'],
  creator: ['created by'],
  comment: ['comments', 'comment count'],
  worklog: ['worklogs', 'work log'],
  attachment: ['attachments'],
  watches: ['watches', 'number of watchers'],
  votes: ['number of votes'],
};

const durations = new Set(['timeoriginalestimate', 'timeestimate', 'timespent']);
const alwaysSet = new Set([
  'issuekey',
  'project',
  'issuetype',
  'status',
  'statusCategory',
  'summary',
  'created',
  'updated',
  'creator',
]);
const ordered = new Set(['priority', 'version']);
/** Custom fields of texts that are compared as a whole. */
const exactTexts = /:url$/;

export function toSearchField(field: SiteField): SearchField {
  const { id, name, clauseNames, searchable, schema, scope } = field;
  const [ownClause] = clauseNames;
  const customId = schema?.customId;
  const clause = customId == null ? ownClause && clauseText(ownClause) : `cf[${customId}]`;
  return {
    id,
    label: name,
    also: otherNames[id],
    kind: kindOf(field),
    clause: searchable === false || !ownClause ? undefined : clause,
    isList: schema?.type === 'array',
    isAlwaysSet: alwaysSet.has(id),
    isOrdered: ordered.has(schema?.items ?? schema?.type ?? ''),
    custom: schema?.custom ?? undefined,
    projectId: scope?.project?.id,
  };
}

/** Names in JQL of people who are no field of the site: whom issues are found by, where the site keeps how many they are. */
const countedPeople: Readonly<Record<string, { id: string; label: string; also: readonly string[] }>> = {
  watches: { id: 'watcher', label: 'Watcher', also: ['watched by', 'watching'] },
  votes: { id: 'voter', label: 'Voter', also: ['voted by'] },
};

/** The fields of a site as Jira lists them, and by whom else issues are found. */
export function toSearchFields(fields: readonly SiteField[]): SearchField[] {
  const listed = fields.map(toSearchField);
  const people = listed.flatMap(({ id, label, projectId }): SearchField[] => {
    const named = Object.hasOwn(countedPeople, id) ? countedPeople[id] : undefined;
    if (!named) return [];
    const nothing = { isAlwaysSet: false, isOrdered: false, custom: undefined, projectId };
    return [{ ...named, kind: 'person', clause: named.id, isList: true, ...nothing, countedBy: label }];
  });
  return [...listed, ...people];
}

/** A name in JQL. Reserved words and names with spaces stand in quotation marks. */
function clauseText(name: string): string {
  return JSON.stringify(name);
}

function kindOf({ id, schema }: SiteField): FieldKind {
  if (durations.has(id)) return 'duration';
  if (!schema) return id === 'issuekey' ? 'issue' : 'choice';
  const { type, items, custom } = schema;
  if (custom?.endsWith(':gh-sprint')) return 'sprint';
  if (custom?.endsWith(':gh-epic-link')) return 'issue';
  if (custom?.endsWith(':sd-sla-field')) return 'sla';
  if (custom?.endsWith(':sd-approvals')) return 'approval';
  switch (items ?? type) {
    case 'string':
      return type === 'array' || exactTexts.test(custom ?? '') ? 'choice' : 'text';
    case 'comments-page':
      return 'text';
    case 'number':
    // How many there are.
    case 'votes':
    case 'watches':
      return 'number';
    case 'date':
      return 'day';
    case 'datetime':
      return 'moment';
    case 'user':
      return 'person';
    case 'option-with-child':
      return 'cascade';
    case 'team':
      return 'team';
    case 'issuelink':
      return 'issue';
    default:
      return 'choice';
  }
}

/** What queries may call these fields, in small letters. */
export function namesInJql(fields: readonly SearchField[]): ReadonlySet<string> {
  return new Set(
    fields.flatMap(({ id, label, clause = '' }) =>
      [id, label, clause.replaceAll('"', '')].map(text => text.toLowerCase()),
    ),
  );
}

/** The fields that tell how much work an issue is. */
export function estimates(fields: readonly SearchField[]): SearchField[] {
  const isPoints = ({ kind, label, custom }: SearchField) =>
    kind === 'number' && (/:jsw-story-points$/.test(custom ?? '') || /^story[ -]?points?( estimate)?$/i.test(label));
  return fields.filter(field => field.id === 'timeoriginalestimate' || isPoints(field));
}
