import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';
import { into, issue, points, startSprintSite, status } from '../sprintSite.ts';

const done = status('Done');
const begun = status('In Progress');
const [first, second] = ['Flood', 'Ebb'];

/** The first sprint is from 20 to 10 days ago, the second from then to four days from now. */
const issues = [
  issue('RIVER-1', {
    points: 5,
    sprints: [first],
    history: [
      ['-18d', begun],
      ['-14d', done],
    ],
  }),
  issue('RIVER-2', {
    points: 3,
    sprints: [first],
    history: [
      ['-25d', begun],
      ['-21d', done],
    ],
  }),
  issue('RIVER-3', {
    points: 2,
    history: [
      ['-17d', into(first)],
      ['-16d', begun],
      ['-14d', done],
    ],
  }),
  issue('RIVER-4', {
    points: 7,
    history: [
      ['-15d', done],
      ['-12d', into(first)],
    ],
  }),
  issue('RIVER-5', {
    points: 8,
    sprints: [first],
    history: [
      ['-18d', done],
      ['-16d', status('To Do')],
      ['-10d', into(first, second)],
    ],
  }),
  issue('RIVER-6', {
    points: 1,
    sprints: [first],
    history: [
      ['-25d', done],
      ['-18d', status('To Do')],
      ['-17d', begun],
      ['-16d', done],
    ],
  }),
  issue('RIVER-7', { type: 'Sub-task', parent: 'RIVER-1', points: 20, sprints: [first], history: [['-15d', done]] }),
  issue('RIVER-8', {
    points: 3,
    sprints: [first],
    history: [
      ['-16d', points(8)],
      ['-12d', done],
    ],
  }),
  issue('RIVER-9', {
    points: 5,
    sprints: [first],
    history: [
      ['-12d', done],
      ['-5d', points(13)],
    ],
  }),
  issue('RIVER-10', {
    points: 4,
    sprints: [first],
    history: [
      ['-10d', into(first, second)],
      ['-9d', begun],
      ['-8d', done],
    ],
  }),
  issue('RIVER-11', {
    points: 6,
    sprints: [first],
    history: [
      ['-19d', begun],
      ['-18d', done],
      ['-6d', { ...status('To Do'), ...into(first, second) }],
    ],
  }),
  issue('RIVER-12', { points: 2, sprints: [first], created: '-13d' }),
  issue('RIVER-13', { points: 9, sprints: [first], history: [['-15d', { fields: { Sprint: [] } }]] }),
  issue('RIVER-14', { points: 9, history: [['-3d', into(first)]] }),
  issue('RIVER-15', {
    sprints: [first],
    history: [
      ['-18d', begun],
      ['-17d', status('To Do')],
      ['-13d', begun],
      ['-12d', done],
    ],
  }),
  issue('RIVER-16', { points: 0.1, sprints: [second], assignee: 'ana.ruiz@example.com', history: [['-2d', begun]] }),
  issue('RIVER-17', {
    points: 0.2,
    sprints: [second],
    assignee: 'ana.ruiz@example.com',
    links: [{ at: '-20d', by: 'ana.ruiz@example.com', type: 'Blocks', to: 'RIVER-16' }],
  }),
  issue('RIVER-18', { points: 2, sprints: [second], isFlagged: true }),
  issue('RIVER-19', { points: 5, sprints: ['Spring'] }),
  issue('REEF-1', {
    sprints: ['Calm'],
    history: [
      ['-1d', begun],
      ['-12h', status('In Review')],
    ],
  }),
  issue('REEF-2', { sprints: ['Calm'], points: 8 }),
  issue('LAKE-1', { sprints: ['Storm'], points: 50, history: [['-1d', done]] }),
  issue('LAKE-2', { sprints: ['Storm'] }),
  issue('LAKE-3', { sprints: ['Fog'], points: 3 }),
  issue('LAKE-4', { sprints: ['Mist'], created: '-60d', history: [['-40d', into('Mist', 'Haze')]] }),
  issue('BROOK-1', { sprints: ['Fog'], points: 40 }),
];

const scrum = (id: string, name: string, sprints: string[] = [], more = {}) => {
  return { id, name, type: 'scrum', sprints, ...more };
};
const columns = [
  { name: 'Open', statuses: ['To Do', 'In Progress'] },
  { name: 'Finished', statuses: ['In Review', 'Done'] },
  { name: 'Nothing', statuses: [] },
];
const week = { state: 'active', start: '-7d', end: '+7d' };

