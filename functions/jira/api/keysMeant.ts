import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { GivenFilters } from './filter/filterInputs.ts';
import { issuesMeant } from './filter/issuesMeant.ts';
import { MAX_CHANGED } from './issueChanges.ts';
import type { Jira } from './jira.ts';
import { Jql } from './jql.ts';

/**
 * The keys of all issues that filters mean, the first by key first.
 * @throws Failure `invalid_input` where there are more than may be changed at once, `not_found` where there is none
 */
export async function keysMeant(filters: GivenFilters, { jira, now }: { jira: Jira; now: Date }): Promise<string[]> {
  const meant = await issuesMeant(filters, { jira, now });
  const query = meant.jql(filters.jql === undefined ? new Jql('key ASC') : undefined);
  const keys: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const search = () => jira.search({ jql: query, fields: [...meant.fields, 'summary'], limit: MAX_CHANGED, cursor });
    const { issues, nextCursor } = await meant.checked(
      search,
      answer => answer.issues.length === 0 && keys.length === 0,
    );
    keys.push(...issues.filter(meant.passes).map(({ key }) => key));
    if (keys.length > MAX_CHANGED || (keys.length === MAX_CHANGED && nextCursor !== undefined)) {
      const all = await jira.count(query).catch(() => undefined);
      const count = all === undefined ? '' : `, about ${all}`;
      throw invalidInput([
        {
          field: 'filters',
          message: `More than ${MAX_CHANGED} issues match${count}. Narrow the filters, so that each call is about at most ${MAX_CHANGED}.`,
        },
      ]);
    }
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  if (keys.length === 0)
    throw new Failure('not_found', 'No issue matches these filters, so there is nothing to change.');
  return keys;
}
