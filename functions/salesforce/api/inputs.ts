import * as z from 'zod';
import { withLineBreaks } from '../../../shared/escapedTwice.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { idList } from '../../../shared/schema/idList.ts';
import { FIELDS_TEXT } from '../../../shared/schema/textLimit.ts';
import { findingActions } from './findingActions.ts';
import { longRecordId, objectOfId, recordIdPattern } from './recordId.ts';

const noRecordId =
  'It must be a Salesforce record ID: 15 or 18 letters and digits, such as 001A000001bCdEf. Find it first: for a case number with findCases, for a name with findAccounts, findContacts, findLeads, findOpportunities or searchRecords.';

/** An ID of 15 or 18 characters. IDs are put into paths and queries, so nothing else is accepted. */
export const recordId = z
  .string()
  .trim()
  .regex(recordIdPattern, noRecordId)
  .transform(longRecordId)
  .meta({ names: 'record', acronym: 'ID' });

/** A record by what people call it, which `recordNamed` finds. */
export const recordText = z
  .string()
  .trim()
  .min(1, 'It must not be blank.')
  .max(255)
  .meta({ names: 'record', acronym: 'ID', mayMatchSeveral: true });

/** What it may be, for descriptions. */
export const recordForms = 'by its ID or exact name; a case by its number';

/** Several records, by their IDs separated by commas, spaces or lines, or by their names separated by commas; each once. */
export function recordTexts(most: number) {
  return idList({
    most,
    max: FIELDS_TEXT,
    itemsOf: text => {
      const tokens = text
        .replace(/[[\]"']/g, ' ')
        .split(/[\s,;]+/)
        .filter(Boolean);
      return tokens.every(token => recordIdPattern.test(token)) ? tokens : nameList(text);
    },
    read: each =>
      recordIdPattern.test(each) && /\d/.test(each) ? longRecordId(each) : each.trim().slice(0, 255) || undefined,
    noun: 'record',
    none: 'no record',
  }).meta({ names: 'record', acronym: 'ID', mayMatchSeveral: true });
}

/** A text that a person writes, as plain text or in Markdown. */
export function writtenText(most = 32_000) {
  return z.string().trim().min(1, 'It must not be blank.').max(most).transform(withLineBreaks);
}

/** The ID of a record of one object. IDs begin with a prefix that is particular to the object. */
export function recordIdOf(thing: string, prefix: string) {
  return recordId.refine(
    value => value.startsWith(prefix),
    `It must be the ID of ${thing}, which begins with ${prefix}. Find it by name first, with ${findingActions([objectOfId(prefix) ?? ''])}.`,
  );
}

/** The API name of an object. */
export const objectType = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z]\w{0,79}$/,
    "It must be an object's API name, such as Account or Project__c; listObjects lists them.",
  )
  .meta({
    description: 'The API name of the object, such as Account, Opportunity or Project__c; listObjects lists them.',
    names: 'object',
    choices: { action: 'listObjects', collection: 'objects', title: 'label', value: 'name', inputs: { limit: 100 } },
  });

/** The object of a record whose ID is given. */
export const objectTypeOfId = objectType
  .exactOptional()
  .meta({ ...objectType.meta(), description: 'The API name of the object. The ID tells it, so leave it out.' });

/** The fields of a write as one JSON text, because inputs are flat. */
export const fieldsText = z
  .string({ error: 'It must be a JSON object as a string, such as {"Name":"Contoso"}.' })
  .trim()
  .max(FIELDS_TEXT)
  .meta({
    description:
      'The fields by API name or label: a JSON object as a string, such as {"StageName":"Closed Won","Account":"Contoso","Owner":"me"}. Lookups take an ID or a name.',
    mayMatchSeveral: true,
  });

/** The fields of a change, of which lists and texts need not be replaced. */
export const changedFieldsText = fieldsText.describe(
  'The fields by API name or label: a JSON object as a string, such as {"StageName":"Closed Won","Owner":"Li Wei"}. null empties a field; {"add":["…"],"remove":["…"]} changes a multi-select, {"append":"…"} adds to a text.',
);

/** Whether a record is saved although it may be a duplicate. */
export const allowDuplicate = z.boolean().optional().meta({
  description:
    'True to save it although it may be a duplicate, where the rule allows that: only after the user was told which records match and decided so.',
  advanced: true,
  permits: true,
});

/** A subject, a title or a name, which is on one line: a line end in it would begin a header of an e-mail. */
export function oneLine(most: number) {
  return z
    .string()
    .trim()
    .min(1, 'It must not be blank.')
    .max(most)
    .transform(text => onOneLine(text));
}

/** Without line ends and other control characters, each of which is a space then. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** A search term. */
export const searchText = z.string().trim().min(1, 'It must not be blank.').max(200);
