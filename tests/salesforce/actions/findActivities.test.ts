import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce({ settings: () => sandboxUser.settings });

const find = (query: Record<string, string>) =>
  salesforce.call('findActivities', { query, headers: sandboxUser.headers });
const found = async (query: Record<string, string>) => {
  const { status, body } = await find(query);
  expect([status, body.detail]).toEqual([200, undefined]);
  return list(body.activities);
};
const subjects = async (query: Record<string, string>) => (await found(query)).map(({ subject }) => subject);

const [contoso, maria, sam] = [recordId('001', 1), recordId('003', 1), recordId('003', 2)];
const [ana, li] = [recordId('005', 2), recordId('005', 3)];
/** Where the user who asks is, by a way that the product does not use. */
const dayOf = (moment = new Date()) => moment.toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' });
const tasks = () => salesforce.sandbox.records('Task');
const events = () => salesforce.sandbox.records('Event');

test('tells whoever asks what is due today or overdue, the earliest first, in one request', async () => {
  const query = { owner: 'me', activityType: 'task', openOnly: 'true', dueBefore: 'tomorrow' };
  const { body } = await find(query);
  const today = dayOf();
  const expected = tasks().filter(
    ({ OwnerId, IsClosed, ActivityDate }) => OwnerId === ana && !IsClosed && String(ActivityDate) <= today,
  );
  expect(expected.length).toBeGreaterThan(1);
  const activities = list(body.activities);
  expect(activities.map(({ subject }) => subject).sort()).toEqual(expected.map(({ Subject }) => Subject).sort());
  expect(activities.map(({ date }) => date)).toEqual(expected.map(({ ActivityDate }) => ActivityDate).sort());
  const overdue = expected.filter(({ ActivityDate }) => String(ActivityDate) < today);
  expect(activities.filter(({ isOverdue }) => isOverdue)).toHaveLength(overdue.length);
  expect(body.summary).toBe(
    `${expected.length} activities match: ${expected.length} tasks, ${overdue.length} overdue.`,
  );
  // The person is looked up; where they are, is asked for once.
  await find(query);
  expect(salesforce.costs().slice(-2)).toEqual(['GET /query', 'POST /composite']);
});

test('an account has what belongs to it, its deals, its cases and its people, the latest first', async () => {
  const activities = await found({ recordId: contoso, limit: '100' });
  const ofContoso = [...tasks(), ...events()].filter(({ AccountId }) => AccountId === contoso);
  expect(activities.map(({ activityId }) => activityId).sort()).toEqual(ofContoso.map(({ Id }) => Id).sort());
  const times = activities.map(({ date }) => String(date).slice(0, 16));
  expect(times).toEqual(times.toSorted().reverse());
  expect(activities).toContainEqual(
    expect.objectContaining({ kind: 'Meeting', subject: 'Plant tour', with: 'Inês Carvalho', account: 'Contoso' }),
  );
  expect(await subjects({ account: 'contoso', limit: '100' })).toEqual(
    expect.arrayContaining(activities.map(({ subject }) => subject)),
  );
});

test('a meeting is told by the clock of whoever asks', async () => {
  const [meeting] = await found({ subject: 'Legal call' });
  const legal = events().find(({ Subject }) => Subject === 'Legal call');
  const start = new Date(String(legal?.StartDateTime));
  const shown = start.toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).replace(' ', 'T');
  expect(String(meeting?.date).slice(0, 19)).toBe(shown);
  expect(new Date(String(meeting?.date))).toEqual(start);
  expect(new Date(String(meeting?.endsAt)).getTime() - start.getTime()).toBe(30 * 60_000);
});

test.each<[Record<string, string>, string[]]>([
  [{ owner: 'Ana Ruiz', overdue: 'true' }, ["Find a new owner for O'Neil"]],
  [{ owner: 'Ana Ruiz', activityType: 'email' }, ['Email: press data sheet']],
  [{ account: 'Contoso', activityType: 'call' }, ['Call: volume discount']],
  [{ recordId: recordId('00Q', 1) }, ['First call']],
  [{ subject: 'licence' }, ['Licence demo', 'Prepare the licence demo']],
  [{ subject: 'licence', orderBy: 'earliest' }, ['Prepare the licence demo', 'Licence demo']],
  [{ subject: "O'Nobody%_" }, []],
])('%o finds %j', async (query, expected) => {
  expect(await subjects(query)).toEqual(expected);
});

test('what is over is not open, and nothing that is to come is overdue', async () => {
  const open = await found({ account: 'Contoso', openOnly: 'true', limit: '100' });
  expect(open.map(({ subject }) => subject)).not.toContain('Plant tour');
  expect(open.map(({ subject }) => subject)).toContain('Price negotiation');
  for (const { kind, date } of await found({ overdue: 'true', limit: '100' })) {
    expect([kind, String(date) < dayOf()]).toEqual(['Task', true]);
  }
});

