import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from './agreesWithOpenApi.ts';
import { useJiraApp } from './harness.ts';

const app = useJiraApp();
const update = async (issueKey: string, input: object) => (await app.write('updateIssue', { issueKey, ...input })).body;

describe('a list', () => {
  it("changes by Jira's own operations, so that nothing is lost that came in between", async () => {
    const issueKey = await app.newTask();
    await update(issueKey, { labels: 'old, ops', addComponents: 'Search', addFixVersions: '2.4' });
    const body = await update(issueKey, {
      addLabels: 'urgent',
      removeLabels: '["old"]',
      addComponents: [{ name: 'Checkout' }],
      removeComponents: 'search',
      addFixVersions: '2.5',
      removeFixVersions: '2.4',
    });
    const { fields, update: operations } = app.sent('PUT', /issue/);
    expect(fields).toBeUndefined();
    expect(operations).toEqual({
      labels: [{ add: 'urgent' }, { remove: 'old' }],
      components: [{ add: { id: '10400' } }, { remove: { id: '10401' } }],
      fixVersions: [{ add: { id: '10501' } }, { remove: { id: '10500' } }],
    });
    expect(body.labels).toEqual(['ops', 'urgent']);
    expect(body.changes).toEqual([
      { field: 'Labels', from: 'old, ops', to: 'ops, urgent' },
      { field: 'Components', from: 'Search', to: 'Checkout' },
      { field: 'Fix versions', from: '2.4', to: '2.5' },
    ]);
  });

  it('in additionalFields is added to and removed from, or replaced', async () => {
    const issueKey = await app.newTask();
    await update(issueKey, { labels: 'a,b' });
    const changed = await update(issueKey, { additionalFields: { Labels: { add: ['c'], remove: ['a'] } } });
    expect(changed.changes).toEqual([{ field: 'Labels', from: 'a, b', to: 'b, c' }]);
    const replaced = await update(issueKey, { additionalFields: { labels: { set: ['z'] } } });
    expect(replaced.labels).toEqual(['z']);
  });

  it('is not both replaced and added to', async () => {
    const issueKey = await app.newTask();
    const body = await update(issueKey, { labels: 'a', addLabels: 'b' });
    expect([body.code, body.errors[0]?.field]).toEqual(['invalid_input', 'addLabels']);
  });

  it('says what was there already', async () => {
    const issueKey = await app.newTask();
    await update(issueKey, { labels: 'a' });
    expect((await update(issueKey, { addLabels: 'a' })).note).toBe('Not changed: Labels (a).');
  });
});

describe('a text', () => {
  it('is appended to once, also when the same call comes again', async () => {
    const issueKey = await app.newTask();
    const first = await update(issueKey, { description: '# Why\n\nBecause.' });
    expect(first.changes).toEqual([{ field: 'Description', to: '# Why\n\nBecause.' }]);
    for (const changes of [
      [{ field: 'Description', from: '# Why\n\nBecause.', to: '# Why\n\nBecause.\n\n- and **more**' }],
      undefined,
    ]) {
      const body = await update(issueKey, { description: { append: '- and **more**' } });
      expect(body.changes).toEqual(changes);
    }
    const { body } = await app.read('getIssue', { issueKey });
    expect(body.description).toBe('# Why\n\nBecause.\n\n- and **more**');
  });

  it('of several lines in additionalFields is appended to', async () => {
    const { body: story } = await app.write('createIssue', { projectId: 'ATLAS', issueType: 'Story', summary: 'S' });
    await update(story.issueKey, { additionalFields: { 'Acceptance criteria': 'One.' } });
    const body = await update(story.issueKey, { additionalFields: { 'Acceptance criteria': { append: 'Two.' } } });
    expect(body.changes).toEqual([{ field: 'Acceptance criteria', from: 'One.', to: 'One.\n\nTwo.' }]);
  });

  it('that somebody else changed meanwhile is told of', async () => {
    const issueKey = await app.newTask();
    await update(issueKey, { description: 'One.' });
    const issue = app.issue(issueKey);
    // It is read before that change, and written after it.
    const change = { field: 'description', fieldId: 'description', fromString: 'One.', toString: 'Mine.' };
    const history = (id: string, seconds: number, displayName: string) => ({
      id,
      created: new Date(Date.now() + seconds * 1000).toISOString(),
      author: { displayName },
      items: [change],
    });
    app.jira.fail({
      method: 'PUT',
      path: `/issue/${issueKey}$`,
      status: 200,
      body: JSON.stringify({
        id: issue.id,
        key: issueKey,
        fields: { description: issue.values.description },
        changelog: { total: 2, histories: [history('901', 2, 'Agent'), history('900', 1, 'Zoë')] },
      }),
    });
    const body = await update(issueKey, { description: { append: 'Two.' } });
    expect(body.note).toContain('Zoë changed "Description" while this was appended');
    expect(body.note).not.toContain('Agent');
  });

  it('is not written where the text that it is to follow cannot be read', async () => {
    const issueKey = await app.newTask();
    app.jira.fail({ method: 'GET', path: `/issue/${issueKey}$`, status: 403, body: '{"errorMessages":["No."]}' });
    expect((await update(issueKey, { description: { append: 'Two.' } })).code).toBe('forbidden');
    expect(app.costs().filter(cost => cost.startsWith('PUT'))).toEqual([]);
  });
});

