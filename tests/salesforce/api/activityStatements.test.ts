import { parseQuery } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listActivities } from '../../../functions/salesforce/api/activityList.ts';
import { historyFieldsIn } from '../../../functions/salesforce/api/openHistory.ts';
import { openTask } from '../../../functions/salesforce/api/openTask.ts';
import type { Salesforce } from '../../../functions/salesforce/api/salesforce.ts';
import type { Soql } from '../../../functions/salesforce/api/soql.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '%', '_', ' OR ', ')', '(', '--', '\n', 'Id', '=', '\u0000'),
    minLength: 1,
  }),
);

/** An org that has nothing, and what it is asked for. */
function emptyOrg() {
  const asked: string[] = [];
  const note = ({ text }: Soql) => void asked.push(text);
  const org: Pick<Salesforce, 'query' | 'queryTogether' | 'me'> = {
    me: async () => ({ problem: 'Nobody has signed in.' }),
    async query(statement) {
      note(statement);
      return [];
    },
    async queryTogether(statements) {
      statements.forEach(note);
      return statements.map(() => []);
    },
  };
  // Only these are used here.
  return { asked, org: org as Salesforce };
}

test('a subject, whatever it is, is one text in a statement of the same form', async () => {
  const conditionsOf = async (subject: string) => {
    const { asked, org } = emptyOrg();
    await openTask(org, { subject }).catch(() => {});
    const { where } = parseQuery(asked[0] ?? '');
    return JSON.stringify(where, (key, value) => (key === 'value' && /^'/.test(String(value)) ? 'text' : value));
  };
  const expected = await conditionsOf('quote');
  expect(expected).toContain('LIKE');
  await fc.assert(
    fc.asyncProperty(anyText, async subject => {
      expect(await conditionsOf(subject)).toBe(expected);
    }),
    { numRuns: 50 },
  );
});

test('a page token of nobody’s making is refused, and nothing is asked for', async () => {
  const listing = {
    wanted: { tasks: [] },
    latestFirst: true,
    timeZone: 'UTC',
    today: '2026-11-30',
    withArchived: false,
  };
  const go = async (cursor: string) => {
    const { asked, org } = emptyOrg();
    const outcome = await listActivities(org, { limit: 5, cursor, isFirst: false }, listing, () => 0).then(
      () => 'listed',
      (error: Error) => error.message,
    );
    return { outcome, asked };
  };
  const value = fc.oneof(anyText, fc.constant('2026-99-99'), fc.constant("2026-01-01' OR Id != '"));
  const position = fc.tuple(value, anyText).map(tasks => JSON.stringify({ tasks }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyText, position), async cursor => {
      const { outcome, asked } = await go(cursor);
      if (outcome === 'listed') expect(asked.map(text => parseQuery(text).sObject)).toEqual(['Task']);
      else expect([outcome, asked]).toEqual([expect.stringContaining('pageToken: '), []]);
    }),
    { numRuns: 100 },
  );
  const { asked } = await go('{"tasks":["2026-11-30","00TSx0000000001MAA"]}');
  expect(asked[0]).toContain(
    "(ActivityDate < 2026-11-30 OR (ActivityDate = 2026-11-30 AND Id < '00TSx0000000001MAA'))",
  );
});

test.each([
  ["Field IN ('StageName', 'Owner') AND OpportunityId = 'x'", ['StageName', 'Owner']],
  ["OpportunityId = 'x' AND Field = 'Owner'", ['Owner']],
  ["Field IN ('StageName') OR OpportunityId = 'x'", undefined],
  ["(NOT Field IN ('StageName'))", undefined],
  ["(Field IN ('StageName')) AND OpportunityId = 'x'", undefined],
  ["Field NOT IN ('StageName')", undefined],
  ["Field != 'StageName'", undefined],
  ["Field LIKE 'Stage%'", undefined],
  ['Field IN (SELECT Name FROM Account)', undefined],
  ["OpportunityId = 'x'", undefined],
])('of a history %s asks for %j', (where, fields) => {
  expect(historyFieldsIn(parseQuery(`SELECT Id FROM OpportunityFieldHistory WHERE ${where}`))).toEqual(fields);
});
