import {
  countIssues,
  getChangeLogs,
  getCurrentUser,
  getIssue,
  getIssueWorklog,
  getMyPermissions,
  getProject,
  searchAndReconsileIssuesUsingJqlPost,
  searchProjects,
} from 'jira.js/cloud';
import { type Call, forReadBack, shareable } from '../../../shared/call.ts';
import type { Account } from '../../../shared/caller/caller.ts';
import { Failure } from '../../../shared/failure.ts';
import { lazily } from '../../../shared/lazily.ts';
import { type KeptBy, seenBy } from '../../../shared/seenBy.ts';
import { openAskersZone } from '../../../shared/time/askersZone.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import type { JiraParts } from '../settings.ts';
import type { AllowedProjects } from './allowed.ts';
import type { runAsCaller } from './asCaller/runAsCaller.ts';
import { askedBy } from './askedBy.ts';
import { type AskerParts, forAsker, orderOf, withoutOrder } from './asker.ts';
import type { AttachFiles } from './attachFiles.ts';
import type { Attachments } from './attachments.ts';
import type { Backlog } from './backlog.ts';
import { type Boards, openBoards } from './boards.ts';
import { type FieldChange, fieldChanges } from './changelogs.ts';
import { type JiraClient, jiraClient, jiraCredentials, openedLater } from './client.ts';
import { type CommentOrder, type CommentPage, listComments, openComments, withProjectType } from './comments.ts';
import { namesInJql } from './filter/searchField.ts';
import { type History, type Issue, readHistories, readIssue, readIssues, readWorklogs, unreadIssue } from './issue.ts';
import type { IssueChanges } from './issueChanges.ts';
import type { IssueWrites } from './issueWrites.ts';
import { Jql, jql } from './jql.ts';
import { type Metadata, openMetadata } from './metadata.ts';
import { openMyself } from './myself.ts';
import type { NewIssues } from './newIssues.ts';
import type { EditedComment, OwnComments } from './ownComments.ts';
import { parseAnswer } from './parseAnswer.ts';
import { openPeople, type People } from './people.ts';
import { openPlanning, type Planning } from './planning.ts';
import type { RemoteLinks } from './remoteLinks.ts';
import { findFilter, type SavedFilter, searchFilters } from './savedFilters.ts';
import type { ArticlePage } from './serviceDesk/articles.ts';
import type { Desks } from './serviceDesk/desks.ts';
import type { RequestWrites } from './serviceDesk/requestWrites.ts';
import { sprintMeant } from './sprintMeant.ts';
import { openSprints, type Sprints } from './sprints.ts';
import type { SprintWrites } from './sprintWrites.ts';
import type { Versions } from './versions.ts';
import type { Watching } from './watching.ts';
import {
  countSchema,
  myselfSchema,
  type Project,
  permissionsSchema,
  projectPageSchema,
  projectSchema,
  zoneSchema,
} from './wire.ts';
import type { WritesOfMany } from './writesOfMany.ts';

interface SearchRequest {
  jql: Jql;
  fields: string[];
  /** The most issues to return; Jira may return fewer. */
  limit: number;
  cursor?: string | undefined;
  /** True for the issues' changelogs, too. */
  withChangelog?: boolean;
}