describe('the screen of a transition', () => {
  it('names the field that is missing with its values, and takes it', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    await app.write('transitionIssue', { issueKey, status: 'In Review' });
    const { status, body } = await app.write('transitionIssue', { issueKey, status: 'Reject' });
    expect([status, body.errors[0]?.field]).toEqual([400, 'additionalFields']);
    expect(body.detail).toContain('"Rejection reason"');
    expect(body.detail).toContain('Out of scope, Too costly');
    const { body: moved } = await app.write('transitionIssue', {
      issueKey,
      status: 'Reject',
      additionalFields: { 'rejection reason': 'too costly' },
    });
    expect(moved.changes).toEqual([
      { field: 'Status', from: 'In Review', to: 'To Do' },
      { field: 'Rejection reason', to: 'Too costly' },
    ]);
  });

  it('takes no field that it has not, and says which it has', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const additionalFields = { Severity: 'Major' };
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Done', additionalFields });
    expect(body.detail).toContain('The screen of the transition "Finish" has no field "Severity"');
    expect(body.detail).toContain('Resolution');
    expect(app.issue(issueKey).values.status).not.toBe('10003');
  });

  it('that the user did not fill in is told of where the move set something by itself', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Done' });
    expect(body).toMatchObject({ resolution: 'Done', note: 'The move set Resolution to Done by itself.' });
    const { body: reopened } = await app.write('transitionIssue', { issueKey, status: 'To Do' });
    expect(reopened.note).toBe('The move emptied Resolution by itself.');
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const asked = { issueKey, status: 'Done', resolution: { name: "Won't Do" } };
    const { body: closed } = await app.write('transitionIssue', asked);
    expect([closed.resolution, closed.note]).toEqual(["Won't Do", undefined]);
  });
});

describe('planning', () => {
  it('goes by the names of sprint, team and estimates', async () => {
    const issueKey = await app.newTask();
    const body = await update(issueKey, {
      additionalFields: {
        Sprint: 'sprint 44',
        Squad: 'aaaaaaaa-0000-4000-8000-000000000002',
        'Story point estimate': 5,
        'Original estimate': '1d 4h',
        'Remaining estimate': '90 minutes',
        Market: 'Europe / UK / Ireland',
      },
    });
    expect(body.changes).toEqual([
      { field: 'Sprint', to: 'Sprint 44' },
      { field: 'Squad', to: 'Herons' },
      { field: 'Story Points', to: '5' },
      { field: 'Market', to: expect.stringContaining('UK / Ireland') },
      { field: 'Original estimate', to: '1d 4h' },
      { field: 'Remaining estimate', to: '1h 30m' },
    ]);
    const other = await app.newTask();
    expect((await update(other, { additionalFields: { Squad: 'herons' } })).changes).toEqual([
      { field: 'Squad', to: 'Herons' },
    ]);
  });

  it('names the sprints that are not closed where there is none of that name', async () => {
    const issueKey = await app.newTask();
    const body = await update(issueKey, { additionalFields: { Sprint: 'Sprint 42' } });
    expect(body.detail).toContain('The sprints that are not closed are Sprint 43, Sprint 44.');
  });
});

describe('what Jira ignored', () => {
  it('is told with the value that stayed', async () => {
    const issueKey = await app.newTask();
    app.jira.fail({ method: 'PUT', path: `/issue/${issueKey}$`, status: 204 });
    const body = await update(issueKey, { priority: 'Highest', dueDate: '2027-01-01' });
    expect(body).toMatchObject({ priority: 'Medium', note: 'Not changed: Priority (Medium), Due date (empty).' });
  });

  it('is told of a new issue', async () => {
    const issueKey = await app.newTask();
    app.jira.fail({ method: 'POST', path: '/issue$', status: 201, body: JSON.stringify({ key: issueKey }) });
    const { body } = await app.write('createIssue', { projectId: 'ATLAS', summary: 'S', labels: 'x' });
    expect([body.type, body.note]).toEqual(['Task', 'Not changed: Labels (empty).']);
  });
});

describe('the type of a new issue', () => {
  it.each([
    ['Task where there is one', {}, 'Task'],
    ['that of a sub-task below an issue', { parent: 'ATLAS-12' }, 'Sub-task'],
    ['Task below an epic', { parent: { key: 'ATLAS-1' } }, 'Task'],
  ])('is %s', async (_, input, type) => {
    const { body } = await app.write('createIssue', { projectId: 'ATLAS', summary: 'S', ...input });
    expect([body.type, body.status]).toEqual([type, 'To Do']);
  });

  it.each([
    ['the only one', [{ id: '10101', name: 'Story' }], undefined],
    [
      'not guessed of several',
      [
        { id: '1', name: 'Story' },
        { id: '2', name: 'Bug' },
      ],
      'It has Story, Bug.',
    ],
  ])('is %s', async (name, issueTypes, told) => {
    const projectId = told === undefined ? 'BEACON' : 'COMET';
    app.answerNext(`/createmeta/${projectId}/issuetypes$`, { total: issueTypes.length, issueTypes });
    const { body } = await app.write('createIssue', { projectId, summary: name });
    if (told === undefined) expect(body.type).toBe('Story');
    else expect([body.errors[0]?.field, body.detail]).toEqual(['issueType', expect.stringContaining(told)]);
  });
});

agreesWithOpenApi(() => app.jira);
