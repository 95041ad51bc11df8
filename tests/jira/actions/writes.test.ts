import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adfErrors } from '../adfSchema.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';

let app: JiraApp;
beforeAll(async () => {
  app = await startJiraApp();
  // What is kept for a while is known already: the numbers of requests below are those of a warm app.
  await Promise.all(['ATLAS', 'BEACON'].map(projectId => app.read('listIssueTypes', { projectId })));
  await app.read('searchIssues', { assignee: 'Li Wei' });
});
afterAll(() => app.stop());
beforeEach(() => {
  app.costs();
});

const issue = (key: string) => {
  const found = app.jira.site.issues.find(each => each.key === key);
  if (!found) throw new Error(`There is no ${key}`);
  return found;
};

/** A task of its own for a test that changes one. */
let tasks = 0;
const newTask = async () => {
  const { body } = await app.write('createIssue', {
    projectId: 'ATLAS',
    issueType: 'Task',
    summary: `Task ${++tasks}`,
  });
  app.costs();
  return body.issueKey;
};

const markdown = [
  '# Why',
  'The **second** tap _charges_ again, see [the log](https://example.com/log).',
  '- one\n  - nested\n- two',
  '- [ ] to do\n- [x] done',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '```js\nconst a = 1;\n```',
  '> quoted',
  'Ask @ana.ruiz@example.com, not @nobody@example.org.',
].join('\n\n');

