import * as z from 'zod';
import { heading, id, key, link } from '../../../shared/action/meaning.ts';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import { issueRow, toIssueRow } from './issueRow.ts';
import { type Issue, type Neighbour, timestamp } from './wire.ts';

const neighbour = z.object({
  issueKey: key('The key of that issue.'),
  title: heading('Its summary line.').optional(),
  status: z.string().optional().describe('Its status.'),
  url: link('Where to open it.'),
});

const comment = z.object({
  commentId: id('The ID of the comment.'),
  at: z.string().describe('When it was written, ISO 8601 in UTC.'),
  by: z.string().optional().describe('Who wrote it.'),
  text: z.string().describe('What it says, in Markdown.'),
});

/** An issue as a person would read it. */
export const issueDetails = issueRow.extend({
  project: z.string().optional().describe('The name of its project.'),
  description: z.string().optional().describe('The description, in Markdown.'),
  statusCategory: z.string().optional().describe('What its status amounts to: To Do, In Progress or Done.'),
  reporter: z.string().optional().describe('Who reported it.'),
  createdAt: z.string().optional().describe('When it was created, ISO 8601 in UTC.'),
  resolvedAt: z.string().optional().describe('When it was resolved, ISO 8601 in UTC.'),
  parent: neighbour.optional().describe('The issue that it is a part of.'),
  subtasks: z.array(neighbour).optional().describe('Its sub-tasks.'),
  links: z
    .array(neighbour.extend({ link: z.string().describe('How this issue relates to that one, such as blocks.') }))
    .optional()
    .describe('The issues that it is linked to.'),
  attachments: z.array(z.string()).optional().describe('The names of its attached files.'),
  components: z.array(z.string()).optional().describe('The components it belongs to.'),
  fixVersions: z.array(z.string()).optional().describe('The versions it is to be fixed in.'),
  originalEstimate: z.string().optional().describe('The time that it was estimated to take, such as 1d.'),
  remainingEstimate: z.string().optional().describe('The time that it is estimated to take from now on, such as 4h.'),
  timeSpent: z.string().optional().describe('The time that was worked on it, such as 3h 30m.'),
  otherFields: z
    .array(
      z.object({
        name: heading('The name of the field.'),
        value: z.string().describe('Its value, in words or Markdown.'),
      }),
    )
    .optional()
    .describe('What else is filled in, such as custom fields, by the names that people see.'),
  comments: z.array(comment).describe('Its latest comments, the newest first.'),
  commentCount: z.int().describe('How many comments it has in all, restricted ones left out.'),
});

/** Everything, since custom fields differ from site to site, but for what Jira keeps for itself. */
export const issueDetailsFields = [
  '*all',
  '-worklog',
  '-watches',
  '-votes',
  '-progress',
  '-aggregateprogress',
  '-workratio',
  '-lastViewed',
  '-thumbnail',
  '-issuerestriction',
  '-statuscategorychangedate',
];

const MAX_COMMENTS = 20;

export function toIssueDetails(issue: Issue, browseUrl: (issueKey: string) => string): z.infer<typeof issueDetails> {
  const { fields } = issue;
  const { originalEstimate, remainingEstimate, timeSpent } = fields.timetracking ?? {};
  const description = adfToMarkdown(fields.description);
  const comments = (fields.comment?.comments ?? []).toSorted((one, other) => (one.created < other.created ? 1 : -1));
  const near = ({ key, fields: shown }: Neighbour) => ({
    issueKey: key,
    ...(shown?.summary && { title: shown.summary }),
    ...(shown?.status && { status: shown.status.name }),
    url: browseUrl(key),
  });
  const links = (fields.issuelinks ?? []).flatMap(({ type, inwardIssue, outwardIssue }) => [
    ...(outwardIssue ? [{ link: type.outward, ...near(outwardIssue) }] : []),
    ...(inwardIssue ? [{ link: type.inward, ...near(inwardIssue) }] : []),
  ]);
  return {
    ...toIssueRow(issue, browseUrl),
    ...(fields.project && { project: fields.project.name }),
    ...(description && { description }),
    ...(fields.status?.statusCategory && { statusCategory: fields.status.statusCategory.name }),
    ...(fields.reporter?.displayName && { reporter: fields.reporter.displayName }),
    ...(fields.created && { createdAt: fields.created }),
    ...(fields.resolutiondate && { resolvedAt: fields.resolutiondate }),
    ...(fields.parent && { parent: near(fields.parent) }),
    ...ifAny('subtasks', fields.subtasks?.map(near)),
    ...ifAny('links', links),
    ...ifAny(
      'attachments',
      fields.attachment?.map(({ filename }) => filename),
    ),
    ...ifAny('components', namesOf(fields.components)),
    ...ifAny('fixVersions', namesOf(fields.fixVersions)),
    ...(originalEstimate && { originalEstimate }),
    ...(remainingEstimate && { remainingEstimate }),
    ...(timeSpent && { timeSpent }),
    ...ifAny('otherFields', otherFields(issue)),
    comments: comments.slice(0, MAX_COMMENTS).map(({ id, created, author, body }) => ({
      commentId: id,
      at: created,
      ...(author?.displayName && { by: author.displayName }),
      text: adfToMarkdown(body),
    })),
    commentCount: fields.comment?.total ?? comments.length,
  };
}

