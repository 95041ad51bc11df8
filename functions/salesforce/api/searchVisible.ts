import { Failure } from '../../../shared/failure.ts';
import { refusedIn } from './refusedIn.ts';
import type { Salesforce, SearchRequest } from './salesforce.ts';

/** How often a search is asked again without what the last refusal was about. */
const MAX_TRIES = 4;

type SearchedObject = SearchRequest['objects'][number];

/**
 * Searches, and goes on without the objects and fields that the user may not see, which `leftOut` names; of what a policy
 * closes nothing is told. One request where everything may be seen.
 * @throws Failure where none of the objects is there
 */
export async function searchVisible(salesforce: Salesforce, request: SearchRequest) {
  const leftOut: string[] = [];
  let { objects } = request;
  for (let tries = 1; ; tries += 1) {
    try {
      return { records: await salesforce.search({ ...request, objects }), leftOut };
    } catch (error) {
      if (tries === MAX_TRIES || !(error instanceof Failure) || error.code !== 'invalid_input') throw error;
      const refused = refusedIn(error.message);
      const seen = await Promise.all(objects.map(object => visiblePart(salesforce, object, refused)));
      const left = seen.flatMap(({ shown }) => shown ?? []);
      const hidden = seen.flatMap(part => part.hidden);
      if (hidden.length === 0 || left.length === 0) throw left.length === 0 ? nothingToSearch(objects) : error;
      leftOut.push(...hidden);
      objects = left;
    }
  }
}

const same = (one: string | undefined, other: string) => one?.toLowerCase() === other.toLowerCase();

/** What is left of an object, and what is not: `Lead`, or `Contact.Phone`. */
async function visiblePart(
  salesforce: Salesforce,
  object: SearchedObject,
  refused: ReturnType<typeof refusedIn>,
): Promise<{ shown?: SearchedObject; hidden: string[] }> {
  const { name, fields } = object;
  if (same(refused.object, name) && refused.field === undefined) return { hidden: [name] };
  let described: ReadonlySet<string> | undefined;
  try {
    described = new Set((await salesforce.describe(name)).fields.map(field => field.name));
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return { hidden: [name] };
    // A policy closes it, or it cannot be told: the search itself leaves it out or says what is wrong.
    if (!(error instanceof Failure)) throw error;
  }
  const open = new Set(await salesforce.openPaths(name, fields));
  const isRefused = (field: string) => same(refused.object, name) && same(refused.field, field);
  const isShown = (field: string) => !isRefused(field) && (described?.has(field) ?? true);
  return {
    shown: { ...object, fields: fields.filter(field => field === 'Id' || isShown(field)) },
    hidden: fields
      .filter(field => field !== 'Id' && !isShown(field) && open.has(field))
      .map(field => `${name}.${field}`),
  };
}

function nothingToSearch(objects: readonly SearchedObject[]): Failure {
  const names = objects.map(({ name }) => name).join(', ');
  return new Failure(
    'forbidden',
    `There is no ${names} in Salesforce that the user of this service may see. Check the names with listObjects, or ask a Salesforce administrator for access.`,
  );
}
