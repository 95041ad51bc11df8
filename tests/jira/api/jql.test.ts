import { type Clause, JastBuilder } from '@atlaskit/jql-ast';
import * as fc from 'fast-check';
import lucene from 'lucene';
import { describe, expect, it } from 'vitest';
import { allOf, jql, minutesAgo, words } from '../../../functions/jira/api/jql.ts';
import { anyText } from '../anyText.ts';

/** What Atlassian's own parser makes of a query. */
function parse(query: { text: string }) {
  const { query: tree, errors } = new JastBuilder().build(query.text);
  return { where: tree?.where || undefined, orderBy: tree?.orderBy, errors };
}

/** A clause without its values: what must not change, whatever they are. */
function shape(clause: Clause | undefined): unknown {
  if (clause?.clauseType === 'compound') return [clause.operator.value, ...clause.clauses.map(shape)];
  if (clause?.clauseType === 'not') return ['not', shape(clause.clause)];
  const { field, operator, operand } = clause ?? {};
  const list = operand?.operandType === 'list' ? operand.values.map(value => value.operandType) : undefined;
  return [field?.value, operator?.value, operand?.operandType, list];
}

/** The plain terms of a text query, without their escapes; anything that is more than a word is an error. */
function termsOf(query: object): string[] {
  if (Object.keys(query).length === 0) return [];
  if ('term' in query) {
    const { term, ...others } = query as lucene.NodeTerm;
    expect(others).toMatchObject({ field: '<implicit>', quoted: false, similarity: null, boost: null, prefix: null });
    expect(others).toMatchObject({ regex: false });
    expect(term).not.toMatch(/^(AND|OR|NOT|TO)$|(?<!\\)(\\\\)*[*?]/);
    return [term.replace(/\\(.)/g, '$1')];
  }
  const { left, operator = '<implicit>', right, ...others } = query as Record<string, object | undefined>;
  expect([operator, others]).toEqual(['<implicit>', {}]);
  return [...(left ? termsOf(left) : []), ...(right ? termsOf(right) : [])];
}

/** The operators are found as words, for which capitals do not count. */
const lowerOperators = (word: string) => word.replace(/\b(AND|OR|NOT|TO)\b/g, operator => operator.toLowerCase());

describe('a JQL query', () => {
  it('has the same structure whatever the characters of its texts', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.array(anyText, { minLength: 1, maxLength: 4 }), (status, text, labels) => {
        const query = jql`${allOf([jql`status = ${status}`, jql`text ~ ${words(text)}`, jql`labels IN ${labels}`])} ORDER BY updated DESC`;
        const { where, orderBy, errors } = parse(query);
        expect(errors).toEqual([]);
        expect(shape(where)).toEqual([
          'and',
          ['status', '=', 'value', undefined],
          ['text', '~', 'value', undefined],
          ['labels', 'in', 'list', labels.map(() => 'value')],
        ]);
        expect(orderBy?.fields).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('means the very text that it was made of', () => {
    // The parser, unlike Jira, does not resolve the escapes by which what no person types is written.
    const typed = fc.string({ unit: 'grapheme' }).filter(text => !/[\p{Cc}\u2028\u2029]/u.test(text));
    fc.assert(
      fc.property(typed, text => {
        const { where } = parse(jql`status = ${text}`);
        const operand = where?.clauseType === 'terminal' ? where.operand : undefined;
        expect(operand?.operandType === 'value' ? operand.value : undefined).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('looks for the very words of a text, whatever Lucene would make of them', () => {
    const parts = [
      ...[
        'AND',
        'OR',
        'NOT',
        'TO',
        'and',
        'not',
        '&&',
        '||',
        '!',
        '+',
        '-',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '^2',
        '~',
        '~3',
      ],
      ...[
        '*',
        '?',
        ':',
        '/',
        '"',
        "'",
        '\\',
        '<',
        '>',
        '>=',
        'summary:',
        '_exists_:',
        ' ',
        ' ',
        'a',
        'bug',
        'Zoë',
        '42',
        '0.5',
      ],
    ];
    const typed = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map(all => all.join(''));
    fc.assert(
      fc.property(fc.oneof(typed, fc.string({ unit: 'grapheme-ascii' })), text => {
        const { where } = parse(jql`text ~ ${words(text)}`);
        const operand = where?.clauseType === 'terminal' ? where.operand : undefined;
        const query = operand?.operandType === 'value' ? operand.value : '';
        expect(termsOf(lucene.parse(query))).toEqual(text.split(/\s+/).filter(Boolean).map(lowerOperators));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps numbers bare, and reads times relative to now', () => {
    expect(jql`project = ${10010} AND updated >= ${minutesAgo(90.5)}`.text).toBe(
      'project = 10010 AND updated >= "-91m"',
    );
  });

  it('is never made of nothing', () => {
    expect(() => jql`status IN ${[]}`).toThrow();
    expect(() => jql`project = ${Number.NaN}`).toThrow();
  });
});
