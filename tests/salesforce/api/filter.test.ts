import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionSoql } from '../../../functions/salesforce/api/filter/conditionSoql.ts';
import { recordFields } from '../../../functions/salesforce/api/filter/recordField.ts';
import { hasJobTitle } from '../../../functions/salesforce/api/jobTitles.ts';
import type { Salesforce } from '../../../functions/salesforce/api/salesforce.ts';
import { describeSchema } from '../../../functions/salesforce/api/wire.ts';
import { parseSoql } from '../../../functions/salesforce/sandbox/soql.ts';
import { likePattern, textOf } from '../../../functions/salesforce/sandbox/soqlLiteral.ts';
import { readConditions } from '../../../shared/filter/condition.ts';
import { momentsAt } from '../../../shared/filter/moments.ts';

const object = describeSchema.parse({
  name: 'Account',
  label: 'Account',
  fields: [
    { name: 'Website', label: `It's "odd" \\ OR`, type: 'url' },
    { name: 'Region__c', label: 'Region', type: 'picklist' },
    { name: 'Tags__c', label: 'Tags', type: 'multipicklist' },
    {
      name: 'ParentId',
      label: 'Parent Account ID',
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Parent',
    },
  ],
});
const fields = recordFields(object);

/** No condition of these fields asks Salesforce for anything. */
const unreachable = {} as Salesforce;
const around = {
  salesforce: unreachable,
  objectType: 'Account',
  moments: momentsAt({ now: new Date('2026-11-30T12:00:00Z'), timeZone: async () => 'UTC' }),
};

const anyText = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        '%',
        '_',
        ')',
        '(',
        ' OR ',
        ' LIMIT 1',
        '\n',
        '\t',
        '--',
        ',',
        ';',
        'a',
        ' ',
      ),
    }),
  )
  // SOQL has no way to write other control characters, and no record has them.
  .filter(
    text => text.trim() !== '' && text.isWellFormed() && text.length < 200 && !/[\p{Cc}\u2028\u2029]/u.test(text),
  );

async function statement(name: string, test: unknown): Promise<string> {
  const field = fields.find(({ id }) => id === name);
  const read = readConditions(JSON.stringify({ [field?.label ?? '']: test }));
  if (!field || 'problem' in read) throw new Error('There is no such condition');
  const [condition] = read.conditions;
  if (!condition) throw new Error('There is no condition');
  const { soql } = await conditionSoql({ field, test: condition.test, isNot: condition.isNot, input: 'where' }, around);
  return `SELECT Id FROM Account WHERE ${soql.text}`;
}

/** Every literal of a statement, wherever it stands, as it is written. */
function literalsOf(soql: string): string[] {
  const found: string[] = [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) walk(each);
    else if (typeof part === 'object' && part !== null) {
      for (const [name, value] of Object.entries(part)) {
        if (name === 'value')
          found.push(...[value].flat().filter(each => typeof each === 'string' && each.startsWith("'")));
        else walk(value);
      }
    }
  };
  walk(parseSoql(soql));
  return found;
}

describe('a condition in SOQL', () => {
  it.each(['Website', 'Region__c', 'Tags__c', 'ParentId'])(
    'is valid and compares %s with exactly the texts that were given, whatever they are',
    async name => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyText, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (texts, isNot) => {
            const soql = await statement(name, isNot ? { not: texts } : texts);
            const literals = literalsOf(soql).map(text => textOf({ type: 'STRING', text }, soql));
            expect(literals).toEqual([...new Set(texts.map(text => text.trim()))]);
          },
        ),
      );
    },
  );

  it('looks for a part of a text by exactly that part', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.boolean(), async (text, isNot) => {
        const soql = await statement('Website', isNot ? { not: { contains: text } } : { contains: text });
        const [literal = ''] = literalsOf(soql);
        const pattern = likePattern({ type: 'STRING', text: literal }, soql);
        expect(pattern.test(`x${text.trim()}y`)).toBe(true);
        expect(pattern.source.replace(/\\([\\^$.*+?()[\]{}|/])/gu, '$1')).toBe(`^.*${text.trim()}.*$`);
      }),
    );
  });
});

it('a job title is looked for by exactly what was given, whatever it is', () => {
  fc.assert(
    fc.property(anyText, text => {
      const title = text.trim().replace(/\s+/g, ' ');
      const soql = `SELECT Id FROM Contact WHERE ${hasJobTitle(text.trim()).text}`;
      const [literal = '', ...others] = literalsOf(soql);
      expect(others).toEqual([]);
      expect(likePattern({ type: 'STRING', text: literal }, soql).test(`x${title}y`)).toBe(true);
    }),
  );
});
