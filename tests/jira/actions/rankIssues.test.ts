import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const rank = (issueKeys: string, place: object) => app.write('rankIssues', { issueKeys, ...place });

/** The keys of DELTA in the order of their ranks, as Jira itself tells it. */
async function order(): Promise<string[]> {
  const query = { jql: 'project = DELTA ORDER BY Rank ASC', limit: '100' };
  return (await app.read('searchIssues', query)).body.issues.map(({ issueKey }) => issueKey);
}

/** Those of them that stand next to each other from this one on. */
const from = (keys: string[], first: string, count: number) => keys.slice(keys.indexOf(first)).slice(0, count);

describe('rankIssues', () => {
  it.each([
    [{ aboveIssue: 'DELTA-5' }, ['DELTA-22', 'DELTA-20', 'DELTA-5']],
    [{ belowIssue: 'DELTA-6' }, ['DELTA-6', 'DELTA-22', 'DELTA-20']],
  ])('ranks issues beside another one, in the order given: %j', async (place, wanted) => {
    const { body } = await rank('DELTA-22,DELTA-20', place);
    expect(body.issues).toEqual([
      { issueKey: 'DELTA-22', outcome: 'done' },
      { issueKey: 'DELTA-20', outcome: 'done' },
    ]);
    expect(from(await order(), wanted[0] ?? '', 3)).toEqual(wanted);
  });

  it('ranks issues at either end of the backlog, above or below what it shows', async () => {
    const [first, last] = ['DELTA-17', 'DELTA-16'];
    await app.write('moveToSprint', { issueKeys: `${first},${last}`, sprint: 'backlog' });
    await rank(first ?? '', { aboveIssue: 'DELTA-1' });
    const { body: top } = await rank('DELTA-22', { position: 'top' });
    expect(top).toMatchObject({ besideIssue: first, summary: expect.stringContaining('at the top of the backlog') });
    const { body: bottom } = await rank('DELTA-22', { position: 'bottom' });
    const keys = await order();
    expect(keys.indexOf('DELTA-22')).toBe(keys.indexOf(bottom.besideIssue) + 1);
  });

  it('says of an issue in a sprint that the backlog does not show it', async () => {
    await app.write('moveToSprint', { issueKeys: 'DELTA-20', sprint: 'next' });
    const { body } = await rank('DELTA-20', { position: 'top' });
    expect(body.issues).toMatchObject([{ outcome: 'done', message: expect.stringContaining('"Delta 9"') }]);
    await app.write('moveToSprint', { issueKeys: 'DELTA-20', sprint: 'backlog' });
  });

  it('takes no sub-task, epic or done issue for an end of the backlog', async () => {
    const { issueTypes, issues } = app.jira.site;
    const shownTypes = issueTypes.filter(({ level }) => level === 0).map(({ id }) => id);
    const isShown = ({ key, values }: (typeof issues)[number]) =>
      key.startsWith('ATLAS-') && shownTypes.includes(String(values.issuetype));
    const shown = issues.filter(isShown).map(issue => ({ issue, values: issue.values }));
    // All that the backlog would show is in the next sprint.
    for (const { issue, values } of shown) issue.values = { ...values, customfield_10020: ['4'] };
    const { body } = await rank('ATLAS-16', { position: 'top' });
    expect(body).toMatchObject({ summary: expect.stringContaining('alone in the backlog') });
    expect(body.besideIssue).toBeUndefined();
    for (const { issue, values } of shown) issue.values = values;
  });

  it.each([
    ['no place', {}],
    ['two places', { aboveIssue: 'DELTA-1', position: 'top' }],
    ['an issue beside itself', { belowIssue: 'DELTA-22' }],
  ])('refuses %s', async (_, place) => {
    expect((await rank('DELTA-22', place)).body.code).toBe('invalid_input');
    expect(app.costs()).toEqual([]);
  });

  it('says which issue is not there', async () => {
    expect((await rank('DELTA-22', { aboveIssue: 'DELTA-9999' })).body.detail).toContain('DELTA-9999');
    const { body } = await rank('DELTA-22,DELTA-9999', { aboveIssue: 'DELTA-1' });
    expect(body.issues).toMatchObject([{ outcome: 'done' }, { issueKey: 'DELTA-9999', outcome: 'notDone' }]);
  });

  it('tells which of them Jira did not rank', async () => {
    const entries = [
      { issueId: 1, issueKey: 'DELTA-21', status: 200 },
      { issueId: 2, issueKey: 'DELTA-20', status: 503, errors: ['Try again later.'] },
    ];
    app.jira.fail({ method: 'PUT', path: '/issue/rank$', status: 207, body: JSON.stringify({ entries }) });
    const { body } = await rank('DELTA-21,DELTA-20', { aboveIssue: 'DELTA-1' });
    expect(body.issues).toEqual([
      { issueKey: 'DELTA-21', outcome: 'done' },
      { issueKey: 'DELTA-20', outcome: 'notDone', message: 'Try again later.' },
    ]);
  });

  it('leaves open what became of it where the answer was lost', async () => {
    app.jira.fail({ method: 'PUT', path: '/issue/rank$', reset: 'before' });
    const { body: lost } = await rank('DELTA-20', { aboveIssue: 'DELTA-3' });
    expect(lost).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });
});

agreesWithOpenApi(() => app.jira);
