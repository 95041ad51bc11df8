import { getCurrentUser, getProject, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type * as z from 'zod';
import type { Call } from '../call.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { garbled, jiraClient } from './client.ts';
import type { Jql } from './jql.ts';
import { type Issue, myselfSchema, type Project, projectSchema, searchSchema } from './wire.ts';

export interface SearchRequest {
  jql: Jql;
  fields: string[];
  expand?: 'changelog';
  /** The most issues to return; Jira may return fewer. */
  limit: number;
  cursor?: string | undefined;
}

/** Jira, for one call. Every method costs one request. */
export interface Jira {
  /** Searches issues: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ */
  search(request: SearchRequest): Promise<{ issues: Issue[]; nextCursor: string | undefined }>;
  /** @throws Failure `not_found` */
  getProject(projectIdOrKey: string): Promise<Project>;
  /** Where a person opens the issue. */
  browseUrl(issueKey: string): string;
}

/** Opens Jira for calls; the settings are read, and so found wanting, here. */
export function openJira(parts: { config: Config; secrets: SecretStore; upstream: Upstream; now: () => number }) {
  const settings = parts.config.jira.read();
  const clientFor = jiraClient({ ...parts, settings });

  return {
    for(call: Call): Jira {
      const client = clientFor(call);
      return {
        async search({ jql, fields, expand, limit, cursor }) {
          const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
            jql: jql.text,
            fields,
            maxResults: limit,
            ...(expand && { expand }),
            ...(cursor && { nextPageToken: cursor }),
          });
          const { issues, nextPageToken } = read(searchSchema, answer);
          return { issues, nextCursor: nextPageToken ?? undefined };
        },
        async getProject(projectIdOrKey) {
          return read(projectSchema, await getProject(client, { projectIdOrKey }));
        },
        browseUrl: issueKey => `${settings.JIRA_BASE_URL}/browse/${issueKey}`,
      };
    },

    async check(call: Call): Promise<string> {
      return read(myselfSchema, await getCurrentUser(clientFor(call))).displayName;
    },
  };
}

function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw garbled(new Failure('upstream_error', error.issues.map(issue => issue.path.join('.')).join(' ')));
}
