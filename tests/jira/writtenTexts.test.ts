import { describe, expect, it } from 'vitest';
import { useJiraApp } from './harness.ts';

const app = useJiraApp();
const text = 'Ask @nobody@example.org first.';

describe('a mention that reached nobody', () => {
  it.each([
    ['createIssue', { projectId: 'ATLAS', summary: 'Ask', description: text }],
    ['updateIssue', { description: text }],
    ['updateIssue', { description: JSON.stringify({ append: text }) }],
    ['logWork', { timeSpent: '1h', comment: text }],
    ['transitionIssue', { status: 'In Progress', comment: text }],
  ])('is told by %s', async (action, input) => {
    const issueKey = await app.newTask();
    const { body } = await app.write(action, action === 'createIssue' ? input : { issueKey, ...input });
    expect(body.note).toContain('@nobody@example.org notified nobody');
  });
});
