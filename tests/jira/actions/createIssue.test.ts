import { beforeAll, describe, expect, it } from 'vitest';
import { adfErrors } from '../adfSchema.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { richMarkdown, useJiraApp } from '../harness.ts';

const app = useJiraApp();

// What is cached is known already: the numbers of requests below are those of a warm app.
beforeAll(async () => {
  await Promise.all(['ATLAS', 'BEACON'].map(projectId => app.read('describeProject', { projectId })));
  await app.read('searchIssues', { assignee: 'Li Wei' });
});

describe('createIssue', () => {
  it('creates in two requests, one for each person who is not known yet, and two for the board of a sprint, and tells the issue as it is', async () => {
    const { status, body } = await app.write('createIssue', {
      projectId: 'ATLAS',
      issueType: 'story',
      summary: 'Say  thank\nyou',
      description: richMarkdown,
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
      note: '@nobody@example.org notified nobody: no person in Jira matches it.',
      changes: [
        { field: 'Description', to: expect.stringContaining('The **second** tap') },
        { field: 'Story Points', to: '5' },
        { field: 'Sprint', to: 'Sprint 43' },
        { field: 'Team', to: 'Payments & Billing' },
        { field: 'Reviewer', to: 'Li Wei' },
        { field: 'Components', to: 'Checkout, Search' },
        { field: 'Acceptance criteria', to: '- fast\n- kind' },
      ],
      url: `${app.jira.url}/browse/${body.issueKey}`,
    });
    expect(app.costs()).toEqual([
      'GET /rest/agile/1.0/board',
      'GET /rest/agile/1.0/board/1/sprint',
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
    expect(read.description).toMatch(/@Ana Ruiz/);
    expect(read.description).not.toContain('accountid:');
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
      'a field that is given twice',
      { dueDate: '2027-01-02', additionalFields: '{"Due date":"2027-01-01"}' },
      'additionalFields',
      'dueDate',
    ],
    ['JSON that is not an object', { additionalFields: '[1]' }, 'additionalFields', 'a JSON object'],
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

describe('createIssue with a link', () => {
  const bug = { projectId: 'ATLAS', issueType: 'Task', targetIssueKey: 'BEACON-3' };

  it.each([
    ['relates to unless told', undefined, 'relates to BEACON-3'],
    ['as it is told', 'is blocked by', 'is blocked by BEACON-3'],
  ])('links the new issue, %s', async (summary, linkType, told) => {
    const { body } = await app.write('createIssue', { ...bug, summary, linkType });
    expect(body.changes).toContainEqual({ field: 'Link', to: told });
    const { body: seen } = await app.read('getIssue', { issueKey: body.issueKey });
    expect(JSON.stringify(seen.links)).toContain('BEACON-3');
  });

  it.each([
    ['an unknown type', { linkType: 'resembles' }, 'linkType'],
    ['no issue', { targetIssueKey: undefined, linkType: 'blocks' }, 'targetIssueKey'],
  ])('creates nothing for %s', async (summary, more, field) => {
    const before = app.jira.site.issues.length;
    const { body } = await app.write('createIssue', { ...bug, summary, ...more });
    expect([body.errors[0]?.field, app.jira.site.issues.length]).toEqual([field, before]);
    const { body: missing } = await app.write('createIssue', { ...bug, summary, targetIssueKey: 'BEACON-4040' });
    expect([missing.code, app.jira.site.issues.length]).toEqual(['not_found', before]);
  });

  it('says that the issue is there where the link fails', async () => {
    app.jira.fail({ method: 'POST', path: '/issueLink$', status: 403, body: '{"errorMessages":["No."]}' });
    const { status, body } = await app.write('createIssue', { ...bug, summary: 'Without its link' });
    expect([status, body.note]).toEqual([200, expect.stringMatching(/^It was created, but .* linkIssues/)]);
  });
});

describe('createIssue of a type without a sprint on its screen', () => {
  const create = (fields: unknown, others = {}) =>
    app.write('createIssue', {
      projectId: 'ATLAS',
      issueType: 'Epic',
      summary: 'Big',
      ...others,
      additionalFields: JSON.stringify(fields),
    });

  it('moves the new issue to its sprint', async () => {
    const { body } = await create({ Sprint: 'Sprint 44', 'Original estimate': null });
    expect(body.changes).toEqual([{ field: 'Sprint', to: 'Sprint 44' }]);
    expect(app.issue(body.issueKey).values.customfield_10020).toEqual(['4']);
    app.costs();
    const none = await create({ Sprint: 'none', 'Original estimate': '1d' });
    expect(none.body.changes).toEqual([
      { field: 'Original estimate', to: '1d' },
      { field: 'Remaining estimate', to: '1d' },
    ]);
    expect(app.costs().filter(cost => cost.includes('agile'))).toEqual([]);
  });

  it('says where it was created and not moved, and makes no sub-task that was to be moved', async () => {
    app.jira.fail({ path: '/sprint/4/issue$', status: 403, body: '{"errorMessages":["No permission."]}' });
    const { status, body } = await create({ Sprint: 'Sprint 44' });
    expect([status, body.changes]).toEqual([200, undefined]);
    expect(body.note).toMatch(/^It was created, but .* sprint: .*Schedule issues.*moveToSprint/);
    const { body: refused } = await create({ Sprint: 'Sprint 44' }, { issueType: 'Sub-task', parent: 'ATLAS-12' });
    expect(refused.detail).toContain('put the parent into the sprint');
    expect(app.costs().filter(cost => cost === 'POST issue')).toHaveLength(1);
  });
});

agreesWithOpenApi(() => app.jira);
