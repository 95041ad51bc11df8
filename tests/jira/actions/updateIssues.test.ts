import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';
import { plannedCalls } from '../planned.ts';

let azurite: Azurite;
let app: JiraApp;
/** Another process with the same ledger, which gives up early and is ended. */
let victim: JiraApp;
/** One whose policy opens ATLAS alone. */
let restricted: JiraApp;

beforeAll(async () => {
  azurite = await startAzurite();
  app = await startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '15000' });
  [victim, restricted] = await Promise.all([
    startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '4000' }, app.jira),
    startJiraApp({ POLICY: JSON.stringify({ default: { systems: { jira: { projects: ['ATLAS'] } } } }) }, app.jira),
  ]);
  await Promise.all([app, victim].map(each => each.write('updateIssues', { issueKeys: 'ATLAS-3', addLabels: 'warm' })));
});
afterAll(async () => {
  await Promise.all([victim.stop(), restricted.stop()]);
  await app.stop();
  await azurite.stop();
});

const { plan, confirm, itemsIn, outcomesIn } = plannedCalls('updateIssues', () => app);
type Body = Awaited<ReturnType<typeof plan>>;
const told = (body: Body) => itemsIn(body).map(({ key, outcome, message }) => `${key} ${outcome}: ${message}`);
/** What was sent to change issues. */
const changes = () => app.costs().filter(request => /^(PUT|POST issue\/\w+-\d+\/)/.test(request));

/** New tasks with a label of their own, and their keys. */
let groups = 0;
async function tasks(count: number): Promise<{ label: string; keys: string[] }> {
  groups += 1;
  const label = `group-${groups}`;
  const issues = Array.from({ length: count }, (_, index) => `Group ${groups} task ${index + 1}`).join('\n');
  const { body: planned } = await app.write('createIssues', { issues, projectId: 'ATLAS', labels: label });
  const { body } = await app.write('createIssues', { confirmationToken: planned.confirmationToken });
  app.costs();
  return { label, keys: itemsIn(body).map(({ key }) => key) };
}

