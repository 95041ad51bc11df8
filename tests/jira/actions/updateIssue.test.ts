import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('updateIssue', () => {
  it('changes only what is given, in two requests, and tells it before and after', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('updateIssue', {
      issueKey,
      summary: 'Better',
      labels: 'a,b',
      dueDate: '2027-05-01',
    });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, `PUT issue/${issueKey}`]);
    expect(body).toEqual({
      issueKey,
      title: 'Better',
      labels: ['a', 'b'],
      dueDate: '2027-05-01',
      status: 'To Do',
      changes: [
        { field: 'Summary', from: expect.stringMatching(/^Task \d+$/), to: 'Better' },
        { field: 'Labels', to: 'a, b' },
        { field: 'Due date', to: '2027-05-01' },
      ],
      url: `${app.jira.url}/browse/${issueKey}`,
    });
    expect(app.sent('PUT', /issue/)).toEqual({
      fields: { summary: 'Better', labels: ['a', 'b'], duedate: '2027-05-01' },
    });
  });

  it('looks at the edit screen first when names must be checked', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('updateIssue', {
      issueKey,
      priority: 'lowest',
      additionalFields: '{"Story Points": 8, "Team": "Mobile"}',
    });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, `GET issue/${issueKey}/editmeta`, `PUT issue/${issueKey}`]);
    expect(body.priority).toBe('Lowest');
    expect(app.issue(issueKey).values).toMatchObject({ customfield_10016: 8, customfield_10031: '10211' });
  });

  it('clears with none, and with null in additionalFields', async () => {
    const issueKey = await app.newTask();
    await app.write('updateIssue', {
      issueKey,
      description: 'Text',
      labels: 'a',
      dueDate: '2027-05-01',
      assignee: 'Li Wei',
      parent: 'ATLAS-1',
      additionalFields: '{"Story Points": 8}',
    });
    const { body } = await app.write('updateIssue', {
      issueKey,
      description: 'none',
      labels: 'None',
      dueDate: 'none',
      assignee: 'none',
      parent: 'none',
      additionalFields: '{"story points": null}',
    });
    expect(Object.keys(body).sort()).toEqual(['changes', 'issueKey', 'status', 'title', 'url']);
    expect(body.changes).toHaveLength(6);
    for (const change of body.changes) expect(change).toEqual({ field: change.field, from: expect.any(String) });
    expect(app.issue(issueKey).values).toMatchObject({ description: null, customfield_10016: null });
    expect(app.sent('PUT', /issue/).update).toEqual({ parent: [{ set: { none: true } }] });
  });

  it.each([
    '{"append": "one\ntwo"}',
    '{"append":""}',
    '{"append":"x","set":"y"}',
    '{ "append" : "a "quoted" b"}',
    '{"append":5}',
  ])('keeps a description to which something was to be added in a form that cannot be read: %j', async description => {
    const issueKey = await app.newTask();
    await app.write('updateIssue', { issueKey, description: 'What was there' });
    const before = app.issue(issueKey).values.description;
    const { status, body } = await app.write('updateIssue', { issueKey, description });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('description: It begins as {"append": "…"}')]);
    expect(app.issue(issueKey).values.description).toEqual(before);
  });

  it('refuses to change nothing, and what may not be changed', async () => {
    for (const nothing of [{}, { additionalFields: '{}' }, { labels: ' , ' }, { priority: 'none' }]) {
      const { body } = await app.write('updateIssue', { issueKey: 'ATLAS-12', ...nothing });
      expect(body.code).toBe('invalid_input');
    }
    expect(app.costs().filter(cost => cost.startsWith('PUT'))).toEqual([]);
    expect((await app.write('updateIssue', { issueKey: 'ATLAS-12', dueDate: 'soon' })).body.errors[0]?.field).toBe(
      'dueDate',
    );
    expect((await app.write('updateIssue', { issueKey: 'COMET-2', summary: 'x' })).body.code).toBe('forbidden');
    expect((await app.write('updateIssue', { issueKey: 'COMET-2999', summary: 'x' })).body.code).toBe('not_found');
  });

  it('takes a value whose ID is a number, beside a field that is odd', async () => {
    app.answerNext('/issue/ODD-1/editmeta$', {
      fields: {
        customfield_1: {
          name: 'Audience',
          required: false,
          schema: { type: 'option' },
          allowedValues: [{ id: 12, value: 'Internal' }],
        },
        customfield_2: { name: 5, required: 'no', allowedValues: [true] },
      },
    });
    // Before the change, and after it.
    app.answerNext('/issue/ODD-1$', { id: '1', key: 'ODD-1', fields: {} });
    app.answerNext('/issue/ODD-1$', { id: '1', key: 'ODD-1', fields: {} });
    const { status } = await app.write('updateIssue', {
      issueKey: 'ODD-1',
      additionalFields: '{"Audience": "internal"}',
    });
    expect(status).toBe(200);
    expect(app.sent('PUT', /issue/).fields).toEqual({ customfield_1: { id: '12' } });
  });
});

agreesWithOpenApi(() => app.jira);

it('sets a team that no issue has yet, by its name', async () => {
  const issueKey = await app.newTask();
  const { body } = await app.write('updateIssue', { issueKey, additionalFields: { Squad: 'otters' } });
  expect(body.changes).toEqual([{ field: 'Squad', to: 'Otters' }]);
  const none = await app.write('updateIssue', { issueKey, additionalFields: { Squad: 'Badgers' } });
  expect(none.body.detail).toContain('Jira suggests no team "Badgers"');
});
