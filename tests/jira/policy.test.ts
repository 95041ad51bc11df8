import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions as entries } from '../../functions/actions.ts';
import { restrictedTo } from '../../functions/jira/api/allowed.ts';
import { isOpenFilter } from '../../functions/jira/api/openFilter.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { Failure } from '../../shared/failure.ts';
import { principal } from '../support/principal.ts';
import { type JiraApp, startJiraApp } from './harness.ts';
import { entra } from './signedIn.ts';

const actions: Action[] = (await Promise.all(entries.map(async ({ load }) => (await load()).default))).filter(
  ({ system }) => system === 'jira',
);
/** Ana, who may do through each agent what its role may. */
const through = (role: string) =>
  principal({ tid: 'tenant', oid: 'oid-ana', scp: 'access', upn: 'ana.ruiz@example.com', roles: role });
const atlas = through('atlas-agent');
const beacon = through('beacon-agent');
const help = through('help-agent');
const open = through('open-agent');

let jira: JiraApp;

beforeAll(async () => {
  const effects = ['reads', 'adds', 'changes', 'removes'];
  const only = (...projects: string[]) => ({ effects, systems: { jira: { projects } } });
  jira = await startJiraApp({
    ...entra,
    POLICY: JSON.stringify({
      roles: { 'atlas-agent': only('atlas'), 'beacon-agent': only('BEACON'), 'help-agent': only('HELP') },
      default: { effects },
    }),
  });
});
afterAll(() => jira.stop());

const ask = (action: Action, input: Record<string, unknown>, headers: Record<string, string>) =>
  action.access === 'read'
    ? jira.read(action.name, input as Record<string, string>, headers)
    : jira.write(action.name, input, headers);

/** The keys of issues that stand in an answer, wherever. */
const keysIn = (body: unknown) => [...new Set(JSON.stringify(body).match(/\b[A-Z][A-Z0-9]+-\d+\b/g) ?? [])];
const isAtlas = (key: string) => key.startsWith('ATLAS-');

const noFiles = { readAttachment: async () => ({ bytes: new Uint8Array() }) };

/** Who may do what the action's example does, and nothing elsewhere: requests are made in a project of their own. */
const agentOf = ({ toolset }: Action) => (toolset === 'jira-service' ? help : atlas);

