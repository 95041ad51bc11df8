import { describe, expect, it } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';
import { orgWith } from '../orgData.ts';
import { messagesOf, outcomesOf, plannedCalls } from '../planned.ts';

const salesforce = useSalesforce({ sandbox: { data: await orgWith(() => {}) } });
const { plan, confirm } = plannedCalls('deleteRecord', () => salesforce as never);
const isThere = (objectType: string, id: string) => salesforce.sandbox.records(objectType).some(({ Id }) => Id === id);
const deletions = () => salesforce.costs().filter(each => each.startsWith('DELETE')).length;
const create = async (objectType: string, fields: object) => {
  const { body } = await salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields) } });
  return String(body.recordId);
};
const account = (name: string) => create('Account', { Name: name });

describe('deleteRecord', () => {
  it('counts what would go with the record, says for how long it can be brought back, then deletes all of it', async () => {
    const id = await account('Gone Ltd');
    const contact = await create('Contact', { LastName: 'Gone', AccountId: id });
    await create('Contact', { LastName: 'Gone too', AccountId: id });
    await create('Opportunity', {
      Name: 'Gone deal',
      AccountId: id,
      StageName: 'Prospecting',
      CloseDate: '2030-01-01',
    });
    const planned = await plan({ recordId: id.slice(0, 15) });
    expect(planned.summary).toContain('For 15 days it can be brought back');
    expect(messagesOf(planned)).toEqual([
      'Account "Gone Ltd" goes into the recycle bin, and with it 2 Contacts and 1 Opportunity, with all that belongs to these.',
    ]);
    expect(isThere('Account', id)).toBe(true);
    salesforce.costs();
    const done = await confirm(planned);
    expect([done.summary, deletions()]).toEqual(['1 of 1 done.', 1]);
    expect([isThere('Account', id), isThere('Contact', contact)]).toEqual([false, false]);
    expect((await plan({ recordId: id })).detail).toContain('was deleted already');
  });

  it('deletes nothing with which more would go than was told', async () => {
    const id = await account('Growing Ltd');
    const planned = await plan({ recordId: id });
    await create('Contact', { LastName: 'New', AccountId: id });
    expect((await confirm(planned)).items[0]).toMatchObject({
      outcome: 'notDone',
      message: expect.stringContaining('what would go with it, has changed'),
    });
    expect(isThere('Account', id)).toBe(true);
  });

  it.each([
    ['the answer is lost', { reset: 'after' }, 'done', 1],
    ['the request is lost', { reset: 'before' }, 'unknown', 2],
  ] as const)('where %s, finds out whether it is gone', async (_, fault, outcome, requests) => {
    const planned = await plan({ recordId: await account(`Lost by ${outcome}`) });
    salesforce.costs();
    salesforce.sandbox.fail({ method: 'DELETE', ...fault });
    expect(outcomesOf(await confirm(planned))).toEqual([outcome]);
    expect(outcomesOf(await confirm(planned))).toEqual(['done']);
    expect(deletions()).toBe(requests);
  });

  it('tells what Salesforce refuses to delete, and why', async () => {
    const planned = await plan({ recordId: await account('Kept Ltd') });
    const message =
      'Your attempt to delete Kept Ltd could not be completed because it is associated with closed won deals.';
    const body = JSON.stringify([{ errorCode: 'DELETE_FAILED', message }]);
    salesforce.sandbox.fail({ method: 'DELETE', status: 400, body });
    const done = await confirm(planned);
    expect([outcomesOf(done), messagesOf(done)[0]]).toEqual([['notDone'], expect.stringContaining('closed won deals')]);
  });

  it.each([
    ['what is not there', { recordId: recordId('001', 999) }, 'There is no Account'],
    ['people', { recordId: recordId('005', 2) }, 'cannot be deleted through this service'],
  ])('refuses %s', async (_, input, says) => {
    expect((await plan(input)).detail).toContain(says);
  });
});
