import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { type BoardLocation, boardAnswer, type Guard, ifNone } from './guard.ts';
import { agileRule, type Rule } from './rule.ts';

/** Boards and sprints: they are shown where the project may be browsed that they are kept in. */
export const planning: readonly Rule[] = [
  agileRule('GET', '/board', async ({ options, send }, guard) => {
    const { projectKeyOrId: of } = options.searchParams ?? {};
    if (of !== undefined) await guard.requireProject(String(of));
    // The total would count the others as well.
    const { total: _, ...answer } = boardsAnswer.parse(await send(options));
    const open = await guard.mayBrowseProjects(answer.values.flatMap(({ location }) => projectOf(location)));
    const isShown = ({ location }: z.output<typeof boardAnswer>) =>
      projectOf(location).some(id => open.has(id)) || isOwn(location, guard);
    return { ...answer, values: answer.values.filter(isShown) };
  }),
  agileRule('GET', '/board/(\\d+)(?:/configuration)?', async ({ options, parts: [id = ''], send }, guard) => {
    await requireBoard(id, guard);
    return send(options);
  }),
  agileRule('GET', '/board/(\\d+)/sprint', async ({ options, parts: [id = ''], send }, guard) => {
    await requireBoard(id, guard);
    const answer = sprintsAnswer.parse(await send(options));
    // A board shows the sprints of others, too, where one of its issues is in them.
    const open = await Promise.all(
      answer.values.map(({ originBoardId: of }) => !of || String(of) === id || guard.isShownBoard(String(of))),
    );
    return { ...answer, values: answer.values.filter((_, at) => open[at]) };
  }),
  agileRule('GET', '/board/(\\d+)/project', async ({ options, parts: [id = ''], send }, guard) => {
    await requireBoard(id, guard);
    const { total: _, ...answer } = projectsAnswer.parse(await send(options));
    const open = await guard.mayBrowseProjects(answer.values.map(each => each.id));
    return { ...answer, values: answer.values.filter(each => open.has(each.id)) };
  }),
  agileRule('GET', '/sprint/(\\d+)', async ({ options, parts: [id = ''], send }, guard) => {
    const sprint = sprintAnswer.safeParse(await send(options).catch(ifNone)).data;
    if (!sprint?.originBoardId || !(await guard.isShownBoard(String(sprint.originBoardId)))) throw none('sprint', id);
    return sprint;
  }),
];

/** One that is in a project that may not be browsed is told as one that there is not. */
async function requireBoard(boardId: string, guard: Guard): Promise<void> {
  if (!(await guard.isShownBoard(boardId))) throw none('board', boardId);
}

function none(kind: string, id: string): Failure {
  return new Failure('not_found', `There is no ${kind} ${id} in Jira that the user may see.`);
}

const projectOf = (location: BoardLocation): string[] =>
  location?.projectId == null ? [] : [String(location.projectId)];

/** A board that somebody keeps for themselves is in no project. */
const isOwn = (location: BoardLocation, { accountId }: Guard) =>
  location?.projectId == null && location?.userAccountId === accountId;

const boardsAnswer = z.looseObject({ values: z.array(boardAnswer) });
const sprintAnswer = z.looseObject({ originBoardId: z.number().nullish() });
const sprintsAnswer = z.looseObject({ values: z.array(sprintAnswer) });
const projectsAnswer = z.looseObject({ values: z.array(z.looseObject({ id: z.string() })) });
