import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('assignIssue', () => {
  it('tells who had it and who has it, in three requests once the person is known, and takes away with none', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('assignIssue', { issueKey, assignee: 'zoe.obrien@example.com' });
    expect(app.costs()).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      'GET user/assignable/search',
      `PUT issue/${issueKey}/assignee`,
    ]);
    expect(Object.keys(body).sort()).toEqual(['assignee', 'changes', 'issueKey', 'status', 'title', 'url']);
    expect(body.assignee).toBe("Zoë O'Brien");
    const { body: taken } = await app.write('assignIssue', { issueKey, assignee: 'none' });
    expect(app.costs()).toHaveLength(3);
    expect(taken.assignee).toBeUndefined();
    expect(taken.changes).toEqual([{ field: 'Assignee', from: "Zoë O'Brien" }]);
    const { body: again } = await app.write('assignIssue', { issueKey, assignee: 'none' });
    expect([again.changes, again.note]).toEqual([undefined, 'Not changed: Assignee (empty).']);
  });

  it('takes an account ID, as findUsers gives it', async () => {
    const issueKey = await app.newTask();
    const { body: found } = await app.read('findUsers', { person: 'Sam Tyler' });
    const { body } = await app.write('assignIssue', { issueKey, assignee: found.users[0].accountId });
    expect(body.assignee).toBe('Sam Tyler');
  });

  it('finds a person without the accents of the name', async () => {
    const issueKey = await app.newTask();
    expect((await app.write('assignIssue', { issueKey, assignee: 'jurgen' })).body.assignee).toBe('Jürgen Groß');
  });
});

agreesWithOpenApi(() => app.jira);
