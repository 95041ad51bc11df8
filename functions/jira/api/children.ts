import { Failure } from '../../../shared/failure.ts';
import { allIssues } from './allIssues.ts';
import { estimates } from './filter/searchField.ts';
import type { Issue } from './issue.ts';
import type { Jira } from './jira.ts';
import { jql } from './jql.ts';

/** An estimate of the issues below another one, added up. */
interface Estimate {
  field: string;
  /** True where the numbers are seconds. */
  isTime: boolean;
  total: number;
  done: number;
  /** How many of the issues have none. */
  without: number;
}

/** The issues directly below another one. */
export interface Children {
  issues: (Pick<Issue, 'key' | 'summary' | 'status' | 'isDone'> & { assignee?: string | undefined })[];
  /** One for each field that any of them is estimated in. */
  estimates: Estimate[];
  /** False where there are more of them than were read. */
  areAll: boolean;
}

const MAX_PAGES = 5;

/**
 * What is below an issue: of an epic and of what is above epics in one search, which goes on where it finds more than a page.
 * Sub-tasks are told by the issue itself, and boards do not count their points. Undefined where nothing can be below it.
 */
export async function readChildren(
  issue: Issue,
  jira: Pick<Jira, 'search' | 'metadata' | 'timeLeft'>,
): Promise<Children | undefined> {
  if ((issue.hierarchyLevel ?? 0) < 1) {
    return issue.subtasks.length > 0 ? { issues: issue.subtasks, estimates: [], areAll: true } : undefined;
  }
  const fields = estimates(await jira.metadata.fields()).map(({ id, label }) => ({ id, label }));
  const { issues: all, areAll } = await allIssues(
    {
      jql: jql`parent = ${issue.key} ORDER BY key ASC`,
      fields: ['summary', 'status', 'assignee', ...fields.map(({ id }) => id)],
      maxPages: MAX_PAGES,
    },
    jira,
  );
  return {
    issues: all,
    estimates: fields.flatMap(({ id, label }) => {
      const values = all.map(child => ({ value: child.values[id], isDone: child.isDone }));
      const estimated = values.flatMap(({ value, isDone }) => (typeof value === 'number' ? [{ value, isDone }] : []));
      if (estimated.length === 0) return [];
      return [
        {
          field: label,
          isTime: id === 'timeoriginalestimate',
          total: sumOf(estimated),
          done: sumOf(estimated.filter(({ isDone }) => isDone)),
          without: all.length - estimated.length,
        },
      ];
    }),
    areAll,
  };
}

/** What cannot be searched here leaves the issue itself as it is. */
export function unreadChildren(error: unknown): undefined {
  if (!(error instanceof Failure) || !['invalid_input', 'forbidden', 'not_found'].includes(error.code)) throw error;
}

function sumOf(estimated: readonly { value: number }[]): number {
  // Points may be halves, and a sum of fractions has an error that nobody wants to read.
  return Number(estimated.reduce((sum, { value }) => sum + value, 0).toFixed(6));
}
