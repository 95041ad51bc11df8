import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { marks, people, startRightsSite } from '../../support/rightsSite.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { callAs } from './jiraClient.ts';

const { account, ana, tyler, carla } = people;

let sandbox: JiraSandbox;

beforeAll(async () => {
  sandbox = await startRightsSite();
});

afterAll(() => sandbox.close());

const get = (email: string, path: string) => callAs(sandbox, email, 'GET', path);
const post = (email: string, path: string, body: unknown) => callAs(sandbox, email, 'POST', path, body);
const put = (email: string, path: string, body: unknown) => callAs(sandbox, email, 'PUT', path, body);

const issue = (key: string) => {
  const found = sandbox.site.issues.find(each => each.key === key);
  if (!found) throw new Error(`There is no ${key}`);
  return found;
};
const search = async (email: string, jql: string): Promise<string[]> => {
  const { body } = await post(email, 'search/jql', { jql, fields: ['key'], maxResults: 5000 });
  return (body.issues ?? []).map(({ key }: { key: string }) => key).sort();
};
const paragraph = (text: string) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

describe('what somebody may not browse', () => {
  it.each(['VAULT-2', 'ATLAS-101', 'ATLAS-102', 'ATLAS-90', 'VAULT-4'])(
    'is not there for them: %s, of its project, by its security or its parent’s, or moved away',
    async key => {
      const [seen, unseen, missing] = [
        await get(ana, `issue/${key}`),
        await get(tyler, `issue/${key}`),
        await get(tyler, 'issue/ATLAS-9999'),
      ];
      expect([seen.status, unseen]).toEqual([200, missing]);
      expect(unseen.status).toBe(404);
      for (const path of ['comment', 'worklog', 'changelog', 'transitions', 'watchers', 'editmeta', 'remotelink']) {
        expect((await get(tyler, `issue/${key}/${path}`)).status).toBe(404);
      }
      for (const jql of [`key = ${key}`, `parent = ${key}`, `issue in linkedIssues(${key})`]) {
        expect((await post(tyler, 'search/jql', { jql })).status).toBe(400);
      }
    },
  );

  it('is followed by its old key where it was moved', async () => {
    expect((await get(tyler, 'issue/COMET-80')).body.key).toBe('ATLAS-100');
    expect((await get(ana, 'issue/ATLAS-90')).body.key).toBe('VAULT-4');
    expect(await search(tyler, 'key = COMET-80')).toEqual(['ATLAS-100']);
    const { body } = await get(tyler, 'issue/ATLAS-100/changelog');
    expect(body.values.flatMap(({ items }: { items: unknown[] }) => items)).toMatchObject([
      { field: 'project', fromString: 'Comet', toString: 'Atlas' },
      { field: 'Key', fromString: 'COMET-80', toString: 'ATLAS-100' },
    ]);
  });

  it('is in no search, count, page, version, sprint or list of projects', async () => {
    const everything = 'created is not EMPTY';
    const all = await search(account, everything);
    const [anas, tylers] = [await search(ana, everything), await search(tyler, everything)];
    const isOf = (keys: string[]) => (key: string) => keys.some(start => key.startsWith(start));
    expect(all.filter(key => !anas.includes(key))).toEqual(all.filter(isOf(['QUARRY-', 'ATLAS-103', 'ATLAS-104'])));
    expect(all.filter(key => !tylers.includes(key))).toEqual(all.filter(isOf(['VAULT-', 'ATLAS-101', 'ATLAS-102'])));
    const count = await post(tyler, 'search/approximate-count', { jql: everything });
    expect(count.body.count).toBe(tylers.length);
    expect(await search(tyler, 'sprint = "Sprint 43" AND key > ATLAS-100')).toEqual(['ATLAS-103']);
    for (const [email, key] of [
      [ana, 'QUARRY'],
      [tyler, 'VAULT'],
    ] as const) {
      expect((await get(email, `project/${key}`)).status).toBe(404);
      expect((await get(email, `issue/createmeta/${key}/issuetypes`)).status).toBe(400);
      expect((await post(email, 'search/jql', { jql: `project = ${key}` })).status).toBe(400);
      const { body } = await get(email, 'project/search');
      expect(body.values.map((project: { key: string }) => project.key)).not.toContain(key);
    }
    const version = sandbox.site.projects.flatMap(({ versions }) => versions).find(({ name }) => name === '2.5');
    const counted = async (email: string) =>
      (await get(email, `version/${version?.id}/unresolvedIssueCount`)).body.issuesCount;
    expect(await counted(account)).toBe((await counted(tyler)) + 1);
  });

  it('is no parent, link or sub-task of what they see; the history tells of links all the same, as Jira’s does', async () => {
    const { fields } = (await get(tyler, 'issue/ATLAS-105')).body;
    expect([fields.parent, fields.issuelinks]).toEqual([undefined, []]);
    expect((await get(ana, 'issue/ATLAS-105')).body.fields).toMatchObject({
      parent: { key: 'VAULT-1' },
      issuelinks: [{ outwardIssue: { key: 'VAULT-2' } }],
    });
    const history = JSON.stringify((await get(tyler, 'issue/ATLAS-105/changelog')).body);
    expect(history).toContain('This work item relates to VAULT-2');
    expect(history).not.toContain(marks.ana);
  });

  it('is in no list that names things, nor what hangs on what they see', async () => {
    const all = await search(account, 'created is not EMPTY');
    const answers = async (email: string) => {
      const paths = [
        ...['project/search?expand=description,lead', 'filter/search?expand=jql,owner,description', 'field', 'status'],
        ...['fixVersion', 'component', 'sprint', 'project'].map(
          name => `jql/autocompletedata/suggestions?fieldName=${name}`,
        ),
        ...['board', 'board/1/sprint', 'board/1/project'].map(path => `/rest/agile/1.0/${path}`),
        '/rest/servicedeskapi/servicedesk',
        ...['ATLAS-1', 'ATLAS-12', 'ATLAS-105', 'ATLAS-106', 'ATLAS-107', 'VAULT-2', 'QUARRY-2'].map(
          key => `issue/${key}?expand=changelog,transitions`,
        ),
        ...['comment', 'worklog', 'remotelink', 'changelog'].map(path => `issue/ATLAS-107/${path}`),
      ];
      const told = await Promise.all(paths.map(async path => JSON.stringify((await get(email, path)).body)));
      const found = await post(email, 'search/jql', {
        jql: `text ~ "${marks.ana}" OR text ~ "${marks.tyler}" OR comment ~ "${marks.ana}"`,
        fields: ['*all'],
      });
      const fetched = await post(email, 'issue/bulkfetch', { issueIdsOrKeys: all.slice(0, 100) });
      const others = await post(email, 'issue/bulkfetch', { issueIdsOrKeys: all.slice(100) });
      const changes = await post(email, 'changelog/bulkfetch', { issueIdsOrKeys: all.slice(0, 1000) });
      return [...told, ...[found, fetched, others, changes].map(({ body }) => JSON.stringify(body))].join('\n');
    };
    const [anas, tylers] = [await answers(ana), await answers(tyler)];
    expect(anas).toContain(marks.ana);
    expect(anas).not.toContain(marks.tyler);
    expect(tylers).toContain(marks.tyler);
    expect(tylers).not.toContain(marks.ana);
  });
});

