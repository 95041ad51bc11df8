import type { FieldFile, ObjectFile, PicklistValue } from './dataFiles.ts';

/** What a field can hold, in the words of describe. */
export type FieldType = FieldFile['type'];

export interface FieldDefinition {
  name: string;
  label: string;
  type: FieldType;
  /** Characters that fit; 0 for what is not text. */
  length: number;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  defaultedOnCreate: boolean;
  /** What an insert puts here when it gives no value. */
  defaultValue: string | boolean | null;
  calculated: boolean;
  /** How it is computed, for people to read; the sandbox keeps the values that it was given. */
  calculatedFormula: string | null;
  nameField: boolean;
  /** Filled with `00001001` and so on. */
  autoNumber: boolean;
  /** Where false, a condition or an ORDER BY on it is refused. */
  filterable: boolean;
  /** Hidden from users whose access is `own`. */
  hidden: boolean;
  values: PicklistValue[];
  restrictedPicklist: boolean;
  /** The field whose value decides which of the values are offered. */
  controllerName: string | null;
  /** The field of which it is a part. */
  compoundFieldName: string | null;
  htmlFormatted: boolean;
  referenceTo: string[];
  relationshipName: string | null;
  /** The name under which each parent lists the records that refer to it: `Contacts`. */
  childRelationship: string | null;
}

export interface ObjectDefinition {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  /** Users whose access is `own` see only the records that they own. */
  private: boolean;
  /** False for what has no pages of its own, such as queues. */
  layoutable?: boolean;
  /** Refuses a second record with the same value in a field; with `allowSave` it only warns. */
  duplicateRule?: { field: string; allowSave: boolean };
  /** What the pages of its record types demand and offer. */
  pages?: NonNullable<ObjectFile['pages']>;
  fields: FieldDefinition[];
  /** Only `Name`: the fields that the targets of a polymorphic reference share. It has no records. */
  pseudo: boolean;
}

export interface ChildRelationship {
  name: string;
  object: ObjectDefinition;
  field: FieldDefinition;
}

/** The objects of an org, in the order of their key prefixes. Names are found in any case, as in Salesforce. */
export interface Schema {
  objects: readonly ObjectDefinition[];
  find(name: string): ObjectDefinition | undefined;
  /** The object whose records' ids begin with the id's first three characters. */
  ofId(id: string): ObjectDefinition | undefined;
  /** What a reference leads to: one object, or `Name` when there are several. */
  target(reference: FieldDefinition): ObjectDefinition;
  /** The relationships from an object to the records that refer to it: `Contacts` of an Account. */
  children(parent: ObjectDefinition): ChildRelationship[];
}

const defaultLengths: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  picklist: 255,
  multipicklist: 4099,
  email: 80,
  phone: 40,
  url: 255,
  textarea: 32_000,
  base64: 50_000_000,
};

const picklistValueOf = (value: NonNullable<FieldFile['values']>[number]): PicklistValue =>
  typeof value === 'string' ? { value } : value;

/** `Account__r` for `Account__c`, `Owner` for `OwnerId`. */
const relationshipOf = (name: string): string =>
  name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, '');

function defineField({ values = [], ...given }: FieldFile): FieldDefinition {
  const { type, name } = given;
  const length = given.length ?? defaultLengths[type] ?? 0;
  return {
    nillable: true,
    createable: true,
    updateable: true,
    defaultedOnCreate: given.defaultValue !== undefined || given.autoNumber === true || type === 'boolean',
    defaultValue: type === 'boolean' ? false : null,
    calculated: false,
    calculatedFormula: null,
    nameField: false,
    autoNumber: false,
    filterable: type !== 'base64' && (type !== 'textarea' || length <= 255),
    hidden: false,
    restrictedPicklist: false,
    controllerName: null,
    compoundFieldName: null,
    htmlFormatted: false,
    referenceTo: [],
    relationshipName: type === 'reference' ? relationshipOf(name) : null,
    childRelationship: null,
    ...given,
    length,
    values: values.map(picklistValueOf),
  };
}

const setBySystem = { nillable: false, createable: false, updateable: false, defaultedOnCreate: true };

