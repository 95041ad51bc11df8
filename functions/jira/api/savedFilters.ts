import { getFilter, getFiltersPaginated } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import { ambiguous, listed, meantBy, toldApart } from './choosing.ts';
import { parseAnswer } from './parseAnswer.ts';

const text = z.string().nullish().catch(undefined);
const filterSchema = z.object({
  id: z.union([z.string(), z.number().transform(String)]).nullish(),
  name: text,
  description: text,
  jql: text,
  owner: z.object({ displayName: text }).nullish().catch(undefined),
});
const pageSchema = z.object({
  /** Null stands for one that is not shown. */
  values: z.array(filterSchema.nullable()),
  isLast: z.boolean().nullish().catch(undefined),
});

/** A query that somebody keeps under a name. */
export interface SavedFilter {
  id: string;
  name: string;
  description: string | undefined;
  jql: string;
  owner: string | undefined;
}

/** The most that Jira gives at once, and how many pages of filters of one name are read. */
const PAGE_SIZE = 100;
const MAX_PAGES = 5;

const labels = {
  name: ({ name }: SavedFilter) => name,
  id: ({ id }: SavedFilter) => id,
  told: ({ name, id, owner }: SavedFilter) => `${name} (ID ${id}${owner ? `, of ${owner}` : ''})`,
};

/**
 * Saved filters by name, those that have `term` in it.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-filters/
 */
export async function searchFilters(
  client: Client,
  { term, startAt, limit }: { term?: string | undefined; startAt: number; limit: number },
): Promise<{ filters: SavedFilter[]; isLast: boolean; read: number }> {
  const answer = await getFiltersPaginated(client, {
    ...(term && { filterName: term }),
    expand: 'description,owner,jql',
    orderBy: 'name',
    startAt,
    maxResults: limit,
  });
  const { values, isLast } = parseAnswer(pageSchema, answer);
  return {
    filters: values.flatMap(value => (value ? [toFilter(value)] : [])),
    isLast: isLast ?? values.length < limit,
    read: values.length,
  };
}

/**
 * A saved filter, by its ID, its name, or as a message told it from others of its name.
 * @throws Failure `not_found` that names the near ones, or `ambiguous` where several have the name
 */
export async function findFilter(client: Client, idOrName: string): Promise<SavedFilter> {
  if (/^\d{1,18}$/.test(idOrName)) {
    const answer = await getFilter(client, { id: Number(idOrName) }).catch((error: unknown) => {
      // One that may not be seen is answered as one that there is not.
      if (!(error instanceof Failure) || !['invalid_input', 'not_found', 'forbidden'].includes(error.code)) throw error;
      const message = `There is no saved filter ${idOrName} that this service may see. listFilters lists them.`;
      throw new Failure('not_found', message, { cause: error });
    });
    return { ...toFilter(parseAnswer(filterSchema, answer)), id: idOrName };
  }
  const [, toldName, id] = /^(.{1,255}) \(ID (\d{1,18})[^()]{0,255}\)$/.exec(idOrName) ?? [];
  const named = await allNamed(client, toldName ?? idOrName);
  const [filter, ...others] = meantBy(named, id ?? idOrName, labels);
  if (filter && others.length === 0) return filter;
  if (filter) {
    throw ambiguous(
      'filter',
      idOrName,
      [filter, ...others].map(each => toldApart(each, labels)),
    );
  }
  const near = nearNames(
    idOrName,
    named.map(({ name }) => name),
  );
  const told = near.length > 0 ? ` The nearest are ${listed(near)}.` : ' listFilters lists them.';
  throw new Failure(
    'not_found',
    `There is no saved filter named ${quoted(idOrName)} that this service may see.${told}`,
  );
}

async function allNamed(client: Client, name: string): Promise<SavedFilter[]> {
  const all: SavedFilter[] = [];
  for (let [page, startAt] = [0, 0]; page < MAX_PAGES; page += 1) {
    const { filters, isLast, read } = await searchFilters(client, { term: name, startAt, limit: PAGE_SIZE });
    all.push(...filters);
    startAt += read;
    if (isLast || read === 0) break;
  }
  return all;
}

function toFilter({ id, name, description, jql, owner }: z.output<typeof filterSchema>): SavedFilter {
  return {
    id: id ?? '',
    name: name ?? '',
    description: description || undefined,
    jql: jql ?? '',
    owner: owner?.displayName ?? undefined,
  };
}
