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
      startDate: '2030-11-03',
      endDate: '2030-11-14',
      goal: 'checkout v2',
    });
    expect(body).toEqual({
      sprintId: called('Dated')[0]?.id,
      name: 'Dated',
      state: 'future',
      board: 'Delta sprints',
      startsAt: expect.stringMatching(/^2030-11-03T00:00:00\+0\d:\d\d$/),
      endsAt: expect.stringMatching(/^2030-11-14T23:59:59\+0\d:\d\d$/),
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

  it.each(['active', 'Next', 'backlog', 'none'])('has no name that means another sprint: %s', async name => {
    const { body } = await create({ name });
    expect([body.code, body.errors?.[0]?.field]).toEqual(['invalid_input', 'name']);
    const { body: renamed } = await app.write('updateSprint', { projectId: 'DELTA', sprint: 'next', newName: name });
    expect(renamed.errors?.[0]?.field).toBe('newName');
  });

  it('starts it where asked, which sets a start that was not given', async () => {
    const active = app.jira.site.sprints.find(({ name }) => name === 'Delta 8');
    if (active) active.state = 'closed';
    const { body: refused } = await create({ name: 'Started', start: true });
    expect(refused.errors?.[0]?.field).toBe('endDate');
    const { body } = await create({ name: 'Started', endDate: '2030-01-14', start: true });
    expect(body).toMatchObject({ state: 'active', startsAt: expect.any(String) });
    expect(app.sent('POST', /\/sprint\/\d+$/)).toMatchObject({ state: 'active' });
  });

  it('refuses to start one where another one is active, before it creates it', async () => {
    const { status, body } = await create({ name: 'Waiting', endDate: '+2w', start: true });
    expect([status, body.code, body.errors?.[0]?.field]).toEqual([409, 'conflict', 'start']);
    expect(body.detail).toMatch(/active sprint, "Started".*Nothing was created/);
    expect(body.detail).toMatch(/sprint "Started", state closed(?:: all its issues are done|.*its \d+ issues? that)/);
    expect(called('Waiting')).toEqual([]);
  });

  it.each([
    [
      'refused',
      { status: 400, body: '{"errorMessages":["No more."]}' },
      /was created, but it was not started: .*No more/,
    ],
    ['lost', { reset: 'before' }, /was created, but it is not known whether it was started/],
  ] as const)('gives the sprint with a note where Jira’s start of it is %s', async (what, fault, told) => {
    for (const sprint of app.jira.site.sprints) if (sprint.state === 'active') sprint.state = 'closed';
    app.jira.fail({ method: 'POST', path: '/sprint/\\d+$', ...fault });
    const { status, body } = await create({ name: `Start ${what}`, endDate: '+2w', start: true });
    expect([status, body.state, body.note]).toEqual([200, 'future', expect.stringMatching(told)]);
    expect(called(`Start ${what}`)).toMatchObject([{ id: body.sprintId }]);
    app.jira.clearFaults();
  });

  it('takes a span from its start for its end, by the clock of the site', async () => {
    const { body } = await create({ name: 'Two weeks', startDate: '2027-03-22', endDate: '+2w' });
    // The clocks are put forward in between.
    expect(body).toMatchObject({ startsAt: '2027-03-22T00:00:00+01:00', endsAt: '2027-04-04T23:59:59+02:00' });
  });

  it('says where one is started whose start is still to come, and of no other', async () => {
    for (const sprint of app.jira.site.sprints) if (sprint.state === 'active') sprint.state = 'closed';
    const { body } = await create({ name: 'Early', startDate: '2030-01-07', endDate: '+2w', start: true });
    expect(body).toMatchObject({ state: 'active', note: expect.stringContaining('still to come') });
    for (const sprint of app.jira.site.sprints) if (sprint.state === 'active') sprint.state = 'closed';
    const { body: onTime } = await create({ name: 'On time', endDate: '2030-01-21', start: true });
    expect(onTime).toMatchObject({ state: 'active' });
    expect(onTime.note).toBeUndefined();
  });

  it('says where a sprint lies in the past, and starts none that would be over at once', async () => {
    const past = { startDate: '2026-01-05', endDate: '2026-01-16' };
    const { body } = await create({ name: 'Past', ...past });
    expect(body.note).toContain('end of the sprint is past');
    for (const sprint of app.jira.site.sprints) if (sprint.state === 'active') sprint.state = 'closed';
    const { body: refused } = await create({ name: 'Over', ...past, start: true });
    expect([refused.errors?.[0]?.field, refused.detail]).toEqual(['endDate', expect.stringContaining('over at once')]);
    expect(called('Over')).toEqual([]);
  });

  it.each([
    ['an end before the start', { name: 'No', startDate: '2026-11-14', endDate: '2026-11-03' }, 'endDate'],
    ['a span without a start', { name: 'No', endDate: '+2w' }, 'endDate'],
    ['a span back', { name: 'No', endDate: '2d' }, 'endDate'],
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
