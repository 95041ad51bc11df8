import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { labelOf } from './choices.ts';
import { nameFieldOf } from './objectNames.ts';
import { isRecordId, isSameRecord } from './recordId.ts';
import { isoTime, valueAt } from './recordValues.ts';
import { names, type Soql, soql } from './soql.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';

/** A field that a write set. */
export const changeOutput = z.object({
  field: z.string().describe('The label of the field.'),
  from: z.string().optional().describe('Its value before, where there was one.'),
  to: z.string().optional().describe('Its value now, where there is one.'),
});

/** What a write put into a field. */
export interface SetField {
  field: FieldDescription;
  /** As it was sent. */
  value: unknown;
  /** Whether it took the place of all choices of a multi-select picklist. */
  replacesChoices: boolean;
}

export const nameFieldIn = ({ fields }: ObjectDescription): string | undefined =>
  fields.find(field => field.nameField)?.name;

/** Contents of files are not read to be shown. */
const isReadable = ({ type }: FieldDescription) => !['base64', 'address', 'location', 'complexvalue'].includes(type);

/** The statement that reads some fields of a record, its name, and when it was changed last. */
export function fieldsStatement(
  object: ObjectDescription,
  recordId: string,
  fields: readonly FieldDescription[],
): Soql {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const wanted = fields.filter(isReadable).flatMap(field => [field.name, namePathOf(field) ?? field.name]);
  const more = ['SystemModstamp', ...(fields.some(isAmount) ? ['CurrencyIsoCode'] : [])].filter(has);
  const paths = [...new Set(['Id', nameFieldIn(object) ?? 'Id', ...wanted, ...more])];
  return soql`SELECT ${names(...paths)} FROM ${names(object.name)} WHERE Id = ${recordId}`;
}

const isAmount = ({ type }: FieldDescription) => type === 'currency';

/** Where a lookup has the name of the record that it leads to; undefined where that is not known or closed. */
function namePathOf({ type, relationshipName, referenceTo }: FieldDescription): string | undefined {
  const [target = '', ...others] = referenceTo;
  // A lookup to several objects has the common field Name.
  const field = others.length > 0 ? 'Name' : nameFieldOf(target);
  return type === 'reference' && relationshipName && field ? `${relationshipName}.${field}` : undefined;
}

interface Told {
  changes: z.output<typeof changeOutput>[];
  remarks: string[];
}

/**
 * What became of the fields that a write set: their values before and now, which were as they are, and which Salesforce
 * has otherwise than they were sent. Without `after`, they are as they were sent.
 */
export function toldChanges(
  sent: readonly SetField[],
  before: SalesforceRecord | undefined,
  after: SalesforceRecord | undefined,
): Told {
  const changes: Told['changes'] = [];
  const unchanged: string[] = [];
  const remarks: string[] = [];
  for (const { field, value, replacesChoices } of sent) {
    const label = labelFor(field);
    const isRead = after !== undefined && field.name in after;
    const now = isRead ? after[field.name] : value;
    const then = before?.[field.name];
    const isKnown = before !== undefined && field.name in before;
    const [from, to] = [
      isKnown ? shownValue(field, before) : undefined,
      isRead ? shownValue(field, after) : asSent(field, value),
    ];
    if (isRead && !isSame(field, now, value)) {
      const wanted = asSent(field, value);
      remarks.push(
        isKnown && isSame(field, now, then)
          ? `${label} was not changed: Salesforce kept ${to ?? 'it empty'}, although ${wanted ?? 'nothing'} was sent; a rule or an automation of the org decides it.`
          : `${label} is ${to ?? 'empty'}, although ${wanted ?? 'nothing'} was sent: a rule or an automation of the org has changed it.`,
      );
    }
    if (isKnown && isSame(field, now, then)) {
      if (isSame(field, now, value)) unchanged.push(label);
      continue;
    }
    changes.push({ field: label, ...cut(from, to) });
    if (!replacesChoices || typeof then !== 'string') continue;
    const lost = then.split(';').filter(
      choice =>
        !String(now ?? '')
          .split(';')
          .includes(choice),
    );
    if (lost.length > 0) {
      remarks.push(
        `All of ${label} was replaced: ${lost.map(choice => labelOf(field, choice)).join(', ')} ${lost.length === 1 ? 'is' : 'are'} no longer in it. To keep the others give {"add":["…"],"remove":["…"]}.`,
      );
    }
  }
  if (unchanged.length > 0) remarks.push(`As before: ${unchanged.join(', ')}.`);
  return { changes, remarks };
}

