import { beforeEach, describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const update = (sprint: string, changes: object) =>
  app.write('updateSprint', { projectId: 'DELTA', sprint, ...changes });
const SPRINT = 'customfield_10020';
const sprintsOf = (issueKey: string) => {
  const names = new Map(app.jira.site.sprints.map(({ id, name }) => [id, name]));
  return [app.issue(issueKey).values[SPRINT] ?? []].flat().map(id => names.get(String(id)));
};

let made = 0;

beforeEach(() => {
  // Each test begins without an active sprint.
  for (const sprint of app.jira.site.sprints) if (sprint.state === 'active') sprint.state = 'closed';
  app.costs();
});

/** Creates an active sprint with these issues of DELTA. */
async function activeSprint(issueKeys: string) {
  const name = `Running ${++made}`;
  await app.write('createSprint', { projectId: 'DELTA', name, endDate: '2030-01-14', start: true });
  await app.write('moveToSprint', { issueKeys, sprint: name });
  app.costs();
  return name;
}

describe('updateSprint', () => {
  it('closes a sprint, and takes what is not done to the next one, which keeps that it was in both', async () => {
    const name = await activeSprint('DELTA-22,DELTA-17,DELTA-18');
    const { body } = await update('active', { state: 'closed', unfinishedTo: 'next' });
    expect(body).toMatchObject({
      name,
      state: 'closed',
      changes: [{ field: 'State', from: 'active', to: 'closed' }],
      unfinishedTo: 'Delta 9',
      issuesMoved: 2,
      movedIssues: ['DELTA-22', 'DELTA-17'],
    });
    expect(sprintsOf('DELTA-22')).toEqual([name, 'Delta 9']);
    // It was done.
    expect(sprintsOf('DELTA-18').at(-1)).toBe(name);
  });

  it('leaves the rest in the backlog where that is asked', async () => {
    const name = await activeSprint('DELTA-22');
    const { body } = await update(name, { state: 'closed', unfinishedTo: 'backlog' });
    expect(body).toMatchObject({ state: 'closed', unfinishedTo: 'backlog', issuesMoved: 1 });
    const { body: moved } = await app.write('moveToSprint', { issueKeys: 'DELTA-22', sprint: 'backlog' });
    expect(moved.issues).toEqual([
      { issueKey: 'DELTA-22', outcome: 'done', from: 'backlog', message: 'It was there already.' },
    ]);
  });

  it('asks where the rest goes, and changes nothing before that is known', async () => {
    await activeSprint('DELTA-22');
    for (const [unfinishedTo, told] of [
      [undefined, '1 issue that is not done'],
      ['Delta 99', 'There is no sprint'],
      ['Delta 5', 'is closed'],
      ['active', 'itself'],
    ] as const) {
      const { body } = await update('active', { state: 'closed', unfinishedTo });
      expect([body.errors?.[0]?.field, body.detail]).toEqual(['unfinishedTo', expect.stringContaining(told)]);
    }
    expect(app.costs().filter(cost => /^POST .*agile/.test(cost))).toEqual([]);
  });

  it('closes an empty sprint without asking', async () => {
    const name = await activeSprint('DELTA-18');
    const { body } = await update(name, { state: 'closed' });
    expect(body).toMatchObject({ state: 'closed', issuesMoved: 0 });
  });

  it('says that the sprint was closed where its issues could not be moved', async () => {
    await activeSprint('DELTA-22,DELTA-17');
    app.jira.fail({ method: 'POST', path: '/sprint/\\d+/issue$', status: 403, body: '{"errorMessages":["No."]}' });
    const { status, body } = await update('active', { state: 'closed', unfinishedTo: 'next' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'closed', issuesMoved: 0, issuesNotMoved: ['DELTA-22', 'DELTA-17'] });
    expect(body.note).toMatch(/was closed, but .*backlog.*Schedule issues.*moveToSprint/);
  });

  it('starts a sprint, and wants its end for that', async () => {
    const { body: refused } = await update('next', { state: 'active' });
    expect(refused.errors?.[0]?.field).toBe('endDate');
    const { body } = await update('next', { state: 'active', endDate: '2030-02-01' });
    expect(body.changes).toMatchObject([
      { field: 'State', from: 'future', to: 'active' },
      { field: 'Start date', to: expect.any(String) },
      { field: 'End date', to: expect.stringContaining('2030-02-01T23:59:59') },
    ]);
    app.costs();
    const { status, body: again } = await update(body.name, { state: 'active' });
    expect([status, again.note]).toEqual([200, expect.stringContaining('is active')]);
    expect(app.costs().filter(cost => cost.startsWith('POST'))).toEqual([]);
  });

  it('names the sprint that is active where it cannot start another', async () => {
    const name = await activeSprint('DELTA-22');
    const { status, body } = await update('next', { state: 'active', endDate: '2030-02-01' });
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain(name);
  });

  it.each([
    ['close one that was never started', 'next', { state: 'closed' }],
    ['start one that is closed', 'Delta 5', { state: 'active', endDate: '2030-02-01' }],
  ])('does not %s', async (_, sprint, changes) => {
    expect((await update(sprint, changes)).body.code).toBe('conflict');
  });

  it('says so where one is closed already, and moves nothing', async () => {
    const { status, body } = await update('Delta 5', { state: 'closed', unfinishedTo: 'next' });
    expect([status, body.note]).toEqual([200, expect.stringMatching(/is closed.*No issue was moved/)]);
    expect(app.costs().filter(cost => cost.startsWith('POST'))).toEqual([]);
  });

  it('renames, dates and gives a goal, each with what it was', async () => {
    const { body: sprint } = await app.write('createSprint', {
      projectId: 'DELTA',
      name: `Plan ${++made}`,
      goal: 'Old',
    });
    const { body } = await update(sprint.name, {
      newName: `${sprint.name}b`,
      goal: 'none',
      startDate: '2030-03-01',
      endDate: '2030-03-14',
    });
    expect(body.changes).toMatchObject([
      { field: 'Name', from: sprint.name, to: `${sprint.name}b` },
      { field: 'Goal', from: 'Old' },
      { field: 'Start date' },
      { field: 'End date' },
    ]);
    const { body: wrong } = await update(`${sprint.name}b`, { endDate: '2030-02-14' });
    expect(wrong.errors?.[0]?.field).toBe('endDate');
    const { body: taken } = await update(`${sprint.name}b`, { newName: 'Delta 10' });
    expect([taken.code, taken.errors?.[0]?.field]).toEqual(['conflict', 'newName']);
  });

  it('ends a sprint so much later as is asked, and says where its end is past', async () => {
    await activeSprint('DELTA-22');
    const { body } = await update('active', { endDate: '+2d' });
    const at = (day: string) => expect.stringContaining(`${day}T23:59:59`);
    expect(body.changes).toEqual([{ field: 'End date', from: at('2030-01-14'), to: at('2030-01-16') }]);
    const { body: back } = await update('active', { startDate: '2026-01-05', endDate: '2026-01-16' });
    expect(back.note).toContain('it is overdue');
    const { body: refused } = await update('next', { state: 'active', startDate: '2026-01-05', endDate: '2026-01-16' });
    expect([refused.errors?.[0]?.field, refused.detail]).toEqual(['endDate', expect.stringContaining('over at once')]);
  });

  it('refuses an end behind what a date can tell', async () => {
    await activeSprint('DELTA-22');
    const { body: far } = await update('active', { endDate: '9999-12-30' });
    expect(far.changes).toHaveLength(1);
    app.costs();
    for (const endDate of ['+2d', '+999w']) {
      const { body } = await update('active', { endDate });
      expect(body.errors).toEqual([{ field: 'endDate', message: expect.stringContaining('behind the year 9999') }]);
    }
    expect(app.costs().filter(cost => !cost.startsWith('GET'))).toEqual([]);
  });

  it('says what Jira does not take of a closed sprint', async () => {
    const { body } = await update('Delta 4', { goal: 'Seen later', endDate: '2030-03-14' });
    expect(body.changes).toMatchObject([{ field: 'Goal', to: 'Seen later' }]);
    expect(body.note).toContain('did not take what was given for End date');
  });

  it('reads the sprint again where the answer was lost', async () => {
    await activeSprint('DELTA-22');
    app.jira.fail({ method: 'POST', path: '/sprint/\\d+$', reset: 'after' });
    const { body } = await update('active', { state: 'closed', unfinishedTo: 'next' });
    expect(body).toMatchObject({ state: 'closed', issuesMoved: 1, note: expect.stringContaining('did not confirm') });
    app.jira.fail({ method: 'POST', path: '/sprint/\\d+$', reset: 'before' });
    expect((await update('next', { goal: 'Lost' })).body).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });
});

agreesWithOpenApi(() => app.jira);
