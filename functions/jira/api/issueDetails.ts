import * as z from 'zod';
import { heading, id, key, link } from '../../../shared/schema/meaning.ts';
import { shownMarkdown } from './adf/adfToMarkdown.ts';
import type { Children } from './children.ts';
import { customText, duration, isForPeople, trackingText } from './fieldText.ts';
import type { Issue, RelatedIssue } from './issue.ts';
import { ifAny, issueRow, notShown, toIssueRow } from './issueRow.ts';
import type { Jira } from './jira.ts';
import { showComments, shownComment } from './shownComment.ts';

const watches = z.object({ watchCount: z.int() });

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
  createdAt: z.string().optional().describe("When it was created, ISO 8601, by the asking user's clock."),
  resolvedAt: z.string().optional().describe("When it was resolved, ISO 8601, by the asking user's clock."),
  parent: relatedIssue.optional().describe('Its parent issue, such as its epic.'),
  progress: z
    .object({
      children: z.int().describe('How many issues are directly below it.'),
      done: z.int().describe('How many of them are done.'),
      estimates: z
        .array(
          z.object({
            field: heading('The field they are estimated in, such as Story Points.'),
            total: z.string().describe('The estimates of all of them, added up.'),
            done: z.string().describe('Of those that are done.'),
            withoutEstimate: z.int().describe('How many have no estimate.'),
          }),
        )
        .optional()
        .describe('Their estimates.'),
      note: z.string().optional().describe('What these numbers leave out.'),
    })
    .optional()
    .describe('What is done and what is left below it.'),
  children: z
    .array(
      relatedIssue.extend({
        assignee: z.string().optional().describe('The name of its assignee; absent when it is unassigned.'),
      }),
    )
    .optional()
    .describe('The issues directly below it, such as those of an epic, the open ones first; up to 50.'),
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
  watchCount: z.int().optional().describe('How many watch it, if any.'),
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
  commentCount: z.int().optional().describe('The number of its comments, without restricted ones.'),
  issuesNotShown: z
    .int()
    .optional()
    .describe('How many linked issues, sub-tasks or parents are left out because a policy closes their projects.'),
});

/** All fields, because custom fields differ from site to site, except those that hold nothing for people. */
export const issueDetailsFields = [
  '*all',
  '-worklog',
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
const MAX_CHILDREN = 50;

/** The characters of all Markdown of an issue. */
export const MAX_MARKDOWN = 262_144;

export async function toIssueDetails(
  issue: Issue,
  children: Children | undefined,
  { browseUrl, isRestricted }: Pick<Jira, 'browseUrl' | 'isRestricted'>,
  pause: () => Promise<void> | undefined,
): Promise<z.infer<typeof issueDetails>> {
  const budget = { left: MAX_MARKDOWN };
  const render = async (document: unknown) => {
    await pause();
    return shownMarkdown(document, budget);
  };
  const toRelated = ({ key, summary, status }: Omit<RelatedIssue, 'isDone'>) => ({
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
    progress: children && children.issues.length > 0 ? toProgress(children, isRestricted) : undefined,
    // Sub-tasks have a place of their own.
    ...(children &&
      issue.subtasks.length === 0 && {
        children: ifAny(
          children.issues
            .toSorted((one, other) => Number(one.isDone) - Number(other.isDone))
            .slice(0, MAX_CHILDREN)
            .map(child => ({ ...toRelated(child), assignee: child.assignee })),
        ),
      }),
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
    watchCount: watches.safeParse(issue.values.watches).data?.watchCount || undefined,
    otherFields: ifAny(await otherFields(issue, render)),
    comments,
    notShown: issue.comments.restricted.length || undefined,
    // Where comments are hidden, how many there are is not known either.
    ...('comment' in issue.values && { commentCount: issue.comments.total ?? newestFirst.length }),
    issuesNotShown: issue.closedIssues || undefined,
  };
}

function toProgress({ issues, estimates, areAll }: Children, isRestricted: boolean) {
  const told = (sum: number, isTime: boolean) => (isTime ? duration(sum) : String(sum));
  const notes = [
    ...(areAll ? [] : [`It has more children than these ${issues.length}: countIssues counts them all.`]),
    ...(isRestricted ? ['Children in projects that a policy closes are not counted.'] : []),
  ];
  return {
    children: issues.length,
    done: issues.filter(({ isDone }) => isDone).length,
    estimates: ifAny(
      estimates.map(({ field, isTime, total, done, without }) => ({
        field,
        total: told(total, isTime),
        done: told(done, isTime),
        withoutEstimate: without,
      })),
    ),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}

export type Render = (document: unknown) => Promise<string>;

interface ShownField {
  name: string;
  value: string;
}

/** How many watch and vote, which is no text of the issue. */
const counted = new Set(['watches', 'votes']);

/** The fields of an issue that have no place of their own and hold something for people. */
async function otherFields(issue: Issue, render: Render): Promise<ShownField[]> {
  const shown: ShownField[] = [];
  for (const { id, name, type, value } of issue.otherFields) {
    if (counted.has(id) || !isForPeople(type)) continue;
    const text = await fieldText(value, render, type);
    if (text !== '') shown.push({ name, value: text });
  }
  return shown;
}

async function fieldText(value: unknown, render: Render, customType?: string): Promise<string> {
  return isDocument(value) ? render(value) : customText(value, customType);
}

/** Those of the fields that an issue has a value in, as texts. */
export async function textsOf(
  issue: Issue,
  fields: readonly { id: string; label: string }[],
  render: Render,
): Promise<(ShownField & { id: string })[]> {
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
    comment: issue.values.comment == null ? undefined : (issue.comments.total ?? issue.comments.items.length),
    worklog: issue.values.worklog == null ? undefined : (issue.worklogs.total ?? issue.worklogs.items.length),
    statusCategory: issue.statusCategory,
    timetracking: trackingText(issue),
    ...Object.fromEntries(secondsFields.map(id => [id, secondsText(issue.values[id])])),
  };
  const others = new Map(issue.otherFields.map(field => [field.id, field]));
  const shown: (ShownField & { id: string })[] = [];
  for (const { id, label } of fields) {
    const other = others.get(id);
    const text = Object.hasOwn(own, id)
      ? await fieldText(own[id], render)
      : await fieldText(other?.value, render, other?.type);
    if (text !== '') shown.push({ id, name: label, value: text });
  }
  return shown;
}

/** System fields that Jira keeps in seconds; its time tracking tells them as well. */
const secondsFields = [
  'timespent',
  'timeestimate',
  'timeoriginalestimate',
  'aggregatetimespent',
  'aggregatetimeestimate',
  'aggregatetimeoriginalestimate',
];

const secondsText = (value: unknown) => (typeof value === 'number' ? duration(value) : undefined);

function isDocument(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc';
}