/** What Salesforce itself chose for a new record, of the fields that matter to whoever made it. */
export function defaultedFields({ fields, recordTypeInfos }: ObjectDescription): FieldDescription[] {
  const hasTypes = recordTypeInfos.filter(({ active, available }) => active && available).length > 1;
  return fields.filter(
    ({ name }) =>
      ['OwnerId', 'Status', 'StageName', 'Priority'].includes(name) || (name === 'RecordTypeId' && hasTypes),
  );
}

/** The fields that Salesforce chose, as a new record has them. */
export function toldDefaults(fields: readonly FieldDescription[], record: SalesforceRecord): Told['changes'] {
  return fields.flatMap(field => {
    const to = shownValue(field, record);
    return to === undefined ? [] : [{ field: labelFor(field), to }];
  });
}

/** `Owner` for `Owner ID`. */
const labelFor = ({ label, type }: FieldDescription) => (type === 'reference' ? label.replace(/ ID$/, '') : label);

/** Long values are cut to this many characters. */
const MAX_VALUE = 300;

/** Both values, without what would hide the difference of long ones. */
function cut(from: string | undefined, to: string | undefined) {
  const isAppended = from !== undefined && to !== undefined && from.length > MAX_VALUE / 2 && to.startsWith(from);
  return {
    ...(from !== undefined && { from: beginning(from, isAppended ? MAX_VALUE / 4 : MAX_VALUE) }),
    ...(to !== undefined && {
      to: isAppended ? `…${beginning(to.slice(from.length), MAX_VALUE)}` : beginning(to, MAX_VALUE),
    }),
  };
}

/** Whether two values of a field are the same to Salesforce, which trims texts and rounds numbers. */
function isSame({ type, scale }: FieldDescription, one: unknown, other: unknown): boolean {
  const [left, right] = [one ?? '', other ?? ''];
  if (left === right) return true;
  if (typeof left === 'number' && typeof right === 'number') {
    return Math.abs(left - right) <= 0.5 * 10 ** -(scale ?? 2) + Number.EPSILON;
  }
  const [a, b] = [String(left), String(right)];
  if (type === 'reference') return isRecordId(a) && isRecordId(b) && isSameRecord(a, b);
  if (type === 'datetime') return Math.floor(Date.parse(a) / 1000) === Math.floor(Date.parse(b) / 1000);
  if (type === 'multipicklist') return sortedChoices(a) === sortedChoices(b);
  // What Salesforce makes of marked-up and of masked text is no sign of an automation.
  return type === 'encryptedstring' || plainLines(a) === plainLines(b);
}

const sortedChoices = (text: string) => text.split(';').sort().join(';');
const plainLines = (text: string) => text.replace(/\r\n?/g, '\n').trim();

function shownValue(field: FieldDescription, record: SalesforceRecord): string | undefined {
  const path = namePathOf(field);
  const name = path === undefined ? undefined : valueAt(record, path);
  const currency = isAmount(field) && typeof record.CurrencyIsoCode === 'string' ? ` ${record.CurrencyIsoCode}` : '';
  const text = typeof name === 'string' ? name : asSent(field, record[field.name]);
  return text === undefined ? undefined : text + currency;
}

/** A value as people read it; undefined where there is none. */
function asSent(field: FieldDescription, value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  switch (field.type) {
    case 'picklist':
      return labelOf(field, text);
    case 'multipicklist':
      return text
        .split(';')
        .map(choice => labelOf(field, choice))
        .join(', ');
    case 'datetime':
      return isoTime(text) ?? text;
    case 'percent':
      return `${text}%`;
    default:
      return text;
  }
}
