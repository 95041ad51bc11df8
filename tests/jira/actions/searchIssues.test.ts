import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp, useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('searchIssues', () => {
  it('finds by every filter at once, with the person looked up beforehand', async () => {
    const { body } = await app.read('searchIssues', {
      projectId: 'ATLAS',
      text: 'charged twice',
      status: 'In Progress',
      assignee: 'ana ruiz',
      issueType: 'Bug',
      priority: 'High',
      label: 'customer',
      updatedSince: '30d',
      dueBefore: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10),
    });
    expect(body.issues).toEqual([
      expect.objectContaining({ issueKey: 'ATLAS-12', assignee: 'Ana Ruiz', url: `${app.jira.url}/browse/ATLAS-12` }),
    ]);
    expect(app.costs()).toEqual(['GET field', 'GET user/search', 'POST search/jql']);
  });

  it('asks once about a person, and only for the fields that a row shows', async () => {
    await app.read('searchIssues', { assignee: 'Li Wei' });
    app.costs();
    const { body } = await app.read('searchIssues', { assignee: 'li wei', projectId: 'ATLAS' });
    expect(app.costs()).toEqual(['POST search/jql']);
    expect(new Set(body.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Li Wei']));
    expect(app.sent('POST', /search\/jql$/).fields).toHaveLength(15);
  });

  it.each(['status', 'assignee', 'issueType', 'priority', 'label', 'missing'])(
    'refuses a list in %s that names nothing, which would find what every issue of the project is',
    async input => {
      for (const text of [',', '"']) {
        const { status, body } = await app.read('searchIssues', { projectId: 'ATLAS', [input]: text });
        expect([status, body.detail]).toEqual([400, expect.stringContaining(`${input}: It must have at least one`)]);
      }
      expect(app.costs()).toEqual([]);
    },
  );

  it('refuses more people in several filters than one call can look up, before it looks up any', async () => {
    const people = (prefix: string) => Array.from({ length: 8 }, (_, index) => `${prefix}${index}`);
    const where = JSON.stringify({ Reporter: people('r') });
    const { body } = await app.read('searchIssues', { assignee: people('a').join(','), where });
    expect(body.detail).toBe(
      'where: "Assignee", "Reporter" take at most 15 people together, and have 16. Ask in several calls.',
    );
    expect(app.costs().filter(cost => cost.includes('user'))).toEqual(['GET user/search']);
  });

  it('goes through all pages without losing or repeating an issue, the last updated first', async () => {
    const whole = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', limit: '100' });
    const paged = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', limit: '7' });
    expect(paged).toEqual(whole);
    const times = whole.map(({ updatedAt }) => String(updatedAt));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('leaves out what was updated before the window', async () => {
    const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const issues = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', updatedSince: since, limit: '5' });
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.filter(({ updatedAt }) => String(updatedAt) < since)).toEqual([]);
  });

  it('runs JQL as it is', async () => {
    const { body } = await app.read('searchIssues', { jql: 'project = BEACON ORDER BY key ASC', limit: '2' });
    expect(body.issues.map(({ issueKey }) => issueKey)).toEqual(['BEACON-1', 'BEACON-2']);
  });

  it.each([
    ['no filter', {}, 'at least one filter'],
    ['JQL besides a filter', { jql: 'project = ATLAS', status: 'Done' }, 'cannot be combined with status'],
    ['JQL that restricts nothing', { jql: 'ORDER BY created' }, 'Unbounded'],
    ['JQL that is not JQL', { jql: 'project = = ATLAS' }, 'Jira refused it'],
    ['a status that Jira does not have', { status: 'Frobbed' }, 'Frobbed'],
    ['me, when the caller is not known', { assignee: 'me' }, 'name or e-mail'],
  ])('refuses %s and says why', async (_, query, told) => {
    const { status, body } = await app.read('searchIssues', query as Record<string, string>);
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });

  it('lists the candidates when several people match, and takes what it lists', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Sam' });
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Sam Taylor (sam.taylor@example.com), Sam Tyler (sam.tyler@example.com)');
    const { body: found } = await app.read('searchIssues', { assignee: 'sam.tyler@example.com' });
    expect(new Set(found.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Sam Tyler']));
  });

  it('finds a person whose address is hidden by that address', async () => {
    const { body } = await app.read('searchIssues', { assignee: 'li.wei@example.com' });
    expect(body.issues[0]?.assignee).toBe('Li Wei');
  });

  it('says that no user matches', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Nobody At All' });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('No user in Jira matches "Nobody At All"');
  });

  it('finds the issues of somebody who has left', async () => {
    const left = app.jira.site.people.find(({ active }) => !active);
    const key = await app.newTask();
    app.issue(key).values.assignee = left?.accountId ?? null;
    for (const assignee of [left?.displayName ?? '', left?.accountId ?? '']) {
      const { body } = await app.read('searchIssues', { assignee });
      expect(body.issues.map(({ issueKey }) => issueKey)).toContain(key);
    }
  });

  it.each([
    ['Open', 'status = "Open"'],
    ['not done', 'statusCategory != Done'],
  ])('looks for the status %s as %s', async (status, condition) => {
    app.answerNext('search/jql$', { issues: [], isLast: true });
    await app.read('searchIssues', { status });
    expect(app.sent('POST', /search\/jql$/).jql).toBe(`${condition} ORDER BY updated DESC, key DESC`);
  });
});

describe('people', () => {
  const searchBy = async (assignee: string, person: object) => {
    app.answerNext('user/search$', [{ accountType: 'atlassian', ...person }]);
    app.answerNext('search/jql$', { issues: [], isLast: true });
    const { status } = await app.read('searchIssues', { assignee });
    return { status, asked: app.jira.requests.at(-2)?.query, jql: app.sent('POST', /search\/jql$/).jql };
  };

  it.each(['qm:8e1ac5f8-0e7c-4b8a-8d2a-1f2e3d4c5b6a:12345', '712020:8E1AC5F8-0E7C-4B8A-8D2A-1F2E3D4C5B6A'])(
    'are named by the account ID %s without a look-up',
    async accountId => {
      app.costs();
      app.answerNext('search/jql$', { issues: [], isLast: true });
      expect((await app.read('searchIssues', { assignee: accountId })).status).toBe(200);
      expect(app.costs()).toEqual(['POST search/jql']);
      expect(app.sent('POST', /search\/jql$/).jql).toContain(`assignee = "${accountId}"`);
    },
  );

  it('are looked for among as many as Jira lets us', async () => {
    const { asked } = await searchBy('Li', { accountId: '1', displayName: 'Li' });
    expect(asked?.get('maxResults')).toBe('1000');
  });
});

type SandboxIssue = (typeof app.jira.site.issues)[number];

const SEVERITY = 'customfield_10030';
const POINTS = 'customfield_10016';

describe('a filter on any field', () => {
  const keysBy = async (query: Record<string, string>) =>
    (await app.readAll('searchIssues', 'issues', query)).map(({ issueKey }) => String(issueKey)).toSorted();
  const keysOf = (isMeant: (issue: SandboxIssue) => boolean) =>
    app.jira.site.issues
      .filter(isMeant)
      .map(({ key }) => key)
      .toSorted();
  const named = (list: readonly { id: string; name: string }[], name: string) =>
    list.find(each => each.name === name)?.id;
  const statusOf = (name: string) => named(app.jira.site.statuses, name);
  const isOpen = ({ values }: SandboxIssue) => values.status !== statusOf('Done');
  /** By the clock of the sandbox's account. */
  const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(new Date());

  it.each<[string, object, (issue: SandboxIssue) => boolean]>([
    ['an option', { Severity: 'Critical' }, ({ values }) => values[SEVERITY] === '10200'],
    [
      'one of several options',
      { severity: ['Major', 'Minor'] },
      ({ values }) => ['10201', '10202'].includes(String(values[SEVERITY])),
    ],
    [
      'an option or none',
      { Type: 'Bug', Severity: ['Minor', null] },
      ({ values }) => values.issuetype === '10103' && [undefined, null, '10202'].includes(values[SEVERITY] as string),
    ],
    [
      'anything but an option, nothing included',
      { Type: 'Bug', Severity: { not: 'Minor' } },
      ({ values }) => values.issuetype === '10103' && values[SEVERITY] !== '10202',
    ],
    [
      'anything but some options and nothing',
      { Type: 'Bug', Severity: { not: ['Minor', null] } },
      ({ values }) => values.issuetype === '10103' && ['10200', '10201'].includes(String(values[SEVERITY])),
    ],
    [
      'one of the options of a list',
      { 'affected platforms': 'iOS' },
      ({ values }) => ['customfield_10034'].some(id => JSON.stringify(values[id] ?? []).includes('10221')),
    ],
    [
      'a list that contains an option',
      { 'Affected platforms': { contains: 'iOS' } },
      ({ values }) => JSON.stringify(values.customfield_10034 ?? []).includes('10221'),
    ],
    [
      'a number between two',
      { 'Story Points': { from: 3, to: 5 } },
      ({ values }) => [3, 5].includes(Number(values[POINTS])),
    ],
    ['a number from one on', { 'story points': { from: '8' } }, ({ values }) => Number(values[POINTS]) >= 8],
    [
      'a number that is not between',
      { 'Story Points': { not: { from: 3 } } },
      ({ values }) => !(Number(values[POINTS]) >= 3),
    ],
    [
      'a person',
      { Reviewer: 'li wei' },
      ({ values }) => values.customfield_10033 !== undefined && values.customfield_10033 !== null,
    ],
    [
      'no person',
      { Assignee: null, Project: 'ATLAS' },
      ({ key, values }) => key.startsWith('ATLAS') && !values.assignee,
    ],
    [
      'none for a person',
      { Assignee: 'none', Project: 'ATLAS' },
      ({ key, values }) => key.startsWith('ATLAS') && !values.assignee,
    ],
    [
      'a day',
      { 'Due date': { to: today() } },
      ({ values }) => typeof values.duedate === 'string' && values.duedate <= today(),
    ],
    [
      'a field that has a value',
      { 'Go-live date': { empty: false } },
      ({ values }) => Boolean(values.customfield_10032),
    ],
    ['a parent', { Parent: 'ATLAS-1' }, ({ values }) => values.parent === app.issue('ATLAS-1').id],
    [
      'a component',
      { Component: 'Checkout' },
      ({ values }) => JSON.stringify(values.components ?? []).includes('10400'),
    ],
    [
      'a version',
      { 'Fix versions': ['2.4', '2.5'] },
      ({ values }) => (values.fixVersions as string[] | null)?.length === 1,
    ],
    [
      'a sprint',
      { Sprint: 'Sprint 42' },
      ({ values }) => JSON.stringify(values.customfield_10020 ?? []).includes('"2"'),
    ],
    [
      'the active sprint',
      { Sprint: 'active' },
      ({ values }) =>
        app.jira.site.sprints.some(
          ({ id, state }) => state === 'active' && [values.customfield_10020].flat().includes(id),
        ),
    ],
    [
      'a label of several',
      { labels: ['rtl', 'security'] },
      ({ values }) => (values.labels as string[]).some(label => ['rtl', 'security'].includes(label)),
    ],
    ['a field by its ID', { customfield_10030: 'Critical' }, ({ values }) => values[SEVERITY] === '10200'],
  ])('finds %s', async (_, where, isMeant) => {
    const expected = keysOf(isMeant);
    expect(expected.length).toBeGreaterThan(0);
    expect(await keysBy({ where: JSON.stringify(where) })).toEqual(expected);
  });

  it('finds words of a text field, and not those without', async () => {
    const found = await keysBy({ where: JSON.stringify({ Summary: { contains: 'checkout' }, Project: 'ATLAS' }) });
    const others = await keysBy({
      where: JSON.stringify({ Summary: { not: { contains: 'checkout' } }, Project: 'ATLAS' }),
    });
    expect(found.length).toBeGreaterThan(0);
    expect([...found, ...others].toSorted()).toEqual(keysOf(({ key }) => key.startsWith('ATLAS-')));
  });

  it.each([
    ['since a moment', (at: string) => ({ from: at }), (at: number, bound: number) => at >= bound],
    ['until a moment', (at: string) => ({ to: at }), (at: number, bound: number) => at <= bound],
    ['not since a moment', (at: string) => ({ not: { from: at } }), (at: number, bound: number) => at < bound],
  ] as const)('finds what was created %s, to the millisecond', async (_, condition, isMeant) => {
    const bound = app.issue('ATLAS-20').created;
    for (const moment of [bound, bound + 1, bound - 1]) {
      const where = JSON.stringify({ Created: condition(new Date(moment).toISOString()) });
      expect(await keysBy({ where })).toEqual(keysOf(({ created }) => isMeant(created, moment)));
    }
  });

  it('finds by several statuses, types, priorities, labels and people at once', async () => {
    const query = {
      status: 'To Do, in progress',
      issueType: 'Bug,Task',
      priority: 'High, Highest,Medium',
      assignee: 'none, Jürgen Groß',
    };
    const expected = keysOf(
      ({ values }) =>
        [statusOf('To Do'), statusOf('In Progress')].includes(String(values.status)) &&
        ['10102', '10103'].includes(String(values.issuetype)) &&
        ['1', '2', '3'].includes(String(values.priority)) &&
        (!values.assignee ||
          app.jira.site.people.find(each => each.accountId === values.assignee)?.email === 'juergen.gross@example.com'),
    );
    expect(expected.length).toBeGreaterThan(1);
    expect(await keysBy(query)).toEqual(expected);
  });

  it('finds what is open, overdue, unchanged for a while, or lacks an estimate', async () => {
    expect(await keysBy({ projectId: 'BEACON', openOnly: 'true' })).toEqual(
      keysOf(issue => issue.key.startsWith('BEACON') && isOpen(issue)),
    );
    expect(await keysBy({ overdue: 'true' })).toEqual(
      keysOf(issue => isOpen(issue) && typeof issue.values.duedate === 'string' && issue.values.duedate < today()),
    );
    const weekAgo = Date.now() - 7 * 86_400_000;
    expect(await keysBy({ projectId: 'ATLAS', unchangedFor: '7d' })).toEqual(
      keysOf(({ key, updated }) => key.startsWith('ATLAS') && updated <= weekAgo),
    );
    expect(await keysBy({ missing: 'estimate, assignee', openOnly: 'true' })).toEqual(
      keysOf(issue => isOpen(issue) && !issue.values.assignee && !issue.values[POINTS]),
    );
  });

  it('asks Jira once, and for the fields of the site only where a label is given, and only once', async () => {
    const query = {
      projectId: 'ATLAS',
      status: 'To Do,Done',
      openOnly: 'true',
      overdue: 'true',
      orderBy: 'priority',
      limit: '100',
    };
    await keysBy(query);
    app.costs();
    // Of several values each is looked up once, because a wrong one would hide behind the others.
    await keysBy(query);
    expect(app.costs()).toEqual(['POST search/jql']);
    await keysBy({ where: '{"Severity":"Major"}', columns: 'Severity,Reviewer', orderBy: 'Story Points desc' });
    await keysBy({ where: '{"Severity":"Minor"}' });
    expect(app.costs().filter(cost => cost !== 'POST search/jql').length).toBeLessThanOrEqual(1);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a label that is none, with the near ones',
      { where: '{"Serverity":"Major"}' },
      '"Serverity" that can be used here. The nearest are "Severity"',
    ],
    ['the like in columns', { projectId: 'ATLAS', columns: 'Reviewr' }, 'columns: There is no field "Reviewr"'],
    [
      'the like in orderBy',
      { projectId: 'ATLAS', orderBy: 'Storypoint desc' },
      'orderBy: There is no field "Storypoint"',
    ],
    ['the like in missing', { missing: 'Reviewr' }, 'missing: There is no field "Reviewr"'],
    [
      'a value that is none',
      { where: '{"Severity":"Majr"}' },
      '"Severity" has no value "Majr". The nearest are "Major"',
    ],
    [
      'a status that is none',
      { status: 'Inn Progress' },
      'status: "Status" has no value "Inn Progress". The nearest are "In Progress"',
    ],
    [
      'one of several types that is none',
      { issueType: 'Bug,Stroy' },
      'issueType: "Issue Type" has no value "Stroy". The nearest are "Story"',
    ],
    ['words for a number', { where: '{"Story Points":"many"}' }, '"Story Points" takes a number'],
    ['no day for a day', { where: '{"Go-live date":"soon"}' }, '"Go-live date" takes a day'],
    ['a range of what has no order', { where: '{"Severity":{"from":"Minor"}}' }, '"Severity" has no order'],
    ['a part of an option', { where: '{"Severity":{"contains":"aj"}}' }, '"Severity" takes no "contains"'],
    ['a bound that is no value', { where: '{"Priority":{"from":"Hihg"}}' }, 'no value "Hihg". The nearest are "High"'],
    ['a part of a list that is none', { where: '{"Component":{"contains":"Serach"}}' }, 'The nearest are "Search"'],
    [
      'more people than can be looked up',
      { where: JSON.stringify({ Reviewer: Array.from({ length: 16 }, (_, at) => `Person ${at}`) }) },
      '"Reviewer" takes at most 15 values',
    ],
    [
      'a form that is none',
      { where: '{"Severity":{"is":"Major"}}' },
      '"Severity": it must be a value, a list of values, {"from"',
    ],
    ['what is not JSON', { where: 'Severity=Major' }, 'It is not JSON. It must be a JSON object as a string'],
    ['a label that is given twice', { where: '{"Severity":"Major","severity":"Minor"}' }, '"severity" is given twice'],
    [
      'a field that cannot be searched',
      { where: '{"Linked Issues":"ATLAS-1"}' },
      'Jira cannot search by "Linked Issues"',
    ],
  ])('refuses %s', async (_, query, told) => {
    const { status, body } = await app.read('searchIssues', query);
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });

  it('names the field for which it finds no person', async () => {
    const { body } = await app.read('searchIssues', { where: '{"Reviewer":["Li Wei","Nobody At All"]}' });
    expect(body).toMatchObject({
      code: 'not_found',
      detail: expect.stringMatching(/^"Reviewer": No user .*"Nobody At/),
    });
  });

  it('takes a number of any size', async () => {
    expect(await keysBy({ where: '{"Story Points":{"from":1e30}}' })).toEqual([]);
    expect(await keysBy({ where: '{"Story Points":{"to":1e-9}}' })).toEqual([]);
  });

  it('shows the columns that were asked for, by name and in words, and no others', async () => {
    const { body } = await app.read('searchIssues', {
      where: '{"Key":"ATLAS-12"}',
      columns: 'priority, severity, Story Points, Reviewer, Affected platforms, Component, Go-live date',
    });
    const url = `${app.jira.url}/browse/ATLAS-12`;
    expect(body.issues).toEqual([
      {
        issueKey: 'ATLAS-12',
        title: expect.any(String),
        status: expect.any(String),
        priority: expect.any(String),
        url,
        columns: [
          { name: 'Severity', value: 'Critical' },
          { name: 'Story Points', value: '3' },
          { name: 'Reviewer', value: 'Li Wei' },
          { name: 'Affected platforms', value: 'Web, iOS' },
          { name: 'Components', value: 'Checkout' },
        ],
      },
    ]);
  });

  it.each<[string, (issue: SandboxIssue) => number]>([
    ['created', ({ created }) => -created],
    ['created asc', ({ created }) => created],
    ['Story Points desc', ({ values }) => -Number(values[POINTS])],
    ['priority', ({ values }) => Number(values.priority)],
    ['due', ({ values }) => Date.parse(String(values.duedate))],
  ])('sorts by %s', async (orderBy, rank) => {
    const query = { where: '{"Story Points":{"empty":false},"Project":"ATLAS"}', orderBy };
    const dated = { where: '{"Due date":{"empty":false}}', orderBy };
    const issues = await app.readAll('searchIssues', 'issues', orderBy === 'due' ? dated : query);
    const ranks = issues.map(({ issueKey }) => rank(app.issue(String(issueKey))));
    expect(ranks.length).toBeGreaterThan(2);
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
  });

  it('goes through all pages with a condition on a moment without losing or repeating one', async () => {
    const query = { where: '{"Created":{"from":"60d","to":"yesterday"}}', orderBy: 'Created asc' };
    const whole = await app.readAll('searchIssues', 'issues', { ...query, limit: '100' });
    expect(whole.length).toBeGreaterThan(10);
    expect(await app.readAll('searchIssues', 'issues', { ...query, limit: '7' })).toEqual(whole);
  });
});

describe('on a site with fields of one name', () => {
  const custom = (id: number, name: string, schema: object, projectId?: string) => ({
    id: `customfield_${id}`,
    name,
    custom: true,
    searchable: true,
    clauseNames: [`cf[${id}]`],
    schema: { customId: id, ...schema },
    ...(projectId && { scope: { type: 'PROJECT', project: { id: projectId } } }),
  });
  let odd: JiraApp;
  beforeAll(async () => {
    odd = await startJiraApp();
    odd.answerNext('api/3/field$', [
      { id: 'status', name: 'Status', searchable: true, clauseNames: ['status'], schema: { type: 'status' } },
      custom(10030, 'Severity', { type: 'option', custom: 'x:select' }),
      custom(10031, 'severity ', { type: 'option', custom: 'x:select' }),
      custom(10016, 'Effort', { type: 'number', custom: 'x:float' }, '10010'),
      custom(10040, 'Effort', { type: 'number', custom: 'x:float' }, '10011'),
      custom(10041, 'Notes', { type: 'string', custom: 'x:textarea' }),
      custom(10042, 'Region', { type: 'option-with-child', custom: 'x:cascadingselect' }),
      custom(10043, 'Went live', { type: 'datetime', custom: 'x:datetime' }),
      custom(10044, 'Reviewers', { type: 'array', items: 'user', custom: 'x:multiuserpicker' }),
    ]);
  });
  afterAll(() => odd.stop());
  const jqlOf = async (query: Record<string, string>) => {
    odd.answerNext('search/jql$', { issues: [], isLast: true });
    const { status, body } = await odd.read('searchIssues', query);
    return status === 200 ? String(odd.sent('POST', /search\/jql$/).jql).replace(/ ORDER BY.*/, '') : body.detail;
  };

  it('takes the one that is written just so, else lists the choices', async () => {
    expect(await jqlOf({ where: '{"Severity":"Major"}' })).toBe('cf[10030] = "Major"');
    const { status, body } = await odd.read('searchIssues', { where: '{"SEVERITY":"Major"}' });
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('customfield_10030 (Severity), customfield_10031 (severity )');
    expect(await jqlOf({ where: '{"customfield_10031":"Mobile"}' })).toBe('cf[10031] = "Mobile"');
  });

  it('takes the field of the project that is asked for', async () => {
    expect(await jqlOf({ projectId: 'ATLAS', where: '{"Effort":{"from":3}}' })).toContain('cf[10016] >= 3');
    expect(await jqlOf({ projectId: '10011', where: '{"Effort":{"from":3}}' })).toContain('cf[10040] >= 3');
    const { body } = await odd.read('searchIssues', { where: '{"Effort":3}' });
    expect(body.code).toBe('ambiguous');
  });

  it.each([
    ['{"Notes":"the very words"}', String.raw`cf[10041] ~ "\"the very words\""`],
    ['{"Notes":{"not":{"contains":"beta"}}}', '(cf[10041] !~ "beta" OR cf[10041] IS EMPTY)'],
    ['{"Region":"Europe / Spain"}', 'cf[10042] IN cascadeOption("Europe", "Spain")'],
    ['{"Region":["Europe","Asia"]}', '(cf[10042] IN cascadeOption("Europe") OR cf[10042] IN cascadeOption("Asia"))'],
    ['{"Reviewers":["Li Wei","none"]}', /^\(cf\[10044\] = "[\w:-]+" OR cf\[10044\] IS EMPTY\)$/],
    ['{"Went live":{"empty":false}}', 'cf[10043] IS NOT EMPTY'],
    ['{"Status":{"not":["Done","In Review"]}}', '"status" NOT IN ("Done", "In Review")'],
  ])('compares each type by the operators that it takes: %s', async (where, jql) => {
    expect(await jqlOf({ where })).toEqual(typeof jql === 'string' ? jql : expect.stringMatching(jql));
  });
});

agreesWithOpenApi(() => app.jira);

it.each([
  ['"Sevrity" = Major', 'There is no field "Sevrity" that can be used here. The nearest are "Severity".'],
  ['project = ATLAS ORDER BY Prioritty', 'The nearest are "Priority".'],
  ['project = ATLS', 'The nearest are "ATLAS", "Atlas".'],
  ['project in (ATLAS, Beakon) AND status = Done', 'There is no project "Beakon" that can be seen here.'],
  ['status = "In Progres"', '"Status" has no value "In Progres". The nearest are "In Progress".'],
])('the JQL %s is refused with the names that come near', async (jql, told) => {
  const { status, body } = await app.read('searchIssues', { jql });
  expect([400, 404]).toContain(status);
  expect(body.detail).toContain(told);
});
