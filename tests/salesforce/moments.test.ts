import { describe, expect, it } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { principal } from '../support/principal.ts';
import { list, useSalesforce } from './harness.ts';

/** The day in a zone, by a way that the product does not use: Sweden writes a date as ISO 8601 does. */
const dayIn = (timeZone: string, moment = new Date()) => moment.toLocaleDateString('sv-SE', { timeZone });
const contoso = recordId('001', 1);

/** Of these two, one has another day than UTC at any time. */
const elsewhere = ['Pacific/Kiritimati', 'Pacific/Honolulu'].find(zone => dayIn(zone) !== dayIn('UTC')) ?? '';

type App = ReturnType<typeof useSalesforce>;

let calls = 0;
/** The day that an activity is logged for. */
const loggedFor = async (app: App, input: Record<string, unknown> = {}, headers = {}) => {
  const json = { recordId: contoso, subject: `Call ${++calls}`, ...input };
  const { status, body } = await app.call('logActivity', { json, headers });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.date;
};
/** The condition on a field that Salesforce was asked for last. */
const asked = (app: App, field: string) => {
  const soql = app.asked().map(({ query }) => query.get('q') ?? '');
  return soql.flatMap(text => text.match(new RegExp(`${field} [<>]=? [\\dTZ.:-]+`, 'g')) ?? []);
};

describe('where nobody is known and no zone is set, the zone of the integration user', () => {
  const app = useSalesforce();

  it('decides what today is, and is asked for once', async () => {
    for (const user of app.sandbox.records('User')) expect(user.TimeZoneSidKey).toBe('Europe/Berlin');
    expect(await loggedFor(app)).toBe(dayIn('Europe/Berlin'));
    expect(app.costs()).toEqual(['GET /query', 'POST /sobjects/Task', 'GET /query']);
    expect(await loggedFor(app, { dueDate: 'today' })).toBe(dayIn('Europe/Berlin'));
    expect(app.costs()).toEqual(['POST /sobjects/Task', 'GET /query']);
  });

  it('decides where the day of a filter begins', async () => {
    await app.call('findCases', { query: { createdSince: '2026-07-01' } });
    await app.call('findLeads', { query: { createdSince: '2026-11-01 09:30' } });
    expect(asked(app, 'CreatedDate')).toEqual([
      'CreatedDate >= 2026-06-30T22:00:00.000Z',
      'CreatedDate >= 2026-11-01T08:30:00.000Z',
    ]);
  });
});

describe('TIME_ZONE', () => {
  const app = useSalesforce({ app: { env: { TIME_ZONE: elsewhere } } });

  it('decides what today is, at no cost', async () => {
    expect(await loggedFor(app)).toBe(dayIn(elsewhere));
    expect(app.costs()).toEqual(['POST /sobjects/Task', 'GET /query']);
    await app.call('findOpportunities', { query: { closingAfter: 'today', closingBefore: 'tomorrow' } });
    const tomorrow = dayIn(elsewhere, new Date(Date.now() + 86_400_000));
    expect(asked(app, 'CloseDate')).toEqual([`CloseDate >= ${dayIn(elsewhere)}`, `CloseDate < ${tomorrow}`]);
  });

  it('decides by which clock an overview tells of meetings', async () => {
    const { body } = await app.call('getAccountOverview', { query: { accountId: contoso } });
    const meetings = list(body.latestActivities).filter(({ kind }) => kind === 'Meeting');
    expect(meetings.length).toBeGreaterThan(0);
    for (const { date, subject } of meetings) {
      const found = app.sandbox.records('Event').find(event => event.Subject === subject);
      expect(date).toMatch(/[+-]1[04]:00$/);
      expect(Date.parse(String(date))).toBe(Date.parse(String(found?.StartDateTime)));
    }
  });

  it.each([
    ['2025-12-31', '2025-12-31'],
    ['2025-12-31T00:00:00', '2025-12-31'],
    ['2025-12-31T00:00:00.000+05:30', '2025-12-31'],
    ['{"$kind":"Date","value":"2025-12-31"}', '2025-12-31'],
    ['{"$kind":"DateTime","value":"2025-12-31T00:00:00Z"}', '2025-12-31'],
  ])('does not change a day that is given as %s', async (closingBefore, expected) => {
    const { status } = await app.call('findOpportunities', { query: { closingBefore } });
    expect(status).toBe(200);
    expect(asked(app, 'CloseDate')).toEqual([`CloseDate < ${expected}`]);
    expect(
      await loggedFor(app, { date: JSON.parse(closingBefore.startsWith('{') ? closingBefore : `"${closingBefore}"`) }),
    ).toBe(expected);
  });
});

