import { getIssue } from 'jira.js/cloud';
import type { Image } from '../../../shared/action/image.ts';
import type { Call } from '../../../shared/call.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { charsetNamed, charsetOf, decodeText, piecesOf } from '../../../shared/files/decodeText.ts';
import { claimedKind, imageType, kindOf } from '../../../shared/files/fileKind.ts';
import {
  type DocumentPlace,
  inTurn,
  MAX_DOCUMENT_BYTES,
  readDocument,
  type Unreadable,
} from '../../../shared/files/readDocument.ts';
import { quoted } from '../../../shared/text.ts';
import type { JiraClient } from './client.ts';
import { type Attachment, readIssue } from './issue.ts';

/** What is read of a file. */
interface FileContents {
  /** A part of its text, in pieces, and where it goes on behind each; undefined for what is no text. */
  pieces?: { text: string; cursor: string }[] | undefined;
  /** Where its text goes on behind the last of them. */
  nextCursor?: string | undefined;
  image?: Image;
  /** Why there is nothing of it, in a sentence. */
  note?: string;
}

interface ReadAttachment extends FileContents {
  issueKey: string;
  file: Attachment;
  /** Its address in the browser. */
  url: string;
}

export interface Attachments {
  /**
   * A part of a file that is attached to an issue: `limit` thousand bytes of a text, or as many characters of a document.
   * @throws Failure `not_found` for a file that is not that issue's, or that only a restricted text shows; `invalid_input`
   * for a document that cannot be read
   */
  read(
    issueKey: string,
    attachmentId: string,
    part: { limit: number; cursor: string | undefined },
  ): Promise<ReadAttachment>;
}

interface AttachmentParts {
  /** It must have shown the issue before it gives a file of it. */
  client: JiraClient;
  call: Call;
  baseUrl: string;
}

/** The largest image that is given, in bytes. */
const MAX_IMAGE_BYTES = 1024 * 1024;
/** The most bytes of a text, or characters of a document, in a piece. An answer goes on behind any of them. */
const PIECE = 1_000;

/** What may say who sees a file: the texts that show it, and whether they are restricted. */
const fields = ['attachment', 'comment', 'worklog', 'description', 'environment'];

const firstPlace: DocumentPlace = { page: 1, offset: 0 };

export function openAttachments({ client, call, baseUrl }: AttachmentParts): Attachments {
  /** One byte more than is wanted tells whether the file goes on. */
  const bytesOf = async ({ id }: Attachment, from: number, length: number) =>
    (await client.readAttachment(id, { from, length: length + 1 })).bytes;

  const begin = async (file: Attachment, length: number): Promise<FileContents> => {
    if (file.size === 0) return { note: 'The file is empty.' };
    const { size = 0 } = file;
    const kind = claimedKind(file);
    if (kind === 'image' && size > MAX_IMAGE_BYTES) return tooLarge('image', MAX_IMAGE_BYTES);
    if (kind === 'pdf' || kind === 'word') return document(file, length);
    const wanted = kind === 'image' ? MAX_IMAGE_BYTES : length;
    const bytes = await bytesOf(file, 0, wanted);
    // What it is shows only now.
    const actual = kindOf(bytes, file);
    if (actual === 'pdf' || actual === 'word') return document(file, length);
    if (actual !== 'image') return contentsOf(file, bytes, length);
    return image(bytes.length > wanted && kind !== 'image' ? await bytesOf(file, 0, MAX_IMAGE_BYTES) : bytes);
  };

  const document = async (file: Attachment, length: number, from = firstPlace): Promise<FileContents> => {
    if ((file.size ?? 0) > MAX_DOCUMENT_BYTES) return tooLarge('document', MAX_DOCUMENT_BYTES);
    return inTurn(call, async turn => {
      const bytes = await bytesOf(file, 0, MAX_DOCUMENT_BYTES);
      if (bytes.length > MAX_DOCUMENT_BYTES) return tooLarge('document', MAX_DOCUMENT_BYTES);
      const kind = kindOf(bytes, file);
      if (kind === 'image') return image(bytes);
      if (kind !== 'pdf' && kind !== 'word') return contentsOf(file, bytes, length);
      const part = await readDocument({ bytes, kind, from, length }, turn);
      if ('unreadable' in part) throw unreadable(part.unreadable, file, linkOf(file));
      const { text, next } = part;
      let { offset } = from;
      const pieces = piecesOf(text, PIECE).map(piece => {
        offset += piece.length;
        return { text: piece, cursor: `${kind}:${from.page}:${offset}` };
      });
      return {
        pieces,
        nextCursor: next && `${kind}:${next.page}:${next.offset}`,
        ...(!/\S/.test(text) && { note: withoutText }),
      };
    });
  };

  const text = async (file: Attachment, length: number, charset: string, from: number): Promise<FileContents> =>
    textOf(await bytesOf(file, from, length), { length, charset, from });

  const linkOf = ({ id }: Attachment) => `${baseUrl}/rest/api/3/attachment/content/${id}`;

  return {
    async read(issueKey, attachmentId, { limit, cursor }) {
      const issue = readIssue(await getIssue(client, { issueIdOrKey: issueKey, fields }));
      const file = issue.attachments.find(({ id }) => id === attachmentId);
      if (!file) throw noSuchFile(issue.key, attachmentId);
      const length = limit * PIECE;
      const place = placeOf(cursor);
      let contents: Promise<FileContents>;
      if (place === undefined) contents = begin(file, length);
      else if (place.kind === 'text') contents = text(file, length, place.charset, place.from);
      else contents = document(file, length, place.from);
      return { ...(await contents), issueKey: issue.key, file, url: linkOf(file) };
    },
  };
}