describe('comments, worklogs and files that are restricted', () => {
  it('are counted and shown to those of the role or group alone', async () => {
    const { fields } = (await get(tyler, 'issue/ATLAS-107')).body;
    expect([fields.comment.total, fields.worklog.total, fields.attachment.length]).toEqual([2, 2, 1]);
    expect((await get(tyler, 'issue/ATLAS-107/comment')).body.total).toBe(2);
    expect((await get(ana, 'issue/ATLAS-107/comment')).body.total).toBe(3);
    expect((await get(account, 'issue/ATLAS-107/comment')).body.total).toBe(4);
    expect(await search(tyler, `comment ~ ${marks.ana} AND key = ATLAS-107`)).toEqual([]);
    expect(await search(ana, `comment ~ ${marks.ana} AND key = ATLAS-107`)).toEqual(['ATLAS-107']);
    expect(await search(tyler, 'worklogAuthor = "Ana Ruiz" AND key = ATLAS-107')).toEqual([]);
  });

  it('are not there for anybody else', async () => {
    const { comments, attachments } = issue('ATLAS-107');
    const ofAna = comments.filter(({ role, group }) => role !== undefined || group === 'group-ana');
    expect(ofAna).toHaveLength(2);
    for (const { id } of ofAna) {
      expect((await get(tyler, `issue/ATLAS-107/comment/${id}`)).status).toBe(404);
      expect((await put(tyler, `issue/ATLAS-107/comment/${id}`, { body: paragraph('x') })).status).toBe(404);
      const listed = await post(tyler, 'comment/list', { ids: [Number(id)] });
      expect(listed.body.values).toEqual([]);
    }
    const file = attachments.find(({ group }) => group === 'group-ana');
    expect((await get(tyler, `attachment/content/${file?.id}?redirect=false`)).status).toBe(404);
  });

  it('are made by those who belong to them', async () => {
    const note = (value: string) => ({ body: paragraph('For us'), visibility: { type: 'group', value } });
    expect((await post(tyler, 'issue/ATLAS-107/comment', note('group-tyler'))).body.visibility.value).toBe(
      'group-tyler',
    );
    const refused = await post(tyler, 'issue/ATLAS-107/comment', note('group-ana'));
    expect([refused.status, refused.body.errorMessages]).toEqual([
      400,
      ['You are currently not a member of the group: group-ana.'],
    ]);
    issue('ATLAS-107').comments.pop();
  });
});

