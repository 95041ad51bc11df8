import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Around, conditionJql } from '../../../functions/jira/api/filter/conditionJql.ts';
import { type SearchField, toSearchField } from '../../../functions/jira/api/filter/searchField.ts';
import { type Clause, parseJql } from '../../../functions/jira/sandbox/jql.ts';
import { readConditions } from '../../../shared/filter/condition.ts';
import { momentsAt } from '../../../shared/filter/moments.ts';
import { anyText } from '../anyText.ts';

const now = new Date('2026-11-30T12:00:00Z');
const around: Around = {
  moments: momentsAt({ now, timeZone: async () => 'UTC' }),
  people: { find: async accountId => ({ accountId }), inJql: async person => person },
  now,
  slackMinutes: 61,
  suggestions: async () => [],
  nextSprint: async () => 44,
  typesAboveBase: async () => ['10100'],
};

const field = (type: string, items?: string, custom = 'x:y'): SearchField =>
  toSearchField({
    id: 'customfield_10010',
    name: 'Odd "name" \\ AND',
    searchable: true,
    clauseNames: ['cf[10010]'],
    schema: { type, items, custom, customId: 10010 },
  });

const kinds = {
  option: field('option'),
  options: field('array', 'option'),
  labels: field('array', 'string'),
  person: field('user'),
  url: field('string', undefined, 'x:url'),
  text: field('string'),
  cascade: field('option-with-child'),
};

const anyValue = anyText.filter(text => text.trim() !== '' && text.isWellFormed() && text.length < 500);

/** The values that are compared with, of every part of a clause. */
function valuesOf(clause: Clause | undefined): string[] {
  if (!clause) return [];
  if (clause.kind === 'not') return valuesOf(clause.clause);
  if (clause.kind === 'and' || clause.kind === 'or') return clause.clauses.flatMap(valuesOf);
  if (clause.kind !== 'terminal') return [];
  const { operand } = clause;
  if (operand.kind === 'function') return operand.args;
  const items = operand.kind === 'list' ? operand.items : [operand];
  return items.flatMap(item => (item.kind === 'value' ? [item.text] : []));
}

async function compiled(test: unknown, of: SearchField): Promise<Clause | undefined> {
  const read = readConditions(JSON.stringify({ [of.label]: test }));
  if ('problem' in read) throw new Error(read.problem);
  const [condition] = read.conditions;
  if (!condition) throw new Error('There is no condition');
  const { jql } = await conditionJql(
    { field: of, test: condition.test, isNot: condition.isNot, input: 'where' },
    around,
  );
  return parseJql(jql.text).where;
}

describe('a condition in JQL', () => {
  it.each(['option', 'options', 'labels', 'url', 'person'] as const)(
    'is valid and compares an %s with exactly the texts that were given, whatever they are',
    async kind => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyValue, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (texts, isNot) => {
            const clause = await compiled(isNot ? { not: texts } : texts, kinds[kind]);
            const expected = [...new Set(texts.map(text => text.trim()))].filter(
              text => kind !== 'person' || text.toLowerCase() !== 'none',
            );
            expect(valuesOf(clause)).toEqual(expected);
          },
        ),
      );
    },
  );

  it('looks for a phrase in a text by exactly that phrase', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async text => {
        // Signs alone are refused: Jira finds everything by them.
        fc.pre(/[\p{L}\p{N}]/u.test(text));
        const [operand = ''] = valuesOf(await compiled(text, kinds.text));
        expect(operand.startsWith('"') && operand.endsWith('"')).toBe(true);
        expect(operand.slice(1, -1).replace(/\\(.)/gs, '$1')).toBe(text.trim());
      }),
    );
  });

  it('names an option and its child by exactly their texts', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, anyValue, async (parent, child) => {
        fc.pre(![parent, child].some(text => text.includes('/')));
        const clause = await compiled(`${parent} / ${child}`, kinds.cascade);
        expect(valuesOf(clause)).toEqual([parent.trim(), child.trim()]);
      }),
    );
  });
});
