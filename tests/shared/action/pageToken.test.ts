import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Position, PRINT_BITS } from '../../../shared/action/page.ts';
import { readPageToken, writePageToken } from '../../../shared/action/pageToken.ts';
import { createSigner } from '../../../shared/secrets/signer.ts';

const openSigner = createSigner({
  secrets: { get: async () => '', invalidate: () => {}, redact: text => text },
  env: {},
  now: () => 0,
  onMissing: () => {},
});
const signer = await openSigner('page-token', AbortSignal.timeout(60_000));
const binding = { list: 'a list', signer };
const startedAt = Date.UTC(2026, 10, 30, 12, 34, 56, 789);

/** Cursors as the vendors have them, and as they might. */
const cursor = fc.oneof(
  fc.constant(undefined),
  fc.string({ unit: fc.constantFrom(...'abcXYZ019+/='), maxLength: 600 }),
  fc.string({ unit: fc.constantFrom(...'abc019-_.'), maxLength: 600 }),
);
const positions = fc.record({
  cursor,
  limit: fc.integer({ min: 1, max: 100 }),
  startedAt: fc.constant(startedAt),
  answered: fc.record({
    bits: fc.constant(PRINT_BITS),
    prints: fc.array(fc.integer({ min: 0, max: 2 ** PRINT_BITS - 1 }), { maxLength: 100, size: 'max' }),
  }),
});

describe('a page token', () => {
  it('is at most 200 characters longer than the cursor, stays what it is in an address, and says where to go on', () => {
    fc.assert(
      fc.property(positions, position => {
        const token = writePageToken(position, binding);
        // A cursor in base64 has a plus sign or a slash at every 32nd place or so, and may have them everywhere here.
        const odd = (position.cursor?.match(/[+/]/g) ?? []).length;
        expect(token.length).toBeLessThanOrEqual(200 + (position.cursor ?? '').length + Math.max(0, odd * 2 - 60));
        expect(token).toMatch(/^[\w.=~-]+$/);
        const read = readPageToken(token, binding, startedAt + 1);
        expect({ ...read, answered: undefined }).toEqual({ ...position, answered: undefined });
        const { bits, prints } = read.answered;
        expect(bits).toBeGreaterThanOrEqual(8);
        expect(prints).toEqual(position.answered.prints.map(print => print >> (PRINT_BITS - bits)));
      }),
      { numRuns: 400 },
    );
  });

  it('takes any cursor whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), text => {
        const position: Position = { cursor: text, limit: 25, startedAt, answered: { bits: PRINT_BITS, prints: [1] } };
        const { cursor } = readPageToken(writePageToken(position, binding), binding, startedAt);
        expect(cursor).toBe(text.toWellFormed());
      }),
    );
  });

  it('tells nothing of the cursor, which may hold what the caller must not see', () => {
    const answered = { bits: PRINT_BITS, prints: [1] };
    const write = (cursor: string, list = 'a list') =>
      writePageToken({ cursor, limit: 25, startedAt, answered }, { list, signer }).split('.').slice(1).join('.');
    const cursor = Buffer.from('#String&Secret summary&Int$10035').toString('base64');
    expect(write(cursor)).toHaveLength(write('x'.repeat(cursor.length - 1)).length + 1);
    // Not by its characters, and not by how tokens of similar cursors differ.
    const isSame = (one: string, other: string) => [...one].filter((char, at) => char === other[at]).length;
    for (const other of [cursor, write(cursor, 'another list'), write(`${cursor.slice(0, -1)}x`)]) {
      expect(isSame(write(cursor), other)).toBeLessThan(cursor.length / 3);
    }
  });

  it('is refused where a character of it is another one, for another list, by another key, and after an hour', async () => {
    const position: Position = {
      cursor: 'abc',
      limit: 25,
      startedAt,
      answered: { bits: PRINT_BITS, prints: [1, 2, 3] },
    };
    const token = writePageToken(position, binding);
    const refused = expect.objectContaining({ code: 'invalid_input' });
    for (const at of token.split('').keys()) {
      for (const other of ['A', 'z', '.', '']) {
        if (token[at] === other) continue;
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        expect(() => readPageToken(changed, binding, startedAt)).toThrow(refused);
      }
    }
    const another = await createSigner({
      secrets: { get: async () => '', invalidate: () => {}, redact: text => text },
      env: {},
      now: () => 0,
      onMissing: () => {},
    })('page-token', AbortSignal.timeout(60_000));
    expect(() => readPageToken(token, { ...binding, list: 'another list' }, startedAt)).toThrow(refused);
    expect(() => readPageToken(token, { ...binding, signer: another }, startedAt)).toThrow(refused);
    expect(() => readPageToken(token, binding, startedAt + 60 * 60_000 + 1)).toThrow(/expired/);
    expect(() => readPageToken(token, binding, startedAt - 1)).toThrow(/expired/);
    expect(readPageToken(token, binding, startedAt + 60 * 60_000)).toEqual(position);
    for (const odd of ['', '.', 'x', '.abc', 'a.b.c', '~~', '\0'.repeat(300)]) {
      expect(() => readPageToken(odd, binding, startedAt)).toThrow(refused);
    }
  });
});
