import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

// The account of the sandbox lives in India.
const app = useJiraApp({ TIME_ZONE: 'America/New_York' });

const week = { startedSince: '2025-03-03', until: '2025-03-09' };

/** A week of which all is known, long before anything that the sandbox comes with. */
const logged: [issueKey: string, name: string, started: string, minutes: number, role?: string][] = [
  // The last moments before the week, and the first ones after it, in New York, where clocks are put forward on its last day.
  ['ATLAS-4', 'Ana Ruiz', '2025-03-03T04:59:59Z', 1000],
  ['ATLAS-4', 'Ana Ruiz', '2025-03-10T04:00:00Z', 1000],
  ['ATLAS-4', 'Ana Ruiz', '2025-03-03T05:00:00Z', 90],
  ['ATLAS-4', 'Ana Ruiz', '2025-03-10T03:59:59Z', 15],
  ['ATLAS-12', 'Ana Ruiz', '2025-03-05T15:00:00Z', 60],
  ['ATLAS-12', 'Li Wei', '2025-03-05T15:00:00Z', 45],
  ['ATLAS-12', 'Li Wei', '2025-03-06T15:00:00Z', 500, 'Administrators'],
  ['BEACON-3', 'Li Wei', '2025-03-07T15:00:00Z', 30],
];

function log(issueKey: string, name: string, started: string, minutes: number, role?: string): void {
  const { site } = app.jira;
  const author = site.people.find(({ displayName }) => displayName === name);
  const at = Date.parse(started);
  app.issue(issueKey).worklogs.push({
    id: site.nextId(),
    authorId: author?.accountId ?? '',
    created: at,
    started: at,
    seconds: minutes * 60,
    comment: undefined,
    ...(role !== undefined && { role }),
  });
}

beforeAll(() => {
  for (const entry of logged) log(...entry);
  // More than a search shows of an issue, half of them in the week.
  for (let day = 1; day <= 30; day += 1) {
    log(
      'ATLAS-20',
      day % 2 ? 'Ana Ruiz' : 'Tom Baker',
      `2025-03-${String(1 + (day % 10)).padStart(2, '0')}T12:00:00Z`,
      6,
    );
  }
});

const timeOf = (list: object, name: string, value: string) =>
  z
    .array(z.looseObject({ timeSpent: z.string() }))
    .parse(list)
    .find(each => each[name] === value)?.timeSpent;

