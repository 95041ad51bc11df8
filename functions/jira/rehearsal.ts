import type { Rehearsal } from '../../shared/action/rehearse.ts';

const url = 'https://rehearsal.invalid';

/** One issue with a change and a comment, as a search answers: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ */
export function rehearsal(): Rehearsal {
  const now = new Date().toISOString().replace('Z', '+0000');
  const person = { accountId: '1', accountType: 'atlassian', displayName: 'Nobody', active: true, timeZone: 'UTC' };
  const field = { id: 'summary', key: 'summary', name: 'Summary', custom: false, schema: { type: 'string' } };
  const status = { id: '1', name: 'To Do', statusCategory: { id: 2, key: 'new', name: 'To Do' } };
  const body = {
    type: 'doc',
    version: 1,
    content: [
      {
        type: 'paragraph',
        content: [
          { type: 'text', text: 'A rehearsal, ' },
          { type: 'text', text: 'and nothing else', marks: [{ type: 'strong' }] },
        ],
      },
    ],
  };
  const issue = {
    id: '1',
    key: 'ABC-12',
    changelog: {
      startAt: 0,
      maxResults: 1,
      total: 1,
      histories: [
        {
          id: '1',
          author: person,
          created: now,
          items: [{ field: 'status', fieldtype: 'jira', fieldId: 'status', fromString: 'Done', toString: 'To Do' }],
        },
      ],
    },
    fields: {
      project: { id: '1', key: 'ABC', name: 'Rehearsal' },
      issuetype: { id: '1', name: 'Task', subtask: false },
      summary: 'A rehearsal',
      status,
      resolution: null,
      priority: { id: '3', name: 'Medium' },
      assignee: person,
      reporter: person,
      creator: person,
      labels: [],
      components: [],
      fixVersions: [],
      issuelinks: [],
      duedate: null,
      created: now,
      updated: now,
      description: body,
      comment: {
        startAt: 0,
        maxResults: 1,
        total: 1,
        comments: [{ id: '1', author: person, created: now, updated: now, body }],
      },
    },
  };
  return {
    settings: { JIRA_BASE_URL: url, JIRA_EMAIL: 'nobody@rehearsal.invalid', JIRA_API_TOKEN: 'none' },
    calls: {
      getProjectUpdates: { projectId: 'ABC' },
      searchIssues: { projectId: 'ABC' },
      getIssue: { issueKey: 'ABC-12' },
    },
    answer({ path }) {
      if (path.endsWith('/search/jql')) return { issues: [issue], isLast: true };
      if (path.endsWith('/approximate-count')) return { count: 1 };
      if (path.endsWith('/field')) return [field];
      return path.endsWith('/myself') ? person : issue;
    },
  };
}
