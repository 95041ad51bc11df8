import * as z from 'zod';
import { inWords } from '../../../shared/action/input.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { FIELDS_TEXT } from '../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { plainValue } from '../../../shared/time/typedValue.ts';
import { folded } from './choosing.ts';
import { issueInputs, issueType, nameList, projectId } from './inputs.ts';

/** A new issue, as a caller gives it in a list. */
export interface NewIssue extends z.output<typeof newIssue> {
  /** Those that are made below it. */
  children: NewIssue[];
}

/** As many as Jira makes in one request. */
const MAX_NEW_ISSUES = 50;
/** An initiative, an epic, a story and a sub-task. */
const MAX_DEPTH = 4;

const { summary, description, assignee, priority, labels, dueDate, parent } = issueInputs;

const newIssue = z.object({
  projectId: projectId.optional(),
  issueType: issueType.optional(),
  summary,
  description: description.optional(),
  assignee: assignee.optional(),
  priority: priority.optional(),
  labels: labels.optional(),
  components: nameList.optional(),
  fixVersion: nameList.optional(),
  sprint: z.string().trim().min(1).optional(),
  dueDate: dueDate.optional(),
  parent: parent.optional(),
  /** Fields by their display names. */
  additionalFields: z.record(z.string(), z.unknown()).optional(),
});

/** What people and other tools call the fields of an issue. */
const known: ReadonlyMap<string, string> = new Map([
  ...Object.keys(newIssue.shape).map((name): [string, string] => [name.toLowerCase(), name]),
  ['title', 'summary'],
  ['type', 'issueType'],
  ['issue type', 'issueType'],
  ['label', 'labels'],
  ['component', 'components'],
  ['fix version', 'fixVersion'],
  ['fix versions', 'fixVersion'],
  ['fixversions', 'fixVersion'],
  ['due', 'dueDate'],
  ['due date', 'dueDate'],
  ['epic', 'parent'],
  ['epic link', 'parent'],
  ['parent key', 'parent'],
  ['parentkey', 'parent'],
  ['project', 'projectId'],
  ['children', 'children'],
  ['subtasks', 'children'],
  ['sub-tasks', 'children'],
]);

/** New issues: lines of text, each the summary of one, or a JSON array of summaries and objects. */
export const newIssues = z
  .string()
  .trim()
  .min(1)
  .max(FIELDS_TEXT)
  .transform((text, context): NewIssue[] => {
    const problems: string[] = [];
    const issues = readList(text, problems);
    const count = issues === undefined ? 0 : countOf(issues);
    if (problems.length === 0 && count === 0) problems.push('It has no issue.');
    if (count > MAX_NEW_ISSUES) {
      problems.push(
        `It has ${count} issues; at most ${MAX_NEW_ISSUES} are made in one call. Give the rest in another.`,
      );
    }
    for (const message of problems) context.issues.push({ code: 'custom', message, input: text });
    return problems.length === 0 && issues ? issues : z.NEVER;
  });

function countOf(issues: readonly NewIssue[]): number {
  return issues.reduce((sum, { children }) => sum + 1 + countOf(children), 0);
}

function readList(text: string, problems: string[]): NewIssue[] | undefined {
  const given = itemsIn(text, problems);
  return given && readItems(given, '', 1, problems);
}

