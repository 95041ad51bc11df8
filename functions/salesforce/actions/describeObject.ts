import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading } from '../../../shared/schema/meaning.ts';
import { isRequired } from '../api/fieldValues.ts';
import { objectType, searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { recordTypeOrDefault, recordTypesOf } from '../api/recordTypes.ts';
import type { FieldDescription, ObjectDescription } from '../api/wire.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const MAX_VALUES = 50;

const field = z.object({
  field: z.string().describe('The API name, which createRecord, updateRecord and queryRecords take.'),
  label: heading('The label of the field.'),
  type: z.string().describe('The type of its values.'),
  required: z.boolean().describe('True when a new record must have it.'),
  requiredOnPage: z
    .boolean()
    .optional()
    .describe('True when people must fill it in on the page of the record type. Records are taken without it here.'),
  canCreate: z.boolean().describe('True when it can be set in a new record.'),
  canUpdate: z.boolean().describe('True when it can be changed.'),
  values: z.array(z.string()).optional().describe(`The values to choose from, at most ${MAX_VALUES}.`),
  refersTo: z.array(z.string()).optional().describe('The objects whose records it takes.'),
  help: z.string().optional().describe('The help text of the field.'),
});

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm */
const plainTypes: Readonly<Record<string, string>> = {
  id: 'record ID',
  string: 'text',
  textarea: 'long text',
  email: 'e-mail address',
  phone: 'phone number',
  url: 'web address',
  picklist: 'one of the values',
  multipicklist: 'any of the values, separated by semicolons',
  combobox: 'text, or one of the values',
  reference: 'record ID or name',
  boolean: 'true or false',
  int: 'whole number',
  double: 'number',
  currency: 'amount of money',
  percent: 'percentage',
  date: 'date',
  datetime: 'date and time',
  address: 'address, made of its parts',
};

export default salesforce.action({
  name: 'describeObject',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses(),
  title: 'Describe an object type',
  description:
    'Lists the fields of one Salesforce object (API names, labels, types, allowed values; required ones first) and its record types. ' +
    'Use it before createRecord, updateRecord or queryRecords when names or values are not known. ' +
    'To list the objects use listObjects.',
  input: z.object({
    objectType,
    term: searchText.optional().describe('A part of the label or API name of the fields. Leave it out to list all.'),
    recordType: searchText
      .optional()
      .describe('A record type by name, or default: the values that it offers, and what its page demands.'),
    writableOnly: z.boolean().optional().describe('True to leave out read-only fields.'),
    requiredOnly: z.boolean().optional().describe('True for required fields alone.'),
  }),
  output: z.object({
    objectType: z.string().describe('The API name of the object.'),
    label: heading('The label of the object.'),
    canCreate: z.boolean().describe('True when records of it can be created.'),
    canUpdate: z.boolean().describe('True when its records can be changed.'),
    recordTypes: z
      .array(
        z.object({
          name: heading('The name of the record type.'),
          isDefault: z.boolean().optional().describe('True for the one that new records get.'),
        }),
      )
      .optional()
      .describe('The record types that new records can have, where there are any.'),
    recordType: z.string().optional().describe('The record type whose values and demands are told.'),
    fieldCount: z.number().describe('The number of fields that match.'),
    fields: z.array(field).describe('The fields, required fields first.'),
    note: z.string().optional().meta({ description: 'What is not told here.', whole: true }),
    notShown,
  }),
  example: { objectType: 'Opportunity' },
  paged: true,
  whole: true,
  async run(
    { objectType: name, term = '', recordType, writableOnly = false, requiredOnly = false },
    { salesforce, page: request },
  ) {
    const object = await salesforce.describe(name);
    const sought = term.toLowerCase();
    const types = recordTypesOf(object).filter(({ active, available }) => active && available);
    const type = recordType === undefined ? undefined : recordTypeOrDefault(object, recordType, 'recordType');
    const details = type && (await salesforce.recordTypeDetails(object.name, type.recordTypeId));
    const demanded = demandedFields(object, details?.demanded ?? []);
    const rankOf = (entry: FieldDescription) => rank(entry, demanded);
    const unknown = [
      ...(details && !details.values ? [`The values that ${type.name} offers: all values are told.`] : []),
      ...(details && !details.demanded ? [`What the page of ${type.name} demands.`] : []),
    ];
    const fields = object.fields
      .filter(entry => !entry.deprecatedAndHidden)
      .filter(entry => !writableOnly || entry.createable || entry.updateable)
      .filter(entry => !requiredOnly || isRequired(entry) || demanded.has(entry.name))
      .filter(entry => `${entry.name}\n${entry.label}`.toLowerCase().includes(sought))
      .sort((one, other) => rankOf(one) - rankOf(other));
    const { items, nextCursor, cursorAfter } = listPage(fields, request);
    return page({
      items: items.map(entry => toField(entry, { offered: details?.values?.get(entry.name), demanded })),
      nextCursor,
      cursorAfter,
      answer: shown => ({
        objectType: object.name,
        label: object.label,
        canCreate: object.createable,
        canUpdate: object.updateable,
        ...(types.length > 0 && {
          recordTypes: types.map(({ name, defaultRecordTypeMapping }) => ({
            name,
            ...(defaultRecordTypeMapping && { isDefault: true }),
          })),
        }),
        ...(type && { recordType: type.name }),
        fieldCount: fields.length,
        fields: shown,
        ...(!type && (object.createable || object.updateable) && { note: ofNoRecordType(types) }),
        ...(unknown.length > 0 && { notShown: unknown }),
      }),
    });
  },
});

/** What a description lacks that was asked for without a record type. */
function ofNoRecordType(types: ObjectDescription['recordTypeInfos']): string {
  const names = types.map(
    ({ name, defaultRecordTypeMapping }) => `${name}${defaultRecordTypeMapping ? ' (default)' : ''}`,
  );
  const which = names.length > 0 ? `one of ${names.join(', ')}` : 'default';
  return `Pages may demand more fields than are required here, and record types may offer fewer values: to see that call again with recordType, ${which}.`;
}

/**
 * The fields that people must fill in. Of a place that has several, such as a name, those that a record must have; where it
 * must have none of them, all.
 */
function demandedFields({ fields }: ObjectDescription, places: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(
    places.flatMap(place => {
      const needed = place.filter(name => fields.some(field => field.name === name && !field.nillable));
      return place.length > 1 && needed.length > 0 ? needed : place;
    }),
  );
}

/** Required fields first, then those that people must fill in, then the name, then fields that can be set. */
function rank(entry: FieldDescription, demanded: ReadonlySet<string>): number {
  if (isRequired(entry)) return 0;
  if (demanded.has(entry.name)) return 1;
  if (entry.nameField) return 2;
  return entry.createable || entry.updateable ? 3 : 4;
}

/** A field; `offered` are the values that a record type leaves of its own. */
function toField(
  entry: FieldDescription,
  { offered, demanded }: { offered: readonly string[] | undefined; demanded: ReadonlySet<string> },
): z.output<typeof field> {
  const values = offered ?? entry.picklistValues.filter(({ active }) => active).map(({ value }) => value);
  return {
    field: entry.name,
    // A lookup is called by what it leads to, as elsewhere.
    label: entry.referenceTo.length > 0 ? entry.label.replace(/ ID$/, '') : entry.label,
    type: plainTypes[entry.type] ?? entry.type,
    required: isRequired(entry),
    ...(demanded.has(entry.name) && { requiredOnPage: true }),
    canCreate: entry.createable,
    canUpdate: entry.updateable,
    ...(values.length > 0 && { values: values.slice(0, MAX_VALUES) }),
    ...(entry.referenceTo.length > 0 && { refersTo: entry.referenceTo }),
    ...(entry.inlineHelpText && { help: entry.inlineHelpText }),
  };
}
