import { parseQuery } from '@jetstreamapp/soql-parser-js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { caseLine, issuesInComments } from '../../functions/accounts-and-issues/api/caseLines.ts';
import { globalIdOf, recordIdsIn } from '../../functions/accounts-and-issues/api/globalId.ts';
import { recordMeant } from '../../functions/accounts-and-issues/api/recordMeant.ts';
import { recordsMeant } from '../../functions/accounts-and-issues/api/recordsMeant.ts';
import { planToTell } from '../../functions/accounts-and-issues/api/toldCases.ts';
import { quoteOf } from '../../functions/jira/api/adf/quoteOf.ts';
import { accountMeant } from '../../functions/salesforce/api/accountMeant.ts';
import type { Salesforce } from '../../functions/salesforce/api/salesforce.ts';
import type { Soql } from '../../functions/salesforce/api/soql.ts';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { adfErrors } from '../jira/adfSchema.ts';
import { anyText } from '../jira/anyText.ts';

/** A Salesforce that has nothing, and keeps what it was asked for. */
function emptyOrg(comments: string[] = []) {
  const asked: string[] = [];
  const salesforce = {
    currencies: async () => ({ isMulti: false }),
    query: async ({ text }: Soql) => {
      asked.push(text);
      return comments.map(body => ({ CommentBody: body }));
    },
    queryTogether: async (statements: readonly Soql[]) => {
      asked.push(...statements.map(({ text }) => text));
      return statements.map(() => []);
    },
  } as unknown as Salesforce;
  return { salesforce, asked };
}

/** A statement with everything in it but its values. */
const structureOf = (text: string): unknown =>
  JSON.parse(JSON.stringify(parseQuery(text), (key, value) => (key === 'value' ? typeof value : value)));

test('no text that a record is given by changes the structure of a statement', async () => {
  const statementsFor = async (text: string) => {
    const { salesforce, asked } = emptyOrg();
    await recordMeant(salesforce, text, { input: 'record', takesPart: true }).catch(() => undefined);
    return asked.map(structureOf);
  };
  const [plain, numbered] = [await statementsFor('Contoso'), await statementsFor('1026')];
  expect([plain.length, numbered.length]).toEqual([4, 3]);
  await fc.assert(
    fc.asyncProperty(anyText, async text => {
      expect([plain, numbered]).toContainEqual(await statementsFor(`x${text}`));
    }),
    { numRuns: 200 },
  );
});

test('no list of names, and no name of an account, changes the structure of a statement', async () => {
  const statementsFor = async (text: string) => {
    const { salesforce, asked } = emptyOrg();
    await recordsMeant(salesforce, text, 'record').catch(() => undefined);
    await accountMeant(salesforce, `x${text}`, 'accountId').catch(() => undefined);
    return asked.map(statement => JSON.stringify(structureOf(statement)));
  };
  const known = new Set([...(await statementsFor('Contoso, Fabrikam, Inc.')), ...(await statementsFor('1026'))]);
  // Those of a list with commas, of a name, of a number, and of an account.
  expect(known.size).toBe(9);
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (one, other) => {
      for (const statement of await statementsFor(`${one},x${other}, y`)) expect(known).toContain(statement);
    }),
    { numRuns: 100 },
  );
});

test('no comment is in a statement, whatever it says', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async text => {
      const { salesforce, asked } = emptyOrg();
      await planToTell(salesforce, [recordId('500', 1)], { issueKey: 'ATLAS-1', comment: `y${text}` });
      expect(asked.map(structureOf)).toHaveLength(2);
      expect(asked.join()).not.toContain("'y");
    }),
    { numRuns: 50 },
  );
});

test('a case line is found again, whatever the summary says, and fits into a comment', async () => {
  const browse = (key: string) => `https://site.example/browse/${key}`;
  await fc.assert(
    fc.asyncProperty(anyText, fc.nat(5000), async (text, length) => {
      const line = caseLine({ key: 'ABC-12', summary: text.padEnd(length, 'z') }, browse('ABC-12'));
      expect(line.length).toBeLessThan(4000);
      const other = caseLine({ key: 'ABC-123', summary: line }, browse('ABC-123'));
      const { salesforce } = emptyOrg([line.replaceAll('\n', '\r\n'), `See ${browse('ABC-7')}`, other]);
      expect(await issuesInComments(salesforce, recordId('500', 1), browse)).toEqual(['ABC-12', 'ABC-123']);
    }),
    { numRuns: 100 },
  );
});

test('a global ID means its record in its org, and nothing else does', () => {
  const [org, other] = [recordId('00D', 1), recordId('00D', 2)];
  const id = recordId('500', 7);
  const own = globalIdOf(org.slice(0, 15), id.slice(0, 15));
  expect(own.length).toBeLessThanOrEqual(255);
  expect([recordIdsIn([own, own], org), recordIdsIn([own], other)]).toEqual([[id], []]);
  fc.assert(
    fc.property(anyText, text => {
      expect(recordIdsIn([text, `${own}:${text}`], org)).toEqual([]);
    }),
  );
});

test('a quote is a valid document with every sign of the text', () => {
  fc.assert(
    fc.property(anyText, text => {
      const quote = quoteOf(text);
      expect(adfErrors({ version: 1, type: 'doc', content: [quote] })).toEqual([]);
      const lines = JSON.stringify(quote).match(/"text":"(?:[^"\\]|\\.)*"/g) ?? [];
      const shown = lines.map(line => JSON.parse(`{${line}}`).text).join('');
      const visible = (of: string) => of.toWellFormed().replace(/[\p{Cc}\u2028\u2029\s]/gu, '');
      expect(visible(shown)).toBe(visible(text));
    }),
  );
});
