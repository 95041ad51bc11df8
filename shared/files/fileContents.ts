import type { Image } from '../action/image.ts';
import type { Call } from '../call.ts';
import { Failure, invalidInput } from '../failure.ts';
import { quoted } from '../text.ts';
import { charsetNamed, charsetOf, decodeText, piecesOf } from './decodeText.ts';
import { claimedKind, type FileClaim, imageType, kindOf } from './fileKind.ts';
import { type DocumentPlace, inTurn, MAX_DOCUMENT_BYTES, readDocument, type Unreadable } from './readDocument.ts';

/** A file of an upstream's, of which any part can be read. */
export interface ForeignFile extends FileClaim {
  /** In bytes; undefined where it is not told. */
  size: number | undefined;
  /** Its address in the browser. */
  url: string;
  /** The bytes from a place on, as many as wanted or fewer where the file ends. */
  bytes(from: number, length: number): Promise<Uint8Array>;
}

/** What is read of a file. */
export interface FileContents {
  /** A part of its text, in pieces, and where it goes on behind each; undefined for what is no text. */
  pieces?: { text: string; cursor: string }[] | undefined;
  /** Where its text goes on behind the last of them. */
  nextCursor?: string | undefined;
  image?: Image;
  /** Why there is nothing of it, in a sentence. */
  note?: string;
}

interface FileReading {
  call: Call;
  /** Thousand bytes of a text, or as many characters of a document. */
  limit: number;
  /** Where an earlier part ended. */
  cursor: string | undefined;
  /** The input that names the file, and what its kind is called, for failures. */
  input: string;
  noun: string;
}

/** The largest image that is given, in bytes. */
const MAX_IMAGE_BYTES = 1024 * 1024;
/** The most bytes of a text, or characters of a document, in a piece. An answer goes on behind any of them. */
const PIECE = 1_000;

const firstPlace: DocumentPlace = { page: 1, offset: 0 };

/**
 * Reads a part of a file: its text, that of a PDF or Word document, or an image.
 * @throws Failure `invalid_input` for a document that cannot be read, and for a cursor of another list
 */
export async function fileContents(file: ForeignFile, reading: FileReading): Promise<FileContents> {
  const length = reading.limit * PIECE;
  const place = placeOf(reading.cursor);
  if (place === undefined) return begin(file, length, reading);
  if (place.kind === 'document') return document(file, length, reading, place.from);
  return textOf(await bytesOf(file, place.from, length), { length, charset: place.charset, from: place.from });
}

/** A text that is there already, in parts like that of a file. @throws Failure `invalid_input` for a cursor of another list */
export function textContents(text: string, { limit, cursor }: Pick<FileReading, 'limit' | 'cursor'>): FileContents {
  const bytes = Buffer.from(text);
  const place = placeOf(cursor);
  if (place?.kind === 'document') throw foreignCursor();
  const from = place?.from ?? 0;
  const length = limit * PIECE;
  if (bytes.length === 0) return { note: 'It is empty.' };
  return textOf(bytes.subarray(from, from + length + 1), { length, charset: 'utf-8', from });
}

/** One byte more than is wanted tells whether the file goes on. */
const bytesOf = (file: ForeignFile, from: number, length: number) => file.bytes(from, length + 1);

async function begin(file: ForeignFile, length: number, reading: FileReading): Promise<FileContents> {
  if (file.size === 0) return { note: 'The file is empty.' };
  const { size = 0 } = file;
  const kind = claimedKind(file);
  if (kind === 'image' && size > MAX_IMAGE_BYTES) return tooLarge('image', MAX_IMAGE_BYTES);
  if (kind === 'pdf' || kind === 'word') return document(file, length, reading);
  const wanted = kind === 'image' ? MAX_IMAGE_BYTES : length;
  const bytes = await bytesOf(file, 0, wanted);
  // What it is shows only now.
  const actual = kindOf(bytes, file);
  if (actual === 'pdf' || actual === 'word') return document(file, length, reading);
  if (actual !== 'image') return contentsOf(file, bytes, length);
  return image(bytes.length > wanted && kind !== 'image' ? await bytesOf(file, 0, MAX_IMAGE_BYTES) : bytes);
}

async function document(
  file: ForeignFile,
  length: number,
  reading: FileReading,
  from = firstPlace,
): Promise<FileContents> {
  if ((file.size ?? 0) > MAX_DOCUMENT_BYTES) return tooLarge('document', MAX_DOCUMENT_BYTES);
  return inTurn(reading.call, async turn => {
    const bytes = await bytesOf(file, 0, MAX_DOCUMENT_BYTES);
    if (bytes.length > MAX_DOCUMENT_BYTES) return tooLarge('document', MAX_DOCUMENT_BYTES);
    const kind = kindOf(bytes, file);
    if (kind === 'image') return image(bytes);
    if (kind !== 'pdf' && kind !== 'word') return contentsOf(file, bytes, length);
    const part = await readDocument({ bytes, kind, from, length }, turn);
    if ('unreadable' in part) throw unreadable(part.unreadable, file, reading);
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
  throw foreignCursor();
}

const foreignCursor = () =>
  invalidInput([{ field: 'pageToken', message: 'It is not valid here. Leave it out to start at the beginning.' }]);

/** What a file holds that is no document and no image, from its beginning on. */
function contentsOf(file: ForeignFile, bytes: Uint8Array, length: number): FileContents {
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
  return {
    note: `${what === 'image' ? 'An image' : 'A document'} of more than ${limit / 1024 / 1024} MB is not read here. Give the user its url.`,
  };
}

const reasons: Record<Exclude<Unreadable, 'tooSlow'>, string> = {
  locked: 'is locked by a password, so its text cannot be read',
  tooLarge: 'takes more memory to read than this service gives a file',
  broken: 'is damaged, or is not what it claims to be, so its text cannot be read',
};

function unreadable(reason: Unreadable, { name, url }: ForeignFile, { input, noun }: FileReading): Failure {
  const which = `The ${noun} ${quoted(name)}`;
  const instead = `Give the user its address: ${url}`;
  if (reason === 'tooSlow') {
    return new Failure('upstream_timeout', `${which} takes longer to read than a call may. ${instead}`, {
      retryable: false,
    });
  }
  return invalidInput([{ field: input, message: `${which} ${reasons[reason]}. ${instead}` }]);
}
