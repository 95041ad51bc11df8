import { describe, expect, it } from 'vitest';
import { toChange } from '../../../functions/jira/api/issueFields.ts';
import type { People } from '../../../functions/jira/api/people.ts';
import type { Planning } from '../../../functions/jira/api/planning.ts';
import type { IssueField } from '../../../functions/jira/api/wire.ts';
import { Failure } from '../../../shared/failure.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';

const people: People = {
  async find(person) {
    if (person === 'Li Wei') return { accountId: 'li' };
    throw new Failure('not_found', `Nobody called "${person}" was found in Jira.`);
  },
  findCaller: async () => undefined,
  inJql: async person => person,
  lookUp: async () => [],
  notes: new Set(),
  search: async () => ({ users: [], next: undefined }),
};

const field = (id: string, name: string, type: string, values?: string[], items?: string): IssueField => ({
  id,
  name,
  required: false,
  schema: { type, items },
  ...(values && { allowedValues: values.map((value, index) => ({ id: String(index), value })) }),
});

const screen = [
  field('priority', 'Priority', 'priority', ['High', 'None']),
  field('c1', 'Story Points', 'number'),
  field('c2', 'Starts', 'datetime'),
  field('c3', 'Day', 'date'),
  field('c4', 'Areas', 'array', ['Foo, Bar', 'Foo', 'Baz'], 'option'),
  field('c5', 'Severity', 'option', ['Major', 'Minor']),
  field('c6', 'Scope', 'option', ['All', 'None']),
  field('c7', 'Approver', 'user'),
  field('c8', 'Motto', 'string'),
];
const planning: Planning = { sprints: async () => [], teams: async () => [], estimationFields: async () => new Set() };
const clock = { now: new Date('2026-11-22T03:00:00Z'), timeZone: async () => 'America/New_York' };
const times = fieldTimes(clock);
const around = { people, planning, times, project: 'ATLAS', screen, assignable: { issueKey: 'ATLAS-1' } };
const fieldsOf = async (additionalFields: Record<string, unknown>, others = {}) =>
  (await toChange({ additionalFields, ...others }, around)).fields;

describe("an issue's fields", () => {
  it.each([
    ['a date-time', { Starts: '2026-11-30T09:00:00+01:00' }, { c2: '2026-11-30T08:00:00.000+0000' }],
    [
      'a date-time that names no zone as one in the zone of whoever asks',
      { Starts: '2026-11-30T09:00' },
      { c2: '2026-11-30T14:00:00.000+0000' },
    ],
    [
      'a day as its first moment, where a date-time is wanted',
      { Starts: '2026-11-30' },
      { c2: '2026-11-30T05:00:00.000+0000' },
    ],
    ['a day in the form of a date-time', { Day: '2026-11-30T00:00:00.000Z' }, { c3: '2026-11-30' }],
    ['a day that comes with its type', { Day: { $kind: 'Date', value: '2026-11-30' } }, { c3: '2026-11-30' }],
    ['today as it is where the user is', { Day: 'today' }, { c3: '2026-11-21' }],
    ['a value with a comma in it', { Areas: 'foo, bar' }, { c4: [{ id: '0' }] }],
    ['values with a comma between them', { Areas: 'Foo, Baz' }, { c4: [{ id: '1' }, { id: '2' }] }],
    ['none for nothing', { Severity: 'none', Areas: 'none', Day: 'None' }, { c5: null, c4: [], c3: null }],
    ['none for the value that is called so', { Scope: 'none' }, { c6: { id: '1' } }],
    ['none for a text', { Motto: 'none' }, { c8: 'none' }],
  ])('take %s', async (_, given, expected) => {
    expect(await fieldsOf(given)).toEqual(expected);
  });

  it('take the priority that is called None', async () => {
    expect(await fieldsOf({}, { priority: 'none' })).toEqual({ priority: { id: '1' } });
  });

  it.each([
    ['a number for a date-time', { Starts: '5' }, 'takes a date-time'],
    ['a date-time on a day that does not exist', { Starts: '2026-02-30T09:00:00Z' }, 'takes a date-time'],
    ['a day that does not exist', { Day: '2026-02-30' }, 'takes a day'],
    ['a field that is given twice', { 'Story Points': 1, 'story points': 2 }, '"Story Points" is given more than once'],
    ['a value that is not there, and quotes those with commas', { Areas: 'Qux' }, 'It takes "Foo, Bar", Foo, Baz.'],
  ])('refuse %s', async (_, given, told) => {
    await expect(fieldsOf(given)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(told),
    });
  });

  it('name the field of a person who is not found, and what else is wrong', async () => {
    await expect(fieldsOf({ Approver: 'Zed' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'additionalFields: "Approver": Nobody called "Zed" was found in Jira.',
    });
    await expect(fieldsOf({ Approver: 'Zed', 'Story Points': 'many' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/takes a number.*"Approver"/),
    });
  });
});
