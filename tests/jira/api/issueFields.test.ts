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
    if (person === 'Wei, Li') return { accountId: 'wei-li' };
    throw new Failure('not_found', `Nobody called "${person}" was found in Jira.`);
  },
  findCaller: async () => undefined,
  callersAccounts: async () => undefined,
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
  field('c9', 'Odd', 'array', ['a "b"', '["x"]', '{"value":"y"}', "it's", 'Size > 5', 'A / B'], 'option'),
  {
    ...field('c10', 'Market', 'option-with-child'),
    allowedValues: [
      {
        id: '1',
        value: 'Europe',
        children: [
          { id: '2', value: 'Spain' },
          { id: '3', value: 'UK / Ireland' },
        ],
      },
      { id: '4', value: 'Asia / Pacific', children: [{ id: '5', value: 'Japan' }] },
    ],
  },
  {
    ...field('c11', 'Sprint', 'array', undefined, 'json'),
    schema: { type: 'array', items: 'json', custom: 'x:gh-sprint' },
  },
  field('c12', 'Reviewers', 'array', undefined, 'user'),
  field('c13', 'Squad', 'team'),
  field('timetracking', 'Time tracking', 'timetracking'),
  field('parent', 'Parent', 'issuelink'),
];
const planning: Planning = {
  sprints: async () => [],
  sprint: async (_, id) => (id === 12 ? { id, name: 'Sprint 7', board: 'Atlas board' } : undefined),
  closedSprints: async () => new Set(),
  teams: async () => [{ id: 'team-1', name: 'Otters' }],
  estimationFields: async () => new Set(),
};
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
    ['an option as Jira writes it', { Severity: { self: 'https://x', value: 'Major', id: '0' } }, { c5: { id: '0' } }],
    ['an option by its ID as a number', { Severity: { id: 1 } }, { c5: { id: '1' } }],
    ['an option in a list of one', { Severity: ['Minor'] }, { c5: { id: '1' } }],
    ['a list for one value', { Areas: { value: 'Baz' } }, { c4: [{ id: '2' }] }],
    ['options in both forms', { Areas: ['Foo', { value: 'Foo, Bar' }] }, { c4: [{ id: '1' }, { id: '0' }] }],
    ['quotes in a name', { Odd: 'a "b"' }, { c9: [{ id: '0' }] }],
    ['a name that looks like a list', { Odd: '["x"]' }, { c9: [{ id: '1' }] }],
    ['a name that looks like an object', { Odd: ['{"value":"y"}'] }, { c9: [{ id: '2' }] }],
    ['names with signs', { Odd: "it's, Size > 5, A / B" }, { c9: [{ id: '3' }, { id: '4' }, { id: '5' }] }],
    ['a list that was written as a text', { Areas: '["Foo","Baz"]' }, { c4: [{ id: '1' }, { id: '2' }] }],
    ['an object that was written as a text', { Severity: '{"value":"Major"}' }, { c5: { id: '0' } }],
    ['an option with its child', { Market: 'europe/spain' }, { c10: { id: '1', child: { id: '2' } } }],
    ['slashes in both names', { Market: 'Asia / Pacific / Japan' }, { c10: { id: '4', child: { id: '5' } } }],
    ['an arrow for the child', { Market: 'Europe > UK / Ireland' }, { c10: { id: '1', child: { id: '3' } } }],
    ['an option without its child', { Market: 'Asia / Pacific' }, { c10: { id: '4' } }],
    ['a pair', { Market: ['Europe', 'Spain'] }, { c10: { id: '1', child: { id: '2' } } }],
    [
      "an option with its child in Jira's form",
      { Market: { value: 'Europe', child: { value: 'Spain' } } },
      { c10: { id: '1', child: { id: '2' } } },
    ],
    [
      'an option with its child by their IDs',
      { Market: { id: '1', child: { id: '3' } } },
      { c10: { id: '1', child: { id: '3' } } },
    ],
    ['a sprint by its ID', { Sprint: [{ id: 12, name: 'Sprint 7' }] }, { c11: 12 }],
    ['a sprint by its ID as a text', { c11: '12' }, { c11: 12 }],
    ['no sprint', { Sprint: null }, { c11: null }],
    [
      'people in every form',
      { Reviewers: ['Li Wei', { accountId: 'ana' }, { displayName: 'Li Wei' }] },
      { c12: [{ accountId: 'li' }, { accountId: 'ana' }] },
    ],
    ['a person by account ID', { Approver: { id: 'ana' } }, { c7: { accountId: 'ana' } }],
    ['a team by its name', { Squad: 'otters' }, { c13: 'team-1' }],
    ['a team by its ID', { Squad: { id: 'team-9' } }, { c13: 'team-9' }],
    ['a day with a time', { Day: '2026-12-30T00:00:00' }, { c3: '2026-12-30' }],
    ['a day as a runtime types it', { Day: { $kind: 'Date', value: '2026-12-30' } }, { c3: '2026-12-30' }],
    ['an estimate', { 'Original estimate': '1d 4h' }, { timetracking: { originalEstimate: '1d 4h' } }],
    [
      'both estimates in words',
      { 'original estimate': '2 days', 'Remaining Estimate': '90 minutes' },
      { timetracking: { originalEstimate: '2d', remainingEstimate: '90m' } },
    ],
    [
      'time tracking as Jira writes it',
      { timetracking: { originalEstimate: '1h', remainingEstimate: '30m' } },
      { timetracking: { originalEstimate: '1h', remainingEstimate: '30m' } },
    ],
    [
      'time tracking in seconds',
      { timetracking: { originalEstimateSeconds: 5400 } },
      { timetracking: { originalEstimate: '90m' } },
    ],
    ['a person with a comma in the name', { Reviewers: 'Wei, Li' }, { c12: [{ accountId: 'wei-li' }] }],
    ['people with a comma between them, each once', { Reviewers: 'Li Wei, Li Wei' }, { c12: [{ accountId: 'li' }] }],
    ['labels although the screen has none', { Labels: ['a'] }, { labels: ['a'] }],
    ['a parent as Jira writes it', { Parent: { key: 'atlas-1' } }, { parent: { key: 'ATLAS-1' } }],
    ['a parent by its ID', { parent: { id: '10001' } }, { parent: { id: '10001' } }],
    ['what is said to be set', { Areas: { set: ['Baz'] } }, { c4: [{ id: '2' }] }],
  ])('take %s', async (_, given, expected) => {
    expect(await fieldsOf(given)).toEqual(expected);
  });

  it.each([
    [{ Areas: { add: ['Foo'], remove: [{ value: 'Baz' }] } }, { c4: [{ add: { id: '1' } }, { remove: { id: '2' } }] }],
    [{ Areas: { add: 'Foo, Bar' } }, { c4: [{ add: { id: '0' } }] }],
    [
      { Areas: [{ add: { value: 'Foo' } }, { remove: 'Baz' }] },
      { c4: [{ add: { id: '1' } }, { remove: { id: '2' } }] },
    ],
    [{ Parent: null }, { parent: [{ set: { none: true } }] }],
  ])('change by an operation where %j asks for one', async (given, expected) => {
    const { fields, update } = await toChange({ additionalFields: given }, around);
    expect([fields, update]).toEqual([{}, expected]);
  });

  it('mean by story points what the boards estimate by', async () => {
    const screen = [field('c1', 'Story Points', 'number'), field('c2', 'Story point estimate', 'number')];
    const sent = async (name: string, fields: IssueField[], estimated: string[]) => {
      const planned = { ...planning, estimationFields: async () => new Set(estimated) };
      const change = await toChange(
        { additionalFields: { [name]: 3 } },
        { ...around, screen: fields, planning: planned },
      );
      return change.fields;
    };
    expect(await sent('Story Points', screen, ['c2'])).toEqual({ c1: 3 });
    expect(await sent('points', screen, ['c2'])).toEqual({ c2: 3 });
    expect(await sent('Story Points', screen.slice(1), [])).toEqual({ c2: 3 });
    const twins = [field('c1', 'Story Points', 'number'), field('c3', 'Story Points', 'number')];
    expect(await sent('Story points', twins, ['c3'])).toEqual({ c3: 3 });
    await expect(sent('Story points', twins, [])).rejects.toMatchObject({ code: 'ambiguous' });
  });

  it('take the priority that is called None', async () => {
    expect(await fieldsOf({}, { priority: 'none' })).toEqual({ priority: { id: '1' } });
  });

  it.each([
    ['a number for a date-time', { Starts: '5' }, 'takes a date-time'],
    ['a date-time on a day that does not exist', { Starts: '2026-02-30T09:00:00Z' }, 'takes a date-time'],
    ['a day that does not exist', { Day: '2026-02-30' }, 'takes a day'],
    ['a field that is given twice', { 'Story Points': 1, 'story points': 2 }, '"Story Points" is given more than once'],
    ['two values for one', { Severity: ['Major', 'Minor'] }, 'takes one value, not 2'],
    ['a child that is not there', { Market: 'Europe / Peru' }, 'cannot be "Peru". It takes Spain, UK / Ireland'],
    ['a time without its unit', { 'Original estimate': '90' }, 'takes a time with its unit'],
    ['to add to what is one value', { Severity: { add: 'Major' } }, 'has one value'],
    ['to add and to replace', { Areas: { add: ['Foo'], set: ['Baz'] } }, 'either replaced'],
    ['to add and remove the same', { Areas: { add: ['Foo'], remove: ['foo'] } }, 'both added and removed'],
    ['to append to a number', { 'Story Points': { append: '3' } }, 'no text'],
    ['a team that no issue has', { Squad: 'Herons' }, 'They have Otters'],
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
