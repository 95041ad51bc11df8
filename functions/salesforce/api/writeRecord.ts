import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { FieldTimes } from '../../../shared/time/inputs.ts';
import { isChangedMeanwhile } from './answerFailure.ts';
import { explained } from './explained.ts';
import { joined, tooLong } from './fieldValue.ts';
import { type FieldChange, readFields } from './fieldValues.ts';
import { findingActions } from './findingActions.ts';
import { askerOrNobody, hasOwner } from './owners.ts';
import { objectOf, recordOutput } from './readRecord.ts';
import {
  changeOutput,
  defaultedFields,
  fieldsStatement,
  nameFieldIn,
  needsOrgCurrency,
  type SetField,
  toldChanges,
  toldDefaults,
} from './recordChanges.ts';
import { isRecordId } from './recordId.ts';
import { resolveReferences } from './references.ts';
import type { Salesforce } from './salesforce.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';

const { objectType, recordId, name, url } = recordOutput;

/** The output of a write: the record, what became of the fields that were set, and no more. */
export const writtenRecord = z.object({
  objectType,
  recordId,
  name: name.optional().describe('The name of the record; left out when it could not be read.'),
  url,
  changes: z
    .array(changeOutput)
    .optional()
    .describe(
      'What was set: each field with its value before and now. Of a new record, also its owner, status and type.',
    ),
  note: z
    .string()
    .optional()
    .describe('What to tell the user besides: what Salesforce has otherwise than it was sent, or could not be read.'),
});

interface Write {
  objectType: string;
  /** JSON. */
  fields: string;
  allowDuplicate?: boolean | undefined;
}

/** Creates a record, which belongs to who asks unless an owner is given, and tells what it has. @throws Failure `forbidden`, and what `readFields` and Salesforce refuse */
export async function createRecord(
  salesforce: Salesforce,
  { objectType, fields, allowDuplicate }: Write,
  times: FieldTimes,
) {
  const object = await salesforce.describe(objectType);
  if (!object.createable) {
    throw new Failure(
      'forbidden',
      `A record of the object ${object.label} cannot be created through this service: its Salesforce user may not, or its administrator has closed the object.`,
    );
  }
  const { changes, remarks } = await readFields(fields, object, { access: 'create', times });
  const isOwned = !hasOwner(object) || changes.some(({ field }) => field.name === 'OwnerId');
  const [references, asker] = await Promise.all([
    resolved(salesforce, object, changes),
    isOwned ? undefined : askerOrNobody(salesforce),
  ]);
  const set = setFields(changes, references, undefined);
  const recordId = await salesforce
    .create(object.name, { ...valuesOf(set), ...(asker !== undefined && { OwnerId: asker }) }, { allowDuplicate })
    .catch((error: unknown) => Promise.reject(explained(error, object)));
  const defaulted = defaultedFields(object).filter(field => !set.some(each => each.field === field));
  const shown = [...set.map(({ field }) => field), ...defaulted];
  const [after, currency] = await Promise.all([
    salesforce.readBack(fieldsStatement(object, recordId, shown), record => record),
    currencyFor(salesforce, object, changes),
  ]);
  const told = toldChanges(set, { before: undefined, after, currency });
  return answer(salesforce, object, recordId, after, {
    changes: [...told.changes, ...(after ? toldDefaults(defaulted, after) : [])],
    remarks: [...remarks, ...told.remarks],
  });
}

/** How often what is added to a value is tried anew, where the record was changed in between. */
const MAX_ATTEMPTS = 3;

/** Changes a record and tells what was changed. @throws Failure like `createRecord`, and `conflict` */
export async function updateRecord(
  salesforce: Salesforce,
  {
    objectType,
    recordId,
    fields,
    allowDuplicate,
  }: Omit<Write, 'objectType'> & { objectType?: string; recordId: string },
  times: FieldTimes,
) {
  const object = await salesforce.describe(objectType ?? (await objectOf(salesforce, recordId)));
  if (!object.updateable) {
    throw new Failure(
      'forbidden',
      `Records of the object ${object.label} cannot be changed through this service: its Salesforce user may not, or its administrator has closed the object.`,
    );
  }
  const { changes, remarks } = await readFields(fields, object, { access: 'update', times, recordId });
  const statement = fieldsStatement(
    object,
    recordId,
    changes.map(({ field }) => field),
  );
  const isAdding = changes.some(({ change }) => change.kind === 'append' || change.kind === 'choices');
  const readBefore = async () => {
    // What was there before is told where it can be, but what is added to must be known.
    if (!isAdding) return salesforce.readBack(statement, record => record);
    const [record] = await salesforce.query(statement);
    if (record) return record;
    throw new Failure(
      'not_found',
      `There is no ${object.label} ${recordId} that this service may see. Find it by name, with ${findingActions([object.name])}, or check objectType.`,
    );
  };
  const [references, first, currency] = await Promise.all([
    resolved(salesforce, object, changes),
    readBefore(),
    currencyFor(salesforce, object, changes),
  ]);
  let before = first;
  let set = setFields(changes, references, before);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const unmodifiedSince = isAdding ? lastChange(before) : undefined;
      await salesforce.update(object.name, recordId, valuesOf(set), { allowDuplicate, unmodifiedSince });
      break;
    } catch (error) {
      if (!isAdding || !isChangedMeanwhile(error) || attempt === MAX_ATTEMPTS) throw explained(error, object);
      before = await readBefore();
      set = setFields(changes, references, before);
    }
  }
  const after = await salesforce.readBack(statement, record => record);
  const told = toldChanges(set, { before, after, currency });
  const all = [...remarks, ...told.remarks, ...unflagged(object, set)];
  return answer(salesforce, object, recordId, after, { ...told, remarks: all });
}

