import type { Action } from '../../shared/action/defineAction.ts';
import { operationId } from './naming.ts';

/** Where a maker chooses an input from a list: the action that gives it, and where in its answer the values are. */
interface Choice {
  from: string;
  collection: string;
  title: string;
  value: string;
  /** What that action is given: a value, or the input of the same operation to take it from. */
  parameters: Record<string, number | { parameter: string }>;
}

const choices: Readonly<Record<string, Choice>> = {
  projectId: {
    from: 'listProjects',
    collection: 'projects',
    title: 'name',
    value: 'key',
    parameters: { limit: 100 },
  },
  issueType: {
    from: 'listIssueTypes',
    collection: 'issueTypes',
    title: 'name',
    value: 'name',
    parameters: { projectId: { parameter: 'projectId' } },
  },
  objectType: {
    from: 'listObjects',
    collection: 'objects',
    title: 'label',
    value: 'name',
    parameters: { limit: 100 },
  },
};

/** How a designer fills the list for an input: https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions#x-ms-dynamic-values */
export function dynamicValues(field: string, action: Action, actions: readonly Action[]) {
  const choice = choices[field];
  const needed = Object.values(choice?.parameters ?? {}).flatMap(from =>
    typeof from === 'object' ? from.parameter : [],
  );
  if (!choice || choice.from === action.name || !actions.some(({ name }) => name === choice.from)) return undefined;
  if (!needed.every(name => name in action.input.shape)) return undefined;
  return {
    operationId: operationId(choice.from),
    parameters: choice.parameters,
    'value-collection': choice.collection,
    'value-title': choice.title,
    'value-path': choice.value,
  };
}
