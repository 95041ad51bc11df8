import { getAllBoards, getBoard, getConfiguration } from 'jira.js/agile';
import type { Client } from 'jira.js/core';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import { quoted } from '../../../shared/text.ts';
import { ambiguous, folded, type Labels, listed, meantBy, toldApart } from './choosing.ts';
import { parseAnswer } from './parseAnswer.ts';
import { type Board, type BoardConfiguration, boardConfigurationSchema, boardSchema, boardsSchema } from './wire.ts';

/** What is known of the board that is meant; of neither, the only one of the site. */
interface WantedBoard {
  /** A key or numeric ID. */
  projectId?: string | undefined;
  /** A name, an ID, or `Name (ID 12)`. */
  board?: string | undefined;
}

export interface Boards {
  /**
   * The board that is meant, of those that may have sprints. Where no board is named, that of the project.
   * @throws Failure `not_found` where there is none, or only one that has no sprints; `ambiguous` with the names of several
   */
  find(wanted: WantedBoard): Promise<Board>;
  /** Those of a project that may have sprints. */
  withSprints(projectId: string): Promise<Board[]>;
  /** Its columns, and what it estimates by. Cached for five minutes. */
  configuration(board: Pick<Board, 'id'>): Promise<BoardConfiguration>;
}

const LIFE_MS = 5 * 60_000;
const LOOKUP_MS = 8_000;
const MAX_KEPT = 200;
/** The most that Jira gives at once. */
const PAGE_SIZE = 50;
/** Ends the reading of a list that does not end. */
const MAX_PAGES = 4;

/** The boards of a site, for one call. */
export function openBoards(clientFor: (call: Call) => Client, { seenBy, now }: KeptBy): (call: Call) => Boards {
  const configurations = createCache<string, BoardConfiguration>({
    until: () => now() + LIFE_MS,
    maxEntries: MAX_KEPT,
    now,
  });

  return call => {
    const client = clientFor(call);
    const list = async (filter: { projectKeyOrId?: string; name?: string }): Promise<Board[]> => {
      const boards: Board[] = [];
      for (let page = 0; page < MAX_PAGES; page += 1) {
        // A policy may leave out some of a page, so that their number does not tell where the next one begins.
        const range = { startAt: page * PAGE_SIZE, maxResults: PAGE_SIZE };
        const { values, isLast } = parseAnswer(boardsSchema, await getAllBoards(client, { ...filter, ...range }));
        boards.push(...values);
        if (isLast !== false) break;
      }
      return boards;
    };
    /** Those that a text means, and among which it was looked for. */
    const meant = async (wanted: string, filter: { projectKeyOrId?: string }) => {
      if (filter.projectKeyOrId === undefined) {
        if (/^\d{1,15}$/.test(wanted)) {
          const byId = await getBoard(client, { boardId: Number(wanted) }).catch(ifNotFound);
          if (byId) return { found: [parseAnswer(boardSchema, byId)], among: [] };
        }
        const byName = await list({ name: wanted });
        const found = meantBy(byName, wanted, labels);
        if (found.length > 0) return { found, among: byName };
      }
      const among = await list(filter);
      return { found: meantBy(among, wanted, labels), among };
    };

    return {
      withSprints: async projectId => (await list({ projectKeyOrId: projectId })).filter(maySprint),

      async find({ projectId, board: wanted }) {
        const filter = projectId === undefined ? {} : { projectKeyOrId: projectId };
        const where = projectId === undefined ? '' : ` of project ${projectId}`;
        if (wanted === undefined) {
          const all = await list(filter);
          const [only, ...others] = all.filter(maySprint);
          if (!only) throw noneOf(all, where);
          if (others.length > 0) throw severalOf([only, ...others], where);
          return only;
        }
        const { found, among } = await meant(wanted, filter);
        const [only, ...others] = found.some(maySprint) ? found.filter(maySprint) : found;
        if (!only) throw unknownBoard(wanted, among, where);
        if (!maySprint(only)) throw noneOf([only], where);
        if (others.length > 0) throw severalBoards(wanted, [only, ...others]);
        return only;
      },

      configuration: ({ id }) =>
        configurations.get(
          // Boards that are open to one caller may be closed to another.
          JSON.stringify([seenBy(call), id]),
          async () => {
            const shared = clientFor(shareable(call, LOOKUP_MS, now()));
            return parseAnswer(boardConfigurationSchema, await getConfiguration(shared, { boardId: id }));
          },
          call,
        ),
    };
  };
}

const maySprint = ({ type }: Board) => type !== 'kanban';

/** Boards of different projects often have one name. */
const labels: Labels<Board> = { name: ({ name }) => name, id: ({ id }) => String(id) };

function severalBoards(wanted: string, boards: readonly Board[]): Failure {
  return ambiguous('board', wanted, namesOf(boards));
}

function severalOf(boards: readonly Board[], where: string): Failure {
  const message = `There are several boards with sprints${where}: ${listed(namesOf(boards))}. Ask the user which one is meant, and give that.`;
  return new Failure('ambiguous', `board: ${message}`, { errors: [{ field: 'board', message }] });
}

/** Those that share a name are told apart by their IDs. */
function namesOf(boards: readonly Board[]): string[] {
  const isAlone = (board: Board) => boards.filter(({ name }) => folded(name) === folded(board.name)).length === 1;
  return boards.map(board => (isAlone(board) ? board.name : toldApart(board, labels)));
}

function noneOf(boards: readonly Board[], where: string): Failure {
  const kanban = boards.map(({ name }) => name);
  const known =
    kanban.length > 0
      ? `A kanban board has no sprints, and that is all there is: ${listed(kanban)}.`
      : `There is no board${where} that this service may see.`;
  return new Failure('not_found', `There is no scrum board${where}, and so there are no sprints. ${known}`);
}

function unknownBoard(wanted: string, boards: readonly Board[], where: string): Failure {
  const names = [...new Set(boards.filter(maySprint).map(({ name }) => name))];
  const near = nearNames(wanted, names);
  const told = near.length > 0 ? near : names;
  const known = told.length > 0 ? ` Those with sprints are ${listed(told)}.` : '';
  return new Failure('not_found', `There is no board ${quoted(wanted)}${where}.${known}`);
}

function ifNotFound(error: unknown): undefined {
  // Under a policy, a board that is closed and one that is not there are told alike.
  if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden')) return undefined;
  throw error;
}
