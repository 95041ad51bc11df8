import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('describeProject', () => {
  it('tells each type with the fields that it must have, and asks Jira for them once', async () => {
    const { body } = await app.read('describeProject', { projectId: 'BEACON' });
    expect(app.costs()).toHaveLength(7);
    const bug = body.issueTypes.find(({ name }: { name: string }) => name === 'Bug');
    expect(bug.requiredFields).toEqual([
      { name: 'Summary' },
      { name: 'Severity', allowedValues: ['Critical', 'Major', 'Minor'] },
    ]);
    expect(bug.otherFields).toContain('Story Points');
    expect(bug.statuses).toEqual(app.jira.site.statuses.map(({ name }) => name));
    expect(body.issueTypes.find(({ name }: { name: string }) => name === 'Sub-task')).toMatchObject({
      isSubtask: true,
    });
    await app.read('describeProject', { projectId: 'BEACON' });
    expect(app.costs()).toEqual([]);
  });

  it('tells one type with the values of all of its fields', async () => {
    const { body } = await app.read('describeProject', { projectId: 'ATLAS', issueType: 'bug' });
    expect(body.issueTypes).toHaveLength(1);
    expect(body.issueTypes[0].otherFields).toBeUndefined();
    const inJiraForm = await app.read('describeProject', { projectId: 'ATLAS', issueType: '{"name":"Bug"}' });
    expect(inJiraForm.body.issueTypes).toEqual(body.issueTypes);
    expect(body.issueTypes[0].optionalFields).toContainEqual({
      name: 'Severity',
      allowedValues: ['Critical', 'Major', 'Minor'],
    });
    const none = await app.read('describeProject', { projectId: 'ATLAS', issueType: 'Stroy' });
    expect(none.body).toMatchObject({ code: 'not_found', detail: expect.stringContaining('It has "Story".') });
  });

  it.each([
    ['components', { name: 'Checkout', lead: 'Li Wei' }, 'project/ATLAS/components'],
    ['versions', { name: '2.4', isReleased: true }, 'project/ATLAS/versions'],
    ['priorities', { name: 'Highest' }, 'priority/search'],
    ['linkTypes', { name: 'Blocks', outward: 'blocks', inward: 'is blocked by' }, 'issueLinkType'],
  ])('tells its %s alone where they are asked for', async (part, item, path) => {
    const { body } = await app.read('describeProject', { projectId: 'ATLAS', part });
    expect(body).toEqual({
      projectId: 'ATLAS',
      [part]: expect.arrayContaining([item]),
      url: `${app.jira.url}/browse/ATLAS`,
    });
    expect(app.costs()).toContain(`GET ${path}`);
  });

  it('answers a list whole, however long', async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ name: `Part ${at}` }));
    app.answerNext('project/ATLAS/components$', many);
    const { body } = await app.read('describeProject', { projectId: 'ATLAS', part: 'components' });
    expect(body.components).toEqual(many);
    expect(body.truncated).toBeUndefined();
  });

  const field = (fieldId: string, more: object = {}) => ({
    fieldId,
    name: fieldId.toUpperCase(),
    required: true,
    schema: { type: 'option' },
    ...more,
  });

  it('is not stopped by odd fields and odd values, and leaves out what cannot be given', async () => {
    app.answerNext('project/ODD/statuses$', []);
    app.answerNext('createmeta/ODD/issuetypes$', {
      issueTypes: [{ id: '1', name: 'Bug', description: 5, subtask: 'no' }],
    });
    app.answerNext('createmeta/ODD/issuetypes/1$', {
      fields: [
        field('numbers', { allowedValues: [{ id: 12, value: 'Internal' }, { id: 13, value: 7 }, null] }),
        field('texts', { allowedValues: ['a', 5] }),
        field('nameless', { name: null, required: 'yes', schema: null }),
        field('attachment', { schema: { type: 'array', items: 'attachment' } }),
        field('issuelinks', { required: false, schema: { type: 'array', items: 'issuelinks' } }),
      ],
    });
    const { status, body } = await app.read('describeProject', { projectId: 'ODD' });
    expect(status).toBe(200);
    expect(body.issueTypes).toEqual([
      {
        name: 'Bug',
        requiredFields: [
          { name: 'NUMBERS', allowedValues: ['Internal', '7'] },
          { name: 'TEXTS', allowedValues: ['a', '5'] },
        ],
        otherFields: ['nameless'],
      },
    ]);
    expect(body.url).toBe(`${app.jira.url}/browse/ODD`);
  });

  it('leads to the page of a project that was given by its numeric ID', async () => {
    app.answerNext('project/10000/statuses$', []);
    app.answerNext('createmeta/10000/issuetypes$', { issueTypes: [] });
    app.answerNext('project/10000$', { id: '10000', key: 'ODD', name: 'Odd' });
    const { body } = await app.read('describeProject', { projectId: '10000' });
    expect(body).toEqual({ projectId: '10000', issueTypes: [], url: `${app.jira.url}/browse/ODD` });
  });
});

agreesWithOpenApi(() => app.jira);
