import { type Client, createClient } from 'jira.js/core';
import {
  addRequestParticipants,
  answerApproval,
  createCustomerRequest,
  getApprovals,
  getArticles,
  getCustomerRequestByIdOrKey,
  getQueues,
  getRequestParticipants,
  getRequestTypeFields,
  getRequestTypes,
  getServiceDeskById,
  getServiceDeskOrganizations,
  getServiceDesks,
  getSlaInformation,
  removeRequestParticipants,
} from 'jira.js/serviceDesk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';

let sandbox: JiraSandbox;
/** jira.js's functions on a client that refuses what is not in their schemas. */
let client: Client;

beforeAll(async () => {
  sandbox = await startSandbox();
  const { JIRA_BASE_URL: host, JIRA_EMAIL: email, JIRA_API_TOKEN: apiToken } = sandbox.settings;
  client = {
    ...createClient({ host, auth: { type: 'basic', email, apiToken } }),
    async sendRequest({ url, method = 'GET', body, searchParams = {}, schema }) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(searchParams)) if (value !== undefined) query.set(name, String(value));
      const answer = await fetch(`${host}${url}?${query}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`,
          'x-experimentalapi': 'opt-in',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const json = JSON.parse(await answer.text());
      if (!answer.ok) throw new Error(`${answer.status} ${json.errorMessage}`);
      return schema ? schema.parse(json) : json;
    },
  };
});

afterAll(() => sandbox.close());

it('answers about desks as jira.js has it', async () => {
  const { values } = await getServiceDesks(client);
  expect(values).toMatchObject([{ id: '7', projectKey: 'HELP' }]);
  expect((await getServiceDeskById(client, { serviceDeskId: '7' })).projectName).toBe('Help desk');
  const queues = await getQueues(client, { serviceDeskId: '7', includeCount: true, limit: 2 });
  expect(queues).toMatchObject({ isLastPage: false, values: [{ name: 'Unassigned requests', issueCount: 3 }, {}] });
  const types = await getRequestTypes(client, { serviceDeskId: '7', searchQuery: 'hard' });
  expect(types.values?.map(({ name }) => name)).toEqual(['Hardware']);
  const { requestTypeFields } = await getRequestTypeFields(client, { serviceDeskId: '7', requestTypeId: 26 });
  expect(requestTypeFields?.[1]).toMatchObject({ required: true, validValues: [{ label: 'Laptop' }, {}, {}] });
  const organizations = await getServiceDeskOrganizations(client, { serviceDeskId: '7' });
  expect(organizations.values?.map(({ name }) => name)).toEqual(['Contoso', 'Fabrikam']);
  const articles = await getArticles(client, { query: 'vpn', highlight: true });
  expect(articles.values).toMatchObject([{ title: 'Reset your @@@hl@@@VPN@@@endhl@@@ password' }]);
});

it('makes requests, and answers about them, as jira.js has it', async () => {
  const { issueKey: issueIdOrKey = '' } = await createCustomerRequest(client, {
    serviceDeskId: '7',
    requestTypeId: '25',
    requestFieldValues: { summary: 'No sound' },
  });
  const request = await getCustomerRequestByIdOrKey(client, { issueIdOrKey });
  expect(request).toMatchObject({ requestTypeId: '25', currentStatus: { status: 'Waiting for support' } });
  expect((await getSlaInformation(client, { issueIdOrKey })).values?.map(({ name }) => name)).toEqual([
    'Time to first response',
    'Time to resolution',
  ]);
  const accountIds = ['qm:00000000-0000-4000-8000-000000000012:8'];
  await addRequestParticipants(client, { issueIdOrKey, accountIds });
  const { values } = await getRequestParticipants(client, { issueIdOrKey });
  expect(values?.map(({ displayName }) => displayName)).toEqual(['Maria Keller']);
  expect((await removeRequestParticipants(client, { issueIdOrKey, accountIds })).values).toEqual([]);
});

it('lets nobody but an approver answer an approval, and only once', async () => {
  const approvalOf = async (issueIdOrKey: string) => {
    const [first] = (await getApprovals(client, { issueIdOrKey })).values ?? [];
    return { canAnswer: first?.canAnswerApproval, issueIdOrKey, approvalId: Number(first?.id) };
  };
  const others = await approvalOf('HELP-4');
  expect(others.canAnswer).toBe(false);
  await expect(answerApproval(client, { ...others, decision: 'approve' })).rejects.toThrow(/^403 .*not an approver/);
  const own = await approvalOf('HELP-5');
  expect(own.canAnswer).toBe(true);
  expect((await answerApproval(client, { ...own, decision: 'approve' })).finalDecision).toBe('approved');
  await expect(answerApproval(client, { ...own, decision: 'decline' })).rejects.toThrow(/^409/);
});

it('refuses in the form of the service desk', async () => {
  const missing = createCustomerRequest(client, { serviceDeskId: '7', requestTypeId: '26', requestFieldValues: {} });
  await expect(missing).rejects.toThrow('400 Summary is required. Device is required.');
  await expect(getCustomerRequestByIdOrKey(client, { issueIdOrKey: 'ATLAS-1' })).rejects.toThrow(/^404/);
  const form = { serviceDeskId: '7', requestTypeId: '29', requestFieldValues: { summary: 'Jo' } };
  await expect(createCustomerRequest(client, form)).rejects.toThrow(/^400 The form is not valid/);
});
