import type { Labelled } from '../../../../shared/filter/label.ts';
import { nameFieldOf } from '../objectNames.ts';
import type { FieldDescription, ObjectDescription } from '../wire.ts';

/** A field of an object, as a filter and a column see it. */
export interface RecordField extends Labelled {
  description: FieldDescription;
  /** Where its value is, as people see it: its API name, or for a lookup the name of what it leads to, `Owner.Name`. */
  path: string;
}

/** The fields of an object that a caller may name, by label or API name; a lookup also by what it leads to. */
export function recordFields({ fields }: ObjectDescription): RecordField[] {
  return fields
    .filter(field => !field.deprecatedAndHidden)
    .map(description => {
      const { name, label, type, relationshipName, referenceTo } = description;
      // `Margin__c` is known as `Margin` as well.
      if (type !== 'reference' || !relationshipName) {
        return { id: name, label, also: [name.replace(/__c$/, '')], description, path: name };
      }
      // A lookup to several objects has the field Name in common.
      const [target = '', ...others] = referenceTo;
      const targetName = others.length > 0 ? 'Name' : (nameFieldOf(target) ?? 'Name');
      const also = [relationshipName, label.replace(/ ID$/i, '')];
      return { id: name, label, also, description, path: `${relationshipName}.${targetName}` };
    });
}
