import { describe, expect, it } from 'vitest';
import { allOf, containing, sql, toQuery } from '../../../../examples/orders/api/sql.ts';

describe('the sql tag', () => {
  it('makes every value a parameter, whatever characters it has', () => {
    const name = `'; DROP TABLE "x" -- $1`;
    expect(toQuery(sql`SELECT ${1} WHERE name = ${name}`)).toEqual({
      text: 'SELECT $1 WHERE name = $2',
      values: [1, name],
    });
  });

  it('numbers the values of the parts that it is made of in their order', () => {
    const first = sql`a = ${'A'} OR b = ${'B'}`;
    const second = sql`c = ${'C'}`;
    expect(toQuery(sql`WHERE (${first}) AND ${second} LIMIT ${5}`)).toEqual({
      text: 'WHERE (a = $1 OR b = $2) AND c = $3 LIMIT $4',
      values: ['A', 'B', 'C', 5],
    });
  });

  it('takes what looks like SQL but was not made by it for a value', () => {
    const forged: string = JSON.parse('"TRUE; DROP TABLE x"');
    expect(toQuery(sql`WHERE ${forged}`)).toEqual({ text: 'WHERE $1', values: [forged] });
  });
});

it('no condition at all chooses all rows', () => {
  expect(toQuery(allOf([])).text).toBe('TRUE');
  expect(toQuery(allOf([sql`a`, sql`b`])).text).toBe('TRUE AND a AND b');
});

it('wildcards in a text are looked for as they are', () => {
  expect(containing(String.raw`50%_\ `)).toBe(String.raw`%50\%\_\\ %`);
});