describe('a moment in the fields of a record', () => {
  const app = useSalesforce({ app: { env: { TIME_ZONE: 'America/New_York' } } });
  const created = async (fields: Record<string, unknown>) => {
    const json = { objectType: 'Event', fields: JSON.stringify({ Subject: `Visit ${++calls}`, ...fields }) };
    const { status, body } = await app.call('createRecord', { json });
    const sent = app.asked().find(({ method, path }) => method === 'POST' && path.endsWith('/Event'));
    return { status, body, sent: JSON.parse(sent?.body || '{}') };
  };
  const event = { DurationInMinutes: 30 };

  it.each([
    ['2026-11-15T09:00:00', '2026-11-15T14:00:00.000Z'],
    ['2026-11-15 09:00', '2026-11-15T14:00:00.000Z'],
    ['2026-07-15T09:00', '2026-07-15T13:00:00.000Z'],
    // The clock is put forward at two, and back at two.
    ['2026-03-08T02:30', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01T01:30', '2026-11-01T05:30:00.000Z'],
    ['2026-11-15T09:00:00+05:30', '2026-11-15T03:30:00.000Z'],
    ['2026-11-15', '2026-11-15T05:00:00.000Z'],
    [{ $kind: 'DateTime', value: '2026-11-15T09:00:00' }, '2026-11-15T14:00:00.000Z'],
  ])('%j is in the zone that decides, unless it has its own', async (given, expected) => {
    const { status, body, sent } = await created({ ...event, StartDateTime: given, 'Due Date Time': given });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(sent).toMatchObject({ StartDateTime: expected, ActivityDateTime: expected });
  });

  it.each(['2026-02-30T09:00', '15/11/2026 09:00', '15 Nov. or so', '7d', 1_800_000_000, 'soon'])(
    '%j is none',
    async given => {
      const { status, body, sent } = await created({ ...event, StartDateTime: given });
      expect([status, sent]).toEqual([400, {}]);
      expect(body.detail).toContain('StartDateTime: It must be a date-time');
    },
  );

  it.each([
    ['2026-12-30T00:00:00', '2026-12-30'],
    [{ $kind: 'Date', value: '2026-12-30T00:00:00.000Z' }, '2026-12-30'],
    ['2026-12-31T02:00:00Z', '2026-12-30'],
    ['tomorrow', dayIn('America/New_York', new Date(Date.now() + 86_400_000))],
  ])('a day is taken from %j', async (given, expected) => {
    const json = {
      objectType: 'Opportunity',
      recordId: recordId('006', 1),
      fields: JSON.stringify({ CloseDate: given }),
    };
    expect((await app.call('updateRecord', { json })).status).toBe(200);
    expect(app.sandbox.records('Opportunity').find(({ Id }) => Id === recordId('006', 1))?.CloseDate).toBe(expected);
  });
});

describe('where it is known who asks', () => {
  const app = useSalesforce({
    app: { env: { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True', TIME_ZONE: 'Europe/Berlin' } },
  });
  const user = (name: string) => principal({ oid: name, scp: 'user_impersonation', upn: `${name}@example.com` });
  const tells = (records: object[]) =>
    app.sandbox.fail({ path: '/query$', status: 200, body: JSON.stringify({ done: true, records }) });

  it('that user’s zone decides, and is asked for once, by username or e-mail address', async () => {
    tells([
      { Username: 'Ana.Ruiz@example.com', TimeZoneSidKey: elsewhere },
      { Username: 'x', TimeZoneSidKey: 'UTC' },
    ]);
    expect(await loggedFor(app, {}, user('ana.ruiz'))).toBe(dayIn(elsewhere));
    const queries = app.asked().map(({ query }) => query.get('q'));
    expect(queries).toContain(
      "SELECT Username, TimeZoneSidKey FROM User WHERE IsActive = TRUE AND (Username = 'ana.ruiz@example.com' OR Email = 'ana.ruiz@example.com') LIMIT 2",
    );
    expect(await loggedFor(app, {}, user('ana.ruiz'))).toBe(dayIn(elsewhere));
    // Whose the activity is to be, is asked for with each.
    expect(app.costs()).toEqual(['GET /query', 'POST /sobjects/Task', 'GET /query']);
  });

  it.each([
    ['nobody', []],
    ['two', [{ TimeZoneSidKey: elsewhere }, { TimeZoneSidKey: elsewhere }]],
    ['one without a zone', [{ TimeZoneSidKey: null }]],
  ])('TIME_ZONE decides where Salesforce knows %s of that name', async (name, records) => {
    tells(records);
    expect(await loggedFor(app, {}, user(name.replaceAll(' ', '-')))).toBe(dayIn('Europe/Berlin'));
  });
});
