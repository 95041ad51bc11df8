import { expect, it } from 'vitest';
import * as z from 'zod';
import { type JiraAnswer, useJiraApp } from '../harness.ts';

const app = useJiraApp();
const keys = ({ requests }: JiraAnswer) =>
  z
    .array(z.object({ issueKey: z.string() }))
    .parse(requests)
    .map(({ issueKey }) => issueKey);

it('lists the unassigned requests of the only desk, the oldest first, with their SLAs and the time left', async () => {
  const { body } = await app.read('listRequests', { assignee: 'none', orderBy: 'oldest' });
  expect(body).toMatchObject({ desk: 'Help desk', projectKey: 'HELP' });
  expect(keys(body)).toEqual(['HELP-1', 'HELP-4', 'HELP-2']);
  expect(body.requests[2]).toMatchObject({
    title: 'The VPN lets me in no more',
    requestType: 'Get IT help',
    status: 'To Do',
    customerStatus: 'Waiting for support',
    reporter: 'Carla Client',
    priority: 'High',
    slas: [
      { name: 'Time to first response', state: 'running', timeLeft: expect.stringMatching(/^(59m|1h)$/) },
      { name: 'Time to resolution', state: 'running' },
    ],
  });
  expect(body.requests[1].waitingFor).toEqual(['Priya Natarajan']);
  // The desk and the fields are known from then on.
  app.costs();
  await app.read('listRequests', { assignee: 'none' });
  expect(app.costs()).toEqual(['POST search/jql']);
});

it('takes the query of a queue by its name, in its own order, and names the near ones', async () => {
  const { body } = await app.read('listRequests', { projectId: 'help desk', queue: 'unassigned requests' });
  expect(keys(body)).toEqual(['HELP-1', 'HELP-4', 'HELP-2']);
  const { body: newest } = await app.read('listRequests', { queue: '31', orderBy: 'newest' });
  expect(keys(newest)).toEqual(['HELP-2', 'HELP-4', 'HELP-1']);
  const { body: wrong } = await app.read('listRequests', { queue: 'Unasigned requests' });
  expect(wrong.errors).toEqual([
    { field: 'queue', message: expect.stringMatching(/nearest are "Unassigned requests".*Assigned to me/) },
  ]);
  // The account of this service is not the user.
  const { body: mine } = await app.read('listRequests', { queue: 'Assigned to me' });
  expect(mine.errors).toEqual([
    { field: 'queue', message: expect.stringMatching(/shows everybody their own requests.*give assignee/) },
  ]);
  expect(mine.detail).not.toContain('currentUser');
});

it('finds what breaches within a span, soonest first, and tells what is breached or paused', async () => {
  const { body } = await app.read('listRequests', { breachingWithin: '2h' });
  expect(keys(body)).toEqual(['HELP-2', 'HELP-3']);
  expect(body.requests[1].slas[1]).toMatchObject({ name: 'Time to resolution', state: 'running', timeLeft: '1h' });
  expect(keys((await app.read('listRequests', { breachingWithin: '30 minutes' })).body)).toEqual([]);
  const { body: resolution } = await app.read('listRequests', { breachingWithin: '2h', sla: 'time to resolution' });
  expect(keys(resolution)).toEqual(['HELP-3']);
  const { body: late } = await app.read('listRequests', { breached: 'true', orderBy: 'oldest' });
  expect(keys(late)).toEqual(['HELP-1', 'HELP-7', 'HELP-4']);
  expect(late.requests[1].slas[1]).toMatchObject({ state: 'running', breached: true, overdueBy: '6h' });
  const { body: all } = await app.read('listRequests', { orderBy: 'timeLeft' });
  expect(keys(all)).toEqual(['HELP-1', 'HELP-7', 'HELP-4', 'HELP-2', 'HELP-3', 'HELP-5']);
  expect(all.requests.at(-1).slas[1]).toMatchObject({ state: 'paused' });
});

