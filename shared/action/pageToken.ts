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

/** Writes a token that only `signer`, and only for this list, takes back. */
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
  return `${own}${signer.sign(list, own, cursorText)}.${cursorText}`;
}

/** @throws Failure `invalid_input` for a token that is not ours, is of another list or caller, or is over an hour old. */
export function readPageToken(pageToken: string, { list, signer }: TokenBinding, now: number): Position {
  const dot = pageToken.indexOf('.');
  const signed = pageToken.slice(0, Math.max(dot, 0));
  const [own, tag] = [signed.slice(0, -TAG_LENGTH), signed.slice(-TAG_LENGTH)];
  const cursorText = pageToken.slice(dot + 1);
  const bytes = Buffer.from(own, 'base64url');
  if (bytes.length < HEADER_BYTES || bytes.toString('base64url') !== own) {
    throw refuse('It is not a nextPageToken of this service. Leave it out to start from the first page.');
  }
  if (!signer.verifies(tag, list, own, cursorText)) {
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
