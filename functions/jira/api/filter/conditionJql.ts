import { type FieldError, invalidInput } from '../../../../shared/failure.ts';
import type { Condition, Test, Value } from '../../../../shared/filter/condition.ts';
import { folded } from '../../../../shared/filter/label.ts';
import type { Moments } from '../../../../shared/filter/moments.ts';
import { quoted } from '../../../../shared/text.ts';
import { isNone } from '../inputs.ts';
import type { Issue } from '../issue.ts';
import { allOf, anyOf, Jql, jql, minutesFromNow, phrase, words } from '../jql.ts';
import type { Metadata } from '../metadata.ts';
import type { People } from '../people.ts';
import { functionJql } from './functionCondition.ts';
import type { SearchField } from './searchField.ts';

/** A condition on a field of Jira. */
export interface FieldCondition {
  field: SearchField;
  test: Test;
  isNot: boolean;
  /** The input that it was given in, for messages. */
  input: string;
}

/** What conditions are compiled with. */
export interface Around {
  moments: Moments;
  people: Pick<People, 'find' | 'inJql'>;
  now: Date;
  /** How many minutes after `now` the query may still be asked. */
  slackMinutes: number;
  suggestions: Metadata['suggestions'];
  /** The IDs of the types of issues that have others under them, such as epics. */
  typesAboveBase(): Promise<readonly string[]>;
  /** The ID of the sprint that comes next. @throws Failure where there is none or several */
  nextSprint(input: string): Promise<number>;
}

/** A condition in JQL. */
export interface CompiledCondition {
  jql: Jql;
  /**
   * What JQL cannot say exactly: a moment, which JQL reads to the minute and in the account's time zone, unless it is relative
   * to the time of the request. The JQL finds all that pass this, and a few more.
   */
  passes?: (issue: Issue) => boolean;
}

/** Each costs a request. */
const MAX_LOOKED_UP = 15;

/**
 * @throws Failure `invalid_input` for a value that the field cannot have; `not_found` or `ambiguous` for a person
 */
export async function conditionJql(condition: FieldCondition, around: Around): Promise<CompiledCondition> {
  const { field, test, isNot } = condition;
  const clause = clauseOf(condition);
  if ((field.kind === 'sla' || field.kind === 'approval') && test.kind !== 'empty') {
    const compiled = functionJql(field.kind, { clause, test, isNot });
    if ('problem' in compiled) throw wrong(condition, compiled.problem);
    return compiled;
  }
  const orEmpty = (jqlText: Jql) => (field.isAlwaysSet ? jqlText : anyOf([jqlText, jql`${clause} IS EMPTY`]));
  switch (test.kind) {
    case 'empty':
      return { jql: isNot ? jql`${clause} IS NOT EMPTY` : jql`${clause} IS EMPTY` };
    case 'contains': {
      if (field.isList)
        return conditionJql({ ...condition, test: { kind: 'oneOf', values: [test.text], orEmpty: false } }, around);
      if (field.kind !== 'text')
        throw wrong(condition, 'takes no "contains": give one of its values, or several as a list.');
      const text = words(test.text);
      return { jql: isNot ? orEmpty(jql`${clause} !~ ${text}`) : jql`${clause} ~ ${text}` };
    }
    case 'between':
      return field.kind === 'moment'
        ? betweenMoments(condition, await momentBounds(condition, test, around), around)
        : { jql: await betweenJql(condition, clause, test, around) };
    case 'oneOf':
      return field.kind === 'moment'
        ? onDays(condition, test, around)
        : { jql: await oneOfJql(condition, clause, test, around) };
  }
}

function clauseOf({ field, input }: FieldCondition): Jql {
  if (field.clause !== undefined) return new Jql(field.clause);
  throw invalidInput([{ field: input, message: `Jira cannot search by ${quoted(field.label)}.` }]);
}

