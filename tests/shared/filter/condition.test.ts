import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConditions } from '../../../shared/filter/condition.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';

const read = (value: unknown) => readConditions(JSON.stringify({ Field: value }));
const one = (test: object, isNot = false) => ({ conditions: [{ label: 'Field', test, isNot }] });

describe('conditions', () => {
  it.each([
    ['a value', 'Open', one({ kind: 'oneOf', values: ['Open'], orEmpty: false })],
    ['a number', 5000, one({ kind: 'oneOf', values: [5000], orEmpty: false })],
    ['a list', ['Open', 'New', 'Open'], one({ kind: 'oneOf', values: ['Open', 'New'], orEmpty: false })],
    ['a list with nothing in it as well', ['Open', null], one({ kind: 'oneOf', values: ['Open'], orEmpty: true })],
    ['nothing', null, one({ kind: 'empty' })],
    ['empty', { empty: true }, one({ kind: 'empty' })],
    ['not empty', { empty: false }, one({ kind: 'empty' }, true)],
    ['not nothing', { not: null }, one({ kind: 'empty' }, true)],
    ['not not empty', { not: { empty: false } }, one({ kind: 'empty' })],
    ['both ends', { from: 1, to: '9' }, one({ kind: 'between', from: 1, to: '9' })],
    ['one end', { to: 9 }, one({ kind: 'between', to: 9 })],
    ['a part', { not: { contains: ' x ' } }, one({ kind: 'contains', text: 'x' }, true)],
    ['a person in the vendor’s form', { accountId: '5b10' }, one({ kind: 'oneOf', values: ['5b10'], orEmpty: false })],
    ['a typed day', { to: { $kind: 'Date', value: '2026-12-30' } }, one({ kind: 'between', to: '2026-12-30' })],
  ])('are read: %s', (_, given, expected) => {
    expect(read(given)).toEqual(expected);
  });

  it.each([
    ['no form', { is: 'x' }],
    ['two forms', { from: 1, contains: 'x' }],
    ['a form beside a negation', { not: 'x', from: 1 }],
    ['no end', { from: null }],
    ['an empty list', []],
    ['a list of lists', [['x']]],
    ['a blank text', ' '],
    ['nothing to contain', { contains: '' }],
    ['empty with a text', { empty: 'yes' }],
    ['negations without end', { not: { not: { not: { not: { not: 'x' } } } } }],
  ])('are refused with their forms: %s', (_, given) => {
    expect(read(given)).toEqual({ problem: expect.stringMatching(/^"Field": it must be a value, a list of values, /) });
  });

  it('are one JSON object that gives each label once, whatever its case and spaces', () => {
    expect(readConditions('[]')).toEqual({ problem: expect.stringContaining('is no object') });
    expect(readConditions('{"A":1,"A":2}')).toEqual({ problem: expect.stringContaining('gives "A" twice') });
    expect(readConditions('{"Due date":1,"duedate":2}')).toEqual({ problem: expect.stringContaining('twice') });
  });

  it('are read or refused, never more, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), text => {
        const { conditions, problem } = { conditions: undefined, problem: undefined, ...readConditions(text) };
        expect((conditions === undefined) !== (problem === undefined)).toBe(true);
      }),
    );
  });
});

it('a list has names with commas in quotation marks', () => {
  expect(nameList(' "Ruiz, Ana", Li Wei,, Li Wei , "')).toEqual(['Ruiz, Ana', 'Li Wei']);
});

it.each([
  ['Serverity', ['Severity', 'Sprint', 'Summary'], ['Severity']],
  ['Stroy', ['Story', 'Task'], ['Story']],
  ['points', ['Story Points', 'Sprint'], ['Story Points']],
  ['x', ['Story Points', 'Sprint'], []],
])('near %s, of %j, is %j', (wanted, names, near) => {
  expect(nearNames(wanted, names)).toEqual(near);
});
