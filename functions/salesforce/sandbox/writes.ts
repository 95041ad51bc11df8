import { canAdd, canChangeRow, canSeeField, canSeeRow, canWriteField, may, type Viewer } from './access.ts';
import { invite, relate, withoutPeople } from './activityRelations.ts';
import { insertContent } from './content.ts';
import {
  entityIsDeleted,
  jsonParserError,
  malformedId,
  noAccess,
  noAccessToReferred,
  notFound,
  Refusal,
  writeRefused,
} from './errors.ts';
import { track } from './fieldHistory.ts';
import type { FieldValue, Located, Org, Row } from './org.ts';
import { parseRecordId } from './recordId.ts';
import { salesforceTime } from './salesforceTime.ts';
import { checkSale, keepOnePrimary } from './salesIntegrity.ts';
import { type FieldDefinition, findField, type ObjectDefinition } from './schema.ts';

export type Values = Record<string, unknown>;

/** A record of an object by its id. Throws Salesforce's refusal for a malformed id and for a record that is missing, deleted or hidden. */
export function locate(org: Org, viewer: Viewer, object: ObjectDefinition, id: string): Located {
  const full = parseRecordId(id);
  if (full === undefined || full.slice(0, 3) !== object.keyPrefix) {
    throw notFound(`Provided external ID field does not exist or is not accessible: ${id}`);
  }
  const located = org.find(full);
  if (!located || !canSeeRow(org, viewer, located)) throw notFound();
  if (located.row.IsDeleted) throw entityIsDeleted();
  return located;
}

