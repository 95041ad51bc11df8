import type { Action } from '../../shared/action/defineAction.ts';

/** Puts the data of a sandbox, or of several, back as they were at the start. */
interface Resettable {
  reset(): void;
}

/** After an action's example: what a write has done, or taken away, is not there for the next one's. */
export function putBack({ access }: Pick<Action, 'access'>, ...sandboxes: readonly Resettable[]): void {
  if (access === 'write') for (const sandbox of sandboxes) sandbox.reset();
}

/** What to say of an example that was not answered as it should be: the action, its input and the answer. */
export function answerOf({ name, example }: Pick<Action, 'name' | 'example'>, answer: unknown): string {
  return `The example of ${name}, ${JSON.stringify(example)}, was answered ${JSON.stringify(answer)}`;
}
