import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byClock, hasMoments } from '../../../shared/time/byClock.ts';
import { addDays, dayAt, isTimeZone, momentAt, startOfDay } from '../../../shared/time/timeZone.ts';

const at = (time: string, timeZone: string) => momentAt(time, timeZone).toISOString();

describe('the moment at which a clock shows a time', () => {
  it.each([
    ['2026-01-15T12:00:00', 'UTC', '2026-01-15T12:00:00.000Z'],
    ['2026-01-15T12:00:00', 'America/New_York', '2026-01-15T17:00:00.000Z'],
    ['2026-07-15T12:00:00', 'America/New_York', '2026-07-15T16:00:00.000Z'],
    ['2026-07-15T12:00:00.250', 'Asia/Kolkata', '2026-07-15T06:30:00.250Z'],
    ['2026-07-15T12:00', 'Asia/Kathmandu', '2026-07-15T06:15:00.000Z'],
    ['2026-01-15T12:00:00', 'Pacific/Auckland', '2026-01-14T23:00:00.000Z'],
    ['2026-07-15T12:00:00', 'Australia/Lord_Howe', '2026-07-15T01:30:00.000Z'],
    ['1995-06-15T12:00:00', 'Europe/Moscow', '1995-06-15T08:00:00.000Z'],
  ])('%s in %s', (time, timeZone, expected) => {
    expect(at(time, timeZone)).toBe(expected);
  });

  it('counts on from before the clock was put forward where it skips the time', () => {
    expect(at('2026-03-08T02:30:00', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
    expect(at('2026-03-29T02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-10-04T02:15:00', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z');
  });

  it('is the first of the two where the clock is put back', () => {
    expect(at('2026-11-01T01:30:00', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-10-25T02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-04-05T02:30:00', 'Pacific/Auckland')).toBe('2026-04-04T13:30:00.000Z');
  });
});

describe('a day', () => {
  it('starts where the clock goes on, where there is no midnight', () => {
    // Midnight is skipped: https://www.timeanddate.com/time/change/lebanon/beirut?year=2026
    const start = startOfDay('2026-03-29', 'Asia/Beirut');
    expect(dayAt(new Date(start.getTime() - 1), 'Asia/Beirut')).toBe('2026-03-28');
    expect(dayAt(start, 'Asia/Beirut')).toBe('2026-03-29');
  });

  it('has 23 or 25 hours where the clock is changed', () => {
    const hours = (day: string) =>
      (startOfDay(addDays(day, 1), 'Europe/Berlin').getTime() - startOfDay(day, 'Europe/Berlin').getTime()) / 3_600_000;
    expect(['2026-03-29', '2026-07-01', '2026-10-25'].map(hours)).toEqual([23, 24, 25]);
  });

  it('is counted over the ends of months and years', () => {
    expect([addDays('2026-12-31', 1), addDays('2028-03-01', -1), addDays('2026-03-28', 2)]).toEqual([
      '2027-01-01',
      '2028-02-29',
      '2026-03-30',
    ]);
  });
});

it('every moment is found again by the time that a clock shows at it, or the hour is one that the clock shows twice', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (moment, timeZone) => {
      // Sweden writes a date as ISO 8601 does; an independent way to the same digits.
      const shown = (each: Date) => `${each.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}`;
      const found = momentAt(shown(moment), timeZone);
      expect(shown(found)).toBe(shown(moment));
      expect(found.getTime()).toBeLessThanOrEqual(moment.getTime());
      expect(dayAt(moment, timeZone)).toBe(shown(moment).slice(0, 10));
      expect(dayAt(startOfDay(dayAt(moment, timeZone), timeZone), timeZone)).toBe(dayAt(moment, timeZone));
      expect(dayAt(new Date(startOfDay(dayAt(moment, timeZone), timeZone).getTime() - 1), timeZone)).not.toBe(
        dayAt(moment, timeZone),
      );
    }),
    { numRuns: 300 },
  );
});

it('a zone is known by its name in the IANA database alone', () => {
  expect(
    ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'EST'].filter(isTimeZone),
  ).toHaveLength(5);
  expect(
    ['', ' ', '+05:30', '5', 'Berlin', 'Europe/Atlantis', 'CEST time', '../etc', 'local'].filter(isTimeZone),
  ).toEqual([]);
});

describe('an answer by the clock of a zone', () => {
  it('tells each moment by it, and leaves every other text as it is', () => {
    const answer = {
      at: '2026-11-15T08:00:00.000Z',
      day: '2026-11-15',
      rows: [{ text: 'At 2026-11-15T08:00:00Z' }, '2026-07-01T08:00:00Z'],
    };
    expect(byClock(answer, 'Europe/Berlin')).toEqual({
      at: '2026-11-15T09:00:00+01:00',
      day: '2026-11-15',
      rows: [{ text: 'At 2026-11-15T08:00:00Z' }, '2026-07-01T10:00:00+02:00'],
    });
    expect([hasMoments(answer), hasMoments({ day: '2026-11-15', n: 1, none: null })]).toEqual([true, false]);
  });
});
