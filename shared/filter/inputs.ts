import * as z from 'zod';
import { LIST_TEXT, SHORT_TEXT } from '../schema/textLimit.ts';
import { type Condition, readConditions } from './condition.ts';
import { nameList } from './nameList.ts';

/** The inputs of the one language of filters and columns, for every action that finds things. */

/** Conditions on any fields: see `readConditions`. */
export const where = z
  .string()
  .max(LIST_TEXT)
  .transform((text, context): readonly Condition[] => {
    const read = readConditions(text);
    if ('conditions' in read) return read.conditions;
    context.issues.push({ code: 'custom', message: read.problem, input: text });
    return z.NEVER;
  });

const MAX_COLUMNS = 25;

const labels = (most: number) =>
  z
    .string()
    .max(LIST_TEXT)
    .transform(nameList)
    .refine(names => names.length <= most, `It must be at most ${most} labels.`);

/** Labels of the fields to show. */
export const columns = labels(MAX_COLUMNS);

/** Labels of fields that must be empty. */
export const missing = labels(10).refine(
  names => names.length > 0,
  'It must have at least one label, not only commas or quotation marks.',
);

/** Names of which one must hold, separated by commas. A text without any would find what no filter finds. */
export const anyName = z
  .string()
  .trim()
  .min(1)
  .max(LIST_TEXT)
  .refine(text => nameList(text).length > 0, 'It must have at least one name, not only commas or quotation marks.');

/** A field to sort by. `direction` is undefined where the field's own is meant. */
export interface Order {
  label: string;
  direction: 'asc' | 'desc' | undefined;
}

/** `Amount desc`, or several: `Priority, Due date`. */
export const orderBy = z
  .string()
  .max(SHORT_TEXT)
  .transform(text => nameList(text).map(readOrder))
  .refine(orders => orders.length <= 3, 'It must be at most three labels.');

function readOrder(text: string): Order {
  const { index, groups } = /\s(?<direction>asc|desc)(?:ending)?$/i.exec(text) ?? {};
  if (groups === undefined) return { label: text, direction: undefined };
  return { label: text.slice(0, index).trim(), direction: groups.direction?.toLowerCase() === 'desc' ? 'desc' : 'asc' };
}
