import { Failure } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import { refusedIn } from './refusedIn.ts';
import type { Salesforce } from './salesforce.ts';

/**
 * What to tell of a caller's own statement that Salesforce refused for a field or an object: the names that come near. A field is
 * never left out of a statement, which would then be another. It costs a request where the description is not cached.
 */
export async function explainedQuery(error: unknown, salesforce: Salesforce): Promise<unknown> {
  if (!(error instanceof Failure) || error.code !== 'invalid_input') return error;
  const { object, field } = refusedIn(error.message);
  if (object === undefined) return error;
  try {
    const names =
      field === undefined
        ? (await salesforce.describeAll()).map(({ name }) => name)
        : (await salesforce.describe(object)).fields.flatMap(({ name, label }) => [name, label]);
    const near = nearNames(field?.split('.').at(-1) ?? object, names);
    if (near.length === 0) return error;
    const where = field === undefined ? '' : ` of ${object}`;
    return new Failure('invalid_input', `${error.message} The nearest${where} are ${near.map(quoted).join(', ')}.`, {
      ...(error.errors && { errors: error.errors }),
      cause: error.cause,
    });
  } catch (problem) {
    // What Salesforce said of the statement is told all the same.
    if (problem instanceof Failure) return error;
    throw problem;
  }
}