async function oneOfJql(
  condition: FieldCondition,
  clause: Jql,
  { values: given, orEmpty: orEmptyGiven }: Extract<Test, { kind: 'oneOf' }>,
  around: Around,
): Promise<Jql> {
  const { field, isNot } = condition;
  const isEmpty = jql`${clause} IS EMPTY`;
  if (field.kind === 'sprint') {
    const sprints = given.filter(value => !isNone(String(value)) && !isBacklog(value));
    const unplanned = given.some(value => isNone(String(value))) ? isUnplanned(clause) : undefined;
    const backlog = given.some(isBacklog) ? await backlogJql(clause, around) : undefined;
    if (unplanned || backlog) {
      const rest = sprints.length > 0 ? await matches(condition, clause, sprints, around) : [];
      const found = [unplanned, backlog].filter(each => each !== undefined);
      if (!isNot) return anyOf([...rest, ...found]);
      const others = rest.length > 0 ? [anyOf([allOf(rest), isEmpty])] : [];
      return allOf([...others, ...found.map(each => jql`NOT ${each}`)]);
    }
  }
  const values = given.filter(value => !(field.kind === 'person' && isNone(String(value))));
  const orEmpty = orEmptyGiven || values.length < given.length;
  if (values.length === 0) return isNot ? jql`${clause} IS NOT EMPTY` : isEmpty;

  const parts = await matches(condition, clause, values, around);
  if (!isNot) return anyOf([...parts, ...(orEmpty ? [isEmpty] : [])]);
  // A field that is empty has another value, which JQL sees otherwise.
  const others = allOf(parts);
  return orEmpty || field.isAlwaysSet ? others : anyOf([others, isEmpty]);
}

/** The conditions of which one holds where the field has one of the values; where it is negated, all of them do. */
async function matches(
  condition: FieldCondition,
  clause: Jql,
  values: readonly Value[],
  around: Around,
): Promise<Jql[]> {
  const { field, isNot } = condition;
  if (field.kind === 'text') {
    return values.map(value =>
      isNot ? jql`${clause} !~ ${phrase(String(value))}` : jql`${clause} ~ ${phrase(String(value))}`,
    );
  }
  if (field.kind === 'cascade') {
    return values.map(value => {
      const options = jql`cascadeOption${String(value)
        .split(' / ', 2)
        .map(part => part.trim())}`;
      return isNot ? jql`${clause} NOT IN ${options}` : jql`${clause} IN ${options}`;
    });
  }
  if (values.length > MAX_LOOKED_UP && (field.kind === 'person' || field.kind === 'team')) {
    throw wrong(condition, `takes at most ${MAX_LOOKED_UP} values at a time.`);
  }
  const isOfSprints = field.kind === 'sprint';
  const functions = isOfSprints ? values.flatMap(value => sprintFunction(value) ?? []) : [];
  const named = isOfSprints ? values.filter(value => !sprintFunction(value)) : values;
  const operands = [...new Set(await Promise.all(named.map(value => operandOf(condition, value, around))))];
  const [only, ...more] = operands;
  const single = only !== undefined && more.length === 0;
  return [
    ...functions.map(call => (isNot ? jql`${clause} NOT IN ${call}` : jql`${clause} IN ${call}`)),
    ...(single ? [isNot ? jql`${clause} != ${only}` : jql`${clause} = ${only}`] : []),
    ...(more.length > 0 ? [isNot ? jql`${clause} NOT IN ${operands}` : jql`${clause} IN ${operands}`] : []),
  ];
}

/** An issue that a closed sprint left behind still has that sprint in its field. */
const isUnplanned = (clause: Jql) =>
  jql`(${clause} IS EMPTY OR (${clause} NOT IN openSprints() AND ${clause} NOT IN futureSprints()))`;

/**
 * What a team may still plan: neither done nor planned already, and none of what a backlog shows elsewhere, which are epics
 * and all above them, and sub-tasks. Types are told by their level, because a site may have renamed them.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-functions/ (standardIssueTypes: all but sub-tasks)
 */
async function backlogJql(clause: Jql, { typesAboveBase }: Around): Promise<Jql> {
  const above = await typesAboveBase();
  const parts = [
    isUnplanned(clause),
    jql`statusCategory != Done`,
    jql`issuetype IN standardIssueTypes()`,
    ...(above.length > 0 ? [jql`issuetype NOT IN ${above}`] : []),
  ];
  return jql`(${allOf(parts)})`;
}