/** A case has a status and a flag of that name, of which neither sets the other. */
function unflagged(object: ObjectDescription, set: readonly SetField[]): string[] {
  const has = (name: string) => set.some(({ field }) => field.name === name);
  const isEscalating = set.some(
    ({ field, value }) => field.name === 'Status' && typeof value === 'string' && /^escalat/i.test(value),
  );
  const flag = object.fields.find(({ name, updateable }) => name === 'IsEscalated' && updateable);
  if (object.name !== 'Case' || !isEscalating || has('IsEscalated') || !flag) return [];
  return [
    `The status does not set the flag ${flag.label} of the case, by which reports and rules may go: set it, too, with {"${flag.label}":true}, unless it is set.`,
  ];
}

/** The currency of the amounts that are set, in an org with one. */
async function currencyFor(salesforce: Salesforce, object: ObjectDescription, changes: readonly FieldChange[]) {
  const fields = changes.map(({ field }) => field);
  return needsOrgCurrency(object, fields) ? (await salesforce.currencies()).sole : undefined;
}

function lastChange(record: SalesforceRecord | undefined): Date | undefined {
  const at = Date.parse(String(record?.SystemModstamp));
  // The header has whole seconds.
  return Number.isNaN(at) ? undefined : new Date(Math.ceil(at / 1000) * 1000);
}

function resolved(salesforce: Salesforce, object: ObjectDescription, changes: readonly FieldChange[]) {
  const references = changes.flatMap(({ given, field, change }) =>
    change.kind === 'record' ? [{ given, field, sought: change.sought }] : [],
  );
  return resolveReferences(salesforce, object, references);
}

/** What is sent for each field, with what is added behind what is there. */
export function setFields(
  changes: readonly FieldChange[],
  references: Record<string, string>,
  before: SalesforceRecord | undefined,
): SetField[] {
  return changes.map(change => ({
    field: change.field,
    value: valueFor(change, references, before?.[change.field.name]),
    replacesChoices: change.change.kind === 'value' && change.field.type === 'multipicklist',
  }));
}

function valueFor({ given, field, change }: FieldChange, references: Record<string, string>, there: unknown): unknown {
  const text = typeof there === 'string' ? there : '';
  if (change.kind === 'value') return change.value;
  if (change.kind === 'record') return references[field.name];
  if (change.kind === 'choices') {
    const kept = text.split(';').filter(choice => choice !== '' && !change.remove.includes(choice));
    return joined([...kept, ...change.add]);
  }
  const between = field.htmlFormatted ? '<br>' : lineEndOf(field);
  const value = text.trim() === '' ? change.text : `${text.trimEnd()}${between}${change.text.trimStart()}`;
  const problem = tooLong(field, value);
  if (problem === undefined) return value;
  throw invalidInput([
    { field: given, message: `${problem} With what is there already it would have ${value.length}.` },
  ]);
}

/** A text of one line stays one. */
const lineEndOf = ({ type }: FieldDescription) => (type === 'textarea' ? '\n' : ' ');

export const valuesOf = (set: readonly SetField[]) =>
  Object.fromEntries(set.map(({ field, value }) => [field.name, value]));

function answer(
  salesforce: Salesforce,
  object: ObjectDescription,
  givenId: string,
  after: SalesforceRecord | undefined,
  { changes, remarks }: { changes: z.output<typeof changeOutput>[]; remarks: string[] },
): z.output<typeof writtenRecord> {
  const recordId = typeof after?.Id === 'string' && isRecordId(after.Id) ? after.Id : givenId;
  const name = after?.[nameFieldIn(object) ?? 'Name'];
  const notes = [
    ...(after
      ? []
      : [
          'The change was made, but the record could not be read afterwards: changes has what was sent. Use getRecord to see it.',
        ]),
    ...remarks,
  ];
  return {
    objectType: object.name,
    recordId,
    ...(typeof name === 'string' && { name }),
    url: salesforce.recordUrl(object.name, recordId),
    ...(changes.length > 0 && { changes }),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}