describe('writes', () => {
  const summary = { fields: { summary: 'Changed' } };
  const anasId = () => sandbox.site.people.find(({ email }) => email === ana)?.accountId;

  it.each([
    ['edit', 'PUT', 'issue/ATLAS-12', () => summary, 403],
    ['assign', 'PUT', 'issue/ATLAS-12/assignee', () => ({ accountId: null }), 403],
    ['move', 'POST', 'issue/ATLAS-12/transitions', () => ({ transition: { id: '31' } }), 400],
    [
      'link elsewhere',
      'POST',
      'issue/ATLAS-12/remotelink',
      () => ({ object: { url: 'https://a.example', title: 'A' } }),
      403,
    ],
    ['manage watchers', 'POST', 'issue/ATLAS-12/watchers', anasId, 403],
    ['make versions', 'POST', 'version', () => ({ projectId: 10_010, name: 'X' }), 404],
    ['change versions', 'PUT', 'version/10501', () => ({ name: 'X' }), 400],
    ['make sprints', 'POST', '/rest/agile/1.0/sprint', () => ({ name: 'X', originBoardId: 1 }), 403],
    ['change sprints', 'POST', '/rest/agile/1.0/sprint/3', () => ({ name: 'X' }), 403],
    ['plan', 'POST', '/rest/agile/1.0/sprint/3/issue', () => ({ issues: ['ATLAS-12'] }), 403],
    ['rank', 'PUT', '/rest/agile/1.0/issue/rank', () => ({ issues: ['ATLAS-12'], rankBeforeIssue: 'ATLAS-13' }), 403],
  ] as const)('are refused to who may not %s', async (_what, method, path, body, status) => {
    const before = JSON.stringify(issue('ATLAS-12'));
    expect((await callAs(sandbox, tyler, method, path, body())).status).toBe(status);
    expect(JSON.stringify(issue('ATLAS-12'))).toBe(before);
  });

  it.each([
    ['create', 'issue', { fields: { project: { key: 'BEACON' }, issuetype: { name: 'Task' }, summary: 'x' } }, 400],
    ['comment', 'issue/BEACON-1/comment', { body: paragraph('x') }, 403],
    ['log work', 'issue/BEACON-1/worklog', { timeSpent: '1h' }, 400],
    ['see', 'issue/QUARRY-1/comment', { body: paragraph('x') }, 404],
    [
      'link',
      'issueLink',
      { type: { name: 'Blocks' }, inwardIssue: { key: 'ATLAS-12' }, outwardIssue: { key: 'QUARRY-1' } },
      404,
    ],
  ])('are refused to who may not %s', async (_what, path, body, status) => {
    expect((await post(ana, path, body)).status).toBe(status);
  });

  it('are on no screen and in no list of transitions of theirs', async () => {
    expect((await get(tyler, 'issue/ATLAS-12/editmeta')).body.fields).toEqual({});
    expect((await get(tyler, 'issue/ATLAS-12/transitions')).body.transitions).toEqual([]);
    expect((await get(ana, 'issue/ATLAS-12/transitions')).body.transitions).not.toEqual([]);
    const { body } = await get(tyler, 'issue/createmeta/ATLAS/issuetypes/10102');
    const fields = body.fields.map(({ fieldId }: { fieldId: string }) => fieldId);
    expect(fields).toContain('summary');
    for (const field of ['assignee', 'reporter', 'duedate', 'customfield_10020']) expect(fields).not.toContain(field);
    const create = (more: object) =>
      post(tyler, 'issue', {
        fields: { project: { key: 'ATLAS' }, issuetype: { name: 'Task' }, summary: 'Mine', ...more },
      });
    expect((await create({ duedate: '2030-01-01' })).body.errors).toHaveProperty('duedate');
    const made = await create({});
    expect((await get(tyler, `issue/${made.body.key}`)).body.fields.reporter.displayName).toBe('Sam Tyler');
  });

  it('of comments are for whom they are by, and those who may change all', async () => {
    const mine = (await post(tyler, 'issue/ATLAS-12/comment', { body: paragraph('Mine') })).body.id;
    const [theirs] = issue('ATLAS-12').comments;
    expect((await put(tyler, `issue/ATLAS-12/comment/${mine}`, { body: paragraph('Better') })).status).toBe(200);
    expect((await put(tyler, `issue/ATLAS-12/comment/${theirs?.id}`, { body: paragraph('No') })).status).toBe(400);
    expect((await callAs(sandbox, tyler, 'DELETE', `issue/ATLAS-12/comment/${theirs?.id}`)).status).toBe(400);
    expect((await callAs(sandbox, ana, 'DELETE', `issue/ATLAS-12/comment/${mine}`)).status).toBe(204);
  });

  it('are of those who are let', async () => {
    const made = await post(ana, '/rest/agile/1.0/sprint', { name: 'Next', originBoardId: 1 });
    expect(made.status).toBe(201);
    const key = (
      await post(ana, 'issue', {
        fields: { project: { key: 'VAULT' }, issuetype: { name: 'Task' }, summary: marks.ana },
      })
    ).body.key;
    expect(key).toBe('VAULT-5');
    expect((await get(tyler, `issue/${key}`)).status).toBe(404);
    expect((await put(ana, `issue/${key}`, summary)).status).toBe(204);
  });

  it('assign to those who may see the issue', async () => {
    const names = async (where: string) =>
      (await get(account, `user/assignable/search?query=&${where}`)).body.map(
        ({ displayName }: { displayName: string }) => displayName,
      );
    expect(await names('project=VAULT')).toEqual(['Copilot Agent', 'Ana Ruiz']);
    expect(await names('issueKey=ATLAS-101')).toEqual(['Copilot Agent', 'Ana Ruiz']);
    expect(await names('project=ATLAS')).toContain('Sam Tyler');
  });
});

