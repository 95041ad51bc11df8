import { folded } from '../../../../shared/filter/label.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { allIssues, type Found } from '../allIssues.ts';
import type { FieldChange } from '../changelogs.ts';
import type { GivenFilters } from '../filter/filterInputs.ts';
import { type IssuesMeant, issuesMeant } from '../filter/issuesMeant.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import { allOf, anyOf, type Jql, jql, minutesFromNow } from '../jql.ts';
import { type Grouping, isWithin, projectName, type SeriesOf, type Within } from './grouping.ts';
import type { Measure } from './measure.ts';
import { groupsAt, historyField } from './pastValues.ts';
import type { Sample } from './tally.ts';

export interface Counting {
  filters: GivenFilters;
  groupings: readonly Grouping[];
  measures: readonly Measure[];
  within: Within;
  now: Date;
}

export interface Counted {
  samples: Sample[];
  areAll: boolean;
  /** The query, to ask Jira for how many there are about. */
  query: Jql;
  /** How filters were taken, in sentences. */
  notes: readonly string[];
}

/** The issues that filters mean now, within the period of a series. */
export async function countedNow(counting: Counting, jira: Jira): Promise<Counted> {
  const { filters, groupings, measures, within, now } = counting;
  const series = groupings.find(each => each.series)?.series?.of;
  const meant = await issuesMeant(filters, { jira, now });
  const passes = (issue: Issue) => meant.passes(issue) && (series === undefined || happened(issue, series, within));
  // A caller's own JQL is never a part of another.
  const inPeriod = filters.jql === undefined && series !== undefined ? periodJql(series, within, now) : [];
  const query = inPeriod.length > 0 ? allOf([meant.jql(), ...inPeriod]) : meant.jql();
  const fields = [...meant.fields, ...groupings.flatMap(each => each.fields), ...measures.flatMap(each => each.fields)];
  const { issues, areAll } = await allIssues({ jql: query, fields, checked: meant.checked }, jira);
  const samples = issues
    .filter(passes)
    .map(issue => ({ issue, groups: groupings.map(grouping => grouping.groupsOf(issue, within)) }));
  return { samples, areAll, query, notes: meant.notes };
}

function happened({ createdAt, resolvedAt }: Issue, of: SeriesOf, within: Within): boolean {
  if (within.from === undefined && within.to === undefined) return true;
  const [created, resolved] = [isWithin(createdAt, within), isWithin(resolvedAt, within)];
  return of === 'created' ? created : of === 'resolved' ? resolved : created || resolved;
}

/** Time goes by between the pages of a search, and with it what is relative to now. */
const SLACK_MINUTES = 2;

function periodJql(of: SeriesOf, { from, to }: Within, now: Date): Jql[] {
  if (!from && !to) return [];
  const minutesTo = (moment: Date) => (moment.getTime() - now.getTime()) / 60_000;
  const bounds = (clause: Jql) =>
    allOf([
      ...(from ? [jql`${clause} >= ${minutesFromNow(Math.floor(minutesTo(from)) - SLACK_MINUTES)}`] : []),
      ...(to ? [jql`${clause} <= ${minutesFromNow(Math.ceil(minutesTo(to)))}`] : []),
    ]);
  const created = bounds(jql`created`);
  const resolved = bounds(jql`resolutiondate`);
  if (of === 'created') return [created];
  return of === 'resolved' ? [resolved] : [anyOf([jql`(${created})`, jql`(${resolved})`])];
}

/**
 * The issues that filters meant at dates in the past, by the issues' histories: their statuses and groups are those of the
 * date, what else the filters look at is as it is now. It reads all that were there by the last of the dates and either are
 * meant now or were changed since the first.
 */
