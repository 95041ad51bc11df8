import { expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

it('tells of a request what its agent asks: type, SLAs, people, fields, and comments by who may read them', async () => {
  const { body } = await app.read('getRequest', { issueKey: 'HELP-2' });
  expect(body).toMatchObject({
    issueKey: 'HELP-2',
    requestType: 'Get IT help',
    status: 'To Do',
    customerStatus: 'Waiting for support',
    reporter: 'Carla Client',
    participants: ['Maria Keller'],
    organizations: ['Contoso'],
    description: expect.stringContaining('Since this morning'),
    attachments: [{ name: 'vpn-error.png' }],
    comments: [
      { audience: 'internal', by: 'Li Wei', text: 'Her account was locked last week, too.' },
      { audience: 'public', by: 'Carla Client' },
    ],
    slas: [
      { name: 'Time to first response', state: 'running', goal: '4h', elapsed: '3h' },
      { name: 'Time to resolution', state: 'running', goal: '24h' },
    ],
  });
  // What has a place of its own is not told again.
  expect(body.otherFields).toEqual([{ name: 'Creator', value: 'Carla Client' }]);
  expect(app.costs()).toEqual(['GET field', 'GET issue/HELP-2']);
});

it('tells who decided what of an approval, and which SLA is paused, met or missed', async () => {
  const { body } = await app.read('getRequest', { issueKey: 'HELP-4' });
  expect(body.approvals).toEqual([
    {
      approvalId: expect.stringMatching(/^\d+$/),
      name: 'Owner of the system',
      decision: 'pending',
      approvers: [
        { name: 'Ana Ruiz', decision: 'approved' },
        { name: 'Priya Natarajan', decision: 'pending' },
      ],
    },
  ]);
  expect(body.slas[0]).toMatchObject({ state: 'running', breached: true, overdueBy: '1h' });
  const { body: paused } = await app.read('getRequest', { issueKey: 'HELP-5' });
  expect(paused.slas).toMatchObject([{ state: 'met' }, { state: 'paused', timeLeft: '16h' }]);
  const { body: done } = await app.read('getRequest', { issueKey: 'HELP-6' });
  expect(done.slas).toMatchObject([{ state: 'met' }, { state: 'met' }]);
  const { body: device } = await app.read('getRequest', { issueKey: 'HELP-3' });
  expect(device.otherFields).toContainEqual({ name: 'Device', value: 'Laptop' });
});

it('sends an issue of another project to getIssue', async () => {
  const { body } = await app.read('getRequest', { issueKey: 'ATLAS-12' });
  expect(body.errors).toEqual([{ field: 'issueKey', message: expect.stringMatching(/no request.*getIssue/) }]);
});

agreesWithOpenApi(() => app.jira);
