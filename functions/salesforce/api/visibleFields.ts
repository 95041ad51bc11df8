import { isClosedHere } from './answerFailure.ts';
import type { Salesforce } from './salesforce.ts';
import { names, type Soql } from './soql.ts';

/** Salesforce's message for a field that its user may not see, which is the same as for one that does not exist. */
const noSuchField = /No such column|Didn't understand relationship '\w+' in field path/;

/** The field with the currency of a record's amounts, which only orgs with several currencies have. */
export const currencyField = 'CurrencyIsoCode';

/** Returns the SELECT list of an object. */
type Select<ObjectType extends string> = (objectType: ObjectType) => Soql;

type FieldLists<ObjectType extends string> = Readonly<Record<ObjectType, readonly string[]>>;

/**
 * Asks for all the given fields; when the user may not see one of them, or a policy closes it, asks once more for those
 * that the descriptions of the objects have. One request where everything may be seen. `leftOut` is told of each field
 * that Salesforce hides from the user; of what a policy closes nothing is told.
 */
export async function withVisibleFields<ObjectType extends string, Answer>(
  salesforce: Salesforce,
  fields: FieldLists<ObjectType>,
  ask: (select: Select<ObjectType>) => Promise<Answer>,
  leftOut: (field: string) => void = () => {},
): Promise<Answer> {
  const objectTypes = Object.keys(fields) as ObjectType[];
  const hasAmounts = objectTypes.some(objectType => fields[objectType].includes(currencyField));
  const isMulti = hasAmounts ? (await salesforce.currencies()).isMulti : false;
  const without = Object.fromEntries(
    objectTypes.map(objectType => [objectType, fields[objectType].filter(field => field !== currencyField)]),
  ) as Record<ObjectType, string[]>;

  let wanted: FieldLists<ObjectType> = isMulti === false ? without : fields;
  let outcome = await attempt(ask, wanted);
  if (isMulti === undefined && outcome.hidden.some(isAboutCurrency)) {
    salesforce.noneOfRecords();
    wanted = without;
    outcome = await attempt(ask, wanted);
  }
  if ('answer' in outcome && outcome.hidden.length === 0) return outcome.answer;

  const visible = await Promise.all(
    objectTypes.map(async objectType => {
      const { shown, hidden } = await visibleFields(salesforce, objectType, wanted[objectType]);
      for (const field of hidden) {
        if (field !== currencyField || isMulti) leftOut(`${objectType}.${field}`);
      }
      return [objectType, shown];
    }),
  );
  const seen = Object.fromEntries(visible) as Record<ObjectType, string[]>;
  return ask(objectType => names(...seen[objectType]));
}

/** Asks once. `hidden` are the refusals that are about a field; other refusals of a whole request are thrown. */
async function attempt<ObjectType extends string, Answer>(
  ask: (select: Select<ObjectType>) => Promise<Answer>,
  fields: FieldLists<ObjectType>,
): Promise<{ answer: Answer; hidden: unknown[] } | { hidden: unknown[] }> {
  try {
    const answer = await ask(objectType => names(...fields[objectType]));
    return { answer, hidden: Array.isArray(answer) ? answer.filter(meetsHiddenField) : [] };
  } catch (error) {
    if (!meetsHiddenField(error)) throw error;
    return { hidden: [error] };
  }
}

export function meetsHiddenField(failure: unknown): boolean {
  return isClosedHere(failure) || (failure instanceof Error && noSuchField.test(failure.message));
}

function isAboutCurrency(failure: unknown): boolean {
  return failure instanceof Error && failure.message.includes(`'${currencyField}'`);
}

/** A path over relationships is visible when its first step is. Without a description, all paths are kept. */
async function visibleFields(salesforce: Salesforce, objectType: string, paths: readonly string[]) {
  const object = await salesforce.describe(objectType).catch(() => undefined);
  if (!object) return { shown: paths, hidden: [] };
  const visible = new Set(object.fields.flatMap(({ name, relationshipName }) => [name, relationshipName]));
  const isVisible = (path: string) => visible.has(path.split('.')[0] ?? '');
  const open = await salesforce.openPaths(objectType, paths);
  return {
    shown: open.filter(isVisible),
    // A lookup that is there leads on to what a policy closes, of which nothing is told.
    hidden: open.filter(path => !isVisible(path) && !visible.has(lookupOf(path))),
  };
}

/** The field of a path's first step: `ParentId` of `Parent.Name`. */
function lookupOf(path: string): string {
  const [step = '', ...others] = path.split('.');
  if (others.length === 0) return step;
  return step.endsWith('__r') ? step.replace(/__r$/, '__c') : `${step}Id`;
}
