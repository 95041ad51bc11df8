// The same fetch and the same mapping as the action, and nothing else: no validation, limits, retries or error answers.
import { app } from '@azure/functions';
import { adfToMarkdown } from '../../../../functions/jira/api/adf/adfToMarkdown.ts';

const { JIRA_BASE_URL = '', JIRA_EMAIL = '', JIRA_API_TOKEN = '' } = process.env;
const authorization = `Basic ${Buffer.from(`${JIRA_EMAIL}:${JIRA_API_TOKEN}`).toString('base64')}`;
const fields = [
  'summary',
  'issuetype',
  'status',
  'assignee',
  'priority',
  'creator',
  'created',
  'updated',
  'project',
  'comment',
];

interface Person {
  displayName: string;
}
interface Issue {
  key: string;
  fields: {
    summary: string;
    updated: string;
    created: string;
    creator?: Person;
    assignee?: Person;
    issuetype: { name: string };
    status: { name: string };
    priority?: { name: string };
    project: { key: string; name: string };
    comment?: { comments: { created: string; author: Person; body: unknown }[] };
  };
  changelog?: {
    histories: { created: string; author?: Person; items: { field: string; fromString: string; toString: string }[] }[];
  };
}

app.http('getProjectUpdates', {
  methods: ['GET'],
  route: 'jira/getProjectUpdates',
  handler: async request => {
    const since = new Date(Date.now() - 7 * 86_400_000);
    const response = await fetch(`${JIRA_BASE_URL}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        jql: `project = "${request.query.get('projectId')}" AND updated >= -7d ORDER BY updated DESC`,
        fields,
        expand: 'changelog',
        maxResults: 25,
      }),
    });
    const { issues, nextPageToken } = (await response.json()) as { issues: Issue[]; nextPageToken?: string };
    const updates = issues.map(({ key, fields, changelog }) => {
      const changes = [];
      for (const { created, author, items } of changelog?.histories ?? []) {
        const at = new Date(created);
        if (at < since) continue;
        for (const item of items)
          changes.push({
            at: at.toISOString(),
            by: author?.displayName,
            field: item.field,
            from: item.fromString,
            to: item.toString,
          });
      }
      for (const { created, author, body } of fields.comment?.comments ?? []) {
        const at = new Date(created);
        if (at >= since)
          changes.push({ at: at.toISOString(), by: author.displayName, field: 'comment', text: adfToMarkdown(body) });
      }
      if (new Date(fields.created) >= since)
        changes.push({ at: new Date(fields.created).toISOString(), by: fields.creator?.displayName, field: 'created' });
      changes.sort((one, other) => (one.at < other.at ? 1 : -1));
      return {
        issueKey: key,
        title: fields.summary,
        type: fields.issuetype.name,
        status: fields.status.name,
        assignee: fields.assignee?.displayName,
        priority: fields.priority?.name,
        updatedAt: new Date(fields.updated).toISOString(),
        url: `${JIRA_BASE_URL}/browse/${key}`,
        changes,
      };
    });
    return { jsonBody: { project: issues[0]?.fields.project, since, updates, nextPageToken } };
  },
});
