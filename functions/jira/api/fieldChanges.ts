import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { adfToMarkdown, shownMarkdown } from './adf/adfToMarkdown.ts';
import { toText } from './fieldText.ts';
import type { Issue } from './issue.ts';
import { ifAny, type issueRow, notRead, toIssueRow, writtenIssue } from './issueRow.ts';

/** A field that a write changed. */
export const fieldChange = z.object({
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
  /** Fields that were to be changed and have the value that they had, which is told in parentheses. */
  unchanged: string[];
  /** Fields that were set, and of which Jira did not tell what they are now. */
  untold: string[];
  /** The IDs of the fields that are told of the issue as it is now. */
  fieldIds: readonly string[];
  /** What the user should know besides, in sentences. */
  notes: readonly string[];
}

/** What a write that changes an issue returns: the issue, what was changed in it, and no more. */
export const changedIssue = writtenIssue.extend({
  changes: z.array(fieldChange).optional().describe('What was changed: each field with its value before and now.'),
});

/** Long values, such as a description, are cut to this many characters. */
export const MAX_VALUE = 300;
/** The characters of a document that are looked at. */
const MAX_DOCUMENT = 65_536;

/** A field that a write changes, by ID and name; of time tracking the parts that it changes. */
export interface ChangedField {
  id: string;
  name: string;
  parts?: readonly string[];
}

/** Compares fields of an issue before and after a write. Of what could not be read nothing is told. */
export function fieldChanges(
  before: Issue,
  after: Issue,
  fields: readonly ChangedField[],
): Pick<WrittenIssue, 'changes' | 'unchanged' | 'untold'> {
  const changes: FieldChange[] = [];
  const unchanged: string[] = [];
  const untold: string[] = [];
  for (const field of fields) {
    if (after.isUnread) continue;
    // Jira leaves out a parent that an issue does not have.
    if (!(field.id in after.values) && field.id !== 'parent') {
      untold.push(field.name);
      continue;
    }
    for (const { name, text, isAsked } of partsOf(field)) {
      const from = before.isUnread ? undefined : text(before.values[field.id]);
      const to = text(after.values[field.id]);
      const told = named(to, after.values[field.id]);
      if (from !== to) changes.push({ field: name, ...shown(from && named(from, before.values[field.id]), told) });
      else if (isAsked) unchanged.push(`${name} (${told ? beginning(told, MAX_VALUE / 4) : 'empty'})`);
    }
  }
  return { changes, unchanged, untold };
}

interface Part {
  name: string;
  text(value: unknown): string;
  /** False for what changes by itself beside what was asked for. */
  isAsked: boolean;
}

function partsOf({ id, name, parts }: ChangedField): Part[] {
  if (id !== 'timetracking') return [{ name, text: textOf, isAsked: true }];
  return Object.entries(trackingNames).map(([key, partName]) => ({
    name: partName,
    text: value => tracking.safeParse(value).data?.[key] ?? '',
    isAsked: parts?.includes(key) ?? false,
  }));
}

const tracking = z.record(z.string(), z.unknown()).transform(parts => {
  const texts = Object.entries(parts).filter((part): part is [string, string] => typeof part[1] === 'string');
  return Object.fromEntries(texts);
});

const trackingNames: Readonly<Record<string, string>> = {
  originalEstimate: 'Original estimate',
  remainingEstimate: 'Remaining estimate',
  timeSpent: 'Time spent',
};

const isDocument = (value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc';

/** The text of a value as people read it, where that of a document tells the accounts of those that it mentions. */
function named(text: string, value: unknown): string {
  return isDocument(value) ? shownMarkdown(value, { left: MAX_DOCUMENT }).trim() : text;
}

function textOf(value: unknown): string {
  if (isDocument(value)) return adfToMarkdown(value, { left: MAX_DOCUMENT }).trim();
  const { data } = keyed.safeParse(value);
  // A text that was set is shown even where it looks like an ID.
  return data ? data.key : toText(value) || (typeof value === 'string' ? value.trim() : '');
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

/** The answer of a write that changes fields of an issue. */
export function toChangedIssue(
  { issue, changes, unchanged, untold, fieldIds, notes }: WrittenIssue,
  browseUrl: (issueKey: string) => string,
): z.infer<typeof changedIssue> {
  const { issueKey, title, status, url, ...others } = toIssueRow(issue, browseUrl);
  const parts = new Set<string | undefined>(fieldIds.map(id => rowParts.get(id)));
  const kept = Object.fromEntries(Object.entries(others).filter(([name]) => parts.has(name)));
  const told = [
    ...notes,
    ...(issue.isUnread ? [notRead] : []),
    ...(untold.length > 0 ? [`Sent, but Jira did not tell what is there now: ${untold.join(', ')}.`] : []),
    ...(unchanged.length > 0 ? [`Not changed: ${unchanged.join(', ')}.`] : []),
  ];
  return {
    issueKey,
    title,
    status,
    ...kept,
    changes: ifAny(changes),
    ...(told.length > 0 && { note: told.join(' ') }),
    url,
  };
}