describe('a policy that opens one project', () => {
  it.each(actions)('lets $name do there what it does', async action => {
    const { status } = await ask(action, action.example, agentOf(action));
    expect(status).toBe(200);
  });

  it.each(actions.filter(({ input }) => 'projectId' in input.shape || 'issueKey' in input.shape))(
    'lets $name do nothing in another one, and says that a policy forbids it',
    async action => {
      const before = jira.jira.site.issues.length;
      const input = {
        ...action.example,
        ...('projectId' in action.input.shape && { projectId: 'BEACON' }),
        ...('issueKey' in action.input.shape && { issueKey: 'BEACON-1' }),
      };
      const { status, body } = await ask(action, input, agentOf(action));
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(body.detail).toContain('policy');
      expect(keysIn(body).filter(key => key !== 'BEACON-1')).toEqual([]);
      expect(jira.jira.site.issues).toHaveLength(before);
      expect((await ask(action, { ...input, repeat: undefined }, open)).body.code).not.toBe('forbidden');
    },
  );

  it('lets nobody read a file of another project, by whichever issue', async () => {
    const attachmentId = jira.issue('BEACON-3').attachments[0]?.id ?? '';
    const read = (issueKey: string) => jira.read('getAttachment', { issueKey, attachmentId }, atlas);
    expect((await read('BEACON-3')).body.code).toBe('forbidden');
    expect((await read('ATLAS-12')).body.code).toBe('not_found');
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>() =>
        ({ key: 'BEACON-3', fields: { project: { key: 'BEACON' }, attachment: [{ id: attachmentId }] } }) as T,
      ...noFiles,
    } as Parameters<typeof restrictedTo>[1]);
    await client.sendRequest({ url: '/rest/api/3/issue/ATLAS-12', method: 'GET' }).catch(() => {});
    await expect(client.readAttachment(attachmentId, { from: 0, length: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('lets nobody link to an issue of another project, or make an issue a part of one', async () => {
    const link = { issueKey: 'ATLAS-12', linkType: 'blocks', targetIssueKey: 'BEACON-1' };
    expect((await jira.write('linkIssues', link, atlas)).body.code).toBe('forbidden');
    expect((await jira.write('updateIssue', { issueKey: 'ATLAS-12', parent: 'BEACON-1' }, atlas)).body.code).toBe(
      'forbidden',
    );
  });

  it.each([
    ['updateIssue', { additionalFields: { Parent: { key: 'BEACON-1' } } }],
    ['updateIssue', { additionalFields: { Parent: { set: 'beacon-1' } } }],
    ['updateIssue', { parent: { key: 'BEACON-1' } }],
    ['createIssue', { projectId: 'ATLAS', summary: 'x', issueType: 'Task', additionalFields: { Parent: 'BEACON-1' } }],
  ])('lets %s name no parent elsewhere, in whatever form: %j', async (action, input) => {
    const issueKey = action === 'createIssue' ? {} : { issueKey: 'ATLAS-12' };
    const { body } = await jira.write(action, { ...issueKey, ...input }, atlas);
    expect(body.code).toBe('forbidden');
  });

  it('counts no issue of another project that is in a sprint, and says so without telling whether there is one', async () => {
    const active = { projectId: 'ATLAS' };
    const before = (await jira.read('getSprint', active, atlas)).body;
    expect(before.notShown).toEqual(['Issues of projects that a policy closes are not counted.']);
    const others = jira.issue('BEACON-4').values;
    Object.assign(others, { customfield_10020: ['3', '9000'], customfield_10016: 40 });
    const { body: after } = await jira.read('getSprint', active, atlas);
    expect(after).toEqual(before);
    const { body: whole } = await jira.read('getSprint', active, open);
    expect([whole.left - before.left, whole.issuesInAll - before.issuesInAll]).toEqual([40, 1]);
    expect(whole.notShown).toBeUndefined();
    Object.assign(others, { customfield_10020: null, customfield_10016: null });
  });

  it('reads the changes of no issue that it was not shown', async () => {
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>({ url }: { url: string }) =>
        (url.endsWith('/bulkfetch')
          ? {
              issueChangeLogs: [
                { issueId: '1', changeHistories: [{ items: [{ field: 'Link', toString: 'BEACON-1' }] }] },
              ],
            }
          : { issues: [{ id: '1', key: 'ATLAS-1', fields: { project: { key: 'ATLAS' } } }] }) as T,
      ...noFiles,
    } as Parameters<typeof restrictedTo>[1]);
    const url = '/rest/api/3/changelog/bulkfetch';
    const read = (...issueIdsOrKeys: string[]) => client.sendRequest({ url, method: 'POST', body: { issueIdsOrKeys } });
    await expect(read('1')).rejects.toMatchObject({ code: 'forbidden' });
    await client.sendRequest({ url: '/rest/api/3/search/jql', method: 'POST', body: { jql: '' } });
    expect(await read('1')).toEqual({ issueChangeLogs: [{ issueId: '1', changeHistories: [{ items: [] }] }] });
    await expect(read('1', '2')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('shows no sprint of a board of another project', async () => {
    const set = (sprint: string) =>
      jira.write('updateIssue', { issueKey: 'ATLAS-12', additionalFields: { Sprint: sprint } }, atlas);
    const location = { projectKey: 'BEACON' };
    jira.answerNext('/board$', { isLast: true, values: [{ id: 9, name: 'Other', type: 'scrum', location }] });
    const { body } = await set('Secret sprint');
    expect(body.detail).toContain('No board of the project has a sprint that is not closed');
    expect((await set('Sprint 44')).body.changes).toEqual([expect.objectContaining({ to: 'Sprint 44' })]);
  });

  it.each(['types', 'components', 'versions', 'priorities'])(
    'tells of no part whether there is another project: %s',
    async part => {
      const [there, none] = await Promise.all(
        ['BEACON', 'NOSUCH'].map(projectId => jira.read('describeProject', { projectId, part }, atlas)),
      );
      expect([there?.status, there?.body.detail]).toEqual([403, none?.body.detail]);
      expect(none?.status).toBe(403);
    },
  );

  it('shows only that project in lists, and no total of all', async () => {
    const { body } = await jira.read('listProjects', {}, atlas);
    expect(body.projects.map(({ key }: { key: string }) => key)).toEqual(['ATLAS']);
    expect((await jira.read('listProjects', {}, open)).body.projects.length).toBeGreaterThan(1);
  });

  it('hides links, parents and their history that lead elsewhere', async () => {
    await jira.write('linkIssues', { issueKey: 'ATLAS-12', linkType: 'blocks', targetIssueKey: 'BEACON-1' }, open);
    expect(keysIn((await jira.read('getIssue', { issueKey: 'ATLAS-12' }, open)).body)).toContain('BEACON-1');
    for (const [name, query] of [
      ['getIssue', { issueKey: 'ATLAS-12' }],
      ['getIssueHistory', { issueKey: 'ATLAS-12' }],
      ['getProjectUpdates', { projectId: 'ATLAS', since: '90d', limit: '100' }],
      ['searchIssues', { projectId: 'ATLAS', limit: '100' }],
    ] as const) {
      expect(keysIn((await jira.read(name, query, atlas)).body).filter(key => !isAtlas(key))).toEqual([]);
    }
    const counted = async (headers: Record<string, string>) => {
      const { links, issuesNotShown } = (await jira.read('getIssue', { issueKey: 'ATLAS-12' }, headers)).body;
      return [links.length, issuesNotShown];
    };
    const [all, none] = await counted(open);
    const [shown, left] = await counted(atlas);
    expect([none, left, shown + left]).toEqual([undefined, 2, all]);
  });

  it('counts of what is below an epic only what is open to the caller', async () => {
    await jira.write('updateIssue', { issueKey: 'BEACON-4', parent: 'ATLAS-3' }, open);
    const below = async (headers: Record<string, string>) =>
      (await jira.read('getIssue', { issueKey: 'ATLAS-3' }, headers)).body;
    const [all, some] = [await below(open), await below(atlas)];
    expect([all.progress.children, some.progress.children]).toEqual([2, 1]);
    expect([keysIn(all.children), keysIn(some.children)]).toEqual([['ATLAS-21', 'BEACON-4'], ['ATLAS-21']]);
    expect([all.progress.note, some.progress.note]).toEqual([undefined, expect.stringContaining('policy')]);
  });

  it('counts and adds up only what is open to the caller, now and in the past', async () => {
    const projects = async (query: Record<string, string>, headers: Record<string, string>) => {
      const { body } = await jira.read('countIssues', { ...query, groupBy: 'project' }, headers);
      return [body.issues, body.groups.map(({ name }: { name: string }) => name)];
    };
    for (const query of [{ issueType: 'Bug' }, { issueType: 'Bug', compareWith: '20d' }]) {
      const { body } = await jira.read('countIssues', { ...query, projectId: 'ATLAS' }, open);
      expect(await projects(query, atlas)).toEqual([body.issues, ['Atlas (ATLAS)']]);
      expect((await projects(query, open))[1]).toContain('Beacon (BEACON)');
    }
    const logged = async (headers: Record<string, string>) =>
      (await jira.read('listWorklogs', { startedSince: '60d', limit: '100' }, headers)).body;
    const [all, some] = [await logged(open), await logged(atlas)];
    expect(keysIn(all)).toContain('BEACON-5');
    expect([keysIn(some).filter(key => !isAtlas(key)), some.entries < all.entries]).toEqual([[], true]);
  });

  it('hides a parent elsewhere in what a change answers, too', async () => {
    const change = { issueKey: 'ATLAS-9', parent: 'BEACON-1' };
    expect(keysIn((await jira.write('updateIssue', change, open)).body)).toContain('BEACON-1');
    const { status, body } = await jira.write('updateIssue', { issueKey: 'ATLAS-9', priority: 'Low' }, atlas);
    expect([status, keysIn(body)]).toEqual([200, ['ATLAS-9']]);
  });

  it('holds for each caller by itself, whatever another one asked before', async () => {
    for (const headers of [open, atlas, beacon, atlas, open]) {
      const { body } = await jira.read('describeProject', { projectId: 'ATLAS' }, headers);
      expect(body.code).toBe(headers === beacon ? 'forbidden' : undefined);
    }
  });

  it('lets nobody filter by an issue of another project, which would tell what the answers hide', async () => {
    await jira.write('updateIssue', { issueKey: 'ATLAS-9', parent: 'BEACON-1' }, open);
    const where = '{"Parent":"BEACON-1"}';
    expect((await jira.read('searchIssues', { where }, open)).body.issues.map(({ issueKey }) => issueKey)).toContain(
      'ATLAS-9',
    );
    const { body } = await jira.read('searchIssues', { where }, atlas);
    const none = await jira.read('searchIssues', { where: '{"Parent":"BEACON-98765"}' }, atlas);
    expect([body.code, body.detail]).toEqual(['forbidden', none.body.detail]);
    const columns = 'Parent, Severity';
    const shown = await jira.read('searchIssues', { where: '{"Key":"ATLAS-9"}', columns }, atlas);
    expect(keysIn(shown.body)).toEqual(['ATLAS-9']);
  });

  it('gives page tokens that are good for their caller alone', async () => {
    const first = await jira.read('searchIssues', { jql: 'created >= -900d', limit: '2' }, open);
    const more = { jql: 'created >= -900d', pageToken: first.body.nextPageToken };
    expect((await jira.read('searchIssues', more, atlas)).body.code).toBe('invalid_input');
    expect((await jira.read('searchIssues', more, open)).status).toBe(200);
  });

  const conditions = fc.oneof(
    fc.constantFrom(
      'project = BEACON',
      'project in (BEACON, ATLAS)',
      'project != ATLAS',
      'key = BEACON-1',
      'issuekey in (BEACON-1, "BEACON-2", ATLAS-12)',
      'created >= -900d',
      'summary ~ "a*"',
      'issue in linkedIssues("ATLAS-12")',
      'parent = BEACON-1',
      'project = ATLAS) OR (project = BEACON',
      'text ~ "x\\" OR project = BEACON"',
      "summary !~ 'x) OR project in (BEACON'",
    ),
  );
  const query = fc
    .array(fc.tuple(conditions, fc.constantFrom('AND', 'OR', 'AND NOT', 'OR NOT')), { minLength: 1, maxLength: 4 })
    .chain(parts =>
      fc.constantFrom('', ' ORDER BY key', ' order by project desc, key').map(order => {
        const text = parts.map(([condition, joint], index) => (index === 0 ? condition : `${joint} ${condition}`));
        return text.join(' ') + order;
      }),
    );

  it('is not got round by any query', async () => {
    await fc.assert(
      fc.asyncProperty(query, async jql => {
        const { status, body } = await jira.read('searchIssues', { jql, limit: '100' }, atlas);
        if (status !== 200) return;
        expect(body.issues.map(({ issueKey }) => issueKey).filter(key => !isAtlas(key))).toEqual([]);
        const sent = jira.sent('POST', /search\/jql$/).jql;
        expect(String(sent)).toMatch(/AND project in \("ATLAS"\)( order by .*)?$/i);
      }),
      { numRuns: 60 },
    );
  });
});

it('an issue that was moved to an open project is asked for by the key that was looked at', async () => {
  const asked: string[] = [];
  const client = restrictedTo(new Set(['ATLAS']), {
    sendRequest: async <T>({ url }: { url: string }) => {
      asked.push(url);
      return { key: 'ATLAS-7', fields: { project: { key: 'ATLAS' } } } as T;
    },
    ...noFiles,
  } as Parameters<typeof restrictedTo>[1]);
  for (const [method, path] of [
    ['GET', '/editmeta'],
    ['GET', '/changelog'],
    ['POST', '/comment'],
    ['PUT', ''],
  ] as const) {
    asked.length = 0;
    await client.sendRequest({ url: `/rest/api/3/issue/SECRET-7${path}`, method, body: {} }).catch(() => {});
    expect(asked).toEqual(['/rest/api/3/issue/SECRET-7', `/rest/api/3/issue/ATLAS-7${path}`]);
  }
});

describe('a board that shows issues of a project that is closed', () => {
  const SPRINT = 'customfield_10020';
  const sprintsOf = (issueKey: string) => jira.issue(issueKey).values[SPRINT];
  const board = () => {
    const found = jira.jira.site.boards.find(({ name }) => name === 'Atlas board');
    if (!found) throw new Error('There is no Atlas board');
    return found;
  };

  it('lets no issue of that project be moved or ranked, nor another one be ranked by it', async () => {
    board().projectIds.push('10011');
    const before = sprintsOf('BEACON-1');
    for (const [action, input] of [
      ['moveToSprint', { issueKeys: 'BEACON-1', sprint: 'next', projectId: 'ATLAS' }],
      ['moveToSprint', { issueKeys: 'BEACON-1', sprint: 'backlog' }],
      ['rankIssues', { issueKeys: 'BEACON-1', aboveIssue: 'ATLAS-12' }],
      ['rankIssues', { issueKeys: 'ATLAS-12', belowIssue: 'BEACON-1' }],
    ] as const) {
      expect([action, (await jira.write(action, input, atlas)).body.code]).toEqual([action, 'forbidden']);
    }
    const mixed = { issueKeys: 'ATLAS-12,BEACON-1', sprint: 'next' };
    const { body } = await jira.write('moveToSprint', mixed, atlas);
    const refused = { outcome: 'notDone', message: expect.stringContaining('policy') };
    expect(body.issues).toMatchObject([{ outcome: 'done' }, refused]);
    expect(sprintsOf('BEACON-1')).toEqual(before);
  });

  it('leaves its issues where they are when a sprint is closed, and counts none of them', async () => {
    jira.issue('BEACON-1').values[SPRINT] = ['3'];
    jira.issue('ATLAS-12').values[SPRINT] = ['3'];
    const input = { projectId: 'ATLAS', sprint: 'active', state: 'closed', unfinishedTo: 'Sprint 44' };
    const { body } = await jira.write('updateSprint', input, atlas);
    const moved = jira.jira.site.issues.filter(({ values }) => JSON.stringify(values[SPRINT]) === '["3","4"]');
    expect(body).toMatchObject({ state: 'closed', issuesMoved: moved.length });
    expect(moved.map(({ key }) => key)).toContain('ATLAS-12');
    expect(moved.every(({ key }) => isAtlas(key))).toBe(true);
    expect(sprintsOf('BEACON-1')).toEqual(['3']);
  });

  it('gives no sprint of another board', async () => {
    const sprint = jira.jira.site.sprints.find(({ name }) => name === 'Delta 9');
    if (sprint) board().sprintIds.push(sprint.id);
    const { body } = await jira.write('moveToSprint', { issueKeys: 'ATLAS-12', sprint: 'Delta 9' }, atlas);
    expect([body.code, body.detail]).toEqual(['not_found', expect.not.stringContaining('There is Delta')]);
    const { body: changed } = await jira.write('updateSprint', { projectId: 'ATLAS', sprint: '109', goal: 'x' }, atlas);
    expect(changed.code).toBe('not_found');
  });
});

describe('an issue that was moved to a project that is closed', () => {
  it('is not there by its old key, as if there had never been one', async () => {
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>() => ({ key: 'SECRET-7', fields: { project: { key: 'SECRET' }, summary: 'canary' } }) as T,
      ...noFiles,
    } as Parameters<typeof restrictedTo>[1]);
    const read = client.sendRequest({ url: '/rest/api/3/issue/ATLAS-7', method: 'GET', searchParams: {} });
    await expect(read).rejects.toMatchObject({ code: 'not_found' });
    const write = client.sendRequest({ url: '/rest/api/3/issue/ATLAS-7/comment', method: 'POST', body: {} });
    await expect(write).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is left out of what a search answers, even where the query let it in', async () => {
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>() =>
        ({
          issues: [
            { key: 'ATLAS-7', fields: { project: { key: 'SECRET' } } },
            { key: 'ATLAS-8', fields: {} },
          ],
        }) as T,
      ...noFiles,
    } as Parameters<typeof restrictedTo>[1]);
    const answer = await client.sendRequest({ url: '/rest/api/3/search/jql', method: 'POST', body: { jql: '' } });
    expect(answer).toEqual({ issues: [] });
  });
});

