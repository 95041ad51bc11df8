import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const add = (json: object) => salesforce.call('addCampaignMembers', { json });
const members = () => salesforce.sandbox.records('CampaignMember');

test('a campaign is told by its name with what Salesforce counts of it', async () => {
  const { status, body } = await salesforce.call('getCampaign', { query: { campaign: 'autumn webinar' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: 'Autumn Webinar',
    type: 'Webinar',
    leads: 2,
    contacts: 3,
    responses: 3,
    opportunities: 3,
    wonOpportunities: 2,
    wonAmount: 49_700,
    actualCost: 4800,
    currency: 'USD',
  });
  expect(body.summary).toContain('2 won for 49,700 USD');
  expect(list(body.members)).toContainEqual({ status: 'Attended', count: 2 });
  expect(salesforce.costs()).toEqual(['GET /query', 'GET /query']);
});

test('people are added by name, address and ID with a status, and who is a member is told and not doubled', async () => {
  const people = `Sam Peters, KWAME.mensah@prospect.example, ${recordId('003', 3)}, Maria Olsen, sam.peters@contoso.example`;
  const { status, body } = await add({ campaign: 'Autumn Webinar', people, status: 'registered' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'Registered',
    added: ['Sam Peters (contact, Contoso)', 'Kwame Mensah (lead, Accra Solar)', 'Inês Carvalho (contact, Contoso)'],
    already: ['Maria Olsen (contact, Contoso): Attended'],
  });
  expect(members()).toHaveLength(8);
  expect(members().filter(({ Status }) => Status === 'Registered')).toHaveLength(4);
  const { body: again } = await add({ campaign: 'Autumn Webinar', people, status: 'Registered', repeat: true });
  expect(again).toMatchObject({ added: [] });
  expect(members()).toHaveLength(8);
});

test('the default status is that of the campaign', async () => {
  const { body } = await add({ campaign: recordId('701', 2), people: 'Bertha Boxer' });
  expect(body).toMatchObject({ campaign: 'Spring Fair', status: 'Sent', added: [expect.stringContaining('Bertha')] });
  expect(members().at(-1)).toMatchObject({ Status: 'Sent', Name: 'Bertha Boxer' });
});

test.each([
  [{ campaign: 'Autumn Webinar', people: 'Sam Peters, Nobody Known' }, 'invalid_input', /"Nobody Known" is no contact/],
  [{ campaign: 'Autumn Webinar', people: 'Boxer' }, 'invalid_input', /Did you mean Bertha Boxer \(lead, 00Q/],
  [{ campaign: 'Autumn Webinar', people: 'Sam Peters', status: 'Atended' }, 'invalid_input', /Did you mean Attended/],
  [{ campaign: 'Winter', people: 'Sam Peters' }, 'not_found', /No campaign is called "Winter"/],
  // A lead that was converted is a contact by now.
  [{ campaign: 'Autumn Webinar', people: 'Andy Young' }, 'invalid_input', /no open lead/],
])('nobody is added by %j: %s', async (json, code, detail) => {
  const before = members().length;
  const { body } = await add(json);
  expect(body.code).toBe(code);
  expect(body.detail).toMatch(detail);
  expect(members()).toHaveLength(before);
});

test('of a contact and a lead of one name, or several, the user chooses', async () => {
  const lead = { objectType: 'Lead', fields: '{"FirstName":"Sam","LastName":"Peters","Company":"Acme"}' };
  await salesforce.call('createRecord', { json: lead });
  const { body } = await add({ campaign: 'Spring Fair', people: 'Sam Peters' });
  expect(body).toMatchObject({ code: 'ambiguous', detail: expect.stringMatching(/contact, 003\w+.*lead, 00Q/) });
});

test('an account stands for its contacts, without those of its subsidiaries', async () => {
  const { body } = await add({ campaign: 'Autumn Webinar', people: 'Fabrikam, Inc.' });
  expect(body.code).toBe('invalid_input');
  const { body: done } = await add({ campaign: 'Autumn Webinar', people: '"Fabrikam, Inc."' });
  expect(done.added).toEqual(expect.arrayContaining(['Grace Hall (contact, Fabrikam, Inc.)']));
  expect(done.note).toMatch(/^Fabrikam, Inc\. stands for its \d contacts, without those of its subsidiaries/);
});
