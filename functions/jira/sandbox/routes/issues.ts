import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { issueTypes } from '../catalogue.ts';
import { addComment, createIssue, editIssue, moveIssue } from '../changes.ts';
import { fieldById } from '../fields.ts';
import { parseFieldValue, type Target } from '../fieldValue.ts';
import { issueBody, readIssueInput, requireFields } from '../issueInput.ts';
import { badFields, badRequest, notFound } from '../jiraError.ts';
import type { Issue } from '../model.ts';
import { chosenFields, showHistory, showIssue, showTransition, transitionsOf } from '../represent.ts';
import {
  act,
  type Call,
  changeableIssueInPath,
  issueInPath,
  list,
  page,
  parseBody,
  type Route,
  route,
} from '../router.ts';
import { createScreen, editScreen, showScreenField, transitionScreen } from '../screens.ts';
import { findIssue, findProject, projectOf, type Site, typeOf } from '../site.ts';

/** An issue by itself shows all its comments, up to Jira's limit of 5000, and its last hundred changes. */
const whole = { listLimit: 5000, historyLimit: 100 };

export const issueRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}', call => ({ json: showWhole(call, issueInPath(call)) })),
  route('POST', 'issue', create),
  route('PUT', 'issue/{issueIdOrKey}', edit),
  route('PUT', 'issue/{issueIdOrKey}/assignee', assign),
  route('GET', 'issue/{issueIdOrKey}/editmeta', call => {
    const target = targetOf(call.site, issueInPath(call));
    const fields = editScreen(target).map(each => [each.field.id, showScreenField(call, target, each)]);
    return { json: { fields: Object.fromEntries(fields) } };
  }),
  route('GET', 'issue/{issueIdOrKey}/transitions', call => {
    const issue = issueInPath(call);
    const wanted = call.query.get('transitionId');
    const target = targetOf(call.site, issue);
    const isExpanded = list(call.query.getAll('expand')).includes('transitions.fields');
    const transitions = transitionsOf(issue).filter(({ id }) => wanted === null || id === wanted);
    return {
      json: {
        expand: 'transitions',
        transitions: transitions.map(transition => {
          const fields = transitionScreen(transition).map(each => [each.field.id, showScreenField(call, target, each)]);
          return { ...showTransition(call, transition), ...(isExpanded && { fields: Object.fromEntries(fields) }) };
        }),
      },
    };
  }),
  route('POST', 'issue/{issueIdOrKey}/transitions', move),
  route('GET', 'issue/{issueIdOrKey}/changelog', call => {
    const issue = issueInPath(call);
    const histories = issue.histories.map(history => showHistory(call, history));
    return page(call, histories, `issue/${issue.id}/changelog`, 100);
  }),
  route('POST', 'changelog/bulkfetch', bulkChangelogs),
];

const targetOf = (site: Site, issue: Issue): Target => ({ project: projectOf(site, issue), type: typeOf(issue) });

const showWhole = (call: Call, issue: Issue) =>
  showIssue(call, issue, {
    fields: chosenFields(call.query.getAll('fields'), '*all'),
    expand: list(call.query.getAll('expand')),
    ...whole,
  });

const reference = z.looseObject({ id: z.string().optional(), key: z.string().optional(), name: z.string().optional() });

function create(call: Call): SandboxReply {
  const { site, base } = call;
  const body = parseBody(call, issueBody);
  const wanted = reference.safeParse(body.fields?.project).data;
  const project = findProject(site, wanted?.id ?? wanted?.key ?? '');
  if (!project) throw badFields({ project: 'Specify a valid project ID or key' });

  const typeField = fieldById('issuetype');
  const anyType = issueTypes[0];
  if (!typeField || !anyType) throw new Error('The site has no issue types');
  const parsed = parseFieldValue(site, { project, type: anyType }, typeField, body.fields?.issuetype);
  const type = 'value' in parsed ? issueTypes.find(({ id }) => id === parsed.value) : undefined;
  if (!type) throw badFields({ issuetype: 'Specify a valid issue type' });

  const target: Target = { project, type };
  const screen = createScreen(target);
  const { values, comments } = readIssueInput(site, target, screen, body);
  if (type.level === -1 && !values.parent) {
    throw badFields({ issuetype: 'Issue type is a sub-task but parent issue key or id not specified.' });
  }
  requireFields(screen, values);
  const issue = createIssue(site, project, values, act(call));
  for (const comment of comments) addComment(site, issue, comment, act(call));
  return { status: 201, json: { id: issue.id, key: issue.key, self: `${base}/rest/api/3/issue/${issue.id}` } };
}

