import { getFilter, getFiltersPaginated } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { parseAnswer } from './parseAnswer.ts';

const filterSchema = z.object({ name: z.string().nullish(), jql: z.string().nullish() });
const filtersSchema = z.object({ values: z.array(filterSchema) });

/**
 * The JQL of a saved filter, found by its ID or its whole name.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-filters/
 * @throws Failure `not_found`, or `ambiguous` where several have the name
 */
export async function readFilter(client: Client, idOrName: string): Promise<string> {
  if (/^\d{1,18}$/.test(idOrName)) {
    return parseAnswer(filterSchema, await getFilter(client, { id: Number(idOrName) })).jql ?? '';
  }
  const answer = await getFiltersPaginated(client, { filterName: idOrName, expand: 'jql' });
  const named = parseAnswer(filtersSchema, answer).values.filter(
    ({ name }) => name?.toLowerCase() === idOrName.toLowerCase(),
  );
  const [filter, ...others] = named;
  if (!filter)
    throw new Failure('not_found', `There is no saved filter named ${quoted(idOrName)} that this service may see.`);
  if (others.length > 0) {
    throw new Failure(
      'ambiguous',
      `Several saved filters are named ${quoted(idOrName)}. Give the ID of the one that is meant.`,
    );
  }
  return filter.jql ?? '';
}
