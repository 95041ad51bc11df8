import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import type { Issue } from './issue.ts';
import { toText } from './issueDetails.ts';
import { ifAny, type issueRow, toIssueRow, writtenIssue } from './issueRow.ts';

/** A field that a write changed. */
const fieldChange = z.object({
  field: z.string().describe('The name of the field.'),
  from: z.string().optional().describe('Its value before, where there was one.'),
  to: z.string().optional().describe('Its value now, where there is one.'),
});

export type FieldChange = z.infer<typeof fieldChange>;

/** What a write on an issue did. */
export interface WrittenIssue {
  /** The issue as it is now. */
  issue: Issue;
  changes: FieldChange[];
  /** Fields that were to be changed and have the value that they had. */
  unchanged: string[];
}

/** What a write that changes an issue returns: the issue, what was changed in it, and no more. */
export const changedIssue = writtenIssue.extend({
  changes: z.array(fieldChange).optional().describe('What was changed: each field with its value before and now.'),
});

/** Long values, such as a description, are cut to this many characters. */
const MAX_VALUE = 300;
/** The characters of a document that are looked at. */
const MAX_DOCUMENT = 65_536;

/** Compares fields of an issue before and after a write. Of what could not be read nothing is told. */
export function fieldChanges(
  before: Issue,
  after: Issue,
  fields: readonly { id: string; name: string }[],
): Pick<WrittenIssue, 'changes' | 'unchanged'> {
  const changes: FieldChange[] = [];
  const unchanged: string[] = [];
  for (const { id, name } of fields) {
    if (after.isUnread || (!(id in after.values) && id !== 'parent')) continue;
    for (const part of partsOf(id, name)) {
      const from = before.isUnread ? undefined : part.text(before.values[id]);
      const to = part.text(after.values[id]);
      if (!before.isUnread && from === to) {
        if (part.isAsked) unchanged.push(part.name);
      } else {
        changes.push({ field: part.name, ...shown(from, to) });
      }
    }
  }
  return { changes, unchanged };
}

interface Part {
  name: string;
  text(value: unknown): string;
  /** False for what changes by itself beside what was asked for. */
  isAsked: boolean;
}

function partsOf(id: string, name: string): Part[] {
  if (id !== 'timetracking') return [{ name, text: textOf, isAsked: true }];
  return ['originalEstimate', 'remainingEstimate', 'timeSpent'].map(key => ({
    name: trackingNames[key] ?? key,
    text: value => tracking.safeParse(value).data?.[key] ?? '',
    isAsked: false,
  }));
}

const tracking = z.record(z.string(), z.unknown()).transform(parts => {
  const texts = Object.entries(parts).filter((part): part is [string, string] => typeof part[1] === 'string');
  return Object.fromEntries(texts);
});

const trackingNames: Record<string, string> = {
  originalEstimate: 'Original estimate',
  remainingEstimate: 'Remaining estimate',
  timeSpent: 'Time spent',
};

function textOf(value: unknown): string {
  const isDocument = typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc';
  if (isDocument) return adfToMarkdown(value, { left: MAX_DOCUMENT }).trim();
  const { data } = keyed.safeParse(value);
  return data ? data.key : toText(value);
}

/** Another issue, such as the parent, is told by its key. */
const keyed = z.object({ key: z.string(), fields: z.unknown() }).refine(({ fields }) => fields !== undefined);

/** Both values, without what would hide the difference of long ones. */
function shown(from: string | undefined, to: string): Omit<FieldChange, 'field'> {
  const isAppended = from !== undefined && from.length > MAX_VALUE / 2 && to.startsWith(from);
  return {
    ...(from && { from: beginning(from, isAppended ? MAX_VALUE / 4 : MAX_VALUE) }),
    ...(to && { to: isAppended ? `…${beginning(to.slice(from.length), MAX_VALUE)}` : beginning(to, MAX_VALUE) }),
  };
}

/** The parts of a row that belong to a field of Jira's. */
const rowParts: ReadonlyMap<string, keyof z.infer<typeof issueRow>> = new Map([
  ['issuetype', 'type'],
  ['resolution', 'resolution'],
  ['assignee', 'assignee'],
  ['priority', 'priority'],
  ['labels', 'labels'],
  ['duedate', 'dueDate'],
  ['parent', 'parentKey'],
]);

/** The answer of a write that changes fields of an issue, by their IDs. */
export function toChangedIssue(
  { issue, changes, unchanged }: WrittenIssue,
  fieldIds: readonly string[] | 'all',
  browseUrl: (issueKey: string) => string,
  told: readonly string[] = [],
): z.infer<typeof changedIssue> {
  const row = toIssueRow(issue, browseUrl);
  const { issueKey, title, status, url, ...others } = row;
  const parts = fieldIds === 'all' ? undefined : new Set(fieldIds.map(id => rowParts.get(id)));
  const kept = Object.fromEntries(
    Object.entries(others).filter(([name]) => !parts || [...parts].some(part => part === name)),
  );
  const notes = [
    ...told,
    ...(issue.isUnread
      ? ['The change was made, but the updated issue could not be read. Use getIssue to see it.']
      : []),
    ...(unchanged.length > 0 ? [`As before: ${unchanged.join(', ')}.`] : []),
  ];
  return {
    issueKey,
    title,
    status,
    ...kept,
    changes: ifAny(changes),
    ...(notes.length > 0 && { note: notes.join(' ') }),
    url,
  };
}
