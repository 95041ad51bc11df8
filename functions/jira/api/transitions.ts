import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { ambiguous, calledSo, folded, meantBy } from './choosing.ts';
import { allowedNames, allowedText } from './fieldValue.ts';
import type { Issue, Transition } from './issue.ts';
import type { IssueField } from './wire.ts';

/**
 * The transition that is meant by its own name, or else by the status that it leads to.
 * @throws Failure `ambiguous` with the transitions to choose from; `invalid_input` that names the possible ones; `conflict`
 * when the issue has that status already
 */
export function transitionTo(status: string, { key, transitions, ...issue }: Issue): Transition {
  const wanted = folded(status);
  const told = ({ id, name, to }: Transition) => {
    const isOnly = transitions.filter(each => folded(each.name) === folded(name)).length === 1;
    return `${isOnly ? name : `${name} (ID ${id})`} to ${to.name}`;
  };
  const named = calledSo(transitions, status, ({ name }) => name);
  const leading = calledSo(transitions, status, ({ to }) => to.name);
  const byName = named.length > 0 ? named : leading;
  const found = byName.length > 0 ? byName : meantBy(transitions, status, { name: told, id: ({ id }) => id, told });
  const current = issue.status ?? 'unknown';
  // A way from a status to itself is gone only where it is called otherwise.
  if (folded(current) === wanted && found.every(({ to }) => folded(to.name) === wanted)) {
    throw new Failure(
      'conflict',
      `${key} already has the status ${current}, so nothing was changed, and no comment was added: for that use addComment.`,
    );
  }
  if (found.length > 1) throw ambiguous('status', status, found.map(told));
  if (found[0]) return found[0];
  const possible = transitions.map(({ name, to }) => (name === to.name ? name : `${to.name} (by "${name}")`));
  const [only, ...others] = [...new Set(transitions.map(({ to }) => to.name))];
  const way =
    only === undefined
      ? 'No transition is possible.'
      : `Possible are ${possible.join(', ')}. If the workflow goes on from there to ${quoted(status)}, move it first to ${others.length === 0 ? only : 'the one of them that comes before'}, and then again.`;
  const message = `${key} has the status ${current}, and no transition leads from there to ${quoted(status)}. ${way}`;
  throw invalidInput([{ field: 'status', message }]);
}

/** What Jira says of a transition, in the words of our inputs, with the values that the fields of its screen take. */
export function withTransitionInputs(
  errors: readonly FieldError[],
  { name: transition }: Transition,
  screen: readonly IssueField[],
): Failure {
  const told = errors.map(({ field, message }) => {
    const onScreen = screen.find(({ id }) => id === field);
    const taken = `${message}${onScreen ? allowedText(onScreen) : ''}`;
    if (field === '' || field === 'comment' || field === 'resolution') return { field, message: taken };
    const name = quoted(onScreen?.name ?? field);
    return { field: 'additionalFields', message: `The transition ${quoted(transition)} needs ${name}: ${taken}` };
  });
  // A rule of the workflow names no field, so those of the screen are named.
  const isUnnamed = errors.every(({ field }) => field === '');
  const open = screen.filter(({ id }) => id !== 'comment');
  if (!isUnnamed || open.length === 0) return invalidInput(told);
  const fields = open.map(field => {
    const allowed = allowedNames(field);
    return `${quoted(field.name)}${field.required ? ' (required)' : ''}${allowed ? `: one of ${allowed}` : ''}`;
  });
  return invalidInput([
    ...told,
    { field: 'additionalFields', message: `The screen of ${quoted(transition)} takes ${fields.join('; ')}.` },
  ]);
}
