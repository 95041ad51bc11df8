import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { Failure } from '../failure.ts';
import { isSuspect, mayShorten, readableValue } from '../readable.ts';
import { fieldsOf, meaningOf } from '../schema/meaning.ts';
import type { Image } from './image.ts';
import { type Answered, noneAnswered, type Page, type Position, PRINT_BITS } from './page.ts';

/** An output, and the JSON text of it that is sent. */
export interface Answer {
  output: Record<string, unknown>;
  body: string;
  /** What belongs to it, and the JSON text with that in it. */
  image?: Image & { body: string };
}

/** Marks an answer from which something was left out for its size. */
const truncated = { truncated: true } as const;

/** Makes an answer of at most `maxBytes` of UTF-8; long texts in it are cut where it would be longer. */
export function wholeAnswer(output: object, maxBytes: number, schema: z.ZodObject): Answer {
  return fitting(output, maxBytes) ?? shorten(output, maxBytes, schema);
}

/**
 * Makes an answer of at most `maxBytes` from as much of a page as fits, and `limit` items at the most. What was not
 * answered is where `next` says.
 */
export async function pageAnswer(
  page: Page<object>,
  position: Position,
  options: { limit: number; maxBytes: number; next(position: Position): Promise<string>; schema: z.ZodObject },
): Promise<Answer> {
  const { items, nextCursor, cursorAfter } = page;
  // Items are told apart by what they hold, not by where they stand: the list may have moved since they were answered.
  // Of equal ones as many are left out as were answered.
  const prints: number[] = [];
  const printAt = (index: number) => (prints[index] ??= fingerprint(items[index]));
  const answered = answeredOf(items.length, printAt, position.answered);
  const left = [...items.keys()].filter(index => !answered.has(index));
  const wanted = Math.min(left.length, options.limit);

  const answerWith = async (count: number): Promise<object> => {
    const shown = left.slice(0, count);
    const more = count < left.length || nextCursor !== undefined;
    const output = page.answer(shown, more);
    if (!more) return output;
    const goesOnHere = cursorAfter && position.answered.prints.length === 0;
    const next =
      count < left.length && !goesOnHere
        ? { ...position, answered: { bits: PRINT_BITS, prints: [...answered, ...shown].sort(ascending).map(printAt) } }
        : {
            ...position,
            cursor: count < left.length && goesOnHere ? cursorAfter(count) : nextCursor,
            answered: noneAnswered,
            limit: options.limit,
          };
    return { ...output, ...(count < wanted && truncated), nextPageToken: await options.next(next) };
  };

  const attempt = async (count: number): Promise<Answer | undefined> => {
    // What is shown without its token is as large as with it, and the token reads all that is shown.
    if (isLarger(page.answer(left.slice(0, count), false), options.maxBytes)) return undefined;
    return fitting(await answerWith(count), options.maxBytes);
  };
  const whole = await attempt(wanted);
  if (whole) return whole;

  let [low, high] = [0, wanted];
  let best: Answer | undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const answer = await attempt(middle);
    if (answer) [low, best] = [middle, answer];
    else high = middle - 1;
  }
  if (best) return best;
  // Not even one item fits as it is: give that one, shortened, so that the list can go on behind it.
  return shorten(await answerWith(Math.min(1, wanted)), options.maxBytes, options.schema);
}

const ascending = (one: number, other: number) => one - other;

/** Short, because a page token holds one for each item that was answered of a page that was cut. */
function fingerprint(item: unknown): number {
  return createHash('sha1')
    .update(JSON.stringify(item))
    .digest()
    .readUIntBE(0, PRINT_BITS / 8);
}

/**
 * Which items of a page were answered before, by their places: the longest sequence that both have in the same order. Where
 * items stand tells them apart as well as what they hold, so that short fingerprints do: one that only looks like another
 * is left out where that other one is gone from this very place alone.
 */
