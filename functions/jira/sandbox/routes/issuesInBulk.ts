import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { badRequest, JiraError } from '../jiraError.ts';
import { chosenFields, showIssue } from '../represent.ts';
import { type Call, list, parseBody, type Route, route } from '../router.ts';
import { findIssue } from '../site.ts';
import { createFrom, newIssueBody } from './issues.ts';

/** The most comments, worklogs and changes that Jira shows of each. */
const listLimit = 20;
const historyLimit = 40;

const MOST_CREATED = 50;
const MOST_FETCHED = 100;

export const bulkIssueRoutes: Route[] = [
  route('POST', 'issue/bulk', createMany),
  route('POST', 'issue/bulkfetch', fetchMany),
];

/** What is wrong with one does not keep the others from being made. */
function createMany(call: Call): SandboxReply {
  const { issueUpdates } = parseBody(call, z.looseObject({ issueUpdates: z.array(newIssueBody).min(1) }));
  if (issueUpdates.length > MOST_CREATED) throw badRequest(`At most ${MOST_CREATED} issues can be created at once.`);
  const issues: unknown[] = [];
  const errors: unknown[] = [];
  for (const [failedElementNumber, body] of issueUpdates.entries()) {
    try {
      issues.push(createFrom(call, body));
    } catch (error) {
      if (!(error instanceof JiraError)) throw error;
      const { status, errorMessages, errors: byField } = error;
      errors.push({ status, elementErrors: { errorMessages, errors: byField }, failedElementNumber });
    }
  }
  return { status: issues.length > 0 ? 201 : 400, json: { issues, errors } };
}

const fetchBody = z.strictObject({
  issueIdsOrKeys: z.array(z.string()).min(1).max(MOST_FETCHED),
  fields: z.array(z.string()).default(['*all']),
  expand: z.array(z.string()).default([]),
  properties: z.array(z.string()).max(5).default([]),
  fieldsByKeys: z.boolean().optional(),
});

/** In the order of their IDs; those that do not exist are left out. */
function fetchMany(call: Call): SandboxReply {
  const { issueIdsOrKeys, fields, expand, properties } = parseBody(call, fetchBody);
  const { site } = call;
  const found = new Set(issueIdsOrKeys.flatMap(idOrKey => findIssue(site, idOrKey) ?? []));
  const options = { fields: chosenFields(site, list(fields)), expand, listLimit, historyLimit, properties };
  return {
    json: {
      issues: [...found]
        .toSorted((one, other) => Number(one.id) - Number(other.id))
        .map(issue => showIssue(call, issue, options)),
      issueErrors: [],
    },
  };
}
