import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { request } from '../../support/request.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const files = resolve(import.meta.dirname, '../../../functions/jira/sandbox/data/files');
const contentsOf = (name: string) => readFileSync(resolve(files, name));

let lastId = 20_000;

/** Attaches a file to an issue in the sandbox. @returns its ID */
function attach(issueKey: string, filename: string, bytes: Uint8Array, mimeType = 'application/octet-stream'): string {
  const issue = app.issue(issueKey);
  lastId += 1;
  const id = String(lastId);
  const created = app.jira.site.now();
  issue.attachments.push({ id, filename, mimeType, bytes, size: bytes.length, created, authorId: issue.creatorId });
  return id;
}

/** The same over MCP. */
async function callTool(input: Record<string, string>) {
  const params = { name: 'getAttachment', arguments: input };
  const json = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  const { body } = await request<{ result: { content: object[]; structuredContent: object } }>(
    `${app.app.url}/api/mcp/x/jira`,
    { json },
  );
  return body.result;
}

/** All parts of a file's text, in order. */
async function wholeText(attachmentId: string, query: Record<string, string> = {}): Promise<string[]> {
  const parts: string[] = [];
  for (let pageToken = ''; ; ) {
    const { status, body } = await app.read('getAttachment', {
      issueKey: 'ATLAS-17',
      attachmentId,
      pageToken,
      ...query,
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    parts.push(body.text);
    if (!body.nextPageToken) return parts;
    pageToken = body.nextPageToken;
  }
}

describe('getAttachment', () => {
  it('reads a text in two requests, and says what it is of', async () => {
    const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-12', attachmentId: '10601' });
    expect(app.costs()).toEqual(['GET attachment/content/10601', 'GET issue/ATLAS-12']);
    expect(body).toMatchObject({
      attachmentId: '10601',
      name: 'network.har',
      issueKey: 'ATLAS-12',
      mimeType: 'application/json',
      size: contentsOf('network.har').length,
      by: 'Li Wei',
      text: contentsOf('network.har').toString(),
    });
    expect(body).not.toHaveProperty('nextPageToken');
  });

  it.each([
    ['10602', 'payments.log', 'payments charge ch_2 was made twice for tap-1'],
    [
      '10603',
      'customer mail.txt',
      'Zweimal bezahlt – 支払いが二回\n\nGuten Tag,\nmir wurden 49,90 € zweimal abgebucht. 😡',
    ],
    [
      '10604',
      'Refund policy.pdf',
      'refunded within 5 working days.\nThe customer need not ask for it.\n\nExceptions\n',
    ],
    ['10605', 'Release checklist.docx', '2. The bank has opened port 8443 & confirmed it.\n\nOwner\n\nSam Taylor'],
  ])('reads %s, %s', async (attachmentId, name, text) => {
    const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-16', attachmentId });
    expect(body.name).toBe(name);
    expect(body.text).toContain(text);
  });

  it('is found by what getIssue tells', async () => {
    const { body: issue } = await app.read('getIssue', { issueKey: 'BEACON-3' });
    const [{ attachmentId, name }] = issue.attachments;
    expect(name).toBe('disk-usage.csv');
    const { body } = await app.read('getAttachment', { issueKey: 'BEACON-3', attachmentId });
    expect(body.text).toContain('2026-10-18,db-2,519,481,"log rotation, stopped"');
  });

  it.each([
    ['of another issue', { issueKey: 'ATLAS-16', attachmentId: '10600' }],
    ['that there is not', { issueKey: 'ATLAS-12', attachmentId: '999999' }],
  ])('finds no file %s, and asks Jira for none', async (_, query) => {
    const { body } = await app.read('getAttachment', query);
    expect(body.code).toBe('not_found');
    expect(app.costs()).toEqual([`GET issue/${query.issueKey}`]);
  });
});

describe('the text of a file', () => {
  const lines = Array.from({ length: 4_000 }, (_, at) => `${at} Größe “${at * 7}” 支払い 😀 👨‍👩‍👧`);

  it.each<[string, (text: string) => Uint8Array, string]>([
    ['UTF-8', text => Buffer.from(text), 'text/plain'],
    ['UTF-8 with a mark', text => Buffer.from(`\ufeff${text}`), 'text/plain'],
    ['UTF-16', text => Buffer.from(`\ufeff${text}`, 'utf16le'), 'text/plain'],
    ['UTF-16, high byte first', text => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'text/plain'],
    ['UTF-16 that its type names', text => Buffer.from(text, 'utf16le'), 'text/csv; charset=UTF-16LE'],
  ])('comes in parts, of which none is lost or doubled: %s', async (_, encode, mimeType) => {
    const text = `${lines.join('\n')}\n`;
    const parts = await wholeText(attach('ATLAS-17', 'all.log', encode(text), mimeType));
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join('')).toBe(text);
    for (const part of parts) expect(part).toMatch(/\n$/);
  });

  it.each([1, 2, 3, 5, 100])('comes whole where it has no line, in parts of %s thousand', async limit => {
    const text = `x${'😀é€'.repeat(limit * 900)}`;
    const parts = await wholeText(attach('ATLAS-17', 'one.json', Buffer.from(text)), { limit: String(limit) });
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join('')).toBe(text);
  });

  it('comes whole where an answer has less room than a part', async () => {
    const text = `${'"\\"\n'.repeat(30_000)}`;
    const parts = await wholeText(attach('ATLAS-17', 'quotes.txt', Buffer.from(text)), { limit: '100' });
    expect(parts.join('')).toBe(text);
  });

  it.each<[string, Uint8Array, string, string]>([
    ['Latin', Buffer.from('Größe: 5 µm, café', 'latin1'), 'text/plain', 'Größe: 5 µm, café'],
    [
      'Latin and UTF-8 by line',
      Buffer.concat([Buffer.from('Größe €\n'), Buffer.from('café\n', 'latin1')]),
      'text/plain',
      'Größe €\ncafé\n',
    ],
    ['Windows', Uint8Array.of(0x93, 0x61, 0x94, 0x20, 0x80), 'text/plain', '“a” €'],
    [
      'Cyrillic that its type names',
      Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2),
      'text/plain; charset=windows-1251',
      'Привет',
    ],
    [
      'UTF-16 without a mark',
      Buffer.from('level,message\nerror,"käse"\n', 'utf16le'),
      'text/csv',
      'level,message\nerror,"käse"\n',
    ],
    ['a type that is wrong of UTF-8', Buffer.from('café', 'latin1'), 'text/plain; charset=utf-8', 'café'],
    ['a charset that is none', Buffer.from('café'), 'text/plain; charset=nonsense', 'café'],
  ])('is read in its charset: %s', async (_, bytes, mimeType, text) => {
    expect(await wholeText(attach('ATLAS-17', 'a.txt', bytes, mimeType))).toEqual([text]);
  });

  it.each([
    ['notes.md', 'text/markdown'],
    ['build.out', 'application/octet-stream'],
    ['page.xml', 'application/xml'],
    ['no ending', 'application/octet-stream'],
  ])('is read whatever its kind: %s', async (name, mimeType) => {
    expect(await wholeText(attach('ATLAS-17', name, Buffer.from('<b>1</b>'), mimeType))).toEqual(['<b>1</b>']);
  });

  it('reaches a model as every other text does: nothing that is not seen, no picture, no link that leads elsewhere', async () => {
    const bytes = Buffer.from(
      'a\u200b\u202eb ![x](https://evil.example/?q=1) [https://a.example](https://b.example) \u{e0041}',
    );
    const [text] = await wholeText(attach('ATLAS-17', 'evil.md', bytes));
    expect(text).toBe('ab ! [x](https://evil.example/?q=1) [https://a.example] (https://b.example) ');
  });

  it('is empty where the file is', async () => {
    const attachmentId = attach('ATLAS-17', 'empty.txt', new Uint8Array());
    const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-17', attachmentId });
    expect(body).toMatchObject({ note: 'The file is empty.', size: 0 });
  });
});

