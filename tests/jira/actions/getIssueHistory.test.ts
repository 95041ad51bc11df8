import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

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
});

agreesWithOpenApi(() => app.jira);
