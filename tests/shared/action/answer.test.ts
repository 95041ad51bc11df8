import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pageAnswer, wholeAnswer } from '../../../shared/action/answer.ts';
import { noneAnswered, type Position, page } from '../../../shared/action/page.ts';
import { readable } from '../../../shared/readable.ts';
import { link } from '../../../shared/schema/meaning.ts';

const lists = z.object({ items: z.array(z.string()) });
const texts = z.object({ text: z.string(), url: link('Where it is.').optional(), title: z.string().optional() });

/** Walks a list of `texts` page by page, as a client with an upstream that pages by `limit` would, and returns what it got. */
async function walk(texts: readonly string[], limit: number, maxBytes: number): Promise<string[]> {
  const got: string[] = [];
  let position: Position | undefined = { cursor: undefined, answered: noneAnswered, limit, startedAt: 0 };
  while (position) {
    const start: number = Number(position.cursor ?? 0);
    const end: number = start + position.limit;
    let next: Position | undefined;
    const { output, body } = await pageAnswer(
      page({
        items: texts.slice(start, end),
        nextCursor: end < texts.length ? String(end) : undefined,
        answer: (items, more) => ({ items, more }),
      }),
      position,
      {
        limit,
        maxBytes,
        schema: lists,
        next: async to => {
          next = to;
          return 'token';
        },
      },
    );
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
    expect(output.more).toBe(output.nextPageToken !== undefined);
    got.push(...(output.items as string[]));
    position = output.nextPageToken ? next : undefined;
  }
  return got;
}

describe('a list that is cut to size', () => {
  it('loses and repeats nothing, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Equal items occur, too.
        fc.array(fc.oneof(fc.string({ maxLength: 60, unit: 'grapheme' }), fc.constantFrom('same', 'x'.repeat(50))), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 400, max: 900 }),
        async (texts, limit, maxBytes) => {
          expect(await walk(texts, limit, maxBytes)).toEqual(texts.map(readable));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('goes on behind an item that is too large by itself, which is shortened', async () => {
    const got = await walk(['a', 'x'.repeat(5_000), 'b'], 10, 600);
    expect(got.map(text => text.slice(0, 1))).toEqual(['a', 'x', 'b']);
    expect(got[1]).toMatch(/… \[cut\]$/);
  });
});

it('what has changed since it was answered is answered again, and what moved before it is not lost', async () => {
  const next: Position[] = [];
  const answer = async (items: string[], position: Position) =>
    (
      await pageAnswer(page({ items, answer: shown => ({ items: shown }) }), position, {
        limit: 2,
        maxBytes: 1_000,
        schema: lists,
        next: async to => {
          next.push(to);
          return 'token';
        },
      })
    ).output.items;
  const start: Position = { cursor: undefined, answered: noneAnswered, limit: 4, startedAt: 0 };
  expect(await answer(['a', 'b', 'c', 'd'], start)).toEqual(['a', 'b']);
  expect(await answer(['d, changed', 'a', 'b', 'c'], next[0] ?? start)).toEqual(['d, changed', 'c']);
});

describe('an answer that is too large', () => {
  it('has its longest texts cut, never its links and tokens, and says so', () => {
    const url = `https://example.com/${'y'.repeat(300)}`;
    const { output, body } = wholeAnswer({ text: 'x'.repeat(50_000), url, title: 'short' }, 2_000, texts);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(2_000);
    expect(output).toMatchObject({ url, title: 'short', truncated: true });
  });

  it('keeps text well-formed where it is cut in the middle of an emoji', () => {
    const { body } = wholeAnswer({ text: `a${'😀'.repeat(5_000)}` }, 1_100, texts);
    expect(JSON.parse(body).text.isWellFormed()).toBe(true);
  });

  it('is left alone when it fits', () => {
    expect(wholeAnswer({ text: 'x' }, 1024, texts)).toEqual({ output: { text: 'x' }, body: '{"text":"x"}' });
  });
});