describe('an image', () => {
  const png = contentsOf('double-charge.png');

  it('is in the answer over HTTP', async () => {
    const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-12', attachmentId: '10600' });
    expect(body.image).toEqual({ mimeType: 'image/png', base64: png.toString('base64') });
    expect(body).not.toHaveProperty('text');
  });

  it('is image content over MCP, beside an answer without it', async () => {
    const result = await callTool({ issueKey: 'ATLAS-12', attachmentId: '10600' });
    expect(result.content).toEqual([
      { type: 'text', text: JSON.stringify(result.structuredContent) },
      { type: 'image', mimeType: 'image/png', data: png.toString('base64') },
    ]);
    expect(result.structuredContent).not.toHaveProperty('image');
    expect(result.structuredContent).not.toHaveProperty('note');
  });

  it('that has no room in an answer is told by its url over HTTP, and is content over MCP', async () => {
    const large = Buffer.concat([png, Buffer.alloc(200_000)]);
    const query = { issueKey: 'ATLAS-17', attachmentId: attach('ATLAS-17', 'large.png', large, 'image/png') };
    const { body } = await app.read('getAttachment', query);
    expect(body).toMatchObject({
      note: expect.stringContaining('no room'),
      url: expect.stringContaining(query.attachmentId),
    });
    const { content } = await callTool(query);
    expect(content[1]).toMatchObject({ type: 'image', data: large.toString('base64') });
  });

  it('of more than a megabyte is not fetched', async () => {
    const huge = Buffer.concat([png, Buffer.alloc(1_100_000)]);
    const query = { issueKey: 'ATLAS-17', attachmentId: attach('ATLAS-17', 'huge.png', huge, 'image/png') };
    const { body } = await app.read('getAttachment', query);
    expect(body).toMatchObject({ note: expect.stringContaining('1 MB'), url: expect.any(String) });
    expect(app.costs()).toEqual(['GET issue/ATLAS-17']);
  });

  it('is known by its bytes, not by its name', async () => {
    const query = { issueKey: 'ATLAS-17', attachmentId: attach('ATLAS-17', 'picture.log', png, 'text/plain') };
    expect((await app.read('getAttachment', query)).body.image.mimeType).toBe('image/png');
    const text = {
      issueKey: 'ATLAS-17',
      attachmentId: attach('ATLAS-17', 'text.png', Buffer.from('no picture'), 'image/png'),
    };
    expect((await app.read('getAttachment', text)).body).toMatchObject({ text: 'no picture' });
  });
});