describe('createIssue', () => {
  it('creates in two requests, and one for each person who is not known yet, and tells the issue as it is', async () => {
    const { status, body } = await app.write('createIssue', {
      projectId: 'ATLAS',
      issueType: 'story',
      summary: 'Say  thank\nyou',
      description: markdown,
      assignee: 'Priya Natarajan',
      priority: 'high',
      labels: 'checkout, thanks,checkout',
      dueDate: '2027-03-01',
      parent: 'atlas-1',
      additionalFields: JSON.stringify({
        'Story Points': '5',
        sprint: 3,
        Team: 'payments & billing',
        Reviewer: 'Li Wei',
        Components: ['search', 'Checkout'],
        'Acceptance criteria': '- fast\n- kind',
      }),
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      issueKey: expect.stringMatching(/^ATLAS-\d+$/),
      title: 'Say thank you',
      type: 'Story',
      status: 'To Do',
      assignee: 'Priya Natarajan',
      priority: 'High',
      labels: ['checkout', 'thanks'],
      dueDate: '2027-03-01',
      parentKey: 'ATLAS-1',
      updatedAt: expect.any(String),
      url: `${app.jira.url}/browse/${body.issueKey}`,
    });
    expect(app.costs()).toEqual([
      `GET issue/${body.issueKey}`,
      'GET user/assignable/search',
      'GET user/search',
      'GET user/search',
      'POST issue',
    ]);
    const { description, customfield_10035 } = app.sent('POST', /\/issue$/).fields as Record<string, unknown>;
    expect(adfErrors(description)).toEqual([]);
    expect(adfErrors(customfield_10035)).toEqual([]);
    const { body: read } = await app.read('getIssue', { issueKey: body.issueKey });
    expect(read.description).toContain('[@Ana Ruiz](accountid:');
    expect(read.description).toContain('@nobody@example.org');
    expect(read.otherFields).toEqual(
      expect.arrayContaining([
        { name: 'Story Points', value: '5' },
        { name: 'Sprint', value: 'Sprint 43' },
        { name: 'Team', value: 'Payments & Billing' },
        { name: 'Reviewer', value: 'Li Wei' },
      ]),
    );
    expect(read.components.toSorted()).toEqual(['Checkout', 'Search']);
  });

  it.each([
    [
      'a type that the project does not have',
      { issueType: 'Incident' },
      'issueType',
      'Epic, Story, Task, Bug, Sub-task',
    ],
    ['a field that is missing', { issueType: 'Bug' }, 'additionalFields', 'Critical, Major, Minor'],
    ['a sub-task without its issue', { issueType: 'Sub-task' }, 'parent', 'required'],
    ['a priority that Jira does not have', { priority: 'Urgent' }, 'priority', 'Highest, High, Medium, Low, Lowest'],
    ['a field that Jira does not have', { additionalFields: '{"Colour":"red"}' }, 'additionalFields', 'Story Points'],
    [
      'a value that a field does not take',
      { additionalFields: '{"Team":"Nobody"}' },
      'additionalFields',
      'Platform, Mobile',
    ],
    ['a text for a number', { additionalFields: '{"Story Points":"many"}' }, 'additionalFields', 'takes a number'],
    [
      'a field that has its own input',
      { additionalFields: '{"Due date":"2027-01-01"}' },
      'additionalFields',
      'dueDate',
    ],
    ['JSON that is not an object', { additionalFields: '[1]' }, 'additionalFields', 'one JSON object'],
    ['a label with a space', { labels: 'one label, other' }, 'labels', 'hyphen'],
    ['a day that does not exist', { dueDate: '2027-02-30' }, 'dueDate', '2026-11-30'],
    ['a description that is too long', { description: 'x'.repeat(32_768) }, 'description', '32,767'],
    ['a parent of no use', { parent: 'BEACON-4' }, 'parent', 'hierarchy'],
  ])('refuses %s, and names what is taken', async (_, input, field, told) => {
    const before = app.jira.site.issues.length;
    const { status, body } = await app.write('createIssue', {
      projectId: 'BEACON',
      issueType: 'Task',
      summary: 'Wrong',
      ...input,
    });
    expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'invalid_input', field]);
    expect(body.detail).toContain(told);
    expect(app.jira.site.issues).toHaveLength(before);
  });

  it('names what is unknown and what is missing at once', async () => {
    const { body } = await app.write('createIssue', {
      projectId: 'BEACON',
      issueType: 'Bug',
      summary: 'Wrong',
      additionalFields: '{"Colour":"red"}',
    });
    expect(body.detail).toMatch(/no field "Colour".*"Severity" is required here/);
  });

  it('says that nothing can be created where there is no type of issue', async () => {
    app.jira.fail({ method: 'GET', path: '/createmeta/COMET/', status: 200, body: '{"issueTypes":[],"total":0}' });
    const { body } = await app.write('createIssue', { projectId: 'COMET', issueType: 'Task', summary: 'x' });
    expect(body.code).toBe('forbidden');
    expect(body.detail).toContain('may not create issues');
  });

  it('says who cannot be assigned issues, and which people match', async () => {
    const create = (assignee: string) =>
      app.write('createIssue', { projectId: 'ATLAS', issueType: 'Task', summary: 'For whom', assignee });
    expect((await create('Marta Olsen')).body.code).toBe('not_found');
    const { body } = await create('Sam');
    expect(body.code).toBe('ambiguous');
    expect(body.detail).toContain('sam.taylor@example.com');
  });

  it('says that there is no such project', async () => {
    const create = (projectId: string) => app.write('createIssue', { projectId, issueType: 'Task', summary: 'x' });
    const { body } = await create('NOPE');
    expect(body.code).toBe('not_found');
    expect(body.detail).toContain('There is no Jira project NOPE');
    app.jira.fail({ path: '/createmeta/GONE/', status: 404, body: '{"errorMessages":["Nothing here."]}' });
    expect((await create('GONE')).body.detail).toContain('There is no Jira project GONE');
  });
});

