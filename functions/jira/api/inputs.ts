import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import { idList } from '../../../shared/schema/idList.ts';
import { FIELDS_TEXT, LIST_TEXT, SHORT_TEXT, textLimit } from '../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { dayText } from '../../../shared/time/inputs.ts';

/** A project's key or numeric ID. Nothing else reaches a path or a query. */
export const projectId = z
  .string()
  .trim()
  .regex(
    /^([A-Za-z][A-Za-z0-9_]{1,254}|[1-9]\d{0,17})$/,
    'It must be a project key such as ABC, or a numeric project ID.',
  )
  .transform(value => value.toUpperCase())
  .meta({
    description: 'The ID of the project: its key, such as ABC, or its numeric ID.',
    names: 'project',
    acronym: 'ID',
    choices: { action: 'listProjects', collection: 'projects', title: 'name', value: 'key', inputs: { limit: 100 } },
  });

/** An issue's key. Nothing else reaches a path or a query. */
export const issueKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z][A-Za-z0-9_]{1,254}-[1-9]\d{0,17}$/, 'It must be an issue key such as ABC-12.')
  .transform(value => value.toUpperCase())
  .meta({ description: 'The key of the issue, such as ABC-12.', names: 'issue' });

/** The value that clears a field. */
const NONE = 'none';

export function isNone(value: string): boolean {
  return value.toLowerCase() === NONE;
}

/** The keys of several issues, separated by commas, spaces or lines, or as JSON; each once. */
export function issueKeys(most: number) {
  return idList({
    most,
    max: LIST_TEXT,
    itemsOf: text => namesInJson(text) ?? text.split(/[\s,;]/),
    read: each => issueKey.safeParse(each).data,
    noun: 'key',
    none: 'no key of an issue, such as ABC-12',
  }).meta({ description: 'The keys of the issues, separated by commas, such as ABC-12,ABC-13.', names: 'issue' });
}

/** An optional input that `none` clears. */
export function clearable<Input extends z.ZodType<string>>(input: Input, description: string) {
  return z
    .string()
    .max(textLimit(input))
    .transform((text, context) => {
      if (isNone(text.trim())) return NONE;
      const { success, data, error } = input.safeParse(text);
      if (success) return data;
      context.issues.push({ code: 'custom', message: error.issues[0]?.message ?? 'It is not valid.', input: text });
      return z.NEVER;
    })
    .optional()
    .meta({ ...input.meta(), description });
}

/** The longest text that a field of Jira's takes: https://support.atlassian.com/jira/kb/character-limit-for-text-fields/ */
const MAX_TEXT = 32_767;

const appendix = z.strictObject({ append: z.string() });

/** What replaces a text, `none` where it is cleared, or what is added below it. */
export type TextChange = string | { append: string };

