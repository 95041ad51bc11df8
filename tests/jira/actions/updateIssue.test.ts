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

it('keeps the mentions of a description that is replaced, and makes none of what only looks like one', async () => {
  const issueKey = await app.newTask();
  const people = ['Ana Ruiz', 'Ana Ruiz', 'O_Neil* (Ops), Sam'].map((name, index) => ({
    type: 'mention',
    attrs: { id: `712020:${index}`, text: `@${name}` },
  }));
  const gap = { type: 'text', text: ' and ' };
  const plain = { type: 'text', text: ' but not @Li Wei' };
  const content = people.flatMap((person, index) => [...(index > 0 ? [gap] : []), person]);
  const held = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [...content, plain] }] };
  app.issue(issueKey).values.description = held;
  const { body: read } = await app.read('getIssue', { issueKey });
  expect(read.description).not.toContain('accountid');
  app.costs();
  const { body: same } = await app.write('updateIssue', { issueKey, description: read.description });
  expect(app.issue(issueKey).values.description).toEqual(held);
  expect(same.note).toContain('Not changed: Description');
  expect(same.note).not.toContain('accountid');
  await app.write('updateIssue', { issueKey, description: `# New\n\n- ${read.description}` });
  const now = JSON.stringify(app.issue(issueKey).values.description);
  expect(now.match(/"id":"712020:\d/g)).toEqual(['"id":"712020:0', '"id":"712020:1', '"id":"712020:2']);
  expect(now).toContain('but not @Li Wei');
  expect(app.costs().filter(cost => cost.includes('user'))).toEqual([]);
  // Who is mentioned anew is notified.
  await app.write('updateIssue', { issueKey, description: `${read.description} @priya.n@example.com` });
  expect(JSON.stringify(app.issue(issueKey).values.description).match(/"mention"/g)).toHaveLength(4);
});

