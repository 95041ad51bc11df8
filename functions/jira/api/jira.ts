import {
  countIssues,
  getChangeLogs,
  getCurrentUser,
  getIssue,
  getProject,
  searchAndReconsileIssuesUsingJqlPost,
  searchProjects,
} from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import type { JiraParts } from '../settings.ts';
import { type AllowedProjects, restrictedTo } from './allowed.ts';
import { type AskerParts, forAsker } from './asker.ts';
import { type ChangedIssue, readChangedIssues } from './changedIssues.ts';
import { jiraClient } from './client.ts';
import { type IssueWrites, issueWrites } from './issueWrites.ts';
import type { Jql } from './jql.ts';
import { type Metadata, openMetadata } from './metadata.ts';
import { parseAnswer } from './parseAnswer.ts';
import { openPeople, type People } from './people.ts';
import { readFilter } from './readFilter.ts';
import {
  changelogSchema,
  countSchema,
  type History,
  type Issue,
  issueSchema,
  myselfSchema,
  type Project,
  projectPageSchema,
  projectSchema,
  searchSchema,
} from './wire.ts';

interface SearchRequest {
  jql: Jql;
  fields: string[];
  /** The most issues to return; Jira may return fewer. */
  limit: number;
  cursor?: string | undefined;
}

/** Jira, for one call. What only reads costs one request a method, or none where the answer is still known. */
export interface Jira extends IssueWrites {
  /** Searches issues: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ */
  search(request: SearchRequest): Promise<{ issues: Issue[]; nextCursor: string | undefined }>;
  /** The same with the issues' changelogs, as Jira wrote them. */
  searchChanges(request: SearchRequest): Promise<{ issues: ChangedIssue[]; nextCursor: string | undefined }>;
  /** How many issues a search finds, which Jira tells only roughly when they have just been changed. */
  count(jql: Jql): Promise<number>;
  /** @throws Failure `not_found` */
  getIssue(issueKey: string, options: { fields: string[]; expand?: string }): Promise<Issue>;
  /** Changes of an issue from number `startAt` on, the oldest first. */
  getChanges(
    issueKey: string,
    page: { startAt: number; limit: number },
  ): Promise<{ changes: History[]; total: number }>;
  /** @throws Failure `not_found` */
  getProject(projectIdOrKey: string): Promise<Project>;
  /** Projects by key; `term` is a part of the name or the key. */
  listProjects(request: {
    term: string | undefined;
    startAt: number;
    limit: number;
  }): Promise<{ projects: Project[]; total: number | undefined; isLast: boolean }>;
  people: People;
  metadata: Metadata;
  /** Where a person opens the issue. */
  browseUrl(issueKey: string): string;
}

/** What is kept of a call's time to answer with what a write did, even if Jira does not say how the issue is now. */
const ANSWER_MS = 500;

/** Opens Jira for calls. */
export function openJira(parts: JiraParts) {
  const { settings } = parts;
  const unrestricted = jiraClient(parts);
  const clientFor = (call: Call): Client => {
    const allowed = allowedProjects(parts.rulesOf(call));
    return allowed ? restrictedTo(allowed, unrestricted(call)) : unrestricted(call);
  };
  const peopleFor = openPeople(clientFor, parts);
  const metadataFor = openMetadata(clientFor, parts.now);

  const readIssue = async (call: Call, issueKey: string, { fields, expand }: { fields: string[]; expand?: string }) => {
    const answer = await getIssue(clientFor(call), { issueIdOrKey: issueKey, fields, ...(expand && { expand }) });
    return parseAnswer(issueSchema, answer);
  };

  return {
    for(call: Call): Jira {
      const client = clientFor(call);
      const people = peopleFor(call);
      const metadata = metadataFor(call);
      const asker: AskerParts = {
        findAccount: async () => (await people.findCaller())?.accountId,
        readFilter: filter => readFilter(client, filter),
      };
      const textOf = ({ text, isRaw }: Jql) => (isRaw ? forAsker(text, asker) : text);
      const search = async ({ jql, fields, limit, cursor }: SearchRequest, expand?: 'changelog') =>
        searchAndReconsileIssuesUsingJqlPost(client, {
          jql: await textOf(jql),
          fields,
          maxResults: limit,
          ...(expand && { expand }),
          ...(cursor && { nextPageToken: cursor }),
        });
      return {
        people,
        metadata,
        getIssue: (issueKey, options) => readIssue(call, issueKey, options),
        ...issueWrites({
          client,
          people,
          metadata,
          getIssue: (issueKey, options) => readIssue(call, issueKey, options),
          readBack: (issueKey, fields) =>
            readIssue({ ...call, deadline: call.deadline - ANSWER_MS }, issueKey, { fields }).catch(error => {
              // The change was made: that is the answer, whatever became of the question how things are now.
              if (!(error instanceof Failure)) throw error;
              call.log.warn('notReadBack', { code: error.code });
              return { key: issueKey, fields: {} };
            }),
        }),
        search: async request => parseAnswer(searchSchema, await search(request)),
        searchChanges: async request => readChangedIssues(await search(request, 'changelog')),
        async count(jql) {
          return parseAnswer(countSchema, await countIssues(client, { jql: await textOf(jql) })).count;
        },
        async getChanges(issueKey, { startAt, limit }) {
          const answer = await getChangeLogs(client, { issueIdOrKey: issueKey, startAt, maxResults: limit });
          const { values, total } = parseAnswer(changelogSchema, answer);
          return { changes: values, total };
        },
        async getProject(projectIdOrKey) {
          return parseAnswer(projectSchema, await getProject(client, { projectIdOrKey }));
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
        browseUrl: issueKey => `${settings.JIRA_BASE_URL}/browse/${issueKey}`,
      };
    },

    async check(call: Call): Promise<string> {
      return parseAnswer(myselfSchema, await getCurrentUser(clientFor(call))).displayName;
    },
  };
}

/** The projects that all of the rules leave open; undefined where none restricts them. */
function allowedProjects(rules: ReturnType<JiraParts['rulesOf']>): AllowedProjects | undefined {
  const lists = rules.flatMap(({ projects }) => (projects ? [projects.map(key => key.toUpperCase())] : []));
  const [first, ...others] = lists;
  return first && new Set(first.filter(key => others.every(list => list.includes(key))));
}
