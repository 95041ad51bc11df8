import * as z from 'zod';
import { withLineBreaks } from '../../../shared/escapedTwice.ts';
import { quoted } from '../../../shared/text.ts';
import type { FieldTimes } from '../../../shared/time/inputs.ts';
import { plainValue } from '../../../shared/time/typedValue.ts';
import {
  type Controlling,
  choiceBeginning,
  choiceOf,
  choicesIn,
  isOffered,
  labelOf,
  listedChoices,
  nearestChoices,
  severalChoices,
} from './choices.ts';
import type { Access } from './fieldNames.ts';
import { readNumber } from './numberText.ts';
import { isIdOf, isRecordId, longRecordId, objectOfId } from './recordId.ts';
import type { FieldDescription } from './wire.ts';

/** Another record that a lookup is to lead to, told by what it is called and not by its ID. */
export interface SoughtRecord {
  /** What it is called, as it was given. */
  name: string;
  /** The values of its fields, where it is told by these, such as an external ID. */
  fields?: Record<string, string | number | boolean>;
  /** Its object, where that was given as well. */
  objectType?: string;
}

/** What a write makes of a field. */
export type Change =
  | { kind: 'value'; value: unknown }
  | { kind: 'record'; sought: SoughtRecord }
  /** A text to put below the one that is there. */
  | { kind: 'append'; text: string }
  /** Of a multi-select picklist. */
  | { kind: 'choices'; add: string[]; remove: string[] };

/** What a value means for a field, and what is odd about it; or why it cannot be taken. */
export type ReadValue = { change: Change; remarks: string[] } | { problem: string };

interface Reading {
  access: Access;
  times: FieldTimes;
  /** The value of the field that decides which choices this one has, where the same write sets it. */
  controlling?: Controlling | undefined;
}

const set = (value: unknown, remarks: string[] = []): ReadValue => ({ change: { kind: 'value', value }, remarks });

/** https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_responses_field_value.htm */
const shown = z.strictObject({ value: z.unknown(), displayValue: z.unknown().optional() });

/** A value as Salesforce's user interface API has it, or Copilot Studio's runtime: `{ "$kind": "Date", "value": "2026-11-15" }`. */
function bareValue(value: unknown): unknown {
  const wrapped = shown.safeParse(value).data;
  return wrapped ? wrapped.value : plainValue(value);
}

/** What a value that was given for a field means: as JSON has it, or as a person writes it. */
export async function readValue(field: FieldDescription, given: unknown, reading: Reading): Promise<ReadValue> {
  const value = bareValue(given);
  const { type, label } = field;
  if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) {
    const mayBeEmpty = field.nillable || (reading.access === 'create' && field.defaultedOnCreate);
    return mayBeEmpty ? set(null) : { problem: `${label} cannot be empty.` };
  }
  switch (type) {
    case 'boolean':
      return readBoolean(value);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent': {
      const number = readNumber(value, { type, decimals: field.scale ?? undefined });
      return 'value' in number ? set(number.value) : number;
    }
    case 'date': {
      const day = typeof value === 'string' ? await reading.times.day(value) : undefined;
      return day === undefined ? { problem: 'It must be a date such as 2026-11-15.' } : set(day);
    }
    case 'datetime': {
      const moment = typeof value === 'string' ? await reading.times.moment(value) : undefined;
      return moment ? set(moment.toISOString()) : { problem: 'It must be a date-time such as 2026-11-15T09:00:00Z.' };
    }
    case 'time':
      return readTime(value);
    case 'reference':
      return readReference(field, value);
    case 'picklist':
      return readChoice(field, value, reading.controlling);
    case 'multipicklist':
      return readChoices(field, value, reading);
    default:
      return readText(field, value, reading.access);
  }
}

const yes = new Set(['true', 'yes', '1']);
const no = new Set(['false', 'no', '0']);

function readBoolean(value: unknown): ReadValue {
  const text = typeof value === 'object' ? '' : String(value).trim().toLowerCase();
  if (yes.has(text)) return set(true);
  return no.has(text) ? set(false) : { problem: 'It must be true or false.' };
}

const timeOfDay = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?Z?$/;

/** A time of day has no zone: Salesforce writes it `09:30:00.000Z`. */
function readTime(value: unknown): ReadValue {
  const [, hour, minute, second = '00', fraction = ''] = timeOfDay.exec(String(value).trim()) ?? [];
  return hour
    ? set(`${hour.padStart(2, '0')}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`)
    : { problem: 'It must be a time of day such as 09:30.' };
}