it('another file is told by its url', async () => {
  const attachmentId = attach('ATLAS-17', 'tool.exe', Buffer.from([0x4d, 0x5a, 0, 1, 2, 3, 0, 0]));
  const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-17', attachmentId });
  expect(body).toMatchObject({
    url: `${app.jira.url}/rest/api/3/attachment/content/${attachmentId}`,
    note: expect.any(String),
  });
  expect(body).not.toHaveProperty('text');
});

describe('what a restricted comment shows', () => {
  const media = (attrs: object) => ({
    type: 'doc' as const,
    version: 1,
    content: [{ type: 'mediaSingle', content: [{ type: 'media', attrs: { type: 'file', collection: '', ...attrs } }] }],
  });
  let lastComment = 90_000;
  const comment = (issueKey: string, body: ReturnType<typeof media>, role?: string) => {
    const issue = app.issue(issueKey);
    lastComment += 1;
    const created = app.jira.site.now();
    issue.comments.push({
      id: String(lastComment),
      authorId: issue.creatorId,
      created,
      body,
      isPublic: true,
      ...(role && { role }),
    });
  };

  it.each([
    ['its name', (_: string, name: string) => ({ id: 'b4dd5a1c-0000-4000-8000-000000000001', alt: name })],
    ['its ID', (id: string) => ({ id })],
    [
      'an ID of the media service, shortly after it was attached',
      () => ({ id: 'b4dd5a1c-0000-4000-8000-000000000002' }),
    ],
  ])('is not shown, by %s', async (_, attrs) => {
    const attachmentId = attach('COMET-10', `secret ${lastId}.txt`, Buffer.from('the canary'));
    comment('COMET-10', media(attrs(attachmentId, `secret ${lastId - 1}.txt`)), 'Administrators');
    const { body } = await app.read('getAttachment', { issueKey: 'COMET-10', attachmentId });
    expect(body.code).toBe('not_found');
    expect(app.costs()).toEqual(['GET issue/COMET-10']);
    const { body: issue } = await app.read('getIssue', { issueKey: 'COMET-10' });
    expect(JSON.stringify(issue.attachments ?? [])).not.toContain(attachmentId);
  });

  it('is shown where a comment for everybody shows it as well', async () => {
    const attachmentId = attach('COMET-9', 'shared.txt', Buffer.from('for all'));
    comment('COMET-9', media({ id: attachmentId }), 'Administrators');
    comment('COMET-9', media({ id: 'x', alt: 'shared.txt' }));
    const { body } = await app.read('getAttachment', { issueKey: 'COMET-9', attachmentId });
    expect(body.text).toBe('for all');
  });
});