it('pages a list by the time left without losing or doubling one', async () => {
  const first = await app.read('listRequests', { orderBy: 'timeLeft', limit: '2' });
  const all = await app.readAll('listRequests', 'requests', { orderBy: 'timeLeft', limit: '2' });
  expect(first.body.requests).toHaveLength(2);
  expect(all.map(({ issueKey }) => issueKey)).toEqual(['HELP-1', 'HELP-7', 'HELP-4', 'HELP-2', 'HELP-3', 'HELP-5']);
});

it('finds what waits for approval, is of a type, or is done', async () => {
  const { body } = await app.read('listRequests', { waitingForApproval: 'true', orderBy: 'oldest' });
  expect(keys(body)).toEqual(['HELP-5', 'HELP-4']);
  const { body: help } = await app.read('listRequests', { requestType: 'get it help', openOnly: 'false' });
  expect(keys(help)).toEqual(['HELP-2', 'HELP-7', 'HELP-6']);
  const { body: wrong } = await app.read('listRequests', { requestType: 'Hardwear' });
  expect(wrong.errors).toEqual([{ field: 'requestType', message: expect.stringContaining('nearest are "Hardware"') }]);
});

it('finds what missed its SLA in a time, running over or stopped, with when and by how much, the last first', async () => {
  const day = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 15);
  const { body: open } = await app.read('listRequests', { breached: 'true', orderBy: 'oldest' });
  expect(open.note).toContain('openOnly false, or breachedSince');
  // Its clock stops, six hours after its goal.
  await app.write('transitionIssue', { issueKey: 'HELP-7', status: 'Done' });
  const { body } = await app.read('listRequests', { breachedSince: '7h', sla: 'Time to resolution' });
  expect(keys(body)).toEqual(['HELP-7']);
  const [, resolution] = body.requests[0].slas;
  expect(resolution).toMatchObject({ state: 'missed', breached: true, overdueBy: '6h' });
  expect(resolution.breachesAt.slice(0, 15)).toBe(day(6));
  expect(keys((await app.read('listRequests', { breachedSince: '5h', sla: 'Time to resolution' })).body)).toEqual([]);
  const { body: week } = await app.read('listRequests', { breachedSince: '52w' });
  expect(keys(week)).toEqual(['HELP-4', 'HELP-7', 'HELP-1']);
  const all = await app.readAll('listRequests', 'requests', { breachedSince: '52w', limit: '1' });
  expect(all.map(({ issueKey }) => issueKey)).toEqual(keys(week));
  const { body: done } = await app.read('listRequests', { breached: 'true', openOnly: 'false', orderBy: 'oldest' });
  expect([keys(done), done.note]).toEqual([['HELP-1', 'HELP-7', 'HELP-4'], undefined]);
});

it('also finds a clock that was missed before it was started again, and says where Jira does not tell when', async () => {
  const hour = 3_600_000;
  const now = Date.now();
  const cycle = (breached: boolean, stopped: number, more: object) => ({
    breached,
    stopTime: { epochMillis: now - stopped * hour },
    remainingTime: { millis: breached ? -2 * hour : hour },
    ...more,
  });
  const issue = (key: string, completedCycles: object[]) => ({
    id: key.slice(5),
    key,
    fields: {
      project: { id: '10013', key: 'HELP', projectTypeKey: 'service_desk' },
      summary: key,
      customfield_10065: { name: 'Time to resolution', completedCycles },
    },
  });
  const issues = [
    issue('HELP-21', [cycle(true, 3, { breachTime: { epochMillis: now - 5 * hour } }), cycle(false, 1, {})]),
    issue('HELP-22', [cycle(true, 2, {})]),
    issue('HELP-23', [cycle(true, 200, {})]),
  ];
  app.answerNext('search/jql$', { issues });
  const { body } = await app.read('listRequests', { breachedSince: '1d' });
  expect(keys(body)).toEqual(['HELP-22', 'HELP-21']);
  expect(body.requests[1].slas).toMatchObject([{ state: 'missed', overdueBy: '2h' }, { state: 'met' }]);
  expect(body.note).toContain('when HELP-22 missed an SLA');
});
