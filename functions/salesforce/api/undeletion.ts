import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { objectOf } from './readRecord.ts';
import { nameFieldIn } from './recordChanges.ts';
import type { Salesforce } from './salesforce.ts';
import { containing, names, type Soql, soql } from './soql.ts';
import type { ObjectDescription, SalesforceRecord } from './wire.ts';

interface Undeletion {
  objectType?: string | undefined;
  recordId?: string | undefined;
  name?: string | undefined;
}

const MAX_CHOICES = 6;

/**
 * Takes a record out of the recycle bin, with what went there with it.
 * One that is not deleted, as after a call whose answer was lost, is told so and left as it is.
 * @throws Failure `not_found`, `ambiguous` where several deleted records have the name, `conflict` where it was merged
 */
export async function undelete(salesforce: Salesforce, { objectType, recordId, name }: Undeletion) {
  if ((recordId === undefined) === (name === undefined)) {
    throw invalidInput([{ field: 'recordId', message: 'Give either recordId, or objectType and name.' }]);
  }
  if (recordId === undefined && objectType === undefined) {
    throw invalidInput([{ field: 'objectType', message: 'Give the object of the record that is called so.' }]);
  }
  const object = await salesforce.describe(objectType ?? (await objectOf(salesforce, recordId ?? '')));
  const record =
    recordId === undefined ? await byName(salesforce, object, name ?? '') : await byId(salesforce, object, recordId);
  const id = String(record.Id);
  if (typeof record.MasterRecordId === 'string') {
    throw new Failure(
      'conflict',
      `${object.label} ${id} was merged into ${record.MasterRecordId}, which cannot be undone: that record has what belonged to it.`,
    );
  }
  const isDeleted = record.IsDeleted === true;
  if (isDeleted) await salesforce.soap({ kind: 'undelete', objectType: object.name, recordId: id });
  const title = record[nameFieldIn(object) ?? ''];
  return {
    objectType: object.name,
    recordId: id,
    ...(typeof title === 'string' && { name: title }),
    url: salesforce.recordUrl(object.name, id),
    note: isDeleted
      ? 'It is back, with what was deleted with it.'
      : 'It is not deleted: it is there already, so nothing was done.',
  };
}

function deleted(salesforce: Salesforce, object: ObjectDescription, condition: Soql): Promise<SalesforceRecord[]> {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const own = ['IsDeleted', 'LastModifiedDate', 'MasterRecordId', nameFieldIn(object) ?? ''].filter(has);
  return salesforce.query(
    soql`SELECT ${names(...new Set(['Id', ...own]))} FROM ${names(object.name)} WHERE ${condition} ORDER BY LastModifiedDate DESC, Id LIMIT ${MAX_CHOICES}`,
    { withDeleted: true },
  );
}

const inBin =
  'What is deleted is there for 15 days, unless the recycle bin was emptied; an administrator may still find it.';

async function byId(salesforce: Salesforce, object: ObjectDescription, recordId: string): Promise<SalesforceRecord> {
  const [record] = await deleted(salesforce, object, soql`Id = ${recordId}`);
  if (!record) {
    throw new Failure(
      'not_found',
      `There is no ${object.label} ${recordId} in the recycle bin that this service may see. ${inBin}`,
    );
  }
  return record;
}

async function byName(salesforce: Salesforce, object: ObjectDescription, name: string): Promise<SalesforceRecord> {
  const column = names(nameFieldIn(object) ?? 'Name');
  const all = await deleted(salesforce, object, soql`IsDeleted = TRUE AND ${column} = ${name}`);
  const own = all.filter(({ MasterRecordId }) => typeof MasterRecordId !== 'string');
  const exact = own.length > 0 ? own : all;
  const choice = (record: SalesforceRecord) =>
    `${String(record[nameFieldIn(object) ?? ''])} (${String(record.Id)}, deleted ${String(record.LastModifiedDate ?? '').slice(0, 10)})`;
  const [only, ...others] = exact;
  if (only && others.length === 0) return only;
  if (only) {
    const message = `several deleted records are called ${quoted(name)}: ${exact.map(choice).join('; ')}. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', `name: ${message}`, { errors: [{ field: 'name', message }] });
  }
  const [there, ...more] = await deleted(salesforce, object, soql`IsDeleted = FALSE AND ${column} = ${name}`);
  if (there && more.length === 0) return there;
  const near = await deleted(salesforce, object, soql`IsDeleted = TRUE AND ${column} LIKE ${containing(name)}`);
  const hint = near.length > 0 ? `Did you mean ${near.map(choice).join('; ')}?` : inBin;
  throw new Failure('not_found', `No deleted ${object.label} is called ${quoted(name)}. ${hint}`);
}