describe('listWorklogs', () => {
  it('adds up the week of each person, of each issue and of each project, by the days of the declared zone', async () => {
    const { body } = await app.read('listWorklogs', { ...week, person: 'Ana Ruiz, Li Wei', limit: '3' });
    const long =
      6 *
      app
        .issue('ATLAS-20')
        .worklogs.filter(
          ({ started, authorId }) =>
            started >= Date.parse('2025-03-03') && started < Date.parse('2025-03-10') && authorId === ana(),
        ).length;
    const told = (minutes: number) => `${Math.floor(minutes / 60)}h ${minutes % 60}m`.replace(/ 0m$/, '');
    expect(timeOf(body.people, 'person', 'Ana Ruiz')).toBe(told(90 + 15 + 60 + long));
    expect(timeOf(body.people, 'person', 'Li Wei')).toBe('1h 15m');
    expect(timeOf(body.issues, 'issueKey', 'ATLAS-4')).toBe('1h 45m');
    expect(timeOf(body.issues, 'issueKey', 'ATLAS-12')).toBe('1h 45m');
    expect(timeOf(body.issues, 'issueKey', 'ATLAS-20')).toBe(`${long}m`);
    expect(timeOf(body.projects, 'project', 'Atlas')).toBe(told(90 + 15 + 105 + long));
    expect(timeOf(body.projects, 'project', 'Beacon')).toBe('30m');
    const ofLi = body.people.find(({ person }: { person: string }) => person === 'Li Wei');
    expect(ofLi.issues).toEqual([
      { issueKey: 'ATLAS-12', timeSpent: '45m' },
      { issueKey: 'BEACON-3', timeSpent: '30m' },
    ]);
    expect(body.summary).toContain(`${told(90 + 15 + 105 + 30 + long)} logged between 3 Mar 2025 and 9 Mar 2025`);
    expect(body.worklogs).toHaveLength(3);
    expect(body.worklogs[0]).toMatchObject({ startedAt: '2025-03-09T23:59:59-04:00', timeSpent: '15m' });
    // One search, and one request for the issue with more than it shows.
    expect(app.costs().filter(cost => /worklog|search\/jql/.test(cost))).toEqual([
      'GET issue/ATLAS-20/worklog',
      'POST search/jql',
    ]);
  });

  it('lists every entry once, page by page', async () => {
    const all = await app.readAll('listWorklogs', 'worklogs', { ...week, limit: '4' });
    const { body } = await app.read('listWorklogs', { ...week, limit: '100' });
    expect(all.map(({ worklogId }) => worklogId)).toEqual(
      body.worklogs.map(({ worklogId }: { worklogId: string }) => worklogId),
    );
    expect([new Set(all.map(({ worklogId }) => worklogId)).size, body.entries]).toEqual([all.length, all.length]);
  });

  it('leaves restricted work out of every sum, and counts how much that is', async () => {
    const { body } = await app.read('listWorklogs', { ...week, issueKey: 'ATLAS-12' });
    expect([body.notShown, timeOf(body.people, 'person', 'Li Wei')]).toEqual([1, '45m']);
    const { body: other } = await app.read('listWorklogs', { ...week, person: 'Ana Ruiz', issueKey: 'ATLAS-12' });
    expect([other.notShown, other.summary]).toEqual([undefined, expect.stringContaining('1h logged')]);
  });

  it('reads an issue alone by one request, or two where it has much work', async () => {
    await app.read('listWorklogs', { ...week, issueKey: 'ATLAS-12' });
    app.costs();
    await app.read('listWorklogs', { ...week, issueKey: 'ATLAS-12' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-12']);
    const { body } = await app.read('listWorklogs', { ...week, issueKey: 'ATLAS-20' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-20', 'GET issue/ATLAS-20/worklog']);
    const days = app.issue('ATLAS-20').worklogs.filter(({ started }) => {
      const day = new Date(started).toISOString().slice(0, 10);
      return day >= '2025-03-03' && day <= '2025-03-09';
    });
    expect(body.entries).toBe(days.length);
  });

  it('finds nothing where nothing was logged, and says who is nobody', async () => {
    const { body } = await app.read('listWorklogs', { startedSince: '2024-01-01', until: '2024-01-31' });
    expect([body.entries, body.people, body.issues]).toEqual([0, [], []]);
    const none = await app.read('listWorklogs', { ...week, person: 'Nobody Atall' });
    expect([none.status, none.body.code]).toEqual([404, 'not_found']);
    const other = await app.read('listWorklogs', { ...week, issueKey: 'ATLAS-12', projectId: 'BEACON' });
    expect(other.body.errors[0]?.field).toBe('issueKey');
  });

  it('says what it did not read, where there is more than it reads', async () => {
    const issuesOf = (page: number) =>
      Array.from({ length: 100 }, (_, index) => ({
        key: `MANY-${page * 100 + index + 1}`,
        fields: {
          summary: 'Many',
          worklog: {
            total: 1,
            worklogs: [
              {
                id: `${index}`,
                started: '2025-03-05T12:00:00.000+0000',
                timeSpentSeconds: 60,
                author: { displayName: 'Ana Ruiz' },
              },
            ],
          },
        },
      }));
    for (let page = 0; page < 20; page += 1) {
      app.answerNext('/search/jql$', { issues: issuesOf(page), isLast: false, nextPageToken: `${page + 1}` });
    }
    const { body } = await app.read('listWorklogs', { ...week, projectId: 'ATLAS' });
    expect([body.entries, body.partial]).toEqual([2000, expect.stringContaining('after the first 2000')]);
  });
});

const ana = () => app.jira.site.people.find(({ displayName }) => displayName === 'Ana Ruiz')?.accountId;

agreesWithOpenApi(() => app.jira);
