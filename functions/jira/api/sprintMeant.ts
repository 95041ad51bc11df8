import type { Boards } from './boards.ts';
import { folded } from './choosing.ts';
import { isNone } from './inputs.ts';
import type { Sprints } from './sprints.ts';

/** What a field that holds a sprint is set to, by what a caller calls the sprint. @throws Failure `not_found`, `ambiguous` */
export type SprintMeant = (wanted: string, project: string) => Promise<number | string | null>;

/** Sprints by their place in time, on the board of the project; any other is left to the field, which knows those of all boards. */
export function sprintMeant({ boards, sprints }: { boards: Boards; sprints: Sprints }): SprintMeant {
  const found = new Map<string, Promise<number>>();
  const find = async (word: string, projectId: string) => {
    const sprint = await sprints.find(await boards.find({ projectId }), word);
    return sprint.id;
  };
  return async (wanted, project) => {
    const word = folded(wanted);
    if (isNone(word) || word === 'backlog') return null;
    if (!['active', 'current', 'next'].includes(word)) return wanted;
    const key = `${word} ${project}`;
    const id = found.get(key) ?? find(word, project);
    found.set(key, id);
    return id;
  };
}
