import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JiraError } from '../../../functions/jira/sandbox/jiraError.ts';
import { parseJql } from '../../../functions/jira/sandbox/jql.ts';
import { searchIssues } from '../../../functions/jira/sandbox/jqlSearch.ts';
import { monday, siteAt } from './jiraClient.ts';

const site = await siteAt(monday);

/** Whether a query is refused as Jira refuses one; any other error is a bug. */
function isRefused(jql: string): boolean {
  try {
    searchIssues(site, jql);
    return false;
  } catch (error) {
    if (error instanceof JiraError && error.status === 400) return true;
    throw error;
  }
}

describe('parsing', () => {
  it('keeps fields, operators, operands and sorts as they were written', () => {
    expect(parseJql('"Story Points" >= 3 AND cf[10016] is not EMPTY order by key desc, created')).toEqual({
      where: {
        kind: 'and',
        clauses: [
          { kind: 'terminal', field: 'Story Points', operator: '>=', operand: { kind: 'value', text: '3' } },
          { kind: 'terminal', field: 'cf[10016]', operator: 'is not', operand: { kind: 'empty' } },
        ],
      },
      orderBy: [
        { field: 'key', direction: 'desc' },
        { field: 'created', direction: undefined },
      ],
    });
    expect(parseJql("status not in (Done, 'In Review', those())").where).toMatchObject({
      operator: 'not in',
      operand: {
        items: [
          { kind: 'value', text: 'Done' },
          { kind: 'value', text: 'In Review' },
          { kind: 'function', name: 'those', args: [] },
        ],
      },
    });
  });

  it('gives back any text that stands in quotation marks with its escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const quoted = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
        expect(parseJql(`summary ~ ${quoted}`).where).toMatchObject({ operand: { kind: 'value', text } });
      }),
    );
  });

  it('answers or refuses whatever it is sent, and never breaks', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'project = ATLAS != in ( ) , and or not order by key "a" summary ~ "x*" is empty cf [ ] \\ \' 7d -'.split(
          ' ',
        ),
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => void isRefused(pieces.join(' '))),
      { numRuns: 500 },
    );
  });

  it('refuses what is nested without end', () => {
    for (const opening of ['(', 'not ', '!']) expect(isRefused(`${opening.repeat(10_000)}project = ATLAS`)).toBe(true);
    expect(isRefused(`${'('.repeat(400)}project = ATLAS${')'.repeat(400)}`)).toBe(false);
  });
});
