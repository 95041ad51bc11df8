import { createSprint, getSprint, partiallyUpdateSprint } from 'jira.js/agile';
import { searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { type Clock, momentOf } from '../../../shared/time/when.ts';
import { unlessMade } from '../../../shared/upstream/unlessMade.ts';
import type { Backlog } from './backlog.ts';
import type { Boards } from './boards.ts';
import { calledSo, listed } from './choosing.ts';
import type { FieldChange } from './fieldChanges.ts';
import { isNone } from './inputs.ts';
import { readIssues } from './issue.ts';
import { jql } from './jql.ts';
import { parseAnswer } from './parseAnswer.ts';
import { refusedFor } from './refusedFor.ts';
import { endMeant } from './sprintEnd.ts';
import { type BoardSprint, openSprints, type Sprints, toSprint } from './sprints.ts';
import { type Board, sprintSchema } from './wire.ts';

/** What a sprint is to be. Dates are texts as an asker writes them; a day ends a sprint with its end, as does a span such as `+2d`. */
interface SprintTexts {
  startDate?: string | undefined;
  endDate?: string | undefined;
  goal?: string | undefined;
}

interface SprintChanges extends SprintTexts {
  state?: 'active' | 'closed' | undefined;
  /** `next`, `backlog` or the name of a sprint: where what is not done goes of a sprint that is closed. */
  unfinishedTo?: string | undefined;
  newName?: string | undefined;
}

interface WrittenSprint {
  board: Board;
  sprint: BoardSprint;
  changes: FieldChange[];
  /** Of a sprint that was closed: where its unfinished issues went, and which did not. */
  unfinished?: { to: string; moved: string[]; notMoved: string[] };
  notes: string[];
}

export interface SprintWrites {
  /**
   * Creates a sprint, and starts it where that is asked. Where Jira does not start it, a note says so.
   * @throws Failure `conflict` where the board has a sprint of that name that is not closed, or one that is active and so
   * stands in the way of another
   */
  create(board: Board, sprint: SprintTexts & { name: string; start: boolean }): Promise<WrittenSprint>;
  /** @throws Failure `conflict` where the sprint is in no state for that */
  update(board: Board, name: string, changes: SprintChanges): Promise<WrittenSprint>;
}

interface SprintWriteParts {
  client: Client;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  boards: Boards;
  sprints: Sprints;
  backlog: Backlog;
  clock: Clock;
}

/** As Jira takes them. */
interface WrittenFields {
  name?: string | undefined;
  goal?: string | undefined;
  startDate?: string | undefined;
  endDate?: string | undefined;
  state?: 'active' | 'closed' | undefined;
}

const permission = 'Manage sprints';
const PAGE_SIZE = 100;
/** Ends the reading of a sprint that does not end. */
const MAX_PAGES = 5;

const MINUTE_MS = 60_000;

export function openSprintWrites(parts: SprintWriteParts): SprintWrites {
  const { client, readBackClient, boards, sprints, backlog, clock } = parts;

  const startOf = async (text: string | undefined) => (text === undefined ? undefined : momentOf(text, clock));

  const readSprint = async (asking: Client, id: number) =>
    toSprint(parseAnswer(sprintSchema, await getSprint(asking, { sprintId: id })));

  /** Sends a change, and where the answer is lost looks whether it was made. */
  const send = (board: Board, { id }: BoardSprint, fields: WrittenFields) =>
    unlessMade(
      'Jira',
      async () => {
        const answer = await partiallyUpdateSprint(client, { sprintId: id, ...fields });
        return toSprint(parseAnswer(sprintSchema, answer));
      },
      async () => {
        const now = await readSprint(readBackClient(), id);
        return isSo(now, fields) ? now : undefined;
      },
    ).catch(error => {
      throw toldInInputs(error, board);
    });

  /** Sends that a sprint starts. @throws Failure `conflict` that names the sprint which stands in the way */
  const startSprint = async (
    board: Board,
    sprint: BoardSprint,
    fields: WrittenFields,
    open: readonly BoardSprint[],
  ) => {
    const active = open.filter(({ id, state }) => state === 'active' && id !== sprint.id);
    try {
      return await send(board, sprint, { ...fields, state: 'active' });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'invalid_input' || active.length === 0) throw error;
      const message = `${quoted(sprint.name)} was not started, because the board ${quoted(board.name)} has an active sprint: ${listed(active.map(({ name }) => name))}. ${await howToClose(board, active)} Only boards with parallel sprints have several.`;
      throw new Failure('conflict', message, { cause: error });
    }
  };

  /** The keys of what is not done in a sprint: what has not come to the last column of its board. Sub-tasks are not among them. */
  const unfinishedIn = async (board: Board, { id }: BoardSprint) => {
    const { columnConfig } = await boards.configuration(board);
    const done = columnConfig?.columns.at(-1)?.statuses.map(status => Number(status.id)) ?? [];
    const isOpen = done.length > 0 ? jql`status NOT IN ${done}` : jql`statusCategory != Done`;
    const keys: string[] = [];
    let nextPageToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
        jql: jql`sprint = ${id} AND ${isOpen} ORDER BY Rank ASC`.text,
        fields: ['issuetype', 'project'],
        maxResults: PAGE_SIZE,
        ...(nextPageToken && { nextPageToken }),
      });
      const { issues, nextCursor } = readIssues(answer);
      keys.push(...issues.filter(({ hierarchyLevel }) => hierarchyLevel !== -1).map(({ key }) => key));
      nextPageToken = nextCursor;
      if (nextCursor === undefined) break;
    }
    return keys;
  };

  /** All that is needed to close the sprint that stands in the way, in one call. */
  const howToClose = async (board: Board, [sprint, ...others]: readonly BoardSprint[]): Promise<string> => {
    if (!sprint || others.length > 0) return 'Close one of them first with updateSprint, where the user wants that.';
    const close = `Where the user wants that, close it first with updateSprint, sprint ${quoted(sprint.name)}, state closed`;
    const unfinished = await unfinishedIn(board, sprint).catch((error: unknown) => {
      if (error instanceof Failure) return undefined;
      throw error;
    });
    if (unfinished?.length === 0) return `${close}: all its issues are done.`;
    const count =
      unfinished === undefined
        ? 'its issues that are not done'
        : unfinished.length === 1
          ? 'its 1 issue that is not done'
          : `its ${unfinished.length} issues that are not done`;
    return `${close} and unfinishedTo, which says where ${count} go: next, backlog, or the name of a sprint.`;
  };

  /** Where the unfinished issues go of a sprint that is closed; undefined for the backlog, where Jira leaves them. */
  const targetOf = async (board: Board, sprint: BoardSprint, keys: readonly string[], text: string | undefined) => {
    if (text === undefined) {
      if (keys.length === 0) return undefined;
      const count = keys.length === 1 ? '1 issue that is not done' : `${keys.length} issues that are not done`;
      const message = `${quoted(sprint.name)} has ${count}. Ask the user where they go, and give next, backlog, or the name of a sprint. Nothing was changed.`;
      throw invalidInput([{ field: 'unfinishedTo', message }]);
    }
    if (text.toLowerCase() === BACKLOG) return undefined;
    const target = await sprints.find(board, text).catch(error => {
      throw error instanceof Failure ? inInput('unfinishedTo', error) : error;
    });
    const wrong =
      target.id === sprint.id
        ? 'It is the sprint itself.'
        : target.state === 'closed'
          ? `${quoted(target.name)} is closed.`
          : undefined;
    if (wrong === undefined) return target;
    throw invalidInput([{ field: 'unfinishedTo', message: `${wrong} Give next, backlog, or another sprint.` }]);
  };

  const isPast = (end: Date | undefined): end is Date => end !== undefined && end <= clock.now;

  /** @throws Failure `invalid_input` where a sprint that is to start would be over at once */
  const checkNotOver = async (end: Date | undefined, isStarting: boolean) => {
    if (!isStarting || !isPast(end)) return;
    const message = `The end, ${clockAt(end, await clock.timeZone())}, is past, so that the sprint would be over at once. Nothing was done: give an endDate that is to come.`;
    throw invalidInput([{ field: 'endDate', message }]);
  };

  const datesTold = ({ state, start, end }: BoardSprint) => {
    // One that is set by Jira is a moment after this call began.
    if (state === 'active' && start && start.getTime() - clock.now.getTime() > MINUTE_MS) {
      return ['The sprint is active from now on, though the start that it was given is still to come: tell the user.'];
    }
    if (state === 'closed' || !isPast(end)) return [];
    const what = state === 'active' ? 'it is overdue, and it goes on until it is closed' : 'it cannot be started so';
    return [`The end of the sprint is past: ${what}. Check the dates with the user; updateSprint changes them.`];
  };

  return {
    async create(board, { name, goal, start, startDate, endDate }) {
      const [open, begins] = await Promise.all([sprints.open(board), startOf(startDate)]);
      const [same] = calledSo(open, name, each => each.name);
      if (same) {
        const message = `The board ${quoted(board.name)} has a sprint ${quoted(same.name)} already, which is ${same.state}. Nothing was created; to change that one use updateSprint.`;
        throw new Failure('conflict', `name: ${message}`, { errors: [{ field: 'name', message }] });
      }
      const active = open.filter(({ state }) => state === 'active');
      // A board that has several allows them; of one that has one Jira's API does not tell.
      if (start && active.length === 1) {
        const message = `The board ${quoted(board.name)} has an active sprint, ${quoted(active[0]?.name ?? '')}, so a new one cannot be started. Nothing was created. ${await howToClose(board, active)} Or create this one without start; where the board has parallel sprints, it can then be started with updateSprint.`;
        throw new Failure('conflict', `start: ${message}`, { errors: [{ field: 'start', message }] });
      }
      const from = begins ?? (start ? clock.now : undefined);
      const ends = await endMeant(endDate, { end: undefined, start: from }, clock);
      await checkDates(from, ends, start, clock);
      await checkNotOver(ends, start);
      const dates = { ...(from && { startDate: from.toISOString() }), ...(ends && { endDate: ends.toISOString() }) };
      const known = new Set(open.map(({ id }) => id));
      const { made, notes } = await unlessMade(
        'Jira',
        async () => {
          const body = { name, originBoardId: board.id, ...dates, ...(goal && { goal }) };
          return toSprint(parseAnswer(sprintSchema, await createSprint(client, body)));
        },
        async () =>
          (await openSprints(readBackClient()).open(board)).find(each => each.name === name && !known.has(each.id)),
      ).catch(error => {
        throw toldInInputs(error, board);
      });
      if (!start) return { board, sprint: made, changes: [], notes: [...notes, ...datesTold(made)] };
      try {
        const started = await startSprint(board, made, dates, open);
        return {
          board,
          sprint: started.made,
          changes: [],
          notes: [...notes, ...started.notes, ...datesTold(started.made)],
        };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        // It is there, so that a failure would have it created again.
        return { board, sprint: made, changes: [], notes: [...notes, notStarted(made, error)] };
      }
    },

    async update(board, name, { state, unfinishedTo, newName, goal, startDate, endDate }) {
      const [before, begins] = await Promise.all([sprints.find(board, name), startOf(startDate)]);
      if (unfinishedTo !== undefined && state !== 'closed') {
        const message =
          'It says where issues go of a sprint that is closed. To move issues otherwise use moveToSprint.';
        throw invalidInput([{ field: 'unfinishedTo', message }]);
      }
      checkState(before, state);
      const isStarting = state === 'active' && before.state === 'future';
      const isClosing = state === 'closed' && before.state === 'active';
      const from = begins ?? (isStarting && !before.start ? clock.now : undefined);
      const ends = await endMeant(endDate, { end: before.end, start: from ?? before.start }, clock);
      const wanted: WrittenFields = {
        name: newName,
        goal: goal !== undefined && isNone(goal) ? '' : goal,
        startDate: from?.toISOString(),
        endDate: ends?.toISOString(),
        state,
      };
      await checkDates(from ?? before.start, ends ?? before.end, isStarting, clock);
      await checkNotOver(ends ?? before.end, isStarting);
      const fields = differing(before, wanted);
      if (Object.keys(fields).length === 0)
        return { board, sprint: before, changes: [], notes: [soAlready(before, unfinishedTo)] };
      if (newName !== undefined && fields.name !== undefined) {
        const [same] = calledSo(await sprints.open(board), newName, each => each.name).filter(
          ({ id }) => id !== before.id,
        );
        if (same) {
          const message = `The board ${quoted(board.name)} has another sprint of that name, which is ${same.state}.`;
          throw new Failure('conflict', `newName: ${message}`, { errors: [{ field: 'newName', message }] });
        }
      }
      const unfinished = isClosing ? await unfinishedIn(board, before) : [];
      const target = isClosing ? await targetOf(board, before, unfinished, unfinishedTo) : undefined;
      const { made, notes } = isStarting
        ? await startSprint(board, before, fields, await sprints.open(board))
        : await send(board, before, fields);
      const changes = await changesOf(before, made, clock);
      const kept = keptOf(made, fields);
      const told = kept.length > 0 ? [`Jira did not take what was given for ${kept.join(', ')}.`] : [];
      if (!isClosing) {
        const ofDates = isStarting || from || ends ? datesTold(made) : [];
        return { board, sprint: made, changes, notes: [...notes, ...told, ...ofDates] };
      }
      // A sprint is closed first, as Jira's own screen does it: issues then tell in their field that they were in it, and
      // reports count them as not completed instead of removed.
      const moved = await moveUnfinished(board, unfinished, target);
      return { board, sprint: made, changes, unfinished: moved.unfinished, notes: [...moved.notes, ...notes, ...told] };
    },
  };

  async function moveUnfinished(board: Board, keys: readonly string[], target: BoardSprint | undefined) {
    const to = target?.name ?? BACKLOG;
    if (!target || keys.length === 0) return { unfinished: { to, moved: [...keys], notMoved: [] }, notes: [] };
    const advice = `give them to moveToSprint with sprint ${quoted(target.name)}; do not close the sprint again.`;
    try {
      const issues = await backlog.move(keys, { board, sprint: target });
      const notMoved = issues.filter(({ outcome }) => outcome !== 'done').map(({ issueKey }) => issueKey);
      const [why] = issues.flatMap(({ outcome, message }) => (outcome !== 'done' && message ? [message] : []));
      const note = `The sprint was closed, but ${notMoved.length} of its unfinished issues are not for sure in ${quoted(target.name)}: ${why} To move them, ${advice}`;
      return {
        unfinished: { to, moved: keys.filter(key => !notMoved.includes(key)), notMoved },
        notes: notMoved.length > 0 ? [note] : [],
      };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const note = `The sprint was closed, but its unfinished issues were left in the backlog: ${error.message} To move them, ${advice}`;
      return { unfinished: { to, moved: [], notMoved: [...keys] }, notes: [note] };
    }
  }
}