/** Jira, for one call. A read makes one request, or none where its answer is cached. */
export interface Jira extends IssueWrites, RequestWrites {
  /** Searches issues: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ */
  search(request: SearchRequest): Promise<{ issues: Issue[]; nextCursor: string | undefined }>;
  /** How many issues a search finds. Jira's count may lag behind changes that were just made. */
  count(jql: Jql): Promise<number>;
  /** @throws Failure `not_found` */
  getIssue(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** The changelog of an issue from entry `startAt` on, oldest first. */
  getChangelog(
    issueKey: string,
    page: { startAt: number; limit: number },
  ): Promise<{ histories: History[]; total: number }>;
  /** The changes of up to ten fields of issues, by the issues' IDs. */
  fieldChanges(
    issueIds: readonly string[],
    fieldIds: readonly string[],
  ): Promise<{ changes: Map<string, FieldChange[]>; isWhole: boolean }>;
  /** Comments of an issue; `at` is where an earlier page said that the list goes on. @throws Failure `not_found` */
  listComments(
    issueKey: string,
    page: { order: CommentOrder; at: number | undefined; limit: number },
  ): Promise<CommentPage & { key: string }>;
  /** The work on an issue that began between two moments, up to 5,000 entries. @throws Failure `not_found` */
  getWorklogs(issueKey: string, period: { from: Date; to: Date | undefined }): Promise<Issue['worklogs']>;
  /** @throws Failure `not_found` */
  getProject(projectIdOrKey: string): Promise<Project>;
  /** Projects by key; `term` is a part of the name or the key. */
  listProjects(request: {
    term: string | undefined;
    startAt: number;
    limit: number;
  }): Promise<{ projects: Project[]; total: number | undefined; isLast: boolean }>;
  /**
   * What a saved filter finds, by its name or ID, as it means the asking user; and its own order.
   * @throws Failure `not_found` or `ambiguous`
   */
  savedFilter(idOrName: string): Promise<{ condition: Jql; order: Jql | undefined }>;
  /** Saved filters by name; `term` is a part of it. `read` is how many Jira gave, whether shown or not. */
  listFilters(request: {
    term: string | undefined;
    startAt: number;
    limit: number;
  }): Promise<{ filters: SavedFilter[]; isLast: boolean; read: number }>;
  people: People;
  planning: Planning;
  metadata: Metadata;
  boards: Boards;
  sprints: Sprints;
  sprintWrites: SprintWrites;
  backlog: Backlog;
  attachments: Attachments;
  newIssues: NewIssues;
  issueChanges: IssueChanges;
  attachFiles: AttachFiles;
  remoteLinks: RemoteLinks;
  /** Lets somebody watch an issue, or not. @throws Failure */
  watch(issueKey: string, whom: { person: string; isWatching: boolean }): Promise<Watching>;
  ownComments: Pick<OwnComments, 'find' | 'remove'>;
  /** As `OwnComments.edit`, with the issue. */
  editComment(
    issueKey: string,
    commentId: string | undefined,
    markdown: string,
  ): Promise<EditedComment & { issue: Issue }>;
  desks: Desks;
  /** Articles of the knowledge base of a service desk, by its key or name, or of all. */
  findArticles(
    text: string,
    request: { projectId: string | undefined; limit: number; cursor: string | undefined },
  ): Promise<ArticlePage>;
  versions: Versions;
  /** The IANA name of the time zone that decides what a day is. It costs a request where it is not cached. */
  timeZone(): Promise<string>;
  /** What today is in JQL; Jira's own `startOfDay()` is that of the account that this service uses. */
  startOfDay(now: Date): Promise<Jql>;
  /** How many milliseconds are left to ask Jira in. */
  timeLeft(): number;
  /** Whether a policy closes projects to the caller. */
  isRestricted: boolean;
  /** Whether answers leave out what the caller may not see, which Jira counts. */
  isLimited: boolean;
  /** Whether the account that is signed in to Jira is the caller's own. */
  isCallers: boolean;
  /** The address of a board in the browser. */
  boardUrl(boardId: number): string;
  /** The address of an issue or a project in the browser. */
  browseUrl(key: string): string;
  /** That of what a saved filter finds. */
  filterUrl(filterId: string): string;
}

const LOOKUP_MS = 8_000;

const issueWriteMethods = [
  'createIssue',
  'updateIssue',
  'assignIssue',
  'transitionIssue',
  'addComment',
  'linkIssues',
  'minutesOf',
  'logWork',
] as const satisfies (keyof IssueWrites)[];

const deskMethods = [
  'desk',
  'queue',
  'requestTypes',
  'requestType',
  'fields',
  'organization',
  'organizationsOf',
  'organizationNames',
] as const satisfies (keyof Desks)[];

/**
 * Opens one site of Jira for calls.
 * @param limits what limits answers to what each caller may see and do; undefined where that of the service's account is answered
 */
export function openJira(parts: JiraParts, limits: typeof runAsCaller | undefined) {
  const { settings } = parts;
  /** What the account of this service may see and do, which is more than a caller may. */
  const credentials = jiraCredentials(parts);
  const unlimited = jiraClient(parts, credentials);
  const asCaller = limits?.(parts, { unlimited, fieldsFor: call => metadataFor(call).fields() });
  const callOf = (given: Call) => asCaller?.callOf(given) ?? given;
  const clientFor = (call: Call): JiraClient => {
    const client = asCaller?.clientFor(call) ?? unlimited(call);
    const allowed = allowedProjects(parts.rulesOf(call));
    if (!allowed) return client;
    const openFields = async () => namesInJql(await metadataFor(call).fields());
    return openedLater(async () => (await import('./allowed.ts')).restrictedTo(allowed, client, openFields));
  };
  const kept: KeptBy = { seenBy: call => seenBy(call, { eachCaller: asCaller !== undefined }), now: parts.now };
  const peopleFor = openPeople(clientFor, { settings, ...kept, accountFor: asCaller?.accountFor });
  const metadataFor = openMetadata(clientFor, kept);
  const boardsFor = openBoards(clientFor, kept);
  // What is kept of the desks serves all calls.
  let openedDesks: Promise<(call: Call) => Desks> | undefined;
  const openDesks = async () => (await import('./serviceDesk/desks.ts')).openDesks(clientFor, kept);
  const zoneFor = openAskersZone(parts);
  const accountsZone = async (call: Call) => {
    const client = unlimited(shareable(call, LOOKUP_MS, parts.now()));
    return parseAnswer(zoneSchema, await getCurrentUser(client)).timeZone ?? undefined;
  };

  const isCallers = settings.JIRA_AUTH === 'caller';
  // Before it is known who calls, nothing is known of what a policy closes to them.
  const myself = openMyself(unlimited, parts);

  const get = async (call: Call, issueKey: string, { fields, expand }: { fields: string[]; expand?: string }) => {
    const answer = await getIssue(clientFor(call), { issueIdOrKey: issueKey, fields, ...(expand && { expand }) });
    return readIssue(answer);
  };

  const zonesFor = (call: Call) =>
    isCallers
      ? myself.zone(call)
      : zoneFor(call, {
          ofUser: async () => (await peopleFor(call).findCaller())?.timeZone ?? undefined,
          ofAccount: () => accountsZone(call),
        });

  return {
    timeZone: (given: Call) => zonesFor(callOf(given)).shown(),

    for(given: Call): Jira {
      const call = callOf(given);
      const client = clientFor(call);
      const readBackClient = () => clientFor(forReadBack(call, parts.now()));
      // What a caller writes in their own name needs no mark of who asked for it.
      const mark = isCallers ? undefined : askedBy(call.caller);
      const allowed = allowedProjects(parts.rulesOf(call));
      const people = peopleFor(call);
      const metadata = metadataFor(call);
      const desks = lazily(deskMethods, async () => {
        openedDesks ??= openDesks();
        return (await openedDesks)(call);
      });
      const { timeZone, unlessAccounts } = zonesFor(call);
      const asker: AskerParts = {
        findAccount: async () => (await people.findCaller())?.accountId,
        readFilter: async filter => (await findFilter(client, filter)).jql,
      };
      const browseUrl = (key: string) => `${settings.JIRA_BASE_URL}/browse/${key}`;
      const readBack = (issueKey: string, fields: string[]) =>
        get(forReadBack(call, parts.now()), issueKey, { fields }).catch(error => {
          // The change was made, so the write has succeeded even if the issue cannot be read.
          call.log.warn('notReadBack', { code: error instanceof Failure ? error.code : 'internal' });
          return unreadIssue(issueKey);
        });
      const ownComments = lazily(['find', 'edit', 'remove'], async () =>
        (await import('./ownComments.ts')).openOwnComments({
          client,
          people,
          mark,
          isCallers,
          readBackClient,
          getIssue: async issueKey => withProjectType(await get(call, issueKey, { fields: ['project'] }), client),
        }),
      );
      // Whoever signed in at Jira is its asker.
      const asUser = async (query: string) => (isCallers ? query : forAsker(query, asker));
      const textOf = ({ text, isRaw }: Jql) => (isRaw ? asUser(text) : text);
      const clock = { now: new Date(call.startedAt), timeZone };
      const boards = boardsFor(call);
      const sprints = openSprints(client);
      const planning = openPlanning({ client, boards, sprints });
      const writing = { client, readBackClient, clock };
      const backlog = lazily(['move', 'rank'], async () =>
        (await import('./backlog.ts')).openBacklog({ ...writing, metadata }),
      );
      const ofMany: WritesOfMany = {
        client,
        people,
        planning,
        metadata,
        clock,
        sprintMeant: sprintMeant({ boards, sprints }),
        getIssue: (issueKey, options) => get(call, issueKey, options),
        browseUrl,
      };
      const projectNamed = async (projectIdOrKey: string) =>
        parseAnswer(projectSchema, await getProject(client, { projectIdOrKey }));
      return {
        people,
        planning,
        metadata,
        boards,
        sprints,
        backlog,
        sprintWrites: lazily(['create', 'update'], async () =>
          (await import('./sprintWrites.ts')).openSprintWrites({ ...writing, boards, sprints, backlog }),
        ),
        desks,
        async findArticles(text, { projectId, ...page }) {
          // A policy may close some of the desks.
          const isOfOne = projectId !== undefined || allowed !== undefined;
          const desk = isOfOne ? await desks.desk(projectId) : undefined;
          const { findArticles } = await import('./serviceDesk/articles.ts');
          return findArticles(client, { text, desk, ...page, baseUrl: settings.JIRA_BASE_URL });
        },
        attachments: lazily(['read'], async () =>
          (await import('./attachments.ts')).openAttachments({ client, call, baseUrl: settings.JIRA_BASE_URL }),
        ),
        ownComments,
        attachFiles: lazily(['attach', 'copy'], async () =>
          (await import('./attachFiles.ts')).openAttachFiles({
            client,
            comments: openComments({ client, mark, readBackClient }),
            readBackClient,
            readBack,
            timeLeft: () => call.deadline - parts.now(),
          }),
        ),
        remoteLinks: lazily(['globalIds', 'save'], async () =>
          (await import('./remoteLinks.ts')).openRemoteLinks(client),
        ),
        async watch(issueKey, whom) {
          const { watch } = await import('./watching.ts');
          return watch(issueKey, whom, { client, people, readBackClient, readBack });
        },
        async editComment(issueKey, commentId, markdown) {
          const edited = await ownComments.edit(issueKey, commentId, markdown);
          return { ...edited, issue: await readBack(edited.comment.issueKey, ['summary', 'status']) };
        },
        versions: lazily(['list', 'create', 'update', 'url'], async () =>
          (await import('./versions.ts')).openVersions({ ...writing, metadata, baseUrl: settings.JIRA_BASE_URL }),
        ),
        timeZone,
        async startOfDay(now) {
          const zone = await unlessAccounts();
          return zone === undefined ? jql`startOfDay()` : jql`${dayAt(now, zone)}`;
        },
        timeLeft: () => call.deadline - parts.now(),
        isRestricted: allowed !== undefined,
        isLimited: allowed !== undefined || asCaller !== undefined,
        isCallers,
        getIssue: (issueKey, options) => get(call, issueKey, options),
        ...lazily(['createRequest', 'addParticipants', 'answerApproval'], async () =>
          (await import('./serviceDesk/requestWrites.ts')).requestWrites({
            client,
            desks,
            people,
            planning,
            times: fieldTimes({ now: new Date(call.startedAt), timeZone }),
            metadata,
            baseUrl: settings.JIRA_BASE_URL,
            browseUrl,
            getIssue: (issueKey, options) => get(call, issueKey, options),
            readBack,
          }),
        ),
        ...lazily(issueWriteMethods, async () =>
          (await import('./issueWrites.ts')).issueWrites({
            ...writing,
            people,
            mark,
            planning,
            metadata,
            getIssue: (issueKey, options) => get(call, issueKey, options),
            readBefore: (issueKey, options) => get(forReadBack(call, parts.now()), issueKey, options),
            readBack,
          }),
        ),
        async search({ jql: query, fields, limit, cursor, withChangelog }) {
          const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
            jql: await textOf(query),
            fields,
            maxResults: limit,
            ...(withChangelog && { expand: 'changelog' }),
            ...(cursor && { nextPageToken: cursor }),
          });
          return readIssues(answer);
        },
        async count(query) {
          return parseAnswer(countSchema, await countIssues(client, { jql: await textOf(query) })).count;
        },
        fieldChanges: (issueIds, fieldIds) => fieldChanges(client, issueIds, fieldIds),
        async getChangelog(issueKey, { startAt, limit }) {
          return readHistories(await getChangeLogs(client, { issueIdOrKey: issueKey, startAt, maxResults: limit }));
        },
        async listComments(issueKey, page) {
          const { key, isInServiceProject } = await get(call, issueKey, { fields: ['project'] });
          return { key, ...(await listComments(client, key, { ...page, isInServiceProject })) };
        },
        issueChanges: lazily(['plan', 'look', 'change'], async () =>
          (await import('./issueChanges.ts')).issueChanges(ofMany),
        ),
        newIssues: lazily(['plan', 'look', 'create'], async () =>
          (await import('./newIssues.ts')).newIssues({
            ...ofMany,
            callerId: call.caller.id,
            keyOf: async project => (/^\d+$/.test(project) ? (await projectNamed(project)).key : project),
          }),
        ),
        getProject: projectNamed,
        async getWorklogs(issueKey, { from, to }) {
          const answer = await getIssueWorklog(client, {
            issueIdOrKey: issueKey,
            maxResults: 5_000,
            startedAfter: from.getTime(),
            // Jira leaves out what began at this very moment.
            ...(to && { startedBefore: to.getTime() + 1 }),
          });
          return readWorklogs(answer);
        },
        async listProjects({ term, startAt, limit }) {
          const answer = await searchProjects(client, {
            startAt,
            maxResults: limit,
            orderBy: 'key',
            expand: 'description,lead',
            ...(term && { query: term }),
          });
          const { values, total, isLast } = parseAnswer(projectPageSchema, answer);
          return { projects: values, total: total ?? undefined, isLast: isLast ?? values.length < limit };
        },
        async savedFilter(idOrName) {
          const query = await asUser((await findFilter(client, idOrName)).jql);
          return { condition: new Jql(`(${withoutOrder(query)})`), order: orderOf(query) };
        },
        listFilters: request => searchFilters(client, request),
        filterUrl: filterId => `${settings.JIRA_BASE_URL}/issues/?filter=${encodeURIComponent(filterId)}`,
        boardUrl: boardId => `${settings.JIRA_BASE_URL}/secure/RapidBoard.jspa?rapidView=${boardId}`,
        browseUrl,
      };
    },