it('of the boards of a site, and of the sprints of a board, only those of that project are shown', async () => {
  const places: Record<string, string> = { 8: 'ATLAS', 9: 'SECRET' };
  const boards = Object.entries(places).map(([id, projectKey]) => ({ id: Number(id), location: { projectKey } }));
  const client = restrictedTo(new Set(['ATLAS']), {
    sendRequest: async <T>({ url }: { url: string }) => {
      if (url.endsWith('/board')) return { total: 2, values: [...boards, { id: 10 }] } as T;
      if (url.endsWith('/sprint')) return { values: [8, 9, 7].map(originBoardId => ({ originBoardId })) } as T;
      const id = url.split('/').at(-1) ?? '';
      if (!(id in places)) throw new Failure('not_found', 'There is no such board.');
      return { id, location: { projectKey: places[id] } } as T;
    },
  } as Parameters<typeof restrictedTo>[1]);
  const read = (path: string) => client.sendRequest({ url: `/rest/agile/1.0/${path}`, method: 'GET' });
  expect(await read('board')).toEqual({ values: [{ id: 8, location: { projectKey: 'ATLAS' } }] });
  expect(await read('board/8/sprint')).toEqual({ values: [{ originBoardId: 8 }] });
});

it.each(['sprint', 'configuration'])('the %s of a board of another project, or of none, is closed', async part => {
  for (const location of [{ projectKey: 'SECRET' }, undefined]) {
    const asked: string[] = [];
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>({ url }: { url: string }) => {
        asked.push(url);
        return { id: 9, location } as T;
      },
    } as Parameters<typeof restrictedTo>[1]);
    const read = client.sendRequest({ url: `/rest/agile/1.0/board/9/${part}`, method: 'GET' });
    await expect(read).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked).toEqual(['/rest/agile/1.0/board/9']);
  }
});

