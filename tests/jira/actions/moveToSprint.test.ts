import { describe, expect, it } from 'vitest';
import { createIssue } from '../../../functions/jira/sandbox/changes.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const move = (issueKeys: string, sprint: string, more: object = {}) =>
  app.write('moveToSprint', { issueKeys, sprint, ...more });
const SPRINT = 'customfield_10020';
const sprintOf = (issueKey: string) => {
  const id = [app.issue(issueKey).values[SPRINT] ?? []].flat().at(-1);
  return app.jira.site.sprints.find(each => each.id === id)?.name;
};

/** Makes so many tasks of DELTA. @returns their keys */
function tasks(count: number): string[] {
  const { site } = app.jira;
  const project = site.projects.find(({ key }) => key === 'DELTA');
  const issuetype = site.issueTypes.find(({ name }) => name === 'Task')?.id ?? '';
  if (!project) throw new Error('There is no DELTA');
  const act = { by: site.me.accountId, at: site.now() };
  return Array.from(
    { length: count },
    (_, at) => createIssue(site, project, { issuetype, summary: `Many ${at}` }, act).key,
  );
}

describe('moveToSprint', () => {
  it.each([
    ['next', 'Delta 9'],
    ['delta 10', 'Delta 10'],
    ['active', 'Delta 8'],
    ['backlog', undefined],
  ])('moves issues to %s, and tells where each was', async (sprint, name) => {
    const before = sprintOf('DELTA-22') ?? 'backlog';
    const { body } = await move('DELTA-22', sprint);
    expect(body).toMatchObject({
      sprint: name ?? 'backlog',
      issues: [{ issueKey: 'DELTA-22', outcome: 'done', from: before }],
    });
    expect(sprintOf('DELTA-22')).toBe(name);
  });

  it('moves more than fifty, fifty at a time', async () => {
    const keys = tasks(101);
    const { body } = await move(keys.join(','), 'next');
    expect(body.summary).toBe('All 101 issues are in "Delta 9".');
    expect(keys.map(sprintOf)).toEqual(keys.map(() => 'Delta 9'));
    expect(app.costs().filter(cost => cost.startsWith('POST /rest/agile'))).toHaveLength(3);
    const { body: again } = await move(keys.join(','), 'next');
    expect(again.issues[0]).toMatchObject({ outcome: 'done', message: 'It was there already.' });
    expect(app.costs().filter(cost => cost.startsWith('POST /rest/agile'))).toEqual([]);
  });

  it('tells of each issue why it was not moved, and moves the others', async () => {
    const { status, body } = await move('DELTA-21, DELTA-11, BEACON-1, DELTA-9999', 'Delta 10');
    expect(status).toBe(200);
    expect(body.summary).toContain('1 of 4');
    expect(body.issues).toEqual([
      { issueKey: 'DELTA-21', outcome: 'done', from: 'Delta 9' },
      { issueKey: 'DELTA-11', outcome: 'notDone', from: 'backlog', message: expect.stringContaining('DELTA-9') },
      { issueKey: 'BEACON-1', outcome: 'notDone', from: 'backlog', message: expect.stringContaining('BEACON') },
      { issueKey: 'DELTA-9999', outcome: 'notDone', message: expect.stringContaining('no Jira issue DELTA-9999') },
    ]);
    expect(sprintOf('DELTA-21')).toBe('Delta 10');
  });

  it('moves an issue of another project where the board shows that', async () => {
    const board = app.jira.site.boards.find(({ name }) => name === 'Delta sprints');
    board?.projectIds.push('10011');
    const { body } = await move('DELTA-21,BEACON-1', 'next');
    expect(body.issues).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
    board?.projectIds.pop();
  });

  it('fails where none can be moved, with the reason', async () => {
    expect((await move('DELTA-9999', 'next')).body).toMatchObject({ code: 'not_found' });
    const { body } = await move('DELTA-11', 'next');
    expect([body.code, body.detail]).toEqual(['invalid_input', expect.stringContaining('sub-task')]);
    const { body: closed } = await move('DELTA-21', 'Delta 5');
    expect([closed.errors?.[0]?.field, closed.detail]).toEqual(['sprint', expect.stringContaining('is closed')]);
    const { body: unknown } = await move('DELTA-21', 'Delta 99');
    expect([unknown.code, unknown.detail]).toEqual(['not_found', expect.stringContaining('Delta 9')]);
  });

  it('goes on after a part that Jira refused, and says what was not done', async () => {
    const keys = tasks(60);
    app.jira.fail({
      method: 'POST',
      path: '/sprint/109/issue$',
      status: 400,
      body: '{"errorMessages":["Not these."]}',
    });
    const { body } = await move(keys.join(' '), 'next');
    expect(body.summary).toContain('10 of 60');
    expect(body.issues[0]).toMatchObject({ outcome: 'notDone', message: expect.stringContaining('Not these') });
    expect(body.issues[59]).toMatchObject({ outcome: 'done' });
  });

  it('looks where an answer was lost, and begins nothing after one that stays unknown', async () => {
    const keys = tasks(60);
    app.jira.fail({ method: 'POST', path: '/sprint/109/issue$', reset: 'after' });
    const { body } = await move(keys.slice(0, 2).join(), 'next');
    expect(body.issues).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
    await move('DELTA-20', 'next');
    app.jira.fail({ method: 'POST', path: '/sprint/109/issue$', reset: 'before' });
    const { body: lost } = await move(['DELTA-20', ...keys.slice(2)].join(), 'next');
    const like = (outcome: string, length: number) =>
      Array.from({ length }, () => expect.objectContaining({ outcome }));
    expect(lost.issues).toEqual([...like('done', 1), ...like('unknown', 50), ...like('notReached', 8)]);
  });

  it('tells which permission is missing', async () => {
    app.jira.fail({ method: 'POST', path: '/backlog/issue$', status: 403, body: '{"errorMessages":["No."]}' });
    const { body } = await move('DELTA-21', 'backlog');
    expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining('Schedule issues')]);
  });

  it.each(['', 'ABC', 'DELTA-1;;nothing'])('takes no keys such as %j', async issueKeys => {
    expect((await move(issueKeys, 'next')).body.errors?.[0]?.field).toBe('issueKeys');
  });
});

agreesWithOpenApi(() => app.jira);