let app: JiraApp;
beforeAll(async () => {
  const site = await startSprintSite({
    projects: [
      { key: 'RIVER', boards: [scrum('21', 'River', [first, second, 'Spring', 'Rain'])] },
      { key: 'REEF', boards: [scrum('22', 'Reef', ['Calm'], { estimation: 'issueCount', columns })] },
      {
        key: 'LAKE',
        boards: [
          scrum('23', 'North', ['Storm'], { estimation: 'time' }),
          scrum('24', 'South', ['Mist', 'Haze', 'Rain', 'Fog'], { alsoShows: ['BROOK'] }),
          { id: '25', name: 'Shore', type: 'kanban' },
        ],
      },
      { key: 'POND', boards: [{ id: '26', name: 'Still', type: 'kanban' }] },
      { key: 'WELL', boards: [] },
      { key: 'BROOK', boards: [{ id: '27', name: 'Falls', type: 'kanban' }] },
    ],
    sprints: [
      { id: '1', name: first, state: 'closed', start: '-20d', end: '-10d', completed: '-10d', goal: 'Rise' },
      { id: '2', name: second, state: 'active', start: '-10d', end: '+4d' },
      { id: '3', name: 'Spring', state: 'future' },
      { id: '4', name: 'Rain', state: 'future' },
      { id: '5', name: 'Calm', ...week },
      { id: '6', name: 'Storm', ...week },
      { id: '7', name: 'Fog', ...week },
      { id: '8', name: 'Mist', state: 'closed', start: '-50d', end: '-40d', completed: '-40d' },
      { id: '9', name: 'Haze', state: 'closed', start: '-40d', end: '-25d', completed: '-25d' },
    ],
    issues,
  });
  app = await startJiraApp({ TIME_ZONE: 'Europe/Berlin' }, site);
});
afterAll(async () => {
  await app.stop();
  await app.jira.close();
});

const get = async (query: Record<string, string>) => (await app.read('getSprint', query)).body;
const keysIn = (list: { issueKey: string }[] | undefined) => list?.map(({ issueKey }) => issueKey);
const river = { projectId: 'RIVER' };

