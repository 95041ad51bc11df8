import * as z from 'zod';
import { Failure } from '../failure.ts';
import { parseJson } from '../parseJson.ts';
import { TOKEN_TEXT } from '../schema/textLimit.ts';
import type { Signer } from '../secrets/signer.ts';
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
  cursorAfter?: (count: number) => string;
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

/** Where a list goes on. Between two answers it travels as an opaque `pageToken`. */
export interface Position {
  cursor: string | undefined;
  /** Which items of the upstream's page were answered already. */
  answered: readonly string[];
  /** How many items that page was asked for with, so that asking again gives the same page. */
  limit: number;
  /** When the first page was asked for, in milliseconds since the epoch. */
  startedAt: number;
}

const TOKEN_LIFE_MS = 60 * 60_000;

const tokenSchema = z.strictObject({
  c: z.string().optional(),
  a: z.array(z.string().max(6)).max(MAX_LIMIT),
  l: z.int().min(1).max(MAX_WHOLE),
  t: z.int().positive(),
});

/** What a page token is bound to. */
export interface TokenBinding {
  /** The list: who asks, by which action, with which input. */
  list: string;
  signer: Signer;
}

/** What makes two lists the same: who asks, what they may see, by which action, with which input. */
export function listName(list: { callerId: string; scope: string; action: string; input: object }): string {
  return JSON.stringify([list.callerId, list.scope, list.action, list.input]);
}

/** Writes a token that only `signer`, and only for this list, takes back. */
export function writePageToken(
  { cursor, answered, limit, startedAt }: Position,
  { list, signer }: TokenBinding,
): string {
  const token: z.input<typeof tokenSchema> = {
    ...(cursor !== undefined && { c: cursor }),
    a: [...answered],
    l: limit,
    t: startedAt,
  };
  const text = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${text}.${signer.sign(list, text)}`;
}

/** @throws Failure `invalid_input` for a token that is not ours, is of another list or caller, or is over an hour old. */
export function readPageToken(pageToken: string, { list, signer }: TokenBinding, now: number): Position {
  const [text = '', tag = '', ...others] = pageToken.split('.');
  const token = tokenSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8'))).data;
  if (!token || others.length > 0) {
    throw refuse('It is not a nextPageToken of this service. Leave it out to start from the first page.');
  }
  if (!signer.verifies(tag, list, text)) {
    throw refuse(
      'It belongs to a list with other inputs or of another caller, or it is too old. Repeat those inputs, or leave pageToken out to start anew.',
    );
  }
  if (token.t > now || now - token.t > TOKEN_LIFE_MS)
    throw refuse('It has expired. Leave it out to start from the first page.');
  return { cursor: token.c, answered: token.a, limit: token.l, startedAt: token.t };
}

function refuse(message: string): Failure {
  return new Failure('invalid_input', `pageToken: ${message}`, { errors: [{ field: 'pageToken', message }] });
}
