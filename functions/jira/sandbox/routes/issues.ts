import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { addComment, createIssue, editIssue, moveIssue } from '../changes.ts';
import { fieldById } from '../fields.ts';
import { parseFieldValue, required, type Target } from '../fieldValue.ts';
import { issueBody, readIssueInput, requireFields } from '../issueInput.ts';
import { badFields, badRequest } from '../jiraError.ts';
import type { Act, Issue } from '../model.ts';
import { chosenFields, showHistory, showIssue, showTransition } from '../represent.ts';
import { myTransitions } from '../rights.ts';
import {
  act,
  type Call,
  changeableIssueInPath,
  issueInPath,
  list,
  may,
  mayIn,
  page,
  parseBody,
  type Route,
  route,
} from '../router.ts';
import { createScreen, editScreen, showScreenField, transitionScreen } from '../screens.ts';
import { findProject, projectOf, type Site, typeOf } from '../site.ts';

/** The most comments, worklogs and changes that Jira shows of a single issue. */
const whole = { listLimit: 5000, historyLimit: 100 };

export const issueRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}', call => ({ json: showWhole(call, issueInPath(call)) })),
  route('POST', 'issue', create),
  route('PUT', 'issue/{issueIdOrKey}', edit),
  route('PUT', 'issue/{issueIdOrKey}/assignee', assign),
  route('GET', 'issue/{issueIdOrKey}/editmeta', call => {
    const { site } = call;
    const issue = issueInPath(call);
    const target = targetOf(site, issue);
    const screen = may(call, 'EDIT_ISSUES', issue) ? editScreen(site, target) : [];
    const fields = screen.map(each => [each.field.id, showScreenField(call, target, each)]);
    return { json: { fields: Object.fromEntries(fields) } };
  }),
  route('GET', 'issue/{issueIdOrKey}/transitions', call => {
    const { site } = call;
    const issue = issueInPath(call);
    const wanted = call.query.get('transitionId');
    const target = targetOf(site, issue);
    const isExpanded = list(call.query.getAll('expand')).includes('transitions.fields');
    const transitions = myTransitions(site, issue).filter(({ id }) => wanted === null || id === wanted);
    return {
      json: {
        expand: 'transitions',
        transitions: transitions.map(transition => {
          const fields = transitionScreen(site, transition).map(each => [
            each.field.id,
            showScreenField(call, target, each),
          ]);
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
];

const targetOf = (site: Site, issue: Issue): Target => ({ project: projectOf(site, issue), type: typeOf(site, issue) });

const showWhole = (call: Call, issue: Issue) =>
  showIssue(call, issue, {
    fields: chosenFields(call.site, list(call.query.getAll('fields')), '*all'),
    expand: list(call.query.getAll('expand')),
    ...whole,
  });

const reference = z.looseObject({ id: z.string().optional(), key: z.string().optional(), name: z.string().optional() });

function create(call: Call): SandboxReply {
  return { status: 201, json: createFrom(call, parseBody(call, newIssueBody)) };
}

export const newIssueBody = issueBody.extend({
  properties: z.array(z.looseObject({ key: z.string().max(255), value: z.unknown() })).default([]),
});

/** @throws {JiraError} 400 that names what is wrong with the fields */
export function createFrom(call: Call, body: z.infer<typeof newIssueBody>) {
  const { site, base } = call;
  const wanted = reference.safeParse(body.fields?.project).data;
  const project = findProject(site, wanted?.id ?? wanted?.key ?? '');
  if (!project) throw badFields({ project: 'Specify a valid project ID or key' });
  if (!mayIn(call, 'CREATE_ISSUES', project)) {
    throw badRequest('You do not have permission to create issues in this project.');
  }

  const typeField = fieldById(site, 'issuetype');
  const anyType = site.issueTypes[0];
  if (!typeField || !anyType) throw new Error('The site has no issue types');
  const parsed = parseFieldValue(site, { project, type: anyType }, typeField, body.fields?.issuetype);
  const type = 'value' in parsed ? site.issueTypes.find(({ id }) => id === parsed.value) : undefined;
  if (!type) throw badFields({ issuetype: 'Specify a valid issue type' });

  const target: Target = { project, type };
  const screen = createScreen(site, target);
  const { values, comments } = readIssueInput(site, target, screen, body);
  if (type.level === -1 && !values.parent) {
    throw badFields({ issuetype: 'Issue type is a sub-task but parent issue key or id not specified.' });
  }
  requireFields(screen, values);
  if (comments.length > 0 && !mayIn(call, 'ADD_COMMENTS', project)) throw mayNotComment;
  const issue = createIssue(call.whole, project, values, act(call));
  issue.properties = Object.fromEntries(body.properties.map(({ key, value }) => [key, value]));
  for (const { body: comment, properties } of comments) {
    addComment(call.whole, issue, comment, act(call), { isPublic: true, properties });
  }
  return { id: issue.id, key: issue.key, self: `${base}/rest/api/3/issue/${issue.id}` };
}

function edit(call: Call): SandboxReply {
  const { site } = call;
  const issue = changeableIssueInPath(call, 'EDIT_ISSUES');
  const target = targetOf(site, issue);
  const body = parseBody(call, issueBody);
  const { values, comments } = readIssueInput(site, target, editScreen(site, target), body, issue);
  requireComments(call, issue, comments);
  editIssue(call.whole, issue, values, actOf(call, body));
  for (const { body: text, properties } of comments) {
    addComment(call.whole, issue, text, act(call), { isPublic: true, properties });
  }
  return call.query.get('returnIssue') === 'true' ? { json: showWhole(call, issue) } : { status: 204 };
}

/** A change with what the request tells of it. */
const actOf = (call: Call, { historyMetadata: metadata }: z.infer<typeof issueBody>): Act => ({
  ...act(call),
  ...(metadata && { metadata }),
});

const mayNotComment = badFields({ comment: 'You do not have permission to comment on this issue.' });

function requireComments(call: Call, issue: Issue, comments: readonly unknown[]): void {
  if (comments.length > 0 && !may(call, 'ADD_COMMENTS', issue)) throw mayNotComment;
}

function assign(call: Call): SandboxReply {
  const { site } = call;
  const issue = changeableIssueInPath(call, 'ASSIGN_ISSUES');
  const { accountId } = parseBody(call, z.looseObject({ accountId: z.string().nullish() }));
  const assignee = fieldById(site, 'assignee');
  if (!assignee) throw new Error('The site has no assignee field');
  // -1 is the project's default assignee, and the sandbox's projects have none.
  const raw = accountId === undefined || accountId === null || accountId === '-1' ? null : { accountId };
  const parsed = parseFieldValue(site, targetOf(site, issue), assignee, raw);
  if ('problem' in parsed) throw badFields({ assignee: parsed.problem });
  editIssue(call.whole, issue, { assignee: parsed.value }, act(call));
  return { status: 204 };
}

function move(call: Call): SandboxReply {
  const { site } = call;
  const issue = changeableIssueInPath(call, 'BROWSE_PROJECTS');
  const body = parseBody(call, issueBody.extend({ transition: reference.optional() }));
  if (body.transition?.id === undefined) throw badRequest("Missing 'transition' identifier");
  const { id } = body.transition;
  // Who may not move issues has no transition.
  const transition = myTransitions(site, issue).find(each => each.id === id);
  if (!transition) throw badRequest(`Transition id '${id}' is not valid for this issue.`);
  const { values, comments } = readIssueInput(
    site,
    targetOf(site, issue),
    transitionScreen(site, transition),
    body,
    issue,
  );
  const missing = transition.required.filter(fieldId => (values[fieldId] ?? issue.values[fieldId] ?? null) === null);
  if (missing.length > 0) {
    const fields = missing.flatMap(fieldId => fieldById(site, fieldId) ?? []);
    throw badFields(Object.fromEntries(fields.map(field => [field.id, required(field).problem])));
  }
  requireComments(call, issue, comments);
  moveIssue(call.whole, issue, transition.to, values, actOf(call, body));
  for (const { body, properties } of comments) {
    addComment(call.whole, issue, body, act(call), { isPublic: true, properties });
  }
  return { status: 204 };
}
