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
  return { problem: unknownField(all, given, object.label) };
}

function unknownField(all: readonly Names[], given: string, objectLabel: string): string {
  const sought = given.toLowerCase().replace(/[^a-z0-9]|__c$/g, '');
  const close = all
    .filter(
      ({ bare, label }) => sought !== '' && (bare.includes(sought) || label.replace(/[^a-z0-9]/g, '').includes(sought)),
    )
    .slice(0, 5)
    .map(({ field }) => field.name);
  const hint = close.length > 0 ? `Did you mean ${close.join(' or ')}?` : 'describeObject lists the fields.';
  return `${objectLabel} has no such field. ${hint}`;
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
