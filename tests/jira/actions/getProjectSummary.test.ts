import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('getProjectSummary', () => {
  it('counts in parallel what searches find', async () => {
    const { body } = await app.read('getProjectSummary', { projectId: 'ATLAS' });
    expect(app.costs().toSorted()).toEqual([
      'GET issueLinkType',
      'GET project/ATLAS',
      ...Array(7).fill('POST search/approximate-count'),
      'POST search/jql',
    ]);
    const count = async (query: Record<string, string>) => (await app.readAll('searchIssues', 'issues', query)).length;
    expect(body).toMatchObject({
      project: { key: 'ATLAS', name: 'Atlas', url: `${app.jira.url}/browse/ATLAS` },
      toDo: await count({ jql: 'project = ATLAS AND status = "To Do"' }),
      inProgress: await count({ jql: 'project = ATLAS AND status IN ("In Progress", "In Review")' }),
      done: await count({ projectId: 'ATLAS', status: 'Done' }),
      overdue: await count({ jql: 'project = ATLAS AND due < startOfDay() AND resolution IS EMPTY' }),
      unassigned: await count({ projectId: 'ATLAS', status: 'not done', assignee: 'none' }),
      blocked: await count({ projectId: 'ATLAS', openOnly: 'true', linked: 'blocked' }),
      created: await count({ jql: 'project = ATLAS AND created >= -7d' }),
      resolved: await count({ jql: 'project = ATLAS AND resolved >= -7d' }),
    });
    expect(body.summary).toContain(`${body.done} done`);
  });

  it('goes on without what needs a field that is hidden, and says so', async () => {
    const hidden = "Field 'due' does not exist or you do not have permission to view it.";
    const body = JSON.stringify({ errorMessages: [hidden] });
    app.jira.fail({ method: 'POST', path: '/approximate-count$', status: 400, body });
    const { status, body: answer } = await app.read('getProjectSummary', { projectId: 'ATLAS' });
    expect([status, answer.project.key, answer.notShown.length]).toEqual([200, 'ATLAS', 1]);
    expect(answer.notShown[0]).toContain(hidden);
    const counts = [answer.toDo, answer.inProgress, answer.done, answer.overdue, answer.unassigned, answer.created];
    expect([...counts, answer.resolved].filter(count => count === undefined)).toHaveLength(1);
  });

  it('says that there is no such project', async () => {
    const { status, body } = await app.read('getProjectSummary', { projectId: 'NOPE' });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('NOPE');
  });
});

agreesWithOpenApi(() => app.jira);
