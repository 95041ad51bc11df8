import { createOrUpdateRemoteIssueLink, getRemoteIssueLinks } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { beginning } from '../../../shared/text.ts';
import { anyOf, type Jql, jql } from './jql.ts';
import { parseAnswer } from './parseAnswer.ts';
import { refusedFor } from './refusedFor.ts';
import { remoteLinksSchema, savedLinkSchema } from './wire.ts';

/** A thing of another system that an issue is linked to. */
export interface RemoteLink {
  /** Tells the thing from all others, whatever the system; at most 255 characters. An issue has one link with it. */
  globalId: string;
  /** The name of the system, and of the kind of thing. */
  application: string;
  kind: string;
  /** How the issue relates to it, by which Jira groups links. */
  relationship: string;
  url: string;
  title: string;
  /** Whether it is settled: Jira strikes its title out. */
  isResolved: boolean;
}

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/ */
export interface RemoteLinks {
  /** The global IDs of what an issue is linked to, in one request. @throws Failure `not_found` */
  globalIds(issueKey: string): Promise<string[]>;
  /** Links an issue, or renews the link with that global ID. @throws Failure `forbidden` where the account may not link issues */
  save(issueKey: string, link: RemoteLink): Promise<void>;
}

/** Jira keeps 255 characters, the sign of what was cut among them. */
const MAX_TITLE = 254;

export function openRemoteLinks(client: Client): RemoteLinks {
  return {
    async globalIds(issueKey) {
      const links = parseAnswer(remoteLinksSchema, await getRemoteIssueLinks(client, { issueIdOrKey: issueKey }));
      return [...new Set(links.flatMap(({ globalId }) => globalId ?? []))];
    },

    async save(issueKey, { globalId, application, kind, relationship, url, title, isResolved }) {
      const answer = await createOrUpdateRemoteIssueLink(client, {
        issueIdOrKey: issueKey,
        globalId,
        relationship,
        application: { name: application },
        object: {
          url,
          title: beginning(title, MAX_TITLE),
          icon: { title: kind },
          status: { resolved: isResolved },
        },
      }).catch(error => {
        const project = issueKey.slice(0, issueKey.lastIndexOf('-'));
        throw refusedFor(error, { permission: 'Link issues', where: project, inputs: {} });
      });
      // What answers otherwise has not confirmed it.
      parseAnswer(savedLinkSchema, answer);
    },
  };
}

/**
 * The most that one call of the function takes; several can stand in one query.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-functions/#issuesWithRemoteLinksByGlobalId--
 */
const MAX_IDS = 100;

/** The issues that are linked to any of these things. */
export function linkedTo(globalIds: readonly string[]): Jql {
  const parts = Array.from({ length: Math.ceil(globalIds.length / MAX_IDS) }, (_, at) =>
    globalIds.slice(at * MAX_IDS, (at + 1) * MAX_IDS),
  );
  // A list of JQL values has the parentheses that the arguments of a function have.
  return anyOf(parts.map(part => jql`issue in issuesWithRemoteLinksByGlobalId${part}`));
}
