import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mark, Marks } from '../canaries/marks.ts';
import { type IsClosed, ofField, ofObject, ofOwner } from '../canaries/plantSalesforce.ts';

/** Users of the Salesforce sandbox, by the keys that they have in its data. */
export type SalesforceUser = 'li-wei' | 'jonas-weber';

export const usernameOf: Readonly<Record<SalesforceUser, string>> = {
  'li-wei': 'li.wei@example.com',
  'jonas-weber': 'jonas.weber@example.com',
};

interface Rights {
  /** Objects that are closed. */
  objects: readonly string[];
  fields: Readonly<Record<string, readonly string[]>>;
}

const closedFor: Readonly<Record<SalesforceUser, Rights>> = {
  'li-wei': {
    objects: ['Case', 'Campaign', 'Quote'],
    fields: { Account: ['Rating', 'Website'], Contact: ['Phone'], Lead: ['Company', 'Title'] },
  },
  'jonas-weber': {
    objects: ['Lead', 'Project__c', 'Contract'],
    fields: { Account: ['Description', 'Industry'], Contact: ['Title'], Case: ['Subject', 'Origin'] },
  },
};

const isClosedTo = (user: SalesforceUser, objectType: string, field?: string): boolean => {
  const { objects, fields } = closedFor[user];
  return objects.includes(objectType) || (field !== undefined && (fields[objectType]?.includes(field) ?? false));
};

const users = Object.keys(closedFor) as SalesforceUser[];

/** What is closed to one of the two. */
export const isClosedToOne: IsClosed = (objectType, field) => users.some(user => isClosedTo(user, objectType, field));

/** Closes objects and fields to users in data that `plantSalesforce` has written. */
export async function grantInSalesforce(folder: string): Promise<void> {
  const path = join(folder, 'access.json');
  const given: unknown = await readFile(path, 'utf8').then(JSON.parse, () => ({}));
  const rightsOf = ({ objects, fields }: Rights) => ({
    objects: Object.fromEntries(objects.map(name => [name, []])),
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, closed]) => [name, Object.fromEntries(closed.map(each => [each, 'none']))]),
    ),
  });
  const rights = Object.fromEntries(users.map(user => [user, rightsOf(closedFor[user])]));
  await writeFile(path, JSON.stringify({ ...(given as object), users: rights }));
}

/** The marks that somebody must not be shown. */
export function closedInSalesforce(user: SalesforceUser | undefined, marks: Marks): Mark[] {
  const isClosed = (where: string): boolean => {
    const [, name = ''] = where.split(' ');
    const [objectType = '', field] = name.split('.');
    if (where === ofObject(objectType)) return user === undefined || isClosedTo(user, objectType);
    if (field !== undefined && where === ofField(objectType, field)) {
      return user === undefined || isClosedTo(user, objectType, field);
    }
    return where === ofOwner(name) && user !== name;
  };
  return marks.all().filter(({ where }) => isClosed(where));
}
