import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();
const ana = '712020:00000000-0000-4000-8000-000000000002';

describe('getIssueHistory', () => {
  it('tells the latest changes in one request', async () => {
    const { body } = await app.read('getIssueHistory', { issueKey: 'ATLAS-12' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-12']);
    expect(body.url).toBe(`${app.jira.url}/browse/ATLAS-12`);
    expect(body.total).toBe(body.history.length);
    expect(body.history.flatMap(({ changes }: { changes: unknown[] }) => changes)).toContainEqual({
      field: 'priority',
      from: 'Medium',
      to: 'High',
    });
  });

  it('goes back to the first of more changes than Jira shows at once, each page in one request', async () => {
    const history = await app.readAll('getIssueHistory', 'history', { issueKey: 'ATLAS-8', limit: '50' });
    expect(app.costs()).toHaveLength(3);
    const times = history.map(({ at }) => String(at));
    expect(times).toHaveLength(app.jira.site.issues.find(({ key }) => key === 'ATLAS-8')?.histories.length ?? 0);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('tells of one field alone, by the name that people see, page by page', async () => {
    const points = await app.readAll('getIssueHistory', 'history', {
      issueKey: 'ATLAS-8',
      field: 'story points',
      limit: '50',
    });
    const all = await app.readAll('getIssueHistory', 'history', { issueKey: 'ATLAS-8', limit: '100' });
    const isPoints = ({ changes }: Record<string, unknown>) => JSON.stringify(changes).includes('Story Points');
    expect(points).toEqual(all.filter(isPoints));
    expect(points.length).toBeGreaterThan(100);
    app.costs();
    const { body: first } = await app.read('getIssueHistory', { issueKey: 'ATLAS-8', field: 'Assignee' });
    // That of the whole history would be taken for the number of these.
    expect(first).not.toHaveProperty('total');
    expect([first.history.length, first.nextPageToken, app.costs().length]).toEqual([1, undefined, 2]);
    const { body } = await app.read('getIssueHistory', { issueKey: 'ATLAS-8', field: 'No Such Field' });
    expect([body.history, body.nextPageToken]).toEqual([[], undefined]);
  });

  it.each([
    ['seconds', { field: 'timeestimate', fromString: '5400', toString: '0' }, ['Remaining estimate', '1h 30m', '0m']],
    ['a day', { field: 'duedate', toString: '2026-11-30 00:00:00.0' }, ['duedate', undefined, '2026-11-30']],
    [
      'choices in choices',
      { field: 'Region', toString: 'Parent values: Europe(10001)Level 1 values: Spain(10002)' },
      ['Region', undefined, 'Europe / Spain'],
    ],
    [
      'people by account',
      {
        field: 'Approvers',
        fromString: `[${ana}]`,
        toString: `[${ana}, 712020:${'0'.repeat(8)}-0000-4000-8000-00000000000f]`,
      },
      ['Approvers', 'Ana Ruiz', 'Ana Ruiz, somebody'],
    ],
    [
      'a name with its account, and a mention',
      { field: 'description', fromString: `Li Wei(${ana})`, toString: `Ask [~accountid:${ana}]` },
      ['description', 'Li Wei', 'Ask @Ana Ruiz'],
    ],
    [
      'what is for programs',
      { field: 'Rank', fromString: '0|i000:', toString: '0|i001:' },
      ['Rank', undefined, undefined],
    ],
  ])('tells %s as people do', async (_, item, [field, from, to]) => {
    const created = '2026-11-20T09:30:00.000+0000';
    const histories = [
      { id: '2', created, author: { accountId: ana, displayName: 'Ana Ruiz' }, items: [item] },
      { id: '1', created, items: [{ field: 'WorklogId', fromString: null, toString: '10500' }] },
    ];
    app.answerNext('/issue/ODD-1$', { id: '1', key: 'ODD-1', fields: {}, changelog: { total: 2, histories } });
    const { body } = await app.read('getIssueHistory', { issueKey: 'ODD-1' });
    expect(body.history).toEqual([{ at: '2026-11-20T09:30:00.000Z', by: 'Ana Ruiz', changes: [{ field, from, to }] }]);
  });
});

agreesWithOpenApi(() => app.jira);
