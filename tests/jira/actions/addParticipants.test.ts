import { expect, it } from 'vitest';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

it('shares a request with people and organisations by name, and tells who had it already', async () => {
  const { body } = await app.write('addParticipants', {
    issueKey: 'HELP-2',
    people: 'Maria Keller, Ana Ruiz',
    organizations: 'fabrikam',
  });
  expect(body).toMatchObject({
    issueKey: 'HELP-2',
    added: ['Ana Ruiz', 'Fabrikam'],
    already: ['Maria Keller'],
    participants: ['Maria Keller', 'Ana Ruiz'],
    organizations: ['Contoso', 'Fabrikam'],
  });
  expect(app.sent('PUT', /issue\/HELP-2$/)).toEqual({ fields: { customfield_10061: [1, 2] } });
  app.costs();
  const { body: again } = await app.write('addParticipants', { issueKey: 'HELP-2', people: 'Ana Ruiz' });
  expect(again).toMatchObject({ added: [], already: ['Ana Ruiz'] });
  expect(app.costs().some(each => /^(POST|PUT)/.test(each))).toBe(false);
});

it('writes nothing where somebody or an organisation is not found, or nobody is named', async () => {
  const { body: nobody } = await app.write('addParticipants', { issueKey: 'HELP-4', people: 'Ana Ruiz, Nora Nobody' });
  expect(nobody.code).toBe('not_found');
  const unknown = { issueKey: 'HELP-4', people: 'Ana Ruiz', organizations: 'Contosso' };
  const { body: organization } = await app.write('addParticipants', unknown);
  expect(organization.errors).toEqual([
    { field: 'organizations', message: expect.stringContaining('nearest are "Contoso"') },
  ]);
  const { body: none } = await app.write('addParticipants', { issueKey: 'HELP-4' });
  expect(none.code).toBe('invalid_input');
  const { body: issue } = await app.write('addParticipants', { issueKey: 'ATLAS-12', people: 'Ana Ruiz' });
  expect(issue.errors).toEqual([{ field: 'issueKey', message: expect.stringContaining('no request') }]);
  expect(app.costs().some(each => /^(POST|PUT)/.test(each))).toBe(false);
});

it('says what was done where the organisations fail after the people', async () => {
  app.jira.fail({ method: 'PUT', path: '/issue/HELP-7$', status: 403, body: '{"errorMessages":["No."]}' });
  const { body } = await app.write('addParticipants', {
    issueKey: 'HELP-7',
    people: 'Maria Keller',
    organizations: 'Fabrikam',
  });
  expect(body).toMatchObject({ code: 'forbidden', retryable: false });
  expect(body.detail).toMatch(/^The people were added to HELP-7, but the organisations were not/);
});

it('adds the organisation of a person by "theirs", and asks where that is none or one of several', async () => {
  app.costs();
  const { body } = await app.write('addParticipants', {
    issueKey: 'HELP-5',
    people: 'Maria Keller',
    organizations: 'theirs',
  });
  expect(body).toMatchObject({ added: ['Maria Keller', 'Contoso'], organizations: ['Fabrikam', 'Contoso'] });
  expect(app.costs().filter(each => each.includes('/organization'))).toHaveLength(1);
  const { body: several } = await app.write('addParticipants', {
    issueKey: 'HELP-5',
    people: 'Carla Client',
    organizations: 'Theirs',
  });
  expect(several.code).toBe('ambiguous');
  expect(several.errors).toEqual([
    { field: 'organizations', message: expect.stringMatching(/^Carla Client belongs to several.*Contoso, Fabrikam/) },
  ]);
  const { body: none } = await app.write('addParticipants', {
    issueKey: 'HELP-5',
    people: 'Maria Keller, Ana Ruiz',
    organizations: 'theirs',
  });
  expect(none).toMatchObject({ code: 'not_found', detail: expect.stringContaining('Ana Ruiz belongs to no') });
  const { body: whose } = await app.write('addParticipants', { issueKey: 'HELP-5', organizations: 'theirs' });
  expect(whose.errors).toEqual([{ field: 'organizations', message: expect.stringContaining('name them as well') }]);
  expect(app.costs().some(each => /^(POST|PUT)/.test(each))).toBe(false);
});

it('adds somebody who is named twice once, and takes a JSON list', async () => {
  const twice = { issueKey: 'HELP-4', people: '["Li Wei", "li.wei@example.com"]', organizations: 'Contoso,CONTOSO' };
  const { body } = await app.write('addParticipants', twice);
  expect(body.added).toEqual(['Li Wei', 'Contoso']);
});
