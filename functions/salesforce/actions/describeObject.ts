import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading } from '../../../shared/schema/meaning.ts';
import { isRequired } from '../api/fieldValues.ts';
import { objectType, searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import type { FieldDescription } from '../api/wire.ts';
import { salesforce } from '../system.ts';

const MAX_VALUES = 50;

const field = z.object({
  field: z.string().describe('The API name, which createRecord, updateRecord and queryRecords take.'),
  label: heading('The label of the field.'),
  type: z.string().describe('The type of its values.'),
  required: z.boolean().describe('True when a new record must have it.'),
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
  title: 'Describe an object type',
  description:
    'Lists the fields of one Salesforce object: API names, labels, types, whether they are required or can be changed, and allowed values; required fields first. ' +
    'Use it before createRecord, updateRecord or queryRecords when field names or values are not known. ' +
    'To list the objects use listObjects.',
  input: z.object({
    objectType,
    term: searchText.optional().describe('A part of the label or API name of the fields. Leave it out to list all.'),
    writableOnly: z.boolean().optional().describe('True to leave out read-only fields.'),
  }),
  output: z.object({
    objectType: z.string().describe('The API name of the object.'),
    label: heading('The label of the object.'),
    canCreate: z.boolean().describe('True when records of it can be created.'),
    canUpdate: z.boolean().describe('True when its records can be changed.'),
    fieldCount: z.number().describe('The number of fields that match.'),
    fields: z.array(field).describe('The fields, required fields first.'),
  }),
  example: { objectType: 'Opportunity' },
  paged: true,
  whole: true,
  async run({ objectType: name, term = '', writableOnly = false }, { salesforce, page: request }) {
    const object = await salesforce.describe(name);
    const sought = term.toLowerCase();
    const fields = object.fields
      .filter(entry => !entry.deprecatedAndHidden)
      .filter(entry => !writableOnly || entry.createable || entry.updateable)
      .filter(entry => `${entry.name}\n${entry.label}`.toLowerCase().includes(sought))
      .sort((one, other) => rankOf(one) - rankOf(other));
    const { items, nextCursor, cursorAfter } = listPage(fields, request);
    return page({
      items: items.map(toField),
      nextCursor,
      cursorAfter,
      answer: shown => ({
        objectType: object.name,
        label: object.label,
        canCreate: object.createable,
        canUpdate: object.updateable,
        fieldCount: fields.length,
        fields: shown,
      }),
    });
  },
});

/** Required fields first, then the name, then fields that can be set. */
function rankOf(entry: FieldDescription): number {
  if (isRequired(entry)) return 0;
  if (entry.nameField) return 1;
  return entry.createable || entry.updateable ? 2 : 3;
}

function toField(entry: FieldDescription): z.output<typeof field> {
  const values = entry.picklistValues.filter(({ active }) => active).map(({ value }) => value);
  return {
    field: entry.name,
    label: entry.label,
    type: plainTypes[entry.type] ?? entry.type,
    required: isRequired(entry),
    canCreate: entry.createable,
    canUpdate: entry.updateable,
    ...(values.length > 0 && { values: values.slice(0, MAX_VALUES) }),
    ...(entry.referenceTo.length > 0 && { refersTo: entry.referenceTo }),
    ...(entry.inlineHelpText && { help: entry.inlineHelpText }),
  };
}
