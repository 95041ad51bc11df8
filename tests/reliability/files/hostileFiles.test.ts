import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useJiraApp } from '../../jira/harness.ts';
import { deflated, docx, paragraph, pdf, textPage } from '../../support/documents.ts';

const app = useJiraApp({ ACTION_TIMEOUT_MS: '8000' });

let lastId = 30_000;

/** Attaches a file to an issue in the sandbox. @returns how it is asked for */
function attach(filename: string, bytes: Uint8Array) {
  const issue = app.issue('ATLAS-17');
  lastId += 1;
  const file = { id: String(lastId), filename, mimeType: 'application/octet-stream', bytes, size: bytes.length };
  issue.attachments.push({ ...file, created: app.jira.site.now(), authorId: issue.creatorId });
  return { issueKey: 'ATLAS-17', attachmentId: file.id };
}

const good = docx(paragraph('Still here.'));

/** A Word document whose archive says that its text is small, while it inflates to much more. */
function lyingArchive(): Uint8Array {
  const archive = Buffer.from(docx(paragraph('x')));
  const bomb = deflateRawSync(Buffer.alloc(32 << 20, 0x20), { level: 9 });
  const name = Buffer.from('word/bomb.xml');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(bomb.length, 18);
  local.writeUInt32LE(100, 22);
  local.writeUInt16LE(name.length, 26);
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const start = archive.readUInt32LE(end + 16);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(bomb.length, 20);
  entry.writeUInt32LE(100, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(start, 42);
  const files = Buffer.concat([archive.subarray(0, start), local, name, bomb]);
  const last = Buffer.from(archive.subarray(end));
  const directory = Buffer.concat([archive.subarray(start, end), entry, name]);
  last.writeUInt16LE(last.readUInt16LE(8) + 1, 8);
  last.writeUInt16LE(last.readUInt16LE(10) + 1, 10);
  last.writeUInt32LE(directory.length, 12);
  last.writeUInt32LE(files.length, 16);
  return Buffer.concat([files, directory, last]);
}

const bomb = deflateSync(Buffer.alloc(512 << 20));
const loop = '<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999>>';
const attributes = Array.from({ length: 900_000 }, (_, at) => `a${at}="1"`).join(' ');

/** Each made to take what it is not given; its text where it has one all the same. */
const hostile: readonly [string, () => Uint8Array, string?][] = [
  ['a.docx that inflates to 64 MB', () => docx('<w:p/>', { 'word/bomb.xml': Buffer.alloc(64 << 20) })],
  ['a.docx that inflates to more than it says', lyingArchive, 'x'],
  [
    'a.docx with a picture that inflates to 64 MB',
    () => docx(paragraph('A'), { 'word/a.png': Buffer.alloc(64 << 20) }),
    'A',
  ],
  ['a.docx nested 100,000 deep', () => docx('<w:p>'.repeat(100_000) + '</w:p>'.repeat(100_000))],
  ['a.docx with 900,000 attributes', () => docx(`<w:p ${attributes}/>`)],
  [
    'a.docx of 5,000 files',
    () => docx('<w:p/>', Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`${at}.xml`, new Uint8Array()]))),
  ],
  ['a.pdf with a stream that inflates to 512 MB', () => pdf([{ bytes: bomb, filter: '/FlateDecode' }])],
  [
    'a.pdf with a stream that is packed twice',
    () => pdf([{ bytes: deflateSync(bomb), filter: '[/FlateDecode/FlateDecode]' }]),
  ],
  ['a.pdf with a text of 30 MB', () => pdf([deflated(`BT /F1 12 Tf (${'x'.repeat(3e7)}) Tj ET`)])],
  ['a.pdf nested 30 million deep', () => pdf([deflated('['.repeat(3e7))])],
  [
    'a.pdf with columns without end',
    () =>
      pdf([
        {
          ...deflated(Buffer.alloc(1e6)),
          more: '/DecodeParms<</Predictor 15/Columns 2000000000/Colors 32/BitsPerComponent 16>>',
        },
      ]),
  ],
  ['a.pdf whose pages hold themselves', () => pdf([textPage(['x'])], { pages: loop })],
  ['a.pdf that ends in its middle', () => pdf([textPage(['x'])]).subarray(0, 300)],
];

