import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A text of one shape: `make(length)` has that many characters. */
export interface HostileShape {
  name: string;
  make(length: number): string;
}

const fill = (part: string) => (length: number) => part.repeat(Math.ceil(length / part.length)).slice(0, length);

export const hostileShapes: readonly HostileShape[] = [
  ...['a ', ' ', '`', '*everybody* ', '![x](', '[a](javascript:b) ', '<img src=x>', '\u200b', '|', '\\', '\n', '&#1;'],
].map(part => ({ name: JSON.stringify(part), make: fill(part) }));

/** Ten times what Jira's text fields and Salesforce's long texts hold. */
const LENGTHS = { rich: 327_670, long: 1_310_720, short: 2_550 };

/** What people write into Jira and Salesforce; what tells things apart, such as keys and times, stays as it is. */
const longTexts = new Set(['description', 'Description', 'fromString', 'toString', 'CommentBody', 'Text__c']);
const shortTexts = new Set([
  ...['summary', 'displayName', 'filename', 'Subject', 'Title', 'Industry', 'label', 'inlineHelpText', 'Status'],
  ...['Name', 'Company', 'StageName', 'outward', 'inward', 'errorMessages'],
]);

/** A document whose text, marks, nesting and spans are ten times what Jira allows. */
function hostileDocument({ make }: HostileShape) {
  const text = (length: number, marks: object[] = []) => ({ type: 'text', text: make(length), marks });
  const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
  const cell = { type: 'tableCell', attrs: { colspan: 100, rowspan: 100 }, content: [paragraph(text(20))] };
  let deep: object = paragraph(text(1_000));
  for (let level = 0; level < 200; level += 1) deep = { type: 'blockquote', content: [deep] };
  const title = make(15_000);
  return {
    type: 'doc',
    version: 1,
    content: [
      paragraph(text(LENGTHS.rich / 4, [{ type: 'code' }])),
      paragraph(text(LENGTHS.rich / 4)),
      { type: 'table', content: Array(300).fill({ type: 'tableRow', content: [cell, cell] }) },
      deep,
      paragraph(...Array(2_000).fill(text(10, [{ type: 'strong' }, { type: 'em' }]))),
      paragraph(text(10, [{ type: 'link', attrs: { href: 'javascript:x', title } }])),
      { type: 'codeBlock', content: [text(LENGTHS.rich / 8)] },
    ],
  };
}

/** The same answer with hostile texts in it. `left` is what the whole answer may still grow by, in characters. */
function inflated(value: unknown, shape: HostileShape, left: { characters: number }, name = ''): unknown {
  const grown = (length: number) => {
    const given = Math.max(0, Math.min(length, left.characters));
    left.characters -= given;
    return given;
  };
  if (typeof value === 'string') {
    if (longTexts.has(name)) return shape.make(grown(LENGTHS.long));
    return shortTexts.has(name) ? `${value} ${shape.make(grown(LENGTHS.short))}` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => inflated(item, shape, left, name));
  if ('type' in value && value.type === 'doc') {
    if (left.characters <= 0) return value;
    grown(2 * LENGTHS.rich);
    return hostileDocument(shape);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inflated(part, shape, left, key)]));
}

export interface HostileUpstream {
  url: string;
  /** How answers are made hostile from now on; undefined leaves them as they are. */
  shape: HostileShape | undefined;
  close(): Promise<void>;
}

/** Stands before a sandbox and makes its answers hostile. `largest` bounds an answer, in characters. */
export async function startHostileUpstream(sandbox: string, largest: number): Promise<HostileUpstream> {
  const upstream: HostileUpstream = {
    url: '',
    shape: undefined,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server: Server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name) ? [[name, value]] : [],
      ),
    );
    const { method = 'GET', url } = incoming;
    const answer = await fetch(`${sandbox}${url}`, {
      method,
      headers,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    // A sandbox tells its own address, at which it would be asked next.
    const text = (await answer.text()).replaceAll(sandbox, upstream.url);
    const { shape } = upstream;
    const isJson = answer.headers.get('content-type')?.includes('json') && text !== '';
    const body = shape && isJson ? JSON.stringify(inflated(JSON.parse(text), shape, { characters: largest })) : text;
    const range = answer.headers.get('content-range');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'text/plain',
      ...(range && { 'content-range': range }),
    });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}