function ifAny<Name extends string, Item>(name: Name, items: Item[] | undefined): { [Key in Name]?: Item[] } {
  return (items && items.length > 0 ? { [name]: items } : {}) as { [Key in Name]?: Item[] };
}

function namesOf(items: readonly { name: string }[] | null | undefined): string[] | undefined {
  return items?.map(({ name }) => name);
}

/** What is told in a field of its own, and what repeats another field. */
const told = new Set([
  'summary',
  'description',
  'issuetype',
  'status',
  'statusCategory',
  'resolution',
  'priority',
  'assignee',
  'reporter',
  'labels',
  'duedate',
  'project',
  'parent',
  'subtasks',
  'issuelinks',
  'attachment',
  'components',
  'fixVersions',
  'timetracking',
  'timespent',
  'timeestimate',
  'timeoriginalestimate',
  'aggregatetimespent',
  'aggregatetimeestimate',
  'aggregatetimeoriginalestimate',
  'created',
  'updated',
  'resolutiondate',
  'comment',
]);

/** Types of custom fields that hold nothing for people. */
const internalType = /:(gh-lexo-rank|devsummary(cf)?|vulnerabilitycf|rank|design)$/;

function otherFields({ fields, names, schema }: Issue): { name: string; value: string }[] {
  return Object.entries(fields).flatMap(([id, given]) => {
    if (told.has(id) || internalType.test(schema?.[id]?.custom ?? '')) return [];
    const value = toText(given);
    return value ? [{ name: names?.[id] || id, value }] : [];
  });
}

const text = z.string().optional().catch(undefined);

const labelled = z.object({
  displayName: text,
  name: text,
  value: text,
  title: text,
  key: text,
  child: z.object({ value: z.string() }).optional().catch(undefined),
  requestType: z.object({ name: z.string() }).optional().catch(undefined),
});

const cycle = z.object({
  breached: z.boolean(),
  remainingTime: z.object({ friendly: z.string() }).optional().catch(undefined),
});

/** A service agreement: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
const agreement = z.object({ completedCycles: z.array(cycle), ongoingCycle: cycle.nullish() });

/** Jira's way of writing a moment: `2026-11-20T09:30:00.000+0000`. */
const jiraMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/;

/** A field's value in words: an option's own, a person's name, a document's Markdown; '' for what has none. */
function toText(value: unknown): string {
  if (typeof value === 'string') return (jiraMoment.test(value) && timestamp.safeParse(value).data) || value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(toText).filter(Boolean).join(', ');
  if (typeof value !== 'object' || value === null) return '';
  if ('type' in value && value.type === 'doc') return adfToMarkdown(value);
  const { data: clock } = agreement.safeParse(value);
  if (clock) return clockText(clock);
  const { data } = labelled.safeParse(value);
  const label =
    data?.displayName ?? data?.name ?? data?.value ?? data?.title ?? data?.requestType?.name ?? data?.key ?? '';
  return data?.child ? `${label} / ${data.child.value}` : label;
}

/** `2h 30m left`, or what came of it. */
function clockText({ ongoingCycle, completedCycles }: z.infer<typeof agreement>): string {
  const latest = ongoingCycle ?? completedCycles.at(-1);
  if (!latest) return '';
  if (latest.breached) return 'breached';
  return ongoingCycle ? `${ongoingCycle.remainingTime?.friendly ?? 'time'} left` : 'met';
}