test('page by page there is each once and none is lost, whatever becomes of those that were told', async () => {
  const { sandbox } = salesforce;
  for (const date of ['2031-05-05', '2031-05-05', '2031-05-05', '2031-05-06', undefined]) {
    const dueDate = date ?? '2031-05-05';
    const json = { recordId: contoso, subject: `Paged ${date}`, dueDate };
    await salesforce.call('logActivity', { json: { ...json, repeat: true }, headers: sandboxUser.headers });
  }
  expect(sandbox.records('Task').length).toBeGreaterThan(20);
  for (const query of [{ account: 'o', orderBy: 'earliest' }, { account: 'o' }, { openOnly: 'true' }]) {
    const whole = (await found({ ...query, limit: '100' })).map(({ activityId }) => activityId);
    const paged: unknown[] = [];
    let pageToken: string | undefined;
    do {
      const { body } = await find({ ...query, limit: '7', ...(pageToken && { pageToken }) });
      paged.push(...list(body.activities).map(({ activityId }) => activityId));
      pageToken = body.nextPageToken;
    } while (pageToken);
    expect(paged).toEqual(whole);
    expect(new Set(paged).size).toBe(whole.length);
  }
  const first = await find({ subject: 'Paged', openOnly: 'true', limit: '2' });
  const [done] = list(first.body.activities);
  const fields = '{"Status":"Completed"}';
  await salesforce.call('updateRecord', { json: { recordId: done?.activityId, fields }, headers: sandboxUser.headers });
  const pageToken = first.body.nextPageToken;
  const second = await find({ subject: 'Paged', openOnly: 'true', limit: '2', pageToken });
  const all = sandbox.records('Task').filter(({ Subject }) => String(Subject).startsWith('Paged'));
  const told = [...list(first.body.activities), ...list(second.body.activities)];
  expect(new Set(told.map(({ activityId }) => activityId)).size).toBe(Math.min(4, all.length));
});

test('somebody is found in what they share with others', async () => {
  const before = await subjects({ recordId: sam });
  const json = { recordId: contoso, subject: 'Three of them', people: `${maria},${sam}` };
  const { status, body } = await salesforce.call('logActivity', { json, headers: sandboxUser.headers });
  expect([status, body.detail]).toEqual([200, undefined]);
  // It belongs to whoever asks.
  expect(body.owner).toBe('Ana Ruiz');
  expect((await subjects({ recordId: sam })).toSorted()).toEqual([...before, 'Three of them'].toSorted());
});

test('what nobody may see is left out and said', async () => {
  salesforce.sandbox.fail({
    path: '/composite$',
    status: 200,
    body: JSON.stringify({
      compositeResponse: [
        ...[0, 1].map(() => ({ httpStatusCode: 200, body: { totalSize: 0, done: true, records: [] } })),
        ...[0, 1].map(() => ({
          httpStatusCode: 400,
          body: [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Event' is not supported." }],
        })),
      ],
    }),
  });
  const { status, body } = await find({ owner: 'me' });
  expect([status, body.notShown, body.activities]).toEqual([200, ['meetings'], []]);
});

test.each([
  [{}, 'Give at least one of'],
  [{ recordId: li }, 'recordId: It is the ID of a user: give it as owner.'],
  [{ recordId: recordId('00T', 1) }, 'recordId: It is the ID of an activity itself'],
  [{ overdue: 'true', activityType: 'meeting' }, 'overdue: Only tasks can be overdue.'],
  [{ owner: 'me', dueBefore: 'soon' }, 'dueBefore: It must be a day'],
])('%o is refused with what to do', async (query, detail) => {
  const { status, body } = await find(query);
  expect(status).toBe(400);
  expect(body.detail).toContain(detail);
});

test.each<[Record<string, string>, 'query' | 'queryAll']>([
  [{ recordId: contoso }, 'queryAll'],
  [{ owner: 'Li Wei', dueBefore: 'tomorrow' }, 'queryAll'],
  [{ account: 'Contoso', dueSince: '500d' }, 'queryAll'],
  [{ account: 'Contoso', dueSince: '30d' }, 'query'],
  [{ account: 'Contoso', openOnly: 'true' }, 'query'],
])(
  '%o asks for what is archived where there may be such, and for nothing that was deleted',
  async (query, resource) => {
    await find(query);
    const { body } = salesforce.asked().findLast(({ path }) => path.endsWith('/composite')) ?? {};
    const urls = [...(body ?? '').matchAll(/"url":"([^"]*)"/g)].map(([, url = '']) =>
      decodeURIComponent(url).replaceAll('+', ' '),
    );
    expect(urls.length).toBeGreaterThan(1);
    for (const url of urls) {
      expect(url).toContain(`/${resource}?`);
      expect(url.includes('IsDeleted = FALSE')).toBe(resource === 'queryAll');
    }
  },
);