it('fields of a transition lead to no closed project, nor does a field for an epic', async () => {
  const client = restrictedTo(new Set(['ATLAS']), {
    sendRequest: async <T>({ url }: { url: string }) => {
      const key = url.split('/').at(-1) ?? '';
      if (!url.includes('/issue/') || url.endsWith('transitions')) throw new Error('It was sent.');
      return { key, fields: { project: { key: key.split('-')[0] } } } as T;
    },
  } as Parameters<typeof restrictedTo>[1]);
  for (const fields of [{ parent: { key: 'SECRET-1' } }, { customfield_10014: 'SECRET-1' }]) {
    const url = '/rest/api/3/issue/ATLAS-1/transitions';
    const write = client.sendRequest({ url, method: 'POST', body: { fields } });
    await expect(write).rejects.toMatchObject({ code: 'forbidden' });
  }
});

it('a request that is not known is refused where a policy restricts', async () => {
  const client = restrictedTo(new Set(['ATLAS']), {
    sendRequest: async () => {
      throw new Error('It was sent.');
    },
  } as unknown as Parameters<typeof restrictedTo>[1]);
  for (const [method, url] of [
    ['GET', '/rest/api/3/dashboard'],
    ['DELETE', '/rest/api/3/issue/ATLAS-1'],
    ['GET', '/rest/api/3/issue/ATLAS-1/properties'],
    ['POST', '/rest/api/3/project/search'],
    ['GET', '/rest/agile/1.0/epic/1/issue'],
    ['DELETE', '/rest/agile/1.0/sprint/1'],
    ['POST', '/rest/agile/1.0/board/1/issue'],
  ] as const) {
    await expect(client.sendRequest({ url, method })).rejects.toMatchObject({ code: 'forbidden' });
  }
});