export const isBacklog = (value: Value | undefined) => String(value).trim().toLowerCase() === 'backlog';

/** Whether a value means sprints by their state or their place, and none by its name. */
export function isSprintWord(value: Value): boolean {
  return sprintFunction(value) !== undefined || isNextSprint(value) || isBacklog(value) || isNone(String(value));
}

const isNextSprint = (value: Value) => String(value).toLowerCase() === 'next';

/** `active`, `future` and `closed` sprints, whatever their names. */
function sprintFunction(value: Value): Jql | undefined {
  switch (String(value).toLowerCase()) {
    case 'active':
    case 'current':
      return new Jql('openSprints()');
    case 'future':
      return new Jql('futureSprints()');
    case 'closed':
      return new Jql('closedSprints()');
    default:
      return undefined;
  }
}

async function betweenJql(
  condition: FieldCondition,
  clause: Jql,
  { from, to }: Extract<Test, { kind: 'between' }>,
  around: Around,
): Promise<Jql> {
  const { field, isNot } = condition;
  if (!field.isOrdered && !['number', 'day', 'duration'].includes(field.kind)) {
    throw wrong(
      condition,
      'has no order, so it takes no "from" and "to": give one of its values, or several as a list.',
    );
  }
  const [low, high] = await Promise.all(
    [from, to].map(async bound => (bound === undefined ? undefined : operandOf(condition, bound, around))),
  );
  const bounds = [
    ...(low === undefined ? [] : [isNot ? jql`${clause} < ${low}` : jql`${clause} >= ${low}`]),
    ...(high === undefined ? [] : [isNot ? jql`${clause} > ${high}` : jql`${clause} <= ${high}`]),
  ];
  return isNot ? anyOf([...bounds, jql`${clause} IS EMPTY`]) : allOf(bounds);
}

/** A value as JQL takes it for the field. */
async function operandOf(condition: FieldCondition, value: Value, around: Around): Promise<string | number> {
  const { field } = condition;
  const text = String(value);
  switch (field.kind) {
    case 'number': {
      const number = typeof value === 'string' ? Number(text.replace(/,(?=\d{3}\b)/g, '')) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      throw wrong(condition, `takes a number, not ${quoted(text)}.`);
    }
    case 'day': {
      const day = typeof value === 'string' ? await around.moments.day(value) : undefined;
      if (day !== undefined) return day;
      throw wrong(condition, `takes a day such as 2026-11-30, not ${quoted(text)}.`);
    }
    case 'duration': {
      // Jira's own fields hold seconds.
      if (typeof value === 'number') return `${Math.round(value / 60)}m`;
      if (/^(\d{1,6}(\.\d{1,2})?\s?[wdhm]\s?){1,4}$/i.test(text)) return text.toLowerCase();
      throw wrong(condition, `takes a time such as 4h or 1d 2h, not ${quoted(text)}.`);
    }
    case 'person':
      return around.people.inJql(text);
    case 'issue':
      if (!/^[a-z]\w*-[1-9]\d*$/i.test(text)) throw wrong(condition, `takes the key of an issue, not ${quoted(text)}.`);
      return text.toUpperCase();
    case 'team':
      return teamId(condition, text, around);
    case 'sprint':
      return isNextSprint(value) ? around.nextSprint(condition.input) : text;
    default:
      return text;
  }
}

async function teamId(condition: FieldCondition, name: string, { suggestions }: Around): Promise<string> {
  const clause = (condition.field.clause ?? '').replaceAll('"', '');
  const found = await suggestions(clause, name);
  const [team, ...others] = found.filter(each => each.value === name || folded(each.name) === folded(name));
  if (team && others.length === 0) return team.value;
  if (team) {
    const ids = [team, ...others].map(({ value }) => value).join(', ');
    throw wrong(condition, `has several values ${quoted(name)}: give the ID of the one that is meant, ${ids}.`);
  }
  const names = found.length > 0 ? ` It has ${found.map(each => quoted(each.name)).join(', ')}.` : '';
  throw wrong(condition, `has no value ${quoted(name)}.${names}`);
}