describe('a service desk', () => {
  const desk = '/rest/servicedeskapi';

  it('shows customers the requests that are theirs, and agents all', async () => {
    const seen = async (email: string) => {
      const keys = ['HELP-2', 'HELP-20', 'HELP-21', 'HELP-22'];
      const answers = await Promise.all(keys.map(key => get(email, `${desk}/request/${key}`)));
      return keys.filter((_, at) => answers[at]?.status === 200);
    };
    expect(await seen(ana)).toEqual(['HELP-2', 'HELP-20', 'HELP-21', 'HELP-22']);
    expect(await seen(tyler)).toEqual(['HELP-21', 'HELP-22']);
    expect(await seen(carla)).toEqual(['HELP-2', 'HELP-20']);
  });

  it('keeps internal comments, queues, SLAs and organisations for agents', async () => {
    const comments = async (email: string) =>
      (await get(email, `${desk}/request/HELP-21/comment`)).body.values.map(({ body }: { body: string }) => body);
    expect(await comments(ana)).toEqual(['Since when?', `Note ${marks.internal}`]);
    expect(await comments(tyler)).toEqual(['Since when?']);
    for (const path of ['servicedesk/7/queue', 'servicedesk/7/organization', 'request/HELP-21/sla']) {
      expect([(await get(tyler, `${desk}/${path}`)).status, (await get(ana, `${desk}/${path}`)).status]).toEqual([
        403, 200,
      ]);
    }
    const comment = (isPublic: boolean) => ({ body: 'x', public: isPublic });
    expect((await post(tyler, `${desk}/request/HELP-21/comment`, comment(false))).status).toBe(403);
    expect((await post(tyler, `${desk}/request/HELP-20/comment`, comment(true))).status).toBe(404);
    expect((await post(tyler, `${desk}/request/HELP-21/comment`, comment(true))).status).toBe(201);
  });

  it('lets customers raise requests for themselves', async () => {
    const raise = (more: object) =>
      post(tyler, `${desk}/request`, {
        serviceDeskId: '7',
        requestTypeId: '25',
        requestFieldValues: { summary: 'Help' },
        ...more,
      });
    const others = sandbox.site.people.find(({ email }) => email === carla)?.accountId;
    expect((await raise({ raiseOnBehalfOf: others })).status).toBe(403);
    const made = await raise({});
    expect([made.status, made.body.reporter.displayName]).toEqual([201, 'Sam Tyler']);
  });

  it('is browsed by everybody in Jira itself, as its permissions say', async () => {
    expect(await search(tyler, `text ~ ${marks.desk}`)).toEqual(['HELP-20']);
    const checked = await post(account, 'permissions/check', {
      accountId: sandbox.site.people.find(({ email }) => email === tyler)?.accountId,
      projectPermissions: [
        { permissions: ['BROWSE_PROJECTS', 'SERVICEDESK_AGENT'], issues: [Number(issue('HELP-20').id)] },
      ],
    });
    expect(checked.body.projectPermissions).toEqual([
      { permission: 'BROWSE_PROJECTS', issues: [Number(issue('HELP-20').id)], projects: [] },
    ]);
  });
});

