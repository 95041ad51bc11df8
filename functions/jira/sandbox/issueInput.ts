import * as z from 'zod';
import { checkedComment } from './checkedComment.ts';
import { commentProperties } from './commentProperties.ts';
import { fieldById } from './fields.ts';
import { notOnScreen, type Parsed, parseFieldValue, required, type Target } from './fieldValue.ts';
import { badFields } from './jiraError.ts';
import type { AdfNode, FieldValue, Issue } from './model.ts';
import type { ScreenField } from './screens.ts';
import type { Site } from './site.ts';

const operationShape = z.strictObject({
  set: z.unknown().optional(),
  add: z.unknown().optional(),
  remove: z.unknown().optional(),
  edit: z.unknown().optional(),
});

type Operation = z.infer<typeof operationShape>;

/** What creating, editing and moving an issue have in common. */
export const issueBody = z.looseObject({
  fields: z.record(z.string(), z.unknown()).optional(),
  update: z.record(z.string(), z.array(operationShape)).optional(),
  /** Kept with the change in the history, as it is. */
  historyMetadata: z.looseObject({}).optional(),
});

export interface IssueInput {
  values: Record<string, FieldValue>;
  comments: { body: AdfNode; properties: Record<string, unknown> }[];
}

/**
 * Checks the fields and comments of a request against a screen.
 * @throws {JiraError} 400 that names every field at fault
 */
export function readIssueInput(
  site: Site,
  target: Target,
  screen: ScreenField[],
  { fields = {}, update = {} }: z.infer<typeof issueBody>,
  issue?: Issue,
): IssueInput {
  const errors: Record<string, string> = {};
  const values: Record<string, FieldValue> = {};
  const set = (fieldId: string, read: (parse: (raw: unknown) => Parsed) => Parsed) => {
    const field = fieldById(site, fieldId);
    if (!field || !screen.some(each => each.field.id === fieldId)) errors[fieldId] = notOnScreen(fieldId);
    else {
      const parsed = read(raw => parseFieldValue(site, target, field, raw));
      if ('problem' in parsed) errors[fieldId] = parsed.problem;
      else values[fieldId] = parsed.value;
    }
  };

  for (const [fieldId, raw] of Object.entries(fields)) if (fieldId !== 'project') set(fieldId, parse => parse(raw));
  const { comment: comments = [], ...others } = update;
  for (const [fieldId, operations] of Object.entries(others)) {
    if (fieldId in fields) errors[fieldId] = `Field '${fieldId}' cannot appear in both 'fields' and 'update'`;
    else set(fieldId, parse => applyOperations(operations, issue?.values[fieldId], parse));
  }
  if (Object.keys(errors).length > 0) throw badFields(errors);
  return {
    values,
    comments: comments.map(({ add }) => {
      const { body, properties = {} } = comment.safeParse(add).data ?? {};
      return { body: checkedComment(body), properties };
    }),
  };
}

/** @throws {JiraError} 400 that names the fields that a new issue must have and does not */
export function requireFields(screen: ScreenField[], values: Record<string, FieldValue>): void {
  const missing = screen.filter(
    each =>
      each.required && !each.hasDefaultValue && each.field.id !== 'project' && values[each.field.id] === undefined,
  );
  if (missing.length > 0) {
    throw badFields(Object.fromEntries(missing.map(({ field }) => [field.id, required(field).problem])));
  }
}

/** The value of a field after the operations of `update`, carried out one after the other. */
function applyOperations(
  operations: Operation[],
  before: FieldValue | undefined,
  parse: (raw: unknown) => Parsed,
): Parsed {
  let value: FieldValue = before ?? null;
  for (const { set, add, remove } of operations) {
    const isWhole = set !== undefined;
    const parsed = parse(isWhole ? set : [add ?? remove]);
    if ('problem' in parsed) return parsed;
    const given = [parsed.value].flat().map(String);
    const held = Array.isArray(value) ? value : [];
    if (isWhole) value = parsed.value;
    else value = add === undefined ? held.filter(each => !given.includes(each)) : [...new Set([...held, ...given])];
  }
  return { value };
}

const comment = z.looseObject({ body: z.unknown(), properties: commentProperties });
