import { expect, it } from 'vitest';
import { dayOf, resolveSince, sinceText } from '../../../shared/action/since.ts';

const now = new Date('2026-11-22T12:00:00.000Z');

it.each([
  ['7d', '2026-11-15T12:00:00.000Z'],
  ['2026-11-15T09:30:00 02:00', '2026-11-15T07:30:00.000Z'],
  ['24h', '2026-11-21T12:00:00.000Z'],
  ['90m', '2026-11-22T10:30:00.000Z'],
  ['2 W', '2026-11-08T12:00:00.000Z'],
  ['2026-11-15', '2026-11-15T00:00:00.000Z'],
  ['2026-11-15T09:30', '2026-11-15T09:30:00.000Z'],
  ['2026-11-15T09:30:00+02:00', '2026-11-15T07:30:00.000Z'],
  [' 2026-11-15T09:30:00.123Z ', '2026-11-15T09:30:00.123Z'],
])('%s means %s', (text, expected) => {
  expect(resolveSince(sinceText.parse(text), now).toISOString()).toBe(expected);
});

it.each(['', '7', 'd', 'yesterday', '2026-02-30', '2026-11-15 09:30', '15.11.2026', '7d; drop'])(
  '%j is not a point in time',
  text => {
    expect(sinceText.safeParse(text).success).toBe(false);
  },
);

it('the future is refused', () => {
  expect(() => resolveSince('2026-11-23', now)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});

it('a time before anything is refused', () => {
  expect(() => resolveSince('99999w', now)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});

it('a day is told as a person would write it', () => {
  expect(dayOf(new Date('2026-11-15T23:59:59Z'))).toBe('15 Nov 2026');
});