function edit(call: Call): SandboxReply {
  const { site } = call;
  const issue = changeableIssueInPath(call);
  const target = targetOf(site, issue);
  const { values, comments } = readIssueInput(site, target, editScreen(target), parseBody(call, issueBody), issue);
  editIssue(site, issue, values, act(call));
  for (const comment of comments) addComment(site, issue, comment, act(call));
  return call.query.get('returnIssue') === 'true' ? { json: showWhole(call, issue) } : { status: 204 };
}

function assign(call: Call): SandboxReply {
  const issue = changeableIssueInPath(call);
  const { accountId } = parseBody(call, z.looseObject({ accountId: z.string().nullish() }));
  const assignee = fieldById('assignee');
  if (!assignee) throw new Error('The site has no assignee field');
  // -1 is the project's default assignee: here nobody.
  const raw = accountId === undefined || accountId === null || accountId === '-1' ? null : { accountId };
  const parsed = parseFieldValue(call.site, targetOf(call.site, issue), assignee, raw);
  if ('problem' in parsed) throw badFields({ assignee: parsed.problem });
  editIssue(call.site, issue, { assignee: parsed.value }, act(call));
  return { status: 204 };
}

function move(call: Call): SandboxReply {
  const { site } = call;
  const issue = changeableIssueInPath(call);
  const body = parseBody(call, issueBody.extend({ transition: reference.optional() }));
  if (body.transition?.id === undefined) throw badRequest("Missing 'transition' identifier");
  const { id } = body.transition;
  const transition = transitionsOf(issue).find(each => each.id === id);
  if (!transition) throw badRequest(`Transition id '${id}' is not valid for this issue.`);
  const { values, comments } = readIssueInput(site, targetOf(site, issue), transitionScreen(transition), body, issue);
  moveIssue(site, issue, transition.to, values, act(call));
  for (const comment of comments) addComment(site, issue, comment, act(call));
  return { status: 204 };
}

function bulkChangelogs(call: Call): SandboxReply {
  const body = parseBody(
    call,
    z.strictObject({
      issueIdsOrKeys: z.array(z.string()).min(1).max(1000),
      fieldIds: z.array(z.string()).max(10).optional(),
      maxResults: z.number().int().optional(),
      nextPageToken: z.string().optional(),
    }),
  );
  const issues = body.issueIdsOrKeys.map(idOrKey => {
    const issue = findIssue(call.site, idOrKey);
    if (!issue) throw notFound('Issue does not exist or you do not have permission to see it.');
    return issue;
  });
  const all = issues.flatMap(issue =>
    issue.histories
      .filter(({ items }) => !body.fieldIds || items.some(({ fieldId }) => body.fieldIds?.includes(fieldId)))
      .map(history => ({ issue, history })),
  );
  const start = body.nextPageToken === undefined ? 0 : Number(Buffer.from(body.nextPageToken, 'base64url'));
  if (!Number.isInteger(start)) throw badRequest('The provided next page token is invalid or has expired.');
  const end = start + Math.min(Math.max(1, body.maxResults ?? 1000), 10_000);
  const shown = Map.groupBy(all.slice(start, end), ({ issue }) => issue.id);
  return {
    json: {
      issueChangeLogs: [...shown].map(([issueId, entries]) => ({
        issueId,
        changeHistories: entries.map(({ history }) => showHistory(call, history)),
      })),
      ...(end < all.length && { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
    },
  };
}