    /** Undefined where the sign-in takes no request, or is each caller's. */
    signIn:
      settings.JIRA_AUTH === 'service-account'
        ? (call: Call): Promise<void> => credentials.authorized(call, async () => {})
        : undefined,

    async whoIs(call: Call): Promise<Account> {
      const { accountId: id, displayName: name } = await myself.ask(call);
      // With a sign-in of its own a caller can only be at a site whose cloud ID is known.
      return { id, ...(name && { name }), site: settings.JIRA_CLOUD_ID ?? settings.JIRA_BASE_URL };
    },

    /** `Service Account`, and whether answers are limited to what callers may see. */
    async check(call: Call): Promise<string> {
      if (isCallers) {
        return 'each caller, who signs in at Jira themselves: this service has no sign-in of its own there';
      }
      const { displayName, accountId } = parseAnswer(myselfSchema, await getCurrentUser(unlimited(call)));
      const name = displayName ?? accountId;
      if (!asCaller) return name;
      await asCaller.requireAdministrator(call);
      return `${name}, limited to what each caller may see and do in Jira`;
    },

    /** Those that the account has in no project. */
    async lacks(call: Call, permissions: readonly string[]): Promise<readonly string[]> {
      if (isCallers) return [];
      const lackingOf = async (keys: readonly string[]) => {
        const answer = await getMyPermissions(unlimited(call), { permissions: keys.join(',') });
        const { permissions: held } = parseAnswer(permissionsSchema, answer);
        return keys.filter(key => held[key]?.havePermission === false);
      };
      try {
        return await lackingOf(permissions);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
        // A site without a product does not know the permissions of that product, and refuses them all.
        const each = await Promise.all(permissions.map(key => lackingOf([key]).catch(() => [])));
        return each.flat();
      }
    },
  };
}

/** The projects that all of the rules leave open; undefined where none restricts them. */
function allowedProjects(rules: ReturnType<JiraParts['rulesOf']>): AllowedProjects | undefined {
  const lists = rules.flatMap(({ projects }) => (projects ? [projects.map(key => key.toUpperCase())] : []));
  const [first, ...others] = lists;
  return first && new Set(first.filter(key => others.every(list => list.includes(key))));
}
