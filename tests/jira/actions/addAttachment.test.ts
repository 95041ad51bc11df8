import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';
import { ana, entra } from '../signedIn.ts';

const app = useJiraApp(entra);
const attach = (input: Record<string, unknown>) => app.write('addAttachment', input, ana);
const files = (issueKey: string) => app.issue(issueKey).attachments;
const last = (issueKey: string) => files(issueKey).at(-1);
const textOf = (issueKey: string) => Buffer.from(last(issueKey)?.bytes ?? []).toString();
const png = Buffer.from('89504e470d0a1a0a0000000d49484452ff00fe80', 'hex');
const upload = '/attachments$';

describe('addAttachment', () => {
  it('attaches a text, in four requests', async () => {
    const issueKey = await app.newTask(ana);
    const text = 'one\ntwo \u{1f600} ü\\n';
    const { body } = await attach({ issueKey, fileName: 'Grüße 日本.log', text });
    expect(body).toMatchObject({ issueKey, title: expect.any(String) });
    expect(body.attached).toEqual([
      { attachmentId: last(issueKey)?.id, name: 'Grüße 日本.log', size: Buffer.byteLength(text) },
    ]);
    expect([textOf(issueKey), last(issueKey)?.mimeType]).toEqual([text, 'text/plain']);
    expect(app.costs()).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      `POST issue/${issueKey}/attachments`,
    ]);
    const sent = app.jira.requests.findLast(({ method }) => method === 'POST');
    expect(sent?.headers['x-atlassian-token']).toBe('no-check');
  });

  it.each([
    ['as it is', png.toString('base64')],
    ['in lines', png.toString('base64').replace(/.{8}/g, '$&\r\n')],
    ['for URLs, without padding', png.toString('base64url')],
    ['behind data:', `data:image/png;base64,${png.toString('base64')}`],
  ])('attaches bytes in base64 %s', async (how, base64) => {
    const issueKey = await app.newTask(ana);
    const { status } = await attach({ issueKey, fileName: `${how.replace(':', '')}.PNG`, base64 });
    expect(status).toBe(200);
    expect([Buffer.from(last(issueKey)?.bytes ?? []), last(issueKey)?.mimeType]).toEqual([png, 'image/png']);
  });

  it.each([
    ['what is no base64', { base64: 'not base64!' }, 'base64', /belongs to no base64/],
    ['base64 that was cut off', { base64: 'QUJDR' }, 'base64', /cut off or damaged/],
    ['base64 with bits too many', { base64: 'QUJ=' }, 'base64', /cut off or damaged/],
    ['base64 with the wrong padding', { base64: 'QUI==' }, 'base64', /does not fit/],
    ['base64 that goes on', { base64: 'QUI=QUI=' }, 'base64', /goes on behind its end/],
    ['a data: URL in no base64', { base64: 'data:text/plain,hello' }, 'base64', /not in base64/],
    ['a data: URL without a comma', { base64: 'data:text/plain;base64' }, 'base64', /not in base64/],
    ['a data: URL of nothing', { base64: 'data:text/plain;base64,' }, 'base64', /It is empty/],
    ['padding alone', { base64: '==' }, 'base64', /It is empty/],
    ['an empty text', { text: '' }, 'text', /./],
    ['nothing', {}, 'text', /text or base64/],
    ['both', { text: 'a', base64: 'QUI=' }, 'base64', /not both/],
    ['no name', { fileName: undefined, text: 'a' }, 'fileName', /name of the file/],
    ['a name of dots', { fileName: '..', text: 'a' }, 'fileName', /name of a file/],
    ['a folder', { fileName: 'logs/', text: 'a' }, 'fileName', /name of a file/],
    ['a name with a line end', { fileName: 'a\r\nX: b.txt', text: 'a' }, 'fileName', /control characters/],
    ['a name that reads backwards', { fileName: 'exe\u202etxt.exe', text: 'a' }, 'fileName', /control characters/],
    ['a name of 300 characters', { fileName: `${'n'.repeat(296)}.txt`, text: 'a' }, 'fileName', /255/],
    ['names of files without an issue', { fileNames: 'a.txt', text: 'a' }, 'fileNames', /fromIssueKey/],
    ['a file and an issue', { fromIssueKey: 'ATLAS-16' }, 'fileName', /Leave it out/],
    ['an audience where there is none', { text: 'a', audience: 'internal' }, 'audience', /not in a service project/],
  ])('refuses %s, and attaches nothing', async (_, input, field, told) => {
    const before = files('ATLAS-2').length;
    const { status, body } = await attach({ issueKey: 'ATLAS-2', fileName: 'a.txt', ...input });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.errors).toEqual([{ field, message: expect.stringMatching(told) }]);
    expect(files('ATLAS-2')).toHaveLength(before);
  });

  it.each([
    ['/mnt/data/screenshot.png', 'screenshot.png'],
    ['C:\\Users\\ana\\error.log', 'error.log'],
    ['../../etc/passwd', 'passwd'],
    ['"a".txt', undefined],
  ])('takes of the path %j its last part', async (fileName, name) => {
    const issueKey = await app.newTask(ana);
    const { body } = await attach({ issueKey, fileName, text: 'a' });
    expect([body.attached[0].name, last(issueKey)?.filename]).toEqual([
      name ?? last(issueKey)?.filename,
      name ?? expect.any(String),
    ]);
  });

  it('attaches the same once, and again on purpose', async () => {
    const issueKey = await app.newTask(ana);
    const input = { issueKey, fileName: 'a.txt', text: 'same' };
    const [first, second] = await Promise.all([attach(input), attach(input)]);
    expect([first.status, second.status, files(issueKey).length]).toEqual([200, 200, 1]);
    expect((await attach(input)).body.deduplicated).toBe(true);
    await attach({ ...input, repeat: true });
    await attach({ ...input, text: 'other' });
    expect(files(issueKey)).toHaveLength(3);
  });

  it('looks whether a file is there when its answer is lost, and never sends it again by itself', async () => {
    const issueKey = await app.newTask(ana);
    app.jira.fail({ method: 'POST', path: upload, reset: 'after' });
    const { body } = await attach({ issueKey, fileName: 'lost.txt', text: 'there' });
    expect(body.attached).toEqual([{ attachmentId: last(issueKey)?.id, name: 'lost.txt', size: 5 }]);
    app.jira.fail({ method: 'POST', path: upload, reset: 'before' });
    const lost = await attach({ issueKey, fileName: 'lost.txt', text: 'there', repeat: true });
    expect([lost.body.code, lost.body.retryable, files(issueKey).length]).toEqual(['upstream_timeout', false, 1]);
  });

  it.each([
    [413, '{"errorMessages":["The file exceeds the maximum of 1.00 kB."]}', 'invalid_input', /takes no file as large/],
    [403, '{"errorMessages":["Attachments are disabled."]}', 'forbidden', /turned off.*disabled/],
    [404, '{"errorMessages":["Attachments are disabled."]}', 'forbidden', /turned off/],
    [403, 'XSRF check failed', 'forbidden', /may not attach/],
  ])('tells what a refusal with %i means', async (status, answer, code, told) => {
    app.jira.fail({ method: 'POST', path: upload, status, body: answer });
    const { body } = await attach({ issueKey: 'ATLAS-2', fileName: `${status}-${answer.length}.txt`, text: 'a' });
    expect([body.code, body.detail]).toEqual([code, expect.stringMatching(told)]);
  });

  it('takes as much as a request holds', async () => {
    const issueKey = await app.newTask(ana);
    const bytes = Buffer.alloc(700_000, 'ab');
    const { body } = await attach({ issueKey, fileName: 'big.bin', base64: bytes.toString('base64') });
    expect(body.attached[0].size).toBe(700_000);
    const { body: refused } = await attach({ issueKey, fileName: 'big.bin', base64: 'A'.repeat(960_001) });
    expect(refused.errors).toEqual([{ field: 'base64', message: expect.stringContaining('at most 960,000') }]);
  });
});