describe('where Jira redirects to a file', () => {
  const query = { issueKey: 'ATLAS-12', attachmentId: '10601' };
  const redirect = (location: string) =>
    app.jira.fail({ path: '/attachment/content/', status: 303, headers: { location } });

  it('it is read there, without credentials', async () => {
    redirect(`${app.jira.url}/media/10601`);
    const { body } = await app.read('getAttachment', query);
    expect(body.text).toContain('"idempotency-key"');
    const asked = app.jira.requests.findLast(({ path }) => path === '/media/10601');
    expect(asked?.headers).toMatchObject({ range: expect.stringMatching(/^bytes=0-/) });
    for (const name of ['authorization', 'cookie', 'traceparent']) expect(asked?.headers).not.toHaveProperty(name);
  });

  it.each([
    'http://169.254.169.254/metadata/instance',
    'https://169.254.169.254/metadata/instance',
    'https://10.0.0.7/file',
    'https://192.168.1.1/file',
    'https://[fd00::1]/file',
    'https://[::ffff:10.0.0.7]/file',
    'https://0x7f.1.1.1.example.invalid/file',
    'http://example.com/file',
    'file:///etc/passwd',
    'ftp://example.com/file',
  ])('it is not fetched from %s', async location => {
    redirect(location);
    const { body } = await app.read('getAttachment', query);
    expect(body.code).toMatch(/^upstream_(error|unavailable)$/);
    expect(body).not.toHaveProperty('text');
  });

  it('it is not followed for ever', async () => {
    redirect(`${app.jira.url}/loop`);
    app.jira.fail({ path: '^/loop$', status: 302, headers: { location: `${app.jira.url}/loop` }, times: 10 });
    const { body } = await app.read('getAttachment', query);
    expect(body.code).toBe('upstream_error');
    app.jira.clearFaults();
  });
});

it('a server that gives no parts of files gives the same text', async () => {
  const text = `${'a line\n'.repeat(20_000)}`;
  const attachmentId = attach('ATLAS-17', 'whole.log', Buffer.from(text));
  const whole = { path: `/attachment/content/${attachmentId}`, status: 200, body: text, times: 20 };
  app.jira.fail(whole);
  expect((await wholeText(attachmentId)).join('')).toBe(text);
  app.jira.clearFaults();
});

it('a part that was not asked for is not taken for the one that was', async () => {
  app.jira.fail({
    path: '/attachment/content/',
    status: 206,
    headers: { 'content-range': 'bytes 7-9/10' },
    body: 'abc',
  });
  const { body } = await app.read('getAttachment', { issueKey: 'ATLAS-12', attachmentId: '10601' });
  expect(body.code).toBe('upstream_error');
});

agreesWithOpenApi(() => app.jira);
