import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

export type Access = 'create' | 'update';

/** The field that a name means, several of one label, or why there is none. */
export type FoundField = { field: FieldDescription } | { several: FieldDescription[] } | { problem: string };

export const canSet = (field: FieldDescription, access: Access): boolean =>
  access === 'create' ? field.createable : field.updateable;

/** A name as it is compared: whatever its case and the spaces in it. */
const folded = (name: string) => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

/** The names of a field, as they are compared. */
interface Names {
  field: FieldDescription;
  name: string;
  /** The API name without what marks custom fields, and without signs between words: `golive` of `Go_Live__c`. */
  bare: string;
  label: string;
  /** What a lookup leads to: `account` of `AccountId`; none for other fields. */
  relationship: string | undefined;
  isLookup: boolean;
}

const namesOf = (field: FieldDescription): Names => ({
  field,
  name: folded(field.name),
  bare: folded(field.name.replace(/__c$/i, '').replaceAll('_', '')),
  label: folded(field.label),
  relationship: field.relationshipName ? folded(field.relationshipName) : undefined,
  isLookup: field.type === 'reference',
});

/** Whoever asks for many names of one object has them compared once. */
const known = new WeakMap<ObjectDescription, Names[]>();

function namesIn(object: ObjectDescription): Names[] {
  const names = known.get(object) ?? object.fields.map(namesOf);
  known.set(object, names);
  return names;
}

/**
 * The field that is meant by its API name, by what a lookup leads to (`Account` for `AccountId`), or by its label. Of
 * several with one label, the one that can be set.
 */
export function findField(object: ObjectDescription, given: string, access: Access): FoundField {
  const all = namesIn(object);
  const sought = folded(given);
  const ofObject = `${folded(object.label)} ${sought}`;
  const bare = sought.replace(/[ _-]/g, '');
  const ways: ((names: Names) => boolean)[] = [
    ({ name }) => name === sought,
    ({ relationship }) => relationship === sought,
    ({ label }) => label === sought,
    // The labels of lookups end so: Account ID.
    ({ isLookup, label }) => isLookup && (label === `${sought} id` || label === `${sought}id`),
    // A policy may close what a lookup leads to, and with it the name of the relationship.
    ({ isLookup, name }) => isLookup && name === `${sought}id`,
    // Account Name is the name of an account, and Close date CloseDate.
    ({ label }) => label === ofObject,
    names => names.bare === bare,
  ];
  for (const isMeant of ways) {
    const found = bare === '' ? [] : all.filter(isMeant).map(({ field }) => field);
    const settable = found.filter(field => canSet(field, access) && !field.deprecatedAndHidden);
    const [only, ...others] = settable.length > 0 ? settable : found;
    if (only) return others.length === 0 ? { field: only } : { several: [only, ...others] };
  }
  return { problem: unknownField(all, given, { label: object.label, access }) };
}

/** What to say of a name that no field has: its parts where it is an address, else the fields that may be meant. */
function unknownField(
  all: readonly Names[],
  given: string,
  { label: objectLabel, access }: { label: string; access: Access },
): string {
  const settable = all.filter(({ field }) => canSet(field, access) && !field.deprecatedAndHidden);
  const parts = addressParts(settable, given);
  if (parts.length > 0) return `${objectLabel} has it by its parts: give ${parts.join(', ')}.`;
  const { names, words } = sharing(settable, given);
  // More words than one in common say more than a spelling does.
  const spelt = words > 1 ? [...names, ...alike(settable, given)] : [...alike(settable, given), ...names];
  const near = [...new Set([...holding(settable, given), ...spelt])];
  const hint =
    near.length > 0 ? `Did you mean ${near.slice(0, MAX_NEAR).join(' or ')}?` : 'describeObject lists the fields.';
  return `${objectLabel} has no such field. ${hint}`;
}

const MAX_NEAR = 5;
const addressWords = ['street', 'city', 'state', 'postalcode', 'country'];

/** `BillingStreet`, `BillingCity` and so on for `Billing Address`. */
function addressParts(all: readonly Names[], given: string): string[] {
  const [, stem] = /^(.*)address$/.exec(lettersOf(given)) ?? [];
  if (stem === undefined) return [];
  const parts = addressWords.flatMap(word => all.find(({ bare }) => bare === stem + word)?.field.name ?? []);
  return parts.length > 1 ? parts : [];
}

const lettersOf = (name: string) =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/__c$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Fields whose names have all of it in them. */
function holding(all: readonly Names[], given: string): string[] {
  const sought = lettersOf(given);
  if (sought === '') return [];
  return all
    .filter(({ bare, label }) => bare.includes(sought) || lettersOf(label).includes(sought))
    .map(({ field }) => field.name);
}

