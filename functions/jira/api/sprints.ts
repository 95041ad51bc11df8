import { getAllSprints } from 'jira.js/agile';
import type { Client } from 'jira.js/core';
import { Failure } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import { ambiguous, type Labels, listed, meantBy, toldApart } from './choosing.ts';
import { dateOf } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import { type Board, sprintsSchema } from './wire.ts';

type SprintBoard = Pick<Board, 'id' | 'name'>;

export interface BoardSprint {
  id: number;
  name: string;
  state: 'active' | 'future' | 'closed';
  goal: string | undefined;
  start: Date | undefined;
  end: Date | undefined;
  /** When it was closed. */
  completed: Date | undefined;
}

export interface Sprints {
  /** Those that are not closed: the active ones, then the future ones in the order of the board. */
  open(board: SprintBoard): Promise<BoardSprint[]>;
  /** The last ones that were closed, the last first. */
  lastClosed(board: SprintBoard, count: number): Promise<BoardSprint[]>;
  /**
   * A sprint of the board: `active` (or `current`), `next`, which is the first future one, `last` (or `previous`), which is
   * the one that was closed last; or by its name or ID.
   * @throws Failure `not_found`, `ambiguous`
   */
  find(board: SprintBoard, wanted: string): Promise<BoardSprint>;
}

/** The most that Jira gives at once. */
const PAGE_SIZE = 50;
/** Of the list of open sprints. */
const MAX_PAGES = 4;
/** How often a list of closed ones is asked for to find its end, and then to find a name in it. */
const MAX_LOOKS = 12;

interface SprintPage {
  values: BoardSprint[];
  isLast: boolean;
  total: number | undefined;
}

export function openSprints(client: Client): Sprints {
  const load = async (board: SprintBoard, state: string, startAt: number): Promise<SprintPage> => {
    const request = { boardId: board.id, state, startAt, maxResults: PAGE_SIZE };
    const answer = await getAllSprints(client, request).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'invalid_input') throw withoutSprints(board);
      throw error;
    });
    const { values, isLast, total } = parseAnswer(sprintsSchema, answer);
    return { values: values.map(toSprint), isLast: isLast !== false, total: total ?? undefined };
  };

  const open = async (board: SprintBoard): Promise<BoardSprint[]> => {
    const sprints: BoardSprint[] = [];
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { values, isLast } = await load(board, 'active,future', page * PAGE_SIZE);
      sprints.push(...values);
      if (isLast) break;
    }
    return [...sprints.filter(({ state }) => state === 'active'), ...sprints.filter(({ state }) => state === 'future')];
  };

  const closed = (board: SprintBoard) => (startAt: number) => load(board, 'closed', startAt);

  return {
    open,
    async lastClosed(board, count) {
      const { sprints } = await endOf(closed(board));
      return sprints.slice(0, count);
    },

    async find(board, wanted) {
      const word = wanted.toLowerCase();
      if (word === 'last' || word === 'previous') {
        const [last] = (await endOf(closed(board))).sprints;
        if (!last) throw new Failure('not_found', `No sprint of ${quoted(board.name)} has been closed yet.`);
        return last;
      }
      const state = word === 'active' || word === 'current' ? 'active' : word === 'next' ? 'future' : undefined;
      if (state) {
        const sprints = await open(board);
        const [first, ...others] = sprints.filter(each => each.state === state);
        if (!first) throw noneIn(state, board, sprints);
        // Future sprints have an order, active ones have none.
        if (state === 'active' && others.length > 0) throw severalSprints(wanted, [first, ...others]);
        return first;
      }
      const loadClosed = closed(board);
      const [opened, { sprints: ended, before }] = await Promise.all([open(board), endOf(loadClosed)]);
      const known = [...opened, ...ended];
      let found = meantBy(known, wanted, labels);
      // Further back, in case it is an old one.
      for (let looks = 0, startAt = before; found.length === 0 && startAt > 0 && looks < MAX_LOOKS; looks += 1) {
        startAt = Math.max(0, startAt - PAGE_SIZE);
        found = meantBy((await loadClosed(startAt)).values, wanted, labels);
      }
      const [only, ...others] = found;
      if (!only) throw unknownSprint(wanted, board, known);
      if (others.length > 0) throw severalSprints(wanted, found);
      return only;
    },
  };
}

