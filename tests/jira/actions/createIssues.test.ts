import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { adfErrors } from '../adfSchema.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';
import { type Item, plannedCalls } from '../planned.ts';

let azurite: Azurite;
let app: JiraApp;
/** Another process with the same ledger, which gives up early. */
let hasty: JiraApp;
/** A third one, which is ended. */
let victim: JiraApp;

beforeAll(async () => {
  azurite = await startAzurite();
  app = await startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '15000' });
  [hasty, victim] = await Promise.all([
    startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '2500' }, app.jira),
    startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '4000' }, app.jira),
  ]);
  // What is cached is known already: the numbers of requests below are those of a warm app.
  await Promise.all([app, hasty, victim].map(each => each.read('describeProject', { projectId: 'ATLAS' })));
  await hasty.write('createIssues', { issues: 'Warm up', projectId: 'ATLAS' });
});
afterAll(async () => {
  await Promise.all([hasty.stop(), victim.stop()]);
  await app.stop();
  await azurite.stop();
});

const { plan, confirm, itemsIn, outcomesIn: allOutcomesIn } = plannedCalls('createIssues', () => app);
type Body = Awaited<ReturnType<typeof plan>>;
const outcomesIn = (body: Body) => [...new Set(allOutcomesIn(body))];
const messagesIn = (body: Body) => itemsIn(body).map(({ message }) => message);
const made = (summaries: readonly string[]) =>
  app.jira.site.issues.filter(({ values }) => summaries.includes(String(values.summary))).map(({ key }) => key);
const creations = () => app.costs().filter(request => request === 'POST issue/bulk').length;

let lists = 0;
/** Summaries that nothing else has. */
function someOf(count: number): string[] {
  lists += 1;
  return Array.from({ length: count }, (_, index) => `List ${lists} item ${index + 1}`);
}

/** A plan for a dozen of them, and its token. */
async function aDozen(by = app) {
  const summaries = someOf(12);
  const { confirmationToken } = await plan({ issues: summaries.join('\n'), projectId: 'ATLAS' }, by);
  app.costs();
  return { summaries, confirmationToken };
}