const apiName = /^[A-Za-z]\w{0,79}$/;
const nested = z
  .looseObject({ attributes: z.looseObject({ type: z.string().regex(apiName) }).optional() })
  .transform(({ attributes, ...fields }) => ({ objectType: attributes?.type, fields }));
const condition = z.union([z.string().trim().min(1).max(255), z.number(), z.boolean()]);

function readReference(field: FieldDescription, value: unknown): ReadValue {
  const { referenceTo } = field;
  if (typeof value === 'string') return leadingTo(referenceTo, { name: value.trim() });
  const { data } = nested.safeParse(value);
  const targets = referenceTo.join(' or ') || 'another record';
  const wanted = {
    problem: `It must be the ID or the name of ${targets}, or {"Name":"…"} with a field of its own, such as an external ID.`,
  };
  if (!data || Array.isArray(value)) return wanted;
  const fields = Object.entries(data.fields).filter(([, each]) => each !== null);
  const idOf = fields.find(([name]) => name.toLowerCase() === 'id')?.[1];
  const objectType = data.objectType === undefined ? {} : { objectType: data.objectType };
  if (typeof idOf === 'string' && isRecordId(idOf.trim())) return set(longRecordId(idOf.trim()));
  const conditions = fields.map(([name, each]) => [name, condition.safeParse(each).data] as const);
  const [first, ...others] = conditions;
  if (!first || conditions.some(([name, each]) => !apiName.test(name) || each === undefined)) return wanted;
  const [name, text] = first;
  // A record type is of one object, of which the description knows both names.
  const isDeveloperName = name.toLowerCase() === 'developername' && referenceTo.includes('RecordType');
  if (others.length === 0 && (name.toLowerCase() === 'name' || isDeveloperName)) {
    return { change: { kind: 'record', sought: { name: String(text), ...objectType } }, remarks: [] };
  }
  const told = Object.fromEntries(conditions.flatMap(([key, each]) => (each === undefined ? [] : [[key, each]])));
  const spoken = conditions.map(([key, each]) => `${key} ${each}`).join(', ');
  return { change: { kind: 'record', sought: { name: spoken, fields: told, ...objectType } }, remarks: [] };
}

function leadingTo(targets: readonly string[], sought: SoughtRecord): ReadValue {
  const { name } = sought;
  if (!isIdOf(targets, name)) return { change: { kind: 'record', sought }, remarks: [] };
  const own = objectOfId(name);
  return own !== undefined && targets.length > 0 && !targets.includes(own)
    ? { problem: `${name} is the ID of a record of ${own}; it must be one of ${targets.join(' or ')}.` }
    : set(longRecordId(name));
}

function readChoice(field: FieldDescription, value: unknown, controlling: Controlling | undefined): ReadValue {
  if (typeof value === 'object') return { problem: 'It must be a text.' };
  const text = String(value);
  const found = choiceOf(field, text, controlling);
  if (found === undefined) {
    if (!field.restrictedPicklist) return set(text.trim(), [unlisted(field, text, controlling)]);
    const longer = choiceBeginning(field, text, controlling);
    return longer === undefined
      ? { problem: `It must be one of ${listedChoices(field, controlling)}.${nearestChoices(field, text)}` }
      : set(longer, [takenFor(field, text, longer)]);
  }
  return 'several' in found
    ? { problem: severalChoices(text, found.several) }
    : set(found.value, notOffered(field, found.value, controlling));
}

const takenFor = (field: FieldDescription, text: string, value: string): string =>
  `${quoted(text)} was taken for ${quoted(labelOf(field, value))}, the only choice of ${field.label} that begins so.`;

/** Where a picklist is not restricted, Salesforce takes any text, and a choice that was misspelled as well. */
function unlisted(field: FieldDescription, text: string, controlling?: Controlling): string {
  return `${quoted(text)} is none of the choices of ${field.label}, which Salesforce took all the same; the choices are ${listedChoices(field, controlling)}.`;
}

/** The API lets through what the user interface would not offer. */
function notOffered(field: FieldDescription, value: string, controlling: Controlling | undefined): string[] {
  const choice = field.picklistValues.find(each => each.value === value);
  if (!controlling || !choice || isOffered(choice, controlling)) return [];
  const other =
    typeof controlling.value === 'string' ? labelOf(controlling.field, controlling.value) : controlling.value;
  return [
    `${quoted(labelOf(field, value))} is not offered for ${field.label} where ${controlling.field.label} is ${other}; offered are ${listedChoices(field, controlling) || 'none'}.`,
  ];
}