describe('getSprint', () => {
  it('tells of the last sprint what was committed at its start and completed at its end, as Jira’s reports do', async () => {
    const body = await get({ ...river, sprint: 'last' });
    expect(body).toMatchObject({
      board: 'River',
      sprint: { sprintId: '1', name: first, state: 'closed', goal: 'Rise' },
      estimatedBy: 'Story Points',
      unit: 'points',
      committed: 31,
      completed: 27,
      left: 14,
      issuesInAll: 10,
      issuesCompleted: 7,
    });
    expect(body.daysLeft).toBeUndefined();
  });

  it('lists what came in late, was left over, was estimated anew, and was done elsewhere', async () => {
    const body = await get({ ...river, sprint: first });
    expect(keysIn(body.addedAfterStart)).toEqual(['RIVER-3', 'RIVER-4', 'RIVER-12']);
    expect(keysIn(body.leftOver)).toEqual(['RIVER-5', 'RIVER-10', 'RIVER-12']);
    expect(body.reestimated).toEqual([expect.objectContaining({ issueKey: 'RIVER-8', before: 3, estimate: 8 })]);
    expect(keysIn(body.doneElsewhere)).toEqual(['RIVER-2', 'RIVER-4']);
    expect([body.carriedOver, body.blocked, body.unmoved]).toEqual([undefined, undefined, undefined]);
  });

  it('tells how long work took from the first In Progress to the last Done, of each issue', async () => {
    const { cycleTime, computed } = await get({ ...river, sprint: '1' });
    expect(cycleTime).toMatchObject({ averageDays: 2.8, medianDays: 2, issues: 5, neverInProgress: 2 });
    const days = new Map(
      cycleTime.ofIssues.map((each: { issueKey: string; days: number }) => [each.issueKey, each.days]),
    );
    // It lay from the 17th to the 13th day.
    expect([days.get('RIVER-15'), days.get('RIVER-1'), days.size]).toEqual([6, 4, 5]);
    expect(computed).toContain('first time In Progress to the last time done');
  });

  it('tells sums that explain each other', async () => {
    for (const [sprint, added, reestimatedBy] of [
      [first, 5, 5],
      [second, 6, 0],
    ] as const) {
      const body = await get({ ...river, sprint });
      expect(body).toMatchObject({ added, reestimatedBy });
      expect(body.committed + added + reestimatedBy).toBeCloseTo(body.completed + body.left);
    }
    expect(keysIn((await get({ ...river, sprint: first })).reopened)).toEqual(['RIVER-6']);
  });

  it('tells of a closed sprint the statuses at its end, and those of now where they differ', async () => {
    const { leftOver, addedAfterStart } = await get({ ...river, sprint: first });
    const [fifth, tenth] = leftOver;
    expect([fifth.status, fifth.statusNow]).toEqual(['To Do', undefined]);
    expect([tenth.issueKey, tenth.status, tenth.statusNow]).toEqual(['RIVER-10', 'To Do', 'Done']);
    // RIVER-12 is in both lists.
    expect(addedAfterStart.at(-1)).toMatchObject({ issueKey: 'RIVER-12', url: expect.stringMatching(/RIVER-12$/) });
    expect(leftOver.map((each: { url?: string }) => each.url !== undefined)).toEqual([true, true, false]);
  });

  it('tells how the active sprint goes, in few requests', async () => {
    await get(river);
    app.costs();
    const body = await get(river);
    expect(app.costs()).toEqual([
      'GET /rest/agile/1.0/board',
      'GET /rest/agile/1.0/board/21/sprint',
      'GET /rest/agile/1.0/board/21/sprint',
      'POST changelog/bulkfetch',
      'POST search/jql',
    ]);
    expect(body).toMatchObject({ committed: 14.3, completed: 4, left: 16.3, issuesInAll: 6, issuesCompleted: 1 });
    expect(body).toMatchObject({ daysLeft: 4, issuesUnestimated: 0 });
    expect(keysIn(body.addedAfterStart)).toEqual(['RIVER-11']);
    expect(body.carriedOver.map((each: { issueKey: string; from: string[] }) => [each.issueKey, each.from])).toEqual([
      ['RIVER-5', [first]],
      ['RIVER-10', [first]],
    ]);
    expect(body.summary).toContain('1 of 6 issues done, 4 points of 14.3 committed, 6 added later. 16.3 points');
  });

  it('tells from which sprints work was carried over, and never from one that came later', async () => {
    const carried = async (sprint: string) => (await get({ board: 'South', sprint })).carriedOver;
    expect(await carried('Haze')).toEqual([expect.objectContaining({ issueKey: 'LAKE-4', from: ['Mist'] })]);
    expect(await carried('Mist')).toBeUndefined();
  });

  it('tells what is blocked or flagged, and what nobody changed', async () => {
    const body = await get(river);
    expect(
      body.blocked.map((each: { issueKey: string; blockedBy: string[] }) => [each.issueKey, each.blockedBy]),
    ).toEqual([
      ['RIVER-16', ['RIVER-17']],
      ['RIVER-18', ['Flagged']],
    ]);
    expect(keysIn(body.unmoved)).toEqual(['RIVER-5', 'RIVER-11', 'RIVER-17', 'RIVER-18']);
    expect(keysIn((await get({ ...river, unchangedFor: '9d' })).unmoved)).toEqual(['RIVER-5', 'RIVER-17', 'RIVER-18']);
  });

  it('counts a change of status or assignee as a move, and no edit, comment or move into the sprint', async () => {
    await app.write('updateIssue', { issueKey: 'RIVER-17', summary: 'Another name' });
    await app.write('addComment', { issueKey: 'RIVER-17', comment: 'Still waiting.' });
    await app.write('updateIssue', { issueKey: 'RIVER-18', storyPoints: '3' });
    const before = (await get(river)).unmoved;
    expect(before).toMatchObject([
      { issueKey: 'RIVER-5', lastMove: 'status' },
      { issueKey: 'RIVER-11', lastMove: 'status' },
      { issueKey: 'RIVER-17', lastMove: 'created' },
      { issueKey: 'RIVER-18', lastMove: 'created' },
    ]);
    await app.write('assignIssue', { issueKey: 'RIVER-17', assignee: 'ana.ruiz@example.com' });
    expect(keysIn((await get(river)).unmoved)).toEqual(['RIVER-5', 'RIVER-11', 'RIVER-17', 'RIVER-18']);
  });

  it('says by how much a sprint is overdue', async () => {
    const sprint = app.jira.site.sprints.find(({ name }) => name === second);
    if (!sprint) throw new Error('There is no second sprint');
    const { end } = sprint;
    sprint.end = app.jira.site.now() - 3 * 86_400_000;
    const { daysLeft, summary } = await get(river);
    sprint.end = end;
    expect([daysLeft, summary]).toEqual([-3, expect.stringContaining('overdue by 3 days')]);
  });

  it('tells who has how much', async () => {
    const { people } = await get(river);
    expect(people).toEqual([
      { person: 'Unassigned', issues: 4, issuesLeft: 3, completed: 4, left: 16 },
      { person: 'Ana Ruiz', issues: 2, issuesLeft: 2, completed: 0, left: 0.3 },
    ]);
  });

  it('tells of a sprint that has not begun what is planned, and nothing that there is not yet', async () => {
    const body = await get({ ...river, sprint: 'next' });
    expect(body).toMatchObject({ sprint: { name: 'Spring', state: 'future' }, left: 5, issuesInAll: 1 });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['committed']));
    expect(body.summary).toBe('Spring has not begun; planned for it: 1 issue with 5 points.');
  });

  it('counts issues where the board does, and those as done that are in its last column', async () => {
    const body = await get({ projectId: 'REEF' });
    expect(body).toMatchObject({ unit: 'issues', committed: 2, completed: 1, left: 1, issuesInAll: 2 });
  });

  it('sums up hours where the board estimates by time', async () => {
    Object.assign(app.issue('LAKE-1').values, { timetracking: { original: 5400, remaining: 0 } });
    const body = await get({ board: 'north' });
    expect(body).toMatchObject({ unit: 'hours', committed: 1.5, completed: 1.5, left: 0, issuesUnestimated: 1 });
  });
});

