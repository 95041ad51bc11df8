import type { Issue } from '../issue.ts';
import { type Grouping, type GroupName, nextPeriod, none, type Unit } from './grouping.ts';
import type { Measure, Measured } from './measure.ts';

/** An issue, and the groups that it is in at each level. */
export interface Sample {
  issue: Issue;
  groups: readonly (readonly GroupName[])[];
}

export interface Group {
  name: string;
  issues: number;
  /** At the date that is compared with. */
  before?: number;
  created?: number;
  resolved?: number;
  measures?: Measured[];
  groups?: Group[];
}

interface Level {
  groupings: readonly Grouping[];
  measures: readonly Measure[];
  at: number;
  /** Where the table of what was created and resolved stands among the groupings, and the period that is looked at. */
  events?: { at: number; period?: string } | undefined;
  /** The first and the last period of a series; those of the issues where it is undefined. */
  span: { first: string; last: string } | undefined;
}

/** How many groups are told at most at a level. */
const MAX_GROUPS = [100, 50];

/** The groups of a level that are told: without those with the fewest issues, or of periods without the earliest. */
export function toldGroups(groups: readonly Group[], grouping: Grouping | undefined, at: number): readonly Group[] {
  const most = MAX_GROUPS[at] ?? 0;
  if (!grouping?.series) return groups.slice(0, most);
  return groups.slice(Math.max(0, groups.length - most));
}

/** The groups of issues, with those within each. An issue counts once in each group that it is in. */
export function tally(samples: readonly Sample[], before: readonly Sample[] | undefined, level: Level): Group[] {
  const grouping = level.groupings[level.at];
  if (!grouping) return [];
  const now = byGroup(samples, level.at);
  const then = before && byGroup(before, level.at);
  const keys = new Map([...(then ?? []), ...now].map(([key, { name }]) => [key, name]));
  if (grouping.series && level.at === 0 && level.groupings.length === 1) fill(keys, grouping.series.unit, level.span);
  const groups = [...keys].map(([key, name]) => {
    const own = now.get(key)?.samples ?? [];
    const issues = [...new Set(own.map(({ issue }) => issue))];
    const old = then && (then.get(key)?.samples ?? []);
    const events = level.events?.at === level.at ? { at: level.at, period: key } : level.events;
    const inner = tally(own, old, { ...level, at: level.at + 1, events });
    const measures = level.measures.map(measure => measure.of(issues)).filter(measured => measured.issues > 0);
    const group: Group = {
      name,
      issues: issues.length,
      ...(old && { before: old.length }),
      ...(events && eventsOf(own, events)),
      ...(measures.length > 0 && { measures }),
      ...(inner.length > 0 && { groups: inner }),
    };
    return { key, group };
  });
  const isNone = (key: string) => key === none.key;
  groups.sort((one, other) => {
    if (isNone(one.key) !== isNone(other.key)) return isNone(one.key) ? 1 : -1;
    if (grouping.series) return one.key < other.key ? -1 : 1;
    const size = ({ issues, before: old = 0 }: Group) => Math.max(issues, old);
    return size(other.group) - size(one.group) || (one.group.name < other.group.name ? -1 : 1);
  });
  return groups.map(({ group }) => group);
}

function byGroup(samples: readonly Sample[], at: number): Map<string, { name: string; samples: Sample[] }> {
  const found = new Map<string, { name: string; samples: Sample[] }>();
  for (const sample of samples) {
    for (const [key, name] of new Map((sample.groups[at] ?? []).map(group => [group.key, group.name]))) {
      const group = found.get(key) ?? { name, samples: [] };
      group.samples.push(sample);
      found.set(key, group);
    }
  }
  return found;
}

/** How many of the issues were created and how many resolved: in a period, or in all. */
export function eventsOf(samples: readonly Sample[], { at, period }: NonNullable<Level['events']>) {
  const count = (event: GroupName['event']) =>
    samples.filter(({ groups }) =>
      groups[at]?.some(group => (period === undefined || group.key === period) && group.event === event),
    ).length;
  return { created: count('created'), resolved: count('resolved') };
}

/** Adds the periods in between in which nothing happened, which a reader would miss, unless they are too many to tell. */
function fill(keys: Map<string, string>, unit: Unit, span: Level['span']): void {
  const known = [...keys.keys()].filter(key => key !== none.key).sort();
  const { first, last } = span ?? { first: known[0] ?? '', last: known.at(-1) ?? '' };
  const most = MAX_GROUPS[0] ?? 0;
  const periods: string[] = [];
  for (let period = first; period !== '' && period <= last && periods.length <= most; ) {
    periods.push(period);
    period = nextPeriod(period, unit);
  }
  if (periods.length <= most) for (const period of periods) keys.set(period, period);
}