const texts = z.union([
  z.string().transform(text => [text]),
  z.array(z.union([z.string(), z.number()]).transform(String)),
]);
const listChange = z.strictObject({ add: texts.optional(), remove: texts.optional() });
const replacing = z.union([
  z.strictObject({ set: texts }).transform(({ set: all }) => all),
  z.strictObject({ replace: texts }).transform(({ replace: all }) => all),
]);

/** No multi-select picklist of Salesforce's has more choices. */
const MAX_SELECTED = 500;

function readChoices(field: FieldDescription, value: unknown, { access, controlling }: Reading): ReadValue {
  if (JSON.stringify(value).split(/[;,]/).length > MAX_SELECTED) return { problem: 'These are too many choices.' };
  const remarks: string[] = [];
  const problems: string[] = [];
  const meant = (given: readonly string[]) =>
    choicesIn(field, given.length === 1 && given[0] !== undefined ? given[0] : given).map(text => {
      const found = choiceOf(field, text, controlling);
      const longer = !found && field.restrictedPicklist ? choiceBeginning(field, text, controlling) : undefined;
      if (longer !== undefined) {
        remarks.push(takenFor(field, text, longer));
        return longer;
      }
      if (found && 'several' in found) problems.push(severalChoices(text, found.several));
      else if (!found && field.restrictedPicklist)
        problems.push(
          `${quoted(text)} is no choice: it must be any of ${listedChoices(field, controlling)}, separated by semicolons.${nearestChoices(field, text)}`,
        );
      else if (!found) remarks.push(unlisted(field, text, controlling));
      else remarks.push(...notOffered(field, found.value, controlling));
      return found && 'value' in found ? found.value : text;
    });
  const change = listChange.safeParse(value).data;
  const all =
    typeof value === 'object' ? (replacing.safeParse(value).data ?? texts.safeParse(value).data) : [String(value)];
  let read: Change;
  if (change && (change.add || change.remove)) {
    const add = meant(change.add ?? []);
    // What is removed need not be a choice any more.
    const remove = choicesIn(field, change.remove ?? []).map(text => {
      const found = choiceOf(
        { ...field, picklistValues: field.picklistValues.map(each => ({ ...each, active: true })) },
        text,
      );
      return found && 'value' in found ? found.value : text;
    });
    read = access === 'create' ? { kind: 'value', value: joined(add) } : { kind: 'choices', add, remove };
  } else if (all) {
    read = { kind: 'value', value: joined(meant(all)) };
  } else {
    return {
      problem: `It must be any of ${listedChoices(field)}, separated by semicolons, or {"add":["…"],"remove":["…"]}.`,
    };
  }
  const [problem] = problems;
  return problem === undefined ? { change: read, remarks } : { problem };
}

/** A multi-select value as Salesforce has it; null for none. */
export const joined = (choices: readonly string[]): string | null => [...new Set(choices)].join(';') || null;

const appended = z.strictObject({ append: z.string() });
const replacingText = z.union([
  z.strictObject({ set: z.string() }).transform(({ set: text }) => text),
  z.strictObject({ replace: z.string() }).transform(({ replace: text }) => text),
]);

function readText(field: FieldDescription, value: unknown, access: Access): ReadValue {
  const addition = appended.safeParse(value).data?.append;
  if (addition !== undefined && access === 'update') {
    return addition.trim() === ''
      ? { problem: 'There is nothing to append.' }
      : { change: { kind: 'append', text: toText(field, addition) }, remarks: [] };
  }
  const text = addition ?? replacingText.safeParse(value).data ?? value;
  if (typeof text === 'object') return { problem: 'It must be a text.' };
  const meant = toText(field, String(text));
  const problem = tooLong(field, meant);
  return problem === undefined ? set(meant) : { problem };
}

/** Only a text of several lines may have had its line ends escaped. */
const toText = ({ type }: FieldDescription, text: string) => (type === 'textarea' ? withLineBreaks(text) : text);

/** Why a text does not fit into its field; undefined where it does. */
export function tooLong({ length }: FieldDescription, text: string): string | undefined {
  return length && text.length > length ? `It must have at most ${length} characters.` : undefined;
}
