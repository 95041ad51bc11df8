import { describe, expect, it } from 'vitest';
import { useSalesforce } from '../harness.ts';
import { plannedCalls } from '../planned.ts';

const salesforce = useSalesforce();
const deletion = plannedCalls('deleteRecord', () => salesforce);
const isThere = (objectType: string, id: string) => salesforce.sandbox.records(objectType).some(({ Id }) => Id === id);
const undelete = async (json: object) => (await salesforce.call('undeleteRecord', { json })).body;
const deleted = async (name: string) => {
  const fields = JSON.stringify({ Name: name });
  const { body } = await salesforce.call('createRecord', { json: { objectType: 'Account', fields, repeat: true } });
  const id = String(body.recordId);
  const contact = JSON.stringify({ LastName: 'Of it', AccountId: id });
  const { body: child } = await salesforce.call('createRecord', { json: { objectType: 'Contact', fields: contact } });
  await deletion.confirm(await deletion.plan({ recordId: id }));
  return { id, contact: String(child.recordId) };
};

describe('undeleteRecord', () => {
  it('brings a record back by its ID, with what was deleted with it', async () => {
    const { id, contact } = await deleted('Back Ltd');
    expect([isThere('Account', id), isThere('Contact', contact)]).toEqual([false, false]);
    expect(await undelete({ recordId: id })).toMatchObject({
      objectType: 'Account',
      recordId: id,
      name: 'Back Ltd',
      url: expect.stringContaining(id),
    });
    expect([isThere('Account', id), isThere('Contact', contact)]).toEqual([true, true]);
    salesforce.costs();
    // An answer may be lost, so that it is asked for again.
    for (const again of [{ recordId: id }, { objectType: 'Account', name: 'back ltd' }]) {
      expect(await undelete(again)).toMatchObject({ recordId: id, note: expect.stringContaining('is not deleted') });
    }
    expect(salesforce.costs().filter(each => each.includes('/Soap/'))).toEqual([]);
  });

  it('finds it by its object and name, and never takes the first of several', async () => {
    const { id } = await deleted(`O'Back "Ltd" \\ %`);
    expect(await undelete({ objectType: 'Account', name: `o'back "ltd" \\ %` })).toMatchObject({ recordId: id });
    await deleted('Twice');
    await deleted('Twice');
    expect(await undelete({ objectType: 'Account', name: 'Twice' })).toMatchObject({
      code: 'ambiguous',
      detail: expect.stringMatching(/Twice \(001\w+, deleted 20\d\d-\d\d-\d\d\); Twice \(001/),
    });
    expect(await undelete({ objectType: 'Account', name: 'Wingtip' })).toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining('Did you mean Wingtip Toys (001'),
    });
  });

  it('tells into which record it was merged, and takes one that was only deleted before it', async () => {
    const make = async () => {
      const json = { objectType: 'Account', fields: '{"Name":"Merged away"}', allowDuplicate: true, repeat: true };
      return String((await salesforce.call('createRecord', { json })).body.recordId);
    };
    const [stays, goes] = [await make(), await make()];
    const merging = plannedCalls('mergeRecords', () => salesforce);
    await merging.confirm(await merging.plan({ recordId: stays, duplicateIds: goes }));
    const refused = { code: 'conflict', detail: expect.stringContaining(`was merged into ${stays}`) };
    expect(await undelete({ recordId: goes })).toMatchObject(refused);
    await deletion.confirm(await deletion.plan({ recordId: stays }));
    expect(await undelete({ objectType: 'Account', name: 'Merged away' })).toMatchObject({ recordId: stays });
  });

  it.each([
    ['nothing', {}, 'Give either recordId'],
    ['a name without its object', { name: 'Twice' }, 'Give the object'],
    ['what was never there', { recordId: '001Sx000000000zIAA' }, 'for 15 days'],
    ['a name that nothing has', { objectType: 'Account', name: 'Never' }, 'No deleted Account'],
  ])('refuses %s', async (_, input, says) => {
    expect((await undelete(input)).detail).toContain(says);
  });
});
