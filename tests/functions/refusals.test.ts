import { describe, expect, it } from 'vitest';
import { type Body, type Reply, request } from '../support/request.ts';
import { useSandboxedApp } from '../support/sandboxedApp.ts';

const running = useSandboxedApp();

/** What every status from 400 to 499 means, where the vendor says nothing; those that are tried again have tests of their own. */
const meaningOf: Record<number, [status: number, code: string, sentence: RegExp]> = {
  400: [400, 'invalid_input', /Check the inputs/],
  402: [403, 'forbidden', /paid/],
  403: [403, 'forbidden', /does not let this service/],
  // No vendor says so little of a thing that is not there: something else is at its address.
  404: [500, 'misconfigured', /JIRA_BASE_URL|SALESFORCE_LOGIN_URL/],
  405: [502, 'upstream_error', /this kind of request/],
  406: [502, 'upstream_error', /in a form that this service reads/],
  409: [409, 'conflict', /in the meantime/],
  410: [502, 'upstream_error', /no longer offers/],
  411: [502, 'upstream_error', /length/],
  412: [409, 'conflict', /in the meantime/],
  413: [400, 'invalid_input', /too large/],
  414: [400, 'invalid_input', /too long/],
  415: [502, 'upstream_error', /in this form/],
  416: [502, 'upstream_error', /part/],
  417: [502, 'upstream_error', /expects/],
  418: [502, 'upstream_error', /status 418/],
  421: [502, 'upstream_error', /address/],
  422: [400, 'invalid_input', /Check the inputs/],
  423: [409, 'conflict', /locked/],
  424: [409, 'conflict', /depends on/],
  426: [502, 'upstream_error', /protocol/],
  428: [502, 'upstream_error', /condition/],
  431: [502, 'upstream_error', /too long/],
  444: [502, 'upstream_error', /status 444/],
  451: [403, 'forbidden', /legal/],
  499: [502, 'upstream_error', /status 499/],
};
const meanings = Object.entries(meaningOf).map(([status, meaning]) => [Number(status), ...meaning] as const);

const bodies = ['', '<html>no</html>', '{}', '[]', '{"errorMessages":null}', '[{"message":null}]'];

describe.each(meanings)('a vendor that answers %i', (given, status, code, sentence) => {
  // After a 421 Node asks once more on another connection, as https://fetch.spec.whatwg.org/#http-network-or-cache-fetch has it.
  const times = given === 421 ? 2 : 1;
  const expectTold = ({ status: told, body }: Reply<Body>, title: string) => {
    expect([told, body]).toMatchObject([status, { code, detail: expect.stringMatching(sentence) }]);
    expect(body.detail).toContain(title);
    expect(body.retryable).toBe(given === 423);
  };

  it('to a read is told by a code and a sentence that is true', async () => {
    for (const body of bodies) {
      running.jira.fail({ status: given, body, times });
      expectTold(await request(`${running.app.url}/api/jira/getProjectUpdates?projectId=ATLAS`), 'Jira');
      running.salesforce.fail({ path: '/query$', status: given, body, times });
      expectTold(await request(`${running.app.url}/api/salesforce/findAccounts?name=Contoso`), 'Salesforce');
    }
    running.jira.clearFaults();
    running.salesforce.clearFaults();
  });

  it('to a write is known not to have made it, so that the same write is made when it is asked for again', async () => {
    const comment = { issueKey: 'ATLAS-1', comment: `Refused with ${given}` };
    const write = () => request(`${running.app.url}/api/jira/addComment`, { json: comment });
    running.jira.fail({ path: '/comment$', status: given, body: '{}', times });
    expectTold(await write(), 'Jira');
    running.jira.clearFaults();
    const again = await write();
    expect([again.status, again.body.deduplicated]).toEqual([200, undefined]);
  });
});

describe('a vendor that says why', () => {
  it.each([405, 410, 415, 418, 451])('with %i is quoted', async status => {
    running.jira.fail({ status, body: '{"errorMessages":["The gate is closed."]}' });
    const ofJira = await request(`${running.app.url}/api/jira/getProjectUpdates?projectId=ATLAS`);
    expect(ofJira.body.detail).toContain('The gate is closed.');
    running.salesforce.fail({
      path: '^/services/data',
      status,
      body: '[{"errorCode":"SOME","message":"The gate is closed."}]',
    });
    const ofSalesforce = await request(`${running.app.url}/api/salesforce/findAccounts?name=Contoso`);
    expect(ofSalesforce.body.detail).toContain('The gate is closed.');
    running.jira.clearFaults();
    running.salesforce.clearFaults();
  });
});

describe('a status that asks for another try', () => {
  it.each([408, 425])('%i goes unnoticed in a read', async status => {
    running.jira.fail({ status, times: 1 });
    expect((await request(`${running.app.url}/api/jira/getProjectUpdates?projectId=ATLAS`)).status).toBe(200);
  });

  it.each([
    [408, 504, 'upstream_timeout', false],
    [425, 503, 'upstream_unavailable', true],
  ])('%i is not answered by a second write', async (given, status, code, retryable) => {
    running.jira.fail({ path: '/comment$', status: given, times: 5 });
    const before = running.jira.requests.filter(
      ({ path, method }) => method === 'POST' && path.endsWith('/comment'),
    ).length;
    const json = { issueKey: 'ATLAS-1', comment: `Answered with ${given}` };
    const { status: told, body } = await request(`${running.app.url}/api/jira/addComment`, { json });
    expect([told, body.code, body.retryable]).toEqual([status, code, retryable]);
    const after = running.jira.requests.filter(
      ({ path, method }) => method === 'POST' && path.endsWith('/comment'),
    ).length;
    expect(after - before).toBe(1);
    running.jira.clearFaults();
  });
});
