import { expect, it } from 'vitest';
import { principal } from '../../support/principal.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp({ INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' });
const as = (name: string) =>
  principal({ tid: 'tenant', oid: `oid of ${name}`, scp: 'access', upn: `${name}@example.com` });
const answer = (name: string, input: Record<string, unknown>) =>
  app.write('answerRequestApproval', { decision: 'approve', ...input }, as(name));
const answers = () => app.costs().filter(each => each.startsWith('POST'));

it('answers for the approver who asks, where this service acts as that very account', async () => {
  const { status, body } = await answer('agent', { issueKey: 'HELP-5', decision: 'decline' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issueKey: 'HELP-5',
    name: 'Waiting for approval',
    decision: 'declined',
    approvers: [{ name: 'Copilot Agent', decision: 'declined' }],
  });
  expect(app.sent('POST', /approval\/\d+$/)).toEqual({ decision: 'decline' });
  expect(answers()).toHaveLength(1);
  // What was decided stays so.
  const { body: again } = await answer('agent', { issueKey: 'HELP-5', decision: 'decline' });
  expect(again).toMatchObject({ decision: 'declined', note: expect.stringContaining('before') });
  const { body: other } = await answer('agent', { issueKey: 'HELP-5' });
  expect(other).toMatchObject({ code: 'conflict', detail: expect.stringContaining('declined already') });
  expect(answers()).toEqual([]);
});

it("refuses with this service's own account what only the approver may answer, and says where they do", async () => {
  const { status, body } = await answer('priya.n', { issueKey: 'HELP-4' });
  expect([status, body.code]).toEqual([403, 'forbidden']);
  expect(body.detail).toMatch(/acts in Jira as an account of its own.*Nothing was answered.*\/browse\/HELP-4$/);
  expect(answers()).toEqual([]);
});

it('tells who is asked where the user is not, and where this service does not know them', async () => {
  const { body } = await answer('zoe.obrien', { issueKey: 'HELP-4' });
  expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('it waits for Priya Natarajan') });
  const { body: stranger } = await answer('stranger', { issueKey: 'HELP-4' });
  expect(stranger).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('does not know the Jira account'),
  });
  const { body: nothing } = await answer('agent', { issueKey: 'HELP-2' });
  expect(nothing).toMatchObject({ code: 'conflict', detail: 'No approval of HELP-2 waits for an answer.' });
  const { body: unknown } = await answer('priya.n', { issueKey: 'HELP-4', approval: 'Board' });
  expect(unknown).toMatchObject({ code: 'not_found', detail: expect.stringContaining('Owner of the system') });
  expect(answers()).toEqual([]);
});

it('is for people alone', async () => {
  const headers = principal({ tid: 'tenant', oid: 'app', azp: 'agent', roles: ['Actions.Write'] });
  const { status } = await app.write('answerRequestApproval', { issueKey: 'HELP-5', decision: 'approve' }, headers);
  expect(status).toBe(403);
});
