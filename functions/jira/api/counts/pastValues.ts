import type { FieldChange } from '../changelogs.ts';
import type { SearchField } from '../filter/searchField.ts';
import type { Issue } from '../issue.ts';
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
  categoryOf(status: FieldChange['from']): string | undefined;
  /** A project as groups name it, by its name. */
  projectCalled(name: string): string | undefined;
}

/** The groups of an issue at a date. `later` are its changes after that date, the oldest first. */
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
  for (const { fieldId, from, to } of later.toReversed()) {
    if (fieldId !== id) continue;
    if (way === 'items') {
      const added = to.text === undefined ? undefined : named(to.text).key;
      values = values.filter(({ key }) => key !== added);
      if (from.text !== undefined) values.push(named(from.text));
    } else if (way === 'labels') values = (from.text ?? '').split(' ').filter(Boolean).map(named);
    else if (way === 'sprints') values = (from.text ?? '').split(', ').filter(Boolean).map(named);
    else values = valueBefore(field, from, known);
  }
  return values.length > 0 ? values : [none];
}

function valueBefore({ id, kind }: SearchField, from: FieldChange['from'], known: Known): GroupName[] {
  const { id: valueId, text: name } = from;
  if (id === 'statusCategory') return [known.categoryOf(from) ?? ''].filter(Boolean).map(named);
  if (name === undefined) return [];
  if (kind === 'person' && valueId !== undefined) return [{ key: valueId, name }];
  if (id === 'project') return [named(known.projectCalled(name) ?? name)];
  return [named(name)];
}
