import { canWriteField, fieldsFor, may, schemaFor, type Viewer } from './access.ts';
import type { Org, Row } from './org.ts';
import { type FieldDefinition, isGroupable, type ObjectDefinition, type Schema } from './schema.ts';

const soapTypes: Partial<Record<FieldDefinition['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

const isNumber = (field: FieldDefinition) => ['double', 'currency', 'percent'].includes(field.type);

function describeField(field: FieldDefinition, controlling: FieldDefinition | undefined, isOpen: boolean) {
  return {
    aggregatable: field.filterable,
    autoNumber: field.autoNumber,
    byteLength: field.length * 3,
    calculated: field.calculated,
    calculatedFormula: field.calculatedFormula,
    cascadeDelete: false,
    caseSensitive: false,
    compoundFieldName: field.compoundFieldName,
    controllerName: field.controllerName,
    createable: field.createable && isOpen,
    custom: field.name.endsWith('__c'),
    defaultValue: field.defaultValue,
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultedOnCreate,
    dependentPicklist: controlling !== undefined,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? 9 : 0,
    encrypted: false,
    externalId: false,
    extraTypeInfo: null,
    filterable: field.filterable,
    groupable: isGroupable(field),
    htmlFormatted: field.htmlFormatted,
    idLookup: field.type === 'id',
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    name: field.name,
    nameField: field.nameField,
    namePointing: field.referenceTo.length > 1,
    nillable: field.nillable,
    permissionable: field.nillable && !field.calculated,
    picklistValues: field.values.map(({ value, label = value, active = true, offeredFor }) => ({
      active,
      defaultValue: value === field.defaultValue,
      label,
      validFor: controlling && offeredFor ? bitsOf(controlling, offeredFor) : null,
      value,
    })),
    polymorphicForeignKey: field.referenceTo.length > 1,
    precision: isNumber(field) ? 18 : 0,
    queryByDistance: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: field.restrictedPicklist,
    scale: isNumber(field) ? 2 : 0,
    searchPrefilterable: field.type === 'reference',
    soapType: soapTypes[field.type] ?? 'xsd:string',
    sortable: field.filterable,
    type: field.type,
    unique: false,
    updateable: field.updateable && isOpen,
    writeRequiresMasterRead: false,
  };
}

/** A bit for each value of the field that decides, the first in the highest place, in base64. */
function bitsOf(controlling: FieldDefinition, offeredFor: readonly string[]): string {
  const bits = Buffer.alloc(Math.ceil(controlling.values.length / 8));
  for (const [at, { value }] of controlling.values.entries()) {
    if (offeredFor.includes(value)) bits[at >> 3] = (bits[at >> 3] ?? 0) | (0x80 >> (at & 7));
  }
  return bits.toString('base64');
}

function summary(object: ObjectDefinition, viewer: Viewer, base: string) {
  const row = `${base}/sobjects/${object.name}`;
  const isUser = object.name === 'User';
  return {
    activateable: false,
    createable: !isUser && may(viewer, 'create', object),
    custom: object.custom,
    customSetting: false,
    deletable: !isUser && may(viewer, 'delete', object),
    deprecatedAndHidden: false,
    feedEnabled: true,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: object.layoutable ?? true,
    mergeable: ['Account', 'Contact', 'Lead', 'Case'].includes(object.name),
    mruEnabled: true,
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: !isUser && may(viewer, 'delete', object),
    updateable: may(viewer, 'edit', object),
    urls: { sobject: row, describe: `${row}/describe`, rowTemplate: `${row}/{ID}` },
  };
}

/** `base` is the API's path with its version: `/services/data/v67.0`. */
export const describeGlobal = (schema: Schema, viewer: Viewer, base: string) => ({
  encoding: 'UTF-8',
  maxBatchSize: 200,
  sobjects: schemaFor(viewer, schema).objects.map(object => summary(object, viewer, base)),
});

export const describeObject = ({ schema, rows }: Org, object: ObjectDefinition, viewer: Viewer, base: string) => ({
  ...summary(object, viewer, base),
  childRelationships: schemaFor(viewer, schema)
    .children(object)
    .map(child => ({
      cascadeDelete: child.field.cascadeDelete,
      childSObject: child.object.name,
      deprecatedAndHidden: false,
      field: child.field.name,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: child.name,
      restrictedDelete: false,
    })),
  fields: fieldsFor(viewer, object).map(field =>
    describeField(
      field,
      object.fields.find(({ name }) => name === field.controllerName),
      canWriteField(viewer, object, field),
    ),
  ),
  namedLayoutInfos: [],
  networkScopeFieldName: null,
  recordTypeInfos: recordTypeInfos(
    rowsOf('RecordType', { schema, rows }).filter(({ SobjectType }) => SobjectType === object.name),
  ),
  supportedScopes: [
    { label: `All ${object.labelPlural.toLowerCase()}`, name: 'everything' },
    { label: `My ${object.labelPlural.toLowerCase()}`, name: 'mine' },
  ],
});

const rowsOf = (name: string, { schema, rows }: Pick<Org, 'schema' | 'rows'>): Row[] =>
  schema.objects.filter(object => object.name === name).flatMap(rows);

/** New records get the first one, or the master where there is no other. */
function recordTypeInfos(types: readonly Row[]) {
  const master = {
    active: true,
    available: true,
    defaultRecordTypeMapping: types.length === 0,
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId: '012000000000000AAA',
  };
  const others = types.map(({ Id, Name, DeveloperName, IsActive }, at) => ({
    active: IsActive,
    available: IsActive,
    defaultRecordTypeMapping: at === 0,
    developerName: DeveloperName,
    master: false,
    name: Name,
    recordTypeId: Id,
  }));
  return [master, ...others];
}
