import type { Failure } from '../../../shared/failure.ts';
import { type Duplicate, DuplicatesFound, duplicatesFailure } from './answerFailure.ts';
import { nameFieldOf } from './objectNames.ts';
import { isSameRecord } from './recordId.ts';
import { names, type Soql, soql } from './soql.ts';
import type { SalesforceRecord } from './wire.ts';

/** The most duplicates of which the names are looked up. */
const MAX_NAMED = 20;

type Query = (statement: Soql) => Promise<SalesforceRecord[]>;

/** A duplicate rule's refusal with the names of the records that it found, as far as they may be seen. */
export async function withNames({ duplicates, maySave, said }: DuplicatesFound, query: Query): Promise<Failure> {
  const named = await namesOf(duplicates, query).catch(() => duplicates);
  return duplicatesFailure(new DuplicatesFound({ duplicates: named, maySave, said }));
}

/** A rule may find records of several objects: a contact may be a lead already. */
async function namesOf(duplicates: readonly Duplicate[], query: Query): Promise<readonly Duplicate[]> {
  const unnamed = duplicates.filter(({ name }) => !name).slice(0, MAX_NAMED);
  const groups = [...Map.groupBy(unnamed, ({ objectType }) => objectType)];
  const records = await Promise.all(
    groups.map(async ([objectType, group]) => {
      const nameField = objectType && nameFieldOf(objectType);
      if (!nameField) return [];
      const ids = group.map(({ recordId }) => recordId);
      const found = await query(soql`SELECT Id, ${names(nameField)} FROM ${names(objectType)} WHERE Id IN ${ids}`);
      return found.map(({ Id, [nameField]: name }) => ({ id: String(Id), name }));
    }),
  );
  return duplicates.map(duplicate => {
    const name = records.flat().find(({ id }) => isSameRecord(id, duplicate.recordId))?.name;
    return typeof name === 'string' ? { ...duplicate, name } : duplicate;
  });
}
