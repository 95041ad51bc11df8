import * as z from 'zod';
import { heading, id, key, link } from '../../../shared/schema/meaning.ts';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import { dateOf, type Issue, type RelatedIssue } from './issue.ts';
import { ifAny, issueRow, notShown, toIssueRow } from './issueRow.ts';
import { showComments, shownComment } from './shownComment.ts';

const relatedIssue = z.object({
  issueKey: key('The key of the related issue.'),
  title: heading('Its summary.').optional(),
  status: z.string().optional().describe('Its status.'),
  url: link('Its address in the browser.'),
});

/** An issue with all its fields. */
export const issueDetails = issueRow.extend({
  project: z.string().optional().describe('The name of its project.'),
  description: z.string().optional().describe('The description, in Markdown.'),
  statusCategory: z.string().optional().describe('The category of its status: To Do, In Progress or Done.'),
  reporter: z.string().optional().describe('The name of its reporter.'),
  createdAt: z.string().optional().describe('When it was created, ISO 8601 in UTC.'),
  resolvedAt: z.string().optional().describe('When it was resolved, ISO 8601 in UTC.'),
  parent: relatedIssue.optional().describe('Its parent issue, such as its epic.'),
  subtasks: z.array(relatedIssue).optional().describe('Its sub-tasks.'),
  links: z
    .array(relatedIssue.extend({ link: z.string().describe('The relation to the linked issue, such as blocks.') }))
    .optional()
    .describe('The issues it is linked to.'),
  attachments: z
    .array(
      z.object({
        attachmentId: id('The ID of the file, for getAttachment.'),
        name: heading('Its name.'),
        mimeType: z.string().describe('Its type, such as text/csv.'),
        size: z.int().optional().describe('Its size in bytes.'),
      }),
    )
    .optional()
    .describe('Its attached files, without those of restricted comments.'),
  components: z.array(z.string()).optional().describe('Its components.'),
  fixVersions: z.array(z.string()).optional().describe('Its fix versions.'),
  originalEstimate: z.string().optional().describe('The original estimate, such as 1d.'),
  remainingEstimate: z.string().optional().describe('The remaining estimate, such as 4h.'),
  timeSpent: z.string().optional().describe('The time logged on it, such as 3h 30m.'),
  otherFields: z
    .array(
      z.object({
        name: heading('The name of the field.'),
        value: z.string().describe('Its value, as text or Markdown.'),
      }),
    )
    .optional()
    .describe('All other fields that have a value, such as custom fields, by their display names.'),
  comments: z.array(shownComment).describe('Its latest comments, newest first; listComments has the older ones.'),
  notShown,
  commentCount: z.int().describe('The number of its comments, without restricted ones.'),
});

/** All fields, because custom fields differ from site to site, except those that hold nothing for people. */
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

/** The characters of all Markdown of an issue. */
export const MAX_MARKDOWN = 262_144;