describe('in a service project', () => {
  it.each([
    ['internal', false],
    ['public', true],
  ])('a file is %s, by the service desk, with a comment that is the user’s', async (audience, isPublic) => {
    const { body } = await attach({ issueKey: 'HELP-1', fileName: `${audience}.txt`, text: 'a', audience });
    expect([body.audience, body.note, body.attached[0].attachmentId]).toEqual([
      audience,
      expect.stringMatching(isPublic ? /a public comment/ : /an internal comment/),
      last('HELP-1')?.id,
    ]);
    expect(app.issue('HELP-1').comments.at(-1)?.isPublic).toBe(isPublic);
    expect(app.costs().filter(cost => cost.startsWith('POST'))).toEqual([
      'POST /rest/servicedeskapi/request/HELP-1/attachment',
      'POST /rest/servicedeskapi/servicedesk/7/attachTemporaryFile',
    ]);
    const { body: edited } = await app.write('editComment', { issueKey: 'HELP-1', comment: `Mine, ${audience}` }, ana);
    expect([edited.audience, edited.after]).toEqual([audience, `Mine, ${audience}`]);
  });

  it('nothing is sent before it is told who sees it', async () => {
    const { body } = await attach({ issueKey: 'HELP-1', fileName: 'a.txt', text: 'a' });
    expect(body.errors).toEqual([{ field: 'audience', message: expect.stringMatching(/who sees the file.*customer/) }]);
    expect(app.costs().filter(cost => cost.startsWith('POST'))).toEqual([]);
  });

  it('a file that did not come is attached by the same call made again', async () => {
    const before = files('HELP-1').length;
    app.jira.fail({ method: 'POST', path: 'attachTemporaryFile$', reset: 'after' });
    const input = { issueKey: 'HELP-1', fileName: 'again.txt', text: 'a', audience: 'internal' };
    const { body } = await attach(input);
    expect([body.code, body.retryable, body.detail]).toEqual([
      'upstream_error',
      true,
      expect.stringContaining('nothing was'),
    ]);
    expect((await attach(input)).status).toBe(200);
    expect(files('HELP-1')).toHaveLength(before + 1);
  });

  it('an issue that is no request takes no file that is to be internal', async () => {
    const task = { projectId: 'HELP', issueType: 'Task', summary: 'Order a printer' };
    const { issueKey } = (await app.write('createIssue', task, ana)).body;
    const input = { issueKey, fileName: 'a.txt', text: 'a' };
    expect((await attach({ ...input, audience: 'internal' })).body.code).toBe('conflict');
    expect((await attach({ ...input, audience: 'public' })).body.attached).toHaveLength(1);
  });
});