describe('updateIssue', () => {
  it('changes only what is given, in one request', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('updateIssue', {
      issueKey,
      summary: 'Better',
      labels: 'a,b',
      dueDate: '2027-05-01',
    });
    expect(app.costs()).toEqual([`PUT issue/${issueKey}`]);
    expect(body).toMatchObject({
      issueKey,
      title: 'Better',
      labels: ['a', 'b'],
      dueDate: '2027-05-01',
      status: 'To Do',
    });
    expect(body.url).toBe(`${app.jira.url}/browse/${issueKey}`);
    expect(app.sent('PUT', /issue/)).toEqual({
      fields: { summary: 'Better', labels: ['a', 'b'], duedate: '2027-05-01' },
    });
  });

  it('looks at the edit screen first when names must be checked', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('updateIssue', {
      issueKey,
      priority: 'lowest',
      additionalFields: '{"Story Points": 8, "Team": "Mobile"}',
    });
    expect(app.costs()).toEqual([`GET issue/${issueKey}/editmeta`, `PUT issue/${issueKey}`]);
    expect(body.priority).toBe('Lowest');
    expect(issue(issueKey).values).toMatchObject({ customfield_10016: 8, customfield_10031: '10211' });
  });

  it('clears with none, and with null in additionalFields', async () => {
    const issueKey = await newTask();
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
    expect(Object.keys(body).sort()).toEqual(['issueKey', 'priority', 'status', 'title', 'type', 'updatedAt', 'url']);
    expect(issue(issueKey).values).toMatchObject({ description: null, customfield_10016: null });
    expect(app.sent('PUT', /issue/).update).toEqual({ parent: [{ set: { none: true } }] });
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
});

describe('assignIssue', () => {
  it('assigns in two requests once the person is known, and takes away with none', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('assignIssue', { issueKey, assignee: 'zoe.obrien@example.com' });
    expect(app.costs()).toEqual([
      `GET issue/${issueKey}`,
      'GET user/assignable/search',
      `PUT issue/${issueKey}/assignee`,
    ]);
    expect(body.assignee).toBe("Zoë O'Brien");
    const { body: taken } = await app.write('assignIssue', { issueKey, assignee: 'none' });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, `PUT issue/${issueKey}/assignee`]);
    expect(taken.assignee).toBeUndefined();
  });

  it('takes an account ID, as findUsers gives it', async () => {
    const issueKey = await newTask();
    const { body: found } = await app.read('findUsers', { person: 'Sam Tyler' });
    const { body } = await app.write('assignIssue', { issueKey, assignee: found.users[0].accountId });
    expect(body.assignee).toBe('Sam Tyler');
  });

  it('finds a person without the accents of the name', async () => {
    const issueKey = await newTask();
    expect((await app.write('assignIssue', { issueKey, assignee: 'jurgen' })).body.assignee).toBe('Jürgen Groß');
  });
});

