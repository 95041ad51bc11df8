import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { ItemResult, ItemState, Known } from '../../../shared/plan/carryOut.ts';
import type { PlanItem } from '../../../shared/plan/plans.ts';
import { beginning, quoted } from '../../../shared/text.ts';
import { counted } from './counted.ts';
import { countChildren } from './deletion.ts';
import { findingActions } from './findingActions.ts';
import { objectOf } from './readRecord.ts';
import { isReadable, isSame, labelFor, nameFieldIn, plainValue } from './recordChanges.ts';
import { valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { names, soql } from './soql.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';
import { listed } from './writesOfMany.ts';

/** What is needed to merge records, as it is kept until it is confirmed. */
export const mergeData = z.object({
  objectType: z.string(),
  duplicateIds: z.array(z.string()),
  /** What people call the duplicates. */
  called: z.array(z.string()).optional(),
});

type PlannedMerge = PlanItem & { data: z.output<typeof mergeData> };

/** Of what the record that stays lacks, or has another value of, so many fields are told. */
const MAX_LACKING = 12;
/** Of a value so much is told. */
const MAX_VALUE = 80;
/** More fields are not compared. */
const MAX_COMPARED = 150;

/** What merging records would do. It changes nothing. @throws Failure for what cannot be merged */
export async function planMerge(
  salesforce: Salesforce,
  { recordId, duplicateIds }: { recordId: string; duplicateIds: readonly string[] },
): Promise<{ summary: string; items: PlannedMerge[] }> {
  const object = await salesforce.describe(await objectOf(salesforce, recordId));
  requireMergeable(object, recordId, duplicateIds);
  const compared = object.fields.filter(isCompared).slice(0, MAX_COMPARED);
  const hasOwner = object.fields.some(({ name }) => name === 'OwnerId');
  const ownerPaths = hasOwner ? await salesforce.openPaths(object.name, ['Owner.Name']) : [];
  const [records, counts] = await Promise.all([
    readForMerge(salesforce, object, [recordId, ...duplicateIds], [...compared.map(({ name }) => name), ...ownerPaths]),
    Promise.all(duplicateIds.map(id => countChildren(salesforce, object, id, () => true))),
  ]);
  const [master, ...duplicates] = [recordId, ...duplicateIds].map(id => {
    const record = records.find(({ Id }) => Id === id);
    if (record && record.IsDeleted !== true) return record;
    if (typeof record?.MasterRecordId === 'string') {
      throw new Failure('conflict', `${object.label} ${id} was merged into ${record.MasterRecordId} already.`);
    }
    if (record) throw new Failure('not_found', `${object.label} ${id} was deleted; undeleteRecord brings it back.`);
    throw new Failure(
      'not_found',
      `There is no ${object.label} ${id} that this service may see. Find it by name, with ${findingActions([object.name])}.`,
    );
  });
  if (!master) throw new Failure('not_found', 'There is nothing to merge.');
  requireSameKind(object, master, duplicates);
  const going = duplicates.map((record, at) => {
    const children = (counts[at]?.children ?? []).map(({ one, many, count }) => counted(count, [one, many]));
    return `${titleOf(record, object)}${children.length > 0 ? ` with its ${listed(children)}` : ''}`;
  });
  const lacking = compared.filter(
    ({ name }) => isEmpty(master[name]) && duplicates.some(record => !isEmpty(record[name])),
  );
  const differing = compared.filter(
    field =>
      !isEmpty(master[field.name]) &&
      duplicates.some(record => !isEmpty(record[field.name]) && !isSame(field, record[field.name], master[field.name])),
  );
  const ownerOf = (record: SalesforceRecord) => valueAt(record, 'Owner.Name');
  const otherOwners = [
    ...new Set(duplicates.map(ownerOf).filter(name => typeof name === 'string' && name !== ownerOf(master))),
  ].map(String);
  const notCounted = [...new Set(counts.flatMap(each => each.notCounted))];
  return {
    summary: [
      `${listed(duplicates.map(record => titleOf(record, object)))} would be merged into ${titleOf(master, object)} by ${salesforce.actor}, and be deleted. This cannot be undone.`,
      ...(lacking.length > 0
        ? [
            `Lost would be what only the duplicates have: ${told(lacking, field => valuesIn(duplicates, field))}. Where it matters, put it into the record that stays by updateRecord first.`,
          ]
        : []),
      ...(differing.length > 0
        ? [
            `Different, and lost because the record that stays has another value: ${told(differing, field => `${valuesIn(duplicates, field)} for ${valuesIn([master], field)}`)}.`,
          ]
        : []),
      ...(otherOwners.length > 0
        ? [`The owner stays ${String(ownerOf(master))}; ${listed(otherOwners)} no longer owns what is merged.`]
        : []),
      ...(notCounted.length > 0 ? [`Not counted: ${listed(notCounted)}.`] : []),
    ].join(' '),
    items: [
      {
        key: recordId,
        what: `${titleOf(master, object)} stays as it is and takes ${listed(going)}.`,
        version: versionOf([master, ...duplicates]),
        data: {
          objectType: object.name,
          duplicateIds: [...duplicateIds],
          called: duplicates.map(record => titleOf(record, object)),
        },
      },
    ],
  };
}

/** How the records are now: merged, as they were, or changed. @throws Failure */
export function lookAtMerges(
  salesforce: Salesforce,
  items: readonly PlannedMerge[],
  { isInDoubt }: Known,
): Promise<ItemState[]> {
  return Promise.all(
    items.map(async ({ key, version, data: { objectType, duplicateIds, called } }): Promise<ItemState> => {
      const object = await salesforce.describe(objectType);
      const records = await readForMerge(salesforce, object, [key, ...duplicateIds], []);
      const ordered = [key, ...duplicateIds].flatMap(id => records.filter(({ Id }) => Id === id));
      const [, ...duplicates] = ordered;
      const isGone = duplicates.length === duplicateIds.length && duplicates.every(each => each.IsDeleted === true);
      const isMerged =
        isGone && duplicates.every(({ MasterRecordId: id }) => id === key || (id === undefined && isInDoubt(key)));
      if (isMerged)
        return { is: 'done', message: doneText(called ?? duplicateIds), url: salesforce.recordUrl(objectType, key) };
      return { is: !isGone && versionOf(ordered) === version ? 'asPlanned' : 'changed' };
    }),
  );
}

/** Merges the records of each item in one request. */
export function mergePlanned(salesforce: Salesforce, items: readonly PlannedMerge[]): Promise<ItemResult[]> {
  return Promise.all(
    items.map(async ({ key, data: { objectType, duplicateIds, called } }): Promise<ItemResult> => {
      try {
        await salesforce.soap({ kind: 'merge', objectType, masterId: key, duplicateIds });
        return { message: doneText(called ?? duplicateIds), url: salesforce.recordUrl(objectType, key) };
      } catch (failure) {
        return { failure };
      }
    }),
  );
}

const doneText = (duplicates: readonly string[]) => `${listed(duplicates)} merged into it.`;

function requireMergeable(object: ObjectDescription, recordId: string, duplicateIds: readonly string[]): void {
  if (!object.mergeable) {
    const message = `Records of the object ${object.label} cannot be merged: Salesforce merges accounts, contacts, leads and cases.`;
    throw invalidInput([{ field: 'recordId', message }]);
  }
  if (!object.deletable || !object.updateable) {
    throw new Failure(
      'forbidden',
      `Records of the object ${object.label} cannot be merged through this service: its Salesforce user may not delete or change them, or its administrator has closed the object, or something that belongs to it.`,
    );
  }
  const prefix = recordId.slice(0, 3);
  const other = duplicateIds.find(id => !id.startsWith(prefix));
  const refused = (message: string) => invalidInput([{ field: 'duplicateIds', message }]);
  if (other !== undefined) throw refused(`${other} is of another object than ${recordId}.`);
  if (duplicateIds.includes(recordId)) throw refused('The record that stays is among them.');
}

/** A person account is no company, and its contact is merged with it alone. */
function requireSameKind(
  object: ObjectDescription,
  master: SalesforceRecord,
  duplicates: readonly SalesforceRecord[],
): void {
  const isPerson = ({ IsPersonAccount }: SalesforceRecord) => IsPersonAccount === true;
  const refused = (message: string) => invalidInput([{ field: 'duplicateIds', message }]);
  const other = duplicates.find(each => isPerson(each) !== isPerson(master));
  if (object.name === 'Account' && other) {
    throw refused(
      `${titleOf(isPerson(master) ? master : other, object)} is a person account, which Salesforce merges with person accounts only.`,
    );
  }
  const person = [master, ...duplicates].find(isPerson);
  if (object.name === 'Contact' && person) {
    throw refused(`${titleOf(person, object)} belongs to a person account: give the IDs of the person accounts.`);
  }
}

/** Fields by their labels, with what is lost of each. */
function told(fields: readonly FieldDescription[], lost: (field: FieldDescription) => string): string {
  const shown = fields.slice(0, MAX_LACKING).map(field => `${labelFor(field)} ${lost(field)}`);
  return `${shown.join('; ')}${fields.length > shown.length ? '; and more' : ''}`;
}

/** What records have in a field, each value once. */
function valuesIn(records: readonly SalesforceRecord[], field: FieldDescription): string {
  const values = records.flatMap(record => plainValue(field, record[field.name]) ?? []);
  return [...new Set(values)].map(value => quoted(beginning(value, MAX_VALUE))).join(' and ');
}

const isCompared = (field: FieldDescription) =>
  field.updateable && isReadable(field) && field.type !== 'boolean' && field.name !== 'OwnerId';

const isEmpty = (value: unknown) => value === null || value === undefined || value === '';

/** Records, deleted or not, with what tells whether they were changed or merged. */
function readForMerge(
  salesforce: Salesforce,
  object: ObjectDescription,
  ids: readonly string[],
  fields: readonly string[],
): Promise<SalesforceRecord[]> {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const own = ['IsDeleted', 'LastModifiedDate', 'MasterRecordId', 'IsPersonAccount', nameFieldIn(object) ?? ''].filter(
    has,
  );
  const columns = names(...new Set(['Id', ...own, ...fields]));
  return salesforce.query(soql`SELECT ${columns} FROM ${names(object.name)} WHERE Id IN ${ids}`, { withDeleted: true });
}

const versionOf = (records: readonly SalesforceRecord[]) =>
  JSON.stringify(records.map(({ Id, LastModifiedDate }) => [Id, LastModifiedDate]));

/** `Account "Contoso" (001…)` */
function titleOf(record: SalesforceRecord, object: ObjectDescription): string {
  const name = record[nameFieldIn(object) ?? ''];
  return typeof name === 'string'
    ? `${object.label} ${quoted(name)} (${String(record.Id)})`
    : `${object.label} ${String(record.Id)}`;
}