describe('createIssues', () => {
  it('shows in three requests what would be made, and in whose name; then makes it in two', async () => {
    app.costs();
    const planned = await plan({
      issues: '- API\n- UI\n* [ ] tests\n4. docs',
      parent: 'atlas-12',
      assignee: 'Priya Natarajan',
      labels: 'launch',
    });
    expect(planned.summary).toBe(
      '4 issues would be made in Jira project ATLAS, by the account signed in to Jira, which is the reporter where none is named.',
    );
    expect(planned.items[0]).toEqual({
      key: '1',
      outcome: 'planned',
      message: 'Sub-task "API" below ATLAS-12: assignee Priya Natarajan; labels launch.',
    });
    expect(app.costs().filter(request => !request.startsWith('GET'))).toEqual([
      'POST issue/bulkfetch',
      'POST issue/bulkfetch',
      'POST search/jql',
    ]);
    const answer = await confirm(planned.confirmationToken);
    expect([answer.summary, answer.confirmationToken]).toEqual(['4 of 4 done.', undefined]);
    expect(app.costs()).toEqual(['POST issue/bulk', 'POST issue/bulkfetch']);
    expect(messagesIn(answer)).toEqual(['API', 'UI', 'tests', 'docs'].map(name => `Sub-task "${name}".`));
    const keys = itemsIn(answer).map(({ key }) => key);
    await expect.poll(() => app.app.logs()).toContain(`"touched":${JSON.stringify(keys)}`);
    for (const { key, url } of itemsIn(answer)) {
      expect(url).toBe(`${app.jira.url}/browse/${key}`);
      const { body } = await app.read('getIssue', { issueKey: key });
      const told = { parentKey: 'ATLAS-12', type: 'Sub-task', assignee: 'Priya Natarajan', labels: ['launch'] };
      expect(body).toMatchObject(told);
    }
  });

  it('makes an epic with what is in it by one plan, in the forms in which models and Jira write issues', async () => {
    const issues = [
      {
        type: 'Epic',
        title: 'Onboard Fabrikam',
        description: 'All that **they** need',
        children: [
          'Kick-off',
          {
            summary: 'Import',
            issueType: { name: 'Story' },
            assignee: 'Li Wei',
            'Story Points': 5,
            components: ['Search'],
          },
          { summary: 'Train', subtasks: 'Book a room\nInvite', additionalFields: '{"Due date": "2027-03-01"}' },
        ],
      },
      { fields: { summary: 'Bill', issuetype: { name: 'Bug' }, labels: ['money', 'now'], priority: { name: 'High' } } },
    ];
    const shared = { projectId: 'ATLAS', sprint: 'Sprint 44', fixVersion: '2.5', labels: 'fabrikam' };
    const planned = await plan({ issues: JSON.stringify(issues), ...shared });
    expect(messagesIn(planned).map(message => message.split(/[:.] ?/)[0])).toEqual([
      'Epic "Onboard Fabrikam"',
      'Bug "Bill"',
      'Task "Kick-off" below "Onboard Fabrikam"',
      'Story "Import" below "Onboard Fabrikam"',
      'Task "Train" below "Onboard Fabrikam"',
      'Sub-task "Book a room" below "Train"',
      'Sub-task "Invite" below "Train"',
    ]);
    const { summary, items } = await confirm(planned.confirmationToken);
    expect(summary).toBe('7 of 7 done.');
    const read = await Promise.all(
      items.map(async ({ key }: Item) => (await app.read('getIssue', { issueKey: key })).body),
    );
    const [epic, bill, kickOff, load, train, room] = read;
    expect(epic).toMatchObject({ description: 'All that **they** need', labels: ['fabrikam'], fixVersions: ['2.5'] });
    expect(bill).toMatchObject({ type: 'Bug', priority: 'High', labels: ['fabrikam', 'money', 'now'] });
    expect(kickOff).toMatchObject({ parentKey: epic.issueKey });
    expect(load).toMatchObject({ parentKey: epic.issueKey, assignee: 'Li Wei', components: ['Search'] });
    expect(load.otherFields).toEqual(
      expect.arrayContaining([
        { name: 'Story Points', value: '5' },
        { name: 'Sprint', value: 'Sprint 44' },
      ]),
    );
    expect(train).toMatchObject({ dueDate: '2027-03-01' });
    expect(room).toMatchObject({ parentKey: train.issueKey });
    const sent = app.sent('POST', /\/issue\/bulk$/);
    expect(JSON.stringify(sent)).toContain('made-from-plan');
    const { description } = app.issue(epic.issueKey).values;
    expect(adfErrors(description)).toEqual([]);
  });

  it('takes a list as it is, with commas in its summaries and days with their type, and no empty bullet', async () => {
    const messages = async (issues: unknown) =>
      messagesIn((await app.write('createIssues', { projectId: 'ATLAS', issues })).body);
    expect(await messages(['Plan, and build', 'Ship'])).toEqual(['Task "Plan, and build".', 'Task "Ship".']);
    expect(await messages('- Plan it\n-\n- Ship it')).toEqual(['Task "Plan it".', 'Task "Ship it".']);
    const dueDate = { $kind: 'Date', value: '2030-12-01' };
    expect(await messages([{ summary: 'Due', dueDate }])).toEqual(['Task "Due": dueDate 2030-12-01.']);
  });

  it('puts none into a sprint that was closed since', async () => {
    const [summary = ''] = someOf(1);
    const planned = await plan({ projectId: 'ATLAS', sprint: 'next', issues: summary });
    const sprint = app.jira.site.sprints.find(({ name }) => name === 'Sprint 44');
    if (sprint) sprint.state = 'closed';
    expect(messagesIn(await confirm(planned.confirmationToken))[0]).toContain('closed since');
    expect(made([summary])).toEqual([]);
    if (sprint) sprint.state = 'future';
  });

  it('makes fifty in one request', async () => {
    const summaries = someOf(50);
    const { confirmationToken } = await plan({ issues: JSON.stringify(summaries), projectId: 'ATLAS' });
    app.costs();
    const { items } = await confirm(confirmationToken);
    expect(creations()).toBe(1);
    expect(made(summaries)).toEqual(items.map(({ key }: Item) => key));
  });

  it.each([
    ['of one line with commas', 'API, UI, tests, docs', 'a line of its own'],
    ['of more than fifty', someOf(51).join('\n'), 'It has 51 issues'],
    ['of broken JSON', '[{"summary": "A"', 'is not JSON'],
    ['with an issue without a summary', '[{"summary": "A"}, {"type": "Bug"}]', 'Issue 2: summary is missing'],
    ['of what is no issue', '[["A"]]', 'Issue 1 is neither'],
    ['of nothing', '[]', 'It has no issue'],
    ['of an empty text in quotation marks', '""', 'It has no issue'],
    ['of bullets alone', '- \n-\n* [ ]', 'It has no issue'],
    ['of several projects', '[{"summary":"A","project":"ATLAS"},{"summary":"B","project":"BEACON"}]', 'in one project'],
    ['that names no project', 'A\nB', 'Give the project'],
  ])('refuses a list %s', async (_, issues, says) => {
    const { status, body } = await app.write('createIssues', { issues });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(says);
  });

  it('plans what it can, and says of the rest why not, also where it is for those above', async () => {
    const issues = [
      { summary: 'Fine' },
      { summary: 'Odd', assignee: 'Nobody Atall' },
      { summary: 'Low', issueType: 'Bug', parent: 'ATLAS-12' },
      { summary: 'Lost', parent: 'ATLAS-9999', children: ['Orphan'] },
      { summary: 'Off', Nonsense: 1 },
    ];
    const planned = await plan({ issues: JSON.stringify(issues), projectId: 'ATLAS' });
    expect(planned.summary).toContain('1 issue would be made');
    expect(planned.summary).toContain('5 issues cannot be made.');
    expect(planned.items.map(({ outcome }: Item) => outcome)).toEqual(['planned', ...Array(5).fill('notDone')]);
    expect(messagesIn(planned).slice(1).join('\n')).toMatch(
      /Nobody Atall.*\n.*A Bug cannot be made below ATLAS-12, which is a .*There belongs Sub-task.*\n.*ATLAS-9999.*\n.*no field "Nonsense".*\n.*What it is below cannot be made/,
    );
    expect(outcomesIn(await confirm(planned.confirmationToken))).toEqual(['done']);
    const all = await app.write('createIssues', { issues: 'A\nB', projectId: 'ATLAS', assignee: 'Nobody Atall' });
    expect([all.status, all.body.code]).toEqual([404, 'not_found']);
  });

  it('tells of each what Jira did not make, and makes the others', async () => {
    const [good, bad] = someOf(2);
    const parent = await app.newTask();
    await app.newTask();
    const issues = [{ summary: good }, { summary: bad, parent }];
    const { confirmationToken } = await plan({ issues: JSON.stringify(issues), projectId: 'ATLAS' });
    const { issues: all } = app.jira.site;
    all.splice(
      all.findIndex(({ key }) => key === parent),
      1,
    );
    const { items, summary } = await confirm(confirmationToken);
    expect(summary).toBe('1 of 2 done.');
    expect(items[1]).toMatchObject({ key: '2', outcome: 'notDone', message: expect.stringContaining('parent') });
    expect(made([String(good), String(bad)])).toEqual([items[0].key]);
  });

  it('makes what an equal call has made within the hour only where it is asked to', async () => {
    const { summaries, confirmationToken } = await aDozen();
    const input = { issues: summaries.join('\n'), projectId: 'ATLAS' };
    const { items } = await confirm(confirmationToken);
    const again = await plan(input);
    expect([outcomesIn(again), again.confirmationToken]).toEqual([['notDone'], undefined]);
    expect(again.items[0].message).toContain(`${items[0].key} was made of it`);
    const onPurpose = await plan({ ...input, repeat: true });
    await confirm(onPurpose.confirmationToken);
    expect(made(summaries)).toHaveLength(24);
  });

  it('makes two that are equal in one list both', async () => {
    const [summary = ''] = someOf(1);
    const { confirmationToken } = await plan({ issues: `${summary}\n${summary}`, projectId: 'ATLAS' });
    await confirm(confirmationToken);
    expect(made([summary])).toHaveLength(2);
  });
});

