import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';

interface Updates {
  project: { key: string; name: string };
  since: string;
  summary: string;
  updates: {
    issueKey: string;
    updatedAt: string;
    url: string;
    moreChanges?: boolean;
    changes: { at: string; by?: string; field: string; from?: string; to?: string; text?: string }[];
  }[];
  nextPageToken?: string;
  truncated?: boolean;
}

const app = useJiraApp({ MAX_RESPONSE_BYTES: '200000' });

const get = <Body = Updates>(input: Record<string, string>, { read } = app) => read<Body>('getProjectUpdates', input);

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('getProjectUpdates', () => {
  it('tells what changed in a project in one Jira request, newest first, with a summary', async () => {
    const { status, body } = await get({ projectId: 'atlas', since: '7d' });
    expect(status).toBe(200);
    expect(body.project).toEqual({ key: 'ATLAS', name: 'Atlas' });
    expect(app.costs()).toHaveLength(1);
    expect(body.updates.length).toBeGreaterThan(5);
    expect(body.summary).toMatch(new RegExp(`^${body.updates.length} issues changed in the last 7 days: `));
    const times = body.updates.map(update => update.updatedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(body.updates.every(({ url, issueKey }) => url === `${app.jira.url}/browse/${issueKey}`)).toBe(true);
  });

  it('leaves out changes and comments from before the window', async () => {
    const { body } = await get({ projectId: 'ATLAS', since: '3d', limit: '100' });
    const changes = body.updates.flatMap(update => update.changes);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter(({ at }) => at < body.since)).toEqual([]);
    expect(new Date(body.since).getTime()).toBeCloseTo(daysAgo(3).getTime(), -5);
    const { body: wider } = await get({ projectId: 'ATLAS', since: '60d', limit: '100' });
    expect(wider.updates.flatMap(update => update.changes).length).toBeGreaterThan(changes.length);
  });

  it('shows status moves with who, from and to, comments in Markdown, and issues that were created', async () => {
    const { body } = await get({ projectId: 'ATLAS', since: '60d', limit: '100' });
    const changes = body.updates.flatMap(update => update.changes);
    expect(changes.find(({ field, from }) => field === 'status' && from)).toMatchObject({
      by: expect.any(String),
      to: expect.any(String),
    });
    const comments = changes.filter(({ field }) => field === 'comment');
    expect(comments.length).toBeGreaterThan(0);
    expect(comments.every(({ text }) => typeof text === 'string' && !text.includes('"type":'))).toBe(true);
    expect(changes.some(({ field }) => field === 'created')).toBe(true);
  });

  it('goes through all pages, each in one request, without losing or repeating an issue', async () => {
    const { body: whole } = await get({ projectId: 'ATLAS', since: '60d', limit: '100' });
    const keys: string[] = [];
    let pages = 0;
    app.costs();
    for (let pageToken: string | undefined = ''; pageToken !== undefined; pages += 1) {
      const { body }: { body: Updates } = await get({ projectId: 'ATLAS', since: '60d', limit: '7', pageToken });
      keys.push(...body.updates.map(({ issueKey }) => issueKey));
      expect(body.updates.length).toBeLessThanOrEqual(7);
      expect(body.summary.includes('next page')).toBe(body.nextPageToken !== undefined);
      pageToken = body.nextPageToken;
    }
    expect(keys).toEqual(whole.updates.map(({ issueKey }) => issueKey));
    expect(app.costs()).toHaveLength(pages);
  });

  it('cuts an answer to the size limit and loses nothing on the following pages', async () => {
    const small = await startJiraApp({ MAX_RESPONSE_BYTES: '6000' }, app.jira);
    const { body: whole } = await get({ projectId: 'ATLAS', since: '60d', limit: '100' });
    const keys: string[] = [];
    let sawTruncated = false;
    for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
      const response = await fetch(
        `${small.app.url}/api/jira/getProjectUpdates?projectId=ATLAS&since=60d&limit=50&pageToken=${pageToken}`,
      );
      const text = await response.text();
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6000);
      const body = JSON.parse(text) as Updates;
      sawTruncated ||= body.truncated === true;
      keys.push(...body.updates.map(({ issueKey }) => issueKey));
      pageToken = body.nextPageToken;
    }
    await small.stop();
    expect(sawTruncated).toBe(true);
    expect(keys).toEqual(whole.updates.map(({ issueKey }) => issueKey));
  });

  it('takes a date-time and a numeric project ID', async () => {
    const day = daysAgo(20).toISOString().slice(0, 10);
    expect((await get({ projectId: 'ATLAS', since: `${day}T10:00:00+02:00` })).body.since).toBe(
      `${day}T09:00:00+01:00`,
    );
    const { id } = (await (
      await fetch(`${app.jira.url}/rest/api/3/project/ATLAS`, {
        headers: {
          authorization: `Basic ${Buffer.from(`${app.jira.settings.JIRA_EMAIL}:${app.jira.settings.JIRA_API_TOKEN}`).toString('base64')}`,
        },
      })
    ).json()) as { id: string };
    expect((await get({ projectId: id })).body.project.key).toBe('ATLAS');
  });

  it('says that nothing changed, with the name from a second request', async () => {
    const { body } = await get({ projectId: 'COMET', since: '7d' });
    expect(body.updates).toEqual([]);
    expect(body.summary).toMatch(/^Nothing changed in Comet in the last 7 days/);
    expect(app.costs()).toHaveLength(2);
  });

  it('says so when there is no such project', async () => {
    const { status, body } = await get<{ code: string; detail: string }>({ projectId: 'NOPE' });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    expect(body.detail).toContain('NOPE');
  });

  it.each([
    '../../3/myself',
    'ATLAS" OR project = "BEACON',
    'A/B',
    'ATLAS?x=1',
    '%2e%2e',
    'ATLAS\n',
    '-1',
    '',
    'A'.repeat(300),
    'ÄTLAS',
  ])('never sends the project ID %j upstream', async projectId => {
    const { status } = await get({ projectId, since: '1d' });
    // Blanks around a key are forgiven; anything within it is not.
    expect(status).toBe(projectId.trim() === 'ATLAS' ? 200 : 400);
    expect(app.costs()).toHaveLength(projectId.trim() === 'ATLAS' ? 1 : 0);
  });

  it.each(['tomorrow', '7 years', '2026-13-01', '-7d', '2999-01-01', '0d'])(
    'refuses since=%s and says what it takes',
    async since => {
      const { status, body } = await get<{ errors: { field: string }[] }>({ projectId: 'ATLAS', since });
      expect(status).toBe(400);
      expect(body.errors[0]?.field).toBe('since');
    },
  );
});