/** `allowDuplicates` turns the duplicate rule off, as `Sforce-Duplicate-Rule-Header: allowSave=true` does. */
export function insertRecord(
  org: Org,
  viewer: Viewer,
  object: ObjectDefinition,
  body: Values,
  { allowDuplicates }: { allowDuplicates: boolean },
): Row {
  if (object.name === 'User') throw noAccess();
  if (!may(viewer, 'create', object)) {
    throw writeRefused('INVALID_TYPE_FOR_OPERATION', `entity type cannot be inserted: ${object.label}`);
  }
  const { values: given, people } = withoutPeople(org, object, body);
  const values = checked(org, viewer, object, given, 'createable');
  const isPerson = object.name === 'Account' && !isBlank(values.LastName);
  if (isPerson && 'Name' in values) {
    const message = 'Account: bad field names on insert/update call: Name';
    throw writeRefused('INVALID_FIELD_FOR_INSERT_UPDATE', message, ['Name']);
  }
  const missing = missingFields(object, values);
  if (missing.length > 0) {
    throw writeRefused('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
  }
  refuseDuplicate(org, viewer, object, values, { allowDuplicates });
  if (!canAdd(org, viewer, object, values)) throw noAccessToReferred();
  checkSale(org, object, values);
  const row = insertContent(org, object, values, viewer.Id) ?? org.insert(object, values, viewer.Id);
  relate(org, object, row, people, viewer.Id);
  invite(org, object, row, viewer.Id);
  keepOnePrimary(org, object, row);
  return row;
}

/** The fields that a new record must have and lacks. */
export function missingFields(object: ObjectDefinition, values: Record<string, FieldValue>): string[] {
  const isPerson = object.name === 'Account' && !isBlank(values.LastName);
  const missing = object.fields
    .filter(field => !(isPerson && field.name === 'Name'))
    .filter(field => !field.nillable && !field.defaultedOnCreate && field.createable && isBlank(values[field.name]))
    .map(field => field.name);
  const isUntimed = object.name === 'Event' && isBlank(values.StartDateTime) && isBlank(values.ActivityDateTime);
  return isUntimed ? [...missing, 'ActivityDateTime', 'DurationInMinutes'] : missing;
}

export function updateRecord(
  org: Org,
  viewer: Viewer,
  located: Located,
  body: Values,
  options: { allowDuplicates: boolean },
): void {
  const values = checked(org, viewer, located.object, body, 'updateable');
  if (!canChangeRow(org, viewer, located)) throw noAccess();
  const emptied = located.object.fields.filter(field => !field.nillable && values[field.name] === null);
  if (emptied.length > 0) {
    const names = emptied.map(field => field.name);
    throw writeRefused('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
  }
  refuseDuplicate(org, viewer, located.object, values, options, located.row.Id);
  const before = located.row;
  org.update(located, values, viewer.Id);
  const after = org.find(before.Id)?.row ?? before;
  keepOnePrimary(org, located.object, after);
  track(org, located.object, before, after, viewer.Id);
}

function checked(
  org: Org,
  viewer: Viewer,
  object: ObjectDefinition,
  body: Values,
  right: 'createable' | 'updateable',
): Record<string, FieldValue> {
  const entries = Object.entries(body)
    .filter(([name]) => name !== 'attributes')
    .map(([name, value]) => {
      const field = findField(object, name);
      if (field && canSeeField(viewer, object, field)) return { field, value };
      throw new Refusal(400, {
        message: `No such column '${name}' on sobject of type ${object.name}`,
        errorCode: 'INVALID_FIELD',
      });
    });
  const closed = entries
    .filter(({ field }) => !field[right] || !canWriteField(viewer, object, field))
    .map(({ field }) => field.name);
  if (closed.length > 0) {
    throw writeRefused(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${closed.join(', ')}. Please check the security settings of this field and ` +
        'verify that it is read/write for your profile or permission set.',
      closed,
    );
  }
  const values = Object.fromEntries(entries.map(({ field, value }) => [field.name, checkedValue(org, field, value)]));
  // What a user does not see cannot be referred to either.
  for (const { field } of entries) {
    const target = field.type === 'reference' ? org.find(values[field.name]) : undefined;
    if (target && !canSeeRow(org, viewer, target)) throw noAccessToReferred();
  }
  if (typeof values.OwnerId === 'string') refuseOwner(org, object, values.OwnerId);
  return values;
}

/** Users who have left own nothing new, groups that are no queues nothing at all, and queues records of their objects. */
function refuseOwner(org: Org, object: ObjectDefinition, ownerId: string): void {
  const owner = org.find(ownerId);
  if (owner?.object.name === 'User' && owner.row.IsActive === false) {
    const message = `operation performed with inactive user [${ownerId}] as owner of ${object.name.toLowerCase()}`;
    throw writeRefused('OP_WITH_INACTIVE_USER_EXCEPTION', message, []);
  }
  if (owner?.object.name !== 'Group') return;
  const queues = org.schema.find('QueueSobject');
  const takes = (queues ? org.rows(queues) : []).some(
    ({ QueueId, SobjectType }) => QueueId === ownerId && SobjectType === object.name,
  );
  if (owner.row.Type !== 'Queue' || !takes) {
    throw writeRefused('INVALID_CROSS_REFERENCE_KEY', 'Queue not associated with this SObject type', ['OwnerId']);
  }
}

const isBlank = (value: unknown) => value === undefined || value === null || value === '';

const cannotDeserialize = (type: string, value: unknown): Refusal => {
  const token =
    typeof value === 'string' ? 'VALUE_STRING' : typeof value === 'object' ? 'START_OBJECT' : 'VALUE_NUMBER_INT';
  return jsonParserError(
    `Cannot deserialize instance of ${type} from ${token} value ${typeof value === 'object' ? '{' : value} ` +
      'or request may be missing a required field at [line:1, column:2]',
  );
};

/** A value as its field holds it. Throws a `Refusal` in Salesforce's words for one that does not fit. */
export function checkedValue(org: Org, field: FieldDefinition, value: unknown): FieldValue {
  if (field.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw cannotDeserialize('boolean', value);
  }
  if (isBlank(value)) return null;
  switch (field.type) {
    case 'int':
    case 'double':
    case 'currency':
    case 'percent': {
      const number = typeof value === 'boolean' || typeof value === 'object' ? Number.NaN : Number(value);
      if (Number.isNaN(number) || (field.type === 'int' && !Number.isInteger(number))) {
        throw cannotDeserialize(field.type === 'int' ? 'int' : 'double', value);
      }
      return number;
    }
    case 'date':
      if (!/^\d{4}-\d\d-\d\d(T|$)/.test(String(value)) || Number.isNaN(Date.parse(String(value)))) {
        throw cannotDeserialize('date', value);
      }
      return String(value).slice(0, 10);
    case 'datetime':
      if (!/^\d{4}-\d\d-\d\d/.test(String(value)) || Number.isNaN(Date.parse(String(value)))) {
        throw cannotDeserialize('datetime', value);
      }
      return salesforceTime(new Date(String(value)));
    case 'time':
      if (!/^\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value))) throw cannotDeserialize('time', value);
      return String(value);
    case 'anyType':
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
      throw cannotDeserialize('anyType', value);
    default:
      if (typeof value === 'object') throw cannotDeserialize('string', value);
      return checkedText(org, field, String(value));
  }
}

function checkedText(org: Org, field: FieldDefinition, text: string): string {
  const refuse = (errorCode: string, message: string) => writeRefused(errorCode, message, [field.name]);
  if (field.type === 'reference') {
    const id = parseRecordId(text);
    if (id === undefined) throw malformedId(`${field.label}: id value of incorrect type: ${text}`, [field.name]);
    const target = org.find(id);
    if (target && !field.referenceTo.includes(target.object.name)) {
      throw malformedId(`${field.label}: id value of incorrect type: ${text}`, [field.name]);
    }
    if (!target) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (target.row.IsDeleted) throw refuse('ENTITY_IS_DELETED', 'entity is deleted');
    return id;
  }
  if (text.length > field.length) {
    throw refuse('STRING_TOO_LONG', `${field.label}: data value too large: ${text} (max length=${field.length})`);
  }
  const chosen = field.type === 'multipicklist' ? text.split(';') : [text];
  const unknown = chosen.find(choice => !field.values.some(({ value, active = true }) => active && value === choice));
  if (field.restrictedPicklist && unknown !== undefined) {
    throw refuse(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.label}: bad value for restricted picklist field: ${unknown}`,
    );
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text)) {
    throw refuse('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`);
  }
  return text;
}

/** A duplicate rule of one field. One that has `allowSave` only warns, and a request may save all the same. */
function refuseDuplicate(
  org: Org,
  viewer: Viewer,
  object: ObjectDefinition,
  values: Record<string, FieldValue>,
  { allowDuplicates }: { allowDuplicates: boolean },
  own?: string,
): void {
  const { field, allowSave } = object.duplicateRule ?? { field: '', allowSave: true };
  const value = values[field];
  if (isBlank(value) || (allowDuplicates && allowSave)) return;
  const twins = org
    .rows(object)
    .filter(row => !row.IsDeleted && row.Id !== own && canSeeRow(org, viewer, { object, row }))
    .filter(row => String(row[field] ?? '').toLowerCase() === String(value).toLowerCase());
  if (twins.length === 0) return;
  throw new Refusal(400, {
    message: 'Use one of these records?',
    errorCode: 'DUPLICATES_DETECTED',
    duplicateResult: {
      allowSave,
      duplicateRule: `Standard_${object.name}_Duplicate_Rule`,
      duplicateRuleEntityType: object.name,
      errorMessage: 'Use one of these records?',
      matchResults: [
        {
          entityType: object.name,
          errors: [],
          matchEngine: 'ExactMatchEngine',
          matchRecords: twins.map(row => ({
            additionalInformation: [],
            fieldDiffs: [],
            matchConfidence: 100,
            record: {
              attributes: { type: object.name, url: `/services/data/sobjects/${object.name}/${row.Id}` },
              Id: row.Id,
            },
          })),
          rule: `Standard_${object.name}_Match_Rule`,
          size: twins.length,
          success: true,
        },
      ],
    },
  });
}