describe('createIssues that is cut off', () => {
  it.each([
    ['refused for a while', { status: 429, body: '{}', headers: { 'retry-after': '0' } }, 'done', 2],
    ['made, and the answer is lost', { reset: 'after' }, 'done', 1],
    ['made, and the answer breaks', { reset: 'midBody' }, 'done', 1],
    ['made, and answered by a page', { status: 200, body: '<html>' }, 'unknown', 1],
    ['lost on the way', { reset: 'before' }, 'unknown', 1],
    ['met by a failure', { status: 503, body: '{}' }, 'unknown', 1],
    ['refused for our permissions', { status: 403, body: '{"errorMessages":["No."]}' }, 'notDone', 1],
  ] as const)('where the request is %s, tells so and sends nothing twice', async (_, fault, outcome, requests) => {
    const { summaries, confirmationToken } = await aDozen();
    app.jira.fail({ method: 'POST', path: '/issue/bulk$', ...fault });
    const first = await confirm(confirmationToken);
    expect(outcomesIn(first)).toEqual([outcome]);
    const again = await confirm(confirmationToken);
    // What was refused without a doubt is tried again, what is in doubt never.
    expect(outcomesIn(again)).toEqual([outcome === 'notDone' ? 'done' : outcome]);
    if (outcome === 'unknown') expect(again.summary).toContain('12 may or may not be done');
    expect(creations()).toBe(outcome === 'notDone' ? 2 : requests);
    expect(made(summaries)).toHaveLength(outcome === 'unknown' ? 0 : 12);
    // A plan for the same is the same.
    const { confirmationToken: other } = await plan({ issues: summaries.join('\n'), projectId: 'ATLAS' });
    if (other) expect(outcomesIn(await confirm(other))).toEqual(['unknown']);
    expect(creations()).toBe(0);
  });

  it('by its own time while Jira is at it, finds out afterwards what was made', async () => {
    const { summaries, confirmationToken } = await aDozen(hasty);
    app.jira.fail({ method: 'POST', path: '/issue/bulk$', delayMs: 2600 });
    const first = await confirm(confirmationToken, hasty);
    expect(outcomesIn(first)).toEqual(['unknown']);
    expect(first.confirmationToken).toBe(confirmationToken);
    await expect.poll(() => made(summaries).length, { timeout: 5_000 }).toBe(12);
    const again = await confirm(confirmationToken, hasty);
    expect([again.summary, creations()]).toEqual(['12 of 12 done.', 1]);
  });

  it('by two calls of two processes at the same moment, makes each once and tells both', async () => {
    const { summaries, confirmationToken } = await aDozen();
    const answers = await Promise.all([confirm(confirmationToken), confirm(confirmationToken, hasty)]);
    for (const answer of answers) expect(answer.items?.map(({ key }: Item) => key)).toEqual(made(summaries));
    expect([creations(), made(summaries).length]).toEqual([1, 12]);
  });

  it('between an epic and what is in it, goes on with what was not begun', async () => {
    const [epic, ...children] = someOf(4);
    const issues = [{ summary: epic, type: 'Epic', children }];
    const { confirmationToken } = await plan({ issues: JSON.stringify(issues), projectId: 'ATLAS' });
    app.jira.fail({ method: 'POST', path: '/issue/bulk$', status: 503, body: '{}' });
    const first = await confirm(confirmationToken);
    expect(first.items.map(({ outcome }: Item) => outcome)).toEqual(['unknown', ...Array(3).fill('notReached')]);
    expect(made([String(epic), ...children])).toEqual([]);
  });

  it('by the end of its process, is gone on with by another one', async () => {
    const { summaries, confirmationToken } = await aDozen(victim);
    app.jira.fail({ method: 'POST', path: '/issue/bulk$', delayMs: 300 });
    const lost = confirm(confirmationToken, victim).catch(() => 'nothing');
    await expect
      .poll(() => app.jira.requests.findLast(({ path }) => path.endsWith('/issue/bulk'))?.body ?? '', {
        timeout: 5_000,
      })
      .toContain(summaries[0] ?? '?');
    await victim.app.kill();
    expect(await lost).toBe('nothing');
    await delay(300);
    const { summary, items } = await confirm(confirmationToken);
    expect(summary).toBe('12 of 12 done.');
    expect(items.map(({ key }: Item) => key)).toEqual(made(summaries));
    expect(creations()).toBe(1);
  });
});

agreesWithOpenApi(() => app.jira);