describe('updateIssue of a description with mentions', () => {
  type Part = string | { name: string; id: number };
  const at = (id: number, name: string): Part => ({ id, name });
  const written = async (parts: readonly Part[], edited: (shown: string) => string) => {
    const issueKey = await app.newTask();
    const content = parts.map(part =>
      typeof part === 'string'
        ? { type: 'text', text: part }
        : { type: 'mention', attrs: { id: `712020:${part.id}`, text: `@${part.name}` } },
    );
    app.issue(issueKey).values.description = { type: 'doc', version: 1, content: [{ type: 'paragraph', content }] };
    const { body: read } = await app.read('getIssue', { issueKey });
    const { body } = await app.write('updateIssue', { issueKey, description: edited(read.description) });
    const now = JSON.stringify(app.issue(issueKey).values.description);
    return { ids: [...now.matchAll(/"id":"([^"]*)"/g)].map(([, id]) => id), note: body.note };
  };
  const many = Array.from({ length: 150 }, (_, id) => [at(id, `Person ${id}`), ', ']).flat();

  it.each<[string, Part[]]>([
    ['stand beside words that have no blanks', ['请', at(1, '李雷'), '看一下，', at(2, '韩梅梅'), '也看']],
    ['follow each other at once', [at(1, 'Bo Li'), at(2, 'Al Yu'), 's turn. (', at(3, 'Cy'), ').', at(4, 'Di')]],
    [
      'have signs of Markdown',
      ['by ', at(1, 'Ana *b* _c_'), ', ', at(2, 'Ana &amp; Bo'), ', ', at(3, 'Ana "Q" [x] \\')],
    ],
    ['have characters that are not seen', ['by ', at(1, 'Ana\u200dRuiz'), ' and ', at(2, 'Li\nWei'), '!']],
    ['are named twice', [at(1, 'Bo'), ' ', at(2, 'Bo'), ' ', at(1, 'Bo')]],
    ['are more than a hundred', many],
  ])('keeps people who %s', async (_, parts) => {
    const { ids, note } = await written(parts, shown => `${shown}\n\nMore.`);
    expect(ids).toEqual(parts.flatMap(part => (typeof part === 'string' ? [] : [`712020:${part.id}`])));
    expect(note).toBeUndefined();
  });

  it('says so where it cannot know which of several people of one name stays', async () => {
    const { ids, note } = await written([at(1, 'Bo'), ' and ', at(2, 'Bo')], shown => shown.replace('@Bo and ', ''));
    expect(ids).toHaveLength(1);
    expect(note).toContain('Several people were mentioned as @Bo');
  });
});

describe('updateIssue of estimates', () => {
  const estimated = async () => {
    const issueKey = await app.newTask();
    const fields = { 'Story Points': 3, 'Original estimate': '2d', 'Remaining estimate': '1d' };
    await app.write('updateIssue', { issueKey, additionalFields: JSON.stringify(fields) });
    app.costs();
    return issueKey;
  };

  it.each([
    [{ points: null }, ['Story Points']],
    [{ 'Story Points': 'none' }, ['Story Points']],
    [{ 'Original estimate': null }, ['Original estimate']],
    [{ 'remaining Estimate': 'None' }, ['Remaining estimate']],
    [{ 'Original estimate': null, remainingEstimate: null }, ['Original estimate', 'Remaining estimate']],
    [{ 'Time tracking': null }, ['Original estimate', 'Remaining estimate']],
    [{ 'Time tracking': { originalEstimate: null } }, ['Original estimate']],
    [{ timetracking: { remainingEstimateSeconds: null } }, ['Remaining estimate']],
  ])('clears those that are asked for and no other: %j', async (additionalFields, cleared) => {
    const issueKey = await estimated();
    const { body } = await app.write('updateIssue', { issueKey, additionalFields: JSON.stringify(additionalFields) });
    expect(body.changes).toEqual(cleared.map(field => ({ field, from: expect.any(String) })));
    expect(app.costs().filter(cost => !cost.includes('board'))).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}/editmeta`,
      `PUT issue/${issueKey}`,
    ]);
  });

  it('sets one while it clears the other, and refuses what is no time', async () => {
    const issueKey = await estimated();
    const both = '{"Original estimate": "4h", "Remaining estimate": null}';
    const { body } = await app.write('updateIssue', { issueKey, additionalFields: both });
    expect(body.changes).toEqual([
      { field: 'Original estimate', from: '2d', to: '4h' },
      { field: 'Remaining estimate', from: '1d' },
    ]);
    const again = await app.write('updateIssue', { issueKey, additionalFields: '{"Remaining estimate": null}' });
    expect(again.body.note).toBe('Not changed: Remaining estimate (empty).');
    const wrong = await app.write('updateIssue', { issueKey, additionalFields: '{"Original estimate": ""}' });
    expect(wrong.body.detail).toContain('null clears it');
  });
});

describe('updateIssue of a sprint that is not on the screen', () => {
  const newEpic = async (summary: string) => {
    const { body } = await app.write('createIssue', { projectId: 'ATLAS', issueType: 'Epic', summary });
    app.costs();
    return body.issueKey;
  };
  const sprintOf = (issueKey: string) => app.issue(issueKey).values.customfield_10020;
  const put = (issueKey: string, sprint: unknown, others = {}) =>
    app.write('updateIssue', { issueKey, ...others, additionalFields: JSON.stringify({ Sprint: sprint }) });

  it('moves the issue after its fields are written, and tells both', async () => {
    const issueKey = await newEpic('Big');
    const { body } = await put(issueKey, 'Sprint 44', { summary: 'Bigger' });
    expect(body.changes).toEqual([
      { field: 'Summary', from: 'Big', to: 'Bigger' },
      { field: 'Sprint', to: 'Sprint 44' },
    ]);
    expect(app.sent('PUT', /issue/)).toEqual({ fields: { summary: 'Bigger' } });
    app.costs();
    // What is there already is not moved, and where no field is given none is written.
    expect((await put(issueKey, 'sprint 44')).body.note).toBe('Not changed: Sprint (Sprint 44).');
    expect((await put(issueKey, 3)).body.changes).toEqual([{ field: 'Sprint', from: 'Sprint 44', to: 'Sprint 43' }]);
    expect((await put(issueKey, null)).body.changes).toEqual([{ field: 'Sprint', from: 'Sprint 43' }]);
    expect(app.costs().filter(cost => !cost.startsWith('GET'))).toEqual([
      'POST /rest/agile/1.0/backlog/issue',
      'POST /rest/agile/1.0/sprint/3/issue',
    ]);
  });

  it('says what was written where the move is refused, and that it was done where its answer is lost', async () => {
    const issueKey = await newEpic('To be left half done');
    app.jira.fail({ path: '/sprint/4/issue$', status: 403, body: '{"errorMessages":["No permission."]}' });
    const half = await put(issueKey, 'Sprint 44', { summary: 'Half' });
    expect([half.status, half.body.code, half.body.retryable]).toEqual([403, 'forbidden', false]);
    expect(half.body.detail).toMatch(
      /^The other fields of ATLAS-\d+ were changed, but it was not put into the sprint: .*Schedule issues.*moveToSprint/,
    );
    expect([app.issue(issueKey).values.summary, sprintOf(issueKey) ?? null]).toEqual(['Half', null]);
    app.jira.fail({ path: '/sprint/4/issue$', status: 403, body: '{"errorMessages":["No permission."]}' });
    const none = await put(issueKey, 'Sprint 44');
    expect(none.body.detail).not.toContain('were changed');
    app.jira.fail({ path: '/sprint/4/issue$', reset: 'after' });
    const lost = await put(issueKey, 'Sprint 44');
    expect([lost.body.changes, lost.body.note]).toEqual([
      [{ field: 'Sprint', to: 'Sprint 44' }],
      'Jira did not confirm it, but it was read again, and it is done.',
    ]);
    app.jira.fail({ path: '/sprint/3/issue$', reset: 'before' });
    const unsure = await put(issueKey, 'Sprint 43', { summary: 'Half' });
    expect(unsure.body).toMatchObject({
      retryable: false,
      detail: expect.stringContaining('did not confirm its move'),
    });
    const unknown = await put(issueKey, 'Sprint 99', { summary: 'Not written' });
    expect([unknown.body.code, app.issue(issueKey).values.summary]).toEqual(['invalid_input', 'Half']);
  });

  it('refuses it for a sub-task, which is in the sprint of its parent, before anything is written', async () => {
    app.costs();
    const { body } = await put('ATLAS-17', 'Sprint 44', { summary: 'Not written' });
    expect(body.detail).toContain('put the parent into the sprint');
    expect(app.costs().filter(cost => !cost.includes('GET'))).toEqual([]);
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
