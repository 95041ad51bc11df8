import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp({ TIME_ZONE: 'Europe/Berlin' });

const create = (input: object) => app.write('createSprint', { projectId: 'DELTA', ...input });
const called = (name: string) => app.jira.site.sprints.filter(sprint => sprint.name === name);

describe('createSprint', () => {
  it('creates a future sprint whose last day counts to its end, by the clock of the site', async () => {
    const { body } = await create({
      name: 'Dated',
      startDate: '2026-11-03',
      endDate: '2026-11-14',
      goal: 'checkout v2',
    });
    expect(body).toEqual({
      name: 'Dated',
      state: 'future',
      board: 'Delta sprints',
      startsAt: expect.stringMatching(/^2026-11-03T00:00:00\+0\d:\d\d$/),
      endsAt: expect.stringMatching(/^2026-11-14T23:59:59\+0\d:\d\d$/),
      goal: 'checkout v2',
    });
  });

  it.each([
    ['a day as the runtime of an agent writes it', '2026-11-03T00:00:00', '2026-11-14T00:00:00'],
    ['date-times', '2026-11-03T09:00:00Z', '2026-11-14T17:00:00+01:00'],
  ])('takes %s', async (what, startDate, endDate) => {
    const { status } = await create({ name: what.slice(0, 30), startDate, endDate });
    expect(status).toBe(200);
  });

  it('starts it where asked, which sets a start that was not given', async () => {
    const active = app.jira.site.sprints.find(({ name }) => name === 'Delta 8');
    if (active) active.state = 'closed';
    const { body } = await create({ name: 'Started', endDate: '2030-01-14', start: true });
    expect(body).toMatchObject({ state: 'active', startsAt: expect.any(String) });
    expect(app.sent('POST', /\/sprint\/\d+$/)).toMatchObject({ state: 'active' });
  });

  it('says that it was created and not started where another one is active', async () => {
    const { status, body } = await create({
      name: 'Waiting',
      startDate: '2030-01-15',
      endDate: '2030-01-28',
      start: true,
    });
    expect([status, body.code, body.retryable]).toEqual([409, 'conflict', false]);
    expect(body.detail).toMatch(/"Waiting" was created, but not started.*active sprint: Started.*updateSprint/);
    expect(called('Waiting')).toMatchObject([{ state: 'future' }]);
  });

  it.each([
    ['an end before the start', { name: 'No', startDate: '2026-11-14', endDate: '2026-11-03' }, 'endDate'],
    ['a start without an end', { name: 'No', start: true }, 'endDate'],
    ['a name that is too long', { name: 'x'.repeat(31) }, 'name'],
    ['a name that an open sprint has', { name: 'DELTA 9' }, 'name'],
  ])('refuses %s, and creates nothing', async (_, input, field) => {
    const { body } = await create(input);
    expect(body.errors?.[0]?.field).toBe(field);
    expect(app.costs().filter(cost => cost.startsWith('POST'))).toEqual([]);
  });

  it('asks which board is meant, and says where none has sprints', async () => {
    const boards = app.jira.site.boards;
    const other = boards.find(({ id }) => id === '2');
    const { status, body } = await create({ projectId: 'BEACON', name: 'Sprint 1' });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('kanban');
    if (!other) throw new Error('There is no board 2');
    Object.assign(other, { type: 'scrum', projectIds: [...other.projectIds, '10020'] });
    const { body: several } = await create({ name: 'Which one' });
    expect([several.code, several.detail]).toEqual(['ambiguous', expect.stringContaining('Delta sprints')]);
    expect((await create({ name: 'This one', board: 'Delta sprints' })).body.board).toBe('Delta sprints');
    Object.assign(other, { type: 'kanban', projectIds: other.projectIds.slice(0, -1) });
  });

  it('is made once, also where the same call comes again', async () => {
    await create({ name: 'Once' });
    expect((await create({ name: 'Once' })).body).toMatchObject({ deduplicated: true });
    expect(called('Once')).toHaveLength(1);
  });

  it('is looked for where its answer was lost', async () => {
    app.jira.fail({ method: 'POST', path: '/sprint$', reset: 'after' });
    const { body } = await create({ name: 'Lost' });
    expect(body).toMatchObject({ name: 'Lost', note: expect.stringContaining('did not confirm') });
    app.jira.fail({ method: 'POST', path: '/sprint$', reset: 'before' });
    expect((await create({ name: 'Gone' })).body).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });

  it('tells which permission is missing', async () => {
    app.jira.fail({ method: 'POST', path: '/sprint$', status: 403, body: '{"errorMessages":["No."]}' });
    const { body } = await create({ name: 'Not allowed' });
    expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining('Manage sprints in DELTA')]);
  });
});

agreesWithOpenApi(() => app.jira);
