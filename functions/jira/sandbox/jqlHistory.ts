import { badRequest } from './jiraError.ts';
import { describe, type Operand, type Predicate } from './jql.ts';
import { evaluateDateFunction, parseJqlDate } from './jqlDates.ts';
import type { Instant, Issue } from './model.ts';
import { personById, type Site } from './site.ts';

/** The fields whose history a query may ask for, with their IDs. */
const withHistory: Readonly<Record<string, string>> = {
  assignee: 'assignee',
  fixversion: 'fixVersions',
  priority: 'priority',
  reporter: 'reporter',
  resolution: 'resolution',
  status: 'status',
};

/** A value that a field had for a while. */
interface Stretch {
  /** IDs and names, in lower case; none where the field was empty. */
  names: string[];
  from: Instant;
  until: Instant;
  /** Who set it. */
  by: string;
}

interface Change {
  before: string[];
  after: string[];
  at: Instant;
  by: string;
}

/**
 * A test for `was` and `changed`.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-operators/
 * @throws {JiraError} 400
 */
export function historyTest(
  site: Site,
  clause: { field: string; operator: 'was' | 'changed'; operand: Operand | undefined; predicates: Predicate[] },
): (issue: Issue) => boolean {
  const fieldId = withHistory[clause.field.toLowerCase()];
  if (fieldId === undefined) {
    throw badRequest(`History searches do not support the field '${clause.field}'.`);
  }
  const { operand, operator } = clause;
  if (operator === 'was') {
    const wanted = namesIn(operand);
    const isThen = stretchTest(site, clause.predicates, clause.field);
    return issue => stretchesOf(issue, fieldId).some(stretch => isOneOf(stretch.names, wanted) && isThen(stretch));
  }
  const isMeant = changeTest(site, clause.predicates, clause.field);
  return issue => changesOf(issue, fieldId).some(isMeant);
}

const isOneOf = (names: readonly string[], wanted: readonly string[]) =>
  names.length === 0 ? wanted.includes('') : names.some(name => wanted.includes(name));

/** In lower case; `''` stands for no value. */
function namesIn(operand: Operand | undefined): string[] {
  if (operand === undefined || operand.kind === 'empty') return [''];
  return operand.kind === 'list' ? operand.items.flatMap(namesIn) : [describe(operand).toLowerCase()];
}

function changesOf(issue: Issue, fieldId: string): Change[] {
  const parts = (...texts: (string | null)[]) =>
    texts.flatMap(text => (text ? [text, ...text.split(', ')] : [])).map(text => text.toLowerCase());
  return issue.histories.flatMap(({ created: at, authorId: by, items }) =>
    items
      .filter(item => item.fieldId === fieldId)
      .map(item => ({ before: parts(item.from, item.fromString), after: parts(item.to, item.toString), at, by })),
  );
}

function stretchesOf(issue: Issue, fieldId: string): Stretch[] {
  const changes = changesOf(issue, fieldId);
  const first = changes[0]?.before;
  const starts = [
    { names: first ?? [], from: issue.created, by: issue.creatorId },
    ...changes.map(({ after, at, by }) => ({ names: after, from: at, by })),
  ];
  return starts.map((start, index) => ({ ...start, until: starts[index + 1]?.from ?? Number.POSITIVE_INFINITY }));
}

type Span = { first: Instant; last: Instant };

/** The time that a predicate names: of a day all of it, of a moment that. */
function spanOf(site: Site, { word, operand }: Predicate, field: string): Span {
  const items = operand.kind === 'list' ? operand.items : [operand];
  const [first, last = first] = items.map(item => {
    if (item.kind === 'function') {
      const moment = evaluateDateFunction(site, item.name, item.args);
      if (moment === undefined) throw badRequest(`Unable to find JQL function '${describe(item)}'.`);
      return { first: moment, last: moment };
    }
    const text = describe(item);
    const moment = parseJqlDate(site, text, field);
    return { first: moment, last: /^\d{4}\D\d{1,2}\D\d{1,2}$/.test(text) ? moment + 86_399_999 : moment };
  });
  if (!first || !last) throw badRequest(`The predicate '${word}' needs a date.`);
  return { first: first.first, last: last.last };
}

function stretchTest(site: Site, predicates: Predicate[], field: string): (stretch: Stretch) => boolean {
  const tests = predicates.map(predicate => {
    if (predicate.word === 'by') return ({ by }: Stretch) => isPerson(site, by, predicate.operand);
    const span = spanOf(site, predicate, field);
    switch (predicate.word) {
      case 'before':
        return ({ from }: Stretch) => from < span.first;
      case 'after':
        return ({ until }: Stretch) => until > span.last;
      case 'on':
      case 'during':
        return ({ from, until }: Stretch) => from <= span.last && until >= span.first;
      default:
        throw badRequest(`The predicate '${predicate.word}' is not supported by the operator 'was'.`);
    }
  });
  return stretch => tests.every(test => test(stretch));
}

function changeTest(site: Site, predicates: Predicate[], field: string): (change: Change) => boolean {
  const tests = predicates.map(predicate => {
    const { word, operand } = predicate;
    if (word === 'from') return ({ before }: Change) => isOneOf(before, namesIn(operand));
    if (word === 'to') return ({ after }: Change) => isOneOf(after, namesIn(operand));
    if (word === 'by') return ({ by }: Change) => isPerson(site, by, operand);
    const span = spanOf(site, predicate, field);
    if (word === 'before') return ({ at }: Change) => at < span.first;
    if (word === 'after') return ({ at }: Change) => at > span.last;
    return ({ at }: Change) => at >= span.first && at <= span.last;
  });
  return change => tests.every(test => test(change));
}

function isPerson(site: Site, accountId: string, operand: Operand): boolean {
  const wanted =
    operand.kind === 'function' && operand.name.toLowerCase() === 'currentuser'
      ? [site.me.accountId]
      : namesIn(operand);
  const person = personById(site, accountId);
  return [accountId, person?.email, person?.displayName.toLowerCase()].some(name => wanted.includes(name ?? ''));
}
