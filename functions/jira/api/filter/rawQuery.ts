import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { fieldCalled } from '../../../../shared/filter/label.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import type { Jira } from '../jira.ts';
import { type JqlClause, jqlOutline } from '../jqlClauses.ts';
import { jqlTokens } from '../jqlTokens.ts';
import type { FieldCondition } from './conditionJql.ts';
import { wrongValues } from './issueFilter.ts';

/** As many projects as one request tells. */
const MAX_PROJECTS = 100;

/**
 * What to tell of a caller's own query that Jira refused. A condition that cannot be seen to is never left out, which would find
 * other issues: what it names that there is not, or that may not be seen, is told with the names that come near. Costs a request.
 */
export async function explainedQuery(
  error: unknown,
  query: string,
  jira: Pick<Jira, 'metadata' | 'people' | 'listProjects'>,
): Promise<unknown> {
  if (!(error instanceof Failure) || (error.code !== 'invalid_input' && error.code !== 'not_found')) return error;
  const outline = jqlOutline(query, jqlTokens(query) ?? []);
  if (!outline) return error;
  const { clauses, orderedBy } = outline;
  const isTold = (name: string) => isNamedIn(error.message, name);
  const field = [...clauses.map(clause => clause.field), ...orderedBy].find(name => isField(error.message, name));
  const project = projectsIn(clauses).find(isTold);
  try {
    if (field !== undefined) {
      fieldCalled(field, await jira.metadata.fields(), {
        input: 'jql',
        hint: 'describeProject lists the fields of a type.',
      });
    } else if (project !== undefined) {
      const { projects } = await jira.listProjects({ term: undefined, startAt: 0, limit: MAX_PROJECTS });
      return noProject(
        error,
        project,
        projects.flatMap(({ key, name }) => [key, name]),
      );
    } else {
      const wrong = await wrongValues(await comparedWith(clauses, isTold, jira), { jira });
      if (wrong.length > 0) return invalidInput(wrong);
    }
  } catch (problem) {
    // Only of a field that is not there more is known now.
    if (field !== undefined && problem instanceof Failure && problem.code === 'invalid_input') return problem;
  }
  return error;
}

/** The comparisons of fields with the values that are told. */
async function comparedWith(
  clauses: readonly JqlClause[],
  isTold: (value: string) => boolean,
  { metadata }: Pick<Jira, 'metadata'>,
): Promise<FieldCondition[]> {
  const told = clauses.flatMap(({ field, operands }) =>
    operands.filter(({ kind, value }) => kind === 'value' && isTold(value)).map(({ value }) => ({ field, value })),
  );
  if (told.length === 0) return [];
  const fields = await metadata.fields();
  return told.map(({ field, value }) => ({
    field: fieldCalled(field, fields, { input: 'jql' }),
    test: { kind: 'oneOf', values: [value], orEmpty: false },
    isNot: false,
    input: 'jql',
  }));
}

const marks = ["'", '"'];

function isNamedIn(said: string, name: string): boolean {
  const told = said.toLowerCase();
  return (
    marks.some(mark => told.includes(mark + name.toLowerCase() + mark)) ||
    told.includes(` project ${name.toLowerCase()} `)
  );
}

/**
 * Jira: `Field 'x' does not exist or you do not have permission to view it.`, `Not able to sort using field 'x'.` A value's own
 * message names its field, too.
 */
function isField(said: string, name: string): boolean {
  const told = said.toLowerCase();
  return marks.some(mark => {
    const field = `field ${mark}${name.toLowerCase()}${mark}`;
    return told.includes(`${field} does not exist`) || told.includes(`not able to sort using ${field}`);
  });
}

function projectsIn(clauses: readonly JqlClause[]): string[] {
  return clauses
    .filter(({ field }) => field.toLowerCase() === 'project')
    .flatMap(({ operands }) => operands.map(({ value }) => value));
}

function noProject(error: Failure, project: string, names: readonly string[]): Failure {
  const near = nearNames(project, names);
  if (near.length === 0) return error;
  const message = `There is no project ${quoted(project)} that can be seen here. The nearest are ${near.map(quoted).join(', ')}.`;
  return error.code === 'not_found'
    ? new Failure('not_found', `jql: ${message}`, { cause: error })
    : invalidInput([{ field: 'jql', message }]);
}