/**
 * The end of a list of closed sprints, which Jira gives the oldest first and without a way to turn it round; and how many
 * sprints there are before it. Where Jira does not tell their number, the end is looked for by steps that double and then
 * halve.
 */
export async function endOf(
  load: (startAt: number) => Promise<SprintPage>,
): Promise<{ sprints: BoardSprint[]; before: number }> {
  const first = await load(0);
  if (first.isLast) return { sprints: newestFirst(first.values), before: 0 };
  if (first.total !== undefined) {
    const startAt = Math.max(0, first.total - PAGE_SIZE);
    return { sprints: newestFirst((await load(startAt)).values), before: startAt };
  }
  // In pages: the last that is known not to be the end, with what it has, and the first that is known to be beyond it.
  let full = { page: 0, values: first.values };
  let beyond = Number.POSITIVE_INFINITY;
  for (let looks = 0; looks < MAX_LOOKS && beyond - full.page > 1; looks += 1) {
    const page =
      beyond === Number.POSITIVE_INFINITY ? Math.max(1, full.page * 2) : Math.floor((full.page + beyond) / 2);
    const { values, isLast } = await load(page * PAGE_SIZE);
    if (!isLast) full = { page, values };
    else if (values.length === 0) beyond = page;
    else {
      const previous = page - 1 === full.page ? full.values : (await load((page - 1) * PAGE_SIZE)).values;
      return { sprints: newestFirst([...previous, ...values]), before: (page - 1) * PAGE_SIZE };
    }
  }
  return { sprints: newestFirst(full.values), before: full.page * PAGE_SIZE };
}

function newestFirst(sprints: readonly BoardSprint[]): BoardSprint[] {
  const at = ({ completed, end }: BoardSprint) => (completed ?? end)?.getTime() ?? 0;
  return sprints.toReversed().sort((one, other) => at(other) - at(one));
}

type SprintAnswer = ReturnType<typeof sprintsSchema.parse>['values'][number];

function toSprint({ id, name, state, goal, startDate, endDate, completeDate }: SprintAnswer): BoardSprint {
  return {
    id,
    name,
    state: state ?? (completeDate ? 'closed' : 'future'),
    goal: goal?.trim() || undefined,
    start: dateOf(startDate),
    end: dateOf(endDate),
    completed: dateOf(completeDate),
  };
}

const labels: Labels<BoardSprint> = { name: ({ name }) => name, id: ({ id }) => String(id) };

function severalSprints(wanted: string, sprints: readonly BoardSprint[]): Failure {
  return ambiguous(
    'sprint',
    wanted,
    sprints.map(sprint => toldApart(sprint, labels)),
  );
}

function withoutSprints({ name }: SprintBoard): Failure {
  return new Failure('not_found', `The board ${quoted(name)} has no sprints: they are not in use there.`);
}

function noneIn(state: 'active' | 'future', { name }: SprintBoard, sprints: readonly BoardSprint[]): Failure {
  const known =
    sprints.length > 0 ? ` There is ${listed(sprints.map(sprint => `${sprint.name}, ${sprint.state}`))}.` : '';
  const what = state === 'active' ? 'No sprint is active' : 'There is no future sprint';
  return new Failure('not_found', `${what} on the board ${quoted(name)}.${known}`);
}

function unknownSprint(wanted: string, { name }: SprintBoard, sprints: readonly BoardSprint[]): Failure {
  const near = nearNames(
    wanted,
    sprints.map(each => each.name),
  );
  const told = near.length > 0 ? near : sprints.slice(0, 10).map(each => each.name);
  const known = told.length > 0 ? ` There is ${listed(told)}.` : ' It has none.';
  return new Failure('not_found', `There is no sprint ${quoted(wanted)} on the board ${quoted(name)}.${known}`);
}
