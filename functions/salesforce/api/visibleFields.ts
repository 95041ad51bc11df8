import { isClosedHere } from './answerFailure.ts';
import type { Salesforce } from './salesforce.ts';
import { names, type Soql } from './soql.ts';

/** Salesforce's message for a field that its user may not see, which is the same as for one that does not exist. */
const noSuchField = /No such column|Didn't understand relationship '\w+' in field path/;

/** Returns the SELECT list of an object. */
type Select<ObjectType extends string> = (objectType: ObjectType) => Soql;

/**
 * Asks for all the given fields; when the user may not see one of them, or a policy closes it, asks once more for those
 * that the descriptions of the objects have. One request where everything may be seen.
 */
export async function withVisibleFields<ObjectType extends string, Answer>(
  salesforce: Salesforce,
  fields: Readonly<Record<ObjectType, readonly string[]>>,
  ask: (select: Select<ObjectType>) => Promise<Answer>,
): Promise<Answer> {
  const all: Select<ObjectType> = objectType => names(...fields[objectType]);
  try {
    const answer = await ask(all);
    if (!Array.isArray(answer) || !answer.some(meetsHiddenField)) return answer;
  } catch (error) {
    if (!meetsHiddenField(error)) throw error;
  }
  const objectTypes = Object.keys(fields) as ObjectType[];
  const visible = await Promise.all(
    objectTypes.map(async objectType => [objectType, await visibleFields(salesforce, objectType, fields[objectType])]),
  );
  const seen = Object.fromEntries(visible) as Record<ObjectType, string[]>;
  return ask(objectType => names(...seen[objectType]));
}

function meetsHiddenField(failure: unknown): boolean {
  return isClosedHere(failure) || (failure instanceof Error && noSuchField.test(failure.message));
}

/** A path over relationships is visible when its first step is. Without a description, all paths are kept. */
async function visibleFields(salesforce: Salesforce, objectType: string, paths: readonly string[]) {
  const object = await salesforce.describe(objectType).catch(() => undefined);
  if (!object) return paths;
  const visible = new Set(object.fields.flatMap(({ name, relationshipName }) => [name, relationshipName]));
  return salesforce.openPaths(
    objectType,
    paths.filter(path => visible.has(path.split('.')[0] ?? '')),
  );
}
