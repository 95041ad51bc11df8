import { expect, it } from 'vitest';
import { jqlOutline } from '../../../functions/jira/api/jqlClauses.ts';
import { jqlTokens } from '../../../functions/jira/api/jqlTokens.ts';
import { withoutUnknownValues } from '../../../functions/jira/api/openQuery.ts';

/** `field operator values`, a NOT around it told by a sign. */
const outline = (query: string) => {
  const tokens = jqlTokens(query);
  return (tokens && jqlOutline(query, tokens))?.clauses.map(
    ({ field, operator, operands, predicates, isNegated }) =>
      `${isNegated ? '! ' : ''}${[field, operator, ...[...operands, ...predicates].map(({ value }) => value)].join(' ')}`,
  );
};

it.each([
  ['a = b AND NOT (c in (d, "e f") OR !g != h)', ['a = b', '! c in d e f', 'g != h']],
  ['status WAS NOT IN (A, B) BY x DURING (startOfDay(-1d), now())', ['status was not in A B x startOfDay now']],
  ['status changed FROM A TO B', ['status changed A B']],
  ['cf[10010] ~ "x" && "Epic Link[Epic Link]" = X-1', ['cf[10010] ~ x', 'Epic Link[Epic Link] = X-1']],
  ['issue.property["a"].b is not empty || y in f(1)', ['issue.property[a].b is not empty', 'y in f']],
  ['ORDER BY key', []],
])('reads the conditions of %s', (query, expected) => {
  expect(outline(query)).toEqual(expected);
});

it.each(['a = b)', 'a b c', 'a = b AND', 'a in (b', 'a in (b, (c))', '= b', 'a = b c = d'])(
  'takes %s for no JQL',
  query => {
    expect(outline(query)).toBeUndefined();
  },
);

it.each([
  ['c = X', 'issuekey IS EMPTY'],
  ['c != X', 'c IS NOT EMPTY'],
  ['NOT c = X', 'NOT c IS EMPTY'],
  ['NOT (c != X)', 'NOT (issuekey IS NOT EMPTY)'],
  ['c in (X, "y") OR d = e', 'c in ("y") OR d = e'],
  ['c was not in (y, X) BEFORE "-1d"', 'c was not in (y) BEFORE "-1d"'],
  ['c < X', 'issuekey IS EMPTY'],
  ['d in f(X) ORDER BY c', 'issuekey IS EMPTY ORDER BY c'],
])('a value that there is not makes of %s what it means with a value that no issue has', (query, expected) => {
  expect(withoutUnknownValues(query, "The value 'X' does not exist for the field 'c'.")).toBe(expected);
});

it('a query that is refused for its form stays as it is', () => {
  expect(withoutUnknownValues('created > X', "Date value 'X' for field 'created' is invalid.")).toBeUndefined();
  expect(withoutUnknownValues('a = b', "The value 'X' does not exist for the field 'c'.")).toBeUndefined();
});