function answeredOf(count: number, printAt: (index: number) => number, { bits, prints }: Answered): Set<number> {
  const found = new Set<number>();
  const short = (index: number) => printAt(index) >> (PRINT_BITS - bits);
  // What stands where it did is found without a look at the rest of the page, which may be of any size.
  let start = 0;
  while (start < prints.length && start < count && short(start) === prints[start]) found.add(start++);
  if (start === prints.length) return found;
  const longest = Array.from({ length: count + 1 }, () => new Uint8Array(prints.length + 1));
  const at = (index: number, print: number) => longest[index]?.[print] ?? 0;
  for (let index = count - 1; index >= start; index -= 1) {
    for (let print = prints.length - 1; print >= start; print -= 1) {
      const row = longest[index];
      if (!row) continue;
      row[print] =
        short(index) === prints[print]
          ? at(index + 1, print + 1) + 1
          : Math.max(at(index + 1, print), at(index, print + 1));
    }
  }
  for (let [index, print] = [start, start]; index < count && print < prints.length; ) {
    if (short(index) === prints[print]) {
      found.add(index);
      index += 1;
      print += 1;
    } else if (at(index + 1, print) > at(index, print + 1)) index += 1;
    else print += 1;
  }
  return found;
}

/** The answer with this output, made readable; undefined when it is larger than `maxBytes`. */
export function fitting(output: object, maxBytes: number): Answer | undefined {
  if (isLarger(output, maxBytes)) return undefined;
  const body = JSON.stringify(output);
  if (!fits(body, maxBytes) && !mayShorten(body)) return undefined;
  const safe = isSuspect(body) ? readableValue(output) : output;
  const safeBody = safe === output ? body : JSON.stringify(safe);
  return fits(safeBody, maxBytes) ? { output: safe as Record<string, unknown>, body: safeBody } : undefined;
}

/** A UTF-16 code unit is at most three bytes of UTF-8, so most answers need no counting. */
function fits(body: string, maxBytes: number): boolean {
  return body.length * 3 <= maxBytes || Buffer.byteLength(body) <= maxBytes;
}

/** What is not shown is taken out before an answer is measured, so that one with many such characters may still fit. */
const MAX_HIDDEN = 8;

/**
 * Whether a value is so much larger than an answer that it need not be written to know. It looks at no more than that, so
 * that the time it takes does not depend on how large the value is.
 */
function isLarger(value: unknown, maxBytes: number): boolean {
  let left = maxBytes * MAX_HIDDEN;
  const count = (part: unknown): void => {
    left -= typeof part === 'string' ? part.length + 2 : 1;
    if (left < 0 || typeof part !== 'object' || part === null) return;
    for (const name in part) {
      left -= name.length;
      count(part[name as keyof typeof part]);
      if (left < 0) return;
    }
  };
  count(value);
  return left < 0;
}

/** Shorter than that, a text says nothing any more; before, lists give way. */
const READABLE_TEXT = 1_024;
const SHORTEST_TEXT = 64;
const SHORTEST_LIST = 4;

/** Cuts the longest texts, then the ends of lists, then both further, until the rest fits; `truncated` says so. */
function shorten(output: object, maxBytes: number, schema: z.ZodObject): Answer {
  const attempt = (longest: number, items: number): Answer | undefined =>
    fitting({ ...(cut(output, { longest, items }, schema) as object), ...truncated }, maxBytes);
  const steps = function* () {
    for (let text = 16_384; text >= READABLE_TEXT; text /= 2) yield attempt(text, Number.POSITIVE_INFINITY);
    for (let items = 512; items >= SHORTEST_LIST; items /= 2) yield attempt(READABLE_TEXT, items);
    for (let text = READABLE_TEXT; text >= SHORTEST_TEXT; text /= 2) yield attempt(text, SHORTEST_LIST);
    yield attempt(SHORTEST_TEXT, 1);
  };
  for (const answer of steps()) if (answer) return answer;
  throw new Failure(
    'upstream_error',
    `The answer is larger than the ${maxBytes} bytes that this service gives. Ask for less.`,
    { retryable: false },
  );
}

interface Cut {
  /** The most characters of a text. */
  longest: number;
  /** The most items of a list. */
  items: number;
}

function cut(value: unknown, to: Cut, schema: z.core.$ZodType | undefined): unknown {
  if (typeof value === 'string') {
    if (value.length <= to.longest || (schema && meaningOf(schema).whole)) return value;
    return `${value.slice(0, to.longest).toWellFormed()}… [cut]`;
  }
  // The fields of a list's items are found through the list.
  if (Array.isArray(value)) return value.slice(0, to.items).map(item => cut(item, to, schema));
  if (typeof value !== 'object' || value === null) return value;
  const fields = fieldsOf(schema);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      cut(part, to, Object.hasOwn(fields, name) ? fields[name] : undefined),
    ]),
  );
}
