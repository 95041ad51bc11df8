import { describe, expect, it } from 'vitest';
import { useJiraApp } from './harness.ts';

const app = useJiraApp();

const field = (name: string, type = 'number', values?: { id: string; value: string }[]) => ({
  name,
  required: false,
  schema: { type, ...(type === 'array' && { items: 'option' }) },
  ...(values && { allowedValues: values }),
});

/** Lets Jira answer that the issue has these ways out of its status. */
const ways = (issueKey: string, status: string, ...transitions: [id: string, name: string, to: string][]) =>
  app.answerNext(`/issue/${issueKey}$`, {
    id: '1',
    key: issueKey,
    fields: { status: { name: status }, project: { key: 'ATLAS', name: 'Atlas', projectTypeKey: 'software' } },
    transitions: transitions.map(([id, name, to]) => ({ id, name, hasScreen: false, to: { name: to } })),
  });

const changing = () =>
  app
    .costs()
    .filter(cost => /^(PUT|POST) /.test(cost))
    .filter(cost => !cost.endsWith('search/jql'));

describe('a transition', () => {
  it.each([
    [
      'its own name',
      'done',
      [
        ['11', 'Reject', 'Done'],
        ['31', 'Done', 'Done'],
      ],
      '31',
    ],
    [
      'its own name, although another one leads to that status',
      'Close',
      [
        ['1', 'Close', 'Done'],
        ['2', 'End', 'Close'],
      ],
      '1',
    ],
    [
      'its spelling',
      'Done',
      [
        ['1', 'DONE', 'Closed'],
        ['2', 'Done', 'Closed'],
      ],
      '2',
    ],
    [
      'its ID',
      '2',
      [
        ['1', 'Accept', 'Done'],
        ['2', 'Reject', 'Done'],
      ],
      '2',
    ],
    [
      'what an error called it',
      'Accept (ID 2) to Done',
      [
        ['1', 'Accept', 'Closed'],
        ['2', 'Accept', 'Done'],
      ],
      '2',
    ],
    [
      'the one status that it leads to',
      'closed',
      [
        ['1', 'Accept', 'Done'],
        ['2', 'Reject', 'Closed'],
      ],
      '2',
    ],
  ] as const)('is found by %s', async (_, status, transitions, taken) => {
    const issueKey = await app.newTask();
    ways(issueKey, 'In Review', ...transitions.map(([id, name, to]): [string, string, string] => [id, name, to]));
    app.jira.fail({ method: 'POST', path: '/transitions$', status: 204 });
    const { status: answered } = await app.write('transitionIssue', { issueKey, status });
    expect(answered).toBe(200);
    expect(app.sent('POST', /transitions$/).transition).toEqual({ id: taken });
  });

  it.each([
    [
      'into one status',
      'Done',
      [
        ['1', 'Reject', 'Done'],
        ['2', 'Accept', 'Done'],
      ],
      ['Reject to Done', 'Accept to Done'],
    ],
    [
      'of one name',
      'accept',
      [
        ['1', 'Accept', 'Done'],
        ['2', 'Accept', 'Closed'],
      ],
      ['Accept (ID 1) to Done', 'Accept (ID 2) to Closed'],
    ],
  ] as const)(
    'of several %s is not taken: they are told apart, and nothing is done',
    async (_, status, transitions, told) => {
      const issueKey = await app.newTask();
      ways(issueKey, 'In Review', ...transitions.map(([id, name, to]): [string, string, string] => [id, name, to]));
      const { status: answered, body } = await app.write('transitionIssue', { issueKey, status, comment: 'Going' });
      expect([answered, body.code, body.errors[0]?.field]).toEqual([409, 'ambiguous', 'status']);
      for (const choice of told) expect(body.detail).toContain(choice);
      expect(changing()).toEqual([]);
    },
  );

  it('is not gone again from a status to itself', async () => {
    const issueKey = await app.newTask();
    ways(issueKey, 'Done', ['1', 'Done', 'Done'], ['2', 'Reopen', 'To Do']);
    expect((await app.write('transitionIssue', { issueKey, status: 'Done' })).body.code).toBe('conflict');
    expect(changing()).toEqual([]);
  });
});

