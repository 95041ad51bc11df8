import { getProjects, moveIssuesToBacklog, moveIssuesToSprintAndRank, rankIssues as sendRank } from 'jira.js/agile';
import { bulkFetchIssues, getIssue, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { type Issue, readIssue, readIssues } from './issue.ts';
import { allOf, inProject, jql } from './jql.ts';
import type { Metadata } from './metadata.ts';
import { parseAnswer } from './parseAnswer.ts';
import { refusedFor } from './refusedFor.ts';
import type { BoardSprint } from './sprints.ts';
import { type Board, boardProjectsSchema, rankedSchema } from './wire.ts';

/** What came of one issue that was to be moved or ranked. */
export interface PlacedIssue {
  issueKey: string;
  outcome: 'done' | 'notDone' | 'notReached' | 'unknown';
  /** Where it was: a sprint, or the backlog. */
  from?: string;
  message?: string;
}

/** Where issues are moved to: a sprint of a board, or out of all that are not closed. */
type Target = { board: Board; sprint: BoardSprint } | 'backlog';

/** Where issues are ranked: beside an issue, or at an end of the backlog of a project. */
export type Place = { before: string } | { after: string } | { end: 'top' | 'bottom'; projectId: string };

/** The order of issues, and which sprint they are in. Each takes up to a few hundred of them. */
export interface Backlog {
  /** @throws Failure where none of them could be moved */
  move(issueKeys: readonly string[], target: Target): Promise<PlacedIssue[]>;
  /**
   * Ranks the issues one after the other.
   * @returns what came of them, and the issue that they were ranked beside; undefined where there is no other in the backlog
   * @throws Failure where none of them could be ranked
   */
  rank(issueKeys: readonly string[], place: Place): Promise<{ issues: PlacedIssue[]; beside: string | undefined }>;
}

/** The most that Jira moves or ranks at once, and the most that it gives by key. */
const MAX_MOVED = 50;
const MAX_FETCHED = 100;
/** How many issues are asked for one by one that Jira did not give by key: such as by the key of a former project. */
const MAX_LOOKED_UP = 10;
/** How many pages of issues at an end of a backlog are looked at, for one that it shows. */
const MAX_PAGES = 5;

const permission = 'Schedule issues';

/** After these it is not known whether a write was made; after these others, the next one would fail as well. */
const unsure = new Set(['upstream_timeout', 'upstream_error', 'internal']);
const stopping = new Set([
  'upstream_unavailable',
  'upstream_auth_failed',
  'unauthenticated',
  'rate_limited',
  'misconfigured',
]);

const sprintsIn = z.array(z.object({ id: z.number(), name: z.string(), state: z.string().optional() }));

interface BacklogParts {
  client: Client;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  metadata: Metadata;
}

interface Found {
  issue: Issue;
  /** The sprint that is not closed in which it is. */
  sprint: { id: number; name: string } | undefined;
}

export function openBacklog({ client, readBackClient, metadata }: BacklogParts): Backlog {
  const sprintField = async () => (await metadata.fields()).find(({ kind }) => kind === 'sprint')?.id;

  const toFound = (issue: Issue, fieldId: string | undefined): Found => {
    const sprints = fieldId === undefined ? [] : (sprintsIn.safeParse(issue.values[fieldId]).data ?? []);
    return { issue, sprint: sprints.find(({ state }) => state !== 'closed') };
  };

  const fieldsWith = (fieldId: string | undefined) => ['issuetype', 'project', 'parent', ...(fieldId ? [fieldId] : [])];

  const fetch = async (asking: Client, keys: readonly string[]): Promise<Map<string, Found>> => {
    const fieldId = await sprintField();
    const fields = fieldsWith(fieldId);
    const found = new Map<string, Found>();
    for (const some of chunks(keys, MAX_FETCHED)) {
      const { issues } = readIssues(await bulkFetchIssues(asking, { issueIdsOrKeys: some, fields }));
      for (const issue of issues) found.set(issue.key.toUpperCase(), toFound(issue, fieldId));
    }
    return found;
  };

  /** The issues by the keys that were given, and why some of them are not there. */
  const read = async (keys: readonly string[]) => {
    const found = await fetch(client, keys);
    const missing = keys.filter(key => !found.has(key));
    const failures = new Map<string, Failure>();
    for (const [index, key] of missing.entries()) {
      if (index >= MAX_LOOKED_UP) {
        failures.set(key, new Failure('not_found', `There is no issue ${key} that this service may see.`));
        continue;
      }
      try {
        // An issue that was moved to another project is found by its old key, too.
        const fieldId = await sprintField();
        const answer = await getIssue(client, { issueIdOrKey: key, fields: fieldsWith(fieldId) });
        found.set(key, toFound(readIssue(answer), fieldId));
      } catch (error) {
        if (!(error instanceof Failure) || (error.code !== 'not_found' && error.code !== 'forbidden')) throw error;
        failures.set(key, error);
      }
    }
    return { found, failures };
  };

  /** The keys of the projects whose issues a board shows. */
  const projectsOf = async (board: Board) => {
    const answer = await getProjects(client, { boardId: board.id, maxResults: MAX_FETCHED });
    return new Set(parseAnswer(boardProjectsSchema, answer).values.map(({ key }) => key));
  };

  /** Why an issue cannot go there; undefined where nothing is known against it. */
  const obstacle = ({ issue }: Found, shown: ReadonlySet<string> | undefined, target: Target) => {
    if (issue.hierarchyLevel === -1) {
      const parent = issue.parent ? `, ${issue.parent.key}` : '';
      return `It is a sub-task, which goes where its parent is${parent}: move that one.`;
    }
    const projectKey = issue.project?.key;
    if (target === 'backlog' || !shown || !projectKey || shown.has(projectKey)) return undefined;
    return `The board ${quoted(target.board.name)} does not show issues of ${projectKey}.`;
  };

  /** Writes some issues at a time. What came of each is set; one that is refused does not keep the others back. */
  const inParts = async (
    keys: readonly string[],
    outcomes: Map<string, PlacedIssue>,
    write: (some: string[]) => Promise<Map<string, string>>,
    isThere: (some: string[]) => Promise<ReadonlySet<string>>,
  ): Promise<Failure | undefined> => {
    let first: Failure | undefined;
    let isStopped = false;
    for (const some of chunks(keys, MAX_MOVED)) {
      const set = (key: string, outcome: PlacedIssue['outcome'], message?: string) =>
        outcomes.set(key, { ...outcomes.get(key), issueKey: key, outcome, ...(message && { message }) });
      if (isStopped) {
        for (const key of some) set(key, 'notReached', 'It was not begun, because the ones before it failed.');
        continue;
      }
      try {
        const refused = await write(some);
        for (const key of some) {
          const why = refused.get(key);
          set(key, why === undefined ? 'done' : 'notDone', why);
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        first ??= error;
        isStopped = unsure.has(error.code) || stopping.has(error.code);
        const isUnknown = unsure.has(error.code) && !error.nothingDone;
        const there = isUnknown ? await isThere(some).catch(() => new Set<string>()) : new Set<string>();
        for (const key of some) {
          if (there.has(key)) set(key, 'done');
          else set(key, isUnknown ? 'unknown' : 'notDone', isUnknown ? notConfirmed : error.message);
        }
      }
    }
    return first;
  };

  return {
    async move(issueKeys, target) {
      if (target !== 'backlog' && target.sprint.state === 'closed') {
        const message = `${quoted(target.sprint.name)} is closed, so no issue can be moved to it. Give active, next, backlog, or another sprint.`;
        throw invalidInput([{ field: 'sprint', message }]);
      }
      const { found, failures } = await read(issueKeys);
      const home = target === 'backlog' ? undefined : target.board.location?.projectKey;
      const isForeign = ({ issue }: Found) => issue.project !== undefined && issue.project.key !== home;
      const shown =
        target !== 'backlog' && [...found.values()].some(isForeign) ? await projectsOf(target.board) : undefined;
      const outcomes = new Map<string, PlacedIssue>();
      const toMove = new Map<string, string>();
      for (const key of issueKeys) {
        const each = found.get(key);
        if (!each) {
          outcomes.set(key, { issueKey: key, outcome: 'notDone', message: failures.get(key)?.message ?? '' });
          continue;
        }
        const from = each.sprint?.name ?? 'backlog';
        const why = obstacle(each, shown, target);
        const isThere = target === 'backlog' ? !each.sprint : each.sprint?.id === target.sprint.id;
        if (why !== undefined) outcomes.set(key, { issueKey: key, outcome: 'notDone', from, message: why });
        else if (isThere) outcomes.set(key, { issueKey: key, outcome: 'done', from, message: 'It was there already.' });
        else {
          outcomes.set(key, { issueKey: key, outcome: 'notReached', from });
          toMove.set(key, each.issue.key);
        }
      }
      const failure = await inParts(
        [...toMove.keys()],
        outcomes,
        async some => {
          const issues = some.map(key => toMove.get(key) ?? key);
          if (target === 'backlog') await moveIssuesToBacklog(client, { issues });
          else await moveIssuesToSprintAndRank(client, { sprintId: target.sprint.id, issues });
          return new Map();
        },
        async some => {
          const now = await fetch(
            readBackClient(),
            some.map(key => toMove.get(key) ?? key),
          );
          const isIn = (each: Found | undefined) =>
            each !== undefined && (target === 'backlog' ? !each.sprint : each.sprint?.id === target.sprint.id);
          return new Set(some.filter(key => isIn(now.get(toMove.get(key) ?? key))));
        },
      );
      return unlessNone([...outcomes.values()], failure, failures);
    },

    async rank(issueKeys, place) {
      const given = 'before' in place ? place.before : 'after' in place ? place.after : undefined;
      const { found, failures } = await read([...issueKeys, ...(given === undefined ? [] : [given])]);
      const wrong = given === undefined ? undefined : failures.get(given);
      if (wrong) throw wrong;
      const keyOf = (key: string) => found.get(key)?.issue.key ?? key;
      const outcomes = new Map<string, PlacedIssue>();
      for (const key of issueKeys) {
        const failed = failures.get(key)?.message;
        const sprint = 'end' in place ? found.get(key)?.sprint : undefined;
        const message = failed ?? (sprint && `It is in ${quoted(sprint.name)}, so that the backlog does not show it.`);
        outcomes.set(key, {
          issueKey: key,
          outcome: failed === undefined ? 'notReached' : 'notDone',
          ...(message && { message }),
        });
      }
      const toRank = issueKeys.filter(key => found.has(key));
      const beside =
        given === undefined && 'end' in place ? await endOf(place, toRank.map(keyOf)) : given && keyOf(given);
      if (beside === undefined) {
        for (const key of toRank)
          outcomes.set(key, { issueKey: key, outcome: 'done', message: 'There is no other issue in the backlog.' });
        return { issues: unlessNone([...outcomes.values()], undefined, failures), beside };
      }
      const isBefore = 'before' in place || ('end' in place && place.end === 'top');
      let last = beside;
      const failure = await inParts(
        toRank,
        outcomes,
        async some => {
          const issues = some.map(keyOf);
          const at = isBefore && last === beside ? { rankBeforeIssue: beside } : { rankAfterIssue: last };
          const answer: unknown = await sendRank(client, { issues, ...at });
          last = issues.at(-1) ?? last;
          const { entries } = answer ? parseAnswer(rankedSchema, answer) : { entries: [] };
          return new Map(
            entries
              .filter(({ status }) => status >= 300)
              .map(({ issueKey, errors }) => [issueKey ?? '', errors?.join(' ') || 'Jira did not rank it.']),
          );
        },
        // Where an issue stands among all others cannot be read.
        async () => new Set(),
      );
      return { issues: unlessNone([...outcomes.values()], failure, failures), beside };
    },
  };

  /** The first or the last issue in the backlog of a project, without those that are to be ranked. */
  async function endOf({ end, projectId }: { end: 'top' | 'bottom'; projectId: string }, without: string[]) {
    const inBacklog = [
      inProject(projectId),
      jql`statusCategory != Done`,
      jql`(sprint IS EMPTY OR (sprint NOT IN openSprints() AND sprint NOT IN futureSprints()))`,
      ...(without.length > 0 ? [jql`key NOT IN ${without}`] : []),
    ];
    const direction = end === 'top' ? jql`ASC` : jql`DESC`;
    let nextPageToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
        jql: jql`${allOf(inBacklog)} ORDER BY Rank ${direction}`.text,
        fields: ['issuetype', 'project'],
        maxResults: MAX_FETCHED,
        ...(nextPageToken && { nextPageToken }),
      });
      const { issues, nextCursor } = readIssues(answer);
      // A backlog shows neither sub-tasks nor epics.
      const shown = issues.find(({ hierarchyLevel = 0 }) => hierarchyLevel === 0);
      if (shown) return shown.key;
      nextPageToken = nextCursor;
      if (nextCursor === undefined) break;
    }
    return undefined;
  }
}

const notConfirmed = 'Jira did not confirm it. Check with searchIssues; to do the same again is safe.';

/** @throws Failure where nothing was done: the one that all share, or one that tells of each */
function unlessNone(
  outcomes: PlacedIssue[],
  failure: Failure | undefined,
  missing: ReadonlyMap<string, Failure>,
): PlacedIssue[] {
  if (outcomes.some(({ outcome }) => outcome === 'done')) return outcomes;
  if (failure)
    throw refusedFor(failure, { permission, where: 'the project of the issues', inputs: { issues: 'issueKeys' } });
  const [only, ...others] = missing.values();
  if (only && others.length === 0 && outcomes.length === 1) throw only;
  throw invalidInput(
    outcomes.map(({ issueKey, message }) => ({ field: 'issueKeys', message: `${issueKey}: ${message}` })),
  );
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const parts = Math.ceil(items.length / size);
  return Array.from({ length: parts }, (_, at) => items.slice(at * size, (at + 1) * size));
}