/** The items of the list, each a text or what JSON has; undefined where something is wrong with it as a whole. */
function itemsIn(text: string, problems: string[]): unknown[] | undefined {
  if (!/^(\{|\[\s*(["{[]|\]))/.test(text)) return lines(text, problems);
  // Objects, one a line.
  const rows = text.startsWith('{') ? text.split('\n').filter(row => row.trim() !== '') : [];
  const isRows = rows.length > 1 && rows.every(row => parseJson(row.trim().replace(/,$/, '')) !== undefined);
  const { value, problem } = strictJson(isRows ? `[${rows.map(row => row.trim().replace(/,$/, '')).join()}]` : text);
  if (problem !== undefined) {
    problems.push(
      `It ${problem}. Give a JSON array such as [{"summary": "…", "assignee": "…"}], or one summary a line without any JSON.`,
    );
    return undefined;
  }
  if (Array.isArray(value)) return value;
  const { issues, issueUpdates = issues } = wrapper.parse(value);
  return issueUpdates ?? [value];
}

const list = z.array(z.unknown()).optional().catch(undefined);
const wrapper = z.object({ issues: list, issueUpdates: list });

const bullet = /^(?:[-*+•–]|#{1,6}|\d{1,3}[.)])\s+/;
const box = /^\[[ xX]?\]\s+/;

/** The lines of a text, without what makes items of a list of them. What is indented belongs to what is above it. */
function lines(text: string, problems: string[]): unknown[] | undefined {
  const rows = text.split('\n').filter(row => row.trim() !== '');
  const [only, another] = rows;
  if (only !== undefined && another === undefined && only.includes(',')) {
    problems.push(
      'It is one line with commas, which is one issue or several: give each issue a line of its own, or a JSON array.',
    );
    return undefined;
  }
  type Row = { summary: string; children: Row[] };
  const top: Row[] = [];
  const open: { indent: number; children: Row[] }[] = [{ indent: -1, children: top }];
  for (const row of rows) {
    const indent = row.replaceAll('\t', '    ').search(/\S/);
    while (open.length > 1 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const item: Row = { summary: row.trim().replace(bullet, '').replace(box, ''), children: [] };
    open.at(-1)?.children.push(item);
    open.push({ indent, children: item.children });
  }
  return top;
}

function readItems(items: readonly unknown[], place: string, depth: number, problems: string[]): NewIssue[] {
  if (depth > MAX_DEPTH) {
    problems.push(`${place.slice(0, -1)} is nested deeper than ${MAX_DEPTH} levels.`);
    return [];
  }
  return items.flatMap((item, index) => readItem(item, `${place}${index + 1}`, depth, problems) ?? []);
}

function readItem(item: unknown, place: string, depth: number, problems: string[]): NewIssue | undefined {
  const entries = entriesOf(item);
  if (!entries) {
    problems.push(`Issue ${place} is neither a summary nor an object.`);
    return undefined;
  }
  const given = new Map<string, unknown>();
  const others = new Map<string, unknown>();
  for (const [name, typed] of entries) {
    const value = plainValue(typed);
    if (value === null || value === undefined || value === '') continue;
    const input = known.get(folded(name));
    if (input === 'additionalFields')
      for (const [field, set] of Object.entries(objectIn(value))) others.set(field, set);
    // A document, and a second value for the same field, is for whoever knows the fields of the project.
    else if (input === undefined || given.has(input) || (input === 'description' && typeof value === 'object'))
      others.set(name, value);
    // A list, and Jira's own form of a thing, is taken as an input takes it: as JSON.
    else given.set(input, input === 'children' || typeof value === 'string' ? value : asText(value));
  }
  const { children, ...fields } = Object.fromEntries(given);
  const read = newIssue.safeParse(
    { ...fields, ...(others.size > 0 && { additionalFields: Object.fromEntries(others) }) },
    { error: inWords },
  );
  if (!read.success) {
    for (const { path, message } of read.error.issues) {
      const name = String(path[0] ?? '');
      problems.push(`Issue ${place}: ${name} ${name in fields ? `is not valid. ${message}` : 'is missing.'}`);
    }
    return undefined;
  }
  const below = typeof children === 'string' ? itemsIn(children, problems) : children;
  if (below !== undefined && !Array.isArray(below)) {
    problems.push(`Issue ${place}: its children are no list.`);
    return undefined;
  }
  return { ...read.data, children: readItems(below ?? [], `${place}.`, depth + 1, problems) };
}

function entriesOf(item: unknown): [string, unknown][] | undefined {
  if (typeof item === 'string') return [['summary', item]];
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  // Jira's own form has the fields in an object of their own.
  return Object.entries(item).flatMap(([name, value]) =>
    name === 'fields' ? Object.entries(objectIn(value)) : [[name, value]],
  );
}

function objectIn(value: unknown): object {
  const found = typeof value === 'string' ? parseJson(value) : value;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {};
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
