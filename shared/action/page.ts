import * as z from 'zod';
import { TOKEN_TEXT } from '../schema/textLimit.ts';
import type { Image } from './image.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

const limitMessage = `It must be a whole number from 1 to ${MAX_LIMIT}.`;

/** The inputs that every list takes. */
export const pagingInput = {
  limit: z
    .int({ error: limitMessage })
    .min(1, limitMessage)
    .max(MAX_LIMIT, limitMessage)
    .default(DEFAULT_LIMIT)
    .meta({
      description: `The most items to return, up to ${MAX_LIMIT}.`,
      advanced: true,
    }),
  pageToken: z.string().max(TOKEN_TEXT).optional().meta({
    description: 'The nextPageToken of the answer before, to go on with its list, all other inputs unchanged.',
    advanced: true,
  }),
};

const MAX_WHOLE = 1000;

/** The same of a list that describes what there is, which is of use as a whole: it is answered as far as there is room. */
export const wholeListInput = {
  ...pagingInput,
  limit: z
    .int({ error: `It must be a whole number from 1 to ${MAX_WHOLE}.` })
    .min(1)
    .max(MAX_WHOLE)
    .default(MAX_WHOLE)
    .meta({ description: 'The most items to return. As many as there is room for unless given.', advanced: true }),
};

/** The output that every list may have. */
export const pagingOutput = {
  nextPageToken: z.string().optional().meta({
    description: 'Present when the list goes on: give it as pageToken to get the next part.',
    whole: true,
    machine: true,
  }),
};

/** Which page of the upstream's list is wanted. */
export interface PageRequest {
  /** How many items to ask the upstream for. */
  limit: number;
  /** Where to go on: what an earlier page of the same list gave as `nextCursor`. */
  cursor: string | undefined;
  /** False when items of this list have been answered before. */
  isFirst: boolean;
}

/** One page of an upstream's list, and how an answer is made from any part of it. */
export interface Page<Output> {
  items: readonly unknown[];
  nextCursor: string | undefined;
  /**
   * Where the list goes on after this many of the items, where that can be told. Else a page of which only a part has room
   * is asked for again.
   */
  cursorAfter?: ((count: number) => string) | undefined;
  /** Of an action with the outputs of `imageOutput`: an image that belongs to the answer. */
  image?: Image | undefined;
  /** Answers with the items at these places; `more` says whether the list goes on after them. */
  answer(places: readonly number[], more: boolean): Output;
}

/** Makes a page; `answer` is called with the items that go into the answer, which may be fewer than were given. */
export function page<Item, Output>(parts: {
  items: readonly Item[];
  nextCursor?: string | undefined;
  cursorAfter?: ((count: number) => string) | undefined;
  image?: Image | undefined;
  answer(items: Item[], more: boolean): Output;
}): Page<Output> {
  const { items, nextCursor, cursorAfter, image, answer } = parts;
  return {
    items,
    nextCursor,
    cursorAfter,
    image,
    answer: (places, more) =>
      answer(
        places.flatMap(place => items.slice(place, place + 1)),
        more,
      ),
  };
}

/** Items by their fingerprints of so many bits, in the order in which they were on their page. */
export interface Answered {
  bits: number;
  prints: readonly number[];
}

/** As many bits as a fingerprint has at first; a page token may have room for fewer. */
export const PRINT_BITS = 24;
export const noneAnswered: Answered = { bits: PRINT_BITS, prints: [] };

/** Where a list goes on. Between two answers it travels as an opaque `pageToken`. */
export interface Position {
  cursor: string | undefined;
  /** Which items of the upstream's page were answered already. */
  answered: Answered;
  /** How many items that page was asked for with, so that asking again gives the same page. */
  limit: number;
  /** When the first page was asked for, in milliseconds since the epoch. */
  startedAt: number;
}

/** What makes two lists the same: who asks, what they may see, by which action, with which input. */
export function listName(list: { callerId: string; scope: string; action: string; input: object }): string {
  return JSON.stringify([list.callerId, list.scope, list.action, list.input]);
}