export async function countedAt(
  dates: readonly Date[],
  counting: Counting,
  jira: Jira,
): Promise<{ samples: Sample[][]; areAll: boolean; hasUnknownStatus: boolean; notes: readonly string[] }> {
  const { groupings, within, now } = counting;
  const { status, openOnly, ...others } = counting.filters;
  const times = dates.map(date => date.getTime());
  const [first, last] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const where = [
    ...(others.where ?? []),
    { label: 'created', test: { kind: 'between', to: last.toISOString() } as const, isNot: false },
  ];
  const hasState = status !== undefined || openOnly === true;
  const [meant, meantNow, statuses] = await Promise.all([
    issuesMeant({ ...others, where }, { jira, now }),
    hasState ? issuesMeant({ status, openOnly }, { jira, now }) : undefined,
    jira.metadata.siteStatuses(),
  ]);
  const { found, changes, isWhole } = await readWithHistory(first, { meant, meantNow, counting }, jira);

  const byId = new Map(
    statuses.flatMap(({ id, name, statusCategory }) => [
      [id, statusCategory] as const,
      [folded(name), statusCategory] as const,
    ]),
  );
  const categoryOf = ({ id, text }: FieldChange['from']) => byId.get(id ?? '') ?? byId.get(folded(text ?? ''));
  const projects = new Map(
    found.issues.flatMap(({ project }) => (project ? [[project.name, projectName(project)] as const] : [])),
  );
  const known = {
    categoryOf: (status: FieldChange['from']) => categoryOf(status)?.name ?? undefined,
    projectCalled: (name: string) => projects.get(name),
  };
  const named = status === undefined ? [] : nameList(status);
  const wanted = named.map(text => folded(statuses.find(({ id }) => id === text)?.name ?? text));
  let hasUnknownStatus = false;
  const wasMeant = (issue: Issue, later: readonly FieldChange[]) => {
    // The first of the later changes tells what the status was before.
    const before = later.find(({ fieldId }) => fieldId === 'status');
    const name = before ? before.from.text : issue.status;
    const category = before && categoryOf(before.from);
    const isDone = before ? category?.key === 'done' : issue.isDone;
    // A status that the site has no more is taken for one that is not done.
    if (before && !category && hasState) hasUnknownStatus = true;
    if (openOnly && isDone) return false;
    return wanted.length === 0 || wanted.some(each => (each === 'notdone' ? !isDone : each === folded(name ?? '')));
  };
  const samples = dates.map(date =>
    found.issues.flatMap((issue): Sample[] => {
      if (!meant.passes(issue) || !issue.createdAt || issue.createdAt > date) return [];
      const later = (changes.get(issue.id ?? '') ?? []).filter(({ at }) => at > date);
      if (!wasMeant(issue, later)) return [];
      return [{ issue, groups: groupings.map(grouping => groupsAt(issue, grouping, later, known, within)) }];
    }),
  );
  return { samples, areAll: found.areAll && isWhole, hasUnknownStatus, notes: meant.notes };
}

async function readWithHistory(
  first: Date,
  { meant, meantNow, counting }: { meant: IssuesMeant; meantNow: IssuesMeant | undefined; counting: Counting },
  jira: Jira,
): Promise<{ found: Found; changes: Map<string, FieldChange[]>; isWhole: boolean }> {
  const { groupings, now } = counting;
  const minutes = Math.floor((first.getTime() - now.getTime()) / 60_000) - SLACK_MINUTES;
  const changedSince = jql`updated >= ${minutesFromNow(minutes)}`;
  const query = allOf([meant.jql(), ...(meantNow ? [anyOf([jql`(${meantNow.jql()})`, changedSince])] : [])]);
  const fields = [
    'created',
    'updated',
    'status',
    'project',
    ...meant.fields,
    ...groupings.flatMap(each => each.fields),
  ];
  const found = await allIssues(
    {
      jql: query,
      fields,
      checked: (request, foundNothing) =>
        meant.checked(() => (meantNow ? meantNow.checked(request, () => false) : request()), foundNothing),
    },
    jira,
  );
  // What was not changed since then was as it is now.
  const changed = found.issues.filter(({ updatedAt }) => !updatedAt || updatedAt >= first);
  const historic = [...new Set(['status', ...groupings.flatMap(each => historyField(each) ?? [])])];
  const ids = changed.flatMap(({ id }) => id ?? []);
  return { found, ...(await jira.fieldChanges(ids, historic)) };
}
