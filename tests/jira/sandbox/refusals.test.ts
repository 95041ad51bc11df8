import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { call, expectRefusal, startWithClient } from './jiraClient.ts';

let sandbox: JiraSandbox;

beforeAll(async () => {
  ({ sandbox } = await startWithClient());
});

afterAll(() => sandbox.close());

const ana = { accountId: '712020:00000000-0000-4000-8000-000000000002' };
/** Has left: she cannot be assigned issues. */
const marta = { accountId: '712020:00000000-0000-4000-8000-000000000009' };

const missing = { errorMessages: ['Issue does not exist or you do not have permission to see it.'] };

describe('requests', () => {
  it('knows what it does not have', async () => {
    expect((await call(sandbox, 'GET', 'nonsense')).status).toBe(404);
    expect((await call(sandbox, 'DELETE', 'search/jql')).status).toBe(405);
    expect((await call(sandbox, 'GET', 'issue/%E0%A4')).status).toBe(400);
    for (const path of [
      'issue/ATLAS-999',
      'issue/ATLAS-999/changelog',
      'issue/ATLAS-12%2Fcomment',
      'issue/99/transitions',
    ]) {
      await expectRefusal(call(sandbox, 'GET', path), 404, missing);
    }
  });

  it('refuses a body that is not JSON, or not of the right shape', async () => {
    const parsing = { errorMessages: ['There was an error parsing JSON. Check that your request body is valid.'] };
    const shape = { errorMessages: ['Invalid request payload. Refer to the REST API documentation and try again.'] };
    await expectRefusal(call(sandbox, 'POST', 'search/jql', '{"jql":'), 400, parsing);
    await expectRefusal(call(sandbox, 'POST', 'search/jql', { jql: 'project = ATLAS', startAt: 50 }), 400, shape);
    await expectRefusal(call(sandbox, 'POST', 'search/jql', { jql: 'project = ATLAS', fields: 'summary' }), 400, shape);
    await expectRefusal(call(sandbox, 'GET', 'project/search?maxResults=many'), 400, {
      errorMessages: ["Failed to convert value 'many' for the parameter 'maxResults' to an integer."],
    });
  });

  it('refuses unbounded and broken queries, and projects that do not exist', async () => {
    for (const [method, path, body] of [
      ['POST', 'search/jql', { jql: 'project = NOPE' }],
      ['POST', 'search/approximate-count', { jql: 'project = NOPE' }],
    ] as const) {
      await expectRefusal(call(sandbox, method, path, body), 400, {
        errorMessages: ["The value 'NOPE' does not exist for the field 'project'."],
      });
    }
    await expectRefusal(call(sandbox, 'POST', 'search/jql', { jql: 'order by key' }), 400, {
      errorMessages: ['Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'],
    });
  });
});

describe('a new issue', () => {
  const fields = { project: { key: 'ATLAS' }, issuetype: { name: 'Task' }, summary: 'A task' };
  const create = (changes: Record<string, unknown>) =>
    call(sandbox, 'POST', 'issue', { fields: { ...fields, ...changes } });

  it.each([
    ['no project', { project: undefined }, { project: 'Specify a valid project ID or key' }],
    ['an unknown project', { project: { key: 'NOPE' } }, { project: 'Specify a valid project ID or key' }],
    [
      'a type that the project has not',
      { project: { key: 'COMET' }, issuetype: { name: 'Epic' } },
      { issuetype: 'Specify a valid issue type' },
    ],
    ['no summary', { summary: undefined }, { summary: 'You must specify a summary of the issue.' }],
    [
      'a summary of two lines',
      { summary: 'a\nb' },
      { summary: 'The summary is invalid because it contains newline characters.' },
    ],
    ['a long summary', { summary: 'a'.repeat(256) }, { summary: 'Summary must be less than 255 characters.' }],
    [
      'a plain description',
      { description: 'text' },
      { description: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)' },
    ],
    [
      'a field that does not exist',
      { customfield_99999: 1 },
      {
        customfield_99999: "Field 'customfield_99999' cannot be set. It is not on the appropriate screen, or unknown.",
      },
    ],
    [
      'a field of another type',
      { customfield_10030: { value: 'Major' } },
      {
        customfield_10030: "Field 'customfield_10030' cannot be set. It is not on the appropriate screen, or unknown.",
      },
    ],
    ['an unknown priority', { priority: { name: 'Urgent' } }, { priority: 'The priority selected is invalid.' }],
    ['a label with a space', { labels: ['a b'] }, { labels: "The label 'a b' contains spaces which is invalid." }],
    ['a day that does not exist', { duedate: '2026-02-30' }, { duedate: 'Error parsing date string: 2026-02-30' }],
    [
      'points that are words',
      { customfield_10016: 'three' },
      { customfield_10016: 'Operation value must be a number' },
    ],
    [
      'a team that does not exist',
      { customfield_10031: { value: 'Nobody' } },
      { customfield_10031: "Specify a valid 'id' or 'name' for Team" },
    ],
    [
      'a parent of its own level',
      { parent: { key: 'ATLAS-15' } },
      { parent: 'Given parent issue does not belong to appropriate hierarchy.' },
    ],
    [
      'somebody who has left',
      { assignee: { accountId: marta.accountId } },
      { assignee: `User '${marta.accountId}' cannot be assigned issues.` },
    ],
    [
      'two faults',
      { summary: '', labels: 'x' },
      { summary: 'You must specify a summary of the issue.', labels: 'data was not an array' },
    ],
  ])('is refused with %s', async (_what, changes, errors) => {
    await expectRefusal(create(changes), 400, { errors });
  });

  it('is refused without what its type must have', async () => {
    const bug = { project: { key: 'BEACON' }, issuetype: { name: 'Bug' } };
    await expectRefusal(create(bug), 400, { errors: { customfield_10030: 'Severity is required.' } });
    expect((await create({ ...bug, customfield_10030: { id: '10202' } })).status).toBe(201);
    await expectRefusal(create({ issuetype: { name: 'Sub-task' } }), 400, {
      errors: { issuetype: 'Issue type is a sub-task but parent issue key or id not specified.' },
    });
    expect((await create({ issuetype: { name: 'Sub-task' }, parent: { key: 'ATLAS-15' } })).status).toBe(201);
  });
});

