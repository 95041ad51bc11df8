import { Failure, invalidInput } from '../../../shared/failure.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { soql } from '../../salesforce/api/soql.ts';
import type { Linkable } from './linkable.ts';
import { recordMeant } from './recordMeant.ts';

/** Each costs a request. */
export const MAX_RECORDS_MEANT = 10;
const MAX_FOUND = 50;

/**
 * The records that a list means, each once. One request for each, and one more for a list with commas, which may be in a name.
 * @throws Failure that tells of all of them that mean none or several: `ambiguous`, else as `recordMeant`
 */
export async function recordsMeant(salesforce: Salesforce, text: string, input: string): Promise<Linkable[]> {
  const parts = nameList(text);
  if (parts.length === 0) throw invalidInput([{ field: input, message: 'It must name at least one record.' }]);
  const names = parts.length > 1 && !/["[]/.test(text) ? await withCommas(salesforce, parts) : parts;
  if (names.length > MAX_RECORDS_MEANT) {
    const message = `It has ${names.length} records; at most ${MAX_RECORDS_MEANT} are taken in one call.`;
    throw invalidInput([{ field: input, message }]);
  }
  const found = await Promise.all(
    names.map(name =>
      recordMeant(salesforce, name, { input, takesPart: true }).catch((error: unknown) => {
        if (error instanceof Failure && !error.retryable) return error;
        throw error;
      }),
    ),
  );
  const failures = found.filter(each => each instanceof Failure);
  const [failure, ...others] = failures;
  if (failure && others.length === 0) throw failure;
  if (failure) {
    const { code } = failures.find(each => each.code === 'ambiguous') ?? failure;
    const errors = failures.flatMap(each => each.errors ?? []);
    throw new Failure(code, [...new Set(failures.map(({ message }) => message))].join(' '), {
      ...(errors.length > 0 && { errors }),
    });
  }
  const records = found.flatMap(each => (each instanceof Failure ? [] : [each]));
  return [...new Map(records.map(record => [record.recordId, record])).values()];
}

/** The names of a list of which some have a comma in them: neighbours that together are what an account or an opportunity is called. */
async function withCommas(salesforce: Salesforce, parts: readonly string[]): Promise<string[]> {
  const few = parts.slice(0, 2 * MAX_RECORDS_MEANT);
  const runs = few.flatMap((_, from) =>
    [2, 3].flatMap(length => (from + length <= few.length ? [few.slice(from, from + length).join(', ')] : [])),
  );
  const answers = await salesforce.queryTogether([
    soql`SELECT Name FROM Account WHERE Name IN ${runs} ORDER BY Id LIMIT ${MAX_FOUND}`,
    soql`SELECT Name FROM Opportunity WHERE Name IN ${runs} ORDER BY Id LIMIT ${MAX_FOUND}`,
  ]);
  // What may not be seen has no names; the parts then mean what they mean.
  const known = new Set(
    answers.flatMap(answer =>
      answer instanceof Failure
        ? []
        : answer.flatMap(({ Name: name }) => (typeof name === 'string' ? [folded(name)] : [])),
    ),
  );
  const names: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const length = [3, 2].find(each => known.has(folded(parts.slice(at, at + each).join(', ')))) ?? 1;
    names.push(parts.slice(at, at + length).join(', '));
    at += length;
  }
  return names;
}

const folded = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();
