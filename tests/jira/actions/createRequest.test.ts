import { expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();
const laptop = { requestType: 'hardware', summary: 'A new laptop', additionalFields: '{"Device": "laptop"}' };

it('makes a request on behalf of a customer, by the names that the portal has, in one write', async () => {
  const { status, body } = await app.write('createRequest', {
    ...laptop,
    onBehalfOf: 'Maria Keller',
    participants: 'carla@client.example',
    additionalFields:
      '{"Device": "laptop", "Needed by": "2026-12-24", "Why do you need it?": "The old one is **slow**."}',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issueKey: expect.stringMatching(/^HELP-\d+$/),
    title: 'A new laptop',
    requestType: 'Hardware',
    reporter: 'Maria Keller',
    participants: ['Carla Client'],
    desk: 'Help desk',
    customerStatus: 'Waiting for support',
    slas: [
      { state: 'running', timeLeft: '4h' },
      { state: 'running', timeLeft: '24h' },
    ],
  });
  expect(app.costs().filter(each => each.startsWith('POST'))).toEqual(['POST /rest/servicedeskapi/request']);
  expect(app.sent('POST', /servicedeskapi\/request$/)).toEqual({
    serviceDeskId: '7',
    requestTypeId: '26',
    raiseOnBehalfOf: 'qm:00000000-0000-4000-8000-000000000012:8',
    requestParticipants: ['qm:00000000-0000-4000-8000-000000000011:7'],
    requestFieldValues: {
      summary: 'A new laptop',
      customfield_10050: { id: '10250' },
      customfield_10051: '2026-12-24',
      description: 'The old one is {*}slow{*}.',
    },
  });
});

it('names every field that is missing or wrong, with its choices, and makes nothing', async () => {
  const { status, body } = await app.write('createRequest', {
    requestType: 'Hardware',
    additionalFields: '{"Colour": "red", "Needed by": "soon"}',
  });
  expect([status, body.code]).toEqual([400, 'invalid_input']);
  expect(body.errors).toEqual([
    { field: 'additionalFields', message: expect.stringMatching(/no field "Colour".*Device, Needed by/) },
    { field: 'additionalFields', message: expect.stringContaining('"Needed by" takes a day') },
    { field: 'summary', message: '"Summary" is required here.' },
    {
      field: 'additionalFields',
      message: '"Device" is required here: give it in additionalFields. It takes Laptop, Monitor, Phone.',
    },
  ]);
  expect(app.costs().some(each => each.startsWith('POST'))).toBe(false);
});

it('says that a form stands in the way, and where the user fills it in', async () => {
  const { status, body } = await app.write('createRequest', { requestType: 'New starter', summary: 'Jo Bell' });
  expect([status, body.code, body.retryable]).toEqual([409, 'conflict', false]);
  expect(body.detail).toMatch(/asks for a form.*Nothing was made.*\/servicedesk\/customer\/portal\/7\/create\/29/);
});

it('takes no request type, customer or field for another', async () => {
  const { body: type } = await app.write('createRequest', { ...laptop, requestType: 'Hardwares' });
  expect(type.errors).toEqual([{ field: 'requestType', message: expect.stringContaining('"Hardware"') }]);
  const { body: nobody } = await app.write('createRequest', { ...laptop, onBehalfOf: 'Nora Nobody' });
  expect(nobody.code).toBe('not_found');
  const { body: several } = await app.write('createRequest', { ...laptop, onBehalfOf: 'Sam' });
  expect(several.code).toBe('ambiguous');
  const { body: device } = await app.write('createRequest', { ...laptop, additionalFields: '{"Device": "Tablet"}' });
  expect(device.errors).toEqual([
    { field: 'additionalFields', message: expect.stringContaining('It takes Laptop, Monitor, Phone') },
  ]);
});

it('refuses a text that is too long in the markup that the service desk takes', async () => {
  const { body } = await app.write('createRequest', { ...laptop, description: '[x]'.repeat(8_000) });
  expect(body.errors).toEqual([{ field: 'description', message: expect.stringContaining('40000 characters') }]);
});

agreesWithOpenApi(() => app.jira);
