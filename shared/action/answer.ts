import { Failure } from '../failure.ts';
import type { Page, Position } from './page.ts';

/** An output, and the JSON text of it that is sent. */
export interface Answer {
  output: Record<string, unknown>;
  body: string;
}

/** Marks an answer from which something was left out for its size. */
const truncated = { truncated: true } as const;

/** Makes an answer of at most `maxBytes` of UTF-8; long texts in it are cut where it would be longer. */
export function wholeAnswer(output: object, maxBytes: number): Answer {
  const answer = toAnswer(output);
  return fits(answer, maxBytes) ? answer : shorten(output, maxBytes);
}

/**
 * Makes an answer of at most `maxBytes` from as much of a page as fits, and `limit` items at the most. What was not
 * answered is where `next` says.
 */
export function pageAnswer(
  page: Page<object>,
  position: Position,
  options: { limit: number; maxBytes: number; next(position: Position): string },
): Answer {
  const { items, nextCursor } = page;
  const from = Math.min(position.skip, items.length);
  const wanted = Math.min(items.length, from + options.limit);

  const answerTo = (to: number): object => {
    const more = to < items.length || nextCursor !== undefined;
    const output = page.answer(from, to, more);
    if (!more) return output;
    const next =
      to < items.length
        ? { ...position, skip: to }
        : { ...position, cursor: nextCursor, skip: 0, limit: options.limit };
    return { ...output, ...(to < wanted && truncated), nextPageToken: options.next(next) };
  };

  const whole = toAnswer(answerTo(wanted));
  if (fits(whole, options.maxBytes)) return whole;

  // Of the items before `to`, halve the distance to the most that fit.
  let [low, high] = [from, wanted];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(toAnswer(answerTo(middle)), options.maxBytes)) low = middle;
    else high = middle - 1;
  }
  if (low > from) return toAnswer(answerTo(low));
  // Not even one item fits as it is: give that one, shortened, so that the list can go on behind it.
  return shorten(answerTo(Math.min(from + 1, wanted)), options.maxBytes);
}

function toAnswer(output: object): Answer {
  return { output: output as Record<string, unknown>, body: JSON.stringify(output) };
}

function fits({ body }: Answer, maxBytes: number): boolean {
  // A UTF-16 code unit is at most three bytes of UTF-8, so most answers need no counting.
  return body.length * 3 <= maxBytes || Buffer.byteLength(body) <= maxBytes;
}

const SHORTEST_TEXT = 64;

/** Cuts the longest texts, and then the ends of lists, until the rest fits; `truncated` says so. */
function shorten(output: object, maxBytes: number): Answer {
  for (let longest = 16_384; longest >= SHORTEST_TEXT; longest /= 2) {
    const answer = toAnswer({ ...(cut(output, longest, Number.POSITIVE_INFINITY) as object), ...truncated });
    if (fits(answer, maxBytes)) return answer;
  }
  for (let items = 64; items >= 1; items /= 2) {
    const answer = toAnswer({ ...(cut(output, SHORTEST_TEXT, items) as object), ...truncated });
    if (fits(answer, maxBytes)) return answer;
  }
  throw new Failure(
    'upstream_error',
    `The answer is larger than the ${maxBytes} bytes that this service gives. Ask for less.`,
    {
      retryable: false,
    },
  );
}

/** Fields that only work whole. */
const neverCut = /(^url|Url|Id|Key|Token)$/;

function cut(value: unknown, longest: number, items: number, key = ''): unknown {
  if (typeof value === 'string') {
    return value.length <= longest || neverCut.test(key) ? value : `${value.slice(0, longest).toWellFormed()}… [cut]`;
  }
  if (Array.isArray(value)) return value.slice(0, items).map(item => cut(item, longest, items));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cut(part, longest, items, name)]));
}