describe('saved filters under a policy', () => {
  const isOpenTo =
    (...keys: string[]) =>
    (key: string) =>
      keys.includes(key.toUpperCase());

  it.each<[string, boolean]>([
    ['project = ATLAS AND labels = secret', true],
    ['project in (atlas) and (type = Bug or type = Task) order by rank', true],
    ['status was "In Review" AND "project" = "ATLAS"', true],
    ['assignee = currentUser() AND statusCategory != Done ORDER BY due', true],
    ['status changed to Done after -7d', true],
    ['', true],
    ['project = BEACON', false],
    ['project in (ATLAS, BEACON) AND status = Open', false],
    ['project != ATLAS', false],
    ['NOT project = ATLAS', false],
    ['project = ATLAS OR component = "Beacon engine"', false],
    ['component = "Beacon engine"', false],
    ['NOT (project = ATLAS AND type = Bug)', false],
    ['project = ATLAS AND issue not in linkedIssues("BEACON-1")', false],
    ['project = ATLAS AND parent = beacon-1', false],
    ['project in projectsLeadByUser()', false],
    ['project = 10011', false],
    ['project = ATLAS AND filter = "Beacon blockers"', false],
    ['project = ATLAS AND (', false],
    ['text ~ "beacon launch"', false],
  ])('%j is open to who may see ATLAS alone: %s', (query, isShown) => {
    expect(isOpenFilter(query, isOpenTo('ATLAS'))).toBe(isShown);
  });

  it('are listed and used where they speak of open projects alone, page by page', async () => {
    const names = async (headers: Record<string, string>) => {
      const found: string[] = [];
      for (let pageToken = ''; ; ) {
        const { body } = await jira.read('listFilters', { limit: '2', pageToken }, headers);
        found.push(...body.filters.map(({ name }: { name: string }) => name));
        if (!body.nextPageToken) return found;
        pageToken = body.nextPageToken;
      }
    };
    expect(await names(atlas)).toEqual(['Checkout bugs', 'My open work']);
    expect(await names(beacon)).toEqual(['Alerts to mend', 'My open work', 'Release watch']);
    const search = (filter: string, headers: Record<string, string>) => jira.read('searchIssues', { filter }, headers);
    expect((await search('Checkout bugs', atlas)).body.issues.length).toBeGreaterThan(0);
    const [closedOne, none] = [await search('Alerts to mend', atlas), await search('Alerts to bend', atlas)];
    expect(closedOne.status).toBe(404);
    expect(closedOne.body.detail.replace('mend', '')).toBe(none.body.detail.replace('bend', ''));
    const [closedId, noId] = [await search('10704', atlas), await search('10799', atlas)];
    expect(closedId.status).toBe(404);
    expect(closedId.body.detail.replace('10704', '')).toBe(noId.body.detail.replace('10799', ''));
  });

  it.each([
    ['updateIssue', (sprint: unknown) => ({ issueKey: 'ATLAS-15', additionalFields: { Sprint: sprint } })],
    ['updateIssues', (sprint: unknown) => ({ issueKeys: 'ATLAS-15', sprint: String(sprint) })],
    ['createIssues', (sprint: unknown) => ({ projectId: 'ATLAS', issues: [{ summary: 'x', sprint }] })],
  ])(
    'lets %s put no issue into a sprint of another project, and tells none from one that there is not',
    async (action, input) => {
      const set = async (sprint: unknown) => (await jira.write(action, input(sprint), atlas)).body;
      const [closedOne, none] = [await set(108), await set(999)];
      expect(closedOne.code).toBe('invalid_input');
      expect(closedOne.detail.replace('108', '')).toBe(none.detail.replace('999', ''));
      expect(jira.issue('ATLAS-15').values.customfield_10020 ?? []).toEqual([]);
    },
  );

  it('sends no sprint of another project, whatever wrote it', async () => {
    const sent: string[] = [];
    const client = restrictedTo(new Set(['ATLAS']), {
      sendRequest: async <T>({ url, method }: { url: string; method?: string }) => {
        if (method === 'PUT') sent.push(url);
        if (url.endsWith('/field')) {
          return [{ id: 'customfield_1', name: 'Sprint', schema: { type: 'array', custom: 'x:gh-sprint' } }] as T;
        }
        if (url.endsWith('/sprint/108')) return { originBoardId: 11 } as T;
        if (url.endsWith('/sprint/3')) return { originBoardId: 1 } as T;
        if (url.includes('/board/')) return { location: { projectKey: url.endsWith('/11') ? 'DELTA' : 'ATLAS' } } as T;
        return { key: 'ATLAS-1', fields: { project: { key: 'ATLAS' } } } as T;
      },
      ...noFiles,
    } as Parameters<typeof restrictedTo>[1]);
    const write = (customfield_1: number) =>
      client.sendRequest({ url: '/rest/api/3/issue/ATLAS-1', method: 'PUT', body: { fields: { customfield_1 } } });
    await expect(write(108)).rejects.toMatchObject({ code: 'forbidden' });
    await write(3);
    expect(sent).toHaveLength(1);
  });

  it('counts and blocks only what its callers may see', async () => {
    const { body: all } = await jira.read('searchIssues', { jql: 'created >= -900d', limit: '2' }, atlas);
    expect(all.total).toBe(jira.jira.site.issues.filter(({ key }) => isAtlas(key)).length);
    const { body: made } = await jira.write(
      'createIssue',
      { projectId: 'ATLAS', issueType: 'Task', summary: 'Waits' },
      open,
    );
    await jira.write('linkIssues', { issueKey: 'BEACON-3', linkType: 'blocks', targetIssueKey: made.issueKey }, open);
    const keysOf = async (linked: string, headers: Record<string, string>) =>
      (await jira.read('searchIssues', { projectId: 'ATLAS', linked }, headers)).body.issues.map(
        ({ issueKey }) => issueKey,
      );
    expect(await keysOf('blocked', open)).toContain(made.issueKey);
    expect(await keysOf('blocked', atlas)).not.toContain(made.issueKey);
    const { body } = await jira.read('searchIssues', { projectId: 'ATLAS', linked: 'BEACON-3' }, atlas);
    const { body: none } = await jira.read('searchIssues', { projectId: 'ATLAS', linked: 'BEACON-98765' }, atlas);
    expect([body.code, body.detail.replace('BEACON-3', '')]).toEqual([
      'forbidden',
      none.detail.replace('BEACON-98765', ''),
    ]);
  });
});