describe('transitionIssue', () => {
  it('moves by the name of the status in three requests, with resolution and comment in the same step', async () => {
    const issueKey = await newTask();
    await app.write('transitionIssue', { issueKey, status: 'in progress' });
    expect(app.costs()).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      `POST issue/${issueKey}/transitions`,
    ]);
    const { body } = await app.write('transitionIssue', {
      issueKey,
      status: 'Done',
      resolution: 'Duplicate',
      comment: 'Same as **ATLAS-12**',
    });
    expect(body).toMatchObject({ status: 'Done', resolution: 'Duplicate', url: `${app.jira.url}/browse/${issueKey}` });
    expect(app.costs()).toHaveLength(3);
    const { body: read } = await app.read('getIssue', { issueKey });
    expect(read.comments[0].text).toBe('Same as **ATLAS-12**');
  });

  it('takes the name of the transition, and comments by itself where the step has no screen', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Start work', comment: 'Off we go' });
    expect(body.status).toBe('In Progress');
    expect(app.costs()).toContain(`POST issue/${issueKey}/comment`);
    expect(issue(issueKey).comments).toHaveLength(1);
  });

  it('names the ways there are when there is none to that status', async () => {
    const issueKey = await newTask();
    const { status, body } = await app.write('transitionIssue', { issueKey, status: 'Done' });
    expect([status, body.errors[0]?.field]).toEqual([400, 'status']);
    expect(body.detail).toContain('In Progress (by "Start work")');
  });

  it('says that the issue is there already', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('transitionIssue', { issueKey, status: 'to do' });
    expect(body.code).toBe('conflict');
  });

  it('says what was done and what was not when only the comment is refused', async () => {
    const issueKey = await newTask();
    app.jira.fail({ method: 'POST', path: '/comment$', status: 403, body: '{"errorMessages":["No comments."]}' });
    const { status, body } = await app.write('transitionIssue', { issueKey, status: 'In Progress', comment: 'Going' });
    expect([status, body.code, body.retryable]).toEqual([403, 'forbidden', false]);
    expect(body.detail).toContain(`${issueKey} is In Progress now, but the comment was not added`);
  });

  it.each([
    ['limited', { status: 429, headers: { 'retry-after': '3' } }, 'was not added', 'rate_limited', 3],
    ['refused', { status: 400, body: '{"errorMessages":["Too rude."]}' }, 'was not added', 'invalid_input', undefined],
    ['lost', { reset: 'after' }, 'did not confirm the comment', 'upstream_timeout', undefined],
    ['failed', { status: 500 }, 'did not confirm the comment', 'upstream_error', undefined],
  ] as const)('never moves again when the comment was %s', async (_, fault, told, code, retryAfterSeconds) => {
    const input = { issueKey: await newTask(), status: 'Start work', comment: 'Going' };
    app.jira.fail({ method: 'POST', path: '/comment$', ...fault });
    const { body } = await app.write('transitionIssue', input);
    expect(body).toMatchObject({ code, retryable: false });
    expect(body.retryAfterSeconds).toBe(retryAfterSeconds);
    expect(body.detail).toContain(told);
    expect(body.detail).toContain('addComment');
    expect(body.detail).not.toContain('Try again');
    const { body: again } = await app.write('transitionIssue', input);
    expect([again.code, again.retryable]).toEqual(['upstream_timeout', false]);
    expect(app.costs().filter(cost => cost.endsWith('/transitions'))).toHaveLength(1);
  });

  it('names the fields that the step asks for, and keeps what Jira says besides', async () => {
    const issueKey = await newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const errors = { resolution: 'Not that one.', comment: 'Comment is required.', customfield_10100: 'Is required.' };
    const body = JSON.stringify({ errorMessages: ['The workflow says no.'], errors });
    app.jira.fail({ method: 'POST', path: '/transitions$', status: 400, body });
    const { body: refused } = await app.write('transitionIssue', { issueKey, status: 'Done' });
    expect(refused.errors).toEqual([
      { field: '', message: 'The workflow says no.' },
      { field: 'resolution', message: expect.stringMatching(/^Not that one\. It takes Done, /) },
      { field: 'comment', message: 'Comment is required.' },
      { field: 'status', message: 'The step asks for "customfield_10100": Is required.' },
    ]);
  });

  it('says that there is no such resolution', async () => {
    const issueKey = await newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Done', resolution: 'Magic' });
    expect([body.code, body.errors[0]?.field]).toEqual(['invalid_input', 'resolution']);
  });
});

