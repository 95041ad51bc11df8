import { expect, test } from 'vitest';
import { comingText, resolveComing } from '../../../shared/time/coming.ts';

const clock = { now: new Date('2026-11-30T23:30:00Z'), timeZone: async () => 'UTC' };

test.each([
  ['90d', '2026-11-30', '2027-02-28'],
  ['2 weeks', '2026-11-30', '2026-12-14'],
  ['3 months', '2026-11-30', '2027-02-28'],
  ['1 quarter', '2026-11-30', '2027-02-28'],
  ['2y', '2026-11-30', '2028-11-30'],
  ['this month', '2026-11-01', '2026-11-30'],
  ['Next Month', '2026-12-01', '2026-12-31'],
  ['this quarter', '2026-10-01', '2026-12-31'],
  ['next quarter', '2027-01-01', '2027-03-31'],
  ['next year', '2027-01-01', '2027-12-31'],
  ['2027-01-15', '2026-11-30', '2027-01-15'],
  ['tomorrow', '2026-11-30', '2026-12-01'],
  ['2026-01-01 .. 2026-03-31', '2026-01-01', '2026-03-31'],
])('%s is from %s to %s', async (text, from, to) => {
  expect(await resolveComing(comingText.parse(text), clock, 'renewalWithin')).toEqual({ from, to });
});

test('today is that of the zone', async () => {
  const tokyo = { ...clock, timeZone: async () => 'Asia/Tokyo' };
  expect(await resolveComing('1d', tokyo, 'renewalWithin')).toEqual({ from: '2026-12-01', to: '2026-12-02' });
});

test.each(['soon', '7d..9d', '2026-01-01..2026-02-01..2026-03-01', '90', '2026-02-30', ''])('%j is none', text => {
  expect(comingText.safeParse(text).success).toBe(false);
});

test.each(['2026-11-29', '2027-01-02..2027-01-01'])('%s is refused', async text => {
  await expect(resolveComing(comingText.parse(text), clock, 'renewalWithin')).rejects.toMatchObject({
    code: 'invalid_input',
  });
});