describe('getProjectUpdates, of an answer that Jira has cut', () => {
  const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3_600_000).toISOString().replace('Z', '+0000');
  const issue = (key: string, fields: object, changelog: object) => ({
    id: '1',
    key,
    fields: { summary: key, updated: at(1), created: at(1000), project: { key: 'CUT', name: 'Cut' }, ...fields },
    changelog,
  });

  const answerNext = (...issues: object[]) => app.answerNext('search/jql$', { isLast: true, issues });

  it('marks the issues whose changes or comments are not all there', async () => {
    const whole = {
      startAt: 0,
      maxResults: 100,
      total: 1,
      histories: [{ id: '1', created: at(2), items: [{ field: 'status', fromString: null, toString: 'Done' }] }],
    };
    const comment = { id: '1', created: at(3), updated: at(3), body: { type: 'doc', version: 1, content: [] } };
    answerNext(
      issue('CUT-1', { comment: { comments: [comment], total: 1, maxResults: 20, startAt: 0 } }, whole),
      issue('CUT-2', {}, { ...whole, total: 150 }),
      issue('CUT-3', { comment: { comments: [comment], total: 21, maxResults: 1, startAt: 0 } }, whole),
      issue('CUT-4', { updated: at(200) }, whole),
    );
    const { body } = await get({ projectId: 'CUT' });
    expect(body.summary).toContain('only some of what happened to CUT-2, CUT-3');
    expect(body.updates.map(({ issueKey, moreChanges }) => [issueKey, moreChanges])).toEqual([
      ['CUT-1', undefined],
      ['CUT-2', true],
      ['CUT-3', true],
    ]);
  });

  it('does not lose the rest for what it cannot read, and leaves out restricted comments', async () => {
    const comments = [
      {
        id: '1',
        created: at(2),
        updated: at(2),
        body: { type: 'doc', version: 1, content: [{ type: 'text', text: 'for all' }] },
      },
      {
        id: '2',
        created: at(2),
        updated: at(2),
        body: 'for few',
        visibility: { type: 'role', value: 'Administrators' },
      },
    ];
    const histories = [
      { id: '1' },
      { id: '2', created: at(2), author: null },
      { id: '3', created: at(2), items: [{ fieldId: 'status', toString: 'Done' }] },
    ];
    answerNext(
      issue('CUT-5', { status: {}, comment: { comments, total: 2 } }, { histories, total: 3 }),
      issue('CUT-6', { comment: {} }, {}),
    );
    const { body } = await get({ projectId: 'CUT' });
    expect(body.updates).toEqual([
      expect.objectContaining({
        issueKey: 'CUT-5',
        moreChanges: true,
        changes: [
          expect.objectContaining({ field: 'status', to: 'Done' }),
          expect.objectContaining({ field: 'comment', text: 'for all' }),
        ],
      }),
      expect.objectContaining({ issueKey: 'CUT-6', changes: [] }),
    ]);
  });

  it('asks Jira only for the fields that it uses, in a bounded and ordered search', async () => {
    await get({ projectId: 'ATLAS' });
    const sent = app.sent('POST', /search\/jql$/);
    expect(sent).toMatchObject({ expand: 'changelog', maxResults: 25 });
    expect(sent.jql).toMatch(/^project = "ATLAS" AND updated >= "-\d+m" ORDER BY updated DESC, key DESC$/);
    expect(sent.fields).not.toContain('*all');
  });
});

agreesWithOpenApi(() => app.jira);
