import type { Test, Value } from '../../../../shared/filter/condition.ts';
import { quoted } from '../../../../shared/text.ts';
import { durationOf, minutesOf } from '../duration.ts';
import { allOf, anyOf, Jql, jql } from '../jql.ts';

/**
 * Conditions on fields that JQL compares with functions alone: SLAs and approvals.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-functions/
 */

/** A field that only functions are compared with. */
export type FunctionKind = 'sla' | 'approval';

type Write = (clause: Jql, isNot: boolean) => Jql;

/** A function without arguments. Negated it finds those that have a clock alone: for the others Jira has no such words. */
const call =
  (name: string): Write =>
  (clause, isNot) =>
    jql`${clause} ${new Jql(isNot ? '!=' : '=')} ${new Jql(`${name}()`)}`;

/** The clock has stopped in time. */
const met: Write = (clause, isNot) =>
  isNot
    ? anyOf([jql`${clause} != completed()`, jql`${clause} = breached()`])
    : jql`(${clause} = completed() AND ${clause} != breached())`;

/** What they are called in small letters, without signs. */
const states: Readonly<Record<FunctionKind, ReadonlyMap<string, Write>>> = {
  sla: new Map([
    ['breached', call('breached')],
    ['missed', call('breached')],
    ['everbreached', call('everBreached')],
    ['completed', call('completed')],
    ['stopped', call('completed')],
    ['met', met],
    ['running', call('running')],
    ['paused', call('paused')],
    ['withincalendarhours', call('withinCalendarHours')],
  ]),
  approval: new Map([
    ['pending', call('pending')],
    ['waiting', call('pending')],
    ['approved', call('approved')],
  ]),
};

const forms: Readonly<Record<FunctionKind, string>> = {
  sla: 'takes breached, everBreached, completed, met, running or paused, or {"to": "2h"} for what is left of it. For when an SLA was missed use listRequests with breachedSince',
  approval: 'takes pending or approved, and no "not"',
};

/** The span that `remaining("2h")` means as well as `2h`, in minutes. */
function minutesIn(value: Value): number | undefined {
  const [, inside = String(value)] = /^remaining\(([^)]*)\)$/i.exec(String(value).trim()) ?? [];
  const span = durationOf(inside.replaceAll('"', '').trim());
  // An SLA's clock runs by hours, and a day has 24 of them here.
  return span === undefined ? undefined : Math.round(minutesOf(span, { hoursPerDay: 24, daysPerWeek: 7 }));
}

/** The condition in JQL, or in a few words what such a field takes. */
export function functionJql(
  kind: FunctionKind,
  { clause, test, isNot }: { clause: Jql; test: Exclude<Test, { kind: 'empty' }>; isNot: boolean },
): { jql: Jql } | { problem: string } {
  const refused = (value: Value) => ({ problem: `${forms[kind]}, not ${quoted(String(value))}.` });
  if (test.kind === 'contains') return refused(test.text);
  if (test.kind === 'between') {
    const { from, to } = test;
    const bounds: Jql[] = [];
    for (const [bound, sign] of [
      [from, isNot ? '<' : '>='],
      [to, isNot ? '>' : '<='],
    ] as const) {
      if (bound === undefined) continue;
      const minutes = kind === 'sla' ? minutesIn(bound) : undefined;
      if (minutes === undefined) return refused(bound);
      bounds.push(jql`${clause} ${new Jql(sign)} remaining(${`${minutes}m`})`);
    }
    return { jql: isNot ? anyOf(bounds) : allOf(bounds) };
  }
  if (kind === 'approval' && isNot) return { problem: `${forms.approval}.` };
  const parts: Jql[] = [];
  for (const value of test.values) {
    const write = states[kind].get(
      String(value)
        .replace(/\(\s*\)$/, '')
        .replace(/[\s_-]+/g, '')
        .toLowerCase(),
    );
    if (!write) return refused(value);
    parts.push(write(clause, isNot));
  }
  if (!isNot) return { jql: anyOf([...parts, ...(test.orEmpty ? [jql`${clause} IS EMPTY`] : [])]) };
  return { jql: allOf(test.orEmpty ? [...parts, jql`${clause} IS NOT EMPTY`] : parts) };
}