export const BACKLOG = 'backlog';

/** The fields of these that a sprint does not have so. */
function differing(sprint: BoardSprint, wanted: WrittenFields): WrittenFields {
  const entries = Object.entries(wanted).filter(
    ([field, value]) => value !== undefined && !isSo(sprint, { [field]: value }),
  );
  return Object.fromEntries(entries);
}

/** Whether a sprint is as these fields say. */
function isSo(sprint: BoardSprint, { name, goal, startDate, endDate, state }: WrittenFields): boolean {
  const isAt = (date: string | undefined, at: Date | undefined) => date === undefined || date === at?.toISOString();
  return (
    (name === undefined || name.trim() === sprint.name) &&
    (goal === undefined || goal.trim() === (sprint.goal ?? '')) &&
    isAt(startDate, sprint.start) &&
    isAt(endDate, sprint.end) &&
    (state === undefined || state === sprint.state)
  );
}

const fieldNames = {
  name: 'Name',
  goal: 'Goal',
  startDate: 'Start date',
  endDate: 'End date',
  state: 'State',
} as const;

/** The names of the fields that Jira left as they were. */
function keptOf(sprint: BoardSprint, fields: WrittenFields): string[] {
  const left = differing(sprint, fields);
  return Object.entries(fieldNames).flatMap(([field, name]) => (field in left ? [name] : []));
}