describe('updateIssues', () => {
  it('shows before and after of each, and then changes it: a request to look, one for each issue', async () => {
    const { label, keys } = await tasks(3);
    const [one = '', two = '', three = ''] = keys;
    app.issue(two).values.priority = '2';
    app.issue(three).values.priority = '2';
    app.issue(three).values.labels = [label, 'launch'];
    const planned = await plan({
      issueKeys: `${keys.join(', ')}`,
      priority: 'high',
      addLabels: 'launch',
      removeLabels: 'no',
    });
    expect(planned.summary).toBe(
      '2 of 3 issues would be changed, in the name of the account signed in to Jira. 1 is so already.',
    );
    const title = (n: number) => `"Group ${groups} task ${n}": `;
    expect(told(planned)).toEqual([
      `${one} planned: ${title(1)}Priority Medium → High; Labels ${label} → ${label}, launch.`,
      `${two} planned: ${title(2)}Labels ${label} → ${label}, launch.`,
      `${three} notDone: ${title(3)}It is so already.`,
    ]);
    expect(app.costs()).toEqual([`GET issue/${one}/editmeta`, 'POST issue/bulkfetch']);
    const answer = await confirm(planned.confirmationToken);
    expect([answer.summary, answer.items[0].url]).toEqual(['2 of 2 done.', `${app.jira.url}/browse/${one}`]);
    expect(app.costs()).toEqual(['POST issue/bulkfetch', `PUT issue/${one}`, `PUT issue/${two}`]);
    for (const key of keys) expect(app.issue(key).values).toMatchObject({ priority: '2', labels: [label, 'launch'] });
  });

  it('changes what filters mean: all open issues of one version to another', async () => {
    const { keys, label } = await tasks(4);
    for (const key of keys) app.issue(key).values.fixVersions = ['10500'];
    app.issue(keys[3] ?? '').values.status = '10003';
    const filters = { projectId: 'ATLAS', label: [label], where: { 'Fix versions': '2.4' }, openOnly: true };
    const planned = await plan({
      filters: JSON.stringify(filters),
      removeFixVersions: '2.4',
      addFixVersions: '2.5',
    });
    expect(itemsIn(planned).map(({ key }) => key)).toEqual(keys.slice(0, 3));
    expect(planned.items[0].message).toContain('Fix versions 2.4 → 2.5.');
    expect((await confirm(planned.confirmationToken)).summary).toBe('3 of 3 done.');
    expect(keys.map(key => app.issue(key).values.fixVersions)).toEqual([['10501'], ['10501'], ['10501'], ['10500']]);
  });

  it('moves, assigns and puts into an epic and a sprint those that can be, and says why others cannot', async () => {
    const { keys } = await tasks(3);
    const [one = '', two = '', done = ''] = keys;
    app.issue(done).values.status = '10003';
    const planned = await plan({
      issueKeys: [one, two, done, 'ATLAS-17', 'NOPE-1', 'COMET-2'].join(' '),
      status: 'In Progress',
      assignee: 'Li Wei',
      parent: 'ATLAS-1',
      sprint: 'Sprint 44',
    });
    expect(told(planned)[0]).toContain(
      'Assignee none → Li Wei; Parent none → ATLAS-1; Sprint none → Sprint 44; Status To Do → In Progress.',
    );
    expect(told(planned).slice(2).join('\n')).toMatch(
      /no transition leads from there to "In Progress".*\nATLAS-17 notDone: .*in the sprint of its parent.*\nNOPE-1 notDone: .*\nCOMET-2 notDone: .*sprint/,
    );
    const answer = await confirm(planned.confirmationToken);
    expect(answer.summary).toBe('2 of 2 done.');
    const { body } = await app.read('getIssue', { issueKey: two });
    expect(body).toMatchObject({ status: 'In Progress', assignee: 'Li Wei', parentKey: 'ATLAS-1' });
    expect(body.otherFields).toContainEqual({ name: 'Sprint', value: 'Sprint 44' });
    const below = await plan({ issueKeys: `${two},ATLAS-3`, parent: 'ATLAS-2' });
    expect(told(below)[1]).toContain('Epic cannot be below ATLAS-2, which is Epic.');
    const back = await plan({ issueKeys: two, sprint: 'backlog', parent: 'none', assignee: 'none' });
    expect(back.items[0].message).toContain('Assignee Li Wei → none; Sprint Sprint 44 → none; Parent ATLAS-1 → none.');
    await confirm(back.confirmationToken);
    expect(app.issue(two).values).toMatchObject({ parent: null, assignee: null });
  });

  it('puts issues into the active sprint or the next one', async () => {
    const { keys } = await tasks(2);
    for (const [sprint, from, to] of [
      ['active', 'none', 'Sprint 43'],
      ['next', 'Sprint 43', 'Sprint 44'],
    ]) {
      const planned = await plan({ issueKeys: keys.join(), sprint });
      expect(planned.items[0].message).toContain(`Sprint ${from} → ${to}.`);
      expect((await confirm(planned.confirmationToken)).summary).toBe('2 of 2 done.');
    }
  });

  it('sets other fields by any name that people have for them, and knows them again', async () => {
    const { keys } = await tasks(2);
    const additionalFields = JSON.stringify({ points: 5, 'Original estimate': '90m', 'Due date': '2027-02-01' });
    const input = { issueKeys: keys.join('\n'), additionalFields };
    const planned = await plan(input);
    expect(planned.items[0].message).toMatch(
      /Story Points none → 5; Due date none → 2027-02-01; Original estimate none → 90m/,
    );
    expect((await confirm(planned.confirmationToken)).summary).toBe('2 of 2 done.');
    expect(outcomesIn(await plan(input))).toEqual(['notDone', 'notDone']);
  });

  it('clears estimates, and knows those that have none', async () => {
    const { keys } = await tasks(2);
    const [one = '', two] = keys;
    const given = { points: 5, 'Original estimate': '90m', 'Remaining estimate': '1h' };
    await app.write('updateIssue', { issueKey: one, additionalFields: JSON.stringify(given) });
    const input = {
      issueKeys: keys.join(),
      additionalFields: '{"points": null, "Original estimate": "none", "Remaining estimate": null}',
    };
    const planned = await plan(input);
    expect(outcomesIn(planned)).toEqual(['planned', 'notDone']);
    expect(planned.items[0].message).toMatch(
      /Story Points 5 → none; Original estimate 1h 30m → none; Remaining estimate 1h → none/,
    );
    await confirm(planned.confirmationToken);
    expect(app.issue(one).values).toMatchObject({
      customfield_10016: null,
      timetracking: { original: null, remaining: null },
    });
    expect(outcomesIn(await plan({ ...input, issueKeys: `${one},${two}` }))).toEqual(['notDone', 'notDone']);
  });

  it('moves what has no sprint on its screen, after its fields are changed, and says what was left half done', async () => {
    const keys = await Promise.all(
      ['one', 'two'].map(async summary => {
        const { body } = await app.write('createIssue', { projectId: 'ATLAS', issueType: 'Epic', summary });
        return body.issueKey;
      }),
    );
    const input = { issueKeys: keys.join(), sprint: 'Sprint 44', dueDate: '2027-02-01' };
    const planned = await plan(input);
    expect(planned.items[0].message).toMatch(/Due date none → 2027-02-01; Sprint none → Sprint 44/);
    app.costs();
    app.jira.fail({ path: '/sprint/4/issue$', status: 403, body: '{"errorMessages":["No permission."]}' });
    const answer = await confirm(planned.confirmationToken);
    expect(outcomesIn(answer).toSorted()).toEqual(['done', 'notDone']);
    expect(answer.items.find(({ partly }: { partly?: boolean }) => partly)?.message).toMatch(
      /Its other fields were changed, but it was not put into the sprint: .*Schedule issues/,
    );
    expect(app.sent('PUT', /issue/)).toEqual({ fields: { duedate: '2027-02-01' } });
    const again = await plan(input);
    expect((await confirm(again.confirmationToken)).summary).toContain('1 of 1 done');
    const back = await plan({ issueKeys: keys.join(), sprint: 'backlog' });
    await confirm(back.confirmationToken);
    expect(keys.map(key => app.issue(key).values.customfield_10020)).toEqual([null, null]);
  });

  it('leaves alone what has changed since, and goes on with the others, also where Jira refuses one', async () => {
    const { keys } = await tasks(3);
    const { confirmationToken } = await plan({ issueKeys: `${keys.join()},COMET-2`, dueDate: '2027-01-31' });
    app.issue(keys[0] ?? '').values.duedate = '2026-12-24';
    app.issue(keys[1] ?? '').values.summary = 'Of no concern';
    app.issue(keys[2] ?? '').values.duedate = '2027-01-31';
    app.costs();
    const answer = await confirm(confirmationToken);
    expect(outcomesIn(answer)).toEqual(['notDone', 'done', 'done', 'notDone']);
    expect(answer.items[0].message).toContain('changed since');
    expect(answer.items[3].message).toContain('permission');
    expect(changes()).toEqual([`PUT issue/${keys[1]}`, 'PUT issue/COMET-2']);
  });

  it('says what was changed where the move behind it was refused', async () => {
    const { keys } = await tasks(1);
    const { confirmationToken } = await plan({ issueKeys: keys.join(), priority: 'Low', status: 'In Progress' });
    app.jira.fail({ method: 'POST', path: '/transitions$', status: 400, body: '{"errorMessages":["Not today."]}' });
    const { items } = await confirm(confirmationToken);
    expect(items[0]).toMatchObject({ outcome: 'notDone', partly: true });
    expect(items[0].message).toMatch(/Its fields were changed, but it was not moved: .*Not today/);
    expect(told(await confirm(confirmationToken))).toEqual([expect.stringContaining('done')]);
  });

  it('changes a hundred by two looks, at most eight at once, and honours that Jira wants to be left alone', async () => {
    const [first, second] = [await tasks(50), await tasks(50)];
    const keys = [...first.keys, ...second.keys];
    const { confirmationToken } = await plan({ issueKeys: keys.join(), addLabels: 'many' });
    app.jira.fail({
      method: 'PUT',
      path: '/issue/',
      status: 429,
      body: '{}',
      headers: { 'retry-after': '0' },
      times: 5,
    });
    app.costs();
    const { summary } = await confirm(confirmationToken);
    expect(summary).toBe('100 of 100 done.');
    const costs = app.costs();
    expect(costs.filter(request => request === 'POST issue/bulkfetch')).toHaveLength(2);
    expect(costs.filter(request => request.startsWith('PUT'))).toHaveLength(105);
    const filters = JSON.stringify({ where: { Labels: 'many' } });
    expect(outcomesIn(await plan({ filters, addLabels: 'many' }))).toEqual(Array(100).fill('notDone'));
    const [more = ''] = (await tasks(1)).keys;
    app.issue(more).values.labels = ['many'];
    const { code, detail } = await plan({ filters, removeLabels: 'many' });
    expect([code, detail]).toEqual(['invalid_input', expect.stringContaining('More than 100 issues match, about 101')]);
  });

  it.each([
    ['neither keys nor filters', { addLabels: 'a' }, 'issueKeys'],
    ['both', { issueKeys: 'ATLAS-3', filters: '{"projectId":"ATLAS"}', addLabels: 'a' }, 'issueKeys'],
    ['no change', { issueKeys: 'ATLAS-3' }, 'priority'],
    ['what is no key', { issueKeys: 'ATLAS-3, ATLAS', addLabels: 'a' }, 'issueKeys'],
    [
      'more than a hundred keys',
      { issueKeys: Array.from({ length: 101 }, (_, n) => `A-${n + 1}`).join(), addLabels: 'a' },
      'issueKeys',
    ],
    ['an unknown filter', { filters: '{"projectId":"ATLAS","colour":"red"}', addLabels: 'a' }, 'filters'],
    ['filters that are not JSON', { filters: 'project = ATLAS', addLabels: 'a' }, 'filters'],
    ['a value that no issue can have', { issueKeys: 'ATLAS-3,ATLAS-15', priority: 'Urgent' }, 'priority'],
    ['a parent that is none', { issueKeys: 'ATLAS-3,ATLAS-15', parent: 'ATLAS-9999' }, undefined],
    [
      'the number of a sprint that the project does not have',
      { issueKeys: 'ATLAS-15', sprint: '42' },
      'additionalFields',
    ],
    ['a sprint of another board', { issueKeys: 'ATLAS-15', sprint: '108' }, 'additionalFields'],
    ['a filter that is neither true nor false', { filters: '{"openOnly":"maybe"}', addLabels: 'a' }, 'filters'],
    ['a filter that names nothing', { filters: '{"projectId":"ATLAS","label":[]}', addLabels: 'a' }, 'filters'],
    ['a resolution that there is not', { issueKeys: 'ATLAS-15', status: 'Done', resolution: 'Nope' }, 'resolution'],
    ['a resolution without a status', { issueKeys: 'ATLAS-3', resolution: 'Done' }, 'resolution'],
    [
      'filters that mean nothing',
      { filters: '{"projectId":"ATLAS","label":"none-has-it"}', addLabels: 'a' },
      undefined,
    ],
  ])('refuses %s', async (_, input, field) => {
    const { code, errors } = await plan(input);
    expect([code, errors?.[0]?.field]).toEqual([field ? 'invalid_input' : 'not_found', field]);
  });

  it('takes filters as models write them: texts for booleans and lists, values with their type, names with commas', async () => {
    const { keys, label } = await tasks(2);
    const since = { $kind: 'Date', value: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10) };
    const filters = JSON.stringify({ openOnly: 'true', label: [label, 'a,b'], createdSince: since });
    const planned = await plan({ filters, addLabels: '"quoted", plain' });
    expect(itemsIn(planned).map(({ key }) => key)).toEqual(keys);
    expect(planned.items[0].message).toContain(`${label}, quoted, plain.`);
  });

  it('puts none into a sprint that was closed since, and tells the resolution beforehand', async () => {
    const { keys } = await tasks(2);
    const issueKeys = keys.join();
    const moved = { issueKeys, status: 'In Progress', resolution: 'Duplicate', sprint: 'next' };
    const planned = await plan(moved);
    expect(planned.items[0].message).toContain('→ In Progress (resolution Duplicate)');
    const sprint = app.jira.site.sprints.find(({ name }) => name === 'Sprint 44');
    if (sprint) sprint.state = 'closed';
    expect(told(await confirm(planned.confirmationToken))[0]).toContain('notDone: Its sprint was closed since');
    expect(keys.map(key => app.issue(key).values.customfield_10020 ?? [])).toEqual([[], []]);
    if (sprint) sprint.state = 'future';
  });

  it('tells a closed sprint of the project that is given by its ID by its name', async () => {
    expect((await plan({ issueKeys: 'ATLAS-15', sprint: '1' })).items[0].message).toContain('→ Sprint 41');
  });

  it('neither shows nor changes what a policy closes', async () => {
    const before = JSON.stringify(app.issue('BEACON-4').values);
    const planned = await plan({ issueKeys: 'ATLAS-15,BEACON-4', addLabels: 'open' }, restricted);
    expect(outcomesIn(planned)).toEqual(['planned', 'notDone']);
    expect(planned.items[1].message).toContain('policy');
    expect(JSON.stringify(planned)).not.toContain('Lowest');
    const filters = JSON.stringify({ priority: ['Lowest'] });
    expect(itemsIn(await plan({ filters, addLabels: 'open' }, restricted)).map(({ key }) => key)).toEqual(['ATLAS-15']);
    const { code } = await plan({ issueKeys: 'BEACON-4', addLabels: 'open' }, restricted);
    expect(code).toBe('forbidden');
    await confirm(planned.confirmationToken, restricted);
    expect((await plan({ issueKeys: 'ATLAS-15', parent: 'BEACON-1' }, restricted)).code).toBe('forbidden');
    expect(JSON.stringify(app.issue('BEACON-4').values)).toBe(before);
  });
});

