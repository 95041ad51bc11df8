import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('linkIssues', () => {
  it.each(['blocks', 'is blocked by'])('links by "%s" in two requests', async linkType => {
    const [issueKey, targetIssueKey] = [await app.newTask(), await app.newTask()];
    await app.write('linkIssues', { issueKey: await app.newTask(), linkType, targetIssueKey: await app.newTask() });
    app.costs();
    const { body } = await app.write('linkIssues', { issueKey, linkType, targetIssueKey });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, 'POST issueLink']);
    expect(app.jira.requests.at(-1)?.query.get('fields')).not.toContain('issuelinks');
    expect(body).toMatchObject({
      issueKey,
      linkType,
      targetIssueKey,
      targetUrl: `${app.jira.url}/browse/${targetIssueKey}`,
    });
    const { body: read } = await app.read('getIssue', { issueKey });
    expect(read.links).toEqual([expect.objectContaining({ link: linkType, issueKey: targetIssueKey })]);
  });

  it.each([
    ['is a duplicate of', 'duplicates'],
    ['Blocked by', 'is blocked by'],
    ['related to', 'relates to'],
  ])('takes "%s" for "%s"', async (linkType, meant) => {
    const { body } = await app.write('linkIssues', {
      issueKey: await app.newTask(),
      linkType,
      targetIssueKey: await app.newTask(),
    });
    expect(body.linkType).toBe(meant);
  });

  it('names the links there are when it does not know one', async () => {
    const { status, body } = await app.write('linkIssues', {
      issueKey: 'ATLAS-12',
      linkType: 'hates',
      targetIssueKey: 'ATLAS-16',
    });
    expect([status, body.errors[0]?.field]).toEqual([400, 'linkType']);
    expect(body.detail).toContain('blocks, is blocked by');
  });

  it('names both issues when one is not there', async () => {
    const input = { issueKey: 'ATLAS-2', linkType: 'blocks', targetIssueKey: 'ATLAS-9999' };
    const { body } = await app.write('linkIssues', input);
    expect(body.code).toBe('not_found');
    expect(body.detail).toContain('ATLAS-2 or ATLAS-9999');
  });

  it('says what Jira says to a link of an issue to itself', async () => {
    const { body } = await app.write('linkIssues', {
      issueKey: 'ATLAS-2',
      linkType: 'blocks',
      targetIssueKey: 'ATLAS-2',
    });
    expect(body.code).toBe('invalid_input');
  });
});

agreesWithOpenApi(() => app.jira);