/** An optional Markdown text that `none` clears, and that `{"append": "…"}` adds to. */
export function changeableText(description: string) {
  return z
    .string()
    .trim()
    .min(1)
    .max(MAX_TEXT)
    .transform((text, context): TextChange => {
      const { data } = appendix.safeParse(text.startsWith('{') ? parseJson(text) : undefined);
      if (data?.append.trim()) return { append: data.append.trim() };
      if (!/^\{\s*"append"\s*:/.test(text)) return isNone(text) ? NONE : text;
      // As a text it would replace all that was to be kept.
      const message =
        'It begins as {"append": "…"} does, but is not such a JSON object with a text alone. In the text write a new line as \\n and a quotation mark as \\".';
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    })
    .optional()
    .describe(description);
}

/** A name or another short text, on one line. */
export const shortText = z
  .string()
  .trim()
  .min(1)
  .max(SHORT_TEXT)
  .transform(value => value.replace(/\s+/g, ' '));

/** The forms in which Jira writes what has a name. */
const jiraForm = z
  .object({
    name: z.string().optional(),
    value: z.string().optional(),
    key: z.string().optional(),
    accountId: z.string().optional(),
    emailAddress: z.string().optional(),
    displayName: z.string().optional(),
    id: z.union([z.string(), z.int().transform(String)]).optional(),
  })
  .transform(
    ({ name, value, key, accountId, emailAddress, displayName, id }) =>
      name ?? value ?? key ?? accountId ?? emailAddress ?? displayName ?? id,
  );

/** The name in Jira's own form of a thing, `{"name":"High"}` or `{"accountId":"…"}`; any other text as it is. */
function nameIn(text: string): string {
  return (text.startsWith('{') && jiraForm.safeParse(parseJson(text)).data) || text;
}

/** What means a sprint, or none, wherever one is named. */
const sprintWords = /^(?:active|current|next|last|previous|future|closed|backlog|none)$/i;

/** The name of a new sprint; Jira takes no longer one. */
export const sprintTitle = shortText
  .refine(name => name.length <= 30, 'A sprint has a name of at most 30 characters.')
  .refine(
    name => !sprintWords.test(name),
    'It is a word that means another sprint wherever one is named. Ask the user for a name, such as Sprint 42.',
  );

/** The goal of a sprint, which is plain text. */
export const sprintGoal = z.string().trim().min(1).max(1000);

/** A name, or Jira's own form of what has it. */
export const nameText = shortText.transform(nameIn);

/** A type of issue, by name. */
export const issueType = nameText.meta({
  description: 'The name of the issue type, such as Bug.',
  choices: {
    action: 'describeProject',
    collection: 'issueTypes',
    title: 'name',
    value: 'name',
    inputs: { projectId: { input: 'projectId' } },
  },
});

/** A person, by name or e-mail address. */
export const person = nameText.meta({ mayMatchSeveral: true });

export const markdown = z.string().trim().min(1).max(MAX_TEXT);

/** One of the user's own comments; their latest one on the issue where it is left out. */
export const ownCommentId = z
  .string()
  .trim()
  .regex(/^[1-9]\d{0,14}$/, 'It must be the ID of a comment, such as 10010.')
  .optional()
  .meta({
    description:
      "The ID of the comment, from addComment, getIssue or listComments. The user's latest one unless given.",
    names: 'comment',
    acronym: 'ID',
  });

/** Who may read a comment in a service project: customers too, or only its agents. */
const audiences = z.enum(['public', 'internal']);

export type Audience = z.infer<typeof audiences>;

export const audience = audiences
  .optional()
  .describe(
    'Who reads the comment; required in a service project: public for the customer as well, internal for agents alone. Ask the user when it is not clear. Elsewhere leave it out.',
  );

const listInJson = z.array(z.union([z.string(), jiraForm.pipe(z.string())]));

/** The names in a list that is written as JSON, also with each in Jira's own form: `[{"name":"Search"}]`. */
export function namesInJson(text: string): string[] | undefined {
  return text.startsWith('[') ? listInJson.safeParse(parseJson(text)).data : undefined;
}

/** The distinct items of a list, separated by commas or as JSON: `ops, security` has two, and so has `"a, b", "c"`. */
export function listOf(text: string): string[] {
  const items =
    namesInJson(text) ?? [...text.matchAll(/\s*"([^"]*)"\s*(?=,|$)|[^,]+/g)].map(([all, own]) => own ?? all);
  return [...new Set(items.map(item => item.trim()).filter(Boolean))];
}

/** A list of names, separated by commas or as JSON. */
export const nameList = z
  .string()
  .max(LIST_TEXT)
  .trim()
  .transform(nameIn)
  .refine(text => listOf(text).length > 0, 'It must name at least one.');

/** A JSON object as a string. */
const jsonObject = z
  .string()
  .max(FIELDS_TEXT)
  .transform((text, context): Record<string, unknown> => {
    const { value, problem } = strictJson(text);
    if (problem === undefined && typeof value === 'object' && value !== null && !Array.isArray(value))
      return { ...value };
    context.issues.push({
      code: 'custom',
      message: `It ${problem ?? 'is no object'}. It must be a JSON object as a string, such as {"Story Points": 3, "Severity": "Major"}.`,
      input: text,
    });
    return z.NEVER;
  });

const labels = nameList.refine(
  text => !listOf(text).some(label => /\s/.test(label)),
  'A label must not contain spaces: use a hyphen instead.',
);

/** The inputs that createIssue and updateIssue share. */
export const issueInputs = {
  summary: shortText.describe('The summary of the issue, at most 255 characters.'),
  description: markdown.describe('The description, in Markdown.'),
  assignee: person.describe('The assignee: a name, an e-mail address, or me for the user who asks.'),
  priority: nameText.describe('The name of the priority, such as High.'),
  labels: labels.describe('The labels, separated by commas, such as ops,security. A label must not contain spaces.'),
  dueDate: dayText.describe('The due date, such as 2026-11-30.'),
  // Jira answers that an unknown parent is invalid, not that it is not found.
  parent: z.string().trim().transform(nameIn).pipe(issueKey).meta({
    description: 'The key of the parent issue: an epic, or for a sub-task the issue it belongs to.',
    names: '',
  }),
  additionalFields: jsonObject.describe(
    'Other fields: a JSON object as a string, by their display names, such as {"Story Points": 3, "Severity": "Major", "Components": ["Search"]}. Texts are Markdown; people are names or e-mail addresses.',
  ),
};