describe('copying', () => {
  it('takes the files of another issue, each once', async () => {
    const issueKey = await app.newTask(ana);
    const { body } = await attach({ issueKey, fromIssueKey: 'ATLAS-16' });
    const there = files('ATLAS-16').filter(({ bytes }) => bytes);
    expect(body.attached.map(({ name }: { name: string }) => name)).toEqual(there.map(({ filename }) => filename));
    expect(files(issueKey).map(({ bytes }) => Buffer.from(bytes ?? []))).toEqual(
      there.map(({ bytes }) => Buffer.from(bytes ?? [])),
    );
    const { body: again } = await attach({ issueKey, fromIssueKey: 'ATLAS-16', repeat: true });
    expect([again.code, again.detail]).toEqual(['conflict', expect.stringContaining('there already')]);
  });

  it('takes those that are named, and says which there are', async () => {
    const issueKey = await app.newTask(ana);
    const [name = ''] = files('ATLAS-16')
      .filter(({ bytes }) => bytes)
      .map(({ filename }) => filename);
    const { body } = await attach({ issueKey, fromIssueKey: 'ATLAS-16', fileNames: name.toUpperCase() });
    expect(body.attached).toHaveLength(1);
    const { body: missing } = await attach({ issueKey, fromIssueKey: 'ATLAS-16', fileNames: 'nothing.txt' });
    expect([missing.code, missing.detail]).toEqual(['not_found', expect.stringContaining(name)]);
  });

  it('goes on behind what cannot be read, and says what was left and why', async () => {
    const issueKey = await app.newTask(ana);
    app.jira.fail({ method: 'GET', path: 'attachment/content/', status: 404, body: '{"errorMessages":["Gone."]}' });
    const { body } = await attach({ issueKey, fromIssueKey: 'ATLAS-16' });
    expect(body.attached).toHaveLength(files('ATLAS-16').length - 1);
    expect(body.notAttached).toEqual([{ name: files('ATLAS-16')[0]?.filename, reason: expect.any(String) }]);
    expect(body.note).toContain('repeat: true');
    await attach({ issueKey, fromIssueKey: 'ATLAS-16', repeat: true });
    expect(files(issueKey)).toHaveLength(files('ATLAS-16').length);
  });

  it('ends where it is refused, and says so', async () => {
    app.jira.fail({ method: 'POST', path: upload, status: 403, body: '{"errorMessages":["No."]}' });
    const { body } = await attach({ issueKey: 'ATLAS-3', fromIssueKey: 'ATLAS-16' });
    expect([body.code, files('ATLAS-3').length]).toEqual(['forbidden', 0]);
  });

  it('leaves what is unsure, and what is behind it, and tells both', async () => {
    const issueKey = await app.newTask(ana);
    app.jira.fail({ method: 'POST', path: upload, delayMs: 0 });
    app.jira.fail({ method: 'POST', path: upload, reset: 'before' });
    const { body } = await attach({ issueKey, fromIssueKey: 'ATLAS-16' });
    expect([body.attached.length, files(issueKey).length]).toEqual([1, 1]);
    expect(body.notAttached.map(({ reason }: { reason: string }) => reason)).toEqual([
      expect.stringContaining('may or may not'),
      ...files('ATLAS-16')
        .slice(2)
        .map(() => expect.stringContaining('not begun')),
    ]);
  });

  it('leaves out what only a restricted comment shows', async () => {
    const [issueKey, from] = [await app.newTask(ana), await app.newTask(ana)];
    await attach({ issueKey: from, fileName: 'secret.txt', text: 'secret' });
    await attach({ issueKey: from, fileName: 'open.txt', text: 'open' });
    const [secret] = files(from);
    app.issue(from).comments.push({
      id: '77001',
      authorId: '712020:00000000-0000-4000-8000-000000000003',
      created: Date.now(),
      isPublic: true,
      role: 'Administrators',
      body: {
        type: 'doc',
        version: 1,
        content: [
          {
            type: 'mediaSingle',
            content: [{ type: 'media', attrs: { type: 'file', id: 'x', alt: secret?.filename } }],
          },
        ],
      },
    });
    const { body } = await attach({ issueKey, fromIssueKey: from });
    expect(body.attached).toEqual([expect.objectContaining({ name: 'open.txt' })]);
    expect([body.note, JSON.stringify(body).includes('secret')]).toEqual([
      expect.stringContaining('Left out: 1'),
      false,
    ]);
  });

  it('keeps a policy: nothing from a closed project, and nothing to one', async () => {
    const POLICY = JSON.stringify({ default: { systems: { jira: { projects: ['ATLAS', 'HELP'] } } } });
    const restricted = await startJiraApp({ ...entra, POLICY }, app.jira);
    const issueKey = await app.newTask(ana);
    for (const input of [
      { issueKey, fromIssueKey: 'BEACON-3' },
      { issueKey: 'BEACON-1', fromIssueKey: 'ATLAS-16' },
      { issueKey: 'BEACON-1', fileName: 'a.txt', text: 'a' },
    ]) {
      const { body } = await restricted.write('addAttachment', input, ana);
      expect([body.code, JSON.stringify(body).includes('disk-usage')]).toEqual(['forbidden', false]);
    }
    const open = { issueKey, fromIssueKey: 'ATLAS-16', fileNames: 'payments.log' };
    expect((await restricted.write('addAttachment', open, ana)).body.attached).toHaveLength(1);
    const desk = { issueKey: 'HELP-1', fileName: 'b.txt', text: 'b', audience: 'internal' };
    expect((await restricted.write('addAttachment', desk, ana)).body.attached).toHaveLength(1);
    await restricted.stop();
  });
});

