import { Failure, invalidInput } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import { isRecordId, longRecordId } from './recordId.ts';
import type { ObjectDescription } from './wire.ts';

export type RecordType = ObjectDescription['recordTypeInfos'][number];

/**
 * The record types of an object by which its records differ: none where it has but the one that every object has, or where a
 * policy closes them.
 */
export function recordTypesOf({ recordTypeInfos, fields }: ObjectDescription): RecordType[] {
  const isOpen = fields.some(({ name, referenceTo }) => name === 'RecordTypeId' && referenceTo.includes('RecordType'));
  return isOpen ? recordTypeInfos.filter(({ master }) => !master) : [];
}

/** The name of a record's type. */
export const recordTypeName = 'RecordType.Name';

/** How long it is believed that the records of an object differ by no type. */
const BELIEVED_MS = 15 * 60_000;
const MAX_KNOWN = 500;

export interface RecordTypeNames {
  /** The fields without the record type, where it is known that there is none. */
  asked(objectType: string, fields: readonly string[]): readonly string[];
  /** Notes that a refusal has told so, where the hidden field is that. Whether it was. */
  noneOf(objectType: string, hidden: string): boolean;
}

/**
 * An object has the lookup to record types only where the org has made some. It is asked for until a refusal tells otherwise, so
 * that nothing need be described first.
 */
export function openRecordTypeNames(now: () => number): (user: string) => RecordTypeNames {
  const none = new Map<string, number>();
  return user => ({
    asked: (objectType, fields) =>
      (none.get(`${user} ${objectType}`) ?? 0) > now() ? fields.filter(field => field !== recordTypeName) : fields,
    noneOf(objectType, hidden) {
      if (hidden !== `${objectType}.${recordTypeName}`) return false;
      if (none.size >= MAX_KNOWN) none.clear();
      none.set(`${user} ${objectType}`, now() + BELIEVED_MS);
      return true;
    },
  });
}

/** Says so where a word of a text, which no record has in its name, is the name of a record type: `Contoso renewals`. */
export function recordTypeHint(object: ObjectDescription, text: string): string | undefined {
  const bare = (word: string) => word.toLowerCase().replace(/s$/, '');
  const words = new Set(text.split(/[^\p{L}\p{N}]+/u).map(bare));
  const type = recordTypesOf(object).find(({ name }) => words.has(bare(name)));
  if (!type) return undefined;
  return `${quoted(type.name)} is a record type: find those with where {"Record Type": ${quoted(type.name)}}, and the rest of the words as account or name.`;
}

/**
 * The record type that a text means: its name, its developer name, or its ID. One that is written just so wins.
 * @throws Failure `invalid_input` with the names that there are, or `ambiguous` with the choices
 */
export function recordTypeCalled(object: ObjectDescription, text: string, input: string): RecordType {
  const all = recordTypesOf(object);
  const sought = text.trim().toLowerCase();
  const ways: ((type: RecordType) => boolean)[] = [
    type => isRecordId(text) && type.recordTypeId === longRecordId(text),
    type => type.name === text.trim(),
    type => type.name.toLowerCase() === sought,
    type => type.developerName?.toLowerCase() === sought,
  ];
  for (const isMeant of ways) {
    const [type, ...others] = all.filter(isMeant);
    if (type && others.length === 0) return type;
    if (type) throw severalTypes([type, ...others], text, input);
  }
  if (all.length === 0) throw invalidInput([{ field: input, message: `${object.label} has no record types.` }]);
  const names = all.map(({ name }) => name);
  const near = nearNames(text, names);
  const told = (near.length > 0 ? near : names.slice(0, MAX_CHOICES)).map(quoted).join(', ');
  const message = `${object.label} has no record type ${quoted(text)}. ${near.length > 0 ? 'The nearest are' : 'There are'} ${told}.`;
  throw invalidInput([{ field: input, message }]);
}

/**
 * The same, or `default` for the one that new records get, which an object without record types has as well.
 * @throws Failure like `recordTypeCalled`
 */
export function recordTypeOrDefault(object: ObjectDescription, text: string, input: string): RecordType {
  const isDefault = text.trim().toLowerCase() === 'default';
  const types = recordTypesOf(object);
  if (!isDefault || types.some(({ name }) => name.toLowerCase() === 'default'))
    return recordTypeCalled(object, text, input);
  const found = object.recordTypeInfos.find(({ defaultRecordTypeMapping }) => defaultRecordTypeMapping) ?? masterType;
  // Where a policy closes the record types, their names are not told either.
  return types.includes(found) || found.master ? found : { ...found, name: 'default' };
}

/** The one that every object has, by an ID that is the same in each org. */
const masterType: RecordType = {
  recordTypeId: '012000000000000AAA',
  name: 'Master',
  developerName: 'Master',
  available: true,
  active: true,
  master: true,
  defaultRecordTypeMapping: true,
};

const MAX_CHOICES = 20;

function severalTypes(all: readonly RecordType[], text: string, input: string): Failure {
  const choices = all.map(({ developerName, recordTypeId }) => developerName ?? recordTypeId).join(', ');
  const message = `Several record types are called ${quoted(text)}: ${choices}. Give the one of these that is meant.`;
  return new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
}
