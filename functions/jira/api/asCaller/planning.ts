import * as z from 'zod';
import { agileRule, type Rule } from './rule.ts';

/** Boards and sprints: they are shown where the project may be browsed that they are kept in. */
export const planning: readonly Rule[] = [
  agileRule('GET', '/board', async ({ options, send }, guard) => {
    const { projectKeyOrId: of } = options.searchParams ?? {};
    if (of !== undefined) await guard.requireProject(String(of));
    // The total would count the others as well.
    const { total: _, ...answer } = boardsAnswer.parse(await send(options));
    const open = await guard.mayBrowseProjects(answer.values.flatMap(projectOfBoard));
    return { ...answer, values: answer.values.filter(each => projectOfBoard(each).some(id => open.has(id))) };
  }),
];

/** A board that somebody keeps for themselves is in no project. */
const projectOfBoard = ({ location }: z.output<typeof board>): string[] =>
  location?.projectId == null ? [] : [String(location.projectId)];

const board = z.looseObject({
  id: z.number(),
  location: z.looseObject({ projectId: z.number().nullish() }).nullish(),
});
const boardsAnswer = z.looseObject({ values: z.array(board) });
