import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FieldFile,
  type ObjectFile,
  type RecordData,
  readDataFiles,
} from '../../../functions/salesforce/sandbox/dataFiles.ts';
import type { Marks } from './marks.ts';

/** Whether a field, or without one a whole object, is closed to somebody. */
export type IsClosed = (objectType: string, field?: string) => boolean;

/** Where marks stand. */
export const ofObject = (objectType: string) => `object ${objectType}`;
export const ofField = (objectType: string, field: string) => `field ${objectType}.${field}`;
export const ofOwner = (owner: string) => `owner ${owner}`;

/** What people set up and write; the rest is IDs, dates, numbers and yes or no. */
const markable = new Set<FieldFile['type']>([
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
]);

/** Values that are names of a standard: with a mark in them they would be none. */
const standardNames = new Set(['TimeZoneSidKey']);

/**
 * Writes the sandbox's own data with marks in all that is closed to somebody: in the labels of objects and fields, in the
 * choices of picklists and in the values of records. Where users see only their own records of an object, the name of
 * each has a mark of its owner as well.
 */
export async function plantSalesforce(folder: string, marks: Marks, isClosed: IsClosed): Promise<void> {
  const { objects, users, records } = await readDataFiles();
  const write = (path: string, content: unknown) => writeFile(join(folder, path), JSON.stringify(content));
  await mkdir(join(folder, 'objects'), { recursive: true });

  const markOf = (objectType: string, { name, type }: FieldFile) =>
    markable.has(type) && !standardNames.has(name) && isClosed(objectType, name)
      ? marks.of(ofField(objectType, name))
      : undefined;

  for (const [name, object] of objects) {
    const mark = isClosed(name) ? ` ${marks.of(ofObject(name))}` : '';
    await write(`objects/${name}.json`, {
      ...object,
      label: object.label + mark,
      labelPlural: object.labelPlural + mark,
      fields: object.fields.map(field => markedField(field, markOf(name, field))),
    });
  }

  const markedRecord = <Data extends RecordData>(objectType: string, object: ObjectFile, data: Data): Data => {
    const fields = new Map(object.fields.map(field => [field.name, field]));
    const values = Object.entries(data).map(([name, value]) => {
      const field = fields.get(name);
      if (!field || typeof value !== 'string') return [name, value];
      const owner = object.private && field.nameField ? ` ${marks.of(ofOwner(String(data.OwnerId)))}` : '';
      return [name, markedValue(value, field, markOf(objectType, field)) + owner];
    });
    return { ...data, ...Object.fromEntries(values) };
  };

  await write(
    'records.json',
    Object.fromEntries(
      records.map(({ objectType, records: rows }) => {
        const object = objects.get(objectType);
        return [objectType, object ? rows.map(row => markedRecord(objectType, object, row)) : rows];
      }),
    ),
  );
  const user = objects.get('User');
  await write('users.json', user ? users.map(row => markedRecord('User', user, row)) : users);
}

function markedField(field: FieldFile, mark: string | undefined): FieldFile {
  if (mark === undefined) return field;
  const { label, values, defaultValue } = field;
  return {
    ...field,
    label: `${label} ${mark}`,
    ...(values && {
      values: values.map(value =>
        typeof value === 'string' ? `${value} ${mark}` : { ...value, value: `${value.value} ${mark}` },
      ),
    }),
    ...(typeof defaultValue === 'string' && { defaultValue: `${defaultValue} ${mark}` }),
  };
}

function markedValue(value: string, { type, length = 255 }: FieldFile, mark: string | undefined): string {
  if (mark === undefined) return value;
  if (type === 'email') return `${mark}.${value}`;
  if (type === 'url') return `${value}/${mark}`;
  if (type === 'multipicklist') {
    return value
      .split(';')
      .map(choice => `${choice} ${mark}`)
      .join(';');
  }
  return `${value.slice(0, length - mark.length - 1)} ${mark}`;
}