/** The processes that the app has started and that live. */
function readers(): string[] {
  const parentOf = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[1];
    } catch {
      return undefined;
    }
  };
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && parentOf(name) === String(app.app.pid));
}

/** The most memory that a process has held, in megabytes. */
function mostMemory(pid: string | number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

interface Watched {
  health: { calls: number; latest: number };
  readers: { atOnce: number; memory: number };
}

/** Looks at the app while something else is done. */
async function whileWatched<Result>(work: () => Promise<Result>): Promise<{ result: Result; watched: Watched }> {
  const watched: Watched = { health: { calls: 0, latest: 0 }, readers: { atOnce: 0, memory: 0 } };
  let isDone = false;
  const watch = async () => {
    while (!isDone) {
      const start = performance.now();
      const { status } = await fetch(`${app.app.url}/api/health`);
      expect(status).toBe(200);
      watched.health.calls += 1;
      watched.health.latest = Math.max(watched.health.latest, performance.now() - start);
      const alive = readers();
      watched.readers.atOnce = Math.max(watched.readers.atOnce, alive.length);
      watched.readers.memory = Math.max(watched.readers.memory, ...alive.map(mostMemory));
      await new Promise(done => setTimeout(done, 10));
    }
  };
  const watching = watch();
  const result = await work().finally(() => {
    isDone = true;
  });
  await watching;
  return { result, watched };
}

describe.skipIf(process.platform !== 'linux')('a file that is made to do harm', () => {
  it.each(hostile)('%s ends with what is wrong, in bounded memory, while the app answers', async (name, make, text) => {
    const query = attach(`${name.includes('docx') ? 'a.docx' : 'a.pdf'}`, make());
    const before = mostMemory(app.app.pid);
    const { result, watched } = await whileWatched(() => app.read('getAttachment', query));
    const { status, body } = result;
    if (status !== 200) {
      expect(body).toMatchObject({
        code: expect.stringMatching(/^(invalid_input|upstream_timeout)$/),
        retryable: false,
      });
      expect(body.detail).toContain(`/attachment/content/${query.attachmentId}`);
    } else {
      expect([status, body.text?.trim()]).toEqual([200, text ?? '']);
    }
    expect(watched.health.latest).toBeLessThan(1_000);
    expect(watched.readers.memory).toBeLessThan(480);
    // The file itself may be held twice.
    expect(mostMemory(app.app.pid) - before).toBeLessThan(100);
    await expect.poll(readers, { timeout: 5_000 }).toEqual([]);
  });

  it('of 10,000 pages is read part by part, and none of it is lost between them', async () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `This is page ${at + 1}.`);
    const query = attach('long.pdf', pdf(lines.map(line => textPage([line]))));
    const first = await app.read('getAttachment', query);
    const second = await app.read('getAttachment', { ...query, pageToken: first.body.nextPageToken });
    const text = first.body.text + second.body.text;
    expect(second.body.text.length).toBeGreaterThan(0);
    expect(text).toBe(lines.join('\n\n').slice(0, text.length));
  });

  it('of 10,000 pages without a text goes on as far as there is time, and says so', async () => {
    const query = attach('scan.pdf', pdf(Array(10_000).fill(deflated(''))));
    const { status, body } = await app.read('getAttachment', query);
    expect([status, body.text.trim()]).toEqual([200, '']);
    expect(body.note).toContain('scan');
  });

  it('does not keep others from being read: many at once are few at a time, and then a good one is read', async () => {
    const slow = attach('slow.docx', docx(`<w:p ${attributes}/>`));
    const { result, watched } = await whileWatched(() =>
      Promise.all(Array.from({ length: 8 }, () => app.read('getAttachment', slow))),
    );
    // On a quick machine it meets the limit of its memory before that of its time.
    const ends = /takes (longer|more memory) to read than|the turn of this one did not come in time/;
    for (const { body } of result) expect(body.detail).toMatch(ends);
    expect(result.filter(({ body }) => body.code === 'upstream_unavailable').length).toBeLessThan(8);
    expect(watched.readers.atOnce).toBeLessThanOrEqual(3);
    await expect.poll(readers, { timeout: 5_000 }).toEqual([]);
    const { body } = await app.read('getAttachment', attach('good.docx', good));
    expect(body.text).toContain('Still here.');
  }, 60_000);
});