describe('changes', () => {
  it('refuses a field that is both set and updated, and operations that its value cannot have', async () => {
    const both = { fields: { labels: ['a'] }, update: { labels: [{ add: 'b' }] } };
    await expectRefusal(call(sandbox, 'PUT', 'issue/ATLAS-15', both), 400, {
      errors: { labels: "Field 'labels' cannot appear in both 'fields' and 'update'" },
    });
    await expectRefusal(call(sandbox, 'PUT', 'issue/ATLAS-15', { fields: { summary: null } }), 400, {
      errors: { summary: 'You must specify a summary of the issue.' },
    });
    expect((await call(sandbox, 'PUT', 'issue/ATLAS-15', { update: { summary: [{ add: 'x' }] } })).status).toBe(400);
  });

  it('changes nothing when it refuses', async () => {
    await call(sandbox, 'PUT', 'issue/ATLAS-15', { fields: { summary: 'New', labels: 'x' } });
    const { body } = await call(sandbox, 'GET', 'issue/ATLAS-15?expand=changelog&fields=summary');
    expect(body).toMatchObject({ fields: { summary: 'Delete the old basket service' }, changelog: { total: 0 } });
  });

  it('refuses assignees who cannot be one', async () => {
    await expectRefusal(call(sandbox, 'PUT', 'issue/ATLAS-15/assignee', { accountId: marta.accountId }), 400, {
      errors: { assignee: `User '${marta.accountId}' cannot be assigned issues.` },
    });
    expect((await call(sandbox, 'PUT', 'issue/ATLAS-15/assignee', { accountId: ana.accountId })).status).toBe(204);
  });

  it('refuses transitions that there are not', async () => {
    const move = (body: unknown) => call(sandbox, 'POST', 'issue/ATLAS-15/transitions', body);
    await expectRefusal(move({}), 400, { errorMessages: ["Missing 'transition' identifier"] });
    await expectRefusal(move({ transition: { id: '41' } }), 400, {
      errorMessages: ["Transition id '41' is not valid for this issue."],
    });
    await expectRefusal(move({ transition: { id: '21' }, fields: { resolution: { name: 'Done' } } }), 400, {
      errors: { resolution: "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown." },
    });
  });

  it('refuses comments that are empty, too long, or no document', async () => {
    const say = (text: string) => ({
      type: 'doc',
      version: 1,
      content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
    });
    const comment = (body: unknown) => call(sandbox, 'POST', 'issue/ATLAS-15/comment', { body });
    await expectRefusal(comment('text'), 400, { errors: { comment: 'Comment body is not valid!' } });
    await expectRefusal(comment(say(' ')), 400, { errors: { comment: 'Comment body can not be empty!' } });
    await expectRefusal(comment(say('a'.repeat(32_768))), 400, {
      errors: { comment: 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.' },
    });
  });

  it('refuses links to nothing, to oneself, and of no known type', async () => {
    const link = (name: string, from: string, to: string) =>
      call(sandbox, 'POST', 'issueLink', { type: { name }, inwardIssue: { key: from }, outwardIssue: { key: to } });
    await expectRefusal(link('Blocks', 'ATLAS-15', 'ATLAS-999'), 404, missing);
    await expectRefusal(link('Blocks', 'ATLAS-15', 'ATLAS-15'), 400, {
      errorMessages: ['You cannot link an issue to itself.'],
    });
    await expectRefusal(link('Follows', 'ATLAS-15', 'ATLAS-16'), 404, {
      errorMessages: ["No issue link type with name 'Follows' found."],
    });
  });

  it('refuses work of no length, in no unit, or begun at no time', async () => {
    const log = (body: unknown) => call(sandbox, 'POST', 'issue/ATLAS-15/worklog', body);
    await expectRefusal(log({ timeSpent: 'a while' }), 400, {
      errors: { timeLogged: 'Invalid time duration entered.' },
    });
    await expectRefusal(log({}), 400, { errors: { timeLogged: 'You must indicate the time spent working.' } });
    await expectRefusal(log({ timeSpent: '1h', started: '2026-11-20T09:00:00Z' }), 400, {
      errors: { started: 'Error parsing time: 2026-11-20T09:00:00Z' },
    });
  });

  it('lets nobody touch an issue that is frozen', async () => {
    const writes = [
      ['PUT', 'issue/COMET-2', { fields: { summary: 'x' } }],
      ['PUT', 'issue/COMET-2/assignee', { accountId: null }],
      ['POST', 'issue/COMET-2/transitions', { transition: { id: '51' } }],
      ['POST', 'issue/COMET-2/worklog', { timeSpent: '1h' }],
      ['POST', 'issue/COMET-2/comment', { body: { type: 'doc', version: 1, content: [] } }],
      [
        'POST',
        'issueLink',
        { type: { name: 'Blocks' }, inwardIssue: { key: 'COMET-2' }, outwardIssue: { key: 'COMET-1' } },
      ],
    ] as const;
    for (const [method, path, body] of writes) expect((await call(sandbox, method, path, body)).status).toBe(403);
  });
});