/** Fields that are spelt nearly so. */
function alike(all: readonly Names[], given: string): string[] {
  const called = new Map(
    all.flatMap(({ field, bare, label, relationship }) =>
      [label, label.replace(/ id$/, ''), bare, relationship ?? ''].map(name => [name, field.name]),
    ),
  );
  return nearNames(given, [...called.keys()]).flatMap(name => called.get(name) ?? []);
}

/** Words of which people say one where a field has another. */
const kin: readonly (readonly string[])[] = [
  ['zip', 'zipcode', 'postcode', 'plz', 'postal'],
  ['fax', 'phone', 'telephone', 'tel', 'mobile', 'cell'],
  ['province', 'state', 'county'],
  ['mail', 'email', 'e-mail'],
  ['comments', 'comment', 'notes', 'note', 'description', 'details'],
  ['price', 'value', 'worth', 'amount'],
  ['url', 'homepage', 'website'],
  ['rep', 'salesperson', 'assignee', 'owner'],
];
const sameWord = (word: string) => kin.find(words => words.includes(word))?.[0] ?? word;
const wordsOf = (name: string) =>
  new Set(
    name
      .toLowerCase()
      .split(/[\s_/()-]+/)
      .filter(Boolean)
      .map(sameWord),
  );

/** Fields whose labels share the most words with it, and how many. */
function sharing(all: readonly Names[], given: string): { names: string[]; words: number } {
  const sought = wordsOf(given.replace(/__c$/i, '').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'));
  const counts = all.map(({ field, label }) => ({
    name: field.name,
    count: [...wordsOf(label)].filter(word => sought.has(word)).length,
  }));
  const most = Math.max(0, ...counts.map(({ count }) => count));
  const names = most === 0 ? [] : counts.filter(({ count }) => count === most).map(({ name }) => name);
  return { names, words: most };
}

/** What to say where several fields have one label. */
export function severalFields(given: string, several: readonly FieldDescription[]): string {
  return `${quoted(given)} is the label of several fields: ${several.map(({ name }) => name).join(', ')}. Nothing was saved. Give the API name of the one that is meant; describeObject tells them apart.`;
}

/** The parts of a compound field, such as an address or the name of a person. */
export function partsOf({ fields }: ObjectDescription, { name }: FieldDescription): FieldDescription[] {
  return fields.filter(field => field.compoundFieldName === name && field.name !== name);
}

/** The part of a compound field that is called so: `street`, `postalCode`, `BillingStreet`, `Latitude`. */
export function partNamed(
  compound: FieldDescription,
  parts: readonly FieldDescription[],
  given: string,
): FieldDescription | undefined {
  const sought = folded(given);
  const stem = compound.name.replace(/(Address|__c)$/, '').toLowerCase();
  const endings = [sought, `${stem}${sought}`, `${stem}__${sought}__s`];
  return (
    parts.find(({ name }) => endings.includes(name.toLowerCase())) ??
    parts.find(({ label }) => folded(label) === sought)
  );
}

/** Why fields that Salesforce derives cannot be set, and what to set instead. */
const derived: Readonly<Record<string, string>> = {
  IsPersonAccount: 'it follows from the record type: for a person give LastName in place of Name, and RecordType',
  IsWon: 'it follows from the stage',
  IsClosed: 'it follows from the stage or the status',
  ForecastCategory: 'it follows from ForecastCategoryName',
};
const kept =
  /^(Id|IsDeleted|Created(Date|ById)|LastModified(Date|ById)|SystemModstamp|Last(Activity|Viewed|Referenced)Date)$/;

/** Why a field cannot be set, and what can. */
export function whyReadOnly(field: FieldDescription, parts: readonly FieldDescription[], access: Access): string {
  const { name, label, calculated, calculatedFormula, autoNumber, createable, updateable, custom } = field;
  if (access === 'update' && createable) return `${label} can only be set when the record is created.`;
  if (access === 'create' && updateable) return `${label} can only be set once the record is there.`;
  const settable = parts.filter(part => canSet(part, access)).map(part => part.name);
  if (settable.length > 0) return `${label} is made of its parts: give ${settable.join(', ')}.`;
  const why = derived[name] ?? (autoNumber ? 'Salesforce numbers it itself' : undefined);
  if (why) return `${label} is read-only: ${why}.`;
  if (calculated) {
    return `${label} is read-only: it is calculated ${calculatedFormula ? 'by a formula' : 'from other records or fields'}. Change what it is calculated from.`;
  }
  if (kept.test(name)) return `${label} is read-only: Salesforce keeps it itself.`;
  return custom
    ? `${label} is read-only for the Salesforce user that this service runs as. A Salesforce administrator can open it.`
    : `${label} is read-only: Salesforce sets it itself, or the user that this service runs as may not.`;
}
