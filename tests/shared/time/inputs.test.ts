import { describe, expect, it } from 'vitest';
import { dayText, resolveDay, resolveSince, resolveUntil, sinceText } from '../../../shared/time/inputs.ts';
import { shownDay, shownPeriod } from '../../../shared/time/shown.ts';

const now = new Date('2026-11-22T12:00:00.000Z');
const clockIn = (timeZone: string) => ({ now, timeZone: async () => timeZone });
const noZone = {
  now,
  timeZone: async (): Promise<string> => {
    throw new Error('A zone was asked for.');
  },
};

const sinceIn = async (timeZone: string, text: string) =>
  (await resolveSince(sinceText.parse(text), clockIn(timeZone))).toISOString();

describe('a point in time', () => {
  it.each([
    ['7d', '2026-11-15T12:00:00.000Z'],
    ['24h', '2026-11-21T12:00:00.000Z'],
    ['90m', '2026-11-22T10:30:00.000Z'],
    ['2 W', '2026-11-08T12:00:00.000Z'],
    ['3 days ago', '2026-11-19T12:00:00.000Z'],
    ['2026-11-15T09:30:00+02:00', '2026-11-15T07:30:00.000Z'],
    ['2026-11-15T09:30:00 02:00', '2026-11-15T07:30:00.000Z'],
    ['2026-11-15 09:30 +0530', '2026-11-15T04:00:00.000Z'],
    ['2026-11-15T09:30:00-08', '2026-11-15T17:30:00.000Z'],
    [' 2026-11-15t09:30:00.1234567z ', '2026-11-15T09:30:00.123Z'],
    ['{"$kind":"DateTime","value":"2026-11-15T09:30:00Z"}', '2026-11-15T09:30:00.000Z'],
  ])('is %s without a zone being asked for', async (text, expected) => {
    expect((await resolveSince(sinceText.parse(text), noZone)).toISOString()).toBe(expected);
  });

  it.each([
    ['2026-11-15', '2026-11-15T05:00:00.000Z', '2026-11-14T11:00:00.000Z'],
    ['2026-11-15T00:00:00', '2026-11-15T05:00:00.000Z', '2026-11-14T11:00:00.000Z'],
    ['2026-11-15T09:30', '2026-11-15T14:30:00.000Z', '2026-11-14T20:30:00.000Z'],
    ['2026-11-15 09:30:15.5', '2026-11-15T14:30:15.500Z', '2026-11-14T20:30:15.500Z'],
    ['today', '2026-11-22T05:00:00.000Z', '2026-11-22T11:00:00.000Z'],
    ['Yesterday', '2026-11-21T05:00:00.000Z', '2026-11-21T11:00:00.000Z'],
    ['{"$kind":"Date","value":"2026-11-15T00:00:00Z"}', '2026-11-15T05:00:00.000Z', '2026-11-14T11:00:00.000Z'],
    ['{"$kind":"DateTime","value":"2026-11-15T09:30:00"}', '2026-11-15T14:30:00.000Z', '2026-11-14T20:30:00.000Z'],
  ])('is %s in the zone of whoever asks', async (text, inNewYork, inAuckland) => {
    expect(await sinceIn('America/New_York', text)).toBe(inNewYork);
    expect(await sinceIn('Pacific/Auckland', text)).toBe(inAuckland);
  });

  it.each(
    [
      ['', '7', 'd', 'soon', '2026-02-30', '2026-02-29', '2026-13-01', '2026-00-10', '0999-01-01', '2026-11-15T24:00'],
      ['2026-11-15T09', '2026-11-15T09:60', '2026-11-15T09:000530', '2026-11-15T09:30+25:00', '2026-11-15T09:30 PM'],
      [
        '15.11.2026',
        '11/15/2026',
        '7d; drop',
        '{"$kind":"Date"}',
        '{"$kind":"Date","value":20261115}',
        '{',
        '__proto__',
      ],
    ].flat(),
  )('is not %j', text => {
    expect(sinceText.safeParse(text).success).toBe(false);
  });

  it('is refused in the future, and before anything', async () => {
    await expect(resolveSince('2026-11-23', clockIn('UTC'))).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(resolveSince('tomorrow', clockIn('UTC'))).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(resolveSince('99999w', noZone)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('may have begun where the asker is when it has not yet in UTC', async () => {
    const auckland = { now: new Date('2026-11-22T12:30:00Z'), timeZone: async () => 'Pacific/Auckland' };
    expect((await resolveSince('2026-11-23', auckland)).toISOString()).toBe('2026-11-22T11:00:00.000Z');
  });
});

describe('the end of a period', () => {
  it.each([
    ['2026-11-15', '2026-11-16T04:59:59.999Z'],
    ['2026-11-15T00:00:00.000', '2026-11-16T04:59:59.999Z'],
    ['yesterday', '2026-11-22T04:59:59.999Z'],
    ['today', '2026-11-23T04:59:59.999Z'],
    ['2026-11-15T09:30', '2026-11-15T14:30:00.000Z'],
    ['2026-11-15T00:00:00Z', '2026-11-15T00:00:00.000Z'],
    ['1d', '2026-11-21T12:00:00.000Z'],
  ])('is %s, of a day its last moment', async (text, expected) => {
    const until = await resolveUntil(sinceText.parse(text), new Date(0), clockIn('America/New_York'));
    expect(until.toISOString()).toBe(expected);
  });

  it('is refused before the beginning', async () => {
    await expect(resolveUntil('8d', now, noZone)).rejects.toMatchObject({ errors: [{ field: 'until' }] });
  });
});

describe('a day', () => {
  it.each([
    ['2026-12-30', '2026-12-30'],
    ['2026-12-30T00:00:00', '2026-12-30'],
    ['2026-12-30T00:00:00.000Z', '2026-12-30'],
    ['2026-12-30T00:00:00.0000000+05:30', '2026-12-30'],
    ['2026-12-30T00:00:00-08:00', '2026-12-30'],
    ['2026-12-30 17:45', '2026-12-30'],
    ['{"$kind":"Date","value":"2026-12-30"}', '2026-12-30'],
    ['{"$kind":"Date","value":"2026-12-30T23:30:00Z"}', '2026-12-30'],
    ['{"$kind":"DateTime","value":"2026-12-30T00:00:00"}', '2026-12-30'],
    ['2028-02-29', '2028-02-29'],
  ])('is what is written in %s', async (text, expected) => {
    expect(await resolveDay(dayText.parse(text), noZone, 'dueDate')).toBe(expected);
  });

  it.each([
    ['today', '2026-11-22', '2026-11-23'],
    ['tomorrow', '2026-11-23', '2026-11-24'],
    ['YESTERDAY', '2026-11-21', '2026-11-22'],
    ['2026-12-30T20:00:00Z', '2026-12-30', '2026-12-31'],
    ['2026-12-30T03:00:00Z', '2026-12-29', '2026-12-30'],
  ])('is, for %s, that of the calendar of whoever asks', async (text, inNewYork, inKiritimati) => {
    expect(await resolveDay(dayText.parse(text), clockIn('America/New_York'), 'dueDate')).toBe(inNewYork);
    expect(await resolveDay(dayText.parse(text), clockIn('Pacific/Kiritimati'), 'dueDate')).toBe(inKiritimati);
  });

  it.each(['7d', '2026-02-30', '2026-02-30T00:00:00', '{"$kind":"Date","value":"2026-02-30"}', 'next week', '30'])(
    'is not %j',
    text => {
      expect(dayText.safeParse(text).success).toBe(false);
    },
  );
});

describe('a sentence', () => {
  it('tells a day as a person would write it', () => {
    expect(shownDay('2026-11-05')).toBe('5 Nov 2026');
  });

  it.each([
    ['7d', undefined, 'in the last 7 days'],
    ['1w', undefined, 'in the last week'],
    ['24h', undefined, 'in the last 24 hours'],
    ['2026-11-15', undefined, 'since 15 Nov 2026'],
    ['2026-11-15T20:00:00Z', undefined, 'since 16 Nov 2026'],
    ['today', undefined, 'since 23 Nov 2026'],
    ['2026-11-15', 'yesterday', 'between 15 Nov 2026 and 22 Nov 2026'],
    ['7d', '2026-11-20', 'between 16 Nov 2026 and 20 Nov 2026'],
  ])('tells the period from %s until %s', async (since, until, expected) => {
    expect(await shownPeriod(since, until, clockIn('Pacific/Kiritimati'))).toBe(expected);
  });
});

// It is a Sunday.
describe('a day by its name', () => {
  it.each([
    ['Friday', '2026-11-20T00:00:00.000Z'],
    ['last Sunday', '2026-11-15T00:00:00.000Z'],
    ['Thursday 9:00', '2026-11-19T09:00:00.000Z'],
    ['Sun, 11pm', '2026-11-15T23:00:00.000Z'],
    ['November 21st', '2026-11-21T00:00:00.000Z'],
    ['30 Nov', '2025-11-30T00:00:00.000Z'],
    ['2026-11-20 9:05', '2026-11-20T09:05:00.000Z'],
  ])('of what was is the last one: %s', async (text, expected) => {
    expect(await sinceIn('UTC', text)).toBe(expected);
  });

  it.each([
    ['Friday', '2026-11-27'],
    ['Sunday', '2026-11-22'],
    ['Sunday 9am', '2026-11-29'],
    ['on thu at 2:30 pm', '2026-11-26'],
    ['30 November', '2026-11-30'],
    ['Nov 21', '2027-11-21'],
    ['29 February', '2028-02-29'],
    ['1st of December, 2030', '2030-12-01'],
  ])('of what comes is the next one: %s', async (text, expected) => {
    expect(await resolveDay(dayText.parse(text), clockIn('UTC'), 'dueDate')).toBe(expected);
  });

  it('goes by the clock of who asks', async () => {
    expect(await resolveDay('Sunday', clockIn('Pacific/Kiritimati'), 'dueDate')).toBe('2026-11-29');
  });

  it.each(['Friday 25:00', 'Friday 9', '31 February', 'next Friday', 'Fridays', '0 May', 'May 2026 9', 'Sunday 13pm'])(
    'is none: %s',
    text => {
      expect(dayText.safeParse(text).success).toBe(false);
    },
  );
});
