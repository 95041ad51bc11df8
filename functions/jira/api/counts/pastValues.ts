import type { SearchField } from '../filter/searchField.ts';
import type { Issue } from '../issue.ts';
import type { FieldChange } from './fieldChange.ts';
import { type Grouping, type GroupName, named, none, type Within } from './grouping.ts';

/** What Jira's history tells of a field's values. */
type Kept =
  /** One value before and one after. */
  | 'value'
  /** Each value that was added or removed by itself. */
  | 'items'
  /** All values before and all after. */
  | 'labels'
  | 'sprints';

const kept: Readonly<Record<string, Kept>> = {
  status: 'value',
  statusCategory: 'value',
  priority: 'value',
  issuetype: 'value',
  assignee: 'value',
  reporter: 'value',
  resolution: 'value',
  project: 'value',
  components: 'items',
  fixVersions: 'items',
  versions: 'items',
  labels: 'labels',
};

const keptTypes = /:(?:select|radiobuttons|textfield|float|jsw-story-points|userpicker)$/;

/** How a field's past values can be told; undefined for a field whose values are known as they are now alone. */
function keptOf({ id, kind, custom }: SearchField): Kept | undefined {
  if (Object.hasOwn(kept, id)) return kept[id];
  if (kind === 'sprint') return 'sprints';
  return keptTypes.test(custom ?? '') ? 'value' : undefined;
}

/** Whether the groups that an issue was in can be told. */
export function hasPast({ field, series }: Grouping): boolean {
  return field ? keptOf(field) !== undefined : series?.of === 'created';
}

/** The field whose changes tell of a grouping. */
export function historyField({ field }: Grouping): string | undefined {
  if (!field || !keptOf(field)) return undefined;
  return field.id === 'statusCategory' ? 'status' : field.id;
}

interface Known {
  /** The name of the category of a status, by the status's ID or name. */
  categoryOf(status: { id: string | undefined; name: string | undefined }): string | undefined;
  /** A project as groups name it, by its name. */
  projectCalled(name: string): string | undefined;
}

/** The groups of an issue at a date. `later` are its changes after that date, the newest first. */
export function groupsAt(
  issue: Issue,
  grouping: Grouping,
  later: readonly FieldChange[],
  known: Known,
  within: Within,
): readonly GroupName[] {
  const { field } = grouping;
  const now = grouping.groupsOf(issue, within);
  const id = historyField(grouping);
  const way = field && keptOf(field);
  if (!field || !way || id === undefined) return now;
  let values = now.filter(({ key }) => key !== none.key);
  for (const change of later) {
    if (change.fieldId !== id) continue;
    const { from, fromString, toString: to } = change;
    if (way === 'items') {
      const added = to === undefined ? undefined : named(to).key;
      values = values.filter(({ key }) => key !== added);
      if (fromString !== undefined) values.push(named(fromString));
    } else if (way === 'labels') values = (fromString ?? '').split(' ').filter(Boolean).map(named);
    else if (way === 'sprints') values = (fromString ?? '').split(', ').filter(Boolean).map(named);
    else values = valueBefore(field, from, fromString, known);
  }
  return values.length > 0 ? values : [none];
}

function valueBefore(
  { id, kind }: SearchField,
  from: string | undefined,
  name: string | undefined,
  known: Known,
): GroupName[] {
  if (id === 'statusCategory') return [known.categoryOf({ id: from, name }) ?? ''].filter(Boolean).map(named);
  if (name === undefined) return [];
  if (kind === 'person' && from !== undefined) return [{ key: from, name }];
  if (id === 'project') return [named(known.projectCalled(name) ?? name)];
  return [named(name)];
}