describe('the board and the sprint', () => {
  it('are for a search of the next sprint those of all boards of the project that have one', async () => {
    const search = (projectId: string) => app.read('searchIssues', { projectId, sprint: 'next' });
    expect((await search('LAKE')).body.issues).toEqual([]);
    const north = app.jira.site.boards.find(({ name }) => name === 'North');
    north?.sprintIds.push('3');
    expect((await search('LAKE')).body).toMatchObject({ code: 'ambiguous', detail: expect.stringContaining('Rain') });
    north?.sprintIds.pop();
    expect((await search('POND')).body.detail).toContain('No board of POND');
  });

  it('are told apart by their IDs where several have one name', async () => {
    const { boards, sprints } = app.jira.site;
    const twin = boards.find(({ id }) => id === '24');
    if (!twin) throw new Error('There is no board South');
    boards.push({ ...twin, id: '34' });
    const rain = sprints.find(({ name }) => name === 'Rain');
    if (!rain) throw new Error('There is no sprint Rain');
    sprints.push({ ...rain, id: '44' });
    twin.sprintIds.push('44');
    const { body } = await app.read('getSprint', { projectId: 'LAKE', board: 'south' });
    expect([body.code, body.detail]).toEqual(['ambiguous', expect.stringContaining('South (ID 24), South (ID 34)')]);
    const { body: twins } = await app.read('getSprint', { board: '24', sprint: 'Rain' });
    expect([twins.code, twins.errors[0]?.field]).toEqual(['ambiguous', 'sprint']);
    expect(twins.detail).toContain('Rain (ID 4), Rain (ID 44)');
    expect((await get({ board: 'South (ID 24)', sprint: 'Rain (ID 44)' })).sprint.sprintId).toBe('44');
    boards.pop();
    sprints.pop();
    twin.sprintIds.pop();
  });

  it('are never the first of several: the names are told, and each of them is taken', async () => {
    const { status: code, body } = await app.read('getSprint', { projectId: 'LAKE' });
    expect([code, body.code, body.errors[0]?.field]).toEqual([409, 'ambiguous', 'board']);
    expect(body.detail).toContain('several boards with sprints of project LAKE: North, South.');
    for (const board of ['South', '24', 'South (ID 24)']) {
      expect((await get({ projectId: 'LAKE', board })).sprint.name).toBe('Fog');
      expect((await get({ board })).sprint.name).toBe('Fog');
    }
  });

  it.each([
    ['a kanban board has no sprints', { projectId: 'POND' }, ['no scrum board of project POND', 'Still']],
    ['a project has no board', { projectId: 'WELL' }, ['no scrum board of project WELL']],
    ['a board that is named is a kanban board', { projectId: 'LAKE', board: 'Shore' }, ['kanban', 'Shore']],
    ['there is no such board', { projectId: 'LAKE', board: 'Nrth' }, ['"Nrth"', 'North']],
    ['there is no such sprint', { ...river, sprint: 'Spirng' }, ['"Spirng"', 'River', 'Spring']],
    ['a sprint is of another board', { ...river, sprint: 'Calm' }, ['"Calm"', 'River']],
    ['none was closed yet', { projectId: 'REEF', sprint: 'last' }, ['No sprint of "Reef" has been closed yet']],
    ['there is no next one', { projectId: 'REEF', sprint: 'next' }, ['no future sprint', 'Calm, active']],
  ])('are not found where %s, and what there is instead is told', async (_, query, parts) => {
    const { status: code, body } = await app.read('getSprint', query);
    expect([code, body.code]).toEqual([404, 'not_found']);
    for (const part of parts) expect(body.detail).toContain(part);
  });
});

agreesWithOpenApi(() => app.jira);
