import { createCipheriv, hkdfSync } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { Signer } from '../secrets/signer.ts';
import type { Answered, Position } from './page.ts';

/** What a page token is bound to. */
export interface TokenBinding {
  /** The list: who asks, by which action, with which input. */
  list: string;
  signer: Signer;
}

const TOKEN_LIFE_MS = 60 * 60_000;

/** A token is at most so much longer than the upstream's own cursor, because a model has to write it. */
const MAX_OWN = 200;
/** Of `Signer.sign`. */
const TAG_LENGTH = 22;
/** The time in six bytes, the limit and how many items were answered in two, and the bits of each in one. */
const HEADER_BYTES = 11;
/** Beside the count. */
const HAS_CURSOR = 0x8000;
/** Fewer would take different items for the same too often. */
const MIN_BITS = 8;

/**
 * Writes a token that only `signer`, and only for this list, takes back. The upstream's cursor in it can be read by nobody
 * else: it may hold by what the last item is sorted, also where the caller may not see that item.
 */
export function writePageToken(position: Position, { list, signer }: TokenBinding): string {
  const { cursor, answered, limit, startedAt } = position;
  const cursorText = cursor === undefined ? '' : writeCursor(cursor);
  const room = MAX_OWN - TAG_LENGTH - 1 - (cursorText.length - (cursor ?? '').length);
  const count = answered.prints.length;
  const most = Math.floor(((Math.floor((room * 3) / 4) - HEADER_BYTES) * 8) / Math.max(count, 1));
  const bits = Math.max(MIN_BITS, Math.min(most, answered.bits));

  const bytes = Buffer.alloc(HEADER_BYTES + Math.ceil((count * bits) / 8));
  bytes.writeUIntBE(startedAt, 0, 6);
  bytes.writeUInt16BE(limit, 6);
  bytes.writeUInt16BE(count | (cursor === undefined ? 0 : HAS_CURSOR), 8);
  bytes.writeUInt8(bits, 10);
  for (const [at, print] of answered.prints.entries()) {
    const short = print >> Math.max(0, answered.bits - bits);
    for (let bit = 0; bit < bits; bit += 1) {
      const place = at * bits + bit;
      const byte = HEADER_BYTES + (place >> 3);
      if ((short >> (bits - 1 - bit)) & 1) bytes[byte] = (bytes[byte] ?? 0) | (0x80 >> (place & 7));
    }
  }
  const own = bytes.toString('base64url');
  const tag = signer.sign(list, own, cursorText);
  return `${own}${tag}.${shifted(cursorText, 1, keyStream(signer.keys[0], tag, cursorText.length))}`;
}

/** @throws Failure `invalid_input` for a token that is not ours, is of another list or caller, or is over an hour old. */
export function readPageToken(pageToken: string, { list, signer }: TokenBinding, now: number): Position {
  const dot = pageToken.indexOf('.');
  const signed = pageToken.slice(0, Math.max(dot, 0));
  const [own, tag] = [signed.slice(0, -TAG_LENGTH), signed.slice(-TAG_LENGTH)];
  const hidden = pageToken.slice(dot + 1);
  const bytes = Buffer.from(own, 'base64url');
  if (bytes.length < HEADER_BYTES || bytes.toString('base64url') !== own) {
    throw refuse('It is not a nextPageToken of this service. Leave it out to start from the first page.');
  }
  const cursorText = signer.keys
    .map(key => shifted(hidden, -1, keyStream(key, tag, hidden.length)))
    .find(text => text !== undefined && signer.verifies(tag, list, own, text));
  if (cursorText === undefined) {
    throw refuse(
      'It belongs to a list with other inputs or of another caller, or it is too old. Repeat those inputs, or leave pageToken out to start anew.',
    );
  }
  const startedAt = bytes.readUIntBE(0, 6);
  if (startedAt > now || now - startedAt > TOKEN_LIFE_MS)
    throw refuse('It has expired. Leave it out to start from the first page.');
  const count = bytes.readUInt16BE(8);
  return {
    cursor: count & HAS_CURSOR ? readCursor(cursorText) : undefined,
    answered: readAnswered(bytes, count & ~HAS_CURSOR, bytes.readUInt8(10)),
    limit: bytes.readUInt16BE(6),
    startedAt,
  };
}

function readAnswered(bytes: Buffer, count: number, bits: number): Answered {
  const prints = Array.from({ length: count }, (_, at) => {
    let print = 0;
    for (let place = at * bits; place < (at + 1) * bits; place += 1) {
      print = (print << 1) | (((bytes[HEADER_BYTES + (place >> 3)] ?? 0) >> (7 - (place & 7))) & 1);
    }
    return print;
  });
  return { bits, prints };
}

/** What a cursor is written in. */
const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=~';
/** Of the key stream, for each character: so many that all shifts are as likely. */
const SHIFT_BYTES = 4;

/** Moves each character by as much as the key stream says: the text stays as long as it is. Undefined where one is none of them. */
function shifted(text: string, direction: 1 | -1, shifts: Buffer): string | undefined {
  const size = characters.length;
  const places = Array.from(text, char => characters.indexOf(char));
  if (places.includes(-1)) return undefined;
  return places
    .map((place, at) => characters[(place + direction * (shifts.readUInt32BE(at * SHIFT_BYTES) % size) + size) % size])
    .join('');
}

/** The tag tells all that is in the token, so that no two cursors are moved by the same: https://www.rfc-editor.org/rfc/rfc5297 */
function keyStream(key: Buffer, tag: string, length: number): Buffer {
  const iv = Buffer.alloc(16);
  Buffer.from(tag, 'base64url').copy(iv);
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(hkdfSync('sha256', key, '', 'cursor', 32)), iv);
  return cipher.update(Buffer.alloc(length * SHIFT_BYTES));
}

/** Begins a cursor that is in base64url because it would be longer otherwise. */
const WHOLLY_ENCODED = '~~';

/** A cursor in characters that stay what they are in an address: of others, each byte as `~2F`. */
function writeCursor(cursor: string): string {
  const escaped = cursor.replace(/[^\w.=-]/gu, char =>
    [...Buffer.from(char)].map(byte => `~${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const encoded = WHOLLY_ENCODED + Buffer.from(cursor).toString('base64url');
  return escaped.length <= encoded.length ? escaped : encoded;
}

function readCursor(text: string): string {
  if (text.startsWith(WHOLLY_ENCODED)) {
    return Buffer.from(text.slice(WHOLLY_ENCODED.length), 'base64url').toString('utf8');
  }
  return Buffer.from(
    text.replace(/~([0-9a-f]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16))),
    'latin1',
  ).toString('utf8');
}

function refuse(message: string): Failure {
  return new Failure('invalid_input', `pageToken: ${message}`, { errors: [{ field: 'pageToken', message }] });
}
