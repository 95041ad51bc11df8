import { expect, it } from 'vitest';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

it('tells what can be requested, what it is for and which fields it needs, and asks Jira for that once', async () => {
  const desk = (id: string, projectKey: string) => ({ id, projectKey, projectId: `100${id}`, projectName: projectKey });
  app.answerNext('/servicedesk$', { values: [desk('7', 'HELP'), desk('8', 'HR')], isLastPage: true });
  const { body } = await app.read('listRequestTypes', { projectId: 'HELP' });
  expect(body).toMatchObject({ desk: 'HELP', projectKey: 'HELP' });
  expect(body.requestTypes).toHaveLength(5);
  expect(body.requestTypes[1]).toEqual({
    name: 'Hardware',
    description: 'A new or another device.',
    requiredFields: [{ name: 'Summary' }, { name: 'Device', allowedValues: expect.arrayContaining(['Laptop']) }],
    otherFields: ['Needed by', 'Why do you need it?'],
  });
  app.costs();
  const { body: one } = await app.read('listRequestTypes', { projectId: 'help', requestType: 'get it help' });
  expect(one.requestTypes).toMatchObject([{ name: 'Get IT help', requiredFields: [{ name: 'What is the matter?' }] }]);
  expect(one.requestTypes[0].optionalFields).toContainEqual({
    name: 'Urgency',
    allowedValues: expect.arrayContaining(['High']),
  });
  expect(app.costs()).toEqual([]);
  const values = Array.from({ length: 11 }, (_, at) => ({ id: String(at), name: `Type ${at}`, description: ' ' }));
  app.answerNext('/requesttype$', { values, isLastPage: true });
  const { body: many } = await app.read('listRequestTypes', { projectId: 'HR' });
  expect(many.requestTypes).toHaveLength(11);
  expect(many.requestTypes[0]).toEqual({ name: 'Type 0' });
  expect(many.note).toContain('name one as requestType');
  expect(app.costs()).toEqual(['GET /rest/servicedeskapi/servicedesk/8/requesttype']);
});

it('names the near ones of a type and of a desk', async () => {
  const { body } = await app.read('listRequestTypes', { projectId: 'HELP', requestType: 'Hardwear' });
  expect(body.errors).toEqual([{ field: 'requestType', message: expect.stringContaining('nearest are "Hardware"') }]);
  const { body: none } = await app.read('listRequestTypes', { projectId: 'ATLAS' });
  expect(none).toMatchObject({ code: 'not_found', detail: expect.stringContaining('(HELP)') });
});
