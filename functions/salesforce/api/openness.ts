import type { SalesforceRules } from '../settings.ts';
import { isSetUpObject, isWriteProtected, openPeopleFields } from './setUpObjects.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

/** What of Salesforce is open to one caller. Names may be in any case. */
export interface Openness {
  /** Whether a policy restricts anything; set-up objects are closed without one, too. */
  restricts: boolean;
  isOpen(objectType: string): boolean;
  isWritable(objectType: string): boolean;
  /** Whether only some of the object's fields are open. */
  hasClosedFields(objectType: string): boolean;
  /** Whether a field is open, whatever its object is made of; false where that takes the description. */
  isPlainlyOpen(objectType: string, field: string): boolean;
  /** Whether a policy opens this very field by its name. */
  isNamedField(objectType: string, field: string): boolean;
  /** The fields that are open as far as their own object tells, in lower case. */
  openFields(object: Pick<ObjectDescription, 'name' | 'fields'>): ReadonlySet<string>;
}

type FieldLists = Readonly<Record<string, readonly string[]>> | undefined;

/** What all of these rules leave open. */
export function opennessOf(rules: readonly SalesforceRules[]): Openness {
  const objects = rules.map(rule => rule.objects && asSet(rule.objects));
  const isNamed = (objectType: string) =>
    objects.length > 0 && objects.every(list => list?.has(objectType.toLowerCase()));

  const peopleFields = (objectType: string) => (isNamed(objectType) ? undefined : openPeopleFields(objectType));
  const only = (objectType: string) => {
    const people = peopleFields(objectType);
    // An amount without its currency would be misleading; that a record is none of the deleted ones tells nothing of it.
    const listed = listsFor(rules, 'fields', objectType).map(
      list => new Set([...list, 'currencyisocode', 'isdeleted']),
    );
    return [...(people ? [people] : []), ...listed];
  };
  const hidden = (objectType: string) => listsFor(rules, 'hiddenFields', objectType);
  const hasClosedFields = (objectType: string) => only(objectType).length + hidden(objectType).length > 0;

  const isOpen = (objectType: string) => {
    if (isNamed(objectType) || openPeopleFields(objectType)) return true;
    return !isSetUpObject(objectType) && objects.every(list => list?.has(objectType.toLowerCase()) ?? true);
  };

  return {
    restricts: rules.some(rule => rule.objects || rule.fields || rule.hiddenFields),
    isOpen,
    isWritable: objectType => isNamed(objectType) || (!isWriteProtected(objectType) && isOpen(objectType)),
    hasClosedFields,
    isPlainlyOpen(objectType, field) {
      if (!isOpen(objectType)) return false;
      if (!hasClosedFields(objectType) || field.toLowerCase() === 'id') return true;
      return hidden(objectType).length === 0 && only(objectType).every(list => list.has(field.toLowerCase()));
    },
    isNamedField(objectType, field) {
      const lists = listsFor(rules, 'fields', objectType);
      return lists.length > 0 && lists.every(list => list.has(field.toLowerCase()));
    },
    openFields(object) {
      const open = only(object.name);
      const closed = hidden(object.name);
      const isFieldOpen = (field: FieldDescription) => {
        const name = field.name.toLowerCase();
        const whole = field.compoundFieldName?.toLowerCase() ?? name;
        const parts = object.fields.filter(part => part.compoundFieldName?.toLowerCase() === name);
        const related = [name, whole, ...parts.map(part => part.name.toLowerCase())];
        return (
          name === 'id' ||
          (open.every(list => list.has(name) || list.has(whole)) &&
            !closed.some(list => related.some(other => list.has(other))))
        );
      };
      return new Set(object.fields.filter(isFieldOpen).map(({ name }) => name.toLowerCase()));
    },
  };
}

function listsFor(rules: readonly SalesforceRules[], kind: 'fields' | 'hiddenFields', objectType: string) {
  return rules.flatMap(rule => {
    const list = entryFor(rule[kind], objectType);
    return list ? [asSet(list)] : [];
  });
}

function entryFor(lists: FieldLists, objectType: string): readonly string[] | undefined {
  const sought = objectType.toLowerCase();
  const found = Object.entries(lists ?? {}).filter(([name]) => name.toLowerCase() === sought);
  return found.length > 0 ? found.flatMap(([, list]) => list) : undefined;
}

const asSet = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(name => name.toLowerCase()));