describe('addComment', () => {
  it('comments in two requests when it mentions nobody who is not known, in valid ADF', async () => {
    const issueKey = await newTask();
    const { body } = await app.write('addComment', { issueKey, comment: markdown });
    expect(body).toMatchObject({ issueKey, commentId: issue(issueKey).comments[0]?.id, status: 'To Do' });
    expect(app.costs().filter(cost => !cost.includes('user/search'))).toEqual([
      `GET issue/${issueKey}`,
      `POST issue/${issueKey}/comment`,
    ]);
    expect(adfErrors(app.sent('POST', /comment$/).body)).toEqual([]);
  });

  it('takes a comment that was made for made, whoever Jira takes us for', async () => {
    const headers = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
    app.jira.fail({ method: 'POST', path: '/comment$', status: 201, body: '{"id":"7"}', headers });
    const { status, body } = await app.write('addComment', { issueKey: 'ATLAS-12', comment: 'As nobody' });
    expect([status, body.commentId]).toEqual([200, '7']);
  });

  it.each([
    ['a comment that is too long', { comment: 'x'.repeat(32_768) }, 400, 'invalid_input'],
    ['no comment', {}, 400, 'invalid_input'],
    ['an issue that nobody may comment on', { issueKey: 'COMET-2', comment: 'x' }, 403, 'forbidden'],
    ['an issue that is not there', { issueKey: 'COMET-2222', comment: 'x' }, 404, 'not_found'],
  ])('refuses %s', async (_, input, expected, code) => {
    const { status, body } = await app.write('addComment', { issueKey: 'ATLAS-12', ...input });
    expect([status, body.code]).toEqual([expected, code]);
  });

  it('answers hostile Markdown in time, or refuses it', async () => {
    const issueKey = await newTask();
    const started = Date.now();
    const hostile = [
      '['.repeat(10_000),
      '> '.repeat(10_000),
      '*a'.repeat(15_000),
      '`'.repeat(30_000),
      'x'.repeat(900_000),
    ];
    const replies = await Promise.all(hostile.map(comment => app.write('addComment', { issueKey, comment })));
    expect(replies.every(({ status }) => status === 200 || status === 400)).toBe(true);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

describe('linkIssues', () => {
  it.each(['blocks', 'is blocked by'])('links by "%s" in two requests', async linkType => {
    const [issueKey, targetIssueKey] = [await newTask(), await newTask()];
    await app.write('linkIssues', { issueKey: await newTask(), linkType, targetIssueKey: await newTask() });
    app.costs();
    const { body } = await app.write('linkIssues', { issueKey, linkType, targetIssueKey });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, 'POST issueLink']);
    expect(app.jira.requests.at(-1)?.query.get('fields')).not.toContain('issuelinks');
    expect(body).toMatchObject({
      issueKey,
      linkType,
      targetIssueKey,
      targetUrl: `${app.jira.url}/browse/${targetIssueKey}`,
    });
    const { body: read } = await app.read('getIssue', { issueKey });
    expect(read.links).toEqual([expect.objectContaining({ link: linkType, issueKey: targetIssueKey })]);
  });

  it('names the links there are when it does not know one', async () => {
    const { status, body } = await app.write('linkIssues', {
      issueKey: 'ATLAS-12',
      linkType: 'hates',
      targetIssueKey: 'ATLAS-16',
    });
    expect([status, body.errors[0]?.field]).toEqual([400, 'linkType']);
    expect(body.detail).toContain('blocks, is blocked by');
  });

  it('names both issues when one is not there', async () => {
    const input = { issueKey: 'ATLAS-2', linkType: 'blocks', targetIssueKey: 'ATLAS-9999' };
    const { body } = await app.write('linkIssues', input);
    expect(body.code).toBe('not_found');
    expect(body.detail).toContain('ATLAS-2 and ATLAS-9999');
  });

  it('says what Jira says to a link of an issue to itself', async () => {
    const { body } = await app.write('linkIssues', {
      issueKey: 'ATLAS-2',
      linkType: 'blocks',
      targetIssueKey: 'ATLAS-2',
    });
    expect(body.code).toBe('invalid_input');
  });
});

describe('logWork', () => {
  it('logs in two requests, and tells the time so far', async () => {
    const issueKey = await newTask();
    await app.write('logWork', { issueKey, timeSpent: '45m' });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, `POST issue/${issueKey}/worklog`]);
    // Jira asks for the beginning of the work.
    expect(app.sent('POST', /worklog$/).started).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+\+0000$/);
    const { body } = await app.write('logWork', {
      issueKey,
      timeSpent: '1H30M',
      since: '2026-11-20T09:00:00Z',
      comment: 'Looked for it',
    });
    expect(body).toMatchObject({
      issueKey,
      timeSpent: '1h 30m',
      totalTimeSpent: '2h 15m',
      worklogId: expect.any(String),
    });
    expect(issue(issueKey).worklogs[1]?.started).toBe(Date.parse('2026-11-20T09:00:00Z'));
  });

  it.each(['soon', '1h 30', '-1h', '0m', '', '1y'])('refuses the time %j', async timeSpent => {
    const { status, body } = await app.write('logWork', { issueKey: 'ATLAS-12', timeSpent });
    expect([status, body.errors[0]?.field]).toEqual([400, 'timeSpent']);
    expect(app.costs()).toEqual([]);
  });
});

agreesWithOpenApi(() => app.jira);