async function changesOf(before: BoardSprint, after: BoardSprint, clock: Clock): Promise<FieldChange[]> {
  const shown = async (at: Date | undefined) => (at ? clockAt(at, await clock.timeZone()) : '');
  const rows: [string, string, string][] = [
    [fieldNames.name, before.name, after.name],
    [fieldNames.state, before.state, after.state],
    [fieldNames.goal, before.goal ?? '', after.goal ?? ''],
    [fieldNames.startDate, await shown(before.start), await shown(after.start)],
    [fieldNames.endDate, await shown(before.end), await shown(after.end)],
  ];
  return rows.flatMap(([field, from, to]) =>
    from === to ? [] : [{ field, ...(from && { from }), ...(to && { to }) }],
  );
}

function soAlready({ name, state }: BoardSprint, unfinishedTo: string | undefined): string {
  const moved = unfinishedTo === undefined ? '' : ' No issue was moved: to move some use moveToSprint.';
  return `Nothing was changed: ${quoted(name)} is ${state}, and what was given is so already.${moved}`;
}

/** @throws Failure `conflict` where a sprint cannot come to that state from its own */
function checkState({ name, state }: BoardSprint, wanted: 'active' | 'closed' | undefined): void {
  if (wanted === 'closed' && state === 'future') {
    throw new Failure(
      'conflict',
      `${quoted(name)} was never started, so it cannot be closed. Start it first, or leave it.`,
    );
  }
  if (wanted === 'active' && state === 'closed') {
    throw new Failure('conflict', `${quoted(name)} is closed, and a closed sprint cannot be started again here.`);
  }
}

