import * as z from 'zod';
import { FIELDS_TEXT } from '../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { type Values, valuesIn } from './fieldValues.ts';

/** As many as Salesforce writes in one request. */
const MAX_RECORDS = 200;

const form = 'a JSON array as a string, such as [{"LastName":"Reed","Account":"Contoso"}]';

/** New records: a JSON array of objects of fields, or one object a line. */
export const newRecords = z
  .string()
  .trim()
  .min(1)
  .max(FIELDS_TEXT)
  .transform((text, context): Values[] => {
    const read = readRecords(text);
    if ('records' in read) return read.records;
    context.issues.push({ code: 'custom', message: read.problem, input: text });
    return z.NEVER;
  })
  .meta({ takesJson: true });

const list = z.array(z.unknown());
const wrapper = z.object({ records: list }).transform(({ records }) => records);

function readRecords(text: string): { records: Values[] } | { problem: string } {
  const rows = text.startsWith('{') ? text.split('\n').map(row => row.trim().replace(/,$/, '')) : [];
  const full = rows.filter(row => row !== '');
  const isRows = full.length > 1 && full.every(row => row.startsWith('{') && row.endsWith('}'));
  const { value, problem } = strictJson(isRows ? `[${full.join()}]` : text);
  if (problem !== undefined) return { problem: `It ${problem}. It must be ${form}.` };
  const given = list.safeParse(value).data ?? wrapper.safeParse(value).data ?? [value];
  if (given.length === 0) return { problem: 'It has no record.' };
  if (given.length > MAX_RECORDS) {
    return {
      problem: `It has ${given.length} records; at most ${MAX_RECORDS} are made in one call. Give the rest in another.`,
    };
  }
  const records = given.map(valuesIn);
  const wrong = records.findIndex(each => each === undefined || Object.keys(each).length === 0);
  return wrong >= 0
    ? { problem: `Record ${wrong + 1} is no object with fields. It must be ${form}.` }
    : { records: records.filter(each => each !== undefined) };
}