type Place = { kind: 'text'; charset: string; from: number } | { kind: 'document'; from: DocumentPlace };

/** Where to go on: `text:utf-8:25000` in bytes, or `pdf:3:120`, a page and the characters from there on that were read. */
function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [, kind = '', first = '', second = ''] = /^(text|pdf|word):([\w-]{1,40}):(\d{1,15})$/.exec(cursor) ?? [];
  const charset = charsetNamed(first);
  if (kind === 'text' && charset) return { kind, charset, from: Number(second) };
  const page = Number(first);
  if (kind !== 'text' && page >= 1) return { kind: 'document', from: { page, offset: Number(second) } };
  throw invalidInput([
    { field: 'pageToken', message: 'It is not valid here. Leave it out to start at the beginning.' },
  ]);
}

/** What a file holds that is no document and no image, from its beginning on. */
function contentsOf(file: Attachment, bytes: Uint8Array, length: number): FileContents {
  if (kindOf(bytes, file) !== 'text') return { note: 'It is of a kind that this service does not read.' };
  return textOf(bytes, { length, charset: charsetOf(bytes, file.mimeType), from: 0 });
}

/** @param bytes more than `length` where the file goes on */
function textOf(
  bytes: Uint8Array,
  { length, charset, from }: { length: number; charset: string; from: number },
): FileContents {
  const isLast = bytes.length <= length;
  let at = from;
  const pieces = decodeText(bytes.subarray(0, length), charset, { isLast, size: PIECE }).map(
    ({ text, bytes: size }) => {
      at += size;
      return { text, cursor: `text:${charset}:${at}` };
    },
  );
  return { pieces, nextCursor: isLast ? undefined : pieces.at(-1)?.cursor };
}

function image(bytes: Uint8Array): FileContents {
  const mimeType = imageType(bytes);
  if (mimeType === undefined || bytes.length > MAX_IMAGE_BYTES) return tooLarge('image', MAX_IMAGE_BYTES);
  return { image: { mimeType, base64: Buffer.from(bytes).toString('base64') } };
}

const withoutText = 'No text was found in this part: it may be made of pictures, as a scan is.';

function tooLarge(what: string, limit: number): FileContents {
  return { note: `An ${what} of more than ${limit / 1024 / 1024} MB is not read here. Give the user its url.` };
}

function noSuchFile(issueKey: string, attachmentId: string): Failure {
  return new Failure(
    'not_found',
    `${issueKey} has no attachment ${quoted(attachmentId)} that may be shown. Take the attachmentId from getIssue.`,
  );
}

const reasons: Record<Exclude<Unreadable, 'tooSlow'>, string> = {
  locked: 'is locked by a password, so its text cannot be read',
  tooLarge: 'takes more memory to read than this service gives a file',
  broken: 'is damaged, or is not what it claims to be, so its text cannot be read',
};

function unreadable(reason: Unreadable, { name }: Attachment, url: string): Failure {
  if (reason === 'tooSlow') {
    return new Failure(
      'upstream_timeout',
      `The attachment ${quoted(name)} takes longer to read than a call may. Give the user its address: ${url}`,
      { retryable: false },
    );
  }
  const message = `The attachment ${quoted(name)} ${reasons[reason]}. Give the user its address: ${url}`;
  return invalidInput([{ field: 'attachmentId', message }]);
}
