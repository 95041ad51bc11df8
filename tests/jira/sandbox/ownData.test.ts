import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { readDay, readTime } from '../../../functions/jira/sandbox/dataTime.ts';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { call, monday } from './jiraClient.ts';

let folder: string;
let sandbox: JiraSandbox | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jira-data-'));
});
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  await rm(folder, { recursive: true });
});

const write = (file: string, content: unknown) =>
  writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
const start = async () => {
  sandbox = await startSandbox({ now: () => monday, data: folder });
  return sandbox;
};
/** The message with which a start with the data of the folder is refused. */
const refusal = async (): Promise<string> => {
  const error = await start().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : 'It started.';
};
const defaultData = async (file: string) =>
  JSON.parse(await readFile(new URL(`../../../functions/jira/sandbox/data/${file}`, import.meta.url), 'utf8'));

const by = 'kim@acme.example';
const issue = { key: 'ACME-7', type: 'Task', summary: 'Paint it', created: '-2d', reporter: by };

/** The data of a site with one project, two people and the given issues. */
async function writeAcme(issues: unknown[]) {
  await write('people.json', [
    { email: by, displayName: 'Kim Lee', accountId: 'kim' },
    { email: 'pat@acme.example', displayName: 'Pat Gone', accountId: 'pat', active: false },
  ]);
  await write('projects.json', [
    {
      id: '1',
      key: 'ACME',
      name: 'Acme',
      lead: by,
      issueTypes: ['Epic', 'Task', 'Bug', 'Sub-task'],
      components: [{ id: '2', name: 'Paint' }],
      required: { Bug: ['Severity'] },
    },
  ]);
  await write('site.json', { ...(await defaultData('site.json')), account: by, timeZone: 'Europe/Berlin' });
  await write('issues.json', issues);
}

describe('data of one’s own', () => {
  it('make another site, without code', async () => {
    await writeAcme([
      {
        ...issue,
        status: 'Done',
        statusChanged: '-1d',
        resolution: "Won't Do",
        assignee: 'pat@acme.example',
        parent: 'ACME-8',
        due: '+3d',
        components: ['Paint'],
        fields: { 'Story Points': 3, Sprint: ['Sprint 42', 'Sprint 43'], Reviewer: by },
        comments: [{ at: '-1d 09:30', by, body: 'Which colour?' }],
        worklogs: [{ at: '-1d 2h', by, minutes: 90, comment: 'Blue.' }],
        links: [{ at: '-1d', by, type: 'Blocks', to: 'ACME-8' }],
        attachments: [{ at: '-1d', by, filename: 'blue.png', mimeType: 'image/png', size: 10 }],
        changes: [{ at: '-12h', by, set: { status: 'To Do', labels: ['again'], parent: null } }],
      },
      { ...issue, key: 'ACME-8', type: 'Epic', created: '2026-11-20T09:00:00+01:00', frozen: true },
    ]);
    const acme = await start();
    expect(acme.settings.JIRA_EMAIL).toBe(by);
    const { body } = await call(acme, 'GET', 'issue/ACME-7?expand=changelog');
    expect(body.fields).toMatchObject({
      created: '2026-11-21T10:00:00.000+0100',
      status: { name: 'To Do' },
      resolution: null,
      assignee: { displayName: 'Pat Gone' },
      duedate: '2026-11-26',
      labels: ['again'],
      components: [{ name: 'Paint' }],
      customfield_10016: 3,
      customfield_10020: [{ name: 'Sprint 42' }, { name: 'Sprint 43' }],
      customfield_10033: { displayName: 'Kim Lee' },
      comment: { comments: [{ created: '2026-11-22T09:30:00.000+0100', author: { displayName: 'Kim Lee' } }] },
      worklog: { worklogs: [{ timeSpent: '1h 30m', started: '2026-11-22T06:30:00.000+0100' }] },
      issuelinks: [{ outwardIssue: { key: 'ACME-8' } }],
      attachment: [{ filename: 'blue.png' }],
    });
    const moves = body.changelog.histories.flatMap(({ items }: { items: { field: string; toString: string }[] }) =>
      items.filter(({ field }) => field === 'status').map(item => item.toString),
    );
    expect(moves).toEqual(['To Do', 'Done', 'In Review', 'In Progress']);
    expect((await call(acme, 'PUT', 'issue/ACME-8', { fields: { summary: 'x' } })).status).toBe(403);
    const fields = { project: { key: 'ACME' }, issuetype: { name: 'Task' }, summary: 'Next' };
    expect((await call(acme, 'POST', 'issue', { fields })).body.key).toBe('ACME-9');
  });

  it('may be a part of the files: the rest is as usual', async () => {
    const [first, ...others] = await defaultData('people.json');
    await write('people.json', [{ ...first, displayName: 'Robot' }, ...others]);
    const renamed = await start();
    expect((await call(renamed, 'GET', 'myself')).body.displayName).toBe('Robot');
    const usual = await Promise.all(['issues.json', 'requests.json'].map(defaultData));
    expect(renamed.site.issues).toHaveLength(usual.flat().length);
  });

  it('decide the priority and the resolution that are set where none is given', async () => {
    await writeAcme([issue]);
    const site = { ...(await defaultData('site.json')), account: by };
    await write('site.json', { ...site, defaultPriority: 'Low', defaultResolution: 'Duplicate' });
    await write('issues.json', [{ ...issue, status: 'Done', statusChanged: '-1d' }]);
    const { body } = await call(await start(), 'GET', 'issue/ACME-7');
    expect(body.fields).toMatchObject({ priority: { name: 'Low' }, resolution: { name: 'Duplicate' } });
  });
});