/** @throws Failure `invalid_input` where a sprint would end before it starts, or is to start without an end */
async function checkDates(
  start: Date | undefined,
  end: Date | undefined,
  isStarting: boolean,
  clock: Clock,
): Promise<void> {
  if (isStarting && !end) {
    const message = 'To start a sprint its end is needed: ask the user for the day on which it ends.';
    throw invalidInput([{ field: 'endDate', message }]);
  }
  if (start && end && start >= end) {
    throw invalidInput([
      { field: 'endDate', message: `It must be after the start, ${clockAt(start, await clock.timeZone())}.` },
    ]);
  }
}

function toldInInputs(error: unknown, board: Board): unknown {
  const where = board.location?.projectKey ?? `the project of the board ${quoted(board.name)}`;
  return refusedFor(error, { permission, where, inputs: {} });
}

/** The same failure, as one of this input. */
function inInput(field: string, { code, message, cause }: Failure): Failure {
  const said = message.replace(/^\w+: /, '');
  return new Failure(code, `${field}: ${said}`, { cause, errors: [{ field, message: said }] });
}

/** Why a sprint that was created was not started. */
function notStarted({ name }: BoardSprint, { code, message }: Failure): string {
  if (code.startsWith('upstream') || code === 'internal') {
    return `The sprint was created, but it is not known whether it was started: ${message} See with listSprints, and if it is not active start it with updateSprint; do not create it again.`;
  }
  const why = message.replace(`${quoted(name)} was not started, because`, 'the reason is that');
  return `The sprint was created, but it was not started: ${why} To start it later use updateSprint with state active; do not create it again.`;
}
