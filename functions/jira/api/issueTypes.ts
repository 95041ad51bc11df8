import { Failure, invalidInput } from '../../../shared/failure.ts';
import { ambiguous, calledSo, type Labels, listed, meantBy, toldApart } from './choosing.ts';
import type { IssueType } from './wire.ts';

const labels: Labels<IssueType> = { name: ({ name }) => name, id: ({ id }) => id };

/** The type of that name or ID. @throws Failure `invalid_input` that lists the types, `ambiguous`, or `forbidden` where there is none */
export function typeCalled(name: string, types: readonly IssueType[], projectId: string): IssueType {
  const found = meantBy(types, name, labels);
  if (found.length > 1) {
    throw ambiguous(
      'issueType',
      name,
      found.map(type => toldApart(type, labels)),
    );
  }
  if (found[0]) return found[0];
  throw noType(types, projectId, `${projectId} has no such issue type.`);
}

/**
 * The type that a new issue has where none is named: the only one of its level, or the one that is called Task.
 * @param parentLevel the level of its parent, where it has one
 * @throws Failure `invalid_input` that lists the types where none is obvious
 */
export function obviousType(
  types: readonly IssueType[],
  projectId: string,
  parentLevel: number | undefined,
): IssueType {
  const level = parentLevel === undefined ? 0 : parentLevel - 1;
  const candidates = types.filter(type => (type.hierarchyLevel ?? (type.subtask ? -1 : 0)) === level);
  const [only, another] = candidates;
  const found = another ? calledSo(candidates, 'Task', type => type.name) : only ? [only] : [];
  if (found.length === 1 && found[0]) return found[0];
  throw noType(types, projectId, `${projectId} has no type that is obvious here.`);
}

function noType(types: readonly IssueType[], projectId: string, why: string): Failure {
  if (types.length === 0) {
    return new Failure('forbidden', `This service's account may not create issues of any type in ${projectId}.`);
  }
  return invalidInput([{ field: 'issueType', message: `${why} It has ${listed(types.map(type => type.name))}.` }]);
}
