import type { Labelled } from '../../../../shared/filter/label.ts';
import { nameFieldOf } from '../objectNames.ts';
import { foundShapes } from '../shapes.ts';
import type { FieldDescription, ObjectDescription } from '../wire.ts';

/** A field of an object, as a filter and a column see it. */
export interface RecordField extends Labelled {
  description: FieldDescription;
  /** Where its value is, as people see it: its API name, or for a lookup the name of what it leads to, `Owner.Name`. */
  path: string;
}

/** The fields of an object that a caller may name, by label or API name, or as answers do; a lookup also by what it leads to. */
export function recordFields({ name: objectType, fields }: ObjectDescription): RecordField[] {
  const places = foundShapes.find(shape => shape.objectType === objectType)?.places ?? [];
  const named = fields.filter(field => !field.deprecatedAndHidden).map(toRecordField);
  return named.map(field => {
    const shownAs = places.filter(({ path }) => path === field.path || path === field.id).flatMap(namesOfPlace);
    return shownAs.length > 0 ? { ...field, shownAs } : field;
  });
}

/** `openedAt` is known as `opened` as well. The address of a record is no field. */
const namesOfPlace = ({ name }: { name: string }): string[] =>
  name === 'url' ? [] : [...new Set([name, name.replace(/At$/, '')])];

function toRecordField(description: FieldDescription): RecordField {
  const { name, label, type, relationshipName, referenceTo } = description;
  if (type !== 'reference' || !relationshipName) {
    return { id: name, label, also: shorterNames(description), description, path: name };
  }
  // A lookup to several objects has the field Name in common.
  const [target = '', ...others] = referenceTo;
  const targetName = others.length > 0 ? 'Name' : (nameFieldOf(target) ?? 'Name');
  const also = [relationshipName, label.replace(/ ID$/i, '')];
  return { id: name, label, also, description, path: `${relationshipName}.${targetName}` };
}

/** `Margin__c` is known as `Margin` as well, the `Created Date` as `created`, and the `Last Activity` as `activity`. */
function shorterNames({ name, label, type }: FieldDescription): string[] {
  const own = name.replace(/__c$/, '');
  if (type !== 'date' && type !== 'datetime') return [own];
  const short = [own, label].map(each => each.replace(/ ?(Date|Time)$/i, ''));
  return [own, ...short, ...(name === lastActivity ? ['activity', 'activities'] : [])];
}

/** When the last task or event of a record was, which no change of the record tells. */
export const lastActivity = 'LastActivityDate';