agreesWithOpenApi(() => app.jira);

it('copies the picture of a request, tells how customers are shown it, and has HTTP archives as JSON', async () => {
  const from = { fromIssueKey: 'HELP-2', issueKey: 'HELP-4', audience: 'public' };
  const { body } = await attach(from);
  expect(body.attached).toMatchObject([{ name: 'vpn-error.png' }]);
  expect(body.note).toContain('a public comment');
  expect(Buffer.from(last('HELP-4')?.bytes ?? [])).toEqual(Buffer.from(files('HELP-2')[0]?.bytes ?? []));
  const read = { issueKey: 'HELP-2', attachmentId: files('HELP-2')[0]?.id ?? '' };
  expect((await app.read('getAttachment', read, ana)).body).toMatchObject({ mimeType: 'image/png' });
  app.jira.fail({ path: '/attachment/content/', status: 404, body: '{"errorMessages":["Not there."]}' });
  const { body: gone } = await app.read('getAttachment', read, ana);
  expect([gone.code, gone.detail]).toEqual(['not_found', expect.stringContaining('open it in Jira, or attach it')]);
  const issueKey = await app.newTask(ana);
  await attach({ issueKey, fileName: 'net.HAR', text: '{"log":{}}' });
  expect(last(issueKey)?.mimeType).toBe('application/json');
});