/** The fields that every object has, which the files therefore leave out. */
const systemFields = {
  first: (label: string): FieldFile[] => [
    { ...setBySystem, name: 'Id', label: `${label} ID`, type: 'id' },
    { ...setBySystem, name: 'IsDeleted', label: 'Deleted', type: 'boolean' },
  ],
  last: [
    { ...setBySystem, name: 'CreatedDate', label: 'Created Date', type: 'datetime' },
    { ...setBySystem, name: 'CreatedById', label: 'Created By ID', type: 'reference', referenceTo: ['User'] },
    { ...setBySystem, name: 'LastModifiedDate', label: 'Last Modified Date', type: 'datetime' },
    {
      ...setBySystem,
      name: 'LastModifiedById',
      label: 'Last Modified By ID',
      type: 'reference',
      referenceTo: ['User'],
    },
    { ...setBySystem, name: 'SystemModstamp', label: 'System Modstamp', type: 'datetime' },
  ] satisfies FieldFile[],
};

const defineObject = (name: string, { fields, ...given }: ObjectFile): ObjectDefinition => ({
  private: false,
  ...given,
  name,
  custom: name.endsWith('__c'),
  pseudo: false,
  fields: [...systemFields.first(given.label), ...fields, ...systemFields.last].map(defineField),
});

/** What a reference to records of several objects leads to: What, Who, the Owner of a Case. */
const nameObject: ObjectDefinition = {
  name: 'Name',
  label: 'Name',
  labelPlural: 'Names',
  keyPrefix: '',
  custom: false,
  private: false,
  pseudo: true,
  fields: (
    [
      { ...setBySystem, name: 'Id', label: 'Name ID', type: 'id' },
      { name: 'Name', label: 'Name', type: 'string', nameField: true },
      { name: 'Type', label: 'Type', type: 'string' },
      { name: 'FirstName', label: 'First Name', type: 'string' },
      { name: 'LastName', label: 'Last Name', type: 'string' },
      { name: 'Email', label: 'Email', type: 'email' },
      { name: 'Phone', label: 'Phone', type: 'phone' },
      { name: 'Title', label: 'Title', type: 'string' },
      { name: 'Username', label: 'Username', type: 'string' },
      { name: 'Alias', label: 'Alias', type: 'string' },
      { name: 'IsActive', label: 'Active', type: 'boolean' },
    ] satisfies FieldFile[]
  ).map(defineField),
};

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** Makes the schema of an org from its object files, by object name. */
export function createSchema(files: ReadonlyMap<string, ObjectFile>): Schema {
  const objects = [...files]
    .map(([name, file]) => defineObject(name, file))
    .sort((one, other) => Number(one.keyPrefix > other.keyPrefix) - Number(one.keyPrefix < other.keyPrefix));
  const find = (name: string) => objects.find(entry => same(entry.name, name));
  return {
    objects,
    find,
    ofId: id => objects.find(entry => entry.keyPrefix === id.slice(0, 3)),
    target({ referenceTo: [only, ...others] }) {
      return (others.length === 0 && only ? find(only) : undefined) ?? nameObject;
    },
    children: parent =>
      objects.flatMap(object =>
        object.fields.flatMap(field =>
          field.childRelationship && field.referenceTo.includes(parent.name)
            ? [{ name: field.childRelationship, object, field }]
            : [],
        ),
      ),
  };
}

export const findField = (owner: ObjectDefinition, name: string): FieldDefinition | undefined =>
  owner.fields.find(entry => same(entry.name, name));
export const findRelationship = (owner: ObjectDefinition, name: string): FieldDefinition | undefined =>
  owner.fields.find(entry => entry.relationshipName !== null && same(entry.relationshipName, name));
export const findChildRelationship = (
  schema: Schema,
  parent: ObjectDefinition,
  name: string,
): ChildRelationship | undefined => schema.children(parent).find(entry => same(entry.name, name));
export const nameFieldOf = (owner: ObjectDefinition): FieldDefinition | undefined =>
  owner.fields.find(entry => entry.nameField);

/** What a picklist value stands for: `closed` of a Status. */
export const meaningOf = (owner: ObjectDefinition, field: string, value: unknown): PicklistValue | undefined =>
  findField(owner, field)?.values.find(entry => entry.value === value);

const notGrouped: ReadonlySet<FieldType> = new Set([
  'double',
  'currency',
  'percent',
  'datetime',
  'multipicklist',
  'address',
]);
/** Whether GROUP BY takes it: what may be filtered by, but for numbers with a fraction, times and lists. */
export const isGroupable = ({ filterable, type }: FieldDefinition): boolean => filterable && !notGrouped.has(type);