describe('a fault in the data is told with its file, place and what is wrong', () => {
  it.each([
    ['an unknown key', { colour: 'blue' }, 'issues.json: [0]: Unrecognized key: "colour"'],
    [
      'a time that cannot be read',
      { created: 'yesterday' },
      'issues.json: [0].created: must be a time such as "-3d 4h',
    ],
    ['a time to come', { created: '+1d' }, 'issues.json: [0].created: is after the start of the sandbox'],
    ['a day that does not exist', { due: '2026-02-30' }, 'issues.json: [0].due: must be a day such as "-3d"'],
    ['an unknown person', { assignee: 'bo@acme.example' }, "issues.json: [0].assignee: there is no person 'bo@acme."],
    ['an unknown project', { key: 'NOPE-1' }, "issues.json: [0].key: there is no project 'NOPE'"],
    [
      'a type that the project has not',
      { type: 'Story' },
      "issues.json: [0].type: there is no issue type 'Story'; there are: 'Epic', 'Task', 'Bug', 'Sub-task'",
    ],
    [
      'an unknown status',
      { status: 'Doing' },
      "issues.json: [0].status: there is no status 'Doing'; there are: 'To Do'",
    ],
    ['a status that was never reached', { status: 'Done' }, 'issues.json: [0].statusChanged: belongs to issues that'],
    [
      'a status that was reached before the issue was created',
      { status: 'Done', statusChanged: '-3d' },
      'issues.json: [0].statusChanged: is not between the creation of the issue and the start of the sandbox',
    ],
    ['a resolution of what is not done', { resolution: 'Done' }, 'issues.json: [0].resolution: belongs to issues that'],
    ['an unknown priority', { priority: 'Urgent' }, "issues.json: [0].priority: there is no priority 'Urgent'"],
    ['an unknown component', { components: ['Glue'] }, "issues.json: [0].components[0]: there is no component 'Glue'"],
    [
      'an unknown version',
      { fixVersions: ['9'] },
      "issues.json: [0].fixVersions[0]: there is no version '9'; there are: none",
    ],
    ['a parent that is not there', { parent: 'ACME-9' }, "issues.json: [0].parent: there is no issue 'ACME-9'"],
    [
      'a parent of its own level',
      { parent: 'ACME-7' },
      'issues.json: [0].parent: ACME-7 is of type Task, which cannot',
    ],
    ['a sub-task without parent', { type: 'Sub-task' }, 'issues.json: [0]: an issue of type Sub-task needs a parent'],
    [
      'a field that the type has not',
      { fields: { Severity: 'Major' } },
      `issues.json: [0].fields["Severity"]: there is no custom field of a Task 'Severity'; there are: 'Story Points', 'Sprint'`,
    ],
    ['points that are words', { fields: { 'Story Points': 'three' } }, '[0].fields["Story Points"]: must be a number'],
    [
      'an unknown option',
      { fields: { Team: 'B' } },
      `[0].fields["Team"]: there is no option 'B'; there are: 'Platform'`,
    ],
    [
      'a comment before its issue',
      { comments: [{ at: '-3d', by, body: 'First!' }] },
      'issues.json: [0].comments[0].at: is not between the creation of the issue and the start of the sandbox',
    ],
    [
      'a comment that is half a document',
      { comments: [{ at: '-1d', by, body: { type: 'doc', version: 1, content: [{ text: 'x' }] } }] },
      'issues.json: [0].comments[0].body.content[0].type: Invalid input: expected string',
    ],
    [
      'a mention of nobody',
      { description: { type: 'doc', version: 1, content: [{ type: 'mention', attrs: { id: 'bo' } }] } },
      "issues.json: [0].description.content[0].attrs.id: there is no person with the account ID 'bo'",
    ],
    [
      'a change to what is not there',
      { changes: [{ at: '-1d', by, set: { priority: 'Urgent' } }] },
      "issues.json: [0].changes[0].set.priority: there is no priority 'Urgent'",
    ],
    [
      'a link to nothing',
      { links: [{ at: '-1d', by, type: 'Blocks', to: 'ACME-9' }] },
      "issues.json: [0].links[0].to: there is no issue 'ACME-9'",
    ],
    [
      'an attachment of nobody',
      { attachments: [{ at: '-1d', by: 'bo@acme.example', filename: 'a', mimeType: 'b', size: 1 }] },
      "issues.json: [0].attachments[0].by: there is no person 'bo@acme.example'",
    ],
    [
      'a comment for a role that the project has not',
      { comments: [{ at: '-1d', by, body: 'Hush', visibility: { type: 'role', value: 'Leads' } }] },
      "issues.json: [0].comments[0].visibility.value: there is no role 'Leads'",
    ],
    [
      'a worklog for a group that the site has not',
      { worklogs: [{ at: '-1d', by, minutes: 5, visibility: { type: 'group', value: 'finance' } }] },
      "issues.json: [0].worklogs[0].visibility.value: there is no group 'finance'",
    ],
    [
      'security for nobody',
      { security: ['bo@acme.example'] },
      "issues.json: [0].security[0]: there is no person 'bo@acme.example'",
    ],
    [
      'a move from a project that is not there',
      { movedFrom: [{ at: '-1d', by, key: 'NOPE-1' }] },
      "issues.json: [0].movedFrom[0].key: there is no project of 'NOPE-1'",
    ],
    [
      'a move from the key of another issue',
      { movedFrom: [{ at: '-1d', by, key: 'ACME-7' }] },
      "issues.json: [0].movedFrom[0].key: 'ACME-7' is the key of another issue",
    ],
  ])('%s', async (_what, changes, message) => {
    await writeAcme([{ ...issue, ...changes }]);
    expect(await refusal()).toContain(message);
  });

  it.each([
    ['people.json', '[', 'people.json is not JSON: '],
    ['people.txt.json', [], 'people.txt.json is no file of the Jira sandbox, which reads people.json, '],
    ['issues.json', [issue, issue], 'issues.json: [1].key: "ACME-7" is there twice'],
    [
      'projects.json',
      [{ id: '1', key: 'ACME', name: 'Acme', lead: 'bo@acme.example', issueTypes: ['Task'] }],
      "projects.json: [0].lead: there is no person 'bo@acme.example'",
    ],
    [
      'projects.json',
      [{ id: '1', key: 'ACME', name: 'Acme', lead: by, issueTypes: ['Task'], required: { Task: ['Severity'] } }],
      "projects.json: [0].required.Task[0]: there is no custom field 'Severity'",
    ],
    [
      'projects.json',
      [{ id: '1', key: 'ACME', name: 'Acme', lead: by, issueTypes: ['Task'], permissions: { FLY: [by] } }],
      'projects.json: [0].permissions.FLY: ',
    ],
    [
      'projects.json',
      [{ id: '1', key: 'ACME', name: 'Acme', lead: by, issueTypes: ['Task'], permissions: { EDIT_ISSUES: 'Leads' } }],
      "projects.json: [0].permissions.EDIT_ISSUES: there is no role 'Leads' in the project",
    ],
    [
      'fields.json',
      [{ id: 1, name: 'Colour', type: 'number', issueTypes: ['Poem'] }],
      "fields.json: [0].issueTypes[0]: there is no issue type 'Poem'",
    ],
    [
      'fields.json',
      [{ id: 1, name: 'Colour', type: 'select', issueTypes: [] }],
      'fields.json: [0].options: belong to fields of type select, multiselect, cascading, team, and to each of them',
    ],
    [
      'fields.json',
      [{ id: 1, name: 'status', type: 'number', issueTypes: [] }],
      "[0].name: 'status' is a field of Jira",
    ],
  ])('in %s', async (file, content, message) => {
    await writeAcme([issue]);
    await write(file, content);
    expect(await refusal()).toContain(message);
  });

  it.each([
    [{ account: 'bo@acme.example' }, "site.json: account: there is no person 'bo@acme.example'"],
    [{ timeZone: 'Moon/Far' }, 'site.json: timeZone: must be the name of a time zone such as Europe/Berlin'],
    [{ defaultPriority: 'Urgent' }, "site.json: defaultPriority: there is no priority 'Urgent'"],
    [
      { transitions: [{ id: '1', name: 'Go', from: ['To Do'], to: 'Gone' }] },
      "site.json: transitions[0].to: there is no status 'Gone'",
    ],
  ])('in site.json: %o', async (changes, message) => {
    await writeAcme([issue]);
    await write('site.json', { ...(await defaultData('site.json')), account: by, ...changes });
    expect(await refusal()).toContain(message);
  });

  it('where an issue refers to one that was created later', async () => {
    const later = { ...issue, key: 'ACME-8', type: 'Epic', created: '-1d' };
    await writeAcme([{ ...issue, parent: 'ACME-8', links: [{ at: '-2d', by, type: 'Blocks', to: 'ACME-8' }] }, later]);
    expect((await refusal()).split('\n')).toEqual([
      'issues.json: [0].links[0].at: is before the creation of ACME-8',
      'issues.json: [0].parent: ACME-8 is created later',
    ]);
  });

  it('and all of them at once', async () => {
    await writeAcme([{ ...issue, priority: 'Urgent', assignee: 'bo@acme.example' }]);
    expect((await refusal()).split('\n')).toHaveLength(2);
  });
});

test('times and days are read relative to the start', () => {
  const origin = { start: Date.parse('2026-11-23T20:00:00Z'), offsetMinutes: 330 };
  const time = (written: string) => {
    const instant = readTime(written, origin);
    return instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 16);
  };
  expect(['-3d', '-3d 4h 30m', '-90m', '0d', '-0d 01:00', '-1d 09:30', '2026-11-22T09:30:00+01:00'].map(time)).toEqual([
    '2026-11-20T20:00',
    '2026-11-20T15:30',
    '2026-11-23T18:30',
    '2026-11-23T20:00',
    '2026-11-23T19:30',
    '2026-11-23T04:00',
    '2026-11-22T08:30',
  ]);
  expect(['', '-', 'd', '-3', '-3d 25:00', '2026-11-22', '2026-11-22T09:30:00'].map(time)).toEqual(
    Array(7).fill(undefined),
  );
  // In the site's time zone it is already the 24th.
  expect(['-1d', '0d', '+1d', '2026-02-28', '2026-02-30', '1w'].map(day => readDay(day, origin))).toEqual([
    '2026-11-23',
    '2026-11-24',
    '2026-11-25',
    '2026-02-28',
    undefined,
    undefined,
  ]);
});
