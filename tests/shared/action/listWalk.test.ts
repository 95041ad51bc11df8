import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBackend } from '../../../shared/action/backend.ts';
import { defineSystem } from '../../../shared/action/defineSystem.ts';
import type { Invocation } from '../../../shared/action/invoke.ts';
import { page } from '../../../shared/action/page.ts';

interface Row {
  /** Where it stands in its list: the upstream goes on behind it. It is not answered, so rows may look alike. */
  at: number;
  text: string;
}

/** The list as the upstream has it now. */
let rows: Row[] = [];

const upstream = defineSystem({
  name: 'upstream',
  title: 'Upstream',
  about: 'Upstream holds rows.',
  advice: 'Use listRows.',
  toolsets: { upstream: 'Rows' },
  settings: z.object({}),
  secrets: {},
});

const listRows = upstream.action({
  name: 'listRows',
  toolset: 'upstream',
  access: 'read',
  title: 'List rows',
  description: 'Lists rows.',
  input: z.object({}),
  output: z.object({ rows: z.array(z.object({ text: z.string() })) }),
  example: {},
  paged: true,
  async run(_, { page: { limit, cursor } }) {
    const from = rows.filter(({ at }) => at > Number(cursor ?? -1));
    const items = from.slice(0, limit);
    return page({
      items: items.map(({ text }) => ({ text })),
      nextCursor: from.length > limit ? String(items.at(-1)?.at) : undefined,
      answer: shown => ({ rows: shown }),
    });
  },
});

const invocation: Invocation = {
  headers: new Headers(),
  code: undefined,
  presented: [],
  correlationId: 'walk',
  traceparent: '',
  log: { info() {}, warn() {}, error() {} },
};

const answerSchema = z.object({ rows: z.array(z.object({ text: z.string() })), nextPageToken: z.string().optional() });

/** Reads a list to its end by the tokens that it gives, with another limit for each page. Between two pages, `change` is called. */
async function walk(maxBytes: number, limits: readonly number[], change: () => void = () => {}): Promise<string[]> {
  const { invoke } = createBackend({ MAX_RESPONSE_BYTES: String(maxBytes) }, { systems: [upstream], actions: [] });
  const got: string[] = [];
  for (let pages = 0, pageToken = ''; pages < 2_000; pages += 1) {
    const limit = limits[pages % limits.length];
    const outcome = await invoke(listRows, async () => ({ limit, pageToken }), invocation);
    if (!outcome.ok) throw outcome.failure;
    expect(Buffer.byteLength(outcome.body)).toBeLessThanOrEqual(maxBytes);
    const answer = answerSchema.parse(JSON.parse(outcome.body));
    got.push(...answer.rows.map(({ text }) => text));
    if (answer.nextPageToken === undefined) return got;
    pageToken = answer.nextPageToken;
    change();
  }
  throw new Error('The list does not end.');
}

const limits = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
const maxBytes = fc.oneof(fc.constant(1_024), fc.integer({ min: 1_024, max: 6_000 }));
/** Many rows look alike, some are of no length, some take more than half of an answer. */
const text = fc.oneof(
  fc.constantFrom('', 'same', 'also the same'),
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '漢', '🎉'), maxLength: 40 }),
  fc.integer({ min: 50, max: 400 }).map(length => 'x'.repeat(length)),
);

describe('a list that is read page by page', () => {
  it('gives every row once and in order, equal ones as often as there are, whatever the sizes and limits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 250, size: 'max' }),
        limits,
        maxBytes,
        async (texts, limits, maxBytes) => {
          rows = texts.map((text, at) => ({ at, text }));
          expect(await walk(maxBytes, limits)).toEqual(texts);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  it('ends, and goes on behind a row that no answer has room for', async () => {
    rows = ['a', 'x'.repeat(5_000), 'b'].map((text, at) => ({ at, text }));
    expect((await walk(1_024, [100])).map(text => text.slice(0, 1))).toEqual(['a', 'x', 'b']);
  });

  it('gives once what stays, while other rows are removed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 120, size: 'max' }),
        limits,
        maxBytes,
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        async (texts, limits, maxBytes, places) => {
          rows = texts.map((text, at) => ({ at, text: `${at} ${text}` }));
          const got = await walk(maxBytes, limits, () => {
            rows = rows.toSpliced((places.next().value ?? 0) % Math.max(rows.length, 1), 1);
          });
          const stayed = rows.map(({ text }) => text);
          expect(got.filter(text => stayed.includes(text))).toEqual(stayed);
          expect(new Set(got).size).toBe(got.length);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  it('loses nothing that stays, while rows are added and changed anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 60, size: 'max' }),
        limits,
        maxBytes,
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        async (texts, limits, maxBytes, places) => {
          rows = texts.map((text, at) => ({ at, text: `${at} ${text}` }));
          const first = rows.map(({ text }) => text);
          let added = 0;
          const got = await walk(maxBytes, limits, () => {
            if (added === 40) return;
            added += 1;
            const place = (places.next().value ?? 0) % (rows.length + 1);
            const before = rows[place - 1]?.at ?? -1;
            const at = (before + (rows[place]?.at ?? before + 2)) / 2;
            rows = rows.toSpliced(place, 0, { at, text: `new ${added}` });
          });
          expect(first.filter(text => !got.includes(text))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});
