import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp({ TIME_ZONE: 'Pacific/Auckland' });

interface Sprint {
  name: string;
  state: string;
  committed?: number;
  completed?: number;
  issuesCompleted?: number;
}

const list = async (query: Record<string, string>) => (await app.read('listSprints', query)).body;
const sums = (sprints: Sprint[]) => sprints.map(({ name, committed, completed }) => [name, committed, completed]);
const DAY_MS = 86_400_000;

describe('listSprints', () => {
  it('tells the active, the future and the last six closed sprints, and the velocity', async () => {
    const body = await list({ projectId: 'DELTA' });
    expect(sums(body.sprints)).toEqual([
      ['Delta 8', undefined, undefined],
      ['Delta 9', undefined, undefined],
      ['Delta 10', undefined, undefined],
      ['Delta 7', 16, 8],
      ['Delta 6', 5, 5],
      ['Delta 5', 8, 8],
      ['Delta 4', 8, 10],
      ['Delta 3', 8, 8],
      ['Delta 2', 11, 8],
    ]);
    expect(body.velocity).toEqual({
      estimatedBy: 'Story Points',
      unit: 'points',
      sprints: 6,
      averageCompleted: 7.83,
      averageCommitted: 9.33,
    });
    expect(body.summary).toMatch(
      /^On Delta sprints active is Delta 8 until \d{4}-\d\d-\d\d; next is Delta 9\. The last 6 closed sprints completed 7\.83 of 9\.33 committed points on average\.$/,
    );
    expect(body.computed).toContain('taken out');
  });

  it('speaks of one sprint as of one, and says by how much the active one is overdue', async () => {
    const active = app.jira.site.sprints.find(({ name }) => name === 'Delta 8');
    if (!active) throw new Error('There is no sprint Delta 8');
    const { end } = active;
    active.end = app.jira.site.now() - 2 * 86_400_000;
    const { summary } = (await app.read('listSprints', { projectId: 'DELTA', closed: '1' })).body;
    active.end = end;
    expect(summary).toMatch(/overdue by 2 days; .*The last closed sprint completed \d+ of \d+ committed points\.$/);
  });

  it('asks for all of it in seven requests, and no more than once for what does not change', async () => {
    const asked = [
      'GET /rest/agile/1.0/board',
      'GET /rest/agile/1.0/board/11/sprint',
      'GET /rest/agile/1.0/board/11/sprint',
      'POST changelog/bulkfetch',
      'POST search/jql',
    ];
    await list({ projectId: 'DELTA' });
    app.costs();
    await list({ projectId: 'DELTA' });
    expect(app.costs()).toEqual(asked);
    expect(app.sent('POST', /bulkfetch/).fieldIds).toEqual([
      'status',
      'assignee',
      'customfield_10020',
      'customfield_10016',
    ]);
  });

  it('tells the days of sprints in the zone of whoever asks', async () => {
    const { sprints } = await list({ projectId: 'ATLAS', closed: '0' });
    const end = app.jira.site.sprints.find(({ name }) => name === 'Sprint 43')?.end ?? 0;
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland' }).format(end);
    expect(sprints[0]).toMatchObject({ name: 'Sprint 43', state: 'active', endDate: day, goal: 'One tap to pay' });
    expect(sprints.map(({ name }: Sprint) => name)).toEqual(['Sprint 43', 'Sprint 44']);
  });

  it('finds the last ones among hundreds, of which Jira tells the oldest first', async () => {
    const { site } = app.jira;
    const board = site.boards.find(({ id }) => id === '11');
    const old = Array.from({ length: 230 }, (_, at) => {
      const end = Date.now() - (2_000 - at) * DAY_MS;
      return { id: String(5_000 + at), name: `Old ${at}`, state: 'closed' as const, start: end - DAY_MS, end };
    });
    site.sprints.push(...old.map(each => ({ ...each, completed: each.end, goal: undefined, boardId: '11' })));
    board?.sprintIds.unshift(...old.map(({ id }) => id));
    const body = await list({ board: 'delta sprints', closed: '2' });
    expect(app.costs().filter(path => path.endsWith('/sprint'))).toHaveLength(3);
    expect(sums(body.sprints.slice(-2))).toEqual([
      ['Delta 7', 16, 8],
      ['Delta 6', 5, 5],
    ]);
    const { body: found } = await app.read('getSprint', { projectId: 'DELTA', sprint: 'old 7' });
    expect(found.sprint).toMatchObject({ sprintId: '5007', state: 'closed' });
  });

  it('says where there are no sprints', async () => {
    const { status, body } = await app.read('listSprints', { projectId: 'BEACON' });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('A kanban board has no sprints, and that is all there is: Beacon flow.');
  });

  it('takes no board for granted where neither project nor board is named', async () => {
    const { status, body } = await app.read('listSprints');
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Atlas board, Delta sprints');
  });
});

agreesWithOpenApi(() => app.jira);