it('keeps in the history on whose behalf an edit or a move was made', async () => {
  const historyMetadata = {
    type: 'test',
    description: 'For Sam Tyler',
    actor: { id: 'sam', displayName: 'Sam Tyler' },
  };
  await put(account, 'issue/ATLAS-100', { fields: { summary: 'Moved here' }, historyMetadata });
  await post(account, 'issue/ATLAS-100/transitions', { transition: { id: '21' }, historyMetadata });
  const { body } = await get(ana, 'issue/ATLAS-100/changelog');
  expect(body.values.slice(-2)).toMatchObject([{ historyMetadata }, { historyMetadata }]);
  expect(body.values[0]).not.toHaveProperty('historyMetadata');
});

it('checks permissions by project and security', async () => {
  const ids = (...keys: string[]) => keys.map(key => Number(issue(key).id));
  const asked = ids('ATLAS-12', 'ATLAS-101', 'ATLAS-102', 'ATLAS-103', 'VAULT-2', 'QUARRY-2');
  const { body } = await post(account, 'permissions/check', {
    accountId: sandbox.site.people.find(({ email }) => email === tyler)?.accountId,
    projectPermissions: [{ permissions: ['BROWSE_PROJECTS', 'EDIT_ISSUES'], issues: asked }],
  });
  expect(body.projectPermissions).toEqual([
    { permission: 'BROWSE_PROJECTS', issues: ids('ATLAS-12', 'ATLAS-103', 'QUARRY-2'), projects: [] },
    // As in Jira, who may not browse a project may still be granted to edit in it.
    { permission: 'EDIT_ISSUES', issues: ids('VAULT-2', 'QUARRY-2'), projects: [] },
  ]);
});

it('reads and writes times by the clock of who calls', async () => {
  const person = sandbox.site.people.find(({ email }) => email === tyler);
  if (person) person.timeZone = { name: 'America/Lima', offsetMinutes: -300 };
  expect((await get(tyler, 'myself')).body.timeZone).toBe('America/Lima');
  expect((await get(tyler, 'issue/ATLAS-12')).body.fields.created).toMatch(/-0500$/);
  expect((await get(ana, 'issue/ATLAS-12')).body.fields.created).toMatch(/\+0100$/);
});

agreesWithOpenApi(() => sandbox);