describe('a link type', () => {
  const types = [
    { id: '1', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
    { id: '2', name: 'Test', inward: 'is tested by', outward: 'tests' },
    { id: '3', name: 'Check', inward: 'is checked by', outward: 'tests' },
    { id: '4', name: 'Cause', inward: 'is caused by', outward: 'causes' },
    { id: '5', name: 'cause', inward: 'comes of', outward: 'brings' },
  ];
  const link = async (linkType: string) => {
    const [issueKey, targetIssueKey] = [await app.newTask(), await app.newTask()];
    app.jira.fail({ method: 'POST', path: '/issueLink$', status: 201 });
    return { ...(await app.write('linkIssues', { issueKey, linkType, targetIssueKey })), issueKey };
  };

  it('of several is told apart by its name and phrase, and nothing is linked', async () => {
    app.answerNext('/issueLinkType$', { issueLinkTypes: types });
    const { status, body } = await link('tests');
    expect([status, body.code, body.errors[0]?.field]).toEqual([409, 'ambiguous', 'linkType']);
    expect(body.detail).toContain('Test (tests), Check (tests)');
    expect(app.jira.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/issueLink'))).toEqual(
      [],
    );
    for (const [phrase, id] of [
      ['Check (tests)', '3'],
      ['Blocks', '1'],
      ['is blocked by', '1'],
      ['Cause', '4'],
      ['cause', '5'],
    ] as const) {
      const { status: linked, issueKey } = await link(phrase);
      expect([phrase, linked]).toEqual([phrase, 200]);
      const { type, inwardIssue, outwardIssue } = app.sent('POST', /issueLink$/) as Record<string, object>;
      expect(type).toEqual({ id });
      expect(phrase === 'is blocked by' ? outwardIssue : inwardIssue).toEqual({ key: issueKey });
    }
  });
});

describe('a value or a field', () => {
  const screen = {
    priority: {
      ...field('Priority', 'priority'),
      allowedValues: [
        { id: '1', name: 'High' },
        { id: '2', name: 'high' },
        { id: '3', name: 'Low' },
        { id: '4', name: 'Low' },
      ],
    },
    fixVersions: {
      name: 'Fix versions',
      required: false,
      schema: { type: 'array', items: 'version' },
      allowedValues: [
        { id: '7', name: '2.0' },
        { id: '8', name: '2.0' },
        { id: '9', name: '3.0, beta' },
      ],
    },
    components: {
      name: 'Components',
      required: false,
      schema: { type: 'array', items: 'component' },
      allowedValues: [
        { id: '5', name: 'API' },
        { id: '6', name: 'API' },
      ],
    },
    customfield_1: field('Budget'),
    customfield_2: field('Budget'),
    customfield_3: field('Region', 'option', [
      { id: '1', value: 'North' },
      { id: '2', value: 'North' },
    ]),
  };
  const update = async (input: object) => {
    const issueKey = await app.newTask();
    app.answerNext(`/issue/${issueKey}/editmeta$`, { fields: screen });
    app.jira.fail({ method: 'PUT', path: `/issue/${issueKey}$`, status: 204 });
    return app.write('updateIssue', { issueKey, ...input });
  };

  it.each([
    ['a priority', { priority: 'low' }, 'priority', 'Low (ID 3), Low (ID 4)'],
    ['a version', { addFixVersions: '2.0' }, 'addFixVersions', '2.0 (ID 7), 2.0 (ID 8)'],
    ['a component', { removeComponents: 'api' }, 'removeComponents', 'API (ID 5), API (ID 6)'],
    ['an option', { additionalFields: '{"Region":"North"}' }, 'additionalFields', 'North (ID 1), North (ID 2)'],
    [
      'a field',
      { additionalFields: '{"Budget":5}' },
      'additionalFields',
      'Budget (ID customfield_1), Budget (ID customfield_2)',
    ],
  ])('of several, %s, is told apart, and nothing is written', async (_, input, named, told) => {
    const { status, body } = await update(input);
    expect([status, body.code, body.errors[0]?.field]).toEqual([409, 'ambiguous', named]);
    expect(body.detail).toContain(told);
    expect(changing()).toEqual([]);
  });

  it.each([
    [{ priority: 'High' }, { priority: { id: '1' } }],
    [{ priority: 'Low (ID 4)' }, { priority: { id: '4' } }],
    [{ priority: { id: '4' } }, { priority: { id: '4' } }],
    [{ additionalFields: { customfield_2: 5 } }, { customfield_2: 5 }],
    [{ additionalFields: { 'Budget (ID customfield_1)': 5 } }, { customfield_1: 5 }],
    [{ additionalFields: { Region: { id: '2' } } }, { customfield_3: { id: '2' } }],
    [{ additionalFields: { 'Fix versions': ['3.0, beta'] } }, { fixVersions: [{ id: '9' }] }],
  ])('is taken where %j says which', async (input, fields) => {
    expect((await update(input)).status).toBe(200);
    expect(app.sent('PUT', /issue/).fields).toEqual(fields);
  });
});

describe('a type, a sprint and a team', () => {
  it('of several of one name are told apart', async () => {
    app.answerNext('/createmeta/COMET/issuetypes$', {
      total: 2,
      issueTypes: [
        { id: '1', name: 'Request' },
        { id: '2', name: 'Request' },
      ],
    });
    const { body } = await app.write('createIssue', { projectId: 'COMET', issueType: 'request', summary: 'x' });
    expect([body.code, body.errors[0]?.field]).toEqual(['ambiguous', 'issueType']);
    expect(body.detail).toContain('Request (ID 1), Request (ID 2)');
  });

  it('of one name on two boards are told apart, and one that several boards show is one', async () => {
    const issueKey = await app.newTask();
    const boards = () => {
      app.answerNext('/board$', {
        isLast: true,
        values: [
          { id: 11, name: 'Team A', type: 'scrum' },
          { id: 12, name: 'Team B', type: 'scrum' },
          { id: 13, name: 'Flow', type: 'kanban' },
        ],
      });
      const both = { id: 7, name: 'Hardening' };
      app.answerNext('/board/11/sprint$', { isLast: true, values: [{ id: 3, name: 'Sprint 1' }, both] });
      app.answerNext('/board/12/sprint$', { isLast: true, values: [{ id: 4, name: 'Sprint 1' }, both] });
    };
    const set = (sprint: unknown) => app.write('updateIssue', { issueKey, additionalFields: { Sprint: sprint } });
    boards();
    const { status, body } = await set('sprint 1');
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Sprint 1 of Team A (ID 3), Sprint 1 of Team B (ID 4)');
    for (const [given, id] of [
      ['Sprint 1 of Team A (ID 3)', 3],
      [{ name: 'Hardening' }, 7],
    ] as const) {
      boards();
      app.jira.fail({ method: 'PUT', path: `/issue/${issueKey}$`, status: 204 });
      expect((await set(given)).status).toBe(200);
      expect(app.sent('PUT', /issue/).fields).toEqual({ customfield_10020: id });
    }
  });
});