describe('updateIssues that is cut off', () => {
  it.each([
    ['made, and the answer is lost', { reset: 'after' }, 'done', 6],
    ['lost on the way', { reset: 'before' }, 'unknown', 6],
    ['met by a failure', { status: 503, body: '{}' }, 'unknown', 6],
  ] as const)(
    'where a request is %s, tells so, and the same plan again does the rest',
    async (_, fault, outcome, made) => {
      const { keys } = await tasks(6);
      const { confirmationToken } = await plan({ issueKeys: keys.join(), addLabels: 'again' });
      app.jira.fail({ method: 'PUT', path: `/issue/${keys[2]}$`, ...fault });
      app.costs();
      const first = await confirm(confirmationToken);
      expect(outcomesIn(first)[2]).toBe(outcome);
      expect((await confirm(confirmationToken)).summary).toMatch(/^6 of 6 done/);
      expect(new Set(changes()).size).toBe(made);
      expect(
        keys.filter(
          key =>
            app.issue(key).histories.filter(({ items }) => items.some(({ field }) => field === 'labels')).length !== 1,
        ),
      ).toEqual([]);
    },
  );

  it('by its own time, or the end of its process, is gone on with, and what was done is not done again', async () => {
    const { keys } = await tasks(24);
    const { confirmationToken } = await plan({ issueKeys: keys.join(), status: 'Start work' }, victim);
    app.jira.fail({ method: 'POST', path: '/transitions$', delayMs: 1500, times: 24 });
    const first = await confirm(confirmationToken, victim);
    expect(new Set(outcomesIn(first))).toEqual(new Set(['done', 'notReached']));
    expect(first.summary).toContain('make this call again with the same confirmationToken');
    const before = app.jira.requests.length;
    const lost = confirm(confirmationToken, victim).catch(() => 'nothing');
    const moved = () => app.jira.requests.slice(before).filter(({ path }) => path.endsWith('/transitions'));
    await expect.poll(() => moved().length, { timeout: 5_000 }).toBeGreaterThan(0);
    await victim.app.kill();
    expect(await lost).toBe('nothing');
    app.jira.clearFaults();
    const last = await confirm(confirmationToken);
    expect(last.summary).toMatch(/^24 of 24 done/);
    const moves = keys.map(key =>
      app.issue(key).histories.filter(({ items }) => items.some(({ field }) => field === 'status')),
    );
    expect(moves.map(each => each.length)).toEqual(Array(24).fill(1));
  });
});

agreesWithOpenApi(() => app.jira);
