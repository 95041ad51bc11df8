import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { ambiguous, calledSo, folded } from './choosing.ts';
import { allowedText } from './fieldValue.ts';
import type { Issue, Transition } from './issue.ts';
import type { IssueField } from './wire.ts';

/**
 * The transition that is meant by a status or by a transition's own name. Of several that lead to the status, the one that is
 * called so itself is taken, and no other one.
 * @throws Failure `ambiguous` with the transitions to choose from; `invalid_input` that names the possible ones; `conflict`
 * when the issue has that status already
 */
export function transitionTo(status: string, { key, transitions, ...issue }: Issue): Transition {
  const wanted = folded(status);
  const named = calledSo(transitions, status, ({ name }) => name);
  const leading = calledSo(transitions, status, ({ to }) => to.name);
  const both = named.filter(transition => leading.includes(transition));
  const matches =
    both.length > 0 && named.every(each => both.includes(each)) ? both : [...new Set([...named, ...leading])];
  const found = matches.length > 0 ? matches : transitions.filter(({ id }) => id === wanted);
  if (found.length > 1) {
    const choices = found.map(({ id, name, to }) => {
      const isOnly = transitions.filter(each => folded(each.name) === folded(name)).length === 1;
      // A name that is also the status asked for would be ambiguous again.
      return `${isOnly && folded(name) !== wanted ? name : `${name} (by the ID ${id})`} to ${to.name}`;
    });
    throw ambiguous('status', status, choices);
  }
  if (found[0]) return found[0];
  const current = issue.status ?? 'unknown';
  if (folded(current) === wanted) {
    throw new Failure('conflict', `${key} already has the status ${current}, so nothing was changed.`);
  }
  const possible = transitions.map(({ name, to }) => (name === to.name ? name : `${to.name} (by "${name}")`));
  const message = `${key} has the status ${current}, and no transition leads from there to ${quoted(status)}. ${possible.length > 0 ? `Possible are ${possible.join(', ')}.` : 'No transition is possible.'}`;
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
  const fields = open.map(
    field =>
      `"${field.name}"${field.required ? ' (required)' : ''}${allowedText(field)
        .replace(/^ It takes/, ': one of')
        .replace(/\.$/, '')}`,
  );
  return invalidInput([
    ...told,
    { field: 'additionalFields', message: `The screen of ${quoted(transition)} takes ${fields.join('; ')}.` },
  ]);
}