export async function toIssueDetails(
  issue: Issue,
  browseUrl: (issueKey: string) => string,
  pause: () => Promise<void> | undefined,
): Promise<z.infer<typeof issueDetails>> {
  const budget = { left: MAX_MARKDOWN };
  const render = async (document: unknown) => {
    await pause();
    return adfToMarkdown(document, budget);
  };
  const toRelated = ({ key, summary, status }: RelatedIssue) => ({
    issueKey: key,
    title: summary,
    status,
    url: browseUrl(key),
  });
  const newestFirst = issue.comments.items.toSorted(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  const description = (await render(issue.description)) || undefined;
  const comments = await showComments(newestFirst.slice(0, MAX_COMMENTS), budget, pause);
  return {
    ...toIssueRow(issue, browseUrl),
    project: issue.project?.name,
    description,
    statusCategory: issue.statusCategory,
    reporter: issue.reporter,
    createdAt: issue.createdAt?.toISOString(),
    resolvedAt: issue.resolvedAt?.toISOString(),
    parent: issue.parent && toRelated(issue.parent),
    subtasks: ifAny(issue.subtasks.map(toRelated)),
    links: ifAny(issue.links.map(({ phrase, issue: linked }) => ({ link: phrase, ...toRelated(linked) }))),
    attachments: ifAny(
      issue.attachments.map(({ id, name, mimeType, size }) => ({ attachmentId: id, name, mimeType, size })),
    ),
    components: ifAny(issue.components),
    fixVersions: ifAny(issue.fixVersions),
    originalEstimate: issue.originalEstimate,
    remainingEstimate: issue.remainingEstimate,
    timeSpent: issue.timeSpent,
    otherFields: ifAny(await otherFields(issue, render)),
    comments,
    notShown: issue.comments.restricted.length || undefined,
    commentCount: issue.comments.total ?? newestFirst.length,
  };
}

/** Types of custom fields that hold nothing for people. */
const internalType = /:(gh-lexo-rank|devsummary(cf)?|vulnerabilitycf|rank|design)$/;

export type Render = (document: unknown) => Promise<string>;

interface ShownField {
  name: string;
  value: string;
}

/** The fields of an issue that have no place of their own and hold something for people. */
async function otherFields(issue: Issue, render: Render): Promise<ShownField[]> {
  const shown: ShownField[] = [];
  for (const { name, type, value } of issue.otherFields) {
    if (internalType.test(type ?? '')) continue;
    const text = await fieldText(value, render);
    if (text !== '') shown.push({ name, value: text });
  }
  return shown;
}

async function fieldText(value: unknown, render: Render): Promise<string> {
  return isDocument(value) ? render(value) : toText(value);
}

/** Those of the fields that an issue has a value in, as texts. */
export async function textsOf(
  issue: Issue,
  fields: readonly { id: string; label: string }[],
  render: Render,
): Promise<ShownField[]> {
  const own: Readonly<Record<string, unknown>> = {
    summary: issue.summary,
    description: issue.description,
    reporter: issue.reporter,
    creator: issue.creator,
    project: issue.project?.name,
    components: issue.components,
    fixVersions: issue.fixVersions,
    created: issue.createdAt?.toISOString(),
    resolutiondate: issue.resolvedAt?.toISOString(),
    subtasks: issue.subtasks.map(({ key }) => key),
    issuelinks: issue.links.map(({ phrase, issue: { key } }) => `${phrase} ${key}`),
    attachment: issue.attachments,
    statusCategory: issue.statusCategory,
    timetracking: [
      issue.originalEstimate && `estimated ${issue.originalEstimate}`,
      issue.remainingEstimate && `${issue.remainingEstimate} left`,
      issue.timeSpent && `${issue.timeSpent} logged`,
    ].filter(Boolean),
  };
  const others = new Map(issue.otherFields.map(({ id, value }) => [id, value]));
  const shown: ShownField[] = [];
  for (const { id, label } of fields) {
    const text = await fieldText(Object.hasOwn(own, id) ? own[id] : others.get(id), render);
    if (text !== '') shown.push({ name: label, value: text });
  }
  return shown;
}

function isDocument(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc';
}

/** Of a field that is a list, such as its sprints, no more is told. */
const MAX_VALUES = 100;
/** Lists in lists are told to this depth. */
const MAX_LISTS = 2;

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

/** A service level agreement: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
const agreement = z.object({ completedCycles: z.array(cycle), ongoingCycle: cycle.nullish() });

/** A date-time as Jira writes it: `2026-11-20T09:30:00.000+0000`. */
const jiraDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/;

/** A field's value as text: the name of an option or a person; '' for what has no text. */
export function toText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return (jiraDateTime.test(value) && dateOf(value)?.toISOString()) || value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    if (depth >= MAX_LISTS) return '';
    const texts = value.slice(0, MAX_VALUES).map(item => toText(item, depth + 1));
    return texts.filter(Boolean).join(', ');
  }
  if (typeof value !== 'object' || value === null) return '';
  const { data: clock } = agreement.safeParse(value);
  if (clock) return clockText(clock);
  const { data } = labelled.safeParse(value);
  const label =
    data?.displayName ?? data?.name ?? data?.value ?? data?.title ?? data?.requestType?.name ?? data?.key ?? '';
  return data?.child ? `${label} / ${data.child.value}` : label;
}

/** `2h 30m left`, `breached` or `met`. */
function clockText({ ongoingCycle, completedCycles }: z.infer<typeof agreement>): string {
  const latest = ongoingCycle ?? completedCycles.at(-1);
  if (!latest) return '';
  if (latest.breached) return 'breached';
  return ongoingCycle ? `${ongoingCycle.remainingTime?.friendly ?? 'time'} left` : 'met';
}