interface MomentBounds {
  from?: Date;
  to?: Date;
}

async function momentBounds(
  condition: FieldCondition,
  { from, to }: Extract<Test, { kind: 'between' }>,
  { moments }: Around,
): Promise<MomentBounds> {
  const read = async (bound: Value | undefined, at: (text: string) => Promise<Date | undefined>) => {
    if (bound === undefined) return undefined;
    const moment = typeof bound === 'string' ? await at(bound) : undefined;
    if (moment) return moment;
    throw wrong(condition, `takes a day, a date-time, or a span back such as 7d, not ${quoted(String(bound))}.`);
  };
  const [first, last] = await Promise.all([read(from, moments.first), read(to, moments.last)]);
  return { ...(first && { from: first }), ...(last && { to: last }) };
}

/** Days: from the first moment of each to its last. */
async function onDays(
  condition: FieldCondition,
  { values, orEmpty }: Extract<Test, { kind: 'oneOf' }>,
  around: Around,
): Promise<CompiledCondition> {
  const all = await Promise.all(
    values.map(async value =>
      betweenMoments(
        condition,
        await momentBounds(condition, { kind: 'between', from: value, to: value }, around),
        around,
      ),
    ),
  );
  const { isNot } = condition;
  const empty = jql`${clauseOf(condition)} IS EMPTY`;
  const parts = all.map(compiled => compiled.jql);
  const passes = (issue: Issue) => {
    if (orEmpty && momentOf(issue, condition.field) === undefined) return !isNot;
    return isNot ? all.every(each => each.passes?.(issue) ?? true) : all.some(each => each.passes?.(issue) ?? true);
  };
  return { jql: isNot ? allOf(parts) : anyOf([...parts, ...(orEmpty ? [empty] : [])]), passes };
}

function betweenMoments(
  condition: FieldCondition,
  { from, to }: MomentBounds,
  { now, slackMinutes }: Pick<Around, 'now' | 'slackMinutes'>,
): CompiledCondition {
  const { field, isNot } = condition;
  const clause = clauseOf(condition);
  const minutesTo = (moment: Date) => (moment.getTime() - now.getTime()) / 60_000;
  // As time goes by, what is relative to it moves on: an earliest moment is set so much earlier.
  const earliest = (moment: Date) => minutesFromNow(Math.floor(minutesTo(moment)) - slackMinutes);
  const latest = (moment: Date) => minutesFromNow(Math.ceil(minutesTo(moment)));
  const isIn = (at: Date) => (!from || at >= from) && (!to || at <= to);
  if (!isNot) {
    return {
      jql: allOf([
        ...(from ? [jql`${clause} >= ${earliest(from)}`] : []),
        ...(to ? [jql`${clause} <= ${latest(to)}`] : []),
      ]),
      passes: issue => {
        const at = momentOf(issue, field);
        return at !== undefined && isIn(at);
      },
    };
  }
  return {
    jql: anyOf([
      ...(from ? [jql`${clause} <= ${latest(from)}`] : []),
      ...(to ? [jql`${clause} >= ${earliest(to)}`] : []),
      ...(field.isAlwaysSet ? [] : [jql`${clause} IS EMPTY`]),
    ]),
    passes: issue => {
      const at = momentOf(issue, field);
      return at === undefined || !isIn(at);
    },
  };
}

/** The moment that an issue has in a field. */
function momentOf(issue: Issue, { id }: SearchField): Date | undefined {
  if (id === 'created') return issue.createdAt;
  if (id === 'updated') return issue.updatedAt;
  if (id === 'resolutiondate') return issue.resolvedAt;
  const value = issue.otherFields.find(field => field.id === id)?.value;
  const at = typeof value === 'string' ? new Date(value) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}

function wrong({ field, input }: FieldCondition, problem: string) {
  const error: FieldError = { field: input, message: `${quoted(field.label)} ${problem}` };
  return invalidInput([error]);
}

/** A condition that a caller gave, on the field that its label means. */
export function onField(condition: Condition, field: SearchField, input: string): FieldCondition {
  return { field, test: condition.test, isNot: condition.isNot, input };
}
